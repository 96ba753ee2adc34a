/*
 * Use case: somebody acts on an approval (approve, reject, delegate, …).
 */
#ifndef SERVICE_APPROVAL_ACT_H
#define SERVICE_APPROVAL_ACT_H

#include "engine/step.h"
#include "usecase.h"

/* The result that is rendered. */
struct approval_acted {
    struct approval approval;
    struct effects effects;
};

/* ERR_NOT_FOUND "Approval not found"; else the engine's refusals (engine/step.h). */
int approval_act(struct service *sv, struct call *c, const char *approval_id,
                 const struct action *action, struct answer *out, struct err *e);

#endif
