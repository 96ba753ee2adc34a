#include "public_key.h"

#include "base/base64.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define RSA_EXPONENT_MIN 65537   /* FIPS 186-5, 5.1 */
#define RSA_EXPONENT_BITS_MAX 64 /* OpenSSL uses no longer one with a long modulus */
#define COORDINATE_SIZE 32

/* --- which keys are good enough --- */

static int check_rsa(const EVP_PKEY *key, struct err *e)
{
    int bits = EVP_PKEY_get_bits(key);
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
        return err_set(e, ERR_INVALID, "an RSA key must have %d to %d bits, and this one has %d",
                       RSA_BITS_MIN, RSA_BITS_MAX, bits);
    BIGNUM *n = NULL, *exponent = NULL;
    bool read = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent);
    bool good = read && BN_is_odd(n) && BN_is_odd(exponent) &&
                BN_num_bits(exponent) <= RSA_EXPONENT_BITS_MAX &&
                BN_get_word(exponent) >= RSA_EXPONENT_MIN;
    BN_free(n);
    BN_free(exponent);
    return good ? 0
                : err_set(e, ERR_INVALID,
                          "an RSA key must have an odd modulus and an odd exponent of %d or more, "
                          "up to %d bits",
                          RSA_EXPONENT_MIN, RSA_EXPONENT_BITS_MAX);
}

static int check_ec(EVP_PKEY *key, struct err *e)
{
    char group[32];
    int explicit_curve = 0;
    if (!EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                        NULL) ||
        strcmp(group, SN_X9_62_prime256v1) != 0 ||
        !EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                &explicit_curve) ||
        explicit_curve)
        return err_set(e, ERR_INVALID, "an EC key must be on the named curve P-256");
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = context && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return good ? 0 : err_set(e, ERR_INVALID, "the point of the EC key is not on its curve");
}

static const char *pem_of(struct arena *arena, const EVP_PKEY *key)
{
    const char *pem = NULL;
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && PEM_write_bio_PUBKEY(bio, key)) {
        long n = BIO_get_mem_data(bio, &text);
        pem = arena_strndup(arena, text, (size_t)n);
    }
    BIO_free(bio);
    return pem;
}

/* Takes key over; NULL is one that OpenSSL could not read. */
static int accept_key(struct arena *arena, EVP_PKEY *key, struct public_key *out, struct err *e)
{
    int rc;
    struct public_key made = {PUBLIC_KEY_RSA, NULL};
    if (!key) {
        rc = err_set(e, ERR_INVALID, "this is not a public key that can be read");
    } else if (EVP_PKEY_is_a(key, "RSA")) {
        rc = check_rsa(key, e);
    } else if (EVP_PKEY_is_a(key, "EC")) {
        made.kind = PUBLIC_KEY_P256;
        rc = check_ec(key, e);
    } else {
        rc = err_set(e, ERR_INVALID, "keys must be RSA, or EC on P-256");
    }
    if (rc == 0 && !(made.pem = pem_of(arena, key)))
        rc = err_set(e, ERR_INTERNAL, "the public key cannot be written");
    if (rc == 0)
        *out = made;
    EVP_PKEY_free(key);
    ERR_clear_error(); /* what OpenSSL says of this key is no business of the thread's next call */
    return rc;
}

/* --- PEM (RFC 7468) --- */

static EVP_PKEY *read_public_key(const unsigned char *der, size_t n)
{
    const unsigned char *p = der;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)n);
    if (p == der + n)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *read_certificate(const unsigned char *der, size_t n)
{
    const unsigned char *p = der;
    X509 *certificate = d2i_X509(NULL, &p, (long)n);
    EVP_PKEY *key = certificate && p == der + n ? X509_get_pubkey(certificate) : NULL;
    X509_free(certificate);
    return key;
}

static const struct block_kind {
    const char *begin, *end;
    EVP_PKEY *(*read)(const unsigned char *der, size_t n);
} block_kinds[] = {
    {"-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", read_public_key},
    {"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", read_certificate},
};

static const struct block_kind *block_kind_of(const char *begin)
{
    for (size_t i = 0; i < sizeof block_kinds / sizeof *block_kinds; i++)
        if (strncmp(begin, block_kinds[i].begin, strlen(block_kinds[i].begin)) == 0)
            return &block_kinds[i];
    return NULL;
}

/* The bytes that a block's base64 stands for; NULL: it is none. */
static unsigned char *block_decode(struct arena *arena, const char *text, size_t n, size_t *len)
{
    char *digits = arena_alloc(arena, n + 1);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", text[i]))
            digits[kept++] = text[i];
    return base64_decode(arena, digits, kept, len);
}

