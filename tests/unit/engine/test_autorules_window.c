#include "rules.h"

/* ---- time windows ---- */

/* What a query gets then; only what is open approves it. */
struct moment {
    const char *at;
    const char *closed_by; /* NULL: open */
    const char *value;     /* of what closed it */
};
#define HOURS_CLOSED "by_time_window.business_hours"
#define WEEKEND_CLOSED "by_time_window.weekend_override"

static void check_moments(const char *file, const struct moment *moments, size_t n)
{
    static const struct row open = {NULL, "{}", true, "by_action_type.query", "query"};
    begin();
    const struct autorules *rules = rules_of(file);
    for (size_t i = 0; i < n; i++) {
        const struct moment *m = &moments[i];
        struct row closed = {NULL, "{}", false, m->closed_by, m->value};
        struct auto_facts facts = facts_of(&open, true);
        struct auto_verdict v = ask(rules, &facts, time_of(m->at));
        if (v.approve != !m->closed_by)
            fprintf(stderr, "at %s it is \"%s\":\n", m->at, v.value);
        check_row(m->closed_by ? &closed : &open, v);
    }
    end();
}
#define CHECK_MOMENTS(file, moments) check_moments((file), (moments), COUNT(moments))

static void test_business_hours(void)
{
    static const struct moment moments[] = {
        /* Thursday, an hour ahead of UTC */
        {"2026-01-08T07:59:59.999999Z", HOURS_CLOSED, "Thursday 08:59 Europe/Berlin"},
        {"2026-01-08T08:00:00Z", NULL, NULL},
        {"2026-01-08T15:59:59.999999Z", NULL, NULL},
        {"2026-01-08T16:00:00Z", HOURS_CLOSED, "Thursday 17:00 Europe/Berlin"},
        /* two in summer */
        {"2026-07-09T06:59:59Z", HOURS_CLOSED, "Thursday 08:59 Europe/Berlin"},
        {"2026-07-09T07:00:00Z", NULL, NULL},
        {"2026-07-09T15:00:00Z", HOURS_CLOSED, "Thursday 17:00 Europe/Berlin"},
        /* a weekend, inside the hours and outside */
        {"2026-01-09T12:00:00Z", NULL, NULL},
        {"2026-01-10T12:00:00Z", WEEKEND_CLOSED, "Saturday 13:00 Europe/Berlin"},
        {"2026-01-10T20:00:00Z", HOURS_CLOSED, "Saturday 21:00 Europe/Berlin"},
        {"2026-01-11T12:00:00Z", WEEKEND_CLOSED, "Sunday 13:00 Europe/Berlin"},
        {"2026-01-12T12:00:00Z", NULL, NULL},
        /* before the epoch */
        {"1969-12-31T12:00:00Z", NULL, NULL},
        {"1969-12-31T22:00:00Z", HOURS_CLOSED, "Wednesday 23:00 Europe/Berlin"},
    };
    CHECK_MOMENTS(WINDOWED(HOURS("09:00", "17:00", "Europe/Berlin")), moments);
}

static void test_weekends(void)
{
    static const struct moment moments[] = {
        {"2026-01-10T08:00:00Z", NULL, NULL},
        {"2026-01-11T15:59:59Z", NULL, NULL},
        {"2026-01-11T16:00:00Z", HOURS_CLOSED, "Sunday 17:00 Europe/Berlin"},
        {"2026-01-12T08:00:00Z", NULL, NULL},
    };
    /* The day is the zone's: in Auckland it is 13 hours later. */
    static const struct moment far[] = {
        {"2026-01-09T10:59:59Z", NULL, NULL},
        {"2026-01-09T11:00:00Z", WEEKEND_CLOSED, "Saturday 00:00 Pacific/Auckland"},
        {"2026-01-11T10:59:59Z", WEEKEND_CLOSED, "Sunday 23:59 Pacific/Auckland"},
        {"2026-01-11T11:00:00Z", NULL, NULL},
    };
    CHECK_MOMENTS(WINDOWED(HOURS("09:00", "17:00", "Europe/Berlin") WEEKENDS), moments);
    CHECK_MOMENTS(WINDOWED(HOURS("00:00", "24:00", "Pacific/Auckland")), far);
}

