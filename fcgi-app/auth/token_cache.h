/*
 * Tokens of ours that were verified, so that they need not be parsed and
 * checked again with each request of one who sends many. What a token says
 * does not change; what may end it before it expires is looked up each time.
 */
#ifndef AUTH_TOKEN_CACHE_H
#define AUTH_TOKEN_CACHE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct token_cache; /* for all threads of a process; keeps hashes of tokens, not tokens */

struct cached_token {
    const char *subject;
    const char *key; /* the API key it was given for; NULL: none */
    int64_t issued_at, expires_at;
};

struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache **c);

/* Strings of *out live in arena. False: it is not there, or has expired by now. */
bool token_cache_find(struct token_cache *c, struct arena *arena, const char *token, int64_t now,
                      struct cached_token *out);
/* May take the place of another. */
void token_cache_keep(struct token_cache *c, const char *token, const struct cached_token *t);

#endif
