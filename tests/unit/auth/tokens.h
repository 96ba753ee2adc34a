/*
 * Makes tokens as an attacker would: any header, any claims, any signature.
 */
#ifndef TESTS_UNIT_AUTH_TOKENS_H
#define TESTS_UNIT_AUTH_TOKENS_H

#include "auth/token.h"
#include "check.h"

#include <openssl/evp.h>

#define TOKENS_NOW INT64_C(1700000000) /* seconds */
#define TOKENS_SECRET "correct horse battery staple 1234"
#define TOKENS_HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define TOKENS_CLAIMS "{\"sub\":\"maria\",\"exp\":1700000600}"

/* Our own key, and rules that ask for nothing. */
extern const struct token_key tokens_secret;
extern const struct token_keys tokens_ours;
extern const struct token_rules tokens_rules;

struct tokens_pair {
    EVP_PKEY *key;
    struct token_key public; /* its bytes are to be freed */
};
void tokens_pair_make(struct tokens_pair *pair, enum token_alg alg, const char *kid);
void tokens_pair_release(struct tokens_pair *pair);

/* Everything below is in the arena. */

/* header and claims as base64url, a dot between them. */
char *tokens_body(struct arena *arena, const char *header, const char *claims);
/* body with a dot and the bytes as base64url behind it. */
char *tokens_with(struct arena *arena, const char *body, const void *signature, size_t n);

/* Signed with HMAC-SHA-256, whatever the header says. */
char *tokens_hmac(struct arena *arena, const char *header, const char *claims, const void *secret,
                  size_t n);
/* The signature as JOSE has it: of RSA with PKCS #1 v1.5, of ECDSA r and s. */
unsigned char *tokens_signature(struct arena *arena, EVP_PKEY *key, const char *body, size_t *n);
/* The same as OpenSSL gives it: DER for ECDSA. */
unsigned char *tokens_signature_raw(struct arena *arena, EVP_PKEY *key, const char *body,
                                    size_t *n);
char *tokens_signed(struct arena *arena, const char *header, const char *claims, EVP_PKEY *key);
/* Signed with the secret of ours and the usual header. */
char *tokens_claiming(struct arena *arena, const char *claims);
char *tokens_heading(struct arena *arena, const char *header);

/* Accepted, for maria? */
bool tokens_accepted(const char *token, const struct token_keys *keys,
                     const struct token_rules *rules);
/* Refused as it must be: ERR_UNAUTHENTICATED, nothing given out, the words of the sentence within
 * the message, the trouble as wanted. Says what was wrong on stderr. */
bool tokens_refused(const char *token, const struct token_keys *keys,
                    const struct token_rules *rules, enum token_trouble wanted, const char *words);

/* What is refused of tokens with our secret, for the reason given. */
#define CHECK_REFUSED(token, words) \
    CHECK(tokens_refused((token), &tokens_ours, &tokens_rules, TOKEN_REFUSED, (words)))
#define CHECK_ACCEPTED(token) CHECK(tokens_accepted((token), &tokens_ours, &tokens_rules))

#endif
