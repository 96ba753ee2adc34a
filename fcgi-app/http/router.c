#include "router.h"

#include "problem.h"

static size_t body_limit(const struct router *rt, const struct route *route)
{
    return route->body_limit == BODY_DEFAULT ? rt->max_body : route->body_limit;
}

/* The pages follow the others. */
static const struct route *row_at(const struct router *rt, size_t i)
{
    return i < rt->route_count ? &rt->routes[i] : &rt->pages[i - rt->route_count];
}

static bool is_page(const struct router *rt, const struct route *route)
{
    for (size_t i = 0; i < rt->page_count; i++)
        if (route == &rt->pages[i])
            return true;
    return false;
}

size_t router_max_body(const struct router *rt)
{
    size_t most = 0;
    for (size_t i = 0; i < rt->route_count + rt->page_count; i++) {
        size_t limit = body_limit(rt, row_at(rt, i));
        most = limit > most ? limit : most;
    }
    return most;
}

/* pattern is n bytes at p. A "{name}" stands for anything but nothing: "/a/" is not "/a/{id}". */
static bool segment_fits(const char *p, size_t n, const char *segment)
{
    if (*p == '{')
        return *segment != '\0';
    return !strncmp(p, segment, n) && segment[n] == '\0';
}

static const char *next_segment(const char *p, size_t n)
{
    return p[n] ? p + n + 1 : p + n;
}

static bool path_fits(const char *path, const struct request *req)
{
    size_t i = 0;
    for (const char *p = path + 1; *p; i++) {
        size_t n = strcspn(p, "/");
        if (i == req->segment_count || !segment_fits(p, n, req->segments[i]))
            return false;
        p = next_segment(p, n);
    }
    return i == req->segment_count;
}

static void fill_path_params(struct request *req, const char *path)
{
    struct name_value *params = arena_array(req->arena, REQUEST_PATH_PARAMS_MAX, sizeof *params);
    size_t count = 0, i = 0;
    for (const char *p = path + 1; *p; i++) {
        size_t n = strcspn(p, "/");
        if (*p == '{' && count < REQUEST_PATH_PARAMS_MAX)
            params[count++] = (struct name_value){
                .name = arena_strndup(req->arena, p + 1, n - 2),
                .value = req->segments[i],
            };
        p = next_segment(p, n);
    }
    req->path_params = params;
    req->path_param_count = count;
}

/* Gives the methods that rows with this path answer, as bits, when no row fits altogether. */
static const struct route *find(const struct router *rt, const struct request *req,
                                unsigned *methods)
{
    enum http_method method = req->method == HTTP_HEAD ? HTTP_GET : req->method;
    for (size_t i = 0; i < rt->route_count + rt->page_count; i++) {
        const struct route *route = row_at(rt, i);
        if (!path_fits(route->path, req))
            continue;
        if (route->method == method)
            return route;
        *methods |= 1u << route->method;
    }
    return NULL;
}

static void add_allow(struct request *req, struct response *r, unsigned methods)
{
    methods |= 1u << HTTP_OPTIONS;
    if (methods & 1u << HTTP_GET)
        methods |= 1u << HTTP_HEAD;
    struct str s = STR_INIT;
    for (int m = 0; m < HTTP_METHOD_COUNT; m++)
        if (methods & 1u << m) {
            str_add(&s, s.len ? ", " : "");
            str_add(&s, http_method_name((enum http_method)m));
        }
    response_header(r, "Allow", arena_strndup(req->arena, s.buf, s.len));
    str_release(&s);
}

static void answer_problem(const struct router *rt, const struct route *route, struct request *req,
                           struct response *r, const struct err *e)
{
    if (e->kind == ERR_UNAVAILABLE)
        log_warn(&req->log, "request.unavailable", "%s", e->message);
    else if (problem_status(e->kind) == 500)
        log_error(&req->log, "request.failed", "%s", e->message);
    if (is_page(rt, route))
        rt->page_problem(rt->app, req, r, e);
    else
        problem_respond(r, req, e);
}

static void answer_no_route(struct request *req, struct response *r, unsigned methods)
{
    struct err e = ERR_INIT;
    if (!methods) {
        err_set(&e, ERR_NOT_FOUND, "There is nothing at this path");
        problem_respond(r, req, &e);
    } else if (req->method == HTTP_OPTIONS) {
        r->status = 204;
        add_allow(req, r, methods);
    } else {
        err_set(&e, ERR_METHOD,
                "This path does not answer the method; see Allow for those it does");
        problem_respond(r, req, &e);
        add_allow(req, r, methods);
    }
}

static int check_body(const struct router *rt, const struct route *route, const struct request *req,
                      struct err *e)
{
    size_t limit = body_limit(rt, route);
    if (limit > 0 && !request_header(req, "content-length"))
        return err_set(e, ERR_LENGTH,
                       "This request needs a body, and a Content-Length that says "
                       "how long it is");
    if (req->body_len <= limit || route->method == HTTP_GET)
        return 0;
    if (limit == 0)
        return err_set(e, ERR_BAD_REQUEST, "This request takes no body");
    return err_set(e, ERR_TOO_LARGE, "The body is larger than the %zu bytes allowed here", limit);
}

static int run(const struct router *rt, const struct route *route, struct request *req,
               struct response *r, struct err *e)
{
    fill_path_params(req, route->path);
    if ((route->any_of && rt->admit(rt->app, req, route->any_of, e) < 0) ||
        check_body(rt, route, req, e) < 0)
        return -1;
    return route->handler(rt->app, req, r, e);
}

const struct route *router_dispatch(const struct router *rt, struct request *req,
                                    struct response *r)
{
    unsigned methods = 0;
    struct err e = ERR_INIT;
    const struct route *route = find(rt, req, &methods);
    if (!route)
        answer_no_route(req, r, methods);
    else if (run(rt, route, req, r, &e) < 0)
        answer_problem(rt, route, req, r, &e);
    return route;
}
