#include "http/router.h"

#include "check.h"

#include <unistd.h>

static const char *called; /* which handler ran */
static int asked;          /* how often somebody was asked who he is */
static int caller;         /* what he is: NOBODY, or the greatest role he has */

enum { NOBODY, VIEWER, ADMIN };

static int admit(void *app, struct request *req, unsigned any_of, struct err *e)
{
    (void)app, (void)req;
    asked++;
    if (caller == NOBODY)
        return err_set(e, ERR_UNAUTHENTICATED, "Sign in first");
    return caller >= (int)any_of ? 0 : err_set(e, ERR_FORBIDDEN, "You may not");
}

#define HANDLER(name)                                                                  \
    static int name(void *app, struct request *req, struct response *r, struct err *e) \
    {                                                                                  \
        (void)req, (void)e;                                                            \
        CHECK(app == &caller);                                                         \
        called = #name;                                                                \
        r->status = 201;                                                               \
        return 0;                                                                      \
    }
HANDLER(root)
HANDLER(list)
HANDLER(create)
HANDLER(special)
HANDLER(health)

static char param_id[64], param_part[64];
static int one(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)r, (void)e;
    called = "one";
    snprintf(param_id, sizeof param_id, "%s", request_path_param(req, "id"));
    const char *part = request_path_param(req, "part");
    snprintf(param_part, sizeof param_part, "%s", part ? part : "-");
    CHECK(request_path_param(req, "other") == NULL);
    return 0;
}

static enum err_kind failure;
static int fail(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req;
    str_add(&r->body, "half an answer");
    return err_set(e, failure, "the disk said no");
}

static const struct route routes[] = {
    {HTTP_GET, "/", root, VIEWER, 0},
    {HTTP_GET, "/health", health, 0, 0},
    {HTTP_GET, "/things", list, VIEWER, 0},
    {HTTP_POST, "/things", create, ADMIN, BODY_DEFAULT},
    {HTTP_POST, "/things/special", special, VIEWER, 5},
    {HTTP_GET, "/things/{id}", one, VIEWER, 0},
    {HTTP_DELETE, "/things/{id}", one, VIEWER, 0},
    {HTTP_GET, "/things/{id}/parts/{part}", one, VIEWER, 0},
    {HTTP_GET, "/fail", fail, 0, 0},
};
static const struct router router = {
    .routes = routes,
    .route_count = sizeof routes / sizeof *routes,
    .max_body = 10,
    .app = &caller,
    .admit = admit,
};

static struct arena *arena;
static struct response r;

/* body NULL: no Content-Length either */
static const struct route *call(const char *method, const char *target, const char *body)
{
    arena_reset(arena);
    response_release(&r);
    called = "";
    asked = 0;
    char method_entry[64], target_entry[256], length_entry[64] = "CONTENT_LENGTH=";
    if (body)
        snprintf(length_entry, sizeof length_entry, "CONTENT_LENGTH=%zu", strlen(body));
    snprintf(method_entry, sizeof method_entry, "REQUEST_METHOD=%s", method);
    snprintf(target_entry, sizeof target_entry, "REQUEST_URI=%s", target);
    struct request_source source = {
        (char *[]){method_entry, target_entry, length_entry, NULL},
        body ? body : "",
        body ? strlen(body) : 0,
    };
    struct request req;
    struct err e = ERR_INIT;
    CHECK_INT(request_parse(&req, arena, &source, &e), 0);
    return router_dispatch(&router, &req, &r);
}

static const char *header(const char *name)
{
    for (size_t i = 0; i < r.header_count; i++)
        if (!strcmp(r.headers[i].name, name))
            return r.headers[i].value;
    return NULL;
}

static void check_problem(int status)
{
    CHECK_INT(r.status, status);
    CHECK_STR(r.content_type, TYPE_PROBLEM);
    CHECK_STR(called, "");
}

static void test_matching(void)
{
    caller = ADMIN;
    CHECK(call("GET", "/", "") == &routes[0]);
    CHECK_STR(called, "root");
    CHECK_INT(r.status, 201);
    CHECK(call("GET", "/things", "") == &routes[2]);
    CHECK_STR(called, "list");
    CHECK(call("GET", "/things?a=/b", "") == &routes[2]);
    CHECK(call("POST", "/things", "") == &routes[3]);
    CHECK_STR(called, "create");
    CHECK(call("POST", "/things/special", "") == &routes[4]);
    CHECK_STR(called, "special");
    CHECK(call("GET", "/things/special", "") == &routes[5]);
    CHECK_STR(param_id, "special");
    CHECK(call("HEAD", "/things", "") == &routes[2]);
    CHECK_STR(called, "list");
}

