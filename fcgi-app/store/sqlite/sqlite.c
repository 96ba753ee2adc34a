#include "sqlite.h"

#include "schema.h"
#include "writer.h"

#include <assert.h>
#include <pthread.h>

struct sqlite_store {
    struct store base;
    char *path;
    char *vfs; /* NULL: the default */
    struct writer *writer;
    pthread_mutex_t mutex;
    struct sqlite_session *idle; /* the last one used first */
};

static const struct store_ops sqlite_ops;

static struct sqlite_store *sqlite_store(struct store *st)
{
    assert(st->ops == &sqlite_ops);
    return (struct sqlite_store *)st;
}

static struct sqlite_session *sqlite_session(struct session *s)
{
    assert(s->store->ops == &sqlite_ops);
    return (struct sqlite_session *)s;
}

struct conn *sqlite_conn(struct session *s)
{
    return sqlite_session(s)->conn;
}

static int session_new(struct sqlite_store *st, struct sqlite_session **out, struct err *e)
{
    struct conn *conn;
    if (conn_open(st->path, st->vfs, CONN_READ, &conn, e) < 0) {
        if (st->writer) /* while serving: whoever asks need not know the path */
            err_set(e, e->kind, "The database cannot be opened.");
        return -1;
    }
    *out = mem_alloc(sizeof **out);
    **out = (struct sqlite_session){.base = {.store = &st->base}, .conn = conn};
    return 0;
}

static void session_free(struct sqlite_session *s)
{
    conn_close(&s->conn);
    free(s);
}

static int session_take(struct sqlite_store *st, struct sqlite_session **out, struct err *e)
{
    pthread_mutex_lock(&st->mutex);
    struct sqlite_session *s = st->idle;
    if (s)
        st->idle = s->next;
    pthread_mutex_unlock(&st->mutex);
    if (!s)
        return session_new(st, out, e);
    *out = s;
    return 0;
}

static void session_return(struct sqlite_store *st, struct sqlite_session *s)
{
    pthread_mutex_lock(&st->mutex);
    s->next = st->idle;
    st->idle = s;
    pthread_mutex_unlock(&st->mutex);
}

static int sqlite_read_begin(struct store *base, struct session **out, struct err *e)
{
    struct sqlite_store *st = sqlite_store(base);
    struct sqlite_session *s;
    if (session_take(st, &s, e) < 0)
        return -1;
    /* BEGIN alone takes no snapshot, the first read does. */
    if (query_exec(s->conn, SQL_BEGIN_READ, e) < 0 || query_exec(s->conn, SQL_PIN, e) < 0) {
        session_free(s);
        return -1;
    }
    *out = &s->base;
    return 0;
}

static void sqlite_read_end(struct session *base)
{
    struct sqlite_session *s = sqlite_session(base);
    struct err ignored = ERR_INIT;
    if (query_exec(s->conn, SQL_COMMIT, &ignored) < 0)
        session_free(s);
    else
        session_return(sqlite_store(base->store), s);
}

static int sqlite_check(struct store *base, struct err *e)
{
    struct session *s;
    if (sqlite_read_begin(base, &s, e) < 0)
        return -1;
    int rc = conn_in_place(sqlite_conn(s), e);
    if (rc == 0)
        rc = schema_check(sqlite_conn(s), e);
    sqlite_read_end(s);
    return rc;
}

static enum outcome sqlite_write(struct store *base, const struct write *w, struct err *e)
{
    return writer_run(sqlite_store(base)->writer, w, e);
}

static void sqlite_close(struct store *base)
{
    struct sqlite_store *st = sqlite_store(base);
    if (st->writer)
        writer_stop(&st->writer);
    while (st->idle) {
        struct sqlite_session *s = st->idle;
        st->idle = s->next;
        session_free(s);
    }
    pthread_mutex_destroy(&st->mutex);
    free(st->vfs);
    free(st->path);
    free(st);
}

