/*
 * The bare transaction: BEGIN IMMEDIATE, the rows of one submission, COMMIT,
 * on a connection set up as the product's are, with nothing round it: no
 * queue, no writer lock, no savepoint.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "store/sqlite/operations.h"
#include "submission.h"

struct bare {
    struct store *store; /* for the operations' table, and to read the sample */
    struct sqlite_session session;
};

int bare_open(struct bare *b, const char *path, struct err *e);
void bare_close(struct bare *b);

/* n copies of what in one transaction; durable when it returns 0. */
int bare_commit(struct bare *b, struct submission *what, size_t n, struct err *e);

#endif
