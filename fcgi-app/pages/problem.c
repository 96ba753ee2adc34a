#include "page.h"
#include "routes.h"

#include "http/problem.h"

static void go_to_sign_in(const struct request *req, struct response *r)
{
    struct str location = STR_INIT;
    str_add(&location, "/sign-in");
    if (req->method == HTTP_GET && strcmp(req->target, "/") != 0 && page_is_local(req->target)) {
        str_add(&location, "?next=");
        str_add_url(&location, req->target);
    }
    page_redirect(r, arena_strndup(req->arena, location.buf, location.len));
    str_release(&location);
}

void page_problem(void *app, const struct request *req, struct response *r, const struct err *e)
{
    (void)app;
    if (e->kind == ERR_UNAUTHENTICATED && !req->principal) {
        go_to_sign_in(req, r);
        return;
    }
    problem_respond(r, req, e); /* its status and headers */
    int status = r->status;
    str_clear(&r->body);
    page_begin(r, status, response_reason(status), req->principal);
    page_note(&r->body, status == 500 ? "Something went wrong on our side." : e->message);
    str_add(&r->body, "<p class=\"quiet\">Request ");
    str_add_html(&r->body, req->id);
    str_add(&r->body, "</p>\n");
    page_end(r);
}
