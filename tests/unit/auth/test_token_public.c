/*
 * Tokens of others, signed with RS256 and ES256; and every way to have a key taken for what it is
 * not. All of it for each typ, since libjwt looks at some and OpenSSL at others.
 */
#include "base/base64.h"
#include "tokens.h"

#include <jwt.h>
#include <openssl/pem.h>
#include <openssl/ui.h>

static struct arena *arena;
static struct tokens_pair rsa, other_rsa, ec, other_ec;

#define PAYLOAD                                                                                  \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn" \
    "VlfQ"

static const char *const typs[] = {"", ",\"typ\":\"JWT\"", ",\"typ\":\"at+jwt\"",
                                   ",\"typ\":\"application/jwt\""};
#define TYPS (sizeof typs / sizeof *typs)

static char *head(enum token_alg alg, size_t typ)
{
    static const char *const names[] = {"HS256", "RS256", "ES256"};
    return arena_printf(arena, "{\"alg\":\"%s\"%s}", names[alg], typs[typ]);
}

static bool refused(const char *token, const struct token_key *key, const char *words)
{
    struct token_keys keys = {key, 1};
    return tokens_refused(token, &keys, &tokens_rules, TOKEN_REFUSED, words);
}

static bool accepted(const char *token, const struct token_key *key)
{
    struct token_keys keys = {key, 1};
    return tokens_accepted(token, &keys, &tokens_rules);
}

static struct token_keys read_keys(const char *text)
{
    const struct json *set;
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct token_keys keys = {NULL, 0};
    struct err e = ERR_INIT;
    CHECK_FATAL(json_parse(arena, text, strlen(text), &limits, &set, &e) == 0);
    CHECK_FATAL(token_keys_read(arena, set, &keys, &e) == 0);
    return keys;
}

/* --- what is good --- */

static void test_good(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        CHECK(accepted(tokens_signed(arena, head(TOKEN_RS256, i), TOKENS_CLAIMS, rsa.key),
                       &rsa.public));
        CHECK(accepted(tokens_signed(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS, ec.key),
                       &ec.public));
    }
}

static void check_libjwt(const struct tokens_pair *pair, jwt_alg_t alg)
{
    char *pem = NULL;
    jwt_t *jwt = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    CHECK_FATAL(out && PEM_write_bio_PrivateKey(out, pair->key, NULL, NULL, 0, NULL, NULL) == 1);
    int n = (int)BIO_get_mem_data(out, &pem);
    CHECK_FATAL(jwt_new(&jwt) == 0);
    CHECK(jwt_set_alg(jwt, alg, (const unsigned char *)pem, n) == 0);
    CHECK(jwt_add_grants_json(jwt, TOKENS_CLAIMS) == 0);
    char *token = jwt_encode_str(jwt);
    CHECK_FATAL(token != NULL);
    CHECK(accepted(token, &pair->public));
    free(token);
    jwt_free(jwt);
    BIO_free(out);
}

static void test_of_libjwt(void)
{
    check_libjwt(&rsa, JWT_ALG_RS256);
    check_libjwt(&ec, JWT_ALG_ES256);
}

/* Both of the RFC's tokens name nobody; that is looked at when the signature was right. */
static void check_rfc(const char *jwks, const char *token)
{
    struct token_keys keys = read_keys(jwks);
    struct token_rules rules = {.now = INT64_C(1300819380000000), .issuer = "joe"};
    CHECK_INT(keys.count, 1);
    CHECK(tokens_refused(token, &keys, &rules, TOKEN_REFUSED, "names nobody"));
    char *bent = arena_strdup(arena, token);
    bent[strlen(bent) - 3] ^= 1;
    CHECK(tokens_refused(bent, &keys, &rules, TOKEN_REFUSED, "signature"));
}

static void test_rfc7515_a2(void)
{
    check_rfc(
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W2"
        "6mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r"
        "2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6"
        "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethF"
        "kMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}]}",
        "eyJhbGciOiJSUzI1NiJ9." PAYLOAD
        ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt"
        "_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIA"
        "RNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
        "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");
}

static void test_rfc7515_a3(void)
{
    check_rfc(
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
        "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}",
        "eyJhbGciOiJFUzI1NiJ9." PAYLOAD
        ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1"
        "Q");
}

/* --- RFC 8725, 3.1 and 3.2: one algorithm is not another --- */

