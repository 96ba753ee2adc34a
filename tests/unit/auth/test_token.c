/*
 * Tokens in general, with a secret of ours: what RFC 7515, RFC 7519 and section 3 of RFC 8725 ask.
 */
#include "base/base64.h"
#include "tokens.h"

#include <jwt.h>

static struct arena *arena;

static char *edited(const char *token, const char *was, const char *is)
{
    const char *at = strstr(token, was);
    CHECK_FATAL(at != NULL);
    return arena_printf(arena, "%.*s%s%s", (int)(at - token), token, is, at + strlen(was));
}

/* --- what is good --- */

static void test_good(void)
{
    CHECK_ACCEPTED(tokens_claiming(arena, TOKENS_CLAIMS));
    CHECK_ACCEPTED(tokens_heading(arena, "{\"alg\":\"HS256\"}"));
    CHECK_ACCEPTED(tokens_heading(arena, " {\n\"x\":[1,{}], \"alg\" : \"HS256\" } "));
    CHECK_ACCEPTED(tokens_claiming(
        arena, "{\"sub\":\"maria\",\"exp\":1.7000006e9,\"nbf\":1699999999.5,\"x\":{\"y\":null}}"));
}

static void test_rfc7515_a1(void)
{
    static const char token[] =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static const char k[] =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUu"
        "TwjAzZr1Z9CAow";
    size_t n = 0;
    const unsigned char *secret = base64url_decode(arena, k, strlen(k), &n);
    CHECK_FATAL(secret != NULL);
    struct token_key key = {.alg = TOKEN_HS256, .bytes = (const char *)secret, .len = n};
    struct token_keys keys = {&key, 1};
    struct token_rules rules = {.now = INT64_C(1300819380000000), .issuer = "joe"};
    /* All is well with it but that it names nobody. */
    CHECK(tokens_refused(token, &keys, &rules, TOKEN_REFUSED, "names nobody"));
    CHECK(tokens_refused(edited(token, "1gFW", "1hFW"), &keys, &rules, TOKEN_REFUSED, "signature"));
}

static void test_of_libjwt(void)
{
    jwt_t *jwt = NULL;
    CHECK_FATAL(jwt_new(&jwt) == 0);
    CHECK(jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)TOKENS_SECRET,
                      sizeof TOKENS_SECRET - 1) == 0);
    CHECK(jwt_add_grants_json(jwt, TOKENS_CLAIMS) == 0);
    char *token = jwt_encode_str(jwt);
    CHECK_FATAL(token != NULL);
    CHECK_ACCEPTED(token);
    free(token);
    jwt_free(jwt);
}

static void test_claims_given(void)
{
    struct token_keys keys = tokens_ours;
    struct token_claims claims;
    enum token_trouble trouble;
    struct err e = ERR_INIT;
    char *token =
        tokens_claiming(arena, "{\"iss\":\"https://a\",\"sub\":\"maria\",\"iat\":1699999990.25,"
                               "\"exp\":1700000600,\"roles\":[\"viewer\"]}");
    CHECK_FATAL(token_verify(arena, token, &keys, &tokens_rules, &claims, &trouble, &e) == 0);
    CHECK_STR(claims.issuer, "https://a");
    CHECK_STR(claims.subject, "maria");
    CHECK_INT(claims.issued_at, INT64_C(1699999990250000));
    CHECK_INT(claims.expires_at, INT64_C(1700000600000000));
    CHECK_STR(json_string(json_at(json_get(claims.all, "roles"), 0), NULL), "viewer");

    token = tokens_claiming(arena, TOKENS_CLAIMS);
    CHECK_FATAL(token_verify(arena, token, &keys, &tokens_rules, &claims, &trouble, &e) == 0);
    CHECK_STR(claims.issuer, NULL);
    CHECK_INT(claims.issued_at, 0);
}

/* --- RFC 8725, 3.1: the algorithm is the key's --- */

