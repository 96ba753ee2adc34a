/*
 * What token.c, token_parts.c, token_claims.c and token_keys.c share; nobody
 * else includes this, token.h is the contract. Everything is in the arena.
 * Whatever is refused is refused with ERR_UNAUTHENTICATED.
 */
#ifndef AUTH_TOKEN_PARTS_H
#define AUTH_TOKEN_PARTS_H

#include "token.h"

enum token_part { TOKEN_HEADER, TOKEN_CLAIMS, TOKEN_SIGNATURE, TOKEN_PART_COUNT };

struct token_parts {
    const char *token;
    const char *text[TOKEN_PART_COUNT]; /* base64url within token; ends at a dot or at the NUL */
    const unsigned char *bytes[TOKEN_PART_COUNT];
    size_t len[TOKEN_PART_COUNT]; /* of bytes */
    size_t signed_len;            /* what the signature is over: this much of token */
};

struct token_header {
    enum token_alg alg;
    bool typ_bare;   /* typ is JWT, or there is none: all that libjwt takes */
    const char *kid; /* NULL: none */
    size_t kid_len;  /* it may contain NUL bytes */
};

/* "HS256" for TOKEN_HS256. */
const char *token_alg_name(enum token_alg alg);
/* false: none of ours. Names are compared exactly (RFC 7515, section 4.1.1). */
bool token_alg_find(const struct json *name, enum token_alg *alg);

/* A string of JSON that has no NUL byte and is not empty; NULL for anything else. */
const char *token_text(const struct json *v);

/* Exactly three parts, none empty, each the one canonical base64url of its bytes. */
int token_split(struct arena *arena, const char *token, struct token_parts *out, struct err *e);

/* One of the first two parts as a strict JSON object. */
int token_object(struct arena *arena, const struct token_parts *parts, enum token_part which,
                 const struct json **out, struct err *e);

int token_header_read(struct arena *arena, const struct token_parts *parts,
                      struct token_header *out, struct err *e);

/* iss, which may be missing (NULL) but must be a text where it is there. */
int token_issuer_read(const struct json *claims, const char **out, struct err *e);

/* The claims of a token whose signature has been verified. */
int token_claims_read(struct arena *arena, const struct token_parts *parts,
                      const struct token_rules *rules, struct token_claims *out, struct err *e);

#endif
