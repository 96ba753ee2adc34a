#include "memory.h"

#include "tables.h"

#include "store/backend.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

struct memory_store {
    struct store base;
    const struct clock *clock;
    pthread_mutex_t writing; /* held for a whole half */
    int64_t now;             /* of the last commit; under writing */

    pthread_mutex_t mutex; /* of all below; held for one operation */
    struct tables tables;
    int64_t commits;
};

struct memory_session {
    struct session base;
    int64_t sees; /* the newest commit it sees; of a half, its own to be */
};

#define PATIENCE_SECONDS 5

static const struct store_ops memory_ops;

static struct memory_store *memory_store(struct store *st)
{
    assert(st->ops == &memory_ops);
    return (struct memory_store *)st;
}

/* The store of a session, its mutex taken. */
static struct memory_store *enter(struct session *s)
{
    struct memory_store *m = memory_store(s->store);
    pthread_mutex_lock(&m->mutex);
    return m;
}

static int leave(struct memory_store *m, int rc)
{
    pthread_mutex_unlock(&m->mutex);
    return rc;
}

static int64_t sees(const struct session *s)
{
    return ((const struct memory_session *)s)->sees;
}

static struct version *find(struct memory_store *m, const struct session *s, enum table_id id,
                            const char *key, int64_t no)
{
    return tables_find(&m->tables, sees(s), id, key, no);
}

static void *add(struct memory_store *m, const struct session *s, enum table_id id, const char *key,
                 int64_t no, const void *row)
{
    return tables_add(&m->tables, sees(s), id, key, no, row);
}

static void end(struct memory_store *m, const struct session *s, enum table_id id,
                struct version *v)
{
    tables_end(&m->tables, sees(s), id, v);
}

/* What the keys of SQLite's tables would refuse. */
static int broken_key(struct err *e, const char *what)
{
    return err_set(e, ERR_INTERNAL, "The store was given %s", what);
}

/* ---- reading ---- */

static int get(struct session *s, struct arena *a, enum table_id id, const char *key, void *out)
{
    struct memory_store *m = enter(s);
    const struct version *v = find(m, s, id, key, ANY_NO);
    if (v)
        row_copy(a, id, out, v->row);
    return leave(m, v ? 1 : 0);
}

static int list(struct session *s, struct arena *a, enum table_id id, const struct selection *sel,
                void *rows, size_t *n)
{
    struct memory_store *m = enter(s);
    const struct version *found = tables_select(&m->tables, sees(s), a, id, sel, n);
    char *copies = arena_array(a, *n, row_size(id));
    for (size_t i = 0; i < *n; i++)
        row_copy(a, id, copies + i * row_size(id), found[i].row);
    memcpy(rows, &copies, sizeof copies);
    return leave(m, 0);
}

static int list_of_key(struct session *s, struct arena *a, enum table_id id, const char *key,
                       void *rows, size_t *n)
{
    struct selection sel = {.key = key, .after = -1, .limit = SIZE_MAX};
    return list(s, a, id, &sel, rows, n);
}

static const char *revision_key(struct arena *a, const char *workflow_id, int64_t revision)
{
    return arena_printf(a, "%s\n%lld", workflow_id, (long long)revision);
}

static int memory_workflow_get(struct session *s, struct arena *a, const char *id,
                               struct workflow_row *out, struct err *e)
{
    (void)e;
    return get(s, a, WORKFLOWS, id, out);
}

static int memory_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows,
                                size_t *n, struct err *e)
{
    (void)e;
    return list_of_key(s, a, WORKFLOWS, NULL, rows, n);
}

static int memory_version_get(struct session *s, struct arena *a, const char *workflow_id,
                              int64_t revision, struct version_row *out, struct err *e)
{
    (void)e;
    return get(s, a, VERSIONS, revision_key(a, workflow_id, revision), out);
}

static int memory_stage_list(struct session *s, struct arena *a, const char *workflow_id,
                             int64_t revision, struct stage_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return list_of_key(s, a, STAGES, revision_key(a, workflow_id, revision), rows, n);
}

