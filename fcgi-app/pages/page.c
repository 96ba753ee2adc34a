#include "page.h"

#include "auth/cookie.h"
#include "routes.h"

static void add_user(struct str *out, const struct principal *who)
{
    char csrf[CSRF_SIZE];
    str_add(out, "<p class=\"user\">Signed in as <strong>");
    str_add_html(out, who->subject);
    str_add(out, "</strong></p>\n");
    if (!who->session)
        return;
    csrf_token(who->session, csrf);
    str_add(out, "<form method=\"post\" action=\"/sign-out\">");
    page_hidden(out, "csrf", csrf);
    str_add(out, "<button>Sign out</button></form>\n");
}

static void add_head(struct str *out, const char *title)
{
    str_add(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<link rel=\"stylesheet\" href=\"/static/style.css\">\n<title>");
    str_add_html(out, title);
    str_add(out, " – Approvals</title></head>\n<body>\n"
                 "<header><a class=\"home\" href=\"/\">Approvals</a>\n");
}

void page_begin(struct response *r, int status, const char *title, const struct principal *who)
{
    struct str *out = &r->body;
    r->status = status;
    r->content_type = TYPE_HTML;
    add_head(out, title);
    if (who && !who->trusted)
        add_user(out, who);
    str_add(out, "</header>\n<main>\n");
    if (who && who->trusted)
        page_note(out, "Sign-in is off. Everybody who reaches this address may decide anything; "
                       "use it on a trusted network only.");
    str_add(out, "<h1>");
    str_add_html(out, title);
    str_add(out, "</h1>\n");
}

void page_end(struct response *r)
{
    str_add(&r->body, "</main>\n</body></html>\n");
}

void page_note(struct str *out, const char *text)
{
    str_add(out, "<p class=\"note\" role=\"status\">");
    str_add_html(out, text);
    str_add(out, "</p>\n");
}

void page_hidden(struct str *out, const char *name, const char *value)
{
    str_addf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    str_add_html(out, value);
    str_add(out, "\">");
}

void page_redirect(struct response *r, const char *location)
{
    str_clear(&r->body);
    r->status = 303;
    r->content_type = NULL;
    response_header(r, "Location", location);
}

bool page_is_local(const char *text)
{
    if (!text || text[0] != '/' || text[1] == '/' || text[1] == '\\')
        return false;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 127)
            return false;
    return true;
}

struct call page_call(struct request *req)
{
    static const struct principal nobody = {.subject = "anonymous"};
    return (struct call){
        .arena = req->arena,
        .who = req->principal ? req->principal : &nobody,
        .log = &req->log,
        .request_id = req->id,
        .client_address = req->client_address,
        .method = req->method_name,
        .target = req->target,
        .body = req->body,
        .body_len = req->body_len,
    };
}
