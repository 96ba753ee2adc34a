/*
 * What the store's tests share: scratch databases, sample rows, and jobs, which
 * are halves that write one approval and end as they are told.
 */
#ifndef TESTS_CONTRACT_FIXTURE_H
#define TESTS_CONTRACT_FIXTURE_H

#include "store/store.h"

#include <stdatomic.h>

/* A folder of its own with a database in it. */
struct scratch {
    char dir[256];
    char path[300]; /* of the database; "<dir>/test.db" */
};

void scratch_new(struct scratch *s);      /* the database is not there yet */
void scratch_migrated(struct scratch *s); /* it is, and empty */
void scratch_remove(struct scratch *s);
struct store *scratch_open(const struct scratch *s, const struct clock *clock, int64_t patience_us,
                           const char *vfs);
long long scratch_size(const struct scratch *s, const char *suffix); /* "-wal"; -1: no such file */

#define NOON INT64_C(1760000000000000) /* some time, in microseconds */

/* Runs fn as a half that is done when it returns 0, else broken. */
enum outcome run_half(struct store *st,
                      int (*fn)(struct session *s, int64_t now, void *arg, struct err *e),
                      void *arg, struct err *e);

/* Revision 1 of a workflow with two stages; every sample approval is of "wf". */
void save_workflow(struct store *st, const char *id);
struct approval sample_approval(const char *id, int64_t now);

/* Adds the entry as the next one of the log, unchained. 0 or -1. */
int audit_add_next(struct session *s, const struct audit_entry *entry, int64_t now, struct err *e);
/* All entries of an entity. 0 or -1. */
int audit_of(struct session *s, struct arena *a, const char *entity_id, struct audit_row **rows,
             size_t *n, struct err *e);

struct job {
    const char *id;
    enum outcome end;
    size_t payload;               /* bytes of it; 0: a few */
    bool refusal_fails;           /* what a refusal should leave cannot be written */
    void (*meanwhile)(void *arg); /* called within the half */
    void *arg;

    atomic_int runs; /* how often the half was started */
    int64_t now;     /* the commit's */
    struct err e;
    enum outcome outcome;
};

/* Writes approval, event, audit entry "approval.submitted", outbox row and idempotency record of
 * the id, then ends. A refusal leaves an audit entry "approval.refused". */
enum outcome job_run(struct store *st, struct job *j);

/* What a store holds of a job. */
enum { KEPT_NOTHING = 0, KEPT_ALL = 31, KEPT_REFUSAL = 32, KEPT_UNREADABLE = 64 };
int kept(struct store *st, const char *id);

/*
 * The writer lock, taken by the test itself: what is written meanwhile queues, and is one batch
 * once the lock is given back.
 */
int lock_hold(const struct scratch *s); /* a handle, locked */
void lock_release(int handle);

/* Runs the jobs on a thread each, in this order in the queue, all in one commit. Fills in each
 * outcome. */
void jobs_run_together(struct store *st, const struct scratch *s, struct job *jobs, size_t n);

void sleep_ms(int ms);
int threads_alive(void); /* of this process */

#endif
