/*
 * Signing in by password: the same work and the same answer whether the name
 * is known or not, slower with each failure.
 */
#ifndef SERVICE_PASSWORD_H
#define SERVICE_PASSWORD_H

#include "usecase.h"

#define PASSWORD_MIN 12   /* characters */
#define PASSWORD_MAX 1024 /* bytes */

/*
 * *user_id is the user's, in the arena. ERR_UNAUTHENTICATED for an unknown name, one without a
 * password, a removed user, a wrong password. ERR_TOO_MANY with retry_after: after 5 failures with
 * a name from an address the next try from there must wait, 1 s first, twice as long each time, 15
 * minutes at most; a success ends it. After 100 failures with a name from anywhere within an hour
 * of each other, addresses that the user never signed in from must wait, too, 60 s at most. Each
 * try counts as a failure until it has succeeded, so that many at once are no way round it. Both
 * are audited (sign_in.succeeded, sign_in.failed; the name only where it is a user's).
 */
int password_check(struct service *sv, struct call *c, const char *name, const char *password,
                   const char **user_id, struct err *e);

/* For an apply half: what a success brings. */
typedef int password_then(struct service *sv, struct call *c, struct session *s,
                          const char *user_id, int64_t now, void *arg, struct err *e);
/* The same, and what follows in the transaction that the success is written in: nobody gets
 * anything for a password that was replaced while it was verified. */
int password_check_then(struct service *sv, struct call *c, const char *name, const char *password,
                        password_then *then, void *arg, const char **user_id, struct err *e);

/* ERR_INVALID naming pointer: too short, too long, or the user's own id. */
int password_acceptable(struct arena *arena, const char *user_id, const char *password,
                        const char *pointer, struct err *e);

/* For an apply half: kept under a hash made before; ends what was signed in with the one before:
 * sessions, refresh tokens, set-up links, and access tokens (tokens_from). */
int password_keep(struct session *s, struct arena *arena, const char *user_id, const char *hash,
                  int64_t now, struct err *e);

/* Changes it for the caller, who must know the present one; tries count as in password_check. */
int password_change(struct service *sv, struct call *c, const char *present, const char *wanted,
                    struct err *e);

#endif