static void check_secret_of_public_text(const struct tokens_pair *pair)
{
    struct token_key as_secret = pair->public;
    as_secret.alg = TOKEN_HS256;
    for (size_t i = 0; i < TYPS; i++) {
        char *token = tokens_hmac(arena, head(TOKEN_HS256, i), TOKENS_CLAIMS, pair->public.bytes,
                                  pair->public.len);
        CHECK(refused(token, &pair->public, "no key is known"));
        CHECK(refused(token, &as_secret, "signature"));
        token = tokens_hmac(arena, head(pair->public.alg, i), TOKENS_CLAIMS, pair->public.bytes,
                            pair->public.len);
        CHECK(refused(token, &pair->public, "signature"));
    }
}

static void test_hs256_with_public_text(void)
{
    check_secret_of_public_text(&rsa);
    check_secret_of_public_text(&ec);
}

/* libjwt alone would take it: what it believes is the reason for all of token.c. */
static void test_libjwt_would_take_it(void)
{
    jwt_t *jwt = NULL;
    char *token =
        tokens_hmac(arena, TOKENS_HEADER, TOKENS_CLAIMS, rsa.public.bytes, rsa.public.len);
    CHECK_INT(jwt_decode(&jwt, token, (const unsigned char *)rsa.public.bytes, (int)rsa.public.len),
              0);
    jwt_free(jwt);
    CHECK(refused(token, &rsa.public, "no key is known"));
    token = tokens_with(arena, tokens_body(arena, TOKENS_HEADER, TOKENS_CLAIMS), "x", 1);
    CHECK_INT(jwt_decode(&jwt, token, NULL, 0), 0);
    jwt_free(jwt);
    struct token_key empty = {.alg = TOKEN_HS256, .bytes = "", .len = 0};
    CHECK(refused(token, &empty, "signature"));
}

static void test_algorithms_switched(void)
{
    const struct tokens_pair *pairs[] = {&rsa, &ec};
    struct token_key all[] = {tokens_secret, rsa.public, ec.public};
    struct token_keys keys = {all, 3};
    for (size_t i = 0; i < TYPS; i++)
        for (size_t p = 0; p < 2; p++)
            for (enum token_alg alg = TOKEN_HS256; alg <= TOKEN_ES256; alg++) {
                char *token = tokens_signed(arena, head(alg, i), TOKENS_CLAIMS, pairs[p]->key);
                if (alg == pairs[p]->public.alg) {
                    CHECK(tokens_accepted(token, &keys, &tokens_rules));
                    continue;
                }
                CHECK(tokens_refused(token, &keys, &tokens_rules, TOKEN_REFUSED, "signature"));
                CHECK(refused(token, &pairs[p]->public, "no key is known"));
            }
}

/* A key that is listed under the wrong algorithm verifies nothing. */
static void test_key_listed_wrongly(void)
{
    struct token_key wrong[] = {rsa.public, ec.public, tokens_secret, tokens_secret};
    wrong[0].alg = TOKEN_ES256;
    wrong[1].alg = TOKEN_RS256;
    wrong[2].alg = TOKEN_RS256;
    wrong[3].alg = TOKEN_ES256;
    for (size_t i = 0; i < TYPS; i++)
        for (size_t k = 0; k < 4; k++) {
            char *header = head(wrong[k].alg, i);
            CHECK(refused(tokens_signed(arena, header, TOKENS_CLAIMS, rsa.key), &wrong[k],
                          "signature"));
            CHECK(refused(tokens_signed(arena, header, TOKENS_CLAIMS, ec.key), &wrong[k],
                          "signature"));
            CHECK(refused(tokens_hmac(arena, header, TOKENS_CLAIMS, wrong[k].bytes, wrong[k].len),
                          &wrong[k], "signature"));
        }
}

static void test_another_curve(void)
{
    struct tokens_pair pair = {.key = EVP_EC_gen("P-384")};
    char *pem = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    CHECK_FATAL(out && pair.key && PEM_write_bio_PUBKEY(out, pair.key) == 1);
    size_t n = (size_t)BIO_get_mem_data(out, &pem);
    struct token_key key = {.alg = TOKEN_ES256, .bytes = pem, .len = n};
    for (size_t i = 0; i < TYPS; i++) {
        CHECK(refused(tokens_signed(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS, pair.key), &key,
                      "signature"));
        CHECK(refused(tokens_signed(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS, ec.key), &key,
                      "signature"));
    }
    EVP_PKEY_free(pair.key);
    BIO_free(out);
}

