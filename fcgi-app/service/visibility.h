/*
 * What somebody may know of: the workflows that are not limited to others, and
 * the approvals that concern him. What he may not know of is not found.
 */
#ifndef SERVICE_VISIBILITY_H
#define SERVICE_VISIBILITY_H

#include "auth/principal.h"
#include "service.h"

/* 1: he may know of the workflow and submit to it; 0: not; -1: error. */
int visibility_workflow(struct session *s, struct arena *arena, const struct principal *who,
                        const struct workflow_row *w, struct err *e);

/* For lists: *out lives in arena. With authentication off *out is NULL, which sees everything. */
int visibility_viewer(struct session *s, struct arena *arena, const struct principal *who,
                      const struct viewer **out, struct err *e);

/*
 * 0: he may see the approval; -1 with ERR_NOT_FOUND "Approval not found": he may not. Its
 * requester, who sent it or answers for him, who has or had a task in it, those whom an open slate
 * admits, owners of its workflow; and admin, auditor and viewer, the last only where the workflow
 * is not limited to others. user is for whom he acts, NULL: himself. A key sees no workflow that it
 * does not reach.
 */
int visibility_approval(struct service *sv, struct session *s, struct arena *arena,
                        const struct principal *who, const char *user, const struct approval *a,
                        struct err *e);

#endif
