/*
 * Use cases: links with which somebody chooses his password, once.
 */
#ifndef SERVICE_SETUP_LINK_H
#define SERVICE_SETUP_LINK_H

#include "auth/bearer.h"
#include "usecase.h"

#define SETUP_HOURS 24

/* For a user who exists (ERR_NOT_FOUND "User not found"), within SETUP_HOURS. Those from before
 * end. The link is the site's origin, "/setup?token=" and the text. */
int setup_link_make(struct service *sv, struct call *c, const char *user_id, struct bearer *out,
                    struct err *e);
/* The same for the first administrator, who is created (or given the role) where nobody can sign in
 * yet: 1; 0: somebody can, and nothing was done. ERR_INVALID for what cannot be an id. */
int setup_link_first(struct service *sv, struct call *c, const char *user_id, struct bearer *out,
                     struct err *e);
/* Whose link it is, without using it. ERR_NOT_FOUND: unknown, used, or expired. */
int setup_link_user(struct service *sv, struct arena *arena, const char *token,
                    const char **user_id, struct err *e);
/* Sets the password and uses the link up. ERR_NOT_FOUND as above; ERR_INVALID as
 * password_acceptable. */
int setup_link_use(struct service *sv, struct call *c, const char *token, const char *password,
                   const char **user_id, struct err *e);

#endif
