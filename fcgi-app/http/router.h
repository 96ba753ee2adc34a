/*
 * Routes are rows: method, path, handler, the role it needs, its body limit.
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
    enum role role;
    size_t body_limit; /* bytes; 0: takes no body */
};

#define BODY_DEFAULT ((size_t)-1) /* the setting APPROVAL_MAX_BODY */

struct router {
    const struct route *routes;
    size_t route_count;
    size_t max_body;
    void *app; /* handed to handlers */
    /* Turns the request's credentials into a principal, or -1 with ERR_UNAUTHENTICATED. */
    int (*authenticate)(void *app, struct request *req, const struct principal **out,
                        struct err *e);
};

/* The largest body any route takes: the transport need not read more. */
size_t router_max_body(const struct router *rt);

/*
 * Finds the row (the first that fits), checks role and body limit, calls the handler. Without a
 * role nobody is asked who he is: principal is then NULL. Makes problems of every error: 404,
 * 405 with Allow, 413 (body_len above the row's limit), and what handlers return. OPTIONS answers
 * 204 with Allow. Returns the row that matched, or NULL. Never fails.
 */
const struct route *router_dispatch(const struct router *rt, struct request *req,
                                    struct response *r);

#endif
