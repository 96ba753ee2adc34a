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
void posting_answer(struct response *r, const struct answer *a);

/* problem_body with the status it goes with, as a render wants it. */
int posting_problem(struct str *out, const struct err *e, const char *request_id);
/* Renders no body, for 204. */
void posting_nothing(struct str *out, const void *result);

#endif
