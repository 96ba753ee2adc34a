#include "engine/value.h"
#include "../check.h"

#include <math.h>

static double to_number(const char *text)
{
    return number_of_text(text, strlen(text));
}

static void test_numbers_from_text(void)
{
    static const struct {
        const char *text;
        double want;
    } rows[] = {
        {"", 0},
        {" \t\n\v\f\r", 0},
        {"\xC2\xA0\xEF\xBB\xBF"
         "12\xE2\x80\xA8",
         12},
        {"+1.", 1},
        {"-.5", -0.5},
        {"1e3", 1000},
        {"1E-2", 0.01},
        {"00012", 12},
        {"0x1f", 31},
        {"0XfF ", 255},
        {"0o17", 15},
        {"0b101", 5},
        {"Infinity", INFINITY},
        {" -Infinity ", -INFINITY},
        {"1e400", INFINITY},
        {"9007199254740993", 9007199254740992.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(to_number(rows[i].text) == rows[i].want);
    static const char *const none[] = {"x",     "1x",   "0x",       "-0x1", "0b2",     "0o8",
                                       "1e",    ".",    "+",        "1 2",  "inf",     "nan",
                                       "1.2.3", "0x1g", "infinity", "1_0",  "0x1.8p1", "\xC2"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK(isnan(to_number(none[i])));
    CHECK(signbit(to_number("-0")));
    CHECK(isnan(number_of_text("1\0", 2)));
}

static void test_numbers_that_text_begins_with(void)
{
    static const struct {
        const char *text;
        double want;
    } rows[] = {
        {" 12px", 12}, {"1.5.5", 1.5}, {"-1e3e", -1000},           {"1e", 1},
        {"1e+", 1},    {"0x10", 0},    {"Infinity and", INFINITY}, {"10x", 10},
        {"-0x", 0},    {".5.", 0.5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(number_leading(rows[i].text, strlen(rows[i].text)) == rows[i].want);
    CHECK(isnan(number_leading("", 0)));
    CHECK(isnan(number_leading("e5", 2)));
    CHECK(isnan(number_leading("-", 1)));
}

static void test_numbers_to_text(void)
{
    static const struct {
        double number;
        const char *want;
    } rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-17, "-17"},
        {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {1.5e300, "1.5e+300"},
        {999999999999999900000.0, "999999999999999900000"},
        {0.000001, "0.000001"},
        {0.0000001, "1e-7"},
        {-1.25e-7, "-1.25e-7"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992"},
        {1e15, "1000000000000000"},
        {4.35, "4.35"},
        {100.5, "100.5"},
        {INFINITY, "Infinity"},
        {-INFINITY, "-Infinity"},
        {NAN, "NaN"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str out = STR_INIT;
        number_add(&out, rows[i].number);
        CHECK_STR(out.buf, rows[i].want);
        str_release(&out);
    }
}

/* Any double's text reads back as the same double. */
static void test_numbers_round_trip(void)
{
    unsigned long long state = 88172645463325252ULL;
    for (int i = 0; i < 20000; i++) {
        double d;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(&d, &state, sizeof d);
        struct str out = STR_INIT;
        number_add(&out, d);
        if (isfinite(d) && number_of_text(out.buf, out.len) != d) {
            fprintf(stderr, "%a becomes %s\n", d, out.buf);
            CHECK(false);
        }
        str_release(&out);
    }
    CHECK(state != 88172645463325252ULL);
}

static const struct test tests[] = {
    {"numbers from text", test_numbers_from_text},
    {"numbers that text begins with", test_numbers_that_text_begins_with},
    {"numbers to text", test_numbers_to_text},
    {"numbers round trip", test_numbers_round_trip},
};

int main(void)
{
    return check_main("value", tests, sizeof tests / sizeof *tests);
}
