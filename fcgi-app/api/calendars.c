#include "handlers.h"

#include "posting.h"
#include "service/calendars.h"
#include "view/view_directory.h"

int api_calendar_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct calendar_list list;
    if (calendar_read_list(app, req->arena, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_calendar_list(&r->body, &list);
    return 0;
}

int api_calendar_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct calendar_row calendar;
    if (calendar_read_one(app, req->arena, request_path_param(req, "id"), &calendar, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_calendar(&r->body, &calendar);
    return 0;
}

int api_calendar_put(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_calendar, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    bool created;
    posting_call_unkeyed(req, &render, &call);
    if (request_json(req, &body, e) < 0 ||
        calendar_put(app, &call, request_path_param(req, "id"), body, &answer, &created, e) < 0)
        return -1;
    posting_answer(r, &answer);
    if (created)
        r->status = 201;
    return 0;
}