static const struct store_ops sqlite_ops = {
    .name = "sqlite",
    .close = sqlite_close,
    .check = sqlite_check,
    .read_begin = sqlite_read_begin,
    .read_end = sqlite_read_end,
    .write = sqlite_write,

    .workflow_get = sqlite_workflow_get,
    .workflow_list = sqlite_workflow_list,
    .version_get = sqlite_version_get,
    .stage_list = sqlite_stage_list,
    .version_list = sqlite_version_list,
    .workflow_limited = sqlite_workflow_limited,

    .approval_get = sqlite_approval_get,
    .approval_seq = sqlite_approval_seq,
    .approval_list = sqlite_approval_list,
    .approval_running = sqlite_approval_running,
    .approval_held_by = sqlite_approval_held_by,
    .approval_ids = sqlite_approval_ids,
    .payload_list = sqlite_payload_list,

    .event_list = sqlite_event_list,
    .audit_list = sqlite_audit_list,
    .audit_head = sqlite_audit_head,
    .outbox_list = sqlite_outbox_list,
    .idempotency_get = sqlite_idempotency_get,

    .user_get = sqlite_user_get,
    .user_list = sqlite_user_list,
    .role_holders = sqlite_role_holders,
    .user_load = sqlite_user_load,
    .user_groups = sqlite_user_groups,
    .group_get = sqlite_group_get,
    .group_list = sqlite_group_list,
    .calendar_get = sqlite_calendar_get,
    .calendar_list = sqlite_calendar_list,
    .switch_get = sqlite_switch_get,

    .workflow_set_status = sqlite_workflow_set_status,
    .user_put = sqlite_user_put,
    .group_put = sqlite_group_put,
    .group_remove = sqlite_group_remove,
    .calendar_put = sqlite_calendar_put,
    .switch_put = sqlite_switch_put,
    .workflow_save = sqlite_workflow_save,
    .approval_insert = sqlite_approval_insert,
    .approval_update = sqlite_approval_update,
    .event_add = sqlite_event_add,
    .audit_add = sqlite_audit_add,
    .outbox_add = sqlite_outbox_add,
    .idempotency_put = sqlite_idempotency_put,

    .password_get = sqlite_password_get,
    .password_any = sqlite_password_any,
    .attempt_get = sqlite_attempt_get,
    .ticket_get = sqlite_ticket_get,
    .api_key_get = sqlite_api_key_get,
    .api_key_list = sqlite_api_key_list,
    .identity_get = sqlite_identity_get,
    .key_set_get = sqlite_key_set_get,
    .password_put = sqlite_password_put,
    .attempt_put = sqlite_attempt_put,
    .ticket_put = sqlite_ticket_put,
    .ticket_end = sqlite_ticket_end,
    .api_key_put = sqlite_api_key_put,
    .identity_put = sqlite_identity_put,
    .key_set_put = sqlite_key_set_put,
    .access_forget = sqlite_access_forget,
};

/* A database that is not there or not migrated is found now, not by the first request. */
static int store_prepare(struct sqlite_store *st, const struct store_sqlite_options *o,
                         struct err *e)
{
    struct writer_options options = {
        .path = st->path,
        .vfs = st->vfs,
        .clock = o->clock,
        .patience_us = o->patience_us ? o->patience_us : WRITER_PATIENCE_US,
        .store = &st->base,
    };
    /* The check comes first: starting the writer changes the journal mode of what it is given. */
    if (sqlite_check(&st->base, e) < 0)
        return -1;
    return writer_start(&options, &st->writer, e);
}

int store_sqlite_open(const struct store_sqlite_options *o, struct store **out, struct err *e)
{
    struct sqlite_store *st = mem_alloc(sizeof *st);
    st->base.ops = &sqlite_ops;
    st->path = mem_strdup(o->path);
    st->vfs = o->vfs ? mem_strdup(o->vfs) : NULL;
    pthread_mutex_init(&st->mutex, NULL);
    if (store_prepare(st, o, e) < 0) {
        sqlite_close(&st->base);
        return -1;
    }
    *out = &st->base;
    return 0;
}
