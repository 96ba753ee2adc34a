#include "calendar.h"

#include "definition.h"

#include "base/clock.h"
#include "base/fields.h"

#include <stddef.h>

#define SPANS_MAX 12 /* of a day */
#define HOLIDAYS_MAX 2000
#define TIME_ZONE_MAX 64
#define LOOK_AHEAD_DAYS 3660 /* business time ends by then, whatever the calendar */
#define US_PER_DAY (SECONDS_PER_DAY * US_PER_SECOND)

#define WEEK_DAYS 7 /* from Monday on, as struct civil counts them */

/* Working hours on the wall clock, microseconds of the day; to is not part of them. */
struct hours {
    int64_t from, to;
};

struct day {
    struct hours *spans; /* ascending, none begins before the end of the one before */
    size_t count;
};

struct calendar {
    const char *id, *name;
    const struct zone *zone;
    struct day week[WEEK_DAYS];
    int64_t *holidays; /* day numbers, ascending */
    size_t holiday_count;
};

struct form {
    const char *id, *name, *time_zone;
    const struct json *week, *holidays;
};
static const struct field fields[] = {
    {"id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct form, id)},
    {"name", FIELD_STRING, 0, 1, NAME_MAX_LENGTH, offsetof(struct form, name)},
    {"time_zone", FIELD_STRING, FIELD_REQUIRED, 1, TIME_ZONE_MAX, offsetof(struct form, time_zone)},
    {"week", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct form, week)},
    {"holidays", FIELD_ARRAY, 0, 0, HOLIDAYS_MAX, offsetof(struct form, holidays)},
};

struct week_form {
    const struct json *day[WEEK_DAYS];
};
#define DAY(i, name)                                                           \
    {                                                                          \
        name, FIELD_ARRAY, 0, 0, SPANS_MAX, offsetof(struct week_form, day[i]) \
    }
static const struct field week_fields[] = {
    DAY(0, "mon"), DAY(1, "tue"), DAY(2, "wed"), DAY(3, "thu"),
    DAY(4, "fri"), DAY(5, "sat"), DAY(6, "sun"),
};

#define COUNT(table) (sizeof(table) / sizeof *(table))
_Static_assert(COUNT(week_fields) == WEEK_DAYS, "a field for each day");

/* "" for what is no string, and for one with a NUL in it, which would read as less than it is. */
static const char *text_of(const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    return text && strlen(text) == n ? text : "";
}

static void read_time(const struct json *pair, size_t i, const char *at, int64_t *us_of_day,
                      struct problems *problems)
{
    struct err e = ERR_INIT;
    if (civil_parse_time(text_of(json_at(pair, i)), us_of_day, &e) < 0)
        problems_add(problems, pointer_index(problems->arena, at, i), "%s", e.message);
}

static void read_hours(const struct json *pair, const char *at, struct hours *out,
                       struct problems *problems)
{
    size_t before = problems->count;
    *out = (struct hours){0};
    if (json_array_size(pair) != 2) {
        problems_add(problems, at, "must be two times of day, such as [\"09:00\", \"17:00\"]");
        return;
    }
    read_time(pair, 0, at, &out->from, problems);
    read_time(pair, 1, at, &out->to, problems);
    if (problems->count == before && out->from >= out->to)
        problems_add(problems, at,
                     "must end after it begins; what lasts past midnight goes on at \"00:00\" of "
                     "the next day");
}

static struct day read_day(const struct json *list, const char *at, struct problems *problems)
{
    size_t n = json_array_size(list);
    struct day day = {.spans = arena_array(problems->arena, n, sizeof *day.spans), .count = n};
    for (size_t i = 0; i < n; i++) {
        const char *here = pointer_index(problems->arena, at, i);
        size_t before = problems->count;
        read_hours(json_at(list, i), here, &day.spans[i], problems);
        if (i && problems->count == before && day.spans[i].from < day.spans[i - 1].to)
            problems_add(problems, here, "must not begin before the end of the one before it");
    }
    return day;
}

static void read_week(const struct json *week, struct calendar *c, struct problems *problems)
{
    struct week_form form = {0};
    size_t before = problems->count, spans = 0;
    fields_read(week, "/week", week_fields, COUNT(week_fields), &form, problems);
    fields_refuse_unknown(week, "/week", week_fields, COUNT(week_fields), problems);
    for (size_t i = 0; i < WEEK_DAYS; i++) {
        const char *at = pointer_key(problems->arena, "/week", week_fields[i].name);
        c->week[i] = read_day(form.day[i], at, problems);
        spans += c->week[i].count;
    }
    if (!spans && problems->count == before)
        problems_add(problems, "/week", "must have working hours on one day at least");
}