static void test_params(void)
{
    caller = ADMIN;
    CHECK(call("GET", "/things/a%2Fb%20c", "") == &routes[5]);
    CHECK_STR(param_id, "a/b c");
    CHECK_STR(param_part, "-");
    CHECK(call("GET", "/things/x/parts/y", "") == &routes[7]);
    CHECK_STR(param_id, "x");
    CHECK_STR(param_part, "y");
}

static void test_not_found(void)
{
    static const char *const paths[] = {"/nothing", "/thing",   "/thingss",          "/things/",
                                        "//things", "/things/", "/things//parts/y",  "/things/x/",
                                        "//",       "/Things",  "/things/x/parts/y/"};
    caller = ADMIN;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK(call("GET", paths[i], "") == NULL);
        check_problem(404);
        CHECK(call("OPTIONS", paths[i], "") == NULL);
        check_problem(404);
    }
}

static void test_methods(void)
{
    caller = ADMIN;
    CHECK(call("DELETE", "/things", "") == NULL);
    check_problem(405);
    CHECK_STR(header("Allow"), "GET, HEAD, POST, OPTIONS");
    CHECK(call("BREW", "/things/x", "") == NULL);
    check_problem(405);
    CHECK_STR(header("Allow"), "GET, HEAD, DELETE, OPTIONS");
    CHECK(call("HEAD", "/things/special", "") == &routes[5]);
    call("OPTIONS", "/things", "");
    CHECK_INT(r.status, 204);
    CHECK(r.content_type == NULL);
    CHECK_STR(header("Allow"), "GET, HEAD, POST, OPTIONS");
    CHECK_STR(called, "");
}

static void test_bodies(void)
{
    caller = ADMIN;
    CHECK_INT(router_max_body(&router), 10);
    call("POST", "/things", "0123456789");
    CHECK_STR(called, "create");
    CHECK(call("POST", "/things", "0123456789x") == &routes[3]);
    check_problem(413);
    call("POST", "/things/special", "01234");
    CHECK_STR(called, "special");
    call("POST", "/things/special", "012345");
    check_problem(413);
    call("GET", "/things", "ignored, however long it is");
    CHECK_STR(called, "list");
    call("HEAD", "/things", "ignored");
    CHECK_STR(called, "list");
    call("DELETE", "/things/x", "x");
    check_problem(400);
    call("DELETE", "/things/x", NULL);
    CHECK_STR(called, "one");
    call("POST", "/things", NULL);
    check_problem(411);
}

static void test_roles(void)
{
    caller = NOBODY;
    call("GET", "/health", "");
    CHECK_STR(called, "health");
    CHECK_INT(asked, 0);
    call("GET", "/things", "");
    check_problem(401);
    CHECK_INT(asked, 1);
    caller = VIEWER;
    call("POST", "/things", "far too long for this route");
    check_problem(403);
    CHECK(strstr(r.body.buf, "You may not") != NULL);
    caller = ADMIN;
    call("POST", "/things", "");
    CHECK_STR(called, "create");
}

/* Runs the failing handler and gives what was logged. */
static void logged(enum err_kind kind, char *buf, size_t size)
{
    char path[] = "/tmp/test_router.XXXXXX";
    int fd = mkstemp(path);
    CHECK_FATAL(fd >= 0);
    unlink(path);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fd, STDOUT_FILENO);
    failure = kind;
    call("GET", "/fail", "");
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ssize_t n = pread(fd, buf, size - 1, 0);
    close(fd);
    buf[n > 0 ? n : 0] = '\0';
}

static void test_failures(void)
{
    char log[1024];
    logged(ERR_CONFLICT, log, sizeof log);
    check_problem(409);
    CHECK(strstr(r.body.buf, "the disk said no") != NULL);
    CHECK(strstr(r.body.buf, "half an answer") == NULL);
    CHECK_STR(log, "");

    logged(ERR_UNAVAILABLE, log, sizeof log);
    check_problem(503);
    CHECK_STR(header("Retry-After"), "1");
    CHECK(strstr(log, "\"level\":\"warn\"") != NULL);
    CHECK(strstr(log, "the disk said no") != NULL);

    logged(ERR_INTERNAL, log, sizeof log);
    check_problem(500);
    CHECK(strstr(r.body.buf, "the disk said no") == NULL);
    CHECK(strstr(log, "\"level\":\"error\"") != NULL);
    CHECK(strstr(log, "the disk said no") != NULL);
    CHECK(strstr(log, "\"request_id\":\"req-") != NULL);
}

int main(void)
{
    static const struct test tests[] = {
        {"rows are found", test_matching},
        {"path parameters", test_params},
        {"404", test_not_found},
        {"405 and OPTIONS", test_methods},
        {"body limits", test_bodies},
        {"roles", test_roles},
        {"what handlers return", test_failures},
    };
    arena = arena_new();
    response_init(&r);
    int rc = check_main("router", tests, sizeof tests / sizeof *tests);
    response_release(&r);
    arena_free(&arena);
    return rc;
}
