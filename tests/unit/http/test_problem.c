#include "http/problem.h"

#include "base/problems.h"
#include "check.h"

static struct arena *arena;

static const struct json *parse(const struct str *s)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    CHECK_INT(json_parse(arena, s->buf, s->len, &limits, &v, &e), 0);
    return v;
}

static const char *member(const struct json *v, const char *name)
{
    return json_string(json_get(v, name), NULL);
}

static void test_statuses(void)
{
    static const struct {
        enum err_kind kind;
        int status;
    } want[] = {
        {ERR_NONE, 500},        {ERR_BAD_REQUEST, 400}, {ERR_UNAUTHENTICATED, 401},
        {ERR_FORBIDDEN, 403},   {ERR_NOT_FOUND, 404},   {ERR_METHOD, 405},
        {ERR_CONFLICT, 409},    {ERR_STALE, 412},       {ERR_TOO_LARGE, 413},
        {ERR_LENGTH, 411},      {ERR_MEDIA_TYPE, 415},  {ERR_INVALID, 422},
        {ERR_UNAVAILABLE, 503}, {ERR_INTERNAL, 500},    {ERR_KIND_COUNT, 500},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        CHECK_INT(problem_status(want[i].kind), want[i].status);
}

static void test_body(void)
{
    struct err e = ERR_INIT;
    struct str s = STR_INIT;
    err_set(&e, ERR_NOT_FOUND, "Workflow \"x\" not found");
    problem_body(&s, &e, "req-7");
    CHECK_STR(s.buf, "{\"type\":\"urn:approvals:problem:not-found\",\"title\":\"Not Found\","
                     "\"status\":404,\"detail\":\"Workflow \\\"x\\\" not found\","
                     "\"instance\":\"req-7\"}");
    str_clear(&s);
    problem_body(&s, &e, NULL);
    CHECK(!json_member(parse(&s), "instance", &(const struct json *){NULL}));
    str_release(&s);
}

static void test_errors(void)
{
    struct err e = ERR_INIT;
    struct str s = STR_INIT;
    struct problems problems;
    problems_init(&problems, arena);
    problems_add(&problems, "/name", "is required");
    problems_add(&problems, "/stages/0", "must be an object");
    CHECK_INT(problems_err(&problems, &e), -1);
    problem_body(&s, &e, "req-7");
    const struct json *v = parse(&s);
    CHECK_STR(member(v, "detail"), "/name: is required (and 1 more)");
    CHECK_INT(json_int(json_get(v, "status")), 422);
    const struct json *errors = json_get(v, "errors");
    CHECK_INT(json_array_size(errors), 2);
    CHECK_STR(member(json_at(errors, 0), "pointer"), "/name");
    CHECK_STR(member(json_at(errors, 1), "detail"), "must be an object");
    str_release(&s);
}

static void test_internal_is_silent(void)
{
    static const enum err_kind kinds[] = {ERR_INTERNAL, ERR_NONE};
    for (size_t i = 0; i < 2; i++) {
        struct err e = ERR_INIT;
        struct str s = STR_INIT;
        err_set(&e, kinds[i], "SELECT secret FROM /var/lib/approvals.db");
        problem_body(&s, &e, "req-7");
        const struct json *v = parse(&s);
        CHECK_STR(member(v, "type"), "urn:approvals:problem:internal");
        CHECK(strstr(s.buf, "SELECT") == NULL);
        CHECK(strstr(member(v, "detail"), "request id") != NULL);
        str_release(&s);
    }
}

static void respond(struct response *r, enum err_kind kind)
{
    struct request req = {.id = "req-9"};
    struct err e = ERR_INIT;
    err_set(&e, kind, "because");
    problem_respond(r, &req, &e);
}

static void test_respond(void)
{
    struct response r;
    response_init(&r);
    r.content_type = TYPE_HTML;
    str_add(&r.body, "<p>half a page");
    response_header(&r, "Location", "/x");

    respond(&r, ERR_CONFLICT);
    CHECK_INT(r.status, 409);
    CHECK_STR(r.content_type, TYPE_PROBLEM);
    CHECK_INT(r.header_count, 0);
    CHECK_STR(member(parse(&r.body), "instance"), "req-9");

    respond(&r, ERR_UNAVAILABLE);
    CHECK_INT(r.header_count, 1);
    CHECK_STR(r.headers[0].name, "Retry-After");
    CHECK_STR(r.headers[0].value, "1");

    respond(&r, ERR_UNAUTHENTICATED);
    CHECK_INT(r.status, 401);
    CHECK_INT(r.header_count, 1);
    CHECK_STR(r.headers[0].name, "WWW-Authenticate");
    response_release(&r);
}

int main(void)
{
    static const struct test tests[] = {
        {"status of each kind", test_statuses},
        {"body", test_body},
        {"every bad field is named", test_errors},
        {"internal errors say nothing", test_internal_is_silent},
        {"a response becomes the problem", test_respond},
    };
    arena = arena_new();
    int rc = check_main("problem", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
