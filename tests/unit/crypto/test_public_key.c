#include "crypto/public_key.h"

#include "base/base64.h"
#include "base/json.h"
#include "check.h"
#include "key_texts.h"

#define N_7517                                                                                   \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJ"  \
    "ECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2" \
    "QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh" \
    "6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define N_7515                                                                                   \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0"  \
    "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS" \
    "5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH" \
    "7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define N_1024                                                                                  \
    "9KwqJ2yfgs-8jvW8Ej3unKZtqALi_zI-GDoF0MMnZ0tK29Dhb9BGgQd2oOaSv2y9xp-_NychXukIAoZr3nmJgJxTK" \
    "ViEMWsVOkZ2QYcmYsYpZe5-XPco_bPF_388kt__j3Yh5mSVsTHFZs1UEySk3gANynPbgf6R67O3M061a5M"
#define X_7517 "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
#define Y_7517 "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
#define X_7515 "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y_7515 "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define X_ZERO "AAZMFY7Vo1V-G0USv55M7X_-Irs0BlYf8C7_EFSK-PQ"
#define X_ZERO_CUT "BkwVjtWjVX4bRRK_nkztf_4iuzQGVh_wLv8QVIr49A"
#define Y_ZERO "YYGGKXra3_zLzM7GQuiEtIVmbo4AzouXpCm2zeQodRc"
#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

#define RSA(n, e) "{\"kty\":\"RSA\",\"n\":\"" n "\",\"e\":\"" e "\"}"
#define EC(x, y) "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y "\"}"

static struct arena *arena;
static struct public_key key;
static struct err e;

static int from_jwk(const char *text)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *jwk;
    e = (struct err)ERR_INIT;
    key = (struct public_key){0};
    CHECK_FATAL(json_parse(arena, text, strlen(text), &limits, &jwk, &e) == 0);
    return public_key_from_jwk(arena, jwk, &key, &e);
}

static int from_pem(const char *text)
{
    e = (struct err)ERR_INIT;
    key = (struct public_key){0};
    return public_key_from_pem(arena, &text, &key, &e);
}

static void refused(int rc, const char *what, const char *message)
{
    if (rc != -1 || e.kind != ERR_INVALID || !strstr(e.message, message))
        fprintf(stderr, "%d \"%s\" not \"%s\": %s\n", rc, e.message, message, what);
    CHECK_INT(rc, -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK(strstr(e.message, message) != NULL);
    CHECK(key.pem == NULL);
}

static void test_jwk(void)
{
    static const struct {
        const char *jwk;
        enum public_key_kind kind;
        const char *pem;
    } good[] = {
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X_7517 "\",\"y\":\"" Y_7517
         "\",\"use\":\"enc\",\"kid\":\"1\"}",
         PUBLIC_KEY_P256, KEY_EC_7517},
        {"{\"kty\":\"RSA\",\"n\":\"" N_7517
         "\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}",
         PUBLIC_KEY_RSA, KEY_RSA_7517},
        {RSA(N_7515, "AQAB"), PUBLIC_KEY_RSA, KEY_RSA_7515},
        {EC(X_7515, Y_7515), PUBLIC_KEY_P256, KEY_EC_7515},
        {EC(X_ZERO, Y_ZERO), PUBLIC_KEY_P256, KEY_EC_ZERO},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK_INT(from_jwk(good[i].jwk), 0);
        CHECK_STR(e.message, "");
        CHECK_INT(key.kind, good[i].kind);
        CHECK_STR(key.pem, good[i].pem);
    }
}

