/*
 * Reference: what a pool would do without our write queue. Four processes run
 * the bare transaction with only SQLite's busy_timeout between them, and
 * SQLite's own automatic checkpoints.
 */
#include "bare.h"
#include "loops.h"

#define SQLITE_DEFAULT_CHECKPOINT 1000

static int pool_open(const char *path, void **state, struct err *e)
{
    struct bare *b = mem_alloc(sizeof *b);
    if (bare_open(b, path, e) < 0) {
        free(b);
        return -1;
    }
    sqlite3_wal_autocheckpoint(b->session.conn->db, SQLITE_DEFAULT_CHECKPOINT);
    *state = b;
    return 0;
}

static struct store *pool_store(void *state)
{
    return ((struct bare *)state)->store;
}

static int pool_commit(void *state, struct submission *what, struct err *e)
{
    return bare_commit(state, what, 1, e);
}

static void pool_close(void *state)
{
    bare_close(state);
    free(state);
}

int main(int argc, char **argv)
{
    static const struct loop_kind kind = {
        .processes = 4,
        .open = pool_open,
        .store = pool_store,
        .commit = pool_commit,
        .close = pool_close,
    };
    return loops_main(argc, argv, &kind);
}
