/*
 * The input as a token: nobody here has signed it, so it is refused, whatever it is; as a set of
 * keys, too. And a line of header before claims, signed with our own secret: it is accepted only if
 * it is what token.h promises, and refused once anything of it is changed.
 */
#include "auth/token.h"
#include "base/base64.h"
#include "crypto/hmac.h"
#include "require.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW INT64_C(1300819380000000) /* when the examples of RFC 7515 have not expired */
#define SECRET "a secret that the fuzzer does not know how to use"

static const char rsa[] = "-----BEGIN PUBLIC KEY-----\n"
                          "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj\n"
                          "NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz\n"
                          "P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo\n"
                          "9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB\n"
                          "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX\n"
                          "FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp\n"
                          "oQIDAQAB\n"
                          "-----END PUBLIC KEY-----\n";
static const char p256[] = "-----BEGIN PUBLIC KEY-----\n"
                           "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
                           "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
                           "-----END PUBLIC KEY-----\n";

static const struct token_key list[] = {
    {.kid = NULL, .alg = TOKEN_HS256, .bytes = SECRET, .len = sizeof SECRET - 1},
    {.kid = "other", .alg = TOKEN_HS256, .bytes = SECRET "!", .len = sizeof SECRET},
    {.kid = "rsa", .alg = TOKEN_RS256, .bytes = rsa, .len = sizeof rsa - 1},
    {.kid = "ec", .alg = TOKEN_ES256, .bytes = p256, .len = sizeof p256 - 1},
};
static const struct token_keys all = {list, 4}, ours = {list, 1};
static const struct token_rules rules = {.now = NOW}, asking = {NOW, "joe", "us"};

static int verify(struct arena *arena, const char *token, const struct token_keys *keys,
                  const struct token_rules *r, struct token_claims *claims)
{
    enum token_trouble trouble;
    struct err e = ERR_INIT;
    int rc = token_verify(arena, token, keys, r, claims, &trouble, &e);
    REQUIRE(rc == 0 || (rc == -1 && e.kind == ERR_UNAUTHENTICATED && *e.message));
    return rc;
}

static void check_unsigned(struct arena *arena, const char *text)
{
    struct token_claims claims;
    const char *alg = NULL, *issuer = NULL;
    struct err e = ERR_INIT;
    REQUIRE(verify(arena, text, &all, &rules, &claims) == -1);
    REQUIRE(verify(arena, text, &ours, &rules, &claims) == -1);
    if (token_peek(arena, text, &alg, &issuer, &e) == 0)
        REQUIRE(alg && strlen(text) <= TOKEN_SIZE_MAX && (!issuer || *issuer));
    else
        REQUIRE(e.kind == ERR_UNAUTHENTICATED);
}

static void check_keys(struct arena *arena, const char *text, size_t n)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *set = NULL;
    struct token_keys keys;
    struct err e = ERR_INIT;
    if (json_parse(arena, text, n, &limits, &set, &e) || token_keys_read(arena, set, &keys, &e))
        return;
    for (size_t i = 0; i < keys.count; i++)
        REQUIRE(keys.list[i].alg != TOKEN_HS256 && keys.list[i].len && *keys.list[i].bytes);
}

static void check_times(const struct token_claims *claims)
{
    double exp = json_double(json_get(claims->all, "exp"));
    REQUIRE(NOW - claims->expires_at <= TOKEN_LEEWAY_US);
    REQUIRE(claims->issued_at >= 0 && claims->issued_at - NOW <= TOKEN_LEEWAY_US);
    REQUIRE(fabs(exp - (double)claims->expires_at / 1e6) < 1);
}

static void check_accepted(struct arena *arena, const char *header, size_t header_len,
                           const struct token_claims *claims)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *h = NULL, *v;
    struct err e = ERR_INIT;
    REQUIRE(json_parse(arena, header, header_len, &limits, &h, &e) == 0);
    const char *alg = json_string(json_get(h, "alg"), NULL);
    REQUIRE(alg && !strcmp(alg, "HS256"));
    REQUIRE(!json_member(h, "crit", &v) && !json_member(h, "b64", &v) &&
            !json_member(h, "kid", &v));
    REQUIRE(claims->subject && *claims->subject && !strpbrk(claims->subject, "\r\n\t\x7f"));
    REQUIRE(utf8_valid(claims->subject, strlen(claims->subject)));
    check_times(claims);
}

static void check_signed(struct arena *arena, const char *header, size_t header_len,
                         const char *body, size_t body_len)
{
    unsigned char mac[HMAC_SIZE];
    struct token_claims claims;
    struct str token = STR_INIT;
    base64url_add(&token, header, header_len);
    str_addch(&token, '.');
    base64url_add(&token, body, body_len);
    hmac_sha256(SECRET, sizeof SECRET - 1, token.buf, token.len, mac);
    str_addch(&token, '.');
    base64url_add(&token, mac, sizeof mac);
    if (verify(arena, token.buf, &ours, &asking, &claims) == 0) {
        REQUIRE(claims.issuer && !strcmp(claims.issuer, "joe"));
        REQUIRE(verify(arena, token.buf, &ours, &rules, &claims) == 0);
    }
    if (verify(arena, token.buf, &ours, &rules, &claims) == 0) {
        check_accepted(arena, header, header_len, &claims);
        char *changed = &token.buf[(header_len * 31 + body_len) % token.len];
        *changed = *changed == 'A' ? 'B' : 'A';
        REQUIRE(verify(arena, token.buf, &ours, &rules, &claims) == -1);
    }
    str_release(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_strndup(arena, (const char *)data, size);
    const char *line = memchr(text, '\n', size);
    check_unsigned(arena, text);
    check_keys(arena, text, size);
    if (line)
        check_signed(arena, text, (size_t)(line - text), line + 1,
                     size - (size_t)(line - text) - 1);
    arena_free(&arena);
    return 0;
}
