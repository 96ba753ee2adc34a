/*
 * Use cases: access and refresh tokens (RFC 6749, RFC 9068).
 */
#ifndef SERVICE_TOKENS_H
#define SERVICE_TOKENS_H

#include "usecase.h"

/* A private claim of access tokens: the id of the API key that they were given for. */
#define TOKEN_KEY_CLAIM "key"

struct tokens {
    const char *user_id;
    const char *access;  /* JWT */
    int64_t expires_in;  /* seconds */
    const char *refresh; /* NULL: none */
};

/* Signs in and gives a refresh token of a new family. */
int tokens_by_password(struct service *sv, struct call *c, const char *name, const char *password,
                       struct tokens *out, struct err *e);
/* For an API key: the same limits hold for the access token. No refresh token. client_id is the
 * key's id, client_secret the whole key. ERR_UNAUTHENTICATED. */
int tokens_by_key(struct service *sv, struct call *c, const char *client_id,
                  const char *client_secret, struct tokens *out, struct err *e);
/* A new pair for a refresh token, which is used up. ERR_UNAUTHENTICATED where it is unknown, ended
 * or expired; where it was used before its whole family ends, and that is audited
 * (refresh.reused). */
int tokens_by_refresh(struct service *sv, struct call *c, const char *refresh, struct tokens *out,
                      struct err *e);
/* An access token for a user, by whoever can read the secret: approvalctl. minutes 0: as usual.
 * ERR_NOT_FOUND "User not found". Audited (token.issued). */
int tokens_by_operator(struct service *sv, struct call *c, const char *user_id, int64_t minutes,
                       struct tokens *out, struct err *e);
/* Ends the refresh token's family (refresh NULL: none) and the caller's session (if he has one).
 * What is unknown is ended already: 0. */
int tokens_end(struct service *sv, struct call *c, const char *refresh, struct err *e);
/* Ends everything that a user is signed in with. ERR_NOT_FOUND "User not found". */
int tokens_end_all(struct service *sv, struct call *c, const char *user_id, struct err *e);

#endif
