#include "operations.h"

/* Reads every row of an open query into an array in a; row fills one element. */
static int read_all(struct query *q, struct arena *a, size_t size,
                    int (*row)(struct query *, struct arena *, void *), void **rows, size_t *n)
{
    void *read = NULL;
    size_t count = 0;
    int rc;
    while ((rc = query_row(q)) > 0) {
        read = query_more(a, read, count, size);
        rc = row(q, a, (char *)read + count * size);
        if (rc < 0)
            break;
        count++;
    }
    query_close(q);
    if (rc < 0)
        return -1;
    *rows = read;
    *n = count;
    return 0;
}

/* Reads the one row there may be. */
static int read_one(struct query *q, struct arena *a,
                    int (*row)(struct query *, struct arena *, void *), void *out)
{
    int rc = query_row(q);
    if (rc > 0 && row(q, a, out) < 0)
        rc = -1;
    query_close(q);
    return rc;
}

/* A word that this program does not know was written by a newer one or by hand. */
static int unknown_word(struct query *q, const char *what)
{
    return err_set(q->e, ERR_INTERNAL, "The database holds %s this program does not know.", what);
}

static int64_t limit_value(size_t limit)
{
    return limit > INT64_MAX ? INT64_MAX : (int64_t)limit;
}

static int workflow_row(struct query *q, struct arena *a, void *out)
{
    *(struct workflow_row *)out = (struct workflow_row){
        .id = query_get_text(q, a, 0),
        .name = query_get_text(q, a, 1),
        .version = query_get_text(q, a, 2),
        .status = query_get_text(q, a, 3),
        .revision = query_get_int(q, 4),
        .created_at = query_get_int(q, 5),
        .updated_at = query_get_int(q, 6),
    };
    return 0;
}

int sqlite_workflow_get(struct session *s, struct arena *a, const char *id,
                        struct workflow_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_WORKFLOW_GET, e);
    query_text(&q, id);
    return read_one(&q, a, workflow_row, out);
}

int sqlite_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                         struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_WORKFLOW_LIST, e);
    return read_all(&q, a, sizeof **rows, workflow_row, (void **)rows, n);
}

static int version_row(struct query *q, struct arena *a, void *out)
{
    *(struct version_row *)out = (struct version_row){
        .workflow_id = query_get_text(q, a, 0),
        .revision = query_get_int(q, 1),
        .version = query_get_text(q, a, 2),
        .sha256 = query_get_text(q, a, 3),
        .created_by = query_get_text(q, a, 4),
        .created_at = query_get_int(q, 5),
        .definition = query_get_text(q, a, 6),
    };
    return 0;
}

int sqlite_version_get(struct session *s, struct arena *a, const char *workflow_id,
                       int64_t revision, struct version_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_VERSION_GET, e);
    query_text(&q, workflow_id);
    query_int(&q, revision);
    return read_one(&q, a, version_row, out);
}

static int stage_row(struct query *q, struct arena *a, void *out)
{
    *(struct stage_row *)out = (struct stage_row){
        .position = query_get_int(q, 0),
        .id = query_get_text(q, a, 1),
        .name = query_get_text(q, a, 2),
        .stage_type = query_get_text(q, a, 3),
        .config = query_get_text(q, a, 4),
    };
    return 0;
}

int sqlite_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct stage_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_STAGE_LIST, e);
    query_text(&q, workflow_id);
    query_int(&q, revision);
    return read_all(&q, a, sizeof **rows, stage_row, (void **)rows, n);
}

/* The words of a column are few and looked at once: no copy. */
static int word(struct query *q, int column, int (*parse)(const char *), const char *what)
{
    const char *text = (const char *)sqlite3_column_text(q->statement, column);
    int value = text ? parse(text) : -1;
    return value < 0 ? unknown_word(q, what) : value;
}

static int task_row(struct query *q, struct arena *a, void *out)
{
    int state = word(q, 6, task_state_parse, "a task state");
    int vote = word(q, 7, vote_parse, "a vote");
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
    };
    return 0;
}

static int approval_row(struct query *q, struct arena *a, void *out)
{
    int status = word(q, 5, approval_status_parse, "a status");
    if (status < 0)
        return -1;
    *(struct approval *)out = (struct approval){
        .id = query_get_text(q, a, 0),
        .workflow_id = query_get_text(q, a, 1),
        .revision = query_get_int(q, 2),
        .workflow_version = query_get_text(q, a, 3),
        .stage_id = query_get_text(q, a, 4),
        .status = (enum approval_status)status,
        .created_at = query_get_int(q, 6),
        .updated_at = query_get_int(q, 7),
        .sla_due_at = query_get_int(q, 8),
        .seq = query_get_int(q, 9),
        .visit = query_get_int(q, 10),
        .needed = query_get_int(q, 11),
        .slate_role = query_get_text(q, a, 12),
        .requester_id = query_get_text(q, a, 13),
        .target_entity = query_get_text(q, a, 14),
        .payload_sha256 = query_get_text(q, a, 15),
        .payload = query_get_text(q, a, 16),
    };
    return 0;
}

