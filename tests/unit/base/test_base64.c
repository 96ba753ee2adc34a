#include "base/base64.h"

#include "check.h"

static struct arena *arena;

/* RFC 4648, section 10. */
static const struct vector {
    const char *plain, *base64, *base64url;
} vectors[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/", "-_-_"},
    {"\xff\xfe", "//4=", "__4"},
};

static void test_vectors(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        size_t n = strlen(v->plain), len;
        struct str s = STR_INIT;
        base64url_add(&s, v->plain, n);
        CHECK_STR(s.buf, v->base64url);
        CHECK_INT(s.len, BASE64URL_LENGTH(n));
        str_release(&s);

        const char *got = (char *)base64url_decode(arena, v->base64url, strlen(v->base64url), &len);
        CHECK_STR(got, v->plain);
        CHECK_INT(len, n);
        got = (char *)base64_decode(arena, v->base64, strlen(v->base64), &len);
        CHECK_STR(got, v->plain);
        CHECK_INT(len, n);
    }
}

static void test_appends(void)
{
    struct str s = STR_INIT;
    str_add(&s, "a.");
    base64url_add(&s, "foo", 3);
    base64url_add(&s, "", 0);
    CHECK_STR(s.buf, "a.Zm9v");
    str_release(&s);
}

/* Every byte in every place, NUL included. */
static void test_round_trip(void)
{
    unsigned char data[259];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 151 + 7);
    for (size_t n = 0; n <= sizeof data; n++) {
        struct str s = STR_INIT;
        size_t len;
        base64url_add(&s, data, n);
        unsigned char *got = base64url_decode(arena, s.buf, s.len, &len);
        CHECK_FATAL(got != NULL);
        CHECK_INT(len, n);
        CHECK(memcmp(got, data, n) == 0);
        CHECK_INT(got[n], 0);
        str_release(&s);
        arena_reset(arena);
    }
}

static void refuse_url(const char *text, size_t n)
{
    size_t len;
    bool refused = !base64url_decode(arena, text, n, &len);
    if (!refused)
        fprintf(stderr, "base64url \"%s\" was read\n", text);
    CHECK(refused);
}

static void refuse_plain(const char *text)
{
    size_t len;
    bool refused = !base64_decode(arena, text, strlen(text), &len);
    if (!refused)
        fprintf(stderr, "base64 \"%s\" was read\n", text);
    CHECK(refused);
}

static void test_url_refused(void)
{
    static const char *const bad[] = {
        "Z",      "Zm9vY",   "Zg==",    "Zm8=",  "Zg=",  "=",    "====", "Zm9v=", "Zm9v====",
        "Zm 8",   "Zm8\n",   " Zm8",    "Z\tm8", "+/+/", "ab+_", "ab/_", "Zm8.",  "Zm8,",
        "Zm\xc3", "Zm8\x80", "Zm9\x7f", "Zm@v",  "Zm[v", "Zm`v", "Zm{v", "Zm:v",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_url(bad[i], strlen(bad[i]));
    refuse_url("Zm\0v", 4);
}

static void test_plain_refused(void)
{
    static const char *const bad[] = {
        "Zg",       "Zg=",    "Zm8",   "Zm9vYg", "=",        "==",   "===",
        "====",     "A===",   "Z=g=",  "=Zg=",   "Zg==Zg==", "-_-_", "Zm9v=",
        "Zm9v====", "Zg==\n", "Zm 8=", "Zm9\n",  "Zg=A",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_plain(bad[i]);
}

/* Of the digits that may end a text, only those whose unused bits are zero do. */
static void test_unused_bits(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (unsigned i = 0; i < 64; i++) {
        char one[5] = {'A', digits[i], '=', '='}, two[5] = {'A', 'A', digits[i], '='};
        size_t len;
        CHECK_INT(base64url_decode(arena, one, 2, &len) != NULL, i % 16 == 0);
        CHECK_INT(base64url_decode(arena, two, 3, &len) != NULL, i % 4 == 0);
        CHECK_INT(base64_decode(arena, one, 4, &len) != NULL, i % 16 == 0);
        CHECK_INT(base64_decode(arena, two, 4, &len) != NULL, i % 4 == 0);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"the vectors of RFC 4648", test_vectors},
        {"appends", test_appends},
        {"there and back", test_round_trip},
        {"base64url that is not canonical is refused", test_url_refused},
        {"base64 that is not canonical is refused", test_plain_refused},
        {"unused bits must be zero", test_unused_bits},
    };
    arena = arena_new();
    int rc = check_main("base/base64", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
