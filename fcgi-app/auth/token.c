#include "token.h"

#include "base/base64.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"
#include "crypto/signature.h"
#include "token_parts.h"

#include <jwt.h>
#include <string.h>

#define KEY_SIZE_MAX 16384
/* What RSA keys of 2048 to 8192 bits sign with; the exact length is checked with the key. */
#define RSA_SIGNATURE_MIN 256
#define RSA_SIGNATURE_MAX 1024

static const char pem_public[] = "-----BEGIN PUBLIC KEY-----\n";

/* A public key is known to everybody: as a secret it would let anybody sign. */
static bool is_secret(const struct token_key *key)
{
    return key->alg == TOKEN_HS256 && key->bytes && key->len >= TOKEN_SECRET_MIN &&
           key->len <= KEY_SIZE_MAX && !memmem(key->bytes, key->len, "-----BEGIN", 10);
}

/* No colon: with "Proc-Type: 4,ENCRYPTED" OpenSSL would ask for a pass phrase on the terminal. */
static bool is_public(const struct token_key *key)
{
    return key->alg != TOKEN_HS256 && key->bytes && key->len > sizeof pem_public &&
           key->len <= KEY_SIZE_MAX && !memcmp(key->bytes, pem_public, sizeof pem_public - 1) &&
           !memchr(key->bytes, ':', key->len);
}

static void hmac_add(struct str *out, const struct token_key *key, const char *text, size_t n)
{
    unsigned char mac[HMAC_SIZE];
    hmac_sha256(key->bytes, key->len, text, n, mac);
    base64url_add(out, mac, sizeof mac);
}

static bool secret_signed(const struct token_parts *parts, const struct token_key *key)
{
    struct str wanted = STR_INIT;
    if (!is_secret(key))
        return false;
    hmac_add(&wanted, key, parts->token, parts->signed_len);
    bool good = secret_equal(wanted.buf, parts->text[TOKEN_SIGNATURE]);
    str_release(&wanted);
    return good;
}

/* libjwt believes the header, takes anything when the key is empty, and checks no claims: by now
 * the header has been read, the key is of the algorithm's kind, and the claims come after. */
static bool libjwt_signed(const struct token_parts *parts, const struct token_key *key)
{
    static const jwt_alg_t algs[] = {[TOKEN_RS256] = JWT_ALG_RS256, [TOKEN_ES256] = JWT_ALG_ES256};
    jwt_t *jwt = NULL;
    bool good =
        jwt_decode(&jwt, parts->token, (const unsigned char *)key->bytes, (int)key->len) == 0 &&
        jwt_get_alg(jwt) == algs[key->alg];
    jwt_free(jwt);
    return good;
}

static bool public_signed(const struct token_parts *parts, const struct token_header *header,
                          const struct token_key *key)
{
    size_t n = parts->len[TOKEN_SIGNATURE];
    if (!is_public(key))
        return false;
    if (key->alg == TOKEN_ES256 ? n != SIGNATURE_P256_SIZE
                                : n < RSA_SIGNATURE_MIN || n > RSA_SIGNATURE_MAX)
        return false;
    if (header->typ_bare)
        return libjwt_signed(parts, key);
    /* libjwt refuses every typ but JWT, and access tokens of RFC 9068 are at+jwt. */
    return signature_verify(key->alg == TOKEN_ES256 ? PUBLIC_KEY_P256 : PUBLIC_KEY_RSA, key->bytes,
                            key->len, parts->token, parts->signed_len,
                            parts->bytes[TOKEN_SIGNATURE], n);
}

static bool has_kid(const struct token_key *key, const struct token_header *header)
{
    return key->kid && strlen(key->kid) == header->kid_len &&
           !memcmp(key->kid, header->kid, header->kid_len);
}

/* The one key that fits; never one after the other until one does. */
static const struct token_key *key_choose(const struct token_keys *keys,
                                          const struct token_header *header,
                                          enum token_trouble *trouble, struct err *e)
{
    const struct token_key *found = NULL;
    size_t fitting = 0, named = 0;
    for (size_t i = 0; i < keys->count; i++) {
        const struct token_key *key = &keys->list[i];
        if (header->kid && !has_kid(key, header))
            continue;
        named++;
        if (key->alg != header->alg)
            continue;
        found = key;
        fitting++;
    }
    if (fitting == 1)
        return found;
    if (header->kid && !named)
        *trouble = TOKEN_UNKNOWN_KID;
    err_set(e, ERR_UNAUTHENTICATED,
            fitting       ? "the token does not say which of several keys it is signed with"
            : header->kid ? "the token names a key that is not known for its algorithm"
                          : "no key is known for the token's algorithm");
    return NULL;
}

int token_peek(struct arena *arena, const char *token, const char **alg, const char **issuer,
               struct err *e)
{
    struct token_parts parts;
    struct token_header header;
    const struct json *claims = NULL;
    *issuer = NULL;
    if (token_split(arena, token, &parts, e) || token_header_read(arena, &parts, &header, e))
        return -1;
    /* HS256 is our secret, whoever signed with it. */
    if (header.alg != TOKEN_HS256 && (token_object(arena, &parts, TOKEN_CLAIMS, &claims, e) < 0 ||
                                      token_issuer_read(claims, issuer, e) < 0))
        return -1;
    *alg = token_alg_name(header.alg);
    return 0;
}

int token_verify(struct arena *arena, const char *token, const struct token_keys *keys,
                 const struct token_rules *rules, struct token_claims *out,
                 enum token_trouble *trouble, struct err *e)
{
    struct token_parts parts;
    struct token_header header;
    *trouble = TOKEN_REFUSED;
    if (token_split(arena, token, &parts, e) || token_header_read(arena, &parts, &header, e))
        return -1;
    const struct token_key *key = key_choose(keys, &header, trouble, e);
    if (!key)
        return -1;
    if (key->alg == TOKEN_HS256 ? !secret_signed(&parts, key)
                                : !public_signed(&parts, &header, key))
        return err_set(e, ERR_UNAUTHENTICATED, "the token's signature is not right");
    return token_claims_read(arena, &parts, rules, out, e);
}

static void header_add(struct str *out, const struct token_key *key)
{
    struct str header = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &header);
    jsonw_object(&w);
    jsonw_kstring(&w, "alg", token_alg_name(key->alg));
    jsonw_kstring(&w, "typ", "at+jwt");
    if (key->kid)
        jsonw_kstring(&w, "kid", key->kid);
    jsonw_end(&w);
    base64url_add(out, header.buf, header.len);
    str_release(&header);
}

int token_sign(struct str *out, const struct token_key *key, const char *claims, struct err *e)
{
    struct str token = STR_INIT;
    if (!is_secret(key))
        return err_set(e, ERR_INTERNAL, "the key for signing tokens is no secret of %d bytes",
                       TOKEN_SECRET_MIN);
    header_add(&token, key);
    str_addch(&token, '.');
    base64url_add(&token, claims, strlen(claims));
    size_t signed_len = token.len;
    str_addch(&token, '.');
    hmac_add(&token, key, token.buf, signed_len);
    bool fits = token.len <= TOKEN_SIZE_MAX;
    if (fits)
        str_addn(out, token.buf, token.len);
    str_release(&token);
    return fits ? 0 : err_set(e, ERR_INTERNAL, "the claims are too many for a token");
}
