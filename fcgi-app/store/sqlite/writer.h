/*
 * The writer of a process: a queue of apply halves and one thread that runs
 * them, many in one commit (sqlite.h tells the whole story).
 */
#ifndef STORE_SQLITE_WRITER_H
#define STORE_SQLITE_WRITER_H

#include "transaction.h"

#define WRITER_BATCH 64
#define WRITER_PATIENCE_US (5 * US_PER_SECOND)

struct writer;

struct writer_options {
    const char *path;
    const char *vfs; /* NULL: the default */
    const struct clock *clock;
    int64_t patience_us; /* how long one may wait before it is run */
    struct store *store; /* for the session that halves are handed */
};

int writer_start(const struct writer_options *o, struct writer **out, struct err *e);
/* store_write of store.h. */
enum outcome writer_run(struct writer *w, const struct write *what, struct err *e);
/* Waits until the queue is empty, then ends the thread; sets *w NULL. */
void writer_stop(struct writer **w);

#endif
