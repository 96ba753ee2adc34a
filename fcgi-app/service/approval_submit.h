/*
 * Use case: somebody asks for an approval.
 */
#ifndef SERVICE_APPROVAL_SUBMIT_H
#define SERVICE_APPROVAL_SUBMIT_H

#include "base/json.h"
#include "usecase.h"

struct approval_submit {
    const char *workflow_id, *target_entity, *requester_id;
    const char *through;        /* who sends it for the requester; NULL: he himself */
    const struct json *payload; /* an object */
    const char *payload_text;   /* the same as text, without insignificant white space */
    const char *title;          /* NULL: the workflow's */
    const char *links;          /* JSON array of {name, url}, checked; NULL: none */
    int64_t valid_for_us;       /* 0: it cannot be consumed */
};

/* The result that is rendered: a struct approval. ERR_NOT_FOUND "Workflow not found", or
 * not to be known of by the caller;
 * ERR_CONFLICT where the workflow is not active; ERR_INVALID for a payload that its schema refuses.
 */
int approval_submit(struct service *sv, struct call *c, const struct approval_submit *in,
                    struct answer *out, struct err *e);

#endif