static void test_pss(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *how = NULL;
    unsigned char signature[256];
    size_t n = sizeof signature;
    for (size_t i = 0; i < TYPS; i++) {
        char *body = tokens_body(arena, head(TOKEN_RS256, i), TOKENS_CLAIMS);
        CHECK_FATAL(EVP_DigestSignInit(ctx, &how, EVP_sha256(), NULL, rsa.key) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(how, 6 /* PSS */) == 1 &&
                    EVP_DigestSign(ctx, signature, &n, (const unsigned char *)body, strlen(body)) ==
                        1);
        CHECK(refused(tokens_with(arena, body, signature, n), &rsa.public, "signature"));
        EVP_MD_CTX_reset(ctx);
    }
    EVP_MD_CTX_free(ctx);
}

/* --- keys --- */

static int asked;

static int note_asking(UI *ui)
{
    (void)ui;
    asked++;
    return 0;
}

static void test_keys_that_are_none(void)
{
    UI_METHOD *noting = UI_create_method("noting");
    CHECK_FATAL(noting && UI_method_set_opener(noting, note_asking) == 0);
    UI_set_default_method(noting);
    char *private = NULL;
    BIO *out = BIO_new(BIO_s_mem());
    CHECK_FATAL(out && PEM_write_bio_PrivateKey(out, rsa.key, NULL, NULL, 0, NULL, NULL) == 1);
    size_t n = (size_t)BIO_get_mem_data(out, &private);
    static const char asks[] = "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"
                               "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
                               "-----END PUBLIC KEY-----\n";
    const struct token_key bad[] = {
        {.alg = TOKEN_RS256, .bytes = NULL, .len = 0},
        {.alg = TOKEN_RS256, .bytes = NULL, .len = 400},
        {.alg = TOKEN_RS256, .bytes = "", .len = 0},
        {.alg = TOKEN_RS256, .bytes = rsa.public.bytes, .len = 0},
        {.alg = TOKEN_RS256, .bytes = rsa.public.bytes, .len = 27},
        {.alg = TOKEN_RS256, .bytes = rsa.public.bytes, .len = rsa.public.len / 2},
        {.alg = TOKEN_RS256, .bytes = rsa.public.bytes + 1, .len = rsa.public.len - 1},
        {.alg = TOKEN_RS256, .bytes = private, .len = n},
        {.alg = TOKEN_RS256, .bytes = asks, .len = sizeof asks - 1},
    };
    for (size_t i = 0; i < TYPS; i++)
        for (size_t k = 0; k < sizeof bad / sizeof *bad; k++)
            CHECK(refused(tokens_signed(arena, head(TOKEN_RS256, i), TOKENS_CLAIMS, rsa.key),
                          &bad[k], "signature"));
    CHECK_INT(asked, 0); /* for a pass phrase, on the terminal of the service */
    UI_set_default_method(UI_OpenSSL());
    UI_destroy_method(noting);
    BIO_free(out);
}

static void test_key_of_somebody_else(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        CHECK(refused(tokens_signed(arena, head(TOKEN_RS256, i), TOKENS_CLAIMS, other_rsa.key),
                      &rsa.public, "signature"));
        CHECK(refused(tokens_signed(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS, other_ec.key),
                      &ec.public, "signature"));
    }
}

static char *with_kid(enum token_alg alg, const char *kid, EVP_PKEY *key)
{
    char *header = arena_printf(arena, "{\"alg\":\"%s\",\"kid\":\"%s\"}",
                                alg == TOKEN_RS256 ? "RS256" : "ES256", kid);
    return tokens_signed(arena, header, TOKENS_CLAIMS, key);
}

static void test_kid_and_algorithm(void)
{
    struct token_key list[] = {rsa.public, other_rsa.public, ec.public};
    list[2].kid = list[0].kid; /* RFC 7517, section 4.5 allows it for keys of different kinds */
    struct token_keys keys = {list, 3};
    CHECK(tokens_accepted(with_kid(TOKEN_RS256, "first", rsa.key), &keys, &tokens_rules));
    CHECK(tokens_accepted(with_kid(TOKEN_ES256, "first", ec.key), &keys, &tokens_rules));
    CHECK(tokens_refused(with_kid(TOKEN_RS256, "first", other_rsa.key), &keys, &tokens_rules,
                         TOKEN_REFUSED, "signature"));
    CHECK(tokens_refused(with_kid(TOKEN_ES256, "second", ec.key), &keys, &tokens_rules,
                         TOKEN_REFUSED, "not known for its algorithm"));
    CHECK(tokens_refused(with_kid(TOKEN_RS256, "third", rsa.key), &keys, &tokens_rules,
                         TOKEN_UNKNOWN_KID, "not known"));
    CHECK(tokens_refused(tokens_signed(arena, head(TOKEN_RS256, 1), TOKENS_CLAIMS, rsa.key), &keys,
                         &tokens_rules, TOKEN_REFUSED, "which of several keys"));
}

