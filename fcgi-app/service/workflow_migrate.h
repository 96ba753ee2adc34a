/*
 * Use case: running approvals of a workflow are moved to another of its
 * versions, or it is shown what that would do.
 *
 * An approval whose open stage is written the same in both versions stays
 * where it is; one whose stage was changed enters it again; one whose stage
 * the new version does not have stays on its version. Approvals that people
 * gave in stages that were changed do not carry any more.
 */
#ifndef SERVICE_WORKFLOW_MIGRATE_H
#define SERVICE_WORKFLOW_MIGRATE_H

#include "usecase.h"

#define MIGRATE_MAX 100 /* approvals that one call looks at */

struct workflow_migrate {
    const char *workflow_id;
    int64_t revision; /* 0: the newest */
    const char
        *after; /* begin behind this approval: `next` of the call before; NULL: at the first */
    bool dry_run;
};

struct migration {
    const char *approval_id;
    int64_t from;     /* revision */
    const char *what; /* "stays", "enters_again", "blocked" */
    const char *stage_id;
    const char *reason; /* of what is blocked; NULL else */
};

/* The result that is rendered. */
struct workflow_migrated {
    const char *workflow_id;
    int64_t revision;
    bool dry_run;
    struct migration *approvals;
    size_t count;
    const char *next; /* where the next call goes on; NULL: that was all */
};

/* The ids of the stages that are written the same in both revisions, a line each; wherever they
 * stand. "": none. */
int workflow_stages_same(struct session *s, struct arena *arena, const char *workflow_id,
                         int64_t from, int64_t to, const char **ids, struct err *e);

/* ERR_NOT_FOUND "Workflow not found", or no such revision. All that one call looks
 * at, or nothing. */
int workflow_migrate(struct service *sv, struct call *c, const struct workflow_migrate *in,
                     struct answer *out, struct err *e);

#endif
