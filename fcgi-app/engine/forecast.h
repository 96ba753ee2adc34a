/*
 * Who can finish the open stage of an approval.
 */
#ifndef ENGINE_FORECAST_H
#define ENGINE_FORECAST_H

#include "approval.h"
#include "definition.h"
#include "outlook.h"

struct forecast {
    struct outlook outlook; /* of those asked; see outlook.h */
    int64_t still_needed;   /* approvals; 0: a tree says what is needed */
};

/* s is the open stage of a. away: users who cannot answer now. In a sequential stage the first of
 * those who are asked at one place stands for all of them. Strings are borrowed from a. */
void forecast_stage(struct arena *arena, const struct stage *s, const struct approval *a,
                    const char *const *away, size_t away_count, struct forecast *out);

#endif
