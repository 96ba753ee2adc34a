/*
 * One response. Lives in the request's arena; the body is a str of its own.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/str.h"
#include "request.h"

#define RESPONSE_HEADERS_MAX 16

#define TYPE_JSON "application/json"
#define TYPE_PROBLEM "application/problem+json"
#define TYPE_HEALTH "application/health+json"
#define TYPE_HTML "text/html; charset=utf-8"
#define TYPE_TEXT "text/plain; charset=utf-8"

struct response {
    int status;
    const char *content_type; /* NULL: no body */
    struct str body;
    struct name_value headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
};

/* "Not Found" for 404; "Unknown" for a status nobody here uses. */
const char *response_reason(int status);

void response_init(struct response *r); /* 200 without a body */
void response_release(struct response *r);
/* name and value must outlive the response; a line break in value is a bug and is asserted. */
void response_header(struct response *r, const char *name, const char *value);

/* Status line and header lines as CGI wants them, ending with the empty line. Adds Content-Type,
 * Content-Length (not with 204 and 304), X-Request-Id, X-Content-Type-Options and Cache-Control:
 * no-store (unless the handler set one). The answer to HEAD has the same head as that to GET. */
void response_head(const struct response *r, const struct request *req, struct str *out);

#endif
