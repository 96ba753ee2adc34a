/*
 * Maximum bipartite matching of demands and people: a demand takes as many
 * different people as it needs, a person fills one place at most. Augmenting
 * paths over the demands, each with its capacity; people are bits of a set.
 */
#ifndef ENGINE_MATCHING_H
#define ENGINE_MATCHING_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct demand {
    const uint64_t *people; /* the set of those who may fill it */
    size_t needed;
};

/* A matching can be filled any number of times without more memory. */
struct matching;

/* For up to that many demands and exactly that many people. */
struct matching *matching_new(struct arena *arena, size_t demands, size_t people);

/* How many places of the demands can be filled at once with people of the set `among`. */
size_t matching_fill(struct matching *m, const struct demand *demands, size_t n,
                     const uint64_t *among);

/* Whether the demand, in what was filled last, belongs to the shortage: it is not filled, or
 * whoever could fill one that is not is needed in it. The demands of the shortage together need
 * more people than there are for them (Hall's condition fails), and any one person more who may
 * fill one of them fills a place more. */
bool matching_is_short(const struct matching *m, size_t demand);

#endif