static int memory_approval_get(struct session *s, struct arena *a, const char *id,
                               struct approval *out, struct err *e)
{
    (void)e;
    if (!get(s, a, APPROVALS, id, out))
        return 0;
    list_of_key(s, a, TASKS, id, &out->tasks, &out->task_count);
    return 1;
}

static int memory_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e)
{
    (void)e;
    struct memory_store *m = enter(s);
    const struct version *v = find(m, s, APPROVALS, id, ANY_NO);
    if (v)
        *seq = ((const struct approval *)v->row)->seq;
    return leave(m, v ? 1 : 0);
}

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

static int memory_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                                struct approval_item **rows, size_t *n, struct err *e)
{
    (void)e;
    struct memory_store *m = enter(s);
    struct selection all = {.after = -1, .limit = SIZE_MAX};
    size_t n_all, count = 0;
    struct version *found = tables_select(&m->tables, sees(s), a, APPROVALS, &all, &n_all);
    for (size_t i = 0; i < n_all; i++) {
        const struct approval *approval = found[i].row;
        if (f->status < 0 || approval->status == (enum approval_status)f->status)
            found[count++] = found[i];
    }
    if (count)
        qsort(found, count, sizeof *found, newest_first);
    *n = count < f->limit ? count : f->limit;
    *rows = arena_array(a, *n, sizeof **rows);
    for (size_t i = 0; i < *n; i++)
        item_copy(a, &(*rows)[i], found[i].row);
    return leave(m, 0);
}

static int memory_event_list(struct session *s, struct arena *a, const char *approval_id,
                             struct event_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return list_of_key(s, a, EVENTS, approval_id, rows, n);
}

static int memory_audit_list(struct session *s, struct arena *a, const char *entity_id,
                             struct audit_row **rows, size_t *n, struct err *e)
{
    (void)e;
    return list_of_key(s, a, AUDIT, entity_id, rows, n);
}

static int memory_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                              struct outbox_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {.after = after, .limit = limit};
    return list(s, a, OUTBOX, &sel, rows, n);
}

static const char *caller_key(struct arena *a, const char *caller, const char *key)
{
    return arena_printf(a, "%zu %s %s", strlen(caller), caller, key);
}

static int memory_idempotency_get(struct session *s, struct arena *a, const char *caller,
                                  const char *key, int64_t now, struct idempotency_row *out,
                                  struct err *e)
{
    (void)e;
    if (!get(s, a, IDEMPOTENCY, caller_key(a, caller, key), out))
        return 0;
    return out->created_at >= now - IDEMPOTENCY_KEPT_US;
}

/* ---- writing ---- */

static void workflow_put(struct memory_store *m, struct session *s, const struct workflow_row *w)
{
    struct version *old = find(m, s, WORKFLOWS, w->id, ANY_NO);
    struct workflow_row row = *w;
    int64_t no = tables_next(&m->tables, WORKFLOWS);
    if (old) {
        row.created_at = ((const struct workflow_row *)old->row)->created_at;
        no = old->no;
        end(m, s, WORKFLOWS, old);
    }
    add(m, s, WORKFLOWS, w->id, no, &row);
}

static int64_t next_revision(struct memory_store *m, struct session *s, const char *id)
{
    const struct version *v = find(m, s, WORKFLOWS, id, ANY_NO);
    return v ? ((const struct workflow_row *)v->row)->revision + 1 : 1;
}

static int memory_workflow_save(struct session *s, const struct workflow_row *w,
                                const struct version_row *v, const struct stage_row *stages,
                                size_t n, struct err *e)
{
    struct memory_store *m = enter(s);
    int64_t next = next_revision(m, s, w->id);
    if (w->revision != next || v->revision != next)
        return leave(m, store_conflict_revision(w->id, e));
    const char *key = revision_key(m->tables.arena, w->id, next);
    workflow_put(m, s, w);
    add(m, s, VERSIONS, key, next, v);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        if (find(m, s, STAGES, key, stages[i].position))
            rc = broken_key(e, "two stages of one position");
        else
            add(m, s, STAGES, key, stages[i].position, &stages[i]);
    }
    return leave(m, rc);
}

