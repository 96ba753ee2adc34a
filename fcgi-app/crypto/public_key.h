/*
 * Public keys that tokens of others are verified with (OpenSSL 3): RSA of
 * 2048 to 8192 bits with an odd exponent from 65537 (FIPS 186-5) to 64 bits,
 * and EC on the named curve P-256; nothing else.
 */
#ifndef CRYPTO_PUBLIC_KEY_H
#define CRYPTO_PUBLIC_KEY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

enum public_key_kind { PUBLIC_KEY_RSA, PUBLIC_KEY_P256 };

struct public_key {
    enum public_key_kind kind;
    const char *pem; /* SubjectPublicKeyInfo, as libjwt takes it; in the arena */
};

/* The next "-----BEGIN PUBLIC KEY-----" or "-----BEGIN CERTIFICATE-----" block (RFC 7468) of *text,
 * which is moved past it; what stands between blocks is passed over. 1 read, 0 no more blocks, -1
 * with ERR_INVALID: any other block (a private key is one), another kind of key, or one that is too
 * short. Of a certificate only the key matters, not who signed it or how long it is valid. */
int public_key_from_pem(struct arena *arena, const char **text, struct public_key *out,
                        struct err *e);

/* A JWK (RFC 7517, RFC 7518 section 6). ERR_INVALID for kinds that are not ours, for members that
 * are not canonical base64url, a point that is not on the curve, and private or symmetric keys. */
int public_key_from_jwk(struct arena *arena, const struct json *jwk, struct public_key *out,
                        struct err *e);

#endif
