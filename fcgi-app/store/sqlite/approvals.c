#include "operations.h"

/* ---- reading ---- */

static int approval_row(struct query *q, struct arena *a, void *out)
{
    int status = query_get_word(q, 5, approval_status_parse, "a status");
    if (status < 0)
        return -1;
    *(struct approval *)out = (struct approval){
        .id = query_get_text(q, a, 0),
        .workflow_id = query_get_text(q, a, 1),
        .revision = query_get_int(q, 2),
        .workflow_version = query_get_text(q, a, 3),
        .stage_id = query_get_text(q, a, 4),
        .status = (enum approval_status)status,
        .updated_at = query_get_int(q, 6),
        .sla_due_at = query_get_int(q, 7),
        .seq = query_get_int(q, 8),
        .visit = query_get_int(q, 9),
        .needed = query_get_int(q, 10),
        .slate_role = query_get_text(q, a, 11),
        .round = query_get_int(q, 12),
        .fallback = query_get_int(q, 13) != 0,
        .believed = query_get_int(q, 14) != 0,
        .title = query_get_text(q, a, 15),
        .links = query_get_text(q, a, 16),
        .fault = query_get_text(q, a, 17),
        .carried = query_get_text(q, a, 18),
        .valid_for_us = query_get_int(q, 19),
        .valid_until = query_get_int(q, 20),
        .consumed_at = query_get_int(q, 21),
        .created_at = query_get_int(q, 22),
        .requester_id = query_get_text(q, a, 23),
        .submitted_by = query_get_text(q, a, 24),
        .owner_id = query_get_text(q, a, 25),
        .target_entity = query_get_text(q, a, 26),
        .payload_sha256 = query_get_text(q, a, 27),
        .payload = query_get_text(q, a, 28),
    };
    return 0;
}

static int task_row(struct query *q, struct arena *a, void *out)
{
    int state = query_get_word(q, 6, task_state_parse, "a task state");
    int vote = query_get_word(q, 7, vote_parse, "a vote");
    if (state < 0 || vote < 0)
        return -1;
    *(struct task *)out = (struct task){
        .no = query_get_int(q, 0),
        .stage_id = query_get_text(q, a, 1),
        .visit = query_get_int(q, 2),
        .place = query_get_int(q, 3),
        .parent = query_get_int(q, 4),
        .user = query_get_text(q, a, 5),
        .state = (enum task_state)state,
        .vote = (enum vote)vote,
        .opened_at = query_get_int(q, 8),
        .ended_at = query_get_int(q, 9),
        .via = query_get_text(q, a, 10),
        .consult = query_get_int(q, 11) != 0,
        .claimed_at = query_get_int(q, 12),
    };
    return 0;
}

static int visit_row(struct query *q, struct arena *a, void *out)
{
    int outcome = query_get_word(q, 4, visit_outcome_parse, "an outcome of a stage");
    if (outcome < 0)
        return -1;
    *(struct visit *)out = (struct visit){
        .no = query_get_int(q, 0),
        .stage_id = query_get_text(q, a, 1),
        .visit = query_get_int(q, 2),
        .round = query_get_int(q, 3),
        .outcome = (enum visit_outcome)outcome,
        .entered_at = query_get_int(q, 5),
        .ended_at = query_get_int(q, 6),
    };
    return 0;
}

static int timer_row(struct query *q, struct arena *a, void *out)
{
    (void)a;
    int kind = query_get_word(q, 0, timer_kind_parse, "a kind of timer");
    if (kind < 0)
        return -1;
    *(struct timer *)out = (struct timer){
        .kind = (enum timer_kind)kind,
        .level = query_get_int(q, 1),
        .due_at = query_get_int(q, 2),
    };
    return 0;
}

/* Rows that belong to one approval. */
static int parts_read(struct conn *c, struct arena *a, enum sql n, const char *id, size_t size,
                      query_reader *read, void *rows, size_t *count, struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_text(&q, id);
    return query_all(&q, a, size, read, rows, count);
}

