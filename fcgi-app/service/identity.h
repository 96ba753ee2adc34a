/*
 * Users that others vouch for: a token names one, an issuer's token one of
 * its own, a proxy one. Who is new is created; roles and groups follow the
 * claims. So who signs tokens decides who is an administrator here.
 */
#ifndef SERVICE_IDENTITY_H
#define SERVICE_IDENTITY_H

#include "base/json.h"
#include "usecase.h"

#define IDENTITY_CLAIMS_MAX 100 /* roles, or groups, of one token */

struct vouched {
    const char *issuer; /* NULL: ours, or a program that shares our secret: subject is a user id */
    const char *subject;
    const struct json *claims; /* NULL: none */
    int64_t issued_at;         /* microseconds; 0: not said, then claims are not written */
};

/*
 * For a read session: 1 with the user's row, who may sign in as he is; 0: something must be written
 * first (identity_keep): he is new, or his claims may be; -1 with ERR_UNAUTHENTICATED for a user
 * who was removed, for a token from before his tokens_from, and the store's errors.
 */
int identity_find(struct service *sv, struct session *s, struct arena *arena,
                  const struct vouched *v, struct user_row *out, struct err *e);

/*
 * The same, writing what must be. A new user has the default roles (audited as user.created, by
 * himself). Roles and groups are written where the claims name them (an array of names, or a text
 * of them separated by blanks; anything else is left with a warning), differ from what is stored,
 * and come from a later token than the last that was written; what an administrator changed after
 * the token was issued stays (roles of the user; a group). Groups that do not exist are created;
 * what the claims do not name is left. ERR_FORBIDDEN for an issuer's new subject whose name is a
 * user's already: an administrator must link them first. ERR_UNAUTHENTICATED for a subject that is
 * no id, and for a removed user.
 */
int identity_keep(struct service *sv, struct call *c, const struct vouched *v, struct user_row *out,
                  struct err *e);

/* Links an issuer's subject to a user that exists (ERR_NOT_FOUND "User not found"). ERR_INVALID
 * where one of them is empty. Audited as user.linked. */
int identity_link(struct service *sv, struct call *c, const char *issuer, const char *subject,
                  const char *user_id, struct err *e);

#endif
