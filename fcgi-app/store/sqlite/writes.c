#include "operations.h"

/* The revision that comes next, or -1. */
static int64_t next_revision(struct conn *c, const char *id, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_WORKFLOW_REVISION, e);
    query_text(&q, id);
    int rc = query_row(&q);
    int64_t next = rc < 0 ? -1 : rc == 0 ? 1 : query_get_int(&q, 0) + 1;
    query_close(&q);
    return next;
}

/* The values that both statements begin with. */
static void workflow_bind(struct query *q, const struct workflow_row *w)
{
    query_text(q, w->id);
    query_text(q, w->name);
    query_text(q, w->version);
    query_text(q, w->status);
    query_int(q, w->revision);
    query_int(q, w->updated_at);
    query_text(q, w->visible_to);
}

static int workflow_insert(struct conn *c, const struct workflow_row *w, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_WORKFLOW_INSERT, e);
    workflow_bind(&q, w);
    query_int(&q, w->created_at);
    return query_run(&q);
}

static int workflow_update(struct conn *c, const struct workflow_row *w, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_WORKFLOW_UPDATE, e);
    workflow_bind(&q, w);
    return query_run(&q);
}

static int version_insert(struct conn *c, const struct version_row *v, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_VERSION_INSERT, e);
    query_text(&q, v->workflow_id);
    query_int(&q, v->revision);
    query_text(&q, v->version);
    query_text(&q, v->sha256);
    query_text(&q, v->created_by);
    query_int(&q, v->created_at);
    query_text(&q, v->definition);
    return query_run(&q);
}

static int stage_insert(struct conn *c, const struct version_row *v, const struct stage_row *stage,
                        struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_STAGE_INSERT, e);
    query_text(&q, v->workflow_id);
    query_int(&q, v->revision);
    query_int(&q, stage->position);
    query_text(&q, stage->id);
    query_text(&q, stage->name);
    query_text(&q, stage->stage_type);
    query_text(&q, stage->config);
    return query_run(&q);
}

int sqlite_workflow_save(struct session *s, const struct workflow_row *w,
                         const struct version_row *v, const struct stage_row *stages, size_t n,
                         struct err *e)
{
    struct conn *c = sqlite_conn(s);
    int64_t next = next_revision(c, w->id, e);
    if (next < 0)
        return -1;
    if (w->revision != next || v->revision != next)
        return store_conflict_revision(w->id, e);
    int rc = next == 1 ? workflow_insert(c, w, e) : workflow_update(c, w, e);
    if (rc == 0)
        rc = version_insert(c, v, e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = stage_insert(c, v, &stages[i], e);
    return rc;
}

int sqlite_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                               struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_WORKFLOW_SET_STATUS, e);
    query_text(&q, id);
    query_text(&q, status);
    query_int(&q, now);
    return query_run(&q) < 0 ? -1 : sqlite3_changes(c->db);
}

int sqlite_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                     struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_EVENT_INSERT, e);
    query_text(&q, approval_id);
    query_int(&q, r->seq);
    query_text(&q, r->action);
    query_text(&q, r->stage_id);
    query_int(&q, r->visit);
    query_text(&q, r->actor_id);
    query_int(&q, r->created_at);
    query_text(&q, r->data);
    return query_run(&q);
}

int sqlite_outbox_add(struct session *s, const struct outbox_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_OUTBOX_INSERT, e);
    query_text(&q, r->event);
    query_text(&q, r->approval_id);
    query_int(&q, r->seq);
    query_int(&q, r->created_at);
    query_text(&q, r->data);
    return query_run(&q);
}

static int idempotency_forget(struct conn *c, int64_t now, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_IDEMPOTENCY_FORGET, e);
    query_int(&q, now - IDEMPOTENCY_KEPT_US);
    return query_run(&q);
}

/* For each record that is written up to two expired ones go, so the table needs no other cleaning.
 */
int sqlite_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_IDEMPOTENCY_PUT, e);
    query_text(&q, r->caller);
    query_text(&q, r->key);
    query_text(&q, r->request_sha256);
    query_int(&q, r->status);
    query_text(&q, r->content_type);
    query_int(&q, r->created_at);
    query_text(&q, r->body);
    if (query_run(&q) < 0)
        return -1;
    return idempotency_forget(c, r->created_at, e);
}
