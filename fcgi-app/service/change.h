/*
 * A change whose answer is not kept under an Idempotency-Key, such as one that
 * answers with a secret: all of it or nothing.
 */
#ifndef SERVICE_CHANGE_H
#define SERVICE_CHANGE_H

#include "usecase.h"

/* apply is an apply half (usecase.h); nothing remains where it fails. */
int change_run(struct service *sv, struct call *c,
               int (*apply)(struct service *sv, struct call *c, struct session *s, int64_t now,
                            void *arg, struct err *e),
               void *arg, struct err *e);

#endif
