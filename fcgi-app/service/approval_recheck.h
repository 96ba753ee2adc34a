/*
 * People have left, or lost a group or a role: the slates they are on are
 * looked at again, in the transaction that changes the directory.
 */
#ifndef SERVICE_APPROVAL_RECHECK_H
#define SERVICE_APPROVAL_RECHECK_H

#include "usecase.h"

/* Approvals of one person that are looked at; his tasks in others fail when he acts. */
#define RECHECK_MAX 200

/* For an apply half, after the directory has been changed. */
int approval_recheck(struct service *sv, struct call *c, struct session *s, const char *user_id,
                     int64_t now, struct err *e);

#endif
