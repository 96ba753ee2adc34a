/*
 * A submission as the product wrote it, to be written again under other ids:
 * the references write the very rows that the product writes, through the
 * product's own statements, so that what is compared is never two things.
 */
#ifndef BENCH_SUBMISSION_H
#define BENCH_SUBMISSION_H

#include "base/id.h"
#include "store/store.h"

struct submission {
    char id[ID_SIZE];         /* of the last copy */
    struct approval approval; /* with its tasks, visits and timers */
    struct event_row *events;
    struct outbox_row *notices;
    struct audit_row *audit;
    size_t event_count, notice_count, audit_count;
};

/* Everything that was kept for approval id; in arena. ERR_NOT_FOUND when there is none. */
int submission_load(struct store *st, struct arena *arena, const char *id, struct submission *out,
                    struct err *e);

/* Writes a copy with a new id and times of now, and makes what->approval that copy; only in a
 * writing session. */
int submission_write(struct session *s, struct submission *what, int64_t now, struct err *e);

#endif
