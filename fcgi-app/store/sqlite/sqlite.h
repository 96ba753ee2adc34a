/*
 * The SQLite back end: WAL, synchronous=FULL, one database file on a local
 * disk, shared by any number of processes of one host.
 *
 * Every process has one writer thread. Apply halves queue for it; it takes the
 * cross-process writer lock (an exclusive flock on "<path>.lock", granted in
 * order, released by the kernel when its holder dies), opens one BEGIN
 * IMMEDIATE, runs up to 64 halves each under a savepoint, commits once and
 * wakes them all. Checkpoints are run by it alone, under that lock: two
 * checkpoints at once can corrupt a WAL database (SQLite before 3.51.3).
 */
#ifndef STORE_SQLITE_SQLITE_H
#define STORE_SQLITE_SQLITE_H

#include "store/store.h"

struct store_sqlite_options {
    const char *path;
    const struct clock *clock; /* must outlive the store */
    int64_t patience_us;       /* 0: five seconds */
    const char *vfs;           /* NULL: the default; tests name one that fails */
};

/* ERR_UNAVAILABLE unless the database exists and is migrated (see migrate.h). The handle belongs to
 * the process that opened it: never use it after a fork. */
int store_sqlite_open(const struct store_sqlite_options *o, struct store **out, struct err *e);

#endif
