/*
 * What somebody may do about himself, and administrators about how others
 * sign in.
 */
#include "handlers.h"

#include "auth/principal.h"
#include "posting.h"
#include "service/setup_link.h"
#include "service/tokens.h"
#include "service/users.h"
#include "view/view_access.h"
#include "view/view_directory.h"

int api_me(void *app, struct request *req, struct response *r, struct err *e)
{
    struct me me;
    if (me_read(app, req->arena, req->principal, &me, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_me(&r->body, &me);
    return 0;
}

/* {"absence": as in a user}: nobody but an administrator changes more of himself. */
static int check_absence(struct request *req, const struct json *body, struct err *e)
{
    static const struct field fields[] = {{"absence", FIELD_ANY, 0, 0, 0, 0}};
    struct problems *problems = problems_new(req->arena);
    const struct json *v;
    fields_refuse_unknown(body, "", fields, 1, problems);
    if (!json_member(body, "absence", &v))
        problems_add(problems, "/absence", "is required; null ends an absence");
    return problems_err(problems, e);
}

int api_me_absence(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_user, posting_problem};
    const struct json *body;
    struct call c;
    struct answer answer;
    posting_call_unkeyed(req, &render, &c);
    if (request_json(req, &body, e) < 0 || check_absence(req, body, e) < 0 ||
        user_change(app, &c, req->principal->subject, body, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

int api_user_setup_link(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct service *sv = app;
    struct call c;
    struct bearer link;
    posting_call_unkeyed(req, NULL, &c);
    if (posting_no_key(req, e) < 0 ||
        setup_link_make(app, &c, request_path_param(req, "id"), &link, e) < 0)
        return -1;
    r->status = 201;
    r->content_type = TYPE_JSON;
    view_setup_link(&r->body, sv->site.origin, link.text);
    return 0;
}

int api_user_sign_out(void *app, struct request *req, struct response *r, struct err *e)
{
    struct call c;
    posting_call_unkeyed(req, NULL, &c);
    if (tokens_end_all(app, &c, request_path_param(req, "id"), e) < 0)
        return -1;
    r->status = 204;
    return 0;
}

int api_role_list(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_role_list(&r->body);
    return 0;
}
