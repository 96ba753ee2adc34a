#include "clock.h"

#include <stdbool.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * US_PER_SECOND + ts.tv_nsec / 1000;
}

static int64_t real_now(const struct clock *c)
{
    (void)c;
    return read_clock(CLOCK_REALTIME);
}

static int64_t fake_now(const struct clock *c)
{
    return c->fixed;
}

const struct clock clock_real = {.now = real_now};

struct clock clock_fake(int64_t now)
{
    return (struct clock){.now = fake_now, .fixed = now};
}

int64_t clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

#define SECONDS_PER_DAY 86400

struct date {
    int year, month, day;
};

/*
 * The proleptic Gregorian date of a day counted from 1970-01-01. Written out because gmtime_r takes
 * a lock of the whole process, and a list of 50 formats 150 times. Years begin in March here, so
 * that the leap day is their last; 400 of them have 146097 days.
 */
static struct date date_of(int64_t days)
{
    days += 719468; /* from 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 is March */
    return (struct date){
        .year = (int)(year + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(of_year - (153 * month + 2) / 5 + 1),
    };
}

/* Writes n at p with that many digits, and the character after it; gives where to go on. */
static char *put_digits(char *p, int64_t n, int digits, char after)
{
    for (int i = digits - 1; i >= 0; i--, n /= 10)
        p[i] = (char)('0' + n % 10);
    p[digits] = after;
    return p + digits + 1;
}

const char *time_text(int64_t us, char buf[TIME_TEXT_SIZE])
{
    int64_t seconds = us / US_PER_SECOND, rest = us % US_PER_SECOND;
    if (rest < 0) {
        rest += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / SECONDS_PER_DAY, of_day = seconds % SECONDS_PER_DAY;
    if (of_day < 0) {
        of_day += SECONDS_PER_DAY;
        days--;
    }
    struct date date = date_of(days);
    char *p = put_digits(buf, date.year, 4, '-');
    p = put_digits(p, date.month, 2, '-');
    p = put_digits(p, date.day, 2, 'T');
    p = put_digits(p, of_day / 3600, 2, ':');
    p = put_digits(p, of_day / 60 % 60, 2, ':');
    p = put_digits(p, of_day % 60, 2, '.');
    p = put_digits(p, rest, 6, 'Z');
    *p = '\0';
    return buf;
}

static int64_t unit_us(char unit)
{
    switch (unit) {
    case 'm':
        return 60 * US_PER_SECOND;
    case 'h':
        return 3600 * US_PER_SECOND;
    case 'd':
        return 86400 * US_PER_SECOND;
    default:
        return 0;
    }
}

#define DURATION_MAX_US (INT64_C(3660) * 86400 * US_PER_SECOND)

/* Reads digits into whole microseconds of a unit; the part after the point adds ever smaller parts,
 * so no floating point is needed and "0.1d" is exact. */
static bool read_number(const char **text, int64_t unit, int64_t *us)
{
    const char *p = *text;
    int64_t sum = 0;
    bool any = false;
    for (; *p >= '0' && *p <= '9'; p++, any = true) {
        sum = sum * 10 + (*p - '0') * unit;
        if (sum > DURATION_MAX_US)
            return false;
    }
    if (any && *p == '.') {
        any = false;
        int64_t part = unit;
        for (p++; *p >= '0' && *p <= '9'; p++, any = true) {
            sum += part * (*p - '0') / 10;
            part /= 10;
        }
    }
    *text = p;
    *us = sum;
    return any && sum > 0 && sum <= DURATION_MAX_US;
}

int duration_parse(const char *text, int64_t *us, struct err *e)
{
    size_t n = strlen(text);
    int64_t unit = n ? unit_us(text[n - 1]) : 0;
    const char *p = text;
    if (!unit || !read_number(&p, unit, us) || p != text + n - 1)
        return err_set(e, ERR_INVALID,
                       "must be a positive number and m, h or d, such as \"90m\", \"1.5h\" or "
                       "\"2d\", at most 3660d");
    return 0;
}
