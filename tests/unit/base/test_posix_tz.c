#include "base/posix_tz.h"

#include "base/clock.h"
#include "check.h"

/* "2060-03-28T01:00:00Z" in seconds. */
static int64_t seconds_of(const char *text)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    CHECK_FATAL(time_parse(text, &us, &e) == 0);
    return us / US_PER_SECOND;
}

/* Checks that a stretch has that offset, and begins and ends then; NULL: without an end. */
static void check_span(const char *rule, const char *inside, const char *from, const char *until,
                       int32_t offset)
{
    struct posix_tz tz;
    CHECK_FATAL(posix_tz_parse(rule, &tz));
    struct tz_span span = posix_tz_span(&tz, seconds_of(inside));
    CHECK_INT(span.from, from ? seconds_of(from) : INT64_MIN);
    CHECK_INT(span.until, until ? seconds_of(until) : INT64_MAX);
    CHECK_INT(span.offset, offset);
}

static void test_without_changes(void)
{
    check_span("UTC0", "2026-01-01T00:00:00Z", NULL, NULL, 0);
    check_span("IST-5:30", "2026-01-01T00:00:00Z", NULL, NULL, 19800);
    check_span("<+1245>-12:45:30", "2026-01-01T00:00:00Z", NULL, NULL, 45930);
    check_span("<-03>+3", "2026-01-01T00:00:00Z", NULL, NULL, -10800);
}

static void test_north_and_south(void)
{
    static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
    check_span(berlin, "2060-07-01T00:00:00Z", "2060-03-28T01:00:00Z", "2060-10-31T01:00:00Z",
               7200);
    check_span(berlin, "2060-12-31T23:59:59Z", "2060-10-31T01:00:00Z", "2061-03-27T01:00:00Z",
               3600);
    check_span(berlin, "2060-03-28T01:00:00Z", "2060-03-28T01:00:00Z", "2060-10-31T01:00:00Z",
               7200);
    check_span(berlin, "2060-03-28T00:59:59Z", "2059-10-26T01:00:00Z", "2060-03-28T01:00:00Z",
               3600);
    check_span("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2060-01-01T00:00:00Z",
               "2059-10-04T15:30:00Z", "2060-04-03T15:00:00Z", 39600);
}

/* Ireland's winter time is the exception, an hour behind its standard time. */
static void test_backwards(void)
{
    check_span("IST-1GMT0,M10.5.0,M3.5.0/1", "2060-07-01T00:00:00Z", "2060-03-28T01:00:00Z",
               "2060-10-31T01:00:00Z", 3600);
    check_span("IST-1GMT0,M10.5.0,M3.5.0/1", "2060-12-01T00:00:00Z", "2060-10-31T01:00:00Z",
               "2061-03-27T01:00:00Z", 0);
}

static void test_far_times_of_change(void)
{
    /* Saturday before the last Sunday; the Thursday after the third Thursday. */
    check_span("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2060-07-01T00:00:00Z", "2060-03-28T01:00:00Z",
               "2060-10-31T01:00:00Z", -3600);
    check_span("AAA0BBB,M3.3.4/167,M9.1.1/-167", "2060-05-01T00:00:00Z", "2060-03-24T23:00:00Z",
               "2060-08-30T00:00:00Z", 3600);
    /* Changes that lie in the year before and the year after the one they are named for. */
    check_span("AAA0BBB,0/-24,J100/0", "2061-02-01T00:00:00Z", "2060-12-31T00:00:00Z",
               "2061-04-09T23:00:00Z", 3600);
    check_span("AAA0BBB,J100/0,J365/48", "2061-01-01T12:00:00Z", "2060-04-10T00:00:00Z",
               "2061-01-01T23:00:00Z", 3600);
}

static void test_days_of_the_year(void)
{
    check_span("AAA0BBB,J60/0,J300/0", "2060-05-01T00:00:00Z", "2060-03-01T00:00:00Z",
               "2060-10-26T23:00:00Z", 3600); /* 2060 is a leap year, J60 is 1 March all the same */
    check_span("AAA0BBB,J60/0,J300/0", "2061-05-01T00:00:00Z", "2061-03-01T00:00:00Z",
               "2061-10-26T23:00:00Z", 3600);
    check_span("AAA0BBB,59/0,J59/0", "2060-05-01T00:00:00Z", "2060-02-29T00:00:00Z",
               "2061-02-27T23:00:00Z", 3600);
    check_span("AAA0BBB,M12.5.0/0,M1.1.0/0", "2060-12-30T00:00:00Z", "2060-12-26T00:00:00Z",
               "2061-01-01T23:00:00Z", 3600);
}

/* RFC 9636's way to write daylight time all the year. */
static void test_for_ever(void)
{
    struct posix_tz tz;
    CHECK_FATAL(posix_tz_parse("XXX3EDT4,0/0,J365/23", &tz));
    int64_t from = seconds_of("2059-12-30T00:00:00Z"), until = seconds_of("2062-01-03T00:00:00Z");
    int wrong = 0;
    for (int64_t t = from; t < until; t += 1800)
        wrong += posix_tz_span(&tz, t).offset != -14400;
    CHECK_INT(wrong, 0);
    CHECK_INT(posix_tz_span(&tz, seconds_of("2061-01-01T04:00:00Z")).offset, -14400);
}

static void test_refused(void)
{
    static const char *const rows[] = {
        "",
        "CET",
        "CE-1",
        "-1",
        "<+1>-1",
        "<+01-1",
        "<+0 1>-1",
        "C3T-1",
        "CET-25",
        "CET-1:60",
        "CET-1:00:60",
        "CET-1:",
        "CET--1",
        "CET-1CEST",
        "CET-1CEST,",
        "CET-1CEST-2",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M3.5.0,M10.5.0/",
        "CET-1CEST,M3.5.0,M10.5.0/168",
        "CET-1CEST,M3.5.0,M10.5.0/-168",
        "CET-1CEST,M3.5.0,M10.5.0/3 ",
        "CET-1CEST,M3.5.0,M10.5.0/3,M1.1.1",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,M3,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J366,J1",
        "CET-1CEST,366,1",
        "CET-1CEST,0001,1",
        "CET-1CEST,x,1",
        "CET-1,M3.5.0,M10.5.0",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct posix_tz tz = {.standard = 7};
        if (posix_tz_parse(rows[i], &tz))
            CHECK_STR(rows[i], "refused");
        CHECK_INT(tz.standard, 7);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"without changes", test_without_changes},
        {"north and south", test_north_and_south},
        {"daylight time behind standard time", test_backwards},
        {"times of change outside the day", test_far_times_of_change},
        {"days of the year", test_days_of_the_year},
        {"daylight time for ever", test_for_ever},
        {"refused", test_refused},
    };
    return check_main("base/posix_tz", tests, sizeof tests / sizeof *tests);
}
