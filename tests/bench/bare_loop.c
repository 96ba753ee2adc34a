/*
 * Reference: what SQLite gives to a program with no server at all. One process,
 * one transaction per submission, each durable before the next begins. It
 * checkpoints as often as the product, so that both pay for it.
 */
#include "bare.h"
#include "loops.h"

#include "store/sqlite/checkpoint.h"

struct bare_loop {
    struct bare bare;
    struct writer_lock lock;
    struct checkpoint checkpoint;
};

static void loop_close(void *state)
{
    struct bare_loop *l = state;
    bare_close(&l->bare);
    writer_lock_close(&l->lock);
    free(l);
}

static int loop_open(const char *path, void **state, struct err *e)
{
    struct bare_loop *l = mem_alloc(sizeof *l);
    l->lock = (struct writer_lock)WRITER_LOCK_INIT;
    if (bare_open(&l->bare, path, e) < 0) {
        free(l);
        return -1;
    }
    if (writer_lock_open(&l->lock, path, e) < 0 || writer_lock_take(&l->lock, e) < 0) {
        loop_close(l);
        return -1;
    }
    checkpoint_watch(&l->checkpoint, l->bare.session.conn);
    *state = l;
    return 0;
}

static struct store *loop_store(void *state)
{
    return ((struct bare_loop *)state)->bare.store;
}

static int loop_commit(void *state, struct submission *what, struct err *e)
{
    struct bare_loop *l = state;
    if (bare_commit(&l->bare, what, 1, e) < 0)
        return -1;
    if (checkpoint_due(&l->checkpoint))
        checkpoint_run(&l->checkpoint, l->bare.session.conn, &l->lock);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct loop_kind kind = {
        .processes = 1,
        .open = loop_open,
        .store = loop_store,
        .commit = loop_commit,
        .close = loop_close,
    };
    return loops_main(argc, argv, &kind);
}
