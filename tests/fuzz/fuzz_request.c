/*
 * A request made of anything: CGI variables a line each, an empty line, the body. What is accepted
 * is what request.h promises, the router answers everything, and no byte of the request gets into
 * the head of the answer where it would start a line.
 */
#include "http/problem.h"
#include "http/router.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES_MAX 64

struct body {
    const char *name;
    int64_t count;
    const struct json *any;
};

static const struct field body_fields[] = {
    {"name", FIELD_ID, FIELD_REQUIRED, 1, 20, offsetof(struct body, name)},
    {"count", FIELD_INT, 0, 1, 10, offsetof(struct body, count)},
    {"any", FIELD_ANY, 0, 0, 0, offsetof(struct body, any)},
};

static const struct query_field query_fields[] = {
    {"name", QUERY_TEXT, 0, 0, offsetof(struct body, name)},
    {"count", QUERY_INT, 1, 200, offsetof(struct body, count)},
};

static int take_query(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app;
    struct body out = {.count = 1};
    if (request_query_read(req, query_fields, 2, &out, e) < 0)
        return -1;
    REQUIRE(out.count >= 1 && out.count <= 200);
    const char *id = request_path_param(req, "id");
    REQUIRE(!id || *id);
    r->content_type = TYPE_TEXT;
    str_add(&r->body, out.name ? out.name : "");
    return 0;
}

static int take_form(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app;
    if (request_form(req, e) < 0)
        return -1;
    REQUIRE(req->form_count <= 100);
    for (size_t i = 0; i < req->form_count; i++) {
        const struct name_value *f = &req->form[i];
        REQUIRE(utf8_valid(f->name, strlen(f->name)) && utf8_valid(f->value, strlen(f->value)));
        REQUIRE(request_form_value(req, f->name) == f->value);
    }
    r->content_type = TYPE_TEXT;
    return 0;
}

static int take_body(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app;
    const struct json *body;
    struct body out = {0};
    if (request_json(req, &body, e) < 0)
        return -1;
    const char *whole = request_text(req, NULL), *member = request_text(req, "any");
    REQUIRE(strlen(whole) <= req->body_len);
    REQUIRE(!member || strstr(whole, member));
    if (request_fields(req, body, body_fields, 3, &out, e) < 0)
        return -1;
    REQUIRE(out.name && *out.name && out.count <= 10);
    REQUIRE(!out.any || member);
    r->content_type = TYPE_JSON;
    str_add(&r->body, whole);
    return 0;
}

static int admit(void *app, struct request *req, unsigned any_of, struct err *e)
{
    (void)app;
    REQUIRE(any_of == 1);
    if (!request_header(req, "authorization"))
        return err_set(e, ERR_UNAUTHENTICATED, "Sign in first");
    return 0;
}

static const struct route routes[] = {
    {HTTP_GET, "/", take_query, 0, 0},
    {HTTP_GET, "/things/{id}", take_query, 1, 0},
    {HTTP_POST, "/things", take_body, 0, BODY_DEFAULT},
    {HTTP_POST, "/form", take_form, 0, BODY_DEFAULT},
    {HTTP_POST, "/things/{id}/parts/{part}", take_body, 1, 100},
};
static const struct router router = {
    .routes = routes,
    .route_count = sizeof routes / sizeof *routes,
    .max_body = 4096,
    .admit = admit,
};

static void check_request(const struct request *req)
{
    for (size_t i = 0; i < req->segment_count; i++)
        REQUIRE(utf8_valid(req->segments[i], strlen(req->segments[i])));
    for (size_t i = 0; i < req->query_count; i++)
        REQUIRE(utf8_valid(req->query[i].name, strlen(req->query[i].name)) &&
                utf8_valid(req->query[i].value, strlen(req->query[i].value)));
    for (size_t i = 0; i < req->header_count; i++)
        REQUIRE(!strpbrk(req->headers[i].name, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    REQUIRE(req->path[0] == '/' && !strchr(req->path, '?'));
}

/* Status, Content-Type, Content-Length, X-Request-Id, nosniff, Cache-Control, the empty line; a
 * problem may have one of its own. */
static void check_head(const struct response *r, const struct request *req)
{
    struct str head = STR_INIT;
    response_head(r, req, &head);
    size_t lines = 0;
    for (const char *p = head.buf; (p = strstr(p, "\r\n")) != NULL; p += 2)
        lines++;
    REQUIRE(lines == 7 + r->header_count - (r->status == 204 ? 2 : 0));
    REQUIRE(r->header_count <= 1);
    REQUIRE(!strncmp(head.buf + head.len - 4, "\r\n\r\n", 4));
    str_release(&head);
}

static void check_response(const struct response *r, const struct request *req)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    REQUIRE(r->status >= 200 && r->status < 500);
    check_head(r, req);
    if (r->content_type && strcmp(r->content_type, TYPE_TEXT) != 0)
        REQUIRE(json_scan(r->body.buf, r->body.len, &limits, &e) == 0);
}

/* Cuts text into its lines; gives where the empty line ended, which is where the body starts. */
static char *split_lines(char *text, char *lines[LINES_MAX + 1])
{
    size_t n = 0;
    while (*text && *text != '\n' && n < LINES_MAX) {
        lines[n++] = text;
        text += strcspn(text, "\n");
        if (*text)
            *text++ = '\0';
    }
    lines[n] = NULL;
    return *text == '\n' ? text + 1 : text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    log_setup(LOG_LEVEL_COUNT, "fuzz");
    char *lines[LINES_MAX + 1];
    struct arena *arena = arena_new();
    char *text = arena_strndup(arena, (const char *)data, size);
    const char *body = split_lines(text, lines);
    struct request_source source = {lines, body, size - (size_t)(body - text)};
    struct request req;
    struct response r;
    struct err e = ERR_INIT;
    response_init(&r);
    if (request_parse(&req, arena, &source, &e) == 0) {
        check_request(&req);
        router_dispatch(&router, &req, &r);
    } else {
        REQUIRE(e.kind == ERR_BAD_REQUEST);
        problem_respond(&r, &req, &e);
    }
    check_response(&r, &req);
    response_release(&r);
    arena_free(&arena);
    return 0;
}