/* --- signatures --- */

static void check_lengths(const struct tokens_pair *pair, size_t typ)
{
    size_t n = 0;
    char *body = tokens_body(arena, head(pair->public.alg, typ), TOKENS_CLAIMS);
    unsigned char *good = tokens_signature(arena, pair->key, body, &n), bent[2100] = {0};
    const size_t cuts[] = {1, 2, n / 2, n - 2, n - 1};
    CHECK(accepted(tokens_with(arena, body, good, n), &pair->public));
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        CHECK(refused(tokens_with(arena, body, good, cuts[i]), &pair->public, "signature"));
        CHECK(refused(tokens_with(arena, body, good + cuts[i], n - cuts[i]), &pair->public,
                      "signature"));
    }
    memcpy(bent, good, n);
    CHECK(refused(tokens_with(arena, body, bent, n + 1), &pair->public, "signature"));
    CHECK(refused(tokens_with(arena, body, bent, 2 * n), &pair->public, "signature"));
    memmove(bent + 1, bent, n);
    bent[0] = 0; /* the same number, a byte longer */
    CHECK(refused(tokens_with(arena, body, bent, n + 1), &pair->public, "signature"));
    CHECK(refused(tokens_with(arena, body, bent, sizeof bent), &pair->public, "signature"));
    memset(bent, 0, n);
    CHECK(refused(tokens_with(arena, body, bent, n), &pair->public, "signature"));
    memset(bent, 0xFF, n);
    CHECK(refused(tokens_with(arena, body, bent, n), &pair->public, "signature"));
}

static void test_signature_lengths(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        check_lengths(&rsa, i);
        check_lengths(&ec, i);
    }
}

static void check_junk(const struct tokens_pair *pair, size_t typ)
{
    static const char *const junk[] = {"!", "=", " ", "\n", "*?", "\x80", "$$$$"};
    char *token = tokens_signed(arena, head(pair->public.alg, typ), TOKENS_CLAIMS, pair->key);
    const char *places[] = {strrchr(token, '.') + 1, strrchr(token, '.') + 20,
                            token + strlen(token)};
    for (size_t i = 0; i < sizeof junk / sizeof *junk; i++)
        for (size_t k = 0; k < sizeof places / sizeof *places; k++)
            CHECK(refused(arena_printf(arena, "%.*s%s%s", (int)(places[k] - token), token, junk[i],
                                       places[k]),
                          &pair->public, "base64url"));
    /* One digit more than the last one's bits: the same bytes, another text. */
    char *bent = arena_strdup(arena, token);
    bent[strlen(bent) - 1]++;
    CHECK(refused(bent, &pair->public, "base64url"));
}

static void test_junk_within_the_signature(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        check_junk(&rsa, i);
        check_junk(&ec, i);
    }
}

static void test_signature_altered(void)
{
    const struct tokens_pair *pairs[] = {&rsa, &ec};
    for (size_t i = 0; i < TYPS; i++)
        for (size_t p = 0; p < 2; p++) {
            size_t n = 0;
            char *body = tokens_body(arena, head(pairs[p]->public.alg, i), TOKENS_CLAIMS);
            unsigned char *bytes = tokens_signature(arena, pairs[p]->key, body, &n);
            for (size_t bit = 0; bit < n * 8; bit += n * 8 / 16 + 1) {
                bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
                CHECK(refused(tokens_with(arena, body, bytes, n), &pairs[p]->public, "signature"));
                bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            }
            char *admin = tokens_body(arena, head(pairs[p]->public.alg, i),
                                      "{\"sub\":\"admin\",\"exp\":1700000600}");
            CHECK(refused(tokens_with(arena, admin, bytes, n), &pairs[p]->public, "signature"));
        }
}

