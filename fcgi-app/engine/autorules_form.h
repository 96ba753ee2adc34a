/*
 * The rules as they are held between parsing and asking. Nobody but the two
 * halves of autorules includes it.
 */
#ifndef ENGINE_AUTORULES_FORM_H
#define ENGINE_AUTORULES_FORM_H

#include "autorules.h"

/* Once enabled, a level whose agents need no list of actions. */
#define TRUST_LEVELS(X) X(HIGH, "high", true) X(MEDIUM, "medium", false) X(LOW, "low", false)

enum trust_level {
#define X(name, text, all_actions) LEVEL_##name,
    TRUST_LEVELS(X)
#undef X
        LEVEL_COUNT
};

struct trust {
    bool enabled;
    const struct json *agents, *actions; /* lists of strings */
};

/* The hours of a day in which approve rules hold. */
struct auto_window {
    const struct zone *zone; /* NULL: business_hours is not enabled, they always hold */
    int64_t start, end; /* wall clock, microseconds since 00:00; half open; over midnight when the
                           start is after the end */
    bool weekends;      /* weekend_override: on Saturdays and Sundays too */
    bool approves;      /* approve_in_window */
};

struct autorules {
    bool read, query; /* the action types that by_action_type may approve, when enabled */
    struct trust trust[LEVEL_COUNT];
    const struct json *approve_below; /* a number; NULL: no approval by risk */
    const struct json *medium_risk;   /* a number; NULL: none, or by_risk_score is not enabled */
    struct auto_window window;
    const struct json *high_risk, *always_manual; /* lists of strings */
};

/* NULL for what is no string, and for one with a NUL in it, which would compare as less than it
 * is. */
const char *autorules_text(const struct json *v);

#endif
