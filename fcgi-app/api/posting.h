/*
 * What every request that changes something shares: the caller, the
 * Idempotency-Key of a POST, the answer.
 */
#ifndef API_POSTING_H
#define API_POSTING_H

#include "http/request.h"
#include "http/response.h"
#include "service/usecase.h"

/* ERR_INVALID for a key that is none: 1 to 255 visible ASCII characters, in quotes or not. */
int posting_call(struct request *req, const struct render *render, struct call *out, struct err *e);
/* The same for PUT, PATCH and DELETE, which may be sent again without one. */
void posting_call_unkeyed(struct request *req, const struct render *render, struct call *out);
/* For routes that answer with a secret, which is not kept: ERR_INVALID for an Idempotency-Key. */
int posting_no_key(const struct request *req, struct err *e);
void posting_answer(struct response *r, const struct answer *a);

/* While nobody is asked who he is, the body must say it: a problem where it does not. */
void posting_require_id(const struct request *req, const struct json *body, const char *member,
                        struct problems *problems);

/* That the caller was refused before anything was looked up becomes an audit entry. */
void posting_refused(struct service *sv, struct request *req, const char *entity_type,
                     const char *entity_id, const char *action, const struct err *reason);

/* problem_body with the status it goes with, as a render wants it. */
int posting_problem(struct str *out, const struct err *e, const char *request_id);
/* Renders no body, for 204. */
void posting_nothing(struct str *out, const void *result);

#endif
