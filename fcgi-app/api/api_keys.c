#include "handlers.h"

#include "paging.h"
#include "posting.h"
#include "service/api_keys.h"
#include "service/audit.h"
#include "service/audit.h"
#include "view/view_access.h"

static void answer_json(struct response *r, int status)
{
    r->status = status;
    r->content_type = TYPE_JSON;
}

int api_key_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct page page;
    struct api_key_list list;
    struct call c;
    posting_call_unkeyed(req, NULL, &c);
    if (paging_read(req, &page, e) < 0 || api_key_read_list(app, req->arena, &page, &list, e) < 0 ||
        audit_reading(app, &c, "api_key", "api_key.list_read", e) < 0)
        return -1;
    answer_json(r, 200);
    view_api_key_list(&r->body, &list);
    if (list.more)
        paging_link_next(req, r, &page, list.rows[list.count - 1].id);
    return 0;
}

int api_key_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct api_key_row key;
    if (api_key_read_one(app, req->arena, request_path_param(req, "id"), &key, e) < 0)
        return -1;
    answer_json(r, 200);
    view_api_key(&r->body, &key);
    return 0;
}

int api_key_new(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct json *body;
    struct call c;
    struct api_key_made made;
    posting_call_unkeyed(req, NULL, &c);
    if (posting_no_key(req, e) < 0 || request_json(req, &body, e) < 0 ||
        api_key_create(app, &c, body, &made, e) < 0)
        return -1;
    answer_json(r, 201);
    view_api_key_made(&r->body, &made);
    return 0;
}

int api_key_end(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {204, posting_nothing, posting_problem};
    struct call c;
    struct answer answer;
    posting_call_unkeyed(req, &render, &c);
    if (api_key_revoke(app, &c, request_path_param(req, "id"), &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
