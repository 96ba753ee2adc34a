/*
 * The schema: which migrations this program has compiled in, and how far a
 * database is.
 */
#ifndef STORE_SQLITE_SCHEMA_H
#define STORE_SQLITE_SCHEMA_H

#include "query.h"

struct migration {
    int64_t number;
    const char *name; /* "0001_foundation" */
    const char *text; /* SQL statements */
    const char *sha256;
    int64_t oldest; /* programs must know this migration at least, see store/migrate.h */
};

/* In order of number; in arena. */
struct migration *schema_migrations(struct arena *arena, size_t *n);

/* Is there a table of migrations? -1 on error. */
int schema_has_migrations(struct conn *c, struct err *e);

/* 0 when the database has the migrations this program knows, and no later one that a program must
 * know; ERR_UNAVAILABLE otherwise. */
int schema_check(struct conn *c, struct err *e);

#endif
