#include "posix_tz.h"

#include "civil.h"

#include <ctype.h>

#define HOUR 3600
#define OFFSET_HOURS_MAX 24
#define CHANGE_HOURS_MAX 167

/* "CET", or "<+1030>" where there are other characters than letters. */
static bool take_name(const char **text)
{
    const char *p = *text;
    bool quoted = *p == '<';
    const char *start = quoted ? ++p : p;
    while (isalpha((unsigned char)*p) ||
           (quoted && (isdigit((unsigned char)*p) || *p == '+' || *p == '-')))
        p++;
    if (p - start < 3 || (quoted && *p != '>'))
        return false;
    *text = p + quoted;
    return true;
}

/* One to three digits. */
static bool take_number(const char **text, int min, int max, int *n)
{
    const char *p = *text;
    *n = 0;
    while (p - *text < 3 && isdigit((unsigned char)*p))
        *n = *n * 10 + (*p++ - '0');
    bool any = p > *text;
    *text = p;
    return any && *n >= min && *n <= max;
}

static bool take_char(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

/* "2", "-1", "5:30", "+10:30:15" */
static bool take_time(const char **text, int hours_max, int32_t *seconds)
{
    int hours, minutes = 0, rest = 0;
    bool negative = take_char(text, '-');
    if (!negative)
        take_char(text, '+');
    if (!take_number(text, 0, hours_max, &hours))
        return false;
    if (take_char(text, ':')) {
        if (!take_number(text, 0, 59, &minutes))
            return false;
        if (take_char(text, ':') && !take_number(text, 0, 59, &rest))
            return false;
    }
    int32_t sum = hours * HOUR + minutes * 60 + rest;
    *seconds = negative ? -sum : sum;
    return true;
}

/* "M3.5.0", "J60", "59" */
static bool take_day(const char **text, struct tz_rule *r)
{
    if (take_char(text, 'J')) {
        r->form = TZ_RULE_JULIAN;
        return take_number(text, 1, 365, &r->day);
    }
    if (!take_char(text, 'M')) {
        r->form = TZ_RULE_DAY;
        return take_number(text, 0, 365, &r->day);
    }
    r->form = TZ_RULE_MONTH;
    return take_number(text, 1, 12, &r->month) && take_char(text, '.') &&
           take_number(text, 1, 5, &r->nth) && take_char(text, '.') &&
           take_number(text, 0, 6, &r->wday);
}

static bool take_rule(const char **text, struct tz_rule *r)
{
    r->seconds = 2 * HOUR;
    return take_char(text, ',') && take_day(text, r) &&
           (!take_char(text, '/') || take_time(text, CHANGE_HOURS_MAX, &r->seconds));
}

/* POSIX counts to the west. */
static bool take_offset(const char **text, int32_t *east)
{
    int32_t west;
    if (!take_time(text, OFFSET_HOURS_MAX, &west))
        return false;
    *east = -west;
    return true;
}

bool posix_tz_parse(const char *text, struct posix_tz *out)
{
    struct posix_tz tz = {0};
    if (!take_name(&text) || !take_offset(&text, &tz.standard))
        return false;
    tz.daylight = tz.standard;
    if (*text) {
        tz.changes = true;
        tz.daylight = tz.standard + HOUR;
        if (!take_name(&text) || (*text != ',' && !take_offset(&text, &tz.daylight)) ||
            !take_rule(&text, &tz.begin) || !take_rule(&text, &tz.end) || *text)
            return false;
    }
    *out = tz;
    return true;
}

static int64_t day_number(int year, int month, int day)
{
    struct civil c = {.year = year, .month = month, .day = day};
    return civil_day_number(&c);
}

static int64_t nth_weekday(int year, const struct tz_rule *r)
{
    int64_t first = day_number(year, r->month, 1);
    int64_t next_month =
        r->month == 12 ? day_number(year + 1, 1, 1) : day_number(year, r->month + 1, 1);
    int from_sunday = (civil_of_day(first).weekday + 1) % 7;
    int64_t day = first + (r->wday - from_sunday + 7) % 7 + 7 * (r->nth - 1);
    return day < next_month ? day : day - 7;
}

/* The instant at which a rule changes the clocks in that year, coming from that offset. */
static int64_t change_at(const struct tz_rule *r, int year, int32_t offset)
{
    int64_t day = day_number(year, 1, 1) + r->day;
    if (r->form == TZ_RULE_JULIAN) {
        bool leap = day_number(year, 3, 1) - day_number(year, 1, 1) == 60;
        day += leap && r->day >= 60 ? 0 : -1;
    } else if (r->form == TZ_RULE_MONTH) {
        day = nth_weekday(year, r);
    }
    return day * SECONDS_PER_DAY + r->seconds - offset;
}

/* A change moves the nearest known ones on either side of t. */
static void narrow(struct tz_span *span, int64_t t, int64_t at, int32_t offset)
{
    if (at > t) {
        span->until = at < span->until ? at : span->until;
    } else if (at >= span->from) {
        span->from = at;
        span->offset = offset;
    }
}

struct tz_span posix_tz_span(const struct posix_tz *tz, int64_t t)
{
    struct tz_span span = {INT64_MIN, INT64_MAX, tz->standard};
    if (!tz->changes)
        return span;
    int64_t day = (t >= 0 ? t : t - SECONDS_PER_DAY + 1) / SECONDS_PER_DAY;
    int year = civil_of_day(day).year;
    /* A change may be a week outside its year, hence the neighbours. Daylight time that lasts for
     * ever ends with its year and begins with the next at the same instant, hence the order. */
    for (int y = year - 2; y <= year + 1; y++) {
        narrow(&span, t, change_at(&tz->end, y, tz->daylight), tz->standard);
        narrow(&span, t, change_at(&tz->begin, y, tz->standard), tz->daylight);
    }
    return span;
}
