/*
 * The audit entry of a change to a user, whoever makes it.
 */
#ifndef SERVICE_USER_RECORD_H
#define SERVICE_USER_RECORD_H

#include "store/store.h"
#include "usecase.h"

struct user_record {
    const char *action;                    /* "user.updated" */
    const char *actor;                     /* NULL: the caller */
    const struct user_row *before, *after; /* all zero: he was not, or is no longer there */
    bool revived;                          /* he had been removed before */
};

/* For an apply half: what has changed, without personal values, and digests of both. */
int user_record_add(struct service *sv, struct session *s, struct call *c,
                    const struct user_record *r, int64_t now, struct err *e);

/* An entry about a user that says no more than what was done, such as "sign_out". actor NULL: the
 * caller. */
int user_record_act(struct service *sv, struct session *s, struct call *c, const char *user_id,
                    const char *actor, const char *action, int64_t now, struct err *e);

#endif
