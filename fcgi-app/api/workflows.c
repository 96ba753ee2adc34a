#include "handlers.h"

#include "posting.h"
#include "service/workflow_publish.h"
#include "view/view_workflow.h"

int api_workflow_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct workflow_list list;
    if (workflow_read_all(app, req->arena, req->principal, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_workflow_list(&r->body, &list);
    return 0;
}

int api_workflow_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct workflow_detail detail;
    if (workflow_read_one(app, req->arena, req->principal, request_path_param(req, "id"), &detail,
                          e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_workflow_detail(&r->body, &detail);
    return 0;
}

int api_workflow_publish(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {201, view_workflow_published, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0)
        return -1;
    struct workflow_publish in = {.body = body, .text = request_text(req, NULL)};
    if (workflow_publish(app, &call, &in, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
