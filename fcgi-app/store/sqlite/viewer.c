#include "operations.h"

#include "engine/slate.h"

static int item_row(struct query *q, struct arena *a, void *out)
{
    int status = query_get_word(q, 3, approval_status_parse, "a status");
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

/* NULL: of every status. */
static const char *status_text(const struct approval_filter *f)
{
    return f->status < 0 ? NULL : approval_status_name((enum approval_status)f->status);
}

static void everything_open(struct query *q, struct conn *c, const struct approval_filter *f,
                            struct err *e)
{
    const char *status = status_text(f);
    query_open(q, c, status ? SQL_APPROVAL_LIST_STATUS : SQL_APPROVAL_LIST, e);
    query_limit(q, f->limit);
    if (status)
        query_text(q, status);
}

/* The values that both lists of a viewer begin with. */
static void viewer_bind(struct query *q, struct arena *a, const struct approval_filter *f)
{
    const struct viewer *v = f->viewer;
    query_limit(q, f->limit);
    query_text(q, v->user);
    query_text(q, v->approver ? ROLE_OF_OPEN_STAGE : NULL);
    query_text(q, v->admin ? ROLE_OF_ESCALATION : NULL);
    if (v->reached_count)
        query_texts_array(q, a, v->reached, v->reached_count);
    else
        query_text(q, NULL);
}

static void seen_open(struct query *q, struct conn *c, struct arena *a,
                      const struct approval_filter *f, struct err *e)
{
    const char *status = status_text(f);
    query_open(q, c, status ? SQL_APPROVAL_LIST_SEEN_STATUS : SQL_APPROVAL_LIST_SEEN, e);
    viewer_bind(q, a, f);
    query_texts_array(q, a, f->viewer->hidden, f->viewer->hidden_count);
    if (status)
        query_text(q, status);
}

static void mine_open(struct query *q, struct conn *c, struct arena *a,
                      const struct approval_filter *f, struct err *e)
{
    query_open(q, c, SQL_APPROVAL_LIST_MINE, e);
    viewer_bind(q, a, f);
    query_text(q, status_text(f));
}

int sqlite_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e)
{
    const struct viewer *v = f->viewer;
    struct conn *c = sqlite_conn(s);
    struct query q;
    if (!v || (v->sees_all && !v->hidden_count && !v->reached_count))
        everything_open(&q, c, f, e);
    else if (v->sees_all)
        seen_open(&q, c, a, f, e);
    else
        mine_open(&q, c, a, f, e);
    return query_all(&q, a, sizeof **rows, item_row, rows, n);
}
