#include "handlers.h"

#include "paging.h"
#include "posting.h"
#include "service/groups.h"
#include "view/view_directory.h"

int api_group_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct page page;
    struct group_list list;
    if (paging_read(req, &page, e) < 0 || group_read_list(app, req->arena, &page, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_group_list(&r->body, &list);
    if (list.more)
        paging_link_next(req, r, &page, list.rows[list.count - 1].id);
    return 0;
}

int api_group_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct group_row group;
    if (group_read_one(app, req->arena, request_path_param(req, "id"), &group, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_group(&r->body, &group);
    return 0;
}

int api_group_create(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {201, view_group, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        group_create(app, &call, body, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

int api_group_change(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_group, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    posting_call_unkeyed(req, &render, &call);
    if (request_json(req, &body, e) < 0 ||
        group_change(app, &call, request_path_param(req, "id"), body, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

int api_group_remove(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {204, posting_nothing, posting_problem};
    struct call call;
    struct answer answer;
    posting_call_unkeyed(req, &render, &call);
    if (group_remove(app, &call, request_path_param(req, "id"), &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
