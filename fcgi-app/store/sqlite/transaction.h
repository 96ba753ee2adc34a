/*
 * One write transaction: begin, run apply halves each under its own savepoint,
 * commit. Only the holder of the writer lock uses it.
 */
#ifndef STORE_SQLITE_TRANSACTION_H
#define STORE_SQLITE_TRANSACTION_H

#include "operations.h"

#include "base/clock.h"

struct half {
    const struct write *what;
    enum outcome outcome;
    struct err *e; /* of whoever waits for it */
};

struct transaction {
    struct sqlite_session *session; /* a writing one */
    const struct clock *clock;
    int64_t now;   /* of the commit in hand, or of the last one */
    bool doubtful; /* a commit failed, and what it left in the log is not overwritten yet */
};

/* -1: nothing was begun. */
int transaction_begin(struct transaction *t, struct err *e);
/* After transaction_begin. Every half gets its outcome; what is done or refused is durable. When
 * the transaction or its commit is lost, all are broken with ERR_UNAVAILABLE. */
void transaction_run(struct transaction *t, struct half *const *halves, size_t n);

/* Breaks halves that were not run, with ERR_UNAVAILABLE. */
void halves_break(struct half *const *halves, size_t n);

#endif