static void test_ecdsa_zero(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        size_t n = 0;
        char *body = tokens_body(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS);
        unsigned char *good = tokens_signature(arena, ec.key, body, &n), bent[64];
        CHECK_INT(n, sizeof bent);
        for (size_t which = 0; which < 3; which++) { /* r, s, both */
            memcpy(bent, good, n);
            memset(bent + (which == 1 ? 32 : 0), 0, which == 2 ? 64 : 32);
            CHECK(refused(tokens_with(arena, body, bent, n), &ec.public, "signature"));
            if (which < 2) /* 1 instead of 0 */
                bent[which * 32 + 31] = 1;
            CHECK(refused(tokens_with(arena, body, bent, n), &ec.public, "signature"));
        }
    }
}

static void test_ecdsa_in_der(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        size_t n = 0;
        char *body = tokens_body(arena, head(TOKEN_ES256, i), TOKENS_CLAIMS);
        unsigned char *der = tokens_signature_raw(arena, ec.key, body, &n);
        CHECK(n != 64);
        CHECK(refused(tokens_with(arena, body, der, n), &ec.public, "signature"));
    }
}

static void test_no_signature(void)
{
    for (size_t i = 0; i < TYPS; i++) {
        char *body = tokens_body(arena, head(TOKEN_RS256, i), TOKENS_CLAIMS);
        CHECK(refused(arena_printf(arena, "%s.", body), &rsa.public, "three parts"));
        char *none = arena_printf(arena, "{\"alg\":\"none\"%s}", typs[i]);
        CHECK(
            refused(tokens_signed(arena, none, TOKENS_CLAIMS, rsa.key), &rsa.public, "algorithm"));
    }
}

/* The claims are looked at whoever signed. */
static void test_claims_are_checked(void)
{
    static const char *const claims[][2] = {
        {"{\"sub\":\"maria\",\"exp\":1600000000}", "expired"},
        {"{\"sub\":\"maria\",\"exp\":1700000600,\"nbf\":1700000300}", "not valid yet"},
        {"{\"sub\":\"maria\"}", "when it expires"},
        {"{\"exp\":1700000600}", "names nobody"},
    };
    for (size_t i = 0; i < TYPS; i++)
        for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
            CHECK(refused(tokens_signed(arena, head(TOKEN_RS256, i), claims[k][0], rsa.key),
                          &rsa.public, claims[k][1]));
            CHECK(refused(tokens_signed(arena, head(TOKEN_ES256, i), claims[k][0], ec.key),
                          &ec.public, claims[k][1]));
        }
}

static const struct test tests[] = {
    {"accepts what is good", test_good},
    {"accepts what libjwt signed", test_of_libjwt},
    {"checks RFC 7515 A.2", test_rfc7515_a2},
    {"checks RFC 7515 A.3", test_rfc7515_a3},
    {"attack: HS256 with the text of a public key", test_hs256_with_public_text},
    {"attack: what libjwt alone would take", test_libjwt_would_take_it},
    {"attack: algorithms switched", test_algorithms_switched},
    {"attack: a key listed under another algorithm", test_key_listed_wrongly},
    {"attack: another curve", test_another_curve},
    {"attack: another padding of RSA", test_pss},
    {"attack: empty, cut and private keys", test_keys_that_are_none},
    {"attack: the key of somebody else", test_key_of_somebody_else},
    {"kid and algorithm choose the key", test_kid_and_algorithm},
    {"attack: signature cut, extended, constant", test_signature_lengths},
    {"attack: junk within the signature", test_junk_within_the_signature},
    {"attack: signature altered, or of other claims", test_signature_altered},
    {"attack: r or s of nought", test_ecdsa_zero},
    {"attack: ECDSA in DER", test_ecdsa_in_der},
    {"attack: no signature", test_no_signature},
    {"claims are checked here, too", test_claims_are_checked},
};

int main(void)
{
    arena = arena_new();
    tokens_pair_make(&rsa, TOKEN_RS256, "first");
    tokens_pair_make(&other_rsa, TOKEN_RS256, "second");
    tokens_pair_make(&ec, TOKEN_ES256, "first");
    tokens_pair_make(&other_ec, TOKEN_ES256, "second");
    int result = check_main("token, public keys", tests, sizeof tests / sizeof *tests);
    tokens_pair_release(&rsa);
    tokens_pair_release(&other_rsa);
    tokens_pair_release(&ec);
    tokens_pair_release(&other_ec);
    arena_free(&arena);
    return result;
}