int sqlite_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_APPROVAL_GET, e);
    query_text(&q, id);
    int found = query_one(&q, a, approval_row, out);
    if (found <= 0)
        return found;
    if (parts_read(c, a, SQL_TASK_LIST, id, sizeof *out->tasks, task_row, &out->tasks,
                   &out->task_count, e) < 0 ||
        parts_read(c, a, SQL_VISIT_LIST, id, sizeof *out->visits, visit_row, &out->visits,
                   &out->visit_count, e) < 0 ||
        parts_read(c, a, SQL_TIMER_LIST, id, sizeof *out->timers, timer_row, &out->timers,
                   &out->timer_count, e) < 0)
        return -1;
    return 1;
}

int sqlite_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_APPROVAL_SEQ, e);
    query_text(&q, id);
    int rc = query_row(&q);
    if (rc > 0)
        *seq = query_get_int(&q, 0);
    query_close(&q);
    return rc;
}

int sqlite_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_APPROVAL_RUNNING, e);
    query_text(&q, workflow_id);
    query_text(&q, page->after);
    query_limit(&q, page->limit);
    return query_texts(&q, a, ids, n);
}

int sqlite_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_APPROVAL_HELD_BY, e);
    query_text(&q, user_id);
    query_page(&q, page->after, page->limit);
    return query_texts(&q, a, ids, n);
}

int sqlite_approval_ids(struct session *s, struct arena *a, const struct page *page,
                        const char *const **ids, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_APPROVAL_IDS, e);
    query_page(&q, page->after, page->limit);
    return query_texts(&q, a, ids, n);
}

static int payload_row(struct query *q, struct arena *a, void *out)
{
    *(struct payload_row *)out = (struct payload_row){
        .round = query_get_int(q, 0),
        .sha256 = query_get_text(q, a, 1),
        .payload = query_get_text(q, a, 2),
    };
    return 0;
}

int sqlite_payload_list(struct session *s, struct arena *a, const char *approval_id,
                        struct payload_row **rows, size_t *n, struct err *e)
{
    return parts_read(sqlite_conn(s), a, SQL_PAYLOAD_LIST, approval_id, sizeof **rows, payload_row,
                      rows, n, e);
}

/* ---- writing ---- */

static int task_write(struct conn *c, enum sql n, const char *approval_id, const struct task *t,
                      struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_text(&q, approval_id);
    query_int(&q, t->no);
    query_text(&q, t->stage_id);
    query_int(&q, t->visit);
    query_int(&q, t->place);
    query_int_or_null(&q, t->parent);
    query_text(&q, t->user);
    query_text(&q, task_state_name(t->state));
    query_text(&q, vote_name(t->vote));
    query_int_or_null(&q, t->opened_at);
    query_int_or_null(&q, t->ended_at);
    query_text(&q, t->via ? t->via : "");
    query_int(&q, t->consult);
    query_int_or_null(&q, t->claimed_at);
    return query_run(&q);
}

static int visit_write(struct conn *c, enum sql n, const char *approval_id, const struct visit *v,
                       struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_text(&q, approval_id);
    query_int(&q, v->no);
    query_text(&q, v->stage_id);
    query_int(&q, v->visit);
    query_int(&q, v->round);
    query_text(&q, visit_outcome_name(v->outcome));
    query_int(&q, v->entered_at);
    query_int_or_null(&q, v->ended_at);
    return query_run(&q);
}

static int timers_insert(struct conn *c, const struct approval *a, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < a->timer_count; i++) {
        struct query q;
        query_open(&q, c, SQL_TIMER_INSERT, e);
        query_text(&q, a->id);
        query_text(&q, timer_kind_name(a->timers[i].kind));
        query_int(&q, a->timers[i].level);
        query_int(&q, a->timers[i].due_at);
        rc = query_run(&q);
    }
    return rc;
}

