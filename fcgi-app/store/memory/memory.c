#include "memory.h"

#include "operations.h"

#include <assert.h>
#include <time.h>

struct memory_session {
    struct session base;
    int64_t sees;
};

#define PATIENCE_SECONDS 5

static const struct store_ops memory_ops;

static struct memory_store *memory_store(struct store *st)
{
    assert(st->ops == &memory_ops);
    return (struct memory_store *)st;
}

struct memory_store *memory_enter(struct session *s)
{
    struct memory_store *m = memory_store(s->store);
    pthread_mutex_lock(&m->mutex);
    return m;
}

int memory_leave(struct memory_store *m, int rc)
{
    pthread_mutex_unlock(&m->mutex);
    return rc;
}

int64_t memory_sees(const struct session *s)
{
    return ((const struct memory_session *)s)->sees;
}

struct version *memory_find(struct memory_store *m, const struct session *s, enum table_id id,
                            const char *key, int64_t no)
{
    return tables_find(&m->tables, memory_sees(s), id, key, no);
}

void *memory_add(struct memory_store *m, const struct session *s, enum table_id id, const char *key,
                 int64_t no, const void *row)
{
    return tables_add(&m->tables, memory_sees(s), id, key, no, row);
}

void memory_end(struct memory_store *m, const struct session *s, enum table_id id,
                struct version *v)
{
    tables_end(&m->tables, memory_sees(s), id, v);
}

struct version *memory_select(struct memory_store *m, const struct session *s, struct arena *a,
                              enum table_id id, const struct selection *sel, size_t *n)
{
    return tables_select(&m->tables, memory_sees(s), a, id, sel, n);
}

void *memory_put(struct memory_store *m, const struct session *s, enum table_id id, const char *key,
                 int64_t no, const void *row)
{
    struct version *old = memory_find(m, s, id, key, no);
    if (old)
        memory_end(m, s, id, old);
    return memory_add(m, s, id, key, no, row);
}

int memory_get(struct session *s, struct arena *a, enum table_id id, const char *key, void *out)
{
    struct memory_store *m = memory_enter(s);
    const struct version *v = memory_find(m, s, id, key, ANY_NO);
    if (v)
        row_copy(a, id, out, v->row);
    return memory_leave(m, v ? 1 : 0);
}

int memory_list(struct session *s, struct arena *a, enum table_id id, const struct selection *sel,
                void *rows, size_t *n)
{
    struct memory_store *m = memory_enter(s);
    const struct version *found = memory_select(m, s, a, id, sel, n);
    char *copies = arena_array(a, *n, row_size(id));
    for (size_t i = 0; i < *n; i++)
        row_copy(a, id, copies + i * row_size(id), found[i].row);
    memcpy(rows, &copies, sizeof copies);
    return memory_leave(m, 0);
}

int memory_list_of_key(struct session *s, struct arena *a, enum table_id id, const char *key,
                       void *rows, size_t *n)
{
    struct selection sel = {.key = key, .after = -1, .limit = SIZE_MAX};
    return memory_list(s, a, id, &sel, rows, n);
}

int memory_keys(struct session *s, struct arena *a, enum table_id id, const struct selection *sel,
                const char *const **keys, size_t *n)
{
    struct memory_store *m = memory_enter(s);
    struct selection all = *sel;
    size_t found_n, count = 0;
    all.limit = SIZE_MAX;
    const struct version *found = memory_select(m, s, a, id, &all, &found_n);
    const char **copies = arena_array(a, found_n, sizeof *copies);
    for (size_t i = 0; i < found_n && count < sel->limit; i++)
        if (!count || strcmp(copies[count - 1], found[i].key) != 0)
            copies[count++] = arena_strdup(a, found[i].key);
    *keys = copies;
    *n = count;
    return memory_leave(m, 0);
}

int memory_broken_key(struct err *e, const char *what)
{
    return err_set(e, ERR_INTERNAL, "The store was given %s", what);
}

/* ---- sessions and halves ---- */

static int memory_read_begin(struct store *st, struct session **out, struct err *e)
{
    (void)e;
    struct memory_session *s = mem_alloc(sizeof *s);
    s->base.store = st;
    struct memory_store *m = memory_enter(&s->base);
    s->sees = m->commits;
    *out = &s->base;
    return memory_leave(m, 0);
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
    .version_list = memory_version_list,
    .workflow_limited = memory_workflow_limited,

    .approval_get = memory_approval_get,
    .approval_seq = memory_approval_seq,
    .approval_list = memory_approval_list,
    .approval_running = memory_approval_running,
    .approval_held_by = memory_approval_held_by,
    .approval_ids = memory_approval_ids,
    .payload_list = memory_payload_list,

    .event_list = memory_event_list,
    .audit_list = memory_audit_list,
    .audit_head = memory_audit_head,
    .outbox_list = memory_outbox_list,
    .idempotency_get = memory_idempotency_get,

    .user_get = memory_user_get,
    .user_list = memory_user_list,
    .role_holders = memory_role_holders,
    .user_load = memory_user_load,
    .user_groups = memory_user_groups,
    .group_get = memory_group_get,
    .group_list = memory_group_list,
    .calendar_get = memory_calendar_get,
    .calendar_list = memory_calendar_list,
    .switch_get = memory_switch_get,

    .workflow_set_status = memory_workflow_set_status,
    .user_put = memory_user_put,
    .group_put = memory_group_put,
    .group_remove = memory_group_remove,
    .calendar_put = memory_calendar_put,
    .switch_put = memory_switch_put,
    .workflow_save = memory_workflow_save,
    .approval_insert = memory_approval_insert,
    .approval_update = memory_approval_update,
    .event_add = memory_event_add,
    .audit_add = memory_audit_add,
    .outbox_add = memory_outbox_add,
    .idempotency_put = memory_idempotency_put,

    .password_get = memory_password_get,
    .password_any = memory_password_any,
    .attempt_get = memory_attempt_get,
    .ticket_get = memory_ticket_get,
    .api_key_get = memory_api_key_get,
    .api_key_list = memory_api_key_list,
    .identity_get = memory_identity_get,
    .key_set_get = memory_key_set_get,
    .password_put = memory_password_put,
    .attempt_put = memory_attempt_put,
    .ticket_put = memory_ticket_put,
    .ticket_end = memory_ticket_end,
    .api_key_put = memory_api_key_put,
    .identity_put = memory_identity_put,
    .key_set_put = memory_key_set_put,
    .access_forget = memory_access_forget,
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
