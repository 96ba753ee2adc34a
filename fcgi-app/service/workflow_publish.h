/*
 * Use case: somebody posts a workflow definition: a new workflow, or a new
 * version of one.
 */
#ifndef SERVICE_WORKFLOW_PUBLISH_H
#define SERVICE_WORKFLOW_PUBLISH_H

#include "base/json.h"
#include "base/problems.h"
#include "usecase.h"

struct workflow_publish {
    const struct json *body;
    const char *text; /* the same as text, without insignificant white space */
};

/* The result that is rendered. */
struct workflow_published {
    const char *workflow_id;
    int64_t revision;
    const struct problems *warnings; /* what today's members could not satisfy; never NULL */
    bool stored; /* false: the newest version says the same, nothing was stored */
};

/* ERR_INVALID with every problem of the definition; ERR_BAD_REQUEST "Workflow has no stages". */
int workflow_publish(struct service *sv, struct call *c, const struct workflow_publish *in,
                     struct answer *out, struct err *e);

#endif