static void test_jwk_kinds(void)
{
    static const char *const bad[] = {
        "{}",
        "null",
        "[]",
        "\"RSA\"",
        "{\"kty\":null}",
        "{\"kty\":[\"RSA\"],\"n\":\"" N_7515 "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"rsa\",\"n\":\"" N_7515 "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\\u0000\",\"n\":\"" N_7515 "\",\"e\":\"AQAB\"}",
        "{\"kty\":\"ec\",\"crv\":\"P-256\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"
        "7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "{\"n\":\"" N_7515 "\",\"e\":\"AQAB\"}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(from_jwk(bad[i]), bad[i], "\"kty\"");
}

static void test_jwk_secrets(void)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *values[] = {"\"AQAB\"", "null", "[]"};
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            const char *text =
                arena_printf(arena, "{\"%s\":%s,\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}",
                             names[i], values[j], N_7515);
            refused(from_jwk(text), text, "is a secret");
        }
    }
    const char *oct = "{\"kty\":\"oct\",\"k\":\"GawgguFyGrWKav7AX4VKUg\"}";
    refused(from_jwk(oct), oct, "\"k\" is a secret");
    const char *ec = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X_7517 "\",\"y\":\"" Y_7517
                     "\",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}";
    refused(from_jwk(ec), ec, "\"d\" is a secret");
}

static void test_jwk_rsa(void)
{
    static const struct {
        const char *jwk, *message;
    } bad[] = {
        {RSA(N_1024, "AQAB"), "this one has 1024"},
        {RSA(N_7515, "AQ"), "odd exponent"},   /* 1 */
        {RSA(N_7515, "Aw"), "odd exponent"},   /* 3 */
        {RSA(N_7515, "EQ"), "odd exponent"},   /* 17 */
        {RSA(N_7515, "__8"), "odd exponent"},  /* 65535 */
        {RSA(N_7515, "AQAA"), "odd exponent"}, /* 65536 */
        {RSA(N_7515, "AQAC"), "odd exponent"},
        {RSA(N_7515, "AQAAAAAAAAAB"), "odd exponent"}, /* 65 bits */
        {RSA(N_7515, N_7517), "odd exponent"},
        {RSA(N_7515, "AA"), "leading zeros"},
        {RSA(N_7515, "AAEAAQ"), "leading zeros"},
        {RSA(N_7515, ""), "leading zeros"},
        {RSA("", "AQAB"), "leading zeros"},
        {RSA("AA", "AQAB"), "leading zeros"},
        {RSA("AKH4", "AQAB"), "leading zeros"},
        {RSA("AQAB", "AQAB"), "this one has 17"},
        {RSA(N_7515, "AQAB="), "\"e\" of a JWK must be base64url"},
        {RSA(N_7515 "==", "AQAB"), "\"n\" of a JWK must be base64url"},
        {RSA(N_7515 " ", "AQAB"), "\"n\" of a JWK must be base64url"},
        {RSA(N_7515, "AQ+B"), "\"e\" of a JWK must be base64url"},
        {RSA(N_7515, "AQAB\\u0000"), "\"e\" of a JWK must be base64url"},
        {RSA(N_7515, "AQABAB"), "\"e\" of a JWK must be base64url"},
        {"{\"kty\":\"RSA\",\"e\":\"AQAB\"}", "\"n\" of a JWK must be base64url"},
        {"{\"kty\":\"RSA\",\"n\":\"" N_7515 "\"}", "\"e\" of a JWK must be base64url"},
        {"{\"kty\":\"RSA\",\"n\":\"" N_7515 "\",\"e\":65537}", "\"e\" of a JWK must be base64url"},
        {"{\"kty\":\"RSA\",\"n\":null,\"e\":\"AQAB\"}", "\"n\" of a JWK must be base64url"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(from_jwk(bad[i].jwk), bad[i].jwk, bad[i].message);
}

/* A modulus of so many bytes, all of them 0xaa but the first and the last. */
static int from_modulus(size_t bytes, unsigned char first, unsigned char last)
{
    unsigned char *modulus = arena_alloc(arena, bytes);
    memset(modulus, 0xaa, bytes);
    modulus[0] = first;
    modulus[bytes - 1] = last;
    struct str text = STR_INIT;
    str_add(&text, "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"");
    base64url_add(&text, modulus, bytes);
    str_add(&text, "\"}");
    int rc = from_jwk(text.buf);
    str_release(&text);
    return rc;
}

static void test_rsa_sizes(void)
{
    CHECK_INT(from_modulus(256, 0x80, 1), 0);
    refused(from_modulus(256, 0x7f, 1), "2047 bits", "this one has 2047");
    refused(from_modulus(256, 0x80, 2), "even", "odd modulus");
    CHECK_INT(from_modulus(1024, 0xff, 1), 0);
    refused(from_modulus(1025, 1, 1), "8193 bits", "at most 8192 bits");
    refused(from_modulus(100000, 1, 1), "800000 bits", "at most 8192 bits");
}

static void test_jwk_ec(void)
{
    static const struct {
        const char *jwk, *message;
    } bad[] = {
        {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":"
         "\"xZHCBiZ-DGlB1Ih2QtEsY3g9i0tW7MJKGRbIhObHRoKlWhrJ7yP4MG8iB3syf75f\",\"y\":"
         "\"6NP-Ot82a1DUe51wOjuQBYI-OsOpp11GPwi7JUgE1JCczz_wqwSQ3ttnr96CJ1po\"}",
         "\"crv\""},
        {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}", "\"crv\""},
        {"{\"kty\":\"EC\",\"crv\":\"p-256\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}", "\"crv\""},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\\u0000\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}",
         "\"crv\""},
        {"{\"kty\":\"EC\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}", "\"crv\""},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"" Y_7515 "\"}", "\"x\" of a JWK"},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X_7515 "\"}", "\"y\" of a JWK"},
        {EC(X_7515 "=", Y_7515), "\"x\" of a JWK"},
        {EC(X_7515, "x/FEzRu9m36HLN/tue659LNpXW6pCyStikYjKIWI5a0"), "\"y\" of a JWK"},
        /* Unused bits of the last digit. */
        {EC("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV", Y_7515), "\"x\" of a JWK"},
        {EC(X_ZERO_CUT, Y_ZERO), "32 bytes each"},
        {EC("AADNgnc4JFvOJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9u", Y_7515), "32 bytes each"},
        {EC(X_7515, ""), "32 bytes each"},
        {EC("", ""), "32 bytes each"},
        {EC(X_7515, Y_7517), "can be read"},
        {EC(Y_7515, X_7515), "can be read"},
        {EC(ZERO, ZERO), "can be read"},
        /* x is the field's prime, and more. */
        {EC("_____wAAAAEAAAAAAAAAAAAAAAD_______________8", Y_7515), "can be read"},
        {EC("__________________________________________8", Y_7515), "can be read"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(from_jwk(bad[i].jwk), bad[i].jwk, bad[i].message);
}

