#include "transaction.h"

#include "base/log.h"

void halves_break(struct half *const *halves, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        halves[i]->outcome = OUTCOME_BROKEN;
        err_set(halves[i]->e, ERR_UNAVAILABLE,
                "The database could not keep this; nothing was changed. Try again.");
    }
}

/*
 * A commit whose fsync failed has left complete frames in the log. This connection has forgotten
 * them, but whoever recovers the log would find them valid: a commit that was reported as broken
 * would come back. Any commit overwrites them, so one that changes nothing is made at once.
 */
static int overwrite_doubtful(struct transaction *t, struct err *e)
{
    if (t->doubtful && query_exec(t->session->conn, SQL_TOUCH, e) < 0)
        return -1;
    t->doubtful = false;
    return 0;
}

/* The commit's now: never below that of any commit before, whatever the clock does. */
static int set_now(struct transaction *t, struct err *e)
{
    int64_t clock = clock_now(t->clock);
    if (clock > t->now)
        t->now = clock;
    struct query q;
    query_open(&q, t->session->conn, SQL_LAST_NOW, e);
    int rc = query_row(&q);
    if (rc > 0 && query_get_int(&q, 0) > t->now)
        t->now = query_get_int(&q, 0);
    query_close(&q);
    return rc < 0 ? -1 : 0;
}

/* The connection is out of the transaction afterwards, also when ROLLBACK reports an error. */
static void roll_back(struct transaction *t)
{
    struct err ignored = ERR_INIT;
    if (!sqlite3_get_autocommit(t->session->conn->db))
        query_exec(t->session->conn, SQL_ROLLBACK, &ignored);
}

int transaction_begin(struct transaction *t, struct err *e)
{
    if (conn_in_place(t->session->conn, e) < 0 || overwrite_doubtful(t, e) < 0 ||
        query_exec(t->session->conn, SQL_BEGIN_WRITE, e) < 0)
        return -1;
    if (set_now(t, e) < 0) {
        roll_back(t);
        return -1;
    }
    return 0;
}

static int undo(struct transaction *t, struct err *e)
{
    return query_exec(t->session->conn, SQL_SAVEPOINT_ROLLBACK, e);
}

/* Writes what a refusal leaves; one that cannot is broken. -1: the transaction is lost. */
static int keep_refusal(struct transaction *t, struct half *h, struct err *e)
{
    if (!h->what->refused)
        return 0;
    struct err why = ERR_INIT;
    int rc = h->what->refused(&t->session->base, t->now, h->what->arg, h->e, &why);
    if (rc == 0)
        return 0;
    h->outcome = OUTCOME_BROKEN;
    *h->e = why;
    return undo(t, e);
}

/* -1: the transaction is lost, and with it everything in it. */
static int run_half(struct transaction *t, struct half *h, struct err *e)
{
    if (query_exec(t->session->conn, SQL_SAVEPOINT, e) < 0)
        return -1;
    h->outcome = h->what->apply(&t->session->base, t->now, h->what->arg, h->e);
    if (h->outcome != OUTCOME_DONE && undo(t, e) < 0)
        return -1;
    if (h->outcome == OUTCOME_REFUSED && keep_refusal(t, h, e) < 0)
        return -1;
    return query_exec(t->session->conn, SQL_SAVEPOINT_RELEASE, e);
}

static int commit(struct transaction *t, struct err *e)
{
    if (query_exec(t->session->conn, SQL_COMMIT, e) == 0)
        return 0;
    t->doubtful = true;
    return -1;
}

void transaction_run(struct transaction *t, struct half *const *halves, size_t n)
{
    struct err e = ERR_INIT;
    int rc = 0;
    /* Once the transaction is lost every statement of a half fails, and so does its savepoint's. */
    t->session->conn->in_transaction_only = true;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = run_half(t, halves[i], &e);
    t->session->conn->in_transaction_only = false;
    if (rc == 0)
        rc = commit(t, &e);
    if (rc == 0)
        return;
    log_error(NULL, "store.lost", "a transaction of %zu was lost: %s", n, e.message);
    roll_back(t);
    halves_break(halves, n);
    overwrite_doubtful(t, &e);
}
