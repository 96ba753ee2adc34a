#include "engine/duration.h"

#include "../check.h"
#include "base/clock.h"

#define MINUTE (60 * US_PER_SECOND)
#define HOUR (60 * MINUTE)

static void test_good(void)
{
    static const struct {
        const char *text;
        struct duration want;
    } rows[] = {
        {"90m", {DURATION_ELAPSED, 90 * MINUTE, 0}},
        {"1.5h", {DURATION_ELAPSED, 90 * MINUTE, 0}},
        {"2d", {DURATION_ELAPSED, 48 * HOUR, 0}},
        {"3660d", {DURATION_ELAPSED, 3660 * 24 * HOUR, 0}},
        {"4bh", {DURATION_BUSINESS_HOURS, 4 * HOUR, 0}},
        {"0.5bh", {DURATION_BUSINESS_HOURS, 30 * MINUTE, 0}},
        {"1.25bh", {DURATION_BUSINESS_HOURS, 75 * MINUTE, 0}},
        {"87840bh", {DURATION_BUSINESS_HOURS, 87840 * HOUR, 0}},
        {"1bd", {DURATION_BUSINESS_DAYS, 0, 1}},
        {"010bd", {DURATION_BUSINESS_DAYS, 0, 10}},
        {"3660bd", {DURATION_BUSINESS_DAYS, 0, 3660}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        struct duration d = {0};
        CHECK(duration_is_none(&d));
        CHECK_INT(duration_read(rows[i].text, &d, &e), 0);
        CHECK_INT(d.unit, rows[i].want.unit);
        CHECK_INT(d.us, rows[i].want.us);
        CHECK_INT(d.days, rows[i].want.days);
        CHECK(!duration_is_none(&d));
    }
}

static void test_bad(void)
{
    static const char *const rows[] = {
        "",
        "4",
        "m",
        "bh",
        "bd",
        "4b",
        "4s",
        "4bm",
        "0m",
        "0bh",
        "0bd",
        "0.0bh",
        "000bd",
        "-1bh",
        "-1bd",
        "+1bd",
        "1.5bd",
        "1.0bd",
        "1 bd",
        " 1bd",
        "1bd ",
        "1bh ",
        "1.bh",
        ".5bh",
        "1e2bh",
        "1BH",
        "1Bd",
        "3661d",
        "3661bd",
        "87841bh",
        "1bhbh",
        "1bdbd",
        "1hbh",
        "1bh2bd",
        "x",
        "bhbh",
        "99999999999999999999bd",
        "99999999999999999999bh",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        struct duration d = {.us = 7};
        if (duration_read(rows[i], &d, &e) == 0)
            CHECK_STR(rows[i], "refused");
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK(strstr(e.message, "m, h, d, bh or bd") != NULL);
        CHECK_INT(d.us, 7);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"durations", test_good},
        {"texts that are none", test_bad},
    };
    return check_main("engine/duration", tests, sizeof tests / sizeof *tests);
}
