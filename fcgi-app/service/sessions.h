/*
 * Use cases: sessions of the pages.
 */
#ifndef SERVICE_SESSIONS_H
#define SERVICE_SESSIONS_H

#include "auth/bearer.h"
#include "usecase.h"

/* For somebody who has just proven who he is; cookie->text is the cookie's value. */
int session_start(struct service *sv, struct call *c, const char *user_id, struct bearer *cookie,
                  struct err *e);
/* As password_check. */
int session_by_password(struct service *sv, struct call *c, const char *name, const char *password,
                        struct bearer *cookie, struct err *e);

#endif