int sqlite_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_APPROVAL_GET, e);
    query_text(&q, id);
    int rc = read_one(&q, a, approval_row, out);
    if (rc <= 0)
        return rc;

    query_open(&q, sqlite_conn(s), SQL_TASK_LIST, e);
    query_text(&q, id);
    if (read_all(&q, a, sizeof *out->tasks, task_row, (void **)&out->tasks, &out->task_count) < 0)
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

static int item_row(struct query *q, struct arena *a, void *out)
{
    int status = word(q, 3, approval_status_parse, "a status");
    if (status < 0)
        return -1;
    *(struct approval_item *)out = (struct approval_item){
        .id = query_get_text(q, a, 0),
        .workflow_id = query_get_text(q, a, 1),
        .stage_id = query_get_text(q, a, 2),
        .status = (enum approval_status)status,
        .created_at = query_get_int(q, 4),
        .updated_at = query_get_int(q, 5),
        .sla_due_at = query_get_int(q, 6),
    };
    return 0;
}

int sqlite_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e)
{
    struct query q;
    bool all = f->status < 0;
    query_open(&q, sqlite_conn(s), all ? SQL_APPROVAL_LIST : SQL_APPROVAL_LIST_STATUS, e);
    query_int(&q, limit_value(f->limit));
    if (!all)
        query_text(&q, approval_status_name((enum approval_status)f->status));
    return read_all(&q, a, sizeof **rows, item_row, (void **)rows, n);
}

static int event_row(struct query *q, struct arena *a, void *out)
{
    *(struct event_row *)out = (struct event_row){
        .seq = query_get_int(q, 0),
        .action = query_get_text(q, a, 1),
        .stage_id = query_get_text(q, a, 2),
        .visit = query_get_int(q, 3),
        .actor_id = query_get_text(q, a, 4),
        .created_at = query_get_int(q, 5),
        .data = query_get_text(q, a, 6),
    };
    return 0;
}

int sqlite_event_list(struct session *s, struct arena *a, const char *approval_id,
                      struct event_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_EVENT_LIST, e);
    query_text(&q, approval_id);
    return read_all(&q, a, sizeof **rows, event_row, (void **)rows, n);
}

static int audit_row(struct query *q, struct arena *a, void *out)
{
    *(struct audit_row *)out = (struct audit_row){
        .id = query_get_int(q, 0),
        .entry.entity_type = query_get_text(q, a, 1),
        .entry.entity_id = query_get_text(q, a, 2),
        .entry.action = query_get_text(q, a, 3),
        .entry.actor_id = query_get_text(q, a, 4),
        .entry.request_id = query_get_text(q, a, 5),
        .created_at = query_get_int(q, 6),
        .entry.payload = query_get_text(q, a, 7),
    };
    return 0;
}

int sqlite_audit_list(struct session *s, struct arena *a, const char *entity_id,
                      struct audit_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_AUDIT_LIST, e);
    query_text(&q, entity_id);
    return read_all(&q, a, sizeof **rows, audit_row, (void **)rows, n);
}

static int outbox_row(struct query *q, struct arena *a, void *out)
{
    *(struct outbox_row *)out = (struct outbox_row){
        .id = query_get_int(q, 0),
        .event = query_get_text(q, a, 1),
        .approval_id = query_get_text(q, a, 2),
        .seq = query_get_int(q, 3),
        .created_at = query_get_int(q, 4),
        .data = query_get_text(q, a, 5),
    };
    return 0;
}

int sqlite_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                       struct outbox_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_OUTBOX_LIST, e);
    query_int(&q, after);
    query_int(&q, limit_value(limit));
    return read_all(&q, a, sizeof **rows, outbox_row, (void **)rows, n);
}

static int idempotency_row(struct query *q, struct arena *a, void *out)
{
    *(struct idempotency_row *)out = (struct idempotency_row){
        .caller = query_get_text(q, a, 0),
        .key = query_get_text(q, a, 1),
        .request_sha256 = query_get_text(q, a, 2),
        .status = query_get_int(q, 3),
        .content_type = query_get_text(q, a, 4),
        .created_at = query_get_int(q, 5),
        .body = query_get_text(q, a, 6),
    };
    return 0;
}

int sqlite_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                           int64_t now, struct idempotency_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_IDEMPOTENCY_GET, e);
    query_text(&q, caller);
    query_text(&q, key);
    query_int(&q, now - IDEMPOTENCY_KEPT_US);
    return read_one(&q, a, idempotency_row, out);
}
