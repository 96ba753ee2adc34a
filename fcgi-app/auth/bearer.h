/*
 * What we give out to be shown again: API keys, refresh tokens, session
 * cookies, set-up links. 32 random bytes as text behind a prefix that tells
 * what it is (and is found by scanners of leaked secrets); kept only as
 * SHA-256, which suffices for so much randomness.
 */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>

#define BEARERS(X)     \
    X(API_KEY, "apk_") \
    X(REFRESH, "apr_") \
    X(SESSION, "aps_") \
    X(SETUP, "apl_")

enum bearer_kind {
#define X(name, prefix) BEARER_##name,
    BEARERS(X)
#undef X
        BEARER_COUNT
};

#define BEARER_SIZE 64

struct bearer {
    char text[BEARER_SIZE];
    char sha256[SHA256_HEX_SIZE]; /* of the text */
};

/* An API key's text holds its id, so that it is found and recognised: "apk_<id>_<random>". id is
 * NULL for the others. */
void bearer_new(enum bearer_kind kind, const char *id, struct bearer *out);

/* Whether text looks like one of that kind; sha256 is filled in then. */
bool bearer_read(enum bearer_kind kind, const char *text, char sha256[SHA256_HEX_SIZE]);

#define API_KEY_ID_SIZE 13 /* 12 lower-case letters and digits */
void bearer_new_id(char out[API_KEY_ID_SIZE]);
/* The id within an API key's text. False: it has none. */
bool bearer_id(const char *text, char out[API_KEY_ID_SIZE]);

#endif