static void test_alg_none(void)
{
    static const char *const spellings[] = {"none", "None", "NONE", "nOnE", "noNe", "none ", ""};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        char *header = arena_printf(arena, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", spellings[i]);
        char *body = tokens_body(arena, header, TOKENS_CLAIMS);
        CHECK_REFUSED(arena_printf(arena, "%s.", body), "three parts");
        CHECK_REFUSED(body, "three parts");
        CHECK_REFUSED(tokens_with(arena, body, "x", 1), "algorithm");
        CHECK_REFUSED(tokens_heading(arena, header), "algorithm");
    }
}

static void test_alg_other(void)
{
    static const char *const algs[] = {
        "\"hs256\"", "\"HS256 \"", "\"HS256\\u0000\"", "\"HS384\"", "\"HS512\"",
        "\"PS256\"", "\"EdDSA\"",  "\"RSA1_5\"",       "\"dir\"",   "1",
        "null",      "true",       "[\"HS256\"]",      "{}",
    };
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++)
        CHECK_REFUSED(tokens_heading(arena, arena_printf(arena, "{\"alg\":%s}", algs[i])),
                      "algorithm");
    CHECK_REFUSED(tokens_heading(arena, "{}"), "algorithm");
    CHECK_REFUSED(tokens_heading(arena, "{\"ALG\":\"HS256\"}"), "algorithm");
    CHECK_REFUSED(tokens_heading(arena, "{\"alg\":\"RS256\"}"), "no key is known");
    CHECK_REFUSED(tokens_heading(arena, "{\"alg\":\"ES256\"}"), "no key is known");
}

/* --- 3.3 and 3.2: the signature is always checked, with nothing but the key --- */

static void test_signature_empty(void)
{
    char *body = tokens_body(arena, TOKENS_HEADER, TOKENS_CLAIMS);
    CHECK_REFUSED(body, "three parts");
    CHECK_REFUSED(arena_printf(arena, "%s.", body), "three parts");
}

