/*
 * Durations as definitions write them: "90m", "1.5h", "2d" (elapsed time);
 * "4bh" (business hours), "2bd" (whole business days) in a calendar.
 */
#ifndef ENGINE_DURATION_H
#define ENGINE_DURATION_H

#include "base/err.h"

#include <stdint.h>

enum duration_unit { DURATION_ELAPSED, DURATION_BUSINESS_HOURS, DURATION_BUSINESS_DAYS };

struct duration {
    enum duration_unit unit;
    int64_t us;   /* elapsed, or business time; 0: none */
    int64_t days; /* of business days */
};

/* A positive number and a unit: m, h, d (decimal fraction allowed), bh (fraction allowed), bd
 * (whole). At most 3660 days. ERR_INVALID with a sentence that says what would be right. */
int duration_read(const char *text, struct duration *out, struct err *e);

/* No duration was given. */
static inline int duration_is_none(const struct duration *d)
{
    return d->us == 0 && d->days == 0;
}

#endif
