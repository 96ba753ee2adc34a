#include "base/str.h"

#include "check.h"

#include <limits.h>

static void test_building(void)
{
    struct str s = STR_INIT;
    CHECK_STR(s.buf, "");
    str_add(&s, "ab");
    str_addn(&s, "cdef", 2);
    str_addch(&s, '!');
    str_addf(&s, "%03d", 7);
    CHECK_STR(s.buf, "abcd!007");
    CHECK_INT(s.len, 8);
    str_clear(&s);
    CHECK_STR(s.buf, "");
    str_release(&s);
    CHECK_INT(s.cap, 0);
}

static void test_growing_keeps_everything(void)
{
    struct str s = STR_INIT;
    for (int i = 0; i < 10000; i++)
        str_addf(&s, "%d,", i % 10);
    CHECK_INT(s.len, 20000);
    CHECK_INT(strlen(s.buf), 20000);
    CHECK(!strncmp(s.buf + 19990, "5,6,7,8,9,", 10));
    str_release(&s);
}

static void test_numbers_and_hex(void)
{
    struct str s = STR_INIT;
    str_add_int(&s, LLONG_MIN);
    str_addch(&s, ' ');
    str_add_int(&s, 0);
    str_addch(&s, ' ');
    str_add_int(&s, LLONG_MAX);
    CHECK_STR(s.buf, "-9223372036854775808 0 9223372036854775807");
    str_clear(&s);
    str_add_hex(&s, (const unsigned char *)"\x00\xfe\x10", 3);
    CHECK_STR(s.buf, "00fe10");
    str_release(&s);
}

struct escape {
    const char *in, *out;
};

static void check_escapes(void (*add)(struct str *, const char *), const struct escape *rows,
                          size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str s = STR_INIT;
        add(&s, rows[i].in);
        CHECK_STR(s.buf, rows[i].out);
        str_release(&s);
    }
}

static void add_json(struct str *s, const char *text)
{
    str_add_json(s, text, strlen(text));
}

static void test_json_escapes(void)
{
    static const struct escape rows[] = {
        {"plain", "plain"},
        {"a\"b\\c", "a\\\"b\\\\c"},
        {"\n\r\t\b\f\x01\x1f", "\\n\\r\\t\\b\\f\\u0001\\u001f"},
        {"h\xc3\xa9 \xf0\x9f\x98\x80", "h\xc3\xa9 \xf0\x9f\x98\x80"},
        {"\xff"
         "a\xc3",
         "\xef\xbf\xbd"
         "a\xef\xbf\xbd"},
    };
    check_escapes(add_json, rows, sizeof rows / sizeof *rows);
    struct str s = STR_INIT;
    str_add_json(&s, "a\0b", 3);
    CHECK_STR(s.buf, "a\\u0000b");
    str_release(&s);
}

static void test_html_escapes(void)
{
    static const struct escape rows[] = {
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"a & \"b\"", "a &amp; &quot;b&quot;"},
        {"\xc3\xa9\xff", "\xc3\xa9\xef\xbf\xbd"},
    };
    check_escapes(str_add_html, rows, sizeof rows / sizeof *rows);
}

static void test_url_escapes(void)
{
    static const struct escape rows[] = {
        {"a-b_c.d~e09", "a-b_c.d~e09"},
        {"a b/c?d=e&f", "a%20b%2Fc%3Fd%3De%26f"},
        {"\xc3\xa9", "%C3%A9"},
    };
    check_escapes(str_add_url, rows, sizeof rows / sizeof *rows);
}

static void test_utf8(void)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\xc2\x80",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
        "\xc3",         "\xe2\x82",         "\xe2\x28\xa1",     "\xff",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!utf8_valid(bad[i], strlen(bad[i])));
}

int main(void)
{
    static const struct test tests[] = {
        {"building", test_building},
        {"growing keeps everything", test_growing_keeps_everything},
        {"numbers and hex", test_numbers_and_hex},
        {"JSON escapes", test_json_escapes},
        {"HTML escapes", test_html_escapes},
        {"URL escapes", test_url_escapes},
        {"UTF-8", test_utf8},
    };
    return check_main("base/str", tests, sizeof tests / sizeof *tests);
}
