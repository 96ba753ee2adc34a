/*
 * Key sets of others (RFC 7517), and what a token says of itself.
 */
#include "tokens.h"

static struct arena *arena;

/* Of RFC 7515, A.2 and A.3. */
#define RSA                                                                                       \
    "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W2" \
    "6mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47" \
    "soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT" \
    "BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDT" \
    "W9gb54h4FRWyuXpoQ\""
#define EC                                                                                    \
    "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"," \
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static int read_set(const char *text, struct token_keys *out, struct err *e)
{
    const struct json *set = NULL;
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    CHECK_FATAL(json_parse(arena, text, strlen(text), &limits, &set, e) == 0);
    return token_keys_read(arena, set, out, e);
}

/* Of a set of this key alone: how many there are then. */
static size_t count_of(const char *members)
{
    struct token_keys keys = {NULL, 99};
    struct err e = ERR_INIT;
    CHECK_INT(read_set(arena_printf(arena, "{\"keys\":[{%s}]}", members), &keys, &e), 0);
    return keys.count;
}

static void test_good(void)
{
    struct token_keys keys;
    struct err e = ERR_INIT;
    CHECK_INT(read_set("{\"keys\":[{\"kid\":\"a\",\"use\":\"sig\",\"alg\":\"RS256\"," RSA "},"
                       "{\"key_ops\":[\"sign\",\"verify\"],\"alg\":\"ES256\"," EC "}],\"x\":1}",
                       &keys, &e),
              0);
    CHECK_INT(keys.count, 2);
    CHECK_STR(keys.list[0].kid, "a");
    CHECK_INT(keys.list[0].alg, TOKEN_RS256);
    CHECK_STR(keys.list[1].kid, NULL);
    CHECK_INT(keys.list[1].alg, TOKEN_ES256);
    for (size_t i = 0; i < 2; i++) {
        CHECK(!strncmp(keys.list[i].bytes, "-----BEGIN PUBLIC KEY-----\n", 27));
        CHECK_INT(keys.list[i].len, strlen(keys.list[i].bytes));
    }
    CHECK_INT(count_of(RSA), 1);
    CHECK_INT(count_of(EC), 1);
}

static void test_passed_over(void)
{
    static const char *const others[] = {
        "",
        "\"use\":\"enc\"," RSA,
        "\"use\":1," RSA,
        "\"key_ops\":[\"encrypt\"]," RSA,
        "\"key_ops\":[]," RSA,
        "\"key_ops\":\"verify\"," RSA,
        "\"alg\":\"RS512\"," RSA,
        "\"alg\":\"PS256\"," RSA,
        "\"alg\":\"none\"," RSA,
        "\"alg\":\"HS256\"," RSA,
        "\"alg\":\"HS256\"," EC,
        "\"alg\":\"ES256\"," RSA,
        "\"alg\":\"RS256\"," EC,
        "\"alg\":null," RSA,
        "\"kid\":1," RSA,
        "\"kid\":\"\"," RSA,
        "\"kid\":\"a\\u0000\"," RSA,
        "\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
        "1qS0gZH75aKtMN3Yj0i\"",
        "\"kty\":\"OKP\",\"crv\":\"Ed25519\","
        "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"",
        "\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AQAB\"",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        CHECK_INT(count_of(others[i]), 0);

    struct token_keys keys;
    struct err e = ERR_INIT;
    CHECK_INT(read_set("{\"keys\":[1,null,[],{\"use\":\"enc\"," RSA "},{\"kid\":\"b\"," EC "}]}",
                       &keys, &e),
              0);
    CHECK_INT(keys.count, 1);
    CHECK_STR(keys.list[0].kid, "b");
}

static void test_no_set(void)
{
    static const char *const texts[] = {
        "null", "1", "[]", "{}", "{\"keys\":null}", "{\"keys\":{\"kid\":1}}", "{" RSA "}"};
    struct token_keys keys;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct err e = ERR_INIT;
        CHECK_INT(read_set(texts[i], &keys, &e), -1);
        CHECK_INT(e.kind, ERR_INVALID);
    }
    struct err e = ERR_INIT;
    CHECK_INT(read_set("{\"keys\":[]}", &keys, &e), 0);
    CHECK_INT(keys.count, 0);
}

static void test_too_many(void)
{
    struct token_keys keys;
    struct str s = STR_INIT;
    struct err e = ERR_INIT;
    str_add(&s, "{\"keys\":[{" EC "}");
    for (int i = 1; i < 100; i++)
        str_add(&s, ",{}");
    CHECK_INT(read_set(arena_printf(arena, "%s]}", s.buf), &keys, &e), 0);
    CHECK_INT(keys.count, 1);
    CHECK_INT(read_set(arena_printf(arena, "%s,{}]}", s.buf), &keys, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    str_release(&s);
}

static void check_peek(const char *token, const char *alg, const char *issuer)
{
    const char *found_alg = NULL, *found_issuer = "untouched";
    struct err e = ERR_INIT;
    int rc = token_peek(arena, token, &found_alg, &found_issuer, &e);
    CHECK_INT(rc, alg ? 0 : -1);
    CHECK_STR(found_alg, alg);
    if (alg)
        CHECK_STR(found_issuer, issuer);
    else
        CHECK_INT(e.kind, ERR_UNAUTHENTICATED);
}

/* It believes anything, and is for nothing but choosing the keys. */
static void test_peek(void)
{
    static const char claims[] = "{\"iss\":\"https://a\"}";
    check_peek(tokens_hmac(arena, "{\"alg\":\"RS256\"}", claims, "x", 1), "RS256", "https://a");
    check_peek(tokens_hmac(arena, "{\"alg\":\"RS256\"}", "{}", "x", 1), "RS256", NULL);
    check_peek(tokens_hmac(arena, "{\"alg\":\"HS256\"}", claims, "x", 1), "HS256", NULL);
    check_peek(tokens_hmac(arena, "{\"alg\":\"none\"}", claims, "x", 1), NULL, NULL);
    check_peek(tokens_hmac(arena, "{\"alg\":\"ES256\",\"crit\":[]}", claims, "x", 1), NULL, NULL);
    check_peek(tokens_hmac(arena, "{\"alg\":\"ES256\"}", "{\"iss\":1}", "x", 1), NULL, NULL);
    check_peek(tokens_hmac(arena, "{\"alg\":\"ES256\"}", "[]", "x", 1), NULL, NULL);
    check_peek(tokens_body(arena, "{\"alg\":\"ES256\"}", claims), NULL, NULL);
    check_peek("", NULL, NULL);
}

static const struct test tests[] = {
    {"reads keys", test_good},
    {"passes over keys that are not for verifying", test_passed_over},
    {"refuses what is no set of keys", test_no_set},
    {"refuses too many keys", test_too_many},
    {"peeks", test_peek},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("token, keys", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
