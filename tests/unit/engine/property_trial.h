/*
 * One sequence of random deeds, and what must hold after each of them.
 */
#ifndef TESTS_ENGINE_PROPERTY_TRIAL_H
#define TESTS_ENGINE_PROPERTY_TRIAL_H

#include "property.h"

#define CALLS_MAX 24
#define VISITS_MAX 64

/* Of all sequences. */
struct counts {
    size_t accepted, refused, repeats, ticks, ballots, fallbacks, sets, runs_again, ended, broken;
};

enum call_kind { CALL_SUBMIT, CALL_ACT, CALL_TICK, CALL_RECHECK, CALL_MIGRATE };

/* One call of the engine, and what it had to do with. */
struct call {
    enum call_kind kind;
    struct action action;
    int64_t now;
    const struct json *payload;
    const char *same; /* of a migration: stages that are, a line each */
    int64_t revision;
    struct effects fx;
};

/* One sequence. */
struct trial {
    uint64_t seed;
    struct dice dice;
    struct arena *arena;
    const struct json *body;
    struct definition d;
    struct crowd crowd;
    struct outside o;
    struct approval fresh, a; /* before the submission, and now */
    struct call accepted[CALLS_MAX];
    size_t accepted_count;
    size_t slates[VISITS_MAX]; /* by visit: how many were asked when it was entered */
    bool changed[VISITS_MAX];  /* others were asked since */
    struct str log;
    struct counts *counts;
    bool broken;
};

/* Says what is broken, the first time, with all that led there. */
void trial_tell(struct trial *t, const char *file, int line, const char *what);

#define PROMISE(t, cond)                                \
    do {                                                \
        if (!(cond))                                    \
            trial_tell((t), __FILE__, __LINE__, #cond); \
    } while (0)

/* Deep enough for the engine to work on. */
struct approval trial_copy(struct arena *arena, const struct approval *a);
/* Adds the tasks of the open stage to the log, and ends the line. */
void trial_log_tasks(struct trial *t, const struct approval *a);

/* After a call that was accepted; t->a is as it was before. */
void trial_check(struct trial *t, const struct call *c, const struct approval *after);
/* What the outlook says now comes true. */
void trial_check_outlook(struct trial *t);

#endif
