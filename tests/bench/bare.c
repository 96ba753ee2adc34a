#include "bare.h"

#include "base/clock.h"
#include "store/sqlite/sqlite.h"

int bare_open(struct bare *b, const char *path, struct err *e)
{
    struct store_sqlite_options options = {.path = path, .clock = &clock_real};
    *b = (struct bare){0};
    if (store_sqlite_open(&options, &b->store, e) < 0)
        return -1;
    b->session.base = (struct session){.store = b->store, .writing = true};
    if (conn_open(path, NULL, CONN_WRITE, &b->session.conn, e) < 0) {
        store_close(&b->store);
        return -1;
    }
    return 0;
}

void bare_close(struct bare *b)
{
    conn_close(&b->session.conn);
    store_close(&b->store);
}

static int write_copies(struct bare *b, struct submission *what, size_t n, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = submission_write(&b->session.base, what, clock_now(&clock_real), e);
    return rc;
}

int bare_commit(struct bare *b, struct submission *what, size_t n, struct err *e)
{
    struct err ignored = ERR_INIT;
    if (query_exec(b->session.conn, SQL_BEGIN_WRITE, e) < 0)
        return -1;
    if (write_copies(b, what, n, e) == 0 && query_exec(b->session.conn, SQL_COMMIT, e) == 0)
        return 0;
    query_exec(b->session.conn, SQL_ROLLBACK, &ignored);
    return -1;
}
