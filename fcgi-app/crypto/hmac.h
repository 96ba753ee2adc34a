/*
 * HMAC-SHA-256 (RFC 2104, FIPS 198-1; libsodium).
 */
#ifndef CRYPTO_HMAC_H
#define CRYPTO_HMAC_H

#include <stddef.h>

#define HMAC_SIZE 32
#define HMAC_HEX_SIZE 65

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t n,
                 unsigned char out[HMAC_SIZE]);
/* As 64 lower-case hex digits. */
void hmac_sha256_hex(const void *key, size_t key_len, const void *data, size_t n,
                     char out[HMAC_HEX_SIZE]);

#endif
