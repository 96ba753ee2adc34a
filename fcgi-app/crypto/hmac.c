#include "hmac.h"

#include "secret.h"
#include "sodium_once.h"

#include <sodium.h>

_Static_assert(HMAC_SIZE == crypto_auth_hmacsha256_BYTES, "the size of a SHA-256");
_Static_assert(HMAC_HEX_SIZE == 2 * HMAC_SIZE + 1, "two digits a byte");

void hmac_sha256(const void *key, size_t key_len, const void *data, size_t n,
                 unsigned char out[HMAC_SIZE])
{
    sodium_once();
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_len);
    crypto_auth_hmacsha256_update(&state, data, n);
    crypto_auth_hmacsha256_final(&state, out); /* which wipes what is left of the key */
}

void hmac_sha256_hex(const void *key, size_t key_len, const void *data, size_t n,
                     char out[HMAC_HEX_SIZE])
{
    unsigned char mac[HMAC_SIZE];
    hmac_sha256(key, key_len, data, n, mac);
    sodium_bin2hex(out, HMAC_HEX_SIZE, mac, sizeof mac);
    secret_wipe(mac, sizeof mac);
}
