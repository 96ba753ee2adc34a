#include "operations.h"

/* ---- workflows ---- */

const char *memory_revision_key(struct arena *a, const char *workflow_id, int64_t revision)
{
    return arena_printf(a, "%s\n%lld", workflow_id, (long long)revision);
}

const char *memory_pair_key(struct arena *a, const char *first, const char *second)
{
    return arena_printf(a, "%zu %s %s", strlen(first), first, second);
}

int memory_workflow_get(struct session *s, struct arena *a, const char *id,
                        struct workflow_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, WORKFLOWS, id, out);
}

static bool is_shown(const void *row, const void *arg)
{
    (void)arg;
    return strcmp(((const struct workflow_row *)row)->status, WORKFLOW_ARCHIVED) != 0;
}

int memory_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                         struct err *e)
{
    (void)e;
    struct selection sel = {.keep = is_shown, .limit = SIZE_MAX};
    return memory_list(s, a, WORKFLOWS, &sel, rows, n);
}

static bool is_limited(const void *row, const void *arg)
{
    (void)arg;
    return ((const struct workflow_row *)row)->visible_to != NULL;
}

int memory_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                            size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {.by_key = true, .keep = is_limited, .limit = SIZE_MAX};
    memory_list(s, a, WORKFLOWS, &sel, rows, n);
    for (size_t i = 0; i < *n; i++)
        (*rows)[i] =
            (struct workflow_row){.id = (*rows)[i].id, .visible_to = (*rows)[i].visible_to};
    return 0;
}

int memory_version_get(struct session *s, struct arena *a, const char *workflow_id,
                       int64_t revision, struct version_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, VERSIONS, memory_revision_key(a, workflow_id, revision), out);
}

int memory_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct stage_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return memory_list_of_key(s, a, STAGES, memory_revision_key(a, workflow_id, revision), rows, n);
}

static bool is_version_of(const void *row, const void *arg)
{
    return strcmp(((const struct version_row *)row)->workflow_id, arg) == 0;
}

int memory_version_list(struct session *s, struct arena *a, const char *workflow_id,
                        struct version_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {.keep = is_version_of, .arg = workflow_id, .limit = SIZE_MAX};
    struct version_row *found;
    memory_list(s, a, VERSIONS, &sel, &found, n);
    *rows = arena_array(a, *n, sizeof **rows);
    for (size_t i = 0; i < *n; i++) {
        (*rows)[i] = found[*n - 1 - i];
        (*rows)[i].definition = NULL;
    }
    return 0;
}

static void workflow_put(struct memory_store *m, struct session *s, const struct workflow_row *w)
{
    struct version *old = memory_find(m, s, WORKFLOWS, w->id, ANY_NO);
    struct workflow_row row = *w;
    int64_t no = tables_next(&m->tables, WORKFLOWS);
    if (old) {
        row.created_at = ((const struct workflow_row *)old->row)->created_at;
        no = old->no;
        memory_end(m, s, WORKFLOWS, old);
    }
    memory_add(m, s, WORKFLOWS, w->id, no, &row);
}

int memory_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                               struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const struct version *v = memory_find(m, s, WORKFLOWS, id, ANY_NO);
    if (!v)
        return memory_leave(m, 0);
    struct workflow_row row = *(const struct workflow_row *)v->row;
    row.status = status;
    row.updated_at = now;
    memory_put(m, s, WORKFLOWS, id, v->no, &row);
    return memory_leave(m, 1);
}

static int64_t next_revision(struct memory_store *m, struct session *s, const char *id)
{
    const struct version *v = memory_find(m, s, WORKFLOWS, id, ANY_NO);
    return v ? ((const struct workflow_row *)v->row)->revision + 1 : 1;
}

int memory_workflow_save(struct session *s, const struct workflow_row *w,
                         const struct version_row *v, const struct stage_row *stages, size_t n,
                         struct err *e)
{
    struct memory_store *m = memory_enter(s);
    int64_t next = next_revision(m, s, w->id);
    if (w->revision != next || v->revision != next)
        return memory_leave(m, store_conflict_revision(w->id, e));
    const char *key = memory_revision_key(m->tables.arena, w->id, next);
    workflow_put(m, s, w);
    memory_add(m, s, VERSIONS, key, next, v);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (memory_find(m, s, STAGES, key, stages[i].position))
            rc = memory_broken_key(e, "two stages of one position");
        else
            memory_add(m, s, STAGES, key, stages[i].position, &stages[i]);
    }
    return memory_leave(m, rc);
}

/* ---- events and outbox ---- */

int memory_event_list(struct session *s, struct arena *a, const char *approval_id,
                      struct event_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return memory_list_of_key(s, a, EVENTS, approval_id, rows, n);
}

int memory_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                       struct outbox_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {.after = after, .limit = limit};
    return memory_list(s, a, OUTBOX, &sel, rows, n);
}

int memory_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                     struct err *e)
{
    struct memory_store *m = memory_enter(s);
    if (!memory_find(m, s, APPROVALS, approval_id, ANY_NO))
        return memory_leave(m, memory_broken_key(e, "an event of an approval it has not"));
    if (memory_find(m, s, EVENTS, approval_id, r->seq))
        return memory_leave(m, memory_broken_key(e, "two events of one number"));
    memory_add(m, s, EVENTS, approval_id, r->seq, r);
    return memory_leave(m, 0);
}

int memory_outbox_add(struct session *s, const struct outbox_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct outbox_row row = *r;
    row.id = tables_next(&m->tables, OUTBOX);
    memory_add(m, s, OUTBOX, "", row.id, &row);
    return memory_leave(m, 0);
}

/* ---- idempotency ---- */

int memory_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                           int64_t now, struct idempotency_row *out, struct err *e)
{
    (void)e;
    if (!memory_get(s, a, IDEMPOTENCY, memory_pair_key(a, caller, key), out))
        return 0;
    return out->created_at >= now - IDEMPOTENCY_KEPT_US;
}

int memory_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const char *key = memory_pair_key(m->tables.arena, r->caller, r->key);
    struct version *old = memory_find(m, s, IDEMPOTENCY, key, ANY_NO);
    if (old)
        memory_end(m, s, IDEMPOTENCY, old);
    memory_add(m, s, IDEMPOTENCY, key, tables_next(&m->tables, IDEMPOTENCY), r);
    return memory_leave(m, 0);
}