int public_key_from_pem(struct arena *arena, const char **text, struct public_key *out,
                        struct err *e)
{
    const char *begin = strstr(*text, "-----BEGIN ");
    if (!begin)
        return 0;
    const struct block_kind *kind = block_kind_of(begin);
    if (!kind)
        return err_set(e, ERR_INVALID,
                       "only blocks \"PUBLIC KEY\" and \"CERTIFICATE\" are read from a PEM text, "
                       "and this is another (a private key does not belong here)");
    begin += strlen(kind->begin);
    const char *end = strstr(begin, kind->end);
    if (!end)
        return err_set(e, ERR_INVALID, "\"%s\" is missing", kind->end);
    size_t n;
    unsigned char *der = block_decode(arena, begin, (size_t)(end - begin), &n);
    if (!der)
        return err_set(e, ERR_INVALID, "what is between \"%s\" and its end is not base64",
                       kind->begin);
    if (accept_key(arena, kind->read(der, n), out, e) != 0)
        return -1;
    *text = end + strlen(kind->end);
    return 1;
}

/* --- JWK --- */

struct octets {
    unsigned char *data;
    size_t len;
};

static int jwk_octets(struct arena *arena, const struct json *jwk, const char *name,
                      struct octets *out, struct err *e)
{
    size_t n;
    const char *text = json_string(json_get(jwk, name), &n);
    if (text && (out->data = base64url_decode(arena, text, n, &out->len)))
        return 0;
    return err_set(e, ERR_INVALID, "\"%s\" of a JWK must be base64url without padding", name);
}

/* Base64urlUInt (RFC 7518, section 2): as few octets as can be. */
static int jwk_number(struct arena *arena, const struct json *jwk, const char *name, BIGNUM **out,
                      struct err *e)
{
    struct octets number = {0};
    if (jwk_octets(arena, jwk, name, &number, e) != 0)
        return -1;
    if (number.len == 0 || number.data[0] == 0 || number.len > RSA_BITS_MAX / 8)
        return err_set(e, ERR_INVALID,
                       "\"%s\" of a JWK must be a number of at most %d bits without leading zeros",
                       name, RSA_BITS_MAX);
    *out = BN_bin2bn(number.data, (int)number.len, NULL);
    return *out ? 0 : err_set(e, ERR_INTERNAL, "there is no memory for a key");
}

static EVP_PKEY *make_key(const char *type, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params && context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static int jwk_rsa(struct arena *arena, const struct json *jwk, struct public_key *out,
                   struct err *e)
{
    BIGNUM *n = NULL, *exponent = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    int rc = jwk_number(arena, jwk, "n", &n, e);
    if (rc == 0)
        rc = jwk_number(arena, jwk, "e", &exponent, e);
    if (rc == 0) {
        EVP_PKEY *key = NULL;
        if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
            OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent))
            key = make_key("RSA", builder);
        rc = accept_key(arena, key, out, e);
    }
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(exponent);
    return rc;
}

static int jwk_ec(struct arena *arena, const struct json *jwk, struct public_key *out,
                  struct err *e)
{
    size_t n;
    const char *curve = json_string(json_get(jwk, "crv"), &n);
    if (!curve || n != strlen("P-256") || memcmp(curve, "P-256", n) != 0)
        return err_set(e, ERR_INVALID, "\"crv\" of an EC key must be \"P-256\"");
    struct octets x = {0}, y = {0};
    if (jwk_octets(arena, jwk, "x", &x, e) != 0 || jwk_octets(arena, jwk, "y", &y, e) != 0)
        return -1;
    if (x.len != COORDINATE_SIZE || y.len != COORDINATE_SIZE)
        return err_set(e, ERR_INVALID, "\"x\" and \"y\" of a P-256 key must be %d bytes each",
                       COORDINATE_SIZE);
    unsigned char point[1 + 2 * COORDINATE_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, x.data, COORDINATE_SIZE);
    memcpy(point + 1 + COORDINATE_SIZE, y.data, COORDINATE_SIZE);

    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1,
                                        0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point))
        key = make_key("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return accept_key(arena, key, out, e);
}

int public_key_from_jwk(struct arena *arena, const struct json *jwk, struct public_key *out,
                        struct err *e)
{
    static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    const struct json *ignored;
    for (size_t i = 0; i < sizeof private_members / sizeof *private_members; i++)
        if (json_member(jwk, private_members[i], &ignored))
            return err_set(e, ERR_INVALID,
                           "a JWK with \"%s\" is a secret, and only public keys belong here",
                           private_members[i]);
    size_t n;
    const char *type = json_string(json_get(jwk, "kty"), &n);
    if (type && n == 3 && memcmp(type, "RSA", n) == 0)
        return jwk_rsa(arena, jwk, out, e);
    if (type && n == 2 && memcmp(type, "EC", n) == 0)
        return jwk_ec(arena, jwk, out, e);
    return err_set(e, ERR_INVALID, "\"kty\" of a JWK must be \"RSA\" or \"EC\"");
}
