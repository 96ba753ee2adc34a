#include "operations.h"

/* ---- reading ---- */

int memory_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e)
{
    (void)e;
    if (!memory_get(s, a, APPROVALS, id, out))
        return 0;
    memory_list_of_key(s, a, TASKS, id, &out->tasks, &out->task_count);
    memory_list_of_key(s, a, VISITS, id, &out->visits, &out->visit_count);
    memory_list_of_key(s, a, TIMERS, id, &out->timers, &out->timer_count);
    return 1;
}

int memory_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const struct version *v = memory_find(m, s, APPROVALS, id, ANY_NO);
    if (v)
        *seq = ((const struct approval *)v->row)->seq;
    return memory_leave(m, v ? 1 : 0);
}

static bool is_running(const void *row, const void *arg)
{
    const struct approval *a = row;
    return !approval_status_terminal(a->status) && !strcmp(a->workflow_id, arg);
}

static int64_t number_of(struct session *s, const char *id)
{
    struct memory_store *m = memory_enter(s);
    const struct version *v = id ? memory_find(m, s, APPROVALS, id, ANY_NO) : NULL;
    int64_t no = v ? v->no : 0;
    memory_leave(m, 0);
    return no;
}

int memory_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = number_of(s, page->after),
        .keep = is_running,
        .arg = workflow_id,
        .limit = page->limit,
    };
    return memory_keys(s, a, APPROVALS, &sel, ids, n);
}

static bool is_held_task_of(const void *row, const void *arg)
{
    const struct task *t = row;
    return t->state != TASK_ANSWERED && t->state != TASK_CLOSED && !strcmp(t->user, arg);
}

int memory_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e)
{
    (void)e;
    const char *const *held = NULL;
    size_t held_n = 0;
    struct selection sel = {.by_key = true,
                            .above = page->after,
                            .keep = is_held_task_of,
                            .arg = user_id,
                            .limit = SIZE_MAX};
    memory_keys(s, a, TASKS, &sel, &held, &held_n);
    struct memory_store *m = memory_enter(s);
    const char **running = arena_array(a, held_n, sizeof *running);
    *n = 0;
    for (size_t i = 0; i < held_n && *n < page->limit; i++) {
        const struct version *v = memory_find(m, s, APPROVALS, held[i], ANY_NO);
        if (!approval_status_terminal(((const struct approval *)v->row)->status))
            running[(*n)++] = held[i];
    }
    *ids = running;
    return memory_leave(m, 0);
}

int memory_approval_ids(struct session *s, struct arena *a, const struct page *page,
                        const char *const **ids, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {.by_key = true, .above = page->after, .limit = page->limit};
    return memory_keys(s, a, APPROVALS, &sel, ids, n);
}

int memory_payload_list(struct session *s, struct arena *a, const char *approval_id,
                        struct payload_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return memory_list_of_key(s, a, PAYLOADS, approval_id, rows, n);
}

static bool is_open_task_of(const void *row, const void *arg)
{
    const struct task *t = row;
    return t->state == TASK_OPEN && !strcmp(t->user, arg);
}

static bool is_answered_task_of(const void *row, const void *arg)
{
    const struct task *t = row;
    return t->state == TASK_ANSWERED && !strcmp(t->user, arg);
}

int memory_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct arena *scratch = arena_new();
    struct selection open = {.keep = is_open_task_of, .arg = user_id, .limit = SIZE_MAX};
    struct selection answered = {.keep = is_answered_task_of, .arg = user_id, .limit = SIZE_MAX};
    size_t n_open, n_answered;
    memory_select(m, s, scratch, TASKS, &open, &n_open);
    const struct version *found = memory_select(m, s, scratch, TASKS, &answered, &n_answered);
    *out = (struct load_row){.open_tasks = (int64_t)n_open};
    for (size_t i = 0; i < n_answered; i++) {
        int64_t at = ((const struct task *)found[i].row)->ended_at;
        if (at > out->last_answered_at)
            out->last_answered_at = at;
    }
    arena_free(&scratch);
    return memory_leave(m, 0);
}

/* ---- writing ---- */

static bool has_version(struct memory_store *m, struct session *s, const struct approval *a,
                        int64_t revision)
{
    const char *key = memory_revision_key(m->tables.arena, a->workflow_id, revision);
    return memory_find(m, s, VERSIONS, key, ANY_NO) != NULL;
}

