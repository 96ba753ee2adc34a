/*
 * Dates and wall-clock times as people write them, without a time zone
 * (zone.h has those). Proleptic Gregorian; there are no leap seconds.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "err.h"

#include <stdbool.h>
#include <stdint.h>

#define SECONDS_PER_DAY 86400

/* Local time. */
struct civil {
    int year, month, day; /* month and day from 1 */
    int weekday;          /* 0 Monday … 6 Sunday */
    int64_t us_of_day;    /* wall clock, microseconds since 00:00 */
};

/* Midnight of the day counted from 1970-01-01. The year must fit an int. */
struct civil civil_of_day(int64_t day_number);
/* The other way round; of a date that does not exist, the day it would have come to. The month must
 * be one (1 to 12). */
int64_t civil_day_number(const struct civil *c);

/* Are year, month and day a date? */
bool civil_exists(const struct civil *c);

/* The day after (n may be negative): year, month, day and weekday move, us_of_day stays. */
struct civil civil_add_days(const struct civil *c, int64_t n);

/* "2026-12-25": a date that exists, at midnight. ERR_INVALID with a sentence; *out is then not
 * touched. */
int civil_parse_date(const char *text, struct civil *out, struct err *e);
/* "09:00", "17:30", also "24:00": microseconds since midnight. ERR_INVALID as above. */
int civil_parse_time(const char *text, int64_t *us_of_day, struct err *e);

/* For readers of fixed forms: takes that many decimal digits and, unless it is '\0', the character
 * after them. false when the text goes on differently; *text has then not moved. */
bool civil_take_digits(const char **text, int digits, char after, int *n);

#endif