static int compare_days(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void read_holidays(const struct json *list, struct calendar *c, struct problems *problems)
{
    c->holiday_count = json_array_size(list);
    c->holidays = arena_array(problems->arena, c->holiday_count, sizeof *c->holidays);
    for (size_t i = 0; i < c->holiday_count; i++) {
        struct civil date = {.month = 1};
        struct err e = ERR_INIT;
        if (civil_parse_date(text_of(json_at(list, i)), &date, &e) < 0)
            problems_add(problems, pointer_index(problems->arena, "/holidays", i), "%s", e.message);
        c->holidays[i] = civil_day_number(&date);
    }
    qsort(c->holidays, c->holiday_count, sizeof *c->holidays, compare_days);
}

int calendar_parse(struct arena *arena, const struct json *body, struct zones *zones,
                   const struct calendar **out, struct err *e)
{
    struct problems *problems = problems_new(arena);
    struct form form = {0};
    struct calendar *c = arena_make(arena, struct calendar);
    fields_read(body, "", fields, COUNT(fields), &form, problems);
    fields_refuse_unknown(body, "", fields, COUNT(fields), problems);
    struct err zone_err = ERR_INIT;
    if (form.time_zone && zones_find(zones, form.time_zone, &c->zone, &zone_err) < 0) {
        if (zone_err.kind != ERR_INVALID) {
            *e = zone_err;
            return -1;
        }
        problems_add(problems, "/time_zone", "%s", zone_err.message);
    }
    if (form.week)
        read_week(form.week, c, problems);
    read_holidays(form.holidays, c, problems);
    if (problems_err(problems, e) < 0)
        return -1;
    c->id = arena_strdup(arena, form.id);
    c->name = form.name ? arena_strdup(arena, form.name) : c->id;
    *out = c;
    return 0;
}

const char *calendar_id(const struct calendar *c)
{
    return c->id;
}

const char *calendar_name(const struct calendar *c)
{
    return c->name;
}

static bool is_holiday(const struct calendar *c, const struct civil *date)
{
    int64_t day = civil_day_number(date);
    return c->holiday_count &&
           bsearch(&day, c->holidays, c->holiday_count, sizeof day, compare_days);
}

/* A stretch of working time, in instants; half-open. */
struct stretch {
    int64_t from, to;
};

static int64_t instant_of(const struct calendar *c, struct civil date, int64_t us_of_day)
{
    if (us_of_day == US_PER_DAY) {
        date = civil_add_days(&date, 1);
        us_of_day = 0;
    }
    date.us_of_day = us_of_day;
    return zone_instant(c->zone, &date);
}

/* The first stretch of that date which ends after the instant. Hours that the clocks skip have no
 * length and are none. */
static bool stretch_of_day(const struct calendar *c, const struct civil *date, int64_t after,
                           struct stretch *out)
{
    const struct day *day = &c->week[date->weekday];
    if (!day->count || is_holiday(c, date))
        return false;
    for (size_t i = 0; i < day->count; i++) {
        out->from = instant_of(c, *date, day->spans[i].from);
        out->to = instant_of(c, *date, day->spans[i].to);
        if (out->to > after && out->to > out->from)
            return true;
    }
    return false;
}

/* The first stretch that ends after the instant; false when none begins before the limit. */
static bool next_stretch(const struct calendar *c, int64_t after, int64_t limit,
                         struct stretch *out)
{
    struct civil date = zone_civil(c->zone, after);
    for (; instant_of(c, date, 0) < limit; date = civil_add_days(&date, 1))
        if (stretch_of_day(c, &date, after, out))
            return out->from < limit;
    return false;
}

static int64_t add_hours(const struct calendar *c, int64_t from, int64_t us, int64_t limit)
{
    struct stretch s;
    while (next_stretch(c, from, limit, &s)) {
        from = s.from > from ? s.from : from;
        if (us <= s.to - from)
            return from + us < limit ? from + us : limit;
        us -= s.to - from;
        from = s.to;
    }
    return limit;
}

static int64_t add_days(const struct calendar *c, int64_t from, int64_t days, int64_t limit)
{
    struct stretch s;
    if (!next_stretch(c, from, limit, &s))
        return limit;
    struct civil date = zone_civil(c->zone, s.from > from ? s.from : from);
    while (days > 0 && instant_of(c, date, 0) < limit) {
        date = civil_add_days(&date, 1);
        days -= stretch_of_day(c, &date, INT64_MIN, &s);
    }
    int64_t us = zone_instant(c->zone, &date);
    return us < limit ? us : limit;
}

int64_t calendar_add(const struct calendar *c, int64_t from, const struct duration *d)
{
    int64_t limit = from + LOOK_AHEAD_DAYS * US_PER_DAY;
    switch (d->unit) {
    case DURATION_BUSINESS_HOURS:
        return add_hours(c, from, d->us, limit);
    case DURATION_BUSINESS_DAYS:
        return add_days(c, from, d->days, limit);
    case DURATION_ELAPSED:
        break;
    }
    return from + d->us;
}

bool calendar_is_open(const struct calendar *c, int64_t us)
{
    struct stretch s;
    return next_stretch(c, us, us + 1, &s);
}
