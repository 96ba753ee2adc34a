#include "base/civil.h"

#include "base/clock.h"
#include "check.h"

#include <time.h>

#define MINUTE (60 * US_PER_SECOND)

/* Every day of 1600 years against the C library. */
static void test_days_as_the_library(void)
{
    int wrong = 0;
    for (int64_t day = -365 * 800; day < 365 * 800; day++) {
        time_t t = (time_t)(day * SECONDS_PER_DAY);
        struct tm tm;
        gmtime_r(&t, &tm);
        struct civil c = civil_of_day(day);
        wrong += c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday ||
                 c.weekday != (tm.tm_wday + 6) % 7 || c.us_of_day != 0 ||
                 civil_day_number(&c) != day || !civil_exists(&c);
    }
    CHECK_INT(wrong, 0);
}

static void test_add_days(void)
{
    struct civil c = {.year = 2024, .month = 2, .day = 28, .weekday = 2, .us_of_day = 7};
    struct civil next = civil_add_days(&c, 1);
    CHECK_INT(next.day, 29);
    CHECK_INT(next.weekday, 3);
    CHECK_INT(next.us_of_day, 7);
    struct civil later = civil_add_days(&c, 366);
    CHECK_INT(later.year, 2025);
    CHECK_INT(later.month, 2);
    CHECK_INT(later.day, 28);
    struct civil before = civil_add_days(&c, -59);
    CHECK_INT(before.year, 2023);
    CHECK_INT(before.month, 12);
    CHECK_INT(before.day, 31);
    CHECK_INT(before.weekday, 6);
}

static void test_dates(void)
{
    struct err e = ERR_INIT;
    struct civil c = {.us_of_day = 7};
    CHECK_INT(civil_parse_date("2026-12-25", &c, &e), 0);
    CHECK_INT(c.year, 2026);
    CHECK_INT(c.month, 12);
    CHECK_INT(c.day, 25);
    CHECK_INT(c.weekday, 4);
    CHECK_INT(c.us_of_day, 0);
    CHECK_INT(civil_parse_date("2024-02-29", &c, &e), 0);
}

static void test_bad_dates(void)
{
    static const char *const rows[] = {
        "",           "2026",       "2026-12",     "2026-12-",    "2026-12-5",
        "2026-2-05",  "26-12-05",   "2026-13-01",  "2026-00-01",  "2026-02-29",
        "2100-02-29", "2026-04-31", "2026-12-25 ", " 2026-12-25", "2026-12-25T00:00:00Z",
        "2026/12/25", "-026-12-25", "2026-12-00",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        struct civil c = {.year = 7};
        if (civil_parse_date(rows[i], &c, &e) == 0)
            CHECK_STR(rows[i], "refused");
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_INT(c.year, 7);
    }
}

static void test_times(void)
{
    static const struct {
        const char *text;
        int64_t us;
    } rows[] = {
        {"00:00", 0},
        {"09:00", 540 * MINUTE},
        {"17:30", 1050 * MINUTE},
        {"23:59", 1439 * MINUTE},
        {"24:00", 1440 * MINUTE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = -1;
        CHECK_INT(civil_parse_time(rows[i].text, &us, &e), 0);
        CHECK_INT(us, rows[i].us);
    }
}

static void test_bad_times(void)
{
    static const char *const rows[] = {
        "", "9:00", "09", "09:", "09:0", "09:60", "24:01", "25:00", "09:00:00", "09:00 ", "0900",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        int64_t us = -7;
        if (civil_parse_time(rows[i], &us, &e) == 0)
            CHECK_STR(rows[i], "refused");
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_INT(us, -7);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"days, as the library counts them", test_days_as_the_library},
        {"days later and earlier", test_add_days},
        {"dates", test_dates},
        {"texts that are no dates", test_bad_dates},
        {"times of day", test_times},
        {"texts that are no times of day", test_bad_times},
    };
    return check_main("base/civil", tests, sizeof tests / sizeof *tests);
}
