/*
 * The writer lock: whoever holds it is the only one, of all processes, that
 * may begin a write transaction, and the only one that may checkpoint. An
 * exclusive flock on "<database>.lock", granted in the order of asking,
 * released by the kernel when its holder dies. The file is never removed:
 * two processes must never hold locks on two files of that name.
 */
#ifndef STORE_SQLITE_LOCK_H
#define STORE_SQLITE_LOCK_H

#include "base/err.h"

#include <stdbool.h>

struct writer_lock {
    int fd; /* -1: not open */
    bool held;
};

#define WRITER_LOCK_INIT        \
    {                           \
        .fd = -1, .held = false \
    }

/* The database file must exist: the lock lies beside what its path leads to, so that all paths to
 * one database mean one lock. */
int writer_lock_open(struct writer_lock *l, const char *database, struct err *e);
void writer_lock_close(struct writer_lock *l); /* also drops it */

/* Waits as long as it takes. */
int writer_lock_take(struct writer_lock *l, struct err *e);
/* Does not wait. false: somebody else holds it. */
bool writer_lock_try(struct writer_lock *l);
void writer_lock_drop(struct writer_lock *l);

#endif
