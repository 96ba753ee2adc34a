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

const char *time_text(int64_t us, char buf[TIME_TEXT_SIZE])
{
    int64_t seconds = us / US_PER_SECOND, rest = us % US_PER_SECOND;
    if (rest < 0) {
        rest += US_PER_SECOND;
        seconds--;
    }
    time_t t = (time_t)seconds;
    struct tm tm;
    gmtime_r(&t, &tm);
    size_t n = strftime(buf, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(buf + n, TIME_TEXT_SIZE - n, ".%06dZ", (int)rest);
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
