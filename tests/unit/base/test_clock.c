#include "base/clock.h"

#include "base/id.h"
#include "check.h"

#include <time.h>

#define HOUR (INT64_C(3600) * US_PER_SECOND)

static void test_time_text(void)
{
    char buf[TIME_TEXT_SIZE];
    CHECK_STR(time_text(0, buf), "1970-01-01T00:00:00.000000Z");
    CHECK_STR(time_text(INT64_C(1767323045678901), buf), "2026-01-02T03:04:05.678901Z");
    CHECK_STR(time_text(-1, buf), "1969-12-31T23:59:59.999999Z");
    CHECK_STR(time_text(INT64_C(951782400000000), buf), "2000-02-29T00:00:00.000000Z");
}

/* Every day of 800 years, and some seconds of each, against the C library. */
static void test_time_text_as_the_library(void)
{
    for (int64_t day = -365 * 400; day < 365 * 400; day++) {
        time_t t = (time_t)(day * 86400 + (day * 7919 % 86400 + 86400) % 86400);
        struct tm tm;
        char ours[TIME_TEXT_SIZE], theirs[TIME_TEXT_SIZE];
        gmtime_r(&t, &tm);
        strftime(theirs, sizeof theirs, "%Y-%m-%dT%H:%M:%S.000007Z", &tm);
        if (strcmp(time_text((int64_t)t * US_PER_SECOND + 7, ours), theirs) != 0) {
            CHECK_STR(ours, theirs);
            return;
        }
    }
    char last[TIME_TEXT_SIZE];
    CHECK_STR(time_text(INT64_C(253402300799999999), last), "9999-12-31T23:59:59.999999Z");
}

static void test_time_parse(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2026-01-02T03:04:05.678901Z", INT64_C(1767323045678901)},
        {"2026-01-02T03:04:05.6Z", INT64_C(1767323045600000)},
        {"2026-01-02T03:04:05.678901999999Z", INT64_C(1767323045678901)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000000)},
        {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = 7;
        CHECK_INT(time_parse(rows[i].text, &us, &e), 0);
        CHECK_INT(us, rows[i].us);
    }
}

static void test_bad_times(void)
{
    static const char *const rows[] = {
        "",
        "Z",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05+02:00",
        "2026-01-02 03:04:05Z",
        "2026-01-02t03:04:05z",
        "2026-01-02T03:04Z",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05,5Z",
        "2026-01-02T03:04:05ZZ",
        " 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z ",
        "02026-01-02T03:04:05Z",
        "226-01-02T03:04:05Z",
        "-226-01-02T03:04:05Z",
        "2026-00-02T03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2026-01-00T03:04:05Z",
        "2026-01-32T03:04:05Z",
        "2026-02-29T03:04:05Z",
        "2100-02-29T03:04:05Z",
        "2026-04-31T03:04:05Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T23:59:60Z",
        "2026-1-2T3:4:5Z",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = 7;
        if (time_parse(rows[i], &us, &e) == 0)
            CHECK_STR(rows[i], "refused");
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_INT(us, 7);
    }
}

/* Moments of the years 0 to 9999 come back as they were written. */
static void test_times_come_back(void)
{
    const int64_t first = INT64_C(-719528) * 24 * HOUR, step = 31 * HOUR + 1234567;
    int wrong = 0;
    for (int64_t us = first; us < INT64_C(2932896) * 24 * HOUR; us += step) {
        char text[TIME_TEXT_SIZE];
        struct err e = ERR_INIT;
        int64_t back = us + 1;
        wrong += time_parse(time_text(us, text), &back, &e) < 0 || back != us;
    }
    CHECK_INT(wrong, 0);
}

static void test_good_durations(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"1m", HOUR / 60},       {"90m", HOUR * 3 / 2},        {"1.5h", HOUR * 3 / 2},
        {"2d", 48 * HOUR},       {"0.5m", 30 * US_PER_SECOND}, {"0.1d", HOUR * 24 / 10},
        {"1.25h", HOUR * 5 / 4}, {"007m", HOUR * 7 / 60},      {"3660d", 3660 * 24 * HOUR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = 0;
        CHECK_INT(duration_parse(rows[i].text, &us, &e), 0);
        CHECK_INT(us, rows[i].us);
    }
}

static void test_bad_durations(void)
{
    static const char *const rows[] = {
        "",      "m",      "5",    "5s",   "-1h",
        "+1h",   "1.h",    ".5h",  "1h ",  " 1h",
        "1 h",   "1e3h",   "0m",   "0.0h", "1,5h",
        "3661d", "1.5.5h", "NaNh", "1hh",  "99999999999999999999d",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = -7;
        CHECK_INT(duration_parse(rows[i], &us, &e), -1);
        CHECK_INT(e.kind, ERR_INVALID);
    }
}

static void test_fake_clock(void)
{
    struct clock c = clock_fake(42);
    CHECK_INT(clock_now(&c), 42);
    c.fixed = 7;
    CHECK_INT(clock_now(&c), 7);
    CHECK(clock_now(&clock_real) > INT64_C(1700000000) * US_PER_SECOND);
    int64_t before = clock_monotonic();
    CHECK(clock_monotonic() >= before);
}

static void test_ids_sort_by_time(void)
{
    char a[ID_SIZE], b[ID_SIZE], c[ID_SIZE];
    int64_t t = INT64_C(1767323045678901);
    id_new(a, "appr-", t);
    id_new(b, "appr-", t + US_PER_MS);
    id_new(c, "appr-", t + US_PER_MS);
    CHECK_INT(strlen(a), 31);
    CHECK(strcmp(a, b) < 0);
    CHECK(strcmp(b, c) != 0);
    CHECK(!strncmp(b, c, 15)); /* the same millisecond */
    CHECK(strspn(a + 5, "0123456789abcdefghjkmnpqrstvwxyz") == 26);
}

static void test_random_hex(void)
{
    char a[17], b[17];
    id_random_hex(a, 16);
    id_random_hex(b, 16);
    CHECK_INT(strspn(a, "0123456789abcdef"), 16);
    CHECK(strcmp(a, b) != 0);
}

int main(void)
{
    static const struct test tests[] = {
        {"times as text", test_time_text},
        {"times as text, as the library writes them", test_time_text_as_the_library},
        {"texts as times", test_time_parse},
        {"texts that are no times", test_bad_times},
        {"times come back", test_times_come_back},
        {"good durations", test_good_durations},
        {"bad durations", test_bad_durations},
        {"clocks", test_fake_clock},
        {"ids sort by time", test_ids_sort_by_time},
        {"random hex", test_random_hex},
    };
    return check_main("base/clock", tests, sizeof tests / sizeof *tests);
}
