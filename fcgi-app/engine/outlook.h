/*
 * Who can still finish the open stage: minimal sets of people whose approval
 * completes it, or why nobody can.
 */
#ifndef ENGINE_OUTLOOK_H
#define ENGINE_OUTLOOK_H

#include "requires.h"

#define OUTLOOK_SETS_MAX 20
#define OUTLOOK_STEPS_MAX 20000 /* evaluations of the tree */

/* What completes the stage: `needed` more approvals by any of the people (requires NULL), or the
 * tree. in_order: a sequential stage, places answer in their order. */
struct need {
    const struct requires *requires;
    size_t needed; /* approvals in all, those already given included */
    bool in_order;
};

struct outlook {
    const char *const *const *sets; /* each a list of users, in the order of the places */
    const size_t *sizes;
    size_t count;
    bool complete;      /* false: there are more sets, or the bound of steps was reached */
    const char *reason; /* why nobody can finish it; NULL where somebody can */
};

/* Minimal: no user of a set can be left out. Smallest sets first. In arena; strings are borrowed
 * from places. A stage that is satisfied already has one empty set. */
void outlook_find(struct arena *arena, const struct need *need, const struct place *places,
                  size_t count, struct outlook *out);

#endif