static void facts_put(struct memory_store *m, struct session *s, const struct approval *a,
                      int64_t no)
{
    struct approval *row = memory_put(m, s, APPROVALS, a->id, no, a);
    row->tasks = NULL;
    row->visits = NULL;
    row->timers = NULL;
    row->task_count = row->visit_count = row->timer_count = 0;
    row->timers_changed = row->payload_changed = false;
}

static void task_put(struct memory_store *m, struct session *s, const char *approval_id,
                     const struct task *t)
{
    struct task given = *t;
    if (!given.via)
        given.via = "";
    struct task *row = memory_put(m, s, TASKS, approval_id, t->no, &given);
    row->changed = false;
}

static void visit_put(struct memory_store *m, struct session *s, const char *approval_id,
                      const struct visit *v)
{
    struct visit *row = memory_put(m, s, VISITS, approval_id, v->no, v);
    row->changed = false;
}

static int timers_add(struct memory_store *m, struct session *s, const struct approval *a,
                      struct err *e)
{
    for (size_t i = 0; i < a->timer_count; i++) {
        const struct timer *t = &a->timers[i];
        int64_t no = t->level * TIMER_KIND_COUNT + t->kind;
        if (memory_find(m, s, TIMERS, a->id, no))
            return memory_broken_key(e, "two timers of one kind and level");
        memory_add(m, s, TIMERS, a->id, no, t);
    }
    return 0;
}

static int timers_replace(struct memory_store *m, struct session *s, const struct approval *a,
                          struct err *e)
{
    struct version *v;
    while ((v = memory_find(m, s, TIMERS, a->id, ANY_NO)))
        memory_end(m, s, TIMERS, v);
    return timers_add(m, s, a, e);
}

int memory_approval_insert(struct session *s, const struct approval *a, struct err *e)
{
    struct memory_store *m = memory_enter(s);
    if (memory_find(m, s, APPROVALS, a->id, ANY_NO))
        return memory_leave(m, memory_broken_key(e, "an approval it has"));
    if (!has_version(m, s, a, a->revision))
        return memory_leave(m, memory_broken_key(e, "an approval of a version it has not"));
    facts_put(m, s, a, tables_next(&m->tables, APPROVALS));
    for (size_t i = 0; i < a->task_count; i++)
        task_put(m, s, a->id, &a->tasks[i]);
    for (size_t i = 0; i < a->visit_count; i++)
        visit_put(m, s, a->id, &a->visits[i]);
    return memory_leave(m, timers_add(m, s, a, e));
}

/* What never changes stays as it was stored, whatever the caller's copy says. */
static struct approval changed_facts(const struct approval *stored, const struct approval *given)
{
    struct approval row = *given;
    row.id = stored->id;
    row.workflow_id = stored->workflow_id;
    row.requester_id = stored->requester_id;
    row.submitted_by = stored->submitted_by;
    row.owner_id = stored->owner_id;
    row.target_entity = stored->target_entity;
    row.created_at = stored->created_at;
    if (!given->payload_changed) {
        row.payload = stored->payload;
        row.payload_sha256 = stored->payload_sha256;
    }
    return row;
}

static int payload_keep(struct memory_store *m, struct session *s, const struct approval *stored,
                        struct err *e)
{
    struct payload_row row = {
        .round = stored->round, .sha256 = stored->payload_sha256, .payload = stored->payload};
    if (memory_find(m, s, PAYLOADS, stored->id, row.round))
        return memory_broken_key(e, "two payloads of one round");
    memory_add(m, s, PAYLOADS, stored->id, row.round, &row);
    return 0;
}

static int update(struct memory_store *m, struct session *s, const struct approval *a,
                  const struct version *old, struct err *e)
{
    struct approval row = changed_facts(old->row, a);
    if (a->payload_changed && payload_keep(m, s, old->row, e) < 0)
        return -1;
    if (!has_version(m, s, &row, row.revision))
        return memory_broken_key(e, "an approval of a version it has not");
    facts_put(m, s, &row, old->no);
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].changed)
            task_put(m, s, a->id, &a->tasks[i]);
    for (size_t i = 0; i < a->visit_count; i++)
        if (a->visits[i].changed)
            visit_put(m, s, a->id, &a->visits[i]);
    return a->timers_changed ? timers_replace(m, s, a, e) : 0;
}

int memory_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                           struct err *e)
{
    struct memory_store *m = memory_enter(s);
    const struct version *old = memory_find(m, s, APPROVALS, a->id, ANY_NO);
    if (!old || ((const struct approval *)old->row)->seq != expected_seq)
        return memory_leave(m, store_conflict_seq(a->id, e));
    return memory_leave(m, update(m, s, a, old, e));
}
