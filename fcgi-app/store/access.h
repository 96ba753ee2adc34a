/*
 * The part of the store's contract that signing in needs: passwords, tickets,
 * API keys, identities elsewhere, key sets of issuers. What is secret is kept
 * hashed; times are microseconds, 0: never. As in store.h otherwise.
 */
#ifndef STORE_ACCESS_H
#define STORE_ACCESS_H

#include "store.h"

struct password_row {
    const char *user_id, *hash; /* hash: as crypto/password.h makes it */
    int64_t changed_at;
};

/* How often somebody failed to sign in: with a name, from an address ("*": from anywhere). */
struct attempt_row {
    const char *name_sha256; /* of the name he gave, which may be nobody's */
    const char *address;
    int64_t failures; /* since the last success */
    int64_t last_at, blocked_until, succeeded_at;
};

/* What proves for a time who somebody is: a session cookie, a refresh token, a set-up link. */
#define TICKET_SESSION "session"
#define TICKET_REFRESH "refresh"
#define TICKET_SETUP "setup"

struct ticket_row {
    const char *sha256; /* of what he holds */
    const char *kind, *user_id;
    const char *family; /* refresh tokens of one sign-in; of others: their own sha256 */
    int64_t created_at, used_at, expires_at;
    int64_t ended_at; /* before it expired */
};

struct api_key_row {
    const char *id;      /* public: part of the key */
    const char *sha256;  /* of the whole key */
    const char *user_id; /* whom it signs in */
    const char *name, *created_by;
    const char *const *roles; /* of the user's roles, those that it carries; sorted, distinct */
    size_t role_count;
    const char *const *workflows; /* ids that it reaches; none: all */
    size_t workflow_count;
    const char *const *act_as; /* users that it may act for */
    size_t act_as_count;
    int64_t created_at, expires_at, used_at, revoked_at;
};

/* Who somebody is that signed in elsewhere. */
struct identity_row {
    const char *issuer, *subject, *user_id;
    int64_t claims_at; /* iat of the token whose roles and groups were written last */
    int64_t created_at;
};

struct key_set_row {
    const char *issuer;
    const char *keys; /* JWKS as it was fetched; "": not yet */
    int64_t fetched_at;
    int64_t wanted_at; /* somebody brought a token signed with a key that is not among them */
};

/* 1 found, 0 not there, -1 error. */
int store_password_get(struct session *s, struct arena *a, const char *user_id,
                       struct password_row *out, struct err *e);
int store_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                      const char *address, struct attempt_row *out, struct err *e);
int store_ticket_get(struct session *s, struct arena *a, const char *sha256, struct ticket_row *out,
                     struct err *e);
int store_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                      struct err *e);
int store_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                       struct identity_row *out, struct err *e);
int store_key_set_get(struct session *s, struct arena *a, const char *issuer,
                      struct key_set_row *out, struct err *e);
/* In order of id, revoked and expired ones too. */
int store_api_key_list(struct session *s, struct arena *a, const struct page *page,
                       struct api_key_row **rows, size_t *n, struct err *e);
/* Whether anybody who is not removed has a password (the hash "" is none): 1, 0, -1. */
int store_password_any(struct session *s, struct err *e);

/* Writing: each creates the row or replaces it. */
int store_password_put(struct session *s, const struct password_row *r, struct err *e);
int store_attempt_put(struct session *s, const struct attempt_row *r, struct err *e);
int store_ticket_put(struct session *s, const struct ticket_row *r, struct err *e);
int store_api_key_put(struct session *s, const struct api_key_row *r, struct err *e);
int store_identity_put(struct session *s, const struct identity_row *r, struct err *e);
int store_key_set_put(struct session *s, const struct key_set_row *r, struct err *e);

/* Ends those that have not ended: of a family, or (family NULL) of a user; kind NULL: every kind.
 */
int store_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                     int64_t now, struct err *e);
/* Removes up to limit tickets that expired before then, and attempts last made before it. */
int store_access_forget(struct session *s, int64_t before, size_t limit, struct err *e);

#endif
