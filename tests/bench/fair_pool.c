/*
 * Fairness of the product's store: four processes that each write one
 * submission after the other through store_write, as fast as they can.
 */
#include "loops.h"

#include "base/clock.h"
#include "store/sqlite/sqlite.h"

static int pool_open(const char *path, void **state, struct err *e)
{
    struct store_sqlite_options options = {.path = path, .clock = &clock_real};
    struct store *st;
    if (store_sqlite_open(&options, &st, e) < 0)
        return -1;
    *state = st;
    return 0;
}

static struct store *pool_store(void *state)
{
    return state;
}

static enum outcome apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct submission *const *what = arg;
    return submission_write(s, *what, now, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

static int pool_commit(void *state, struct submission *what, struct err *e)
{
    struct write w = {.apply = apply, .arg = &what};
    return store_write(state, &w, e) == OUTCOME_DONE ? 0 : -1;
}

static void pool_close(void *state)
{
    struct store *st = state;
    store_close(&st);
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