static void approval_put(struct memory_store *m, struct session *s, const struct approval *a,
                         int64_t no)
{
    struct approval *row = add(m, s, APPROVALS, a->id, no, a);
    row->tasks = NULL;
    row->task_count = 0;
}

static void task_put(struct memory_store *m, struct session *s, const char *approval_id,
                     const struct task *t)
{
    struct version *old = find(m, s, TASKS, approval_id, t->no);
    if (old)
        end(m, s, TASKS, old);
    struct task *row = add(m, s, TASKS, approval_id, t->no, t);
    row->changed = false;
}

static int memory_approval_insert(struct session *s, const struct approval *a, struct err *e)
{
    struct memory_store *m = enter(s);
    if (find(m, s, APPROVALS, a->id, ANY_NO))
        return leave(m, broken_key(e, "an approval it has"));
    if (!find(m, s, VERSIONS, revision_key(m->tables.arena, a->workflow_id, a->revision), ANY_NO))
        return leave(m, broken_key(e, "an approval of a version it has not"));
    approval_put(m, s, a, tables_next(&m->tables, APPROVALS));
    for (size_t i = 0; i < a->task_count; i++)
        task_put(m, s, a->id, &a->tasks[i]);
    return leave(m, 0);
}

/* What never changes stays as it was stored, whatever the caller's copy says. */
static struct approval changed_facts(const struct approval *stored, const struct approval *given)
{
    struct approval row = *stored;
    row.status = given->status;
    row.stage_id = given->stage_id;
    row.visit = given->visit;
    row.slate_role = given->slate_role;
    row.needed = given->needed;
    row.updated_at = given->updated_at;
    row.sla_due_at = given->sla_due_at;
    row.seq = given->seq;
    return row;
}

static int memory_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                                  struct err *e)
{
    struct memory_store *m = enter(s);
    struct version *old = find(m, s, APPROVALS, a->id, ANY_NO);
    if (!old || ((const struct approval *)old->row)->seq != expected_seq)
        return leave(m, store_conflict_seq(a->id, e));
    struct approval row = changed_facts(old->row, a);
    end(m, s, APPROVALS, old);
    approval_put(m, s, &row, old->no);
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].changed)
            task_put(m, s, a->id, &a->tasks[i]);
    return leave(m, 0);
}

static int memory_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                            struct err *e)
{
    struct memory_store *m = enter(s);
    if (!find(m, s, APPROVALS, approval_id, ANY_NO))
        return leave(m, broken_key(e, "an event of an approval it has not"));
    if (find(m, s, EVENTS, approval_id, r->seq))
        return leave(m, broken_key(e, "two events of one number"));
    add(m, s, EVENTS, approval_id, r->seq, r);
    return leave(m, 0);
}

static int memory_audit_add(struct session *s, const struct audit_entry *r, int64_t now,
                            struct err *e)
{
    (void)e;
    struct memory_store *m = enter(s);
    struct audit_row row = {.id = tables_next(&m->tables, AUDIT), .entry = *r, .created_at = now};
    add(m, s, AUDIT, r->entity_id, row.id, &row);
    return leave(m, 0);
}

static int memory_outbox_add(struct session *s, const struct outbox_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = enter(s);
    struct outbox_row row = *r;
    row.id = tables_next(&m->tables, OUTBOX);
    add(m, s, OUTBOX, "", row.id, &row);
    return leave(m, 0);
}

static int memory_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = enter(s);
    const char *key = caller_key(m->tables.arena, r->caller, r->key);
    struct version *old = find(m, s, IDEMPOTENCY, key, ANY_NO);
    if (old)
        end(m, s, IDEMPOTENCY, old);
    add(m, s, IDEMPOTENCY, key, tables_next(&m->tables, IDEMPOTENCY), r);
    return leave(m, 0);
}

/* ---- sessions and halves ---- */

