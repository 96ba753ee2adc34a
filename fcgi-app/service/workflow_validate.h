/*
 * Use case: would this definition be accepted, and is it what its author
 * means? Nothing is stored.
 */
#ifndef SERVICE_WORKFLOW_VALIDATE_H
#define SERVICE_WORKFLOW_VALIDATE_H

#include "base/json.h"
#include "base/problems.h"
#include "service.h"

struct workflow_report {
    bool valid;
    const struct problems *errors;   /* never NULL */
    const struct problems *warnings; /* never NULL */
};

/* -1 only when the store fails. */
int workflow_validate(struct service *sv, struct arena *arena, const struct json *body,
                      struct workflow_report *out, struct err *e);

#endif
