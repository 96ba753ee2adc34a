/*
 * Business hours in random calendars, around days on which clocks change,
 * against a model that counts minute by minute.
 */
#include "office.h"

#define HOLIDAYS 3

struct model {
    const char *zone_name;
    int spans[7][2][2]; /* minutes of the day; 0, 0: none */
    int64_t holidays[HOLIDAYS];
    uint64_t state;
};

static int any(struct model *m, int n)
{
    m->state = m->state * 6364136223846793005u + 1442695040888963407u;
    return (int)((m->state >> 33) % (uint64_t)n);
}

/* A day's hours: none, one or two, of minutes that are often whole hours. */
static void model_day(struct model *m, int spans[2][2])
{
    int at = 0;
    for (int i = any(m, 4) ? 0 : 2; i < 2; i++) {
        int unit = any(m, 2) ? 60 : 1;
        int from = at + any(m, (1440 - at) / unit) * unit;
        int to = from + 1 + any(m, 1440 - from);
        spans[i][0] = from;
        spans[i][1] = to;
        at = to;
        if (at > 1380 || !any(m, 2))
            return;
    }
}

static struct model model_new(uint64_t seed)
{
    static const char *const names[] = {"Europe/Berlin",       "America/New_York",  "Pacific/Apia",
                                        "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"};
    struct model m = {.state = seed};
    m.zone_name = names[any(&m, 6)];
    for (int day = 0; day < 7; day++)
        model_day(&m, m.spans[day]);
    if (m.spans[6][0][1] == 0) /* one day at least */
        m.spans[6][0][1] = 1 + any(&m, 1440);
    return m;
}

/* Days on which clocks change somewhere, and one on which none do. */
static int64_t model_day_of_change(struct model *m)
{
    static const char *const days[] = {
        "2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z", "2026-03-07T00:00:00Z",
        "2026-10-31T00:00:00Z", "2026-04-04T00:00:00Z", "2026-10-03T00:00:00Z",
        "2011-12-28T00:00:00Z", "2017-10-14T00:00:00Z", "2018-02-17T00:00:00Z",
        "2060-03-27T00:00:00Z", "2060-10-30T00:00:00Z", "2026-06-01T00:00:00Z",
    };
    return us_of(days[any(m, 12)]);
}

static void model_write(const struct model *m, struct str *body)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    str_addf(body, "{'id':'x','time_zone':'%s','holidays':[", m->zone_name);
    for (int i = 0; i < HOLIDAYS; i++) {
        struct civil c = civil_of_day(m->holidays[i]);
        str_addf(body, "%s'%04d-%02d-%02d'", i ? "," : "", c.year, c.month, c.day);
    }
    str_add(body, "],'week':{");
    for (int day = 0; day < 7; day++) {
        str_addf(body, "%s'%s':[", day ? "," : "", names[day]);
        for (int i = 0; i < 2; i++) {
            const int *span = m->spans[day][i];
            if (span[1])
                str_addf(body, "%s['%02d:%02d','%02d:%02d']", i ? "," : "", span[0] / 60,
                         span[0] % 60, span[1] / 60, span[1] % 60);
        }
        str_addch(body, ']');
    }
    str_add(body, "}}");
}

/* Is the minute in the hours? local counts minutes on the wall clock. */
static bool model_is_open(const struct model *m, int64_t local)
{
    struct civil date = civil_of_day(local / 1440);
    int minute = (int)(local % 1440);
    for (int i = 0; i < HOLIDAYS; i++)
        if (m->holidays[i] == local / 1440)
            return false;
    for (int i = 0; i < 2; i++)
        if (minute >= m->spans[date.weekday][i][0] && minute < m->spans[date.weekday][i][1])
            return true;
    return false;
}

/* Counts minutes. What a clock shows for the second time belongs to what it had reached before. */
static int64_t model_add(const struct model *m, const struct zone *zone, int64_t from, int minutes)
{
    int64_t reached = 0;
    for (int64_t us = from - 72 * HOUR;; us += MINUTE) {
        int64_t local = (us + zone_offset(zone, us)) / MINUTE;
        reached = local > reached ? local : reached;
        if (us < from || !model_is_open(m, reached))
            continue;
        if (--minutes == 0)
            return us + MINUTE;
    }
}

static bool same_as_model(struct office *o, uint64_t seed)
{
    struct model m = model_new(seed);
    struct str body = STR_INIT;
    struct err e = ERR_INIT;
    const struct zone *zone = NULL;
    int64_t day = model_day_of_change(&m);
    for (int i = 0; i < HOLIDAYS; i++)
        m.holidays[i] = day / (24 * HOUR) + any(&m, 14);
    model_write(&m, &body);
    office_set(o, body.buf);
    CHECK_FATAL(zones_find(o->zones, m.zone_name, &zone, &e) == 0);
    bool same = true;
    for (int i = 0; i < 5; i++) {
        int64_t from = day - 24 * HOUR + any(&m, 3 * 1440) * MINUTE;
        int minutes = 1 + any(&m, i < 3 ? 300 : 3000);
        struct duration d = {DURATION_BUSINESS_HOURS, minutes * MINUTE, 0};
        int64_t want = model_add(&m, zone, from, minutes);
        int64_t got = calendar_add(o->calendar, from, &d);
        char texts[3][TIME_TEXT_SIZE];
        if (got != want)
            fprintf(stderr, "seed %llu: %s and %d minutes is %s, not %s in %s\n",
                    (unsigned long long)seed, time_text(from, texts[0]), minutes,
                    time_text(got, texts[1]), time_text(want, texts[2]), body.buf);
        same = same && got == want && calendar_is_open(o->calendar, want - MINUTE);
    }
    str_release(&body);
    return same;
}

static void test_as_counting_minutes(void)
{
    struct office o = office_new();
    uint64_t seed = (uint64_t)clock_now(&clock_real);
    int wrong = 0;
    fprintf(stderr, "calendars from seed %llu on\n", (unsigned long long)seed);
    for (uint64_t i = 0; i < 300 && wrong < 3; i++)
        wrong += !same_as_model(&o, seed + i);
    CHECK_INT(wrong, 0);
    office_free(&o);
}

int main(void)
{
    static const struct test tests[] = {
        {"as counting minutes", test_as_counting_minutes},
    };
    return check_main("engine/calendar, minutes", tests, sizeof tests / sizeof *tests);
}