static int memory_read_begin(struct store *st, struct session **out, struct err *e)
{
    (void)e;
    struct memory_session *s = mem_alloc(sizeof *s);
    s->base.store = st;
    struct memory_store *m = enter(&s->base);
    s->sees = m->commits;
    *out = &s->base;
    return leave(m, 0);
}

static void memory_read_end(struct session *s)
{
    free(s);
}

static int memory_check(struct store *st, struct err *e)
{
    (void)st;
    (void)e;
    return 0;
}

static int64_t half_begin(struct memory_store *m)
{
    int64_t clock = clock_now(m->clock);
    if (clock > m->now)
        m->now = clock;
    pthread_mutex_lock(&m->mutex);
    tables_mark(&m->tables);
    int64_t commit = m->commits + 1;
    pthread_mutex_unlock(&m->mutex);
    return commit;
}

static void half_undo(struct memory_store *m)
{
    pthread_mutex_lock(&m->mutex);
    tables_undo(&m->tables);
    pthread_mutex_unlock(&m->mutex);
}

static void half_keep(struct memory_store *m)
{
    pthread_mutex_lock(&m->mutex);
    m->commits++;
    pthread_mutex_unlock(&m->mutex);
}

static enum outcome half_run(struct memory_store *m, const struct write *w, struct err *e)
{
    struct memory_session s = {.base = {.store = &m->base, .writing = true}};
    s.sees = half_begin(m);
    enum outcome outcome = w->apply(&s.base, m->now, w->arg, e);
    if (outcome != OUTCOME_DONE)
        half_undo(m);
    struct err why = ERR_INIT;
    if (outcome == OUTCOME_REFUSED && w->refused &&
        w->refused(&s.base, m->now, w->arg, e, &why) < 0) {
        *e = why;
        outcome = OUTCOME_BROKEN;
        half_undo(m);
    }
    half_keep(m);
    return outcome;
}

static enum outcome memory_write(struct store *st, const struct write *w, struct err *e)
{
    struct memory_store *m = memory_store(st);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    if (pthread_mutex_timedlock(&m->writing, &until) != 0) {
        err_set(e, ERR_UNAVAILABLE, "Too many are writing; nothing was changed. Try again.");
        return OUTCOME_BROKEN;
    }
    enum outcome outcome = half_run(m, w, e);
    pthread_mutex_unlock(&m->writing);
    return outcome;
}

static void memory_close(struct store *st)
{
    struct memory_store *m = memory_store(st);
    pthread_mutex_lock(&m->writing); /* a write in hand */
    pthread_mutex_unlock(&m->writing);
    tables_release(&m->tables);
    pthread_mutex_destroy(&m->mutex);
    pthread_mutex_destroy(&m->writing);
    free(m);
}

static const struct store_ops memory_ops = {
    .name = "memory",
    .close = memory_close,
    .check = memory_check,
    .read_begin = memory_read_begin,
    .read_end = memory_read_end,
    .write = memory_write,

    .workflow_get = memory_workflow_get,
    .workflow_list = memory_workflow_list,
    .version_get = memory_version_get,
    .stage_list = memory_stage_list,
    .approval_get = memory_approval_get,
    .approval_seq = memory_approval_seq,
    .approval_list = memory_approval_list,
    .event_list = memory_event_list,
    .audit_list = memory_audit_list,
    .outbox_list = memory_outbox_list,
    .idempotency_get = memory_idempotency_get,

    .workflow_save = memory_workflow_save,
    .approval_insert = memory_approval_insert,
    .approval_update = memory_approval_update,
    .event_add = memory_event_add,
    .audit_add = memory_audit_add,
    .outbox_add = memory_outbox_add,
    .idempotency_put = memory_idempotency_put,
};

struct store *store_memory_open(const struct clock *clock)
{
    struct memory_store *m = mem_alloc(sizeof *m);
    m->base.ops = &memory_ops;
    m->clock = clock;
    tables_init(&m->tables);
    pthread_mutex_init(&m->writing, NULL);
    pthread_mutex_init(&m->mutex, NULL);
    return &m->base;
}
