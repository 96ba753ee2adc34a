/*
 * JSON Web Tokens (RFC 7519, RFC 8725): signed with a secret of ours (HS256)
 * or verified with public keys of others (RS256, ES256). The key says which
 * algorithm it takes; what a token asks for is only compared with that.
 */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOKEN_SIZE_MAX 8192
#define TOKEN_SECRET_MIN 32 /* bytes of an HS256 key */
#define TOKEN_LEEWAY_US (INT64_C(60) * 1000000)

enum token_alg { TOKEN_HS256, TOKEN_RS256, TOKEN_ES256 };

struct token_key {
    const char *kid; /* NULL: no token can name it, and none need if it is the only one that fits */
    enum token_alg alg;
    const char *bytes; /* the secret, or a public key as crypto/public_key.h makes its PEM */
    size_t len;
};

struct token_keys {
    const struct token_key *list;
    size_t count;
};

/* What must hold besides the signature. */
struct token_rules {
    int64_t now;
    const char *issuer;   /* that iss must be; NULL: any, or none */
    const char *audience; /* that aud must be or hold; NULL: not asked */
};

struct token_claims {
    const char *issuer; /* NULL: none */
    const char *subject;
    int64_t issued_at; /* 0: not said */
    int64_t expires_at;
    const struct json *all; /* the whole set */
};

/* Why a token was refused, where somebody must do something about it. */
enum token_trouble { TOKEN_REFUSED, TOKEN_UNKNOWN_KID };

/* The keys of a JWKS (RFC 7517, section 5) that are for verifying signatures with RS256 or ES256;
 * others are passed over. ERR_INVALID: no key set at all. */
int token_keys_read(struct arena *arena, const struct json *set, struct token_keys *out,
                    struct err *e);

/* What a token says of itself before anybody believes it, for choosing the keys: alg and, unless
 * that is HS256, iss (NULL: none), in the arena. -1 with ERR_UNAUTHENTICATED as token_verify. */
int token_peek(struct arena *arena, const char *token, const char **alg, const char **issuer,
               struct err *e);

/*
 * Refused (ERR_UNAUTHENTICATED, a sentence without anything of the token): longer than
 * TOKEN_SIZE_MAX; not three parts in canonical base64url; header or claims that are no strict JSON
 * object; alg that is not the chosen key's, so `none` in any spelling; crit, or b64; typ that is
 * none of JWT and at+jwt (any case, with or without "application/"); a kid that no key has
 * (*trouble is TOKEN_UNKNOWN_KID), or none where several keys fit; a signature that does not
 * verify, RSA signatures of another length than the key's included; exp or sub missing; exp passed,
 * nbf or iat ahead of now, each by more than TOKEN_LEEWAY_US; times that are no whole or decimal
 * numbers; iss or aud not as the rules ask. Keys that are empty, or HS256 keys that look like PEM
 * or are too short, verify nothing.
 */
int token_verify(struct arena *arena, const char *token, const struct token_keys *keys,
                 const struct token_rules *rules, struct token_claims *out,
                 enum token_trouble *trouble, struct err *e);

/* Signs claims (a JSON object) with an HS256 key; typ is at+jwt (RFC 9068). ERR_INTERNAL. */
int token_sign(struct str *out, const struct token_key *key, const char *claims, struct err *e);

#endif
