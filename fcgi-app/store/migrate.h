/*
 * Migrations: schema/sqlite/NNNN_name.sql, compiled in, applied in order, one
 * transaction each, under the writer lock; recorded with their SHA-256 in
 * schema_migrations. Safe to run again and by several at once.
 *
 * A file may begin with "-- oldest: N": programs that know migration N and none
 * after it may use the database that it leaves. Without, only programs that
 * know the file itself may. So a new version can run beside the one before it:
 * first expand, and contract when that one is gone.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct migration_state {
    int64_t number;
    const char *name; /* "0001_foundation" */
    bool applied;
    int64_t applied_at; /* microseconds; 0: not applied */
};

/* Creates the database (and its folder's last level) where it is missing and applies what is not
 * applied yet. *applied gets how many that were. ERR_CONFLICT when an applied file has changed
 * since or the database has one that this program would have to know. */
int migrate_up(const char *path, size_t *applied, struct err *e);

/* Every migration this program knows and those the database has; in arena. Writes nothing; a
 * database that does not exist has none applied. */
int migrate_status(struct arena *arena, const char *path, struct migration_state **rows, size_t *n,
                   struct err *e);

#endif
