/*
 * Signatures of others, checked with a public key (OpenSSL 3), as JOSE has
 * them (RFC 7518, sections 3.3 and 3.4): RSA with PKCS #1 v1.5 padding, ECDSA
 * on P-256; both over SHA-256.
 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include "public_key.h"

#include <stdbool.h>
#include <stddef.h>

#define SIGNATURE_P256_SIZE 64 /* r and s, big-endian, 32 bytes each */

/* pem is what public_key.h makes. false, too: a key that cannot be read or is of another kind; a
 * signature of another length than the key's. */
bool signature_verify(enum public_key_kind kind, const char *pem, size_t pem_len, const void *data,
                      size_t n, const unsigned char *signature, size_t signature_len);

#endif
