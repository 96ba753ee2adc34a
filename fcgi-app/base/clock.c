#include "clock.h"

#include "civil.h"

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
    struct civil date = civil_of_day(days);
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

/* Takes ".678901", or nothing. */
static bool take_fraction(const char **text, int *us)
{
    const char *p = *text;
    *us = 0;
    if (*p != '.')
        return true;
    int64_t unit = US_PER_SECOND;
    for (p++; *p >= '0' && *p <= '9'; p++) {
        unit /= 10;
        *us += (int)(unit * (*p - '0'));
    }
    bool any = p > *text + 1;
    *text = p;
    return any;
}

int time_parse(const char *text, int64_t *us, struct err *e)
{
    struct civil date = {0};
    int hour, minute, second, rest;
    const char *p = text;
    if (!civil_take_digits(&p, 4, '-', &date.year) || !civil_take_digits(&p, 2, '-', &date.month) ||
        !civil_take_digits(&p, 2, 'T', &date.day) || !civil_take_digits(&p, 2, ':', &hour) ||
        !civil_take_digits(&p, 2, ':', &minute) || !civil_take_digits(&p, 2, '\0', &second) ||
        !take_fraction(&p, &rest) || strcmp(p, "Z") != 0 || !civil_exists(&date) || hour > 23 ||
        minute > 59 || second > 59)
        return err_set(e, ERR_INVALID, "must be a time in UTC such as \"2026-01-02T03:04:05Z\"");
    int64_t seconds =
        civil_day_number(&date) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    *us = seconds * US_PER_SECOND + rest;
    return 0;
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
