/*
 * A set-up link: whoever holds it chooses a password, once.
 */
#include "page.h"
#include "routes.h"

#include "auth/cookie.h"
#include "base/problems.h"
#include "service/password.h"
#include "service/sessions.h"
#include "service/setup_link.h"

static void add_form(struct str *out, const char *token)
{
    str_add(out, "<form method=\"post\" action=\"/setup\" class=\"fields\">\n");
    page_hidden(out, "token", token);
    str_addf(out,
             "<label for=\"password\">Password</label>\n"
             "<input id=\"password\" name=\"password\" type=\"password\" minlength=\"%d\" "
             "autocomplete=\"new-password\" aria-describedby=\"rule\" required autofocus>\n"
             "<p id=\"rule\" class=\"quiet\">At least %d characters.</p>\n"
             "<label for=\"again\">The same again</label>\n"
             "<input id=\"again\" name=\"again\" type=\"password\" autocomplete=\"new-password\" "
             "required>\n<button>Set the password</button>\n</form>\n",
             PASSWORD_MIN, PASSWORD_MIN);
}

static int show(struct service *sv, struct request *req, struct response *r, int status,
                const char *token, const char *note, struct err *e)
{
    const char *user;
    if (!token || setup_link_user(sv, req->arena, token, &user, e) < 0)
        return token ? -1 : err_set(e, ERR_NOT_FOUND, "This link is not complete");
    page_begin(r, status, "Choose a password", NULL);
    str_add(&r->body, "<p>For <strong>");
    str_add_html(&r->body, user);
    str_add(&r->body, "</strong>. This link works once.</p>\n");
    if (note)
        page_note(&r->body, note);
    add_form(&r->body, token);
    page_end(r);
    return 0;
}

int page_setup(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct service *sv = app;
    const char *refusal = site_refusal(&sv->site);
    if (refusal)
        return err_set(e, ERR_FORBIDDEN, "%s", refusal);
    return show(app, req, r, 200, request_query(req, "token"), NULL, e);
}

int page_setup_post(void *app, struct request *req, struct response *r, struct err *e)
{
    struct call c = page_call(req);
    struct bearer cookie;
    const char *user;
    if (page_check_origin(app, req, e) < 0 || request_form(req, e) < 0)
        return -1;
    const char *token = request_form_value(req, "token");
    const char *password = request_form_value(req, "password");
    const char *again = request_form_value(req, "again");
    if (!token || !password || !again || strcmp(password, again) != 0)
        return show(app, req, r, 422, token, "The two passwords are not the same.", e);
    if (setup_link_use(app, &c, token, password, &user, e) < 0) {
        const char *why = e->problems ? e->problems->first->detail : NULL;
        return why ? show(app, req, r, 422, token,
                          arena_printf(req->arena, "The password %s.", why), e)
                   : -1;
    }
    if (session_start(app, &c, user, &cookie, e) < 0)
        return -1;
    page_keep_session(app, req, r, cookie.text, "/");
    return 0;
}