static void test_pem(void)
{
    static const struct {
        const char *text;
        enum public_key_kind kind;
        const char *pem;
    } good[] = {
        {KEY_RSA_7517, PUBLIC_KEY_RSA, KEY_RSA_7517},
        {KEY_EC_7515, PUBLIC_KEY_P256, KEY_EC_7515},
        {"Key of the issuer:\n" KEY_EC_7515 "\nand so on", PUBLIC_KEY_P256, KEY_EC_7515},
        {"-----BEGIN PUBLIC KEY-----\r\n"
         "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMKBCTNIcKUSDii11ySs3526iDZ8A\r\n"
         "\tiTo7Tu6KPAqv7D7gS2XpJFbZiItSs3m9+9Ue6GnvHw/GW2ZZaVtszggXIw== \r\n"
         "-----END PUBLIC KEY-----",
         PUBLIC_KEY_P256, KEY_EC_7517},
        {CERTIFICATE_EC, PUBLIC_KEY_P256, CERTIFICATE_EC_KEY},
        {KEY_EC_COMPRESSED, PUBLIC_KEY_P256, KEY_EC_COMPRESSED},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK_INT(from_pem(good[i].text), 1);
        CHECK_STR(e.message, "");
        CHECK_INT(key.kind, good[i].kind);
        CHECK_STR(key.pem, good[i].pem);
    }
}

