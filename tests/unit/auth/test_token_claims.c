/*
 * What must hold of a token besides its signature: RFC 7519, section 4.1; RFC 8725, 3.8 and 3.9.
 */
#include "tokens.h"

static struct arena *arena;

/* --- times --- */

static void check_at(const char *claims, int64_t now, const char *refusal)
{
    struct token_rules rules = {.now = now};
    char *token = tokens_claiming(arena, claims);
    CHECK(refusal ? tokens_refused(token, &tokens_ours, &rules, TOKEN_REFUSED, refusal)
                  : tokens_accepted(token, &tokens_ours, &rules));
}

static void test_expired(void)
{
    const int64_t edge = INT64_C(1700000600000000) + TOKEN_LEEWAY_US;
    check_at(TOKENS_CLAIMS, edge, NULL);
    check_at(TOKENS_CLAIMS, edge + 1, "expired");
    check_at(TOKENS_CLAIMS, edge * 2, "expired");
    check_at("{\"sub\":\"maria\",\"exp\":0}", edge, "expired");
    check_at("{\"sub\":\"maria\",\"exp\":1700000600.5}", edge + 500000, NULL);
    check_at("{\"sub\":\"maria\",\"exp\":1700000600.5}", edge + 500001, "expired");
}

static void test_not_yet_valid(void)
{
    const int64_t edge = INT64_C(1700000000000000) - TOKEN_LEEWAY_US;
    static const char *const names[] = {"nbf", "iat"};
    for (size_t i = 0; i < 2; i++) {
        char *claims = arena_printf(
            arena, "{\"sub\":\"maria\",\"exp\":1700000600,\"%s\":1700000000}", names[i]);
        check_at(claims, edge, NULL);
        check_at(claims, edge - 1, "not valid yet");
        check_at(claims, 0, "not valid yet");
    }
}

static void test_times_no_numbers(void)
{
    static const char *const values[] = {
        "\"1700000600\"",
        "null",
        "true",
        "[]",
        "{}",
        "[1700000600]",
        "-1",
        "-0.5",
        "-1e300",
        "253402300800",
        "253402300799.5",
        "1e999",
        "1e18",
        "9223372036854775807",
        "99999999999999999999",
        "\"\"",
    };
    static const char *const names[] = {"exp", "nbf", "iat"};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            char *claims = arena_printf(arena, "{\"sub\":\"maria\",\"%s\":%s%s}", names[k],
                                        values[i], k ? ",\"exp\":1700000600" : "");
            check_at(claims, tokens_rules.now, "not a number of seconds");
        }
    check_at("{\"sub\":\"maria\",\"exp\":253402300799}", tokens_rules.now, NULL);
}

static void test_exp_missing(void)
{
    check_at("{\"sub\":\"maria\"}", tokens_rules.now, "does not say when it expires");
    check_at("{\"sub\":\"maria\",\"EXP\":1700000600}", tokens_rules.now, "when it expires");
}

/* --- 3.8 and 3.9: who, by whom, for whom --- */

static void test_subject(void)
{
    static const char *const values[] = {
        "\"\"",
        "1",
        "null",
        "true",
        "[\"maria\"]",
        "{}",
        "\"maria\\u0000\"",
        "\"\\u0000\"",
        "\"ma\\nria\"",
        "\"\\t\"",
        "\"maria\\u007f\"",
        "\"\\u0085maria\"",
        "\"\\u001b[2J\"",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_at(arena_printf(arena, "{\"exp\":1700000600,\"sub\":%s}", values[i]),
                 tokens_rules.now, "names nobody");
    check_at("{\"exp\":1700000600}", tokens_rules.now, "names nobody");
}

static void test_subject_not_english(void)
{
    struct token_claims claims;
    enum token_trouble trouble;
    struct err e = ERR_INIT;
    char *token =
        tokens_claiming(arena, "{\"exp\":1700000600,\"sub\":\"\\u00a0J\\u00fcrgen \xE5\xB1\xB1\"}");
    CHECK_INT(token_verify(arena, token, &tokens_ours, &tokens_rules, &claims, &trouble, &e), 0);
    CHECK_STR(claims.subject, "\xC2\xA0J\xC3\xBCrgen \xE5\xB1\xB1");
}

static void check_asked(const char *member, const struct token_rules *rules, const char *refusal)
{
    char *token = tokens_claiming(
        arena, arena_printf(arena, "{\"sub\":\"maria\",\"exp\":1700000600%s}", member));
    CHECK(refusal ? tokens_refused(token, &tokens_ours, rules, TOKEN_REFUSED, refusal)
                  : tokens_accepted(token, &tokens_ours, rules));
}

static void test_issuer(void)
{
    static const struct token_rules rules = {.now = TOKENS_NOW * 1000000, .issuer = "https://a"};
    check_asked(",\"iss\":\"https://a\"", &rules, NULL);
    check_asked(",\"iss\":\"https://a/\"", &rules, "another issuer");
    check_asked(",\"iss\":\"HTTPS://A\"", &rules, "another issuer");
    check_asked(",\"iss\":\"https://a.attacker.example\"", &rules, "another issuer");
    check_asked("", &rules, "another issuer");
    check_asked(",\"iss\":\"https://a\\u0000\"", &rules, "not a text");
    check_asked(",\"iss\":[\"https://a\"]", &rules, "not a text");
    check_asked(",\"iss\":null", &tokens_rules, "not a text");
    check_asked(",\"iss\":\"anybody\"", &tokens_rules, NULL);
}

static void test_audience(void)
{
    static const struct token_rules rules = {.now = TOKENS_NOW * 1000000, .audience = "us"};
    check_asked(",\"aud\":\"us\"", &rules, NULL);
    check_asked(",\"aud\":[\"us\"]", &rules, NULL);
    check_asked(",\"aud\":[\"them\",\"us\"]", &rules, NULL);
    check_asked(",\"aud\":\"them\"", &rules, "somebody else");
    check_asked(",\"aud\":\"us them\"", &rules, "somebody else");
    check_asked(",\"aud\":[\"them\",\"US\"]", &rules, "somebody else");
    check_asked(",\"aud\":[]", &rules, "somebody else");
    check_asked("", &rules, "somebody else");
    check_asked(",\"aud\":[[\"us\"]]", &rules, "no text");
    check_asked(",\"aud\":[\"us\",1]", &rules, "no text");
    check_asked(",\"aud\":{\"us\":\"us\"}", &rules, "no text");
    check_asked(",\"aud\":\"us\\u0000\"", &rules, "no text");
    check_asked(",\"aud\":null", &rules, "no text");
    check_asked(",\"aud\":7", &tokens_rules, "no text");
    check_asked(",\"aud\":\"them\"", &tokens_rules, NULL);
}

static const struct test tests[] = {
    {"attack: expired, at the edge", test_expired},
    {"attack: nbf and iat in the future, at the edge", test_not_yet_valid},
    {"attack: times that are no numbers", test_times_no_numbers},
    {"attack: exp missing", test_exp_missing},
    {"attack: sub missing, empty, no text, control characters", test_subject},
    {"takes names of all languages", test_subject_not_english},
    {"attack: of another issuer", test_issuer},
    {"attack: for another audience", test_audience},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("token, claims", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
