/*
 * The rule that ends a compiled time zone file: a POSIX TZ string such as
 * "CET-1CEST,M3.5.0,M10.5.0/3", with RFC 9636's extension (times of change
 * from -167 to 167 hours). For zone.c and tzif.c.
 */
#ifndef BASE_POSIX_TZ_H
#define BASE_POSIX_TZ_H

#include <stdbool.h>
#include <stdint.h>

/* A stretch of time, in seconds since the epoch, in which the offset is the same. */
struct tz_span {
    int64_t from, until; /* half-open; INT64_MIN and INT64_MAX: without an end */
    int32_t offset;      /* seconds east of UTC */
};

enum tz_rule_form {
    TZ_RULE_JULIAN, /* day 1 to 365, 29 February is never counted */
    TZ_RULE_DAY,    /* day 0 to 365 of the year */
    TZ_RULE_MONTH   /* the n-th (5: last) such week day of a month */
};

/* The day of a year on which the clocks change, and when. */
struct tz_rule {
    enum tz_rule_form form;
    int day;              /* of the first two forms */
    int month, nth, wday; /* of the third; wday 0 is Sunday */
    int32_t seconds;      /* since midnight, on the wall clock before the change */
};

struct posix_tz {
    int32_t standard, daylight; /* offsets, seconds east of UTC; the same when nothing changes */
    bool changes;
    struct tz_rule begin, end; /* of daylight time */
};

/* false when text is no such string, all of it. Daylight time without rules for its days is
 * refused: what it means is the implementation's choice. */
bool posix_tz_parse(const char *text, struct posix_tz *out);

/* The stretch around t, which must be within a million years of the epoch. */
struct tz_span posix_tz_span(const struct posix_tz *tz, int64_t t);

#endif