static void test_pem_several(void)
{
    const char *text = "first\n" KEY_RSA_7515 CERTIFICATE_EC "\n\n" KEY_P384 KEY_EC_7517;
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), 1);
    CHECK_STR(key.pem, KEY_RSA_7515);
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), 1);
    CHECK_STR(key.pem, CERTIFICATE_EC_KEY);
    const char *before = text;
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), -1);
    CHECK_STR(text, before);

    text = KEY_EC_7515 KEY_EC_7517 "the end";
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), 1);
    CHECK_STR(key.pem, KEY_EC_7515);
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), 1);
    CHECK_STR(key.pem, KEY_EC_7517);
    CHECK_INT(public_key_from_pem(arena, &text, &key, &e), 0);
    CHECK_STR(text, "\nthe end");
}

static void test_pem_none(void)
{
    CHECK_INT(from_pem(""), 0);
    CHECK_INT(from_pem("no key here\n-----END PUBLIC KEY-----\n"), 0);
    CHECK_INT(from_pem("{\"kty\":\"RSA\"}"), 0);
}

static void test_pem_labels(void)
{
    static const char *const labels[] = {
        "PRIVATE KEY",
        "EC PRIVATE KEY",
        "RSA PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "RSA PUBLIC KEY",
        "EC PARAMETERS",
        "TRUSTED CERTIFICATE",
        "CERTIFICATE REQUEST",
        "X509 CRL",
        "public key",
        "PUBLIC KEY ",
        "",
    };
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const char *text = arena_printf(
            arena, "-----BEGIN %s-----\nMFkwEwYHKoZIzj0CAQYI\n-----END %s-----\n" KEY_EC_7515,
            labels[i], labels[i]);
        refused(from_pem(text), text, "and this is another");
    }
}

static void test_pem_keys(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {KEY_RSA_1024, "this one has 1024"},    {KEY_RSA_EXPONENT_3, "odd exponent"},
        {KEY_RSA_PSS, "must be RSA, or EC"},    {KEY_ED25519, "must be RSA, or EC"},
        {KEY_P384, "named curve P-256"},        {KEY_SECP256K1, "named curve P-256"},
        {KEY_EC_EXPLICIT, "named curve P-256"}, {CERTIFICATE_P384, "named curve P-256"},
        {KEY_EC_INFINITY, "not on its curve"},  {KEY_EC_OFF_CURVE, "can be read"},
        {KEY_EC_TRAILING, "can be read"},       {KEY_PRIVATE_INSIDE, "can be read"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(from_pem(bad[i].text), bad[i].text, bad[i].message);
}

#define BEGIN "-----BEGIN PUBLIC KEY-----\n"
#define END "-----END PUBLIC KEY-----\n"

static void test_pem_malformed(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {BEGIN, "is missing"},
        {BEGIN "MFkw\n-----END CERTIFICATE-----\n", "is missing"},
        {BEGIN "MFkw\n" KEY_EC_7515, "is not base64"},
        {BEGIN "MFk\n" END, "is not base64"},
        {BEGIN "MF!w\n" END, "is not base64"},
        {BEGIN "Proc-Type: 4,ENCRYPTED\n\nMFkw\n" END, "is not base64"},
        {BEGIN END, "can be read"},
        {BEGIN "MFkw\n" END, "can be read"},
        {"-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n", "can be read"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(from_pem(bad[i].text), bad[i].text, bad[i].message);
}

int main(void)
{
    static const struct test tests[] = {
        {"JWKs of the standards", test_jwk},
        {"JWKs of other kinds", test_jwk_kinds},
        {"JWKs that are secrets", test_jwk_secrets},
        {"RSA JWKs that are bad", test_jwk_rsa},
        {"sizes of RSA keys", test_rsa_sizes},
        {"EC JWKs that are bad", test_jwk_ec},
        {"PEM", test_pem},
        {"several blocks in one text", test_pem_several},
        {"no block in a text", test_pem_none},
        {"other PEM blocks", test_pem_labels},
        {"keys in PEM that are bad", test_pem_keys},
        {"PEM that is malformed", test_pem_malformed},
    };
    arena = arena_new();
    int rc = check_main("crypto/public_key", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