static int timers_replace(struct conn *c, const struct approval *a, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_TIMERS_DELETE, e);
    query_text(&q, a->id);
    return query_run(&q) < 0 ? -1 : timers_insert(c, a, e);
}

/* What may change, in the order of both statements that write it. */
static void facts_bind(struct query *q, const struct approval *a)
{
    query_int(q, a->revision);
    query_text(q, a->workflow_version);
    query_text(q, a->stage_id);
    query_text(q, approval_status_name(a->status));
    query_int(q, a->updated_at);
    query_int_or_null(q, a->sla_due_at);
    query_int(q, a->seq);
    query_int(q, a->visit);
    query_int(q, a->needed);
    query_text(q, a->slate_role);
    query_int(q, a->round);
    query_int(q, a->fallback);
    query_int(q, a->believed);
    query_text(q, a->title);
    query_text(q, a->links);
    query_text(q, a->fault);
    query_text(q, a->carried);
    query_int(q, a->valid_for_us);
    query_int_or_null(q, a->valid_until);
    query_int_or_null(q, a->consumed_at);
}

static int facts_insert(struct conn *c, const struct approval *a, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_APPROVAL_INSERT, e);
    query_text(&q, a->id);
    query_text(&q, a->workflow_id);
    facts_bind(&q, a);
    query_int(&q, a->created_at);
    query_text(&q, a->requester_id);
    query_text(&q, a->submitted_by);
    query_text(&q, a->owner_id);
    query_text(&q, a->target_entity);
    query_text(&q, a->payload_sha256);
    query_text(&q, a->payload);
    return query_run(&q);
}

int sqlite_approval_insert(struct session *s, const struct approval *a, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    int rc = facts_insert(c, a, e);
    for (size_t i = 0; rc == 0 && i < a->task_count; i++)
        rc = task_write(c, SQL_TASK_INSERT, a->id, &a->tasks[i], e);
    for (size_t i = 0; rc == 0 && i < a->visit_count; i++)
        rc = visit_write(c, SQL_VISIT_INSERT, a->id, &a->visits[i], e);
    return rc < 0 ? -1 : timers_insert(c, a, e);
}

static int facts_update(struct conn *c, const struct approval *a, int64_t expected_seq,
                        struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_APPROVAL_UPDATE, e);
    query_text(&q, a->id);
    query_int(&q, expected_seq);
    facts_bind(&q, a);
    if (query_run(&q) < 0)
        return -1;
    return sqlite3_changes(c->db) ? 0 : store_conflict_seq(a->id, e);
}

/* Before the update, which sets the next round. */
static int payload_keep(struct conn *c, const struct approval *a, int64_t expected_seq,
                        struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_PAYLOAD_KEEP, e);
    query_text(&q, a->id);
    query_int(&q, expected_seq);
    return query_run(&q);
}

static int payload_set(struct conn *c, const struct approval *a, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_PAYLOAD_SET, e);
    query_text(&q, a->id);
    query_text(&q, a->payload_sha256);
    query_text(&q, a->payload);
    return query_run(&q);
}

static int parts_update(struct conn *c, const struct approval *a, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < a->task_count; i++)
        if (a->tasks[i].changed)
            rc = task_write(c, SQL_TASK_SAVE, a->id, &a->tasks[i], e);
    for (size_t i = 0; rc == 0 && i < a->visit_count; i++)
        if (a->visits[i].changed)
            rc = visit_write(c, SQL_VISIT_SAVE, a->id, &a->visits[i], e);
    if (rc == 0 && a->timers_changed)
        rc = timers_replace(c, a, e);
    return rc;
}

int sqlite_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                           struct err *e)
{
    struct conn *c = sqlite_conn(s);
    if (a->payload_changed && payload_keep(c, a, expected_seq, e) < 0)
        return -1;
    if (facts_update(c, a, expected_seq, e) < 0 || (a->payload_changed && payload_set(c, a, e) < 0))
        return -1;
    return parts_update(c, a, e);
}
