#include "page.h"
#include "routes.h"

#include "auth/cookie.h"
#include "service/sessions.h"
#include "service/tokens.h"

static void add_form(struct str *out, const char *name, const char *next)
{
    str_add(out, "<form method=\"post\" action=\"/sign-in\" class=\"fields\">\n"
                 "<label for=\"username\">User</label>\n"
                 "<input id=\"username\" name=\"username\" autocomplete=\"username\" required");
    str_addf(out, "%s value=\"", name ? "" : " autofocus");
    str_add_html(out, name ? name : "");
    str_addf(out,
             "\">\n<label for=\"password\">Password</label>\n"
             "<input id=\"password\" name=\"password\" type=\"password\" "
             "autocomplete=\"current-password\" required%s>\n",
             name ? " autofocus" : "");
    if (next)
        page_hidden(out, "next", next);
    str_add(out, "<button>Sign in</button>\n</form>\n");
}

/* note NULL: nothing has been tried yet. */
static void show(const struct service *sv, struct response *r, int status, const char *note,
                 const char *name, const char *next)
{
    const char *refusal = site_refusal(&sv->site);
    page_begin(r, status, "Sign in", NULL);
    if (!sv->settings->auth) {
        page_note(&r->body,
                  "Sign-in is off: everybody who reaches this address may do everything.");
        str_add(&r->body, "<p><a href=\"/\">Go on</a></p>\n");
    } else if (refusal) {
        page_note(&r->body, refusal);
    } else {
        if (note)
            page_note(&r->body, note);
        add_form(&r->body, name, page_is_local(next) ? next : NULL);
    }
    page_end(r);
}

int page_sign_in(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)e;
    show(app, r, 200, NULL, NULL, request_query(req, "next"));
    return 0;
}

void page_keep_session(const struct service *sv, struct request *req, struct response *r,
                       const char *cookie, const char *location)
{
    struct str value = STR_INIT;
    cookie_set(&value, &sv->site, cookie, *cookie ? sv->settings->session_hours * 3600 : 0);
    page_redirect(r, location);
    response_header(r, "Set-Cookie", arena_strndup(req->arena, value.buf, value.len));
    str_release(&value);
}

int page_check_origin(const struct service *sv, const struct request *req, struct err *e)
{
    const char *refusal = site_refusal(&sv->site);
    if (refusal)
        return err_set(e, ERR_FORBIDDEN, "%s", refusal);
    if (site_is_origin(&sv->site, request_header(req, "origin"),
                       request_header(req, "sec-fetch-site"), request_header(req, "host")))
        return 0;
    return err_set(e, ERR_FORBIDDEN,
                   "This form does not come from %s, where APPROVAL_PUBLIC_URL says the service is",
                   sv->site.origin);
}

int page_sign_in_post(void *app, struct request *req, struct response *r, struct err *e)
{
    struct call c = page_call(req);
    struct bearer cookie;
    if (page_check_origin(app, req, e) < 0 || request_form(req, e) < 0)
        return -1;
    const char *name = request_form_value(req, "username");
    const char *password = request_form_value(req, "password");
    const char *next = request_form_value(req, "next");
    if (!name || !password || !*name || !*password) {
        show(app, r, 422, "Both the user and the password are needed.", name, next);
        return 0;
    }
    if (session_by_password(app, &c, name, password, &cookie, e) == 0) {
        page_keep_session(app, req, r, cookie.text, page_is_local(next) ? next : "/");
        return 0;
    }
    if (e->kind != ERR_UNAUTHENTICATED && e->kind != ERR_TOO_MANY)
        return -1;
    show(app, r, e->kind == ERR_TOO_MANY ? 429 : 401, e->message, name, next);
    if (e->retry_after)
        response_header(r, "Retry-After", arena_printf(req->arena, "%d", e->retry_after));
    return 0;
}

int page_sign_out(void *app, struct request *req, struct response *r, struct err *e)
{
    struct call c = page_call(req);
    if (tokens_end(app, &c, NULL, e) < 0)
        return -1;
    page_keep_session(app, req, r, "", "/sign-in");
    return 0;
}
