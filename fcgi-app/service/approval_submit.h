/*
 * Use case: somebody asks for an approval.
 */
#ifndef SERVICE_APPROVAL_SUBMIT_H
#define SERVICE_APPROVAL_SUBMIT_H

#include "base/json.h"
#include "usecase.h"

struct approval_submit {
    const char *workflow_id, *target_entity, *requester_id;
    const struct json *payload; /* an object */
    const char *payload_text;   /* the same as text, without insignificant white space */
};

/* The result that is rendered: a struct approval. ERR_NOT_FOUND "Workflow not found". */
int approval_submit(struct service *sv, struct call *c, const struct approval_submit *in,
                    struct answer *out, struct err *e);

#endif
