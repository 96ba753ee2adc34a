/*
 * Routes are rows: method, path, handler, who may, its body limit.
 * Reading the table is reading the API.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "request.h"
#include "response.h"

/* Answers by filling r; or -1 with e set, of which the router makes a problem. */
typedef int route_handler(void *app, struct request *req, struct response *r, struct err *e);

struct route {
    enum http_method method; /* GET rows answer HEAD too */
    const char *path;        /* "/api/v1/approvals/{id}/actions" */
    route_handler *handler;
    unsigned any_of;   /* what the caller must be, as `admit` understands it; 0: nobody is asked */
    size_t body_limit; /* bytes; 0: takes no body */
};

#define BODY_DEFAULT ((size_t)-1) /* the setting APPROVAL_MAX_BODY */

struct router {
    const struct route *routes;
    size_t route_count;
    const struct route *pages; /* rows whose errors are pages, too */
    size_t page_count;
    size_t max_body;
    void *app; /* handed to handlers */
    /* Who is calling, and may he: sets req->principal (and the log's actor), or -1 with
     * ERR_UNAUTHENTICATED or ERR_FORBIDDEN. */
    int (*admit)(void *app, struct request *req, unsigned any_of, struct err *e);
    /* Makes r what a person sees in place of a problem. */
    void (*page_problem)(void *app, const struct request *req, struct response *r,
                         const struct err *e);
};

/* The largest body any route takes: the transport need not read more. */
size_t router_max_body(const struct router *rt);

/*
 * Finds the row (the first that fits), has the caller admitted, checks the body limit, calls the
 * handler. Where any_of is 0 nobody is asked who he is: principal is then NULL. Makes
 * problems of every error: 404, 405 with Allow, 411, 413 (body_len above the row's limit), and what
 * handlers return. OPTIONS answers 204 with Allow. Returns the row that matched, or NULL. Never
 * fails.
 */
const struct route *router_dispatch(const struct router *rt, struct request *req,
                                    struct response *r);

#endif