static void test_signature_altered(void)
{
    char *token = tokens_claiming(arena, TOKENS_CLAIMS);
    char *body = tokens_body(arena, TOKENS_HEADER, TOKENS_CLAIMS);
    size_t n = 0, start = strlen(body) + 1;
    unsigned char *mac = base64url_decode(arena, token + start, strlen(token + start), &n);
    CHECK_FATAL(mac && n == 32);
    for (size_t bit = 0; bit < n * 8; bit++) {
        mac[bit / 8] ^= (unsigned char)(1u << bit % 8);
        CHECK_REFUSED(tokens_with(arena, body, mac, n), "signature");
        mac[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    for (size_t left = 1; left < n; left++)
        CHECK_REFUSED(tokens_with(arena, body, mac, left), "signature");
    CHECK_REFUSED(tokens_with(arena, body, "\0\0\0\0", 4), "signature");
    unsigned char longer[33] = {0};
    memcpy(longer, mac, 32);
    CHECK_REFUSED(tokens_with(arena, body, longer, 33), "signature");
    CHECK_ACCEPTED(tokens_with(arena, body, mac, n));
}

static void test_signed_part_altered(void)
{
    char *token = tokens_claiming(arena, TOKENS_CLAIMS);
    char *other = tokens_claiming(arena, "{\"sub\":\"admin\",\"exp\":1700000600}");
    char *body = tokens_body(arena, TOKENS_HEADER, "{\"sub\":\"admin\",\"exp\":1700000600}");
    CHECK_REFUSED(arena_printf(arena, "%s%s", body, strrchr(token, '.')), "signature");
    CHECK_REFUSED(arena_printf(arena, "%.*s%s", (int)(strrchr(token, '.') - token), token,
                               strrchr(other, '.')),
                  "signature");
    body = tokens_body(arena, "{\"alg\":\"HS256\"}", TOKENS_CLAIMS);
    CHECK_REFUSED(arena_printf(arena, "%s%s", body, strrchr(token, '.')), "signature");
}

static void test_signed_with_another_secret(void)
{
    static const char *const secrets[] = {"",
                                          " ",
                                          "secret",
                                          "correct horse battery staple 1235",
                                          TOKENS_SECRET " ",
                                          "correct horse battery staple 123"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        CHECK_REFUSED(
            tokens_hmac(arena, TOKENS_HEADER, TOKENS_CLAIMS, secrets[i], strlen(secrets[i])),
            "signature");
}

/* --- 3.5: keys --- */

static void test_empty_and_short_keys(void)
{
    static const struct token_key bad[] = {
        {.alg = TOKEN_HS256, .bytes = NULL, .len = 0},
        {.alg = TOKEN_HS256, .bytes = NULL, .len = 40},
        {.alg = TOKEN_HS256, .bytes = "", .len = 0},
        {.alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = 0},
        {.alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = TOKEN_SECRET_MIN - 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct token_keys keys = {&bad[i], 1};
        size_t n = bad[i].bytes ? bad[i].len : 0;
        char *token = tokens_hmac(arena, TOKENS_HEADER, TOKENS_CLAIMS, TOKENS_SECRET, n);
        CHECK(tokens_refused(token, &keys, &tokens_rules, TOKEN_REFUSED, "signature"));
    }
    struct token_key shortest = {
        .alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = TOKEN_SECRET_MIN};
    struct token_keys keys = {&shortest, 1};
    char *token = tokens_hmac(arena, TOKENS_HEADER, TOKENS_CLAIMS, TOKENS_SECRET, TOKEN_SECRET_MIN);
    CHECK(tokens_accepted(token, &keys, &tokens_rules));
}

static void test_no_keys(void)
{
    struct token_keys none = {NULL, 0};
    CHECK(tokens_refused(tokens_claiming(arena, TOKENS_CLAIMS), &none, &tokens_rules, TOKEN_REFUSED,
                         "no key is known"));
    CHECK(tokens_refused(tokens_heading(arena, "{\"alg\":\"HS256\",\"kid\":\"a\"}"), &none,
                         &tokens_rules, TOKEN_UNKNOWN_KID, "names a key"));
}

/* --- 3.10: what the header says is not to be believed --- */

static const struct token_key named[] = {
    {.kid = "old", .alg = TOKEN_HS256, .bytes = "another secret of thirty-two byte", .len = 33},
    {.kid = "new", .alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = sizeof TOKENS_SECRET - 1},
};
static const struct token_keys both = {named, 2};

static char *with_kid(const char *kid)
{
    return tokens_heading(arena, arena_printf(arena, "{\"alg\":\"HS256\",\"kid\":%s}", kid));
}

static void test_kid_chooses(void)
{
    struct token_keys one = {&named[1], 1};
    CHECK(tokens_accepted(with_kid("\"new\""), &both, &tokens_rules));
    CHECK(tokens_accepted(with_kid("\"\\u006eew\""), &both, &tokens_rules));
    CHECK(tokens_refused(with_kid("\"old\""), &both, &tokens_rules, TOKEN_REFUSED, "signature"));
    CHECK(tokens_accepted(tokens_claiming(arena, TOKENS_CLAIMS), &one, &tokens_rules));
}

static void test_kid_unknown(void)
{
    static const char *const kids[] = {
        "\"newer\"",
        "\"ne\"",
        "\"NEW\"",
        "\"\"",
        "\" new\"",
        "\"new\\n\"",
        "\"\\u0000\"",
        "\"new\\u0000\"",
        "\"new\\u0000old\"",
        "\"../../../../dev/null\"",
        "\"/proc/self/environ\"",
        "\"file:///dev/null\"",
        "\"http://169.254.169.254/\"",
        "\"x' UNION SELECT 'key' --\"",
        "\"new' OR '1'='1\"",
        "\"new;reboot\"",
        "\"$(reboot)\"",
        "\"%00new\"",
    };
    for (size_t i = 0; i < sizeof kids / sizeof *kids; i++)
        CHECK(tokens_refused(with_kid(kids[i]), &both, &tokens_rules, TOKEN_UNKNOWN_KID,
                             "names a key"));
    /* A key without a name is not the one that is asked for. */
    CHECK(tokens_refused(with_kid("\"new\""), &tokens_ours, &tokens_rules, TOKEN_UNKNOWN_KID,
                         "names a key"));
}

static void test_kid_huge(void)
{
    char huge[5000];
    memset(huge, 'n', sizeof huge);
    huge[0] = huge[sizeof huge - 2] = '"';
    huge[sizeof huge - 1] = '\0';
    CHECK(tokens_refused(with_kid(huge), &both, &tokens_rules, TOKEN_UNKNOWN_KID, "names a key"));
}

static void test_kid_no_text(void)
{
    static const char *const kids[] = {"1", "0", "null", "true", "[]", "[\"new\"]", "{}", "1.5"};
    for (size_t i = 0; i < sizeof kids / sizeof *kids; i++)
        CHECK(tokens_refused(with_kid(kids[i]), &both, &tokens_rules, TOKEN_REFUSED,
                             "kid is not a text"));
}

static void test_several_keys_without_kid(void)
{
    struct token_key twins[] = {named[1], named[1]};
    struct token_keys same = {twins, 2};
    CHECK(tokens_refused(tokens_claiming(arena, TOKENS_CLAIMS), &both, &tokens_rules, TOKEN_REFUSED,
                         "which of several keys"));
    CHECK(tokens_refused(with_kid("\"new\""), &same, &tokens_rules, TOKEN_REFUSED,
                         "which of several keys"));
}

static void test_keys_within_the_header(void)
{
    static const char *const members[] = {
        "\"jwk\":{\"kty\":\"oct\",\"k\":\"YXR0YWNrZXIgYXR0YWNrZXIgYXR0YWNrZXIgYXR0YWNrZXI\"}",
        "\"jku\":\"https://attacker.example/keys\"",
        "\"x5u\":\"https://attacker.example/cert\"",
        "\"x5c\":[\"MIIB\"]",
    };
    static const char theirs[] = "attacker attacker attacker attacker";
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        char *header = arena_printf(arena, "{\"alg\":\"HS256\",%s}", members[i]);
        CHECK_REFUSED(tokens_hmac(arena, header, TOKENS_CLAIMS, theirs, sizeof theirs - 1),
                      "signature");
        CHECK_ACCEPTED(tokens_heading(arena, header)); /* and with ours they are nothing */
    }
}

static void test_crit_and_b64(void)
{
    static const char *const members[] = {
        "\"crit\":[\"exp\"],\"exp\":1",     "\"crit\":[]",   "\"crit\":null", "\"crit\":\"\"",
        "\"crit\":[\"b64\"],\"b64\":false", "\"b64\":false", "\"b64\":true",  "\"b64\":null",
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        CHECK_REFUSED(
            tokens_heading(arena, arena_printf(arena, "{\"alg\":\"HS256\",%s}", members[i])),
            "extensions");
}

/* --- 3.11 and 3.12: one kind of token is not another --- */

static void test_typ(void)
{
    static const char *const good[] = {
        "JWT", "jwt", "at+jwt", "AT+JWT", "application/jwt", "Application/at+JWT"};
    static const char *const bad[] = {
        "\"dpop+jwt\"",
        "\"logout+jwt\"",
        "\"secevent+jwt\"",
        "\"JWE\"",
        "\"JOSE\"",
        "\"\"",
        "\"at+jwt\\u0000\"",
        "\"JWT \"",
        "\"application/\"",
        "\"text/jwt\"",
        "\"application/application/jwt\"",
        "1",
        "null",
        "[\"JWT\"]",
        "{}",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_ACCEPTED(tokens_heading(
            arena, arena_printf(arena, "{\"alg\":\"HS256\",\"typ\":\"%s\"}", good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_REFUSED(
            tokens_heading(arena, arena_printf(arena, "{\"alg\":\"HS256\",\"typ\":%s}", bad[i])),
            "another type");
}

/* --- 3.7 and 2.4: how it is written --- */

static void test_duplicate_keys(void)
{
    static const char *const headers[] = {
        "{\"alg\":\"HS256\",\"alg\":\"none\"}",
        "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"kid\":\"a\",\"kid\":\"b\"}",
        "{\"alg\":\"HS256\",\"\\u0061lg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"x\":{\"y\":1,\"y\":2}}",
    };
    static const char *const claims[] = {
        "{\"sub\":\"maria\",\"exp\":1700000600,\"sub\":\"admin\"}",
        "{\"sub\":\"maria\",\"exp\":1700000600,\"exp\":1800000000}",
        "{\"sub\":\"maria\",\"exp\":1700000600,\"s\\u0075b\":\"maria\"}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        CHECK_REFUSED(tokens_heading(arena, headers[i]), "header parameters are not");
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        CHECK_REFUSED(tokens_claiming(arena, claims[i]), "claims are not");
}

static void test_not_strict_json(void)
{
    static const char *const texts[] = {
        "null",
        "1",
        "\"x\"",
        "[]",
        "[{\"alg\":\"HS256\"}]",
        "x",
        "{",
        "{}{}",
        " ",
        "{'alg':'HS256'}",
        "{\"alg\":\"HS256\",}",
        "\xEF\xBB\xBF{\"alg\":\"HS256\"}",
        "{\"alg\":\"HS256\",\"x\":NaN}",
        "{\"alg\":\"HS256\",\"x\":\"\xC0\x80\"}",
        "{\"alg\":\"HS256\",\"x\":\"\xFF\"}",
        "{\"alg\":\"HS256\"}//",
        "{alg:\"HS256\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_REFUSED(tokens_heading(arena, texts[i]), "header parameters are not");
        CHECK_REFUSED(tokens_claiming(arena, texts[i]), "claims are not");
    }
}

static char *nested(const char *before, size_t depth)
{
    struct str s = STR_INIT;
    str_add(&s, before);
    for (size_t i = 0; i < depth; i++)
        str_addch(&s, '[');
    for (size_t i = 0; i < depth; i++)
        str_addch(&s, ']');
    str_addch(&s, '}');
    char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static void test_deep_json(void)
{
    CHECK_ACCEPTED(tokens_heading(arena, nested("{\"alg\":\"HS256\",\"x\":", 7)));
    CHECK_REFUSED(tokens_heading(arena, nested("{\"alg\":\"HS256\",\"x\":", 8)), "header");
    CHECK_REFUSED(tokens_heading(arena, nested("{\"alg\":\"HS256\",\"x\":", 2900)), "header");
    CHECK_ACCEPTED(
        tokens_claiming(arena, nested("{\"sub\":\"maria\",\"exp\":1700000600,\"x\":", 15)));
    CHECK_REFUSED(
        tokens_claiming(arena, nested("{\"sub\":\"maria\",\"exp\":1700000600,\"x\":", 16)),
        "claims");
}

static void test_many_values(void)
{
    struct str s = STR_INIT;
    str_add(&s, "{\"alg\":\"HS256\"");
    for (int i = 0; i < 70; i++)
        str_addf(&s, ",\"%d\":0", i);
    str_addch(&s, '}');
    CHECK_REFUSED(tokens_heading(arena, s.buf), "header");
    str_release(&s);
}

/* The last digit of each part with a bit set that belongs to no byte. */
static void test_base64_not_canonical(void)
{
    char *token = tokens_hmac(arena, "{\"alg\":\"HS256\" }", "{\"sub\":\"maria\",\"exp\":17e8}",
                              tokens_secret.bytes, tokens_secret.len);
    const char *ends[] = {strchr(token, '.'), strrchr(token, '.'), token + strlen(token)};
    const char *start = token;
    CHECK_ACCEPTED(token);
    for (size_t i = 0; i < 3; start = ends[i++] + 1) {
        char *bent = arena_strdup(arena, token);
        CHECK((ends[i] - start) % 4 != 0); /* there are such bits */
        bent[ends[i] - token - 1]++;
        CHECK_REFUSED(bent, "base64url");
    }
}

static void test_base64_padded_or_with_junk(void)
{
    static const char *const junk[] = {"=", "==",  " ",    "\n", "\r\n", "\t", "+",
                                       "/", "%3D", "\x80", "*",  ",",    "\v", "\xC3\xA9"};
    char *token = tokens_claiming(arena, TOKENS_CLAIMS);
    const char *ends[] = {token,
                          strchr(token, '.'),
                          strchr(token, '.') + 1,
                          strrchr(token, '.'),
                          strrchr(token, '.') + 5,
                          token + strlen(token)};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
            CHECK_REFUSED(
                arena_printf(arena, "%.*s%s%s", (int)(ends[k] - token), token, junk[i], ends[k]),
                "base64url");
}

static void test_parts(void)
{
    char *token = tokens_claiming(arena, TOKENS_CLAIMS);
    char *body = tokens_body(arena, TOKENS_HEADER, TOKENS_CLAIMS);
    static const char *const none[] = {"", ".", "..", "...", "....", "a", "a.b", "a..c", ".b.c"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CHECK_REFUSED(none[i], "");
    CHECK_REFUSED(body, "three parts");
    CHECK_REFUSED(arena_printf(arena, "%s.", token), "three parts");
    CHECK_REFUSED(arena_printf(arena, ".%s", token), "three parts");
    CHECK_REFUSED(arena_printf(arena, "%s.AAAA", token), "three parts");
    CHECK_REFUSED(arena_printf(arena, "%s.AAAA.AAAA", token), "three parts");
    CHECK_REFUSED(arena_printf(arena, "Bearer %s", token), "base64url");
}

static void test_jwe(void)
{
    static const char header[] = "{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}";
    char *three = tokens_heading(arena, header);
    CHECK_REFUSED(arena_printf(arena, "%s.AAAA.AAAA", three), "three parts");
    CHECK_REFUSED(three, "algorithm");
    CHECK_REFUSED(tokens_heading(arena, "{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}"),
                  "algorithm");
}

static void test_json_serialization(void)
{
    CHECK_REFUSED("{\"payload\":\"e30\",\"protected\":\"e30\",\"signature\":\"e30\"}", "");
}

static void test_size(void)
{
    struct str claims = STR_INIT;
    const size_t base =
        strlen(tokens_claiming(arena, "{\"sub\":\"maria\",\"exp\":1700000600,\"x\":\"\"}"));
    str_add(&claims, "{\"sub\":\"maria\",\"exp\":1700000600,\"x\":\"");
    for (size_t i = (TOKEN_SIZE_MAX - base) / 4 * 3; i; i--)
        str_addch(&claims, 'x');
    str_add(&claims, "\"}");
    char *longest = tokens_claiming(arena, claims.buf);
    while (strlen(longest) < TOKEN_SIZE_MAX) {
        str_addch(&claims, ' ');
        longest = tokens_claiming(arena, claims.buf);
    }
    CHECK_INT(strlen(longest), TOKEN_SIZE_MAX);
    CHECK_ACCEPTED(longest);
    CHECK_REFUSED(arena_printf(arena, "%sA", longest), "longer than 8192");
    str_addch(&claims, ' ');
    CHECK_REFUSED(tokens_claiming(arena, claims.buf), "longer than 8192");
    str_release(&claims);
}

static void test_huge(void)
{
    size_t n = 1 << 20;
    char *huge = arena_alloc(arena, n + 1);
    memset(huge, 'A', n);
    CHECK_REFUSED(huge, "longer than 8192");
    memset(huge, '.', n);
    CHECK_REFUSED(huge, "longer than 8192");
}

/* Nothing of a token, which may be somebody's, gets into an answer or a log. */
static void test_message_keeps_the_token_secret(void)
{
    static const char *const claims[] = {
        "{\"sub\":\"xyzzy\",\"exp\":1}",
        "{\"xyzzy\":1,\"xyzzy\":2}",
        "{\"sub\":\"xyzzy\n\"}",
        "{\"xyzzy\"",
        "{\"sub\":\"maria\",\"exp\":\"xyzzy\"}",
        "{\"sub\":\"maria\",\"exp\":1700000600,\"iss\":\"xyzzy\"}"};
    struct token_rules rules = {.now = tokens_rules.now, .issuer = "us"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct token_claims out;
        enum token_trouble trouble;
        struct err e = ERR_INIT;
        char *token = tokens_claiming(arena, claims[i]);
        CHECK_INT(token_verify(arena, token, &tokens_ours, &rules, &out, &trouble, &e), -1);
        CHECK(*e.message && !strstr(e.message, "xyzzy"));
    }
}

/* --- signing --- */

static void test_sign(void)
{
    struct str token = STR_INIT;
    struct err e = ERR_INIT;
    str_add(&token, "Bearer ");
    CHECK_INT(token_sign(&token, &tokens_secret, TOKENS_CLAIMS, &e), 0);
    CHECK_STR(token.buf,
              arena_printf(arena, "Bearer %s",
                           tokens_heading(arena, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}")));
    CHECK_ACCEPTED(token.buf + 7);
    str_clear(&token);
    CHECK_INT(token_sign(&token, &named[1], TOKENS_CLAIMS, &e), 0);
    CHECK(tokens_accepted(token.buf, &both, &tokens_rules));
    str_release(&token);
}

static void test_sign_refuses(void)
{
    static const char pem[] =
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCg\n";
    const struct token_key keys[] = {
        {.alg = TOKEN_HS256, .bytes = NULL, .len = 0},
        {.alg = TOKEN_HS256, .bytes = TOKENS_SECRET, .len = TOKEN_SECRET_MIN - 1},
        {.alg = TOKEN_HS256, .bytes = pem, .len = sizeof pem - 1},
        {.alg = TOKEN_RS256, .bytes = TOKENS_SECRET, .len = sizeof TOKENS_SECRET - 1},
    };
    struct str token = STR_INIT;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct err e = ERR_INIT;
        CHECK_INT(token_sign(&token, &keys[i], TOKENS_CLAIMS, &e), -1);
        CHECK_INT(e.kind, ERR_INTERNAL);
        CHECK(!strstr(e.message, TOKENS_SECRET));
    }
    struct err e = ERR_INIT;
    char *claims = arena_alloc(arena, TOKEN_SIZE_MAX + 1);
    memset(claims, ' ', TOKEN_SIZE_MAX);
    CHECK_INT(token_sign(&token, &tokens_secret, claims, &e), -1);
    CHECK_INT(e.kind, ERR_INTERNAL);
    CHECK_STR(token.buf, "");
    str_release(&token);
}

static const struct test tests[] = {
    {"accepts what is good", test_good},
    {"checks RFC 7515 A.1", test_rfc7515_a1},
    {"accepts what libjwt signed", test_of_libjwt},
    {"gives the claims", test_claims_given},
    {"attack: alg none in any spelling", test_alg_none},
    {"attack: alg that is none of ours", test_alg_other},
    {"attack: no signature", test_signature_empty},
    {"attack: signature altered, cut, extended", test_signature_altered},
    {"attack: signature of another token", test_signed_part_altered},
    {"attack: signed with another secret", test_signed_with_another_secret},
    {"attack: empty, missing and short keys", test_empty_and_short_keys},
    {"attack: no keys at all", test_no_keys},
    {"kid chooses the key", test_kid_chooses},
    {"attack: kid that no key has, path, SQL, NUL", test_kid_unknown},
    {"attack: kid of 5,000 bytes", test_kid_huge},
    {"attack: kid that is no text", test_kid_no_text},
    {"attack: several keys and no kid", test_several_keys_without_kid},
    {"attack: jwk, jku, x5u, x5c", test_keys_within_the_header},
    {"attack: crit and b64", test_crit_and_b64},
    {"attack: typ of another kind of token", test_typ},
    {"attack: duplicate keys", test_duplicate_keys},
    {"attack: what only looks like JSON", test_not_strict_json},
    {"attack: deep JSON", test_deep_json},
    {"attack: many values in the header", test_many_values},
    {"attack: base64url with stray bits", test_base64_not_canonical},
    {"attack: padding, white space, junk", test_base64_padded_or_with_junk},
    {"attack: not three parts", test_parts},
    {"attack: encrypted token", test_jwe},
    {"attack: JSON serialization", test_json_serialization},
    {"attack: one byte too long", test_size},
    {"attack: a mebibyte", test_huge},
    {"messages hold nothing of the token", test_message_keeps_the_token_secret},
    {"signs", test_sign},
    {"signs with nothing but a secret", test_sign_refuses},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("token", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
