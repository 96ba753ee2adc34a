/*
 * People have left, or lost a group or a role: the slates they are on are
 * looked at again. The first of them in the transaction that changes the
 * directory, the rest right after it, a few in each transaction, so that others
 * get their turn in between.
 */
#ifndef SERVICE_APPROVAL_RECHECK_H
#define SERVICE_APPROVAL_RECHECK_H

#include "usecase.h"

/* Approvals that one transaction looks at. */
#define RECHECK_BATCH 200

/* Whose slates are still to be looked at; zero: nobody's. */
struct recheck {
    const char *const *users;
    size_t count;
    const char *after; /* the approval of the first of them that was looked at last; NULL: none */
};

/* For an apply half, after the directory has been changed. r has those who have left; out: what is
 * left to do after the first RECHECK_BATCH approvals. */
int approval_recheck(struct service *sv, struct call *c, struct session *s, struct recheck *r,
                     int64_t now, struct err *e);

/* What approval_recheck left to do, in transactions of its own. That it cannot be done is no error
 * but a warning in the log, for a task of one who has left fails when he acts. */
void approval_recheck_rest(struct service *sv, struct call *c, struct recheck *r);

/*
 * Runs a use case whose apply half calls approval_recheck with r, then looks at what it left. As
 * usecase_run.
 */
int approval_recheck_run(struct service *sv, struct call *c, const struct usecase *u,
                         struct recheck *r, struct answer *out, struct err *e);

#endif
