#include "response.h"

#include <assert.h>

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {207, "Multi-Status"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

const char *response_reason(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

void response_init(struct response *r)
{
    *r = (struct response){.status = 200};
    str_init(&r->body);
}

void response_release(struct response *r)
{
    str_release(&r->body);
    response_init(r);
}

void response_header(struct response *r, const char *name, const char *value)
{
    assert(r->header_count < RESPONSE_HEADERS_MAX);
    assert(!strpbrk(name, "\r\n:") && !strpbrk(value, "\r\n"));
    r->headers[r->header_count++] = (struct name_value){name, value};
}

static void add_line(struct str *out, const char *name, const char *value)
{
    str_add(out, name);
    str_add(out, ": ");
    str_add(out, value);
    str_add(out, "\r\n");
}

static void add_status(struct str *out, int status)
{
    str_add(out, "Status: ");
    str_add_int(out, status);
    str_addch(out, ' ');
    str_add(out, response_reason(status));
    str_add(out, "\r\n");
}

static void add_length(const struct response *r, struct str *out)
{
    if (r->status == 204 || r->status == 304)
        return;
    str_add(out, "Content-Length: ");
    str_add_int(out, r->content_type ? (long long)r->body.len : 0);
    str_add(out, "\r\n");
}

void response_head(const struct response *r, const struct request *req, struct str *out)
{
    bool cache_said = false;
    add_status(out, r->status);
    if (r->content_type)
        add_line(out, "Content-Type", r->content_type);
    add_length(r, out);
    add_line(out, "X-Request-Id", req->id);
    add_line(out, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < r->header_count; i++) {
        cache_said = cache_said || !strcasecmp(r->headers[i].name, "Cache-Control");
        add_line(out, r->headers[i].name, r->headers[i].value);
    }
    if (!cache_said)
        add_line(out, "Cache-Control", "no-store");
    str_add(out, "\r\n");
}
