/*
 * Errors as RFC 9457 problem+json. detail is a string, as 0.4.0's clients
 * read it.
 */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "base/err.h"
#include "base/str.h"
#include "response.h"

int problem_status(enum err_kind kind);

/* {"type","title","status","detail","instance","errors"?}. Of ERR_INTERNAL the message is not
 * shown: it is for the log. */
void problem_body(struct str *out, const struct err *e, const char *request_id);

/* Makes r that problem, whatever it was. */
void problem_respond(struct response *r, const struct request *req, const struct err *e);

#endif
