#include "operations.h"

#include "engine/slate.h"

static int newest_first(const void *a, const void *b)
{
    const struct version *x = a, *y = b;
    int64_t one = ((const struct approval *)x->row)->created_at;
    int64_t other = ((const struct approval *)y->row)->created_at;
    if (one != other)
        return one < other ? 1 : -1;
    return x->no < y->no ? 1 : -1;
}

static void item_copy(struct arena *a, struct approval_item *to, const struct approval *from)
{
    *to = (struct approval_item){
        .id = arena_strdup(a, from->id),
        .workflow_id = arena_strdup(a, from->workflow_id),
        .stage_id = arena_strdup(a, from->stage_id),
        .status = from->status,
        .created_at = from->created_at,
        .updated_at = from->updated_at,
        .sla_due_at = from->sla_due_at,
    };
}

static bool is_listed(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(ids[i], id))
            return true;
    return false;
}

static bool same(const char *a, const char *b)
{
    return a && !strcmp(a, b);
}

static bool is_task_of(const void *row, const void *arg)
{
    return !strcmp(((const struct task *)row)->user, arg);
}

static bool has_task(struct memory_store *m, struct session *s, const struct approval *a,
                     const char *user)
{
    struct arena *scratch = arena_new();
    struct selection sel = {.key = a->id, .keep = is_task_of, .arg = user, .limit = 1};
    size_t n;
    memory_select(m, s, scratch, TASKS, &sel, &n);
    arena_free(&scratch);
    return n > 0;
}

static bool is_open_to(const struct approval *a, const struct viewer *v)
{
    return a->status == STATUS_PENDING &&
           ((v->approver && same(a->slate_role, ROLE_OF_OPEN_STAGE)) ||
            (v->admin && same(a->slate_role, ROLE_OF_ESCALATION)));
}

static bool concerns(struct memory_store *m, struct session *s, const struct approval *a,
                     const struct viewer *v)
{
    return same(a->requester_id, v->user) || same(a->submitted_by, v->user) ||
           same(a->owner_id, v->user) || is_open_to(a, v) || has_task(m, s, a, v->user);
}

static bool is_seen(struct memory_store *m, struct session *s, const struct approval *a,
                    const struct viewer *v)
{
    if (v->reached_count && !is_listed(v->reached, v->reached_count, a->workflow_id))
        return false;
    if (v->sees_all && !is_listed(v->hidden, v->hidden_count, a->workflow_id))
        return true;
    return concerns(m, s, a, v);
}

static bool has_status(const void *row, const void *arg)
{
    const struct approval_filter *f = arg;
    return f->status < 0 ||
           ((const struct approval *)row)->status == (enum approval_status)f->status;
}

int memory_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct selection sel = {.keep = has_status, .arg = f, .limit = SIZE_MAX};
    size_t count;
    struct version *found = memory_select(m, s, a, APPROVALS, &sel, &count);
    if (count)
        qsort(found, count, sizeof *found, newest_first);
    *rows = arena_array(a, count, sizeof **rows);
    *n = 0;
    for (size_t i = 0; i < count && *n < f->limit; i++)
        if (!f->viewer || is_seen(m, s, found[i].row, f->viewer))
            item_copy(a, &(*rows)[(*n)++], found[i].row);
    return memory_leave(m, 0);
}
