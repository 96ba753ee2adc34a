/*
 * Random workflows, people and deeds for test_properties: all of it follows
 * from the state of the dice, so that a seed gives the same sequence again.
 */
#ifndef TESTS_ENGINE_PROPERTY_H
#define TESTS_ENGINE_PROPERTY_H

#include "base/json.h"
#include "base/str.h"
#include "engine/step.h"

/* splitmix64 */
struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline unsigned dice_below(struct dice *d, unsigned n)
{
    return (unsigned)(dice_next(d) % n);
}

static inline bool dice_hit(struct dice *d, unsigned percent)
{
    return dice_below(d, 100) < percent;
}

/* The people are p0 (who makes every request) to p6, the groups g0 to g2, the roles r0, r1,
 * approver and admin. */
#define PEOPLE 7
#define GROUPS 3
#define ROLES 4
#define NOBODY (-1)

/* Who there is outside. Sets of people are bits. */
struct crowd {
    unsigned groups[GROUPS], roles[ROLES], gone;
    int manager[PEOPLE], deputy[PEOPLE], owner; /* NOBODY: none */
    unsigned turn;                              /* where lists of the least loaded begin */
};

const char *person_name(unsigned i);
void crowd_make(struct crowd *c, struct dice *dice);
/* One thing becomes another. */
void crowd_change(struct crowd *c, struct dice *dice);
/* Answers from a crowd, which is the argument. */
outside_ask crowd_ask;
bool crowd_admits(const struct crowd *c, const char *role, const char *user);
const char *crowd_deputy(const struct crowd *c, const char *user); /* NULL: none */

/* A definition as JSON text; some are refused. */
void random_definition(struct dice *dice, struct str *out);
/* A payload for it: a and b from 0 to 2, who (a person), risk_score. */
const char *random_payload(struct arena *arena, struct dice *dice);

/* What a visit of a stage has been given. */
struct ballot {
    const struct json *stage; /* as the author wrote it */
    const char *vias[PEOPLE]; /* of each who approves: what he was asked through */
    size_t approvals;
    size_t slate;       /* how many were asked when it was entered */
    bool slate_changed; /* others were asked since */
    bool fallback;      /* others decide in the place of the author's slate */
    size_t unanswered;  /* of those asked */
};

/* Whether the author's words allow that to be approved: worked out from the JSON alone. */
bool ballot_suffices(const struct ballot *b);

#endif
