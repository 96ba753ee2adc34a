#include "handlers.h"

#include "paging.h"
#include "posting.h"
#include "service/audit.h"
#include "service/users.h"
#include "view/view_directory.h"

/* Who sees how everybody can be reached leaves a trace. */
static int note_reading(struct service *sv, struct request *req, struct err *e)
{
    struct call c;
    if (req->principal->trusted || !principal_may(req->principal, MAY_AUDIT))
        return 0;
    posting_call_unkeyed(req, NULL, &c);
    return audit_reading(sv, &c, "user", "user.list_read", e);
}

int api_user_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct page page;
    struct user_list list;
    if (paging_read(req, &page, e) < 0 ||
        user_read_list(app, req->arena, req->principal, &page, &list, e) < 0 ||
        note_reading(app, req, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_user_list(&r->body, &list);
    if (list.more)
        paging_link_next(req, r, &page, list.rows[list.count - 1].id);
    return 0;
}

int api_user_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct user_row user;
    if (user_read_one(app, req->arena, req->principal, request_path_param(req, "id"), &user, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_user(&r->body, &user);
    return 0;
}

int api_user_create(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {201, view_user, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        user_create(app, &call, body, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

int api_user_change(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_user, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    posting_call_unkeyed(req, &render, &call);
    if (request_json(req, &body, e) < 0 ||
        user_change(app, &call, request_path_param(req, "id"), body, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

int api_user_remove(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {204, posting_nothing, posting_problem};
    struct call call;
    struct answer answer;
    posting_call_unkeyed(req, &render, &call);
    if (user_remove(app, &call, request_path_param(req, "id"), &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
