#include "signature.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define P256_COORDINATE (SIGNATURE_P256_SIZE / 2)
#define DER_MAX 80 /* of two integers of 33 bytes: 72 */

/* OpenSSL's own would ask on the terminal. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
    (void)buf, (void)size, (void)writing, (void)arg;
    return -1;
}

static EVP_PKEY *key_read(const char *pem, size_t len)
{
    BIO *in = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
    EVP_PKEY *key = in ? PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL) : NULL;
    BIO_free(in);
    return key;
}

static bool key_is(const EVP_PKEY *key, enum public_key_kind kind)
{
    char group[32] = "";
    switch (kind) {
    case PUBLIC_KEY_RSA:
        return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    case PUBLIC_KEY_P256:
        return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
               EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
               !strcmp(group, "prime256v1");
    }
    return false;
}

/* OpenSSL wants r and s in DER. 0: not possible. */
static size_t p256_to_der(const unsigned char *raw, unsigned char der[DER_MAX])
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, P256_COORDINATE, NULL);
    BIGNUM *s = BN_bin2bn(raw + P256_COORDINATE, P256_COORDINATE, NULL);
    int n = 0;
    if (pair && ECDSA_SIG_set0(pair, r, s) == 1) { /* now its own */
        r = s = NULL;
        n = i2d_ECDSA_SIG(pair, NULL);
        n = n > 0 && n <= DER_MAX ? i2d_ECDSA_SIG(pair, &der) : 0;
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    return n > 0 ? (size_t)n : 0;
}

static bool is_signed(EVP_PKEY *key, const void *data, size_t n, const unsigned char *signature,
                      size_t signature_len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, signature, signature_len, data, n) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

static bool verify_with(EVP_PKEY *key, enum public_key_kind kind, const void *data, size_t n,
                        const unsigned char *signature, size_t len)
{
    unsigned char der[DER_MAX];
    if (kind == PUBLIC_KEY_RSA)
        return len == (size_t)EVP_PKEY_get_size(key) && is_signed(key, data, n, signature, len);
    size_t der_len = len == SIGNATURE_P256_SIZE ? p256_to_der(signature, der) : 0;
    return der_len && is_signed(key, data, n, der, der_len);
}

bool signature_verify(enum public_key_kind kind, const char *pem, size_t pem_len, const void *data,
                      size_t n, const unsigned char *signature, size_t signature_len)
{
    EVP_PKEY *key = key_read(pem, pem_len);
    bool good =
        key && key_is(key, kind) && verify_with(key, kind, data, n, signature, signature_len);
    EVP_PKEY_free(key);
    ERR_clear_error(); /* a refusal leaves entries that somebody else would read as his */
    return good;
}
