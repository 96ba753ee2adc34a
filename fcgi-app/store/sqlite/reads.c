#include "operations.h"

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
        .visible_to = query_get_text(q, a, 7),
    };
    return 0;
}

int sqlite_workflow_get(struct session *s, struct arena *a, const char *id,
                        struct workflow_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_WORKFLOW_GET, e);
    query_text(&q, id);
    return query_one(&q, a, workflow_row, out);
}

int sqlite_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                         struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_WORKFLOW_LIST, e);
    return query_all(&q, a, sizeof **rows, workflow_row, rows, n);
}

static int limited_row(struct query *q, struct arena *a, void *out)
{
    *(struct workflow_row *)out = (struct workflow_row){
        .id = query_get_text(q, a, 0),
        .visible_to = query_get_text(q, a, 1),
    };
    return 0;
}

int sqlite_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                            size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_WORKFLOW_LIMITED, e);
    return query_all(&q, a, sizeof **rows, limited_row, rows, n);
}

static int listed_version_row(struct query *q, struct arena *a, void *out)
{
    *(struct version_row *)out = (struct version_row){
        .workflow_id = query_get_text(q, a, 0),
        .revision = query_get_int(q, 1),
        .version = query_get_text(q, a, 2),
        .sha256 = query_get_text(q, a, 3),
        .created_by = query_get_text(q, a, 4),
        .created_at = query_get_int(q, 5),
    };
    return 0;
}

static int version_row(struct query *q, struct arena *a, void *out)
{
    listed_version_row(q, a, out);
    ((struct version_row *)out)->definition = query_get_text(q, a, 6);
    return 0;
}

int sqlite_version_get(struct session *s, struct arena *a, const char *workflow_id,
                       int64_t revision, struct version_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_VERSION_GET, e);
    query_text(&q, workflow_id);
    query_int(&q, revision);
    return query_one(&q, a, version_row, out);
}

int sqlite_version_list(struct session *s, struct arena *a, const char *workflow_id,
                        struct version_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_VERSION_LIST, e);
    query_text(&q, workflow_id);
    return query_all(&q, a, sizeof **rows, listed_version_row, rows, n);
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
    return query_all(&q, a, sizeof **rows, stage_row, rows, n);
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
    return query_all(&q, a, sizeof **rows, event_row, rows, n);
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
    query_limit(&q, limit);
    return query_all(&q, a, sizeof **rows, outbox_row, rows, n);
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
    return query_one(&q, a, idempotency_row, out);
}
