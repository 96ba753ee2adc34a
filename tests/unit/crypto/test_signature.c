/*
 * The examples of RFC 7515, A.2 and A.3. What else must not pass:
 * tests/unit/auth/test_token_public.c.
 */
#include "crypto/signature.h"

#include "base/base64.h"
#include "check.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/pem.h>

#define PAYLOAD                                                                                  \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn" \
    "VlfQ"

static struct arena *arena;

struct example {
    enum public_key_kind kind;
    const char *jwk, *data, *signature;
};

static const struct example examples[] = {
    {PUBLIC_KEY_RSA,
     "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_"
     "wWJcyQoTbji9k0l8W26m"
     "PddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47s"
     "oMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMT"
     "BQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD"
     "TW9gb54h4FRWyuXpoQ\"}",
     "eyJhbGciOiJSUzI1NiJ9." PAYLOAD,
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F"
     "p5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB"
     "MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeY"
     "I2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"},
    {PUBLIC_KEY_P256,
     "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
     "eyJhbGciOiJFUzI1NiJ9." PAYLOAD,
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
};

static struct public_key key_of(const struct example *x)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *jwk = NULL;
    struct public_key key = {.pem = ""};
    struct err e = ERR_INIT;
    CHECK_FATAL(json_parse(arena, x->jwk, strlen(x->jwk), &limits, &jwk, &e) == 0 &&
                public_key_from_jwk(arena, jwk, &key, &e) == 0);
    return key;
}

static bool verifies(enum public_key_kind kind, const char *pem, const char *data,
                     const unsigned char *signature, size_t n)
{
    return signature_verify(kind, pem, strlen(pem), data, strlen(data), signature, n);
}

static void test_examples(void)
{
    for (size_t i = 0; i < 2; i++) {
        const struct example *x = &examples[i];
        struct public_key key = key_of(x);
        size_t n = 0;
        unsigned char *s = base64url_decode(arena, x->signature, strlen(x->signature), &n);
        CHECK_FATAL(s != NULL);
        CHECK_INT(key.kind, x->kind);
        CHECK(verifies(x->kind, key.pem, x->data, s, n));
        CHECK(!verifies(x->kind, key.pem, x->data + 1, s, n));
        CHECK(!verifies(x->kind, key.pem, x->data, s, n - 1));
        CHECK(!verifies(x->kind, key.pem, x->data, s + 1, n - 1));
        CHECK(!verifies(x->kind, key.pem, x->data, s, 0));
        s[n / 3] ^= 4;
        CHECK(!verifies(x->kind, key.pem, x->data, s, n));
    }
}

static void test_keys(void)
{
    static const char *const none[] = {
        "", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"
        "DEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
        "-----END PUBLIC KEY-----\n"};
    for (size_t i = 0; i < 2; i++) {
        const struct example *x = &examples[i];
        size_t n = 0;
        unsigned char *s = base64url_decode(arena, x->signature, strlen(x->signature), &n);
        for (size_t k = 0; k < sizeof none / sizeof *none; k++)
            CHECK(!verifies(x->kind, none[k], x->data, s, n));
        /* The key of the other kind, and this one taken for the other kind. */
        CHECK(!verifies(x->kind, key_of(&examples[1 - i]).pem, x->data, s, n));
        CHECK(!verifies(examples[1 - i].kind, key_of(x).pem, x->data, s, n));
    }
}

/* Its signatures are as long as those of P-256. */
static void test_another_curve(void)
{
    EVP_PKEY *key = EVP_EC_gen("secp256k1");
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    BIO *out = BIO_new(BIO_s_mem());
    unsigned char der[80], raw[SIGNATURE_P256_SIZE];
    const unsigned char *p = der;
    size_t n = sizeof der;
    char *pem = NULL;
    CHECK_FATAL(key && ctx && out && PEM_write_bio_PUBKEY(out, key) == 1 &&
                EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(ctx, der, &n, (const unsigned char *)"abc", 3) == 1);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)n);
    CHECK_FATAL(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32) == 32);
    size_t len = (size_t)BIO_get_mem_data(out, &pem);
    CHECK(!signature_verify(PUBLIC_KEY_P256, pem, len, "abc", 3, raw, sizeof raw));
    ECDSA_SIG_free(pair);
    BIO_free(out);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
}

static const struct test tests[] = {
    {"verifies the examples of RFC 7515, and nothing near them", test_examples},
    {"takes no key for another", test_keys},
    {"takes no other curve", test_another_curve},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("signature", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
