/*
 * Hashes (OpenSSL).
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include <stddef.h>

#define SHA256_HEX_SIZE 65

/* SHA-256 (FIPS 180-4) as 64 lower-case hex digits. */
void hash_sha256_hex(const void *data, size_t n, char out[SHA256_HEX_SIZE]);

#endif
