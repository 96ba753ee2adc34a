/*
 * Time: integer microseconds since 1970-01-01T00:00:00Z, everywhere inside;
 * RFC 3339 in UTC with "Z" on the wire. A clock is a value that is handed
 * around, so that tests can move it.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "err.h"

#include <stdint.h>

#define US_PER_MS INT64_C(1000)
#define US_PER_SECOND INT64_C(1000000)

struct clock {
    int64_t (*now)(const struct clock *c);
    int64_t fixed; /* of a fake clock */
};

extern const struct clock clock_real; /* CLOCK_REALTIME */
struct clock clock_fake(int64_t now); /* says .fixed, which its owner may change */

static inline int64_t clock_now(const struct clock *c)
{
    return c->now(c);
}

/* CLOCK_MONOTONIC in microseconds, for measuring and for time-outs. */
int64_t clock_monotonic(void);

#define TIME_TEXT_SIZE 32
/* "2026-01-02T03:04:05.678901Z" (always six digits, so texts sort as times). Years 0 to 9999. */
const char *time_text(int64_t us, char buf[TIME_TEXT_SIZE]);
/* RFC 3339 in UTC: "2026-01-02T03:04:05Z", with a fraction of any length if need be (what is finer
 * than a microsecond is dropped). The date must exist, the offset must be "Z", and there are no
 * leap seconds here. ERR_INVALID with a sentence; *us is then not touched. */
int time_parse(const char *text, int64_t *us, struct err *e);

/* "90m", "1.5h", "2d": a positive number, decimal fraction allowed, and m, h or d.
 * At most 3660 days. Gives microseconds. */
int duration_parse(const char *text, int64_t *us, struct err *e);

#endif
