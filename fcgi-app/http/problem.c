#include "problem.h"

#include "base/problems.h"

#define INTERNAL_DETAIL \
    "Something went wrong on our side; the request id tells where to look in the log."

static const int statuses[] = {
    [ERR_NONE] = 500, /* somebody failed without saying why */
    [ERR_BAD_REQUEST] = 400, [ERR_UNAUTHENTICATED] = 401, [ERR_FORBIDDEN] = 403,
    [ERR_NOT_FOUND] = 404,   [ERR_METHOD] = 405,          [ERR_CONFLICT] = 409,
    [ERR_STALE] = 412,       [ERR_LENGTH] = 411,          [ERR_TOO_LARGE] = 413,
    [ERR_MEDIA_TYPE] = 415,  [ERR_INVALID] = 422,         [ERR_UNAVAILABLE] = 503,
    [ERR_TOO_MANY] = 429,    [ERR_INTERNAL] = 500,
};
_Static_assert(sizeof statuses / sizeof *statuses == ERR_KIND_COUNT, "a status for each kind");

int problem_status(enum err_kind kind)
{
    return kind < ERR_KIND_COUNT ? statuses[kind] : 500;
}

static void write_errors(struct jsonw *w, const struct problems *problems)
{
    jsonw_key(w, "errors");
    jsonw_array(w);
    for (const struct problem *p = problems->first; p; p = p->next) {
        jsonw_object(w);
        jsonw_kstring(w, "pointer", p->pointer);
        jsonw_kstring(w, "detail", p->detail);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_type(struct jsonw *w, enum err_kind kind)
{
    struct str type = STR_INIT;
    str_add(&type, "urn:approvals:problem:");
    str_add(&type, err_kind_name(kind));
    jsonw_kstring(w, "type", type.buf);
    str_release(&type);
}

void problem_body(struct str *out, const struct err *e, const char *request_id)
{
    int status = problem_status(e->kind);
    bool ours = status == 500;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    write_type(&w, ours ? ERR_INTERNAL : e->kind);
    jsonw_kstring(&w, "title", response_reason(status));
    jsonw_kint(&w, "status", status);
    jsonw_kstring(&w, "detail", ours ? INTERNAL_DETAIL : e->message);
    if (request_id)
        jsonw_kstring(&w, "instance", request_id);
    if (e->problems && !ours)
        write_errors(&w, e->problems);
    jsonw_end(&w);
}

void problem_respond(struct response *r, const struct request *req, const struct err *e)
{
    str_clear(&r->body);
    r->header_count = 0;
    r->status = problem_status(e->kind);
    r->content_type = TYPE_PROBLEM;
    problem_body(&r->body, e, req->id);
    if (e->retry_after)
        response_header(r, "Retry-After", arena_printf(req->arena, "%d", e->retry_after));
    else if (e->kind == ERR_UNAVAILABLE)
        response_header(r, "Retry-After", "1");
    if (e->kind == ERR_UNAUTHENTICATED)
        response_header(r, "WWW-Authenticate", "Bearer");
}