static void test_over_midnight(void)
{
    static const struct moment moments[] = {
        {"2026-01-08T20:59:59Z", HOURS_CLOSED, "Thursday 21:59 Europe/Berlin"},
        {"2026-01-08T21:00:00Z", NULL, NULL},
        {"2026-01-08T23:00:00Z", NULL, NULL},
        {"2026-01-09T04:59:59.999999Z", NULL, NULL},
        {"2026-01-09T05:00:00Z", HOURS_CLOSED, "Friday 06:00 Europe/Berlin"},
        /* The day that the calendar shows counts, not the one on which the window began. */
        {"2026-01-09T22:59:59Z", NULL, NULL},
        {"2026-01-09T23:00:00Z", WEEKEND_CLOSED, "Saturday 00:00 Europe/Berlin"},
        {"2026-01-11T22:59:59Z", WEEKEND_CLOSED, "Sunday 23:59 Europe/Berlin"},
        {"2026-01-11T23:00:00Z", NULL, NULL},
        {"2026-01-12T04:59:59Z", NULL, NULL},
    };
    static const struct moment with_weekends[] = {
        {"2026-01-09T22:59:59Z", NULL, NULL},
        {"2026-01-09T23:00:00Z", NULL, NULL},
        {"2026-01-10T05:00:00Z", HOURS_CLOSED, "Saturday 06:00 Europe/Berlin"},
        {"2026-01-11T22:59:59Z", NULL, NULL},
    };
    static const struct moment to_midnight[] = {
        {"2026-01-08T21:59:59Z", HOURS_CLOSED, "Thursday 21:59 UTC"},
        {"2026-01-08T23:59:59.999999Z", NULL, NULL},
        {"2026-01-09T00:00:00Z", HOURS_CLOSED, "Friday 00:00 UTC"},
    };
    CHECK_MOMENTS(WINDOWED(HOURS("22:00", "06:00", "Europe/Berlin")), moments);
    CHECK_MOMENTS(WINDOWED(HOURS("22:00", "06:00", "Europe/Berlin") WEEKENDS), with_weekends);
    CHECK_MOMENTS(WINDOWED(HOURS("22:00", "00:00", "UTC")), to_midnight);
    CHECK_MOMENTS(WINDOWED(HOURS("22:00", "24:00", "UTC")), to_midnight);
}

/* The wall clock counts, whatever it does. */
static void test_days_on_which_clocks_change(void)
{
    static const struct moment office[] = {
        {"2026-03-28T08:00:00Z", NULL, NULL}, /* the day before: 09:00 is 08:00 UTC */
        {"2026-03-29T06:59:59.999999Z", HOURS_CLOSED, "Sunday 08:59 Europe/Berlin"},
        {"2026-03-29T07:00:00Z", NULL, NULL},
        {"2026-03-29T15:00:00Z", HOURS_CLOSED, "Sunday 17:00 Europe/Berlin"},
        {"2026-10-24T07:00:00Z", NULL, NULL},
        {"2026-10-25T07:59:59Z", HOURS_CLOSED, "Sunday 08:59 Europe/Berlin"},
        {"2026-10-25T08:00:00Z", NULL, NULL},
        {"2026-10-25T16:00:00Z", HOURS_CLOSED, "Sunday 17:00 Europe/Berlin"},
    };
    static const struct moment around_the_change[] = {
        /* 02:00 to 03:00 is skipped: it opens with the change */
        {"2026-03-29T00:59:59Z", HOURS_CLOSED, "Sunday 01:59 Europe/Berlin"},
        {"2026-03-29T01:00:00Z", NULL, NULL},
        {"2026-03-29T01:29:59Z", NULL, NULL},
        {"2026-03-29T01:30:00Z", HOURS_CLOSED, "Sunday 03:30 Europe/Berlin"},
        /* 02:00 to 03:00 is shown twice: it is open twice */
        {"2026-10-25T00:29:59Z", HOURS_CLOSED, "Sunday 02:29 Europe/Berlin"},
        {"2026-10-25T00:30:00Z", NULL, NULL},
        {"2026-10-25T00:59:59Z", NULL, NULL},
        {"2026-10-25T01:00:00Z", HOURS_CLOSED, "Sunday 02:00 Europe/Berlin"},
        {"2026-10-25T01:30:00Z", NULL, NULL},
        {"2026-10-25T02:29:59Z", NULL, NULL},
        {"2026-10-25T02:30:00Z", HOURS_CLOSED, "Sunday 03:30 Europe/Berlin"},
    };
    static const struct moment new_york[] = {
        {"2026-03-06T13:59:59Z", HOURS_CLOSED, "Friday 08:59 America/New_York"},
        {"2026-03-06T14:00:00Z", NULL, NULL},
        {"2026-03-09T13:00:00Z", NULL, NULL},
        {"2026-11-02T13:59:59Z", HOURS_CLOSED, "Monday 08:59 America/New_York"},
        {"2026-11-02T14:00:00Z", NULL, NULL},
    };
    CHECK_MOMENTS(WINDOWED(HOURS("09:00", "17:00", "Europe/Berlin") WEEKENDS), office);
    CHECK_MOMENTS(WINDOWED(HOURS("02:30", "03:30", "Europe/Berlin") WEEKENDS), around_the_change);
    CHECK_MOMENTS(WINDOWED(HOURS("09:00", "17:00", "America/New_York")), new_york);
}

static void test_windows_that_are_off(void)
{
    static const struct moment always[] = {
        {"2026-01-10T03:00:00Z", NULL, NULL},
        {"2026-01-08T23:00:00Z", NULL, NULL},
    };
    static const struct row rows[] = {{"write", "{'risk_score':0.5}", false, "none", ""}};
    static const char off[] = WINDOWED("'business_hours':{'enabled':false,'start':'nine',"
                                       "'timezone':7},'approve_in_window':true");
    CHECK_MOMENTS(off, always);
    CHECK_MOMENTS(WINDOWED("'weekend_override':{'enabled':false}"), always);
    CHECK_MOMENTS(WINDOWED("'weekend_override':{'enabled':true}"), always);
    CHECK_ROWS(off, rows);
}

static void test_approve_in_window(void)
{
    static const struct row inside[] = {
        {"write", "{'risk_score':0.5}", true, "by_time_window.approve_in_window", "0.5"},
        {"write", "{'risk_score':0.7}", false, "none", ""},
        {"write", "{}", false, "none", ""},
        {"write", "{'risk_score':0.1}", true, "by_risk_score.auto_approve_below", "0.1"},
        {NULL, "{'risk_score':0.5}", true, "by_action_type.query", "query"},
        {"refund", "{'risk_score':0.5}", false, "always_manual_approval", "refund"},
        {"deploy", "{'risk_score':0.5}", false, "high_risk_actions", "deploy"},
        {"write", "{'risk_score':'0.5'}", false, "malformed", ""},
    };
    static const struct row outside[] = {
        {"write", "{'risk_score':0.5}", false, HOURS_CLOSED, "Thursday 20:00 UTC"},
        {"write", "{'risk_score':0.1}", false, HOURS_CLOSED, "Thursday 20:00 UTC"},
        {"refund", "{'risk_score':0.5}", false, "always_manual_approval", "refund"},
        {"write", "{'risk_score':'0.5'}", false, "malformed", ""},
    };
    static const struct row not_believed[] = {{"write", "{'risk_score':0.5}", false, "none", ""}};
    static const char file[] = WINDOWED(HOURS("09:00", "17:00", "UTC") APPROVING);
    check_rows_at(file, inside, COUNT(inside), true, time_of(INSIDE));
    check_rows_at(file, outside, COUNT(outside), true, time_of(OUTSIDE));
    check_rows_at(file, not_believed, COUNT(not_believed), false, time_of(INSIDE));
}

static void test_approve_in_window_is_asked_for(void)
{
    static const struct row rows[] = {{"write", "{'risk_score':0.5}", false, "none", ""}};
    check_rows_at(WINDOWED(HOURS("09:00", "17:00", "UTC")), rows, COUNT(rows), true,
                  time_of(INSIDE));
    check_rows_at("{'auto_approval_rules':{"
                  "'by_risk_score':{'enabled':false,'medium_risk_threshold':0.7},"
                  "'by_time_window':{" HOURS("09:00", "17:00", "UTC") APPROVING "}}}",
                  rows, COUNT(rows), true, time_of(INSIDE));
}

static const struct test tests[] = {
    {"business hours", test_business_hours},
    {"weekends", test_weekends},
    {"a window over midnight", test_over_midnight},
    {"days on which clocks change", test_days_on_which_clocks_change},
    {"windows that are off", test_windows_that_are_off},
    {"approval inside the window", test_approve_in_window},
    {"approval inside the window has to be asked for", test_approve_in_window_is_asked_for},
};

int main(void)
{
    return check_main("autorules_window", tests, COUNT(tests));
}
