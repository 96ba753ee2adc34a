#include "handlers.h"

#include "posting.h"
#include "service/manual_only.h"
#include "view/view_directory.h"

struct body {
    bool manual_only;
    const char *reason;
};

static const struct field body_fields[] = {
    {"manual_only", FIELD_BOOL, FIELD_REQUIRED, 0, 0, offsetof(struct body, manual_only)},
    {"reason", FIELD_ID, 0, 1, MANUAL_ONLY_REASON_MAX, offsetof(struct body, reason)},
};
#define BODY_COUNT (sizeof body_fields / sizeof *body_fields)

int api_manual_only_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct switch_row row;
    if (manual_only_read(app, req->arena, &row, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_manual_only(&r->body, &row);
    return 0;
}

static int read_body(struct request *req, struct body *out, struct err *e)
{
    const struct json *body;
    if (request_json(req, &body, e) < 0)
        return -1;
    struct problems *problems = problems_new(req->arena);
    fields_refuse_unknown(body, "", body_fields, BODY_COUNT, problems);
    fields_read(body, "", body_fields, BODY_COUNT, out, problems);
    return problems_err(problems, e);
}

int api_manual_only_put(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_manual_only, posting_problem};
    struct body body = {0};
    struct call call;
    struct answer answer;
    posting_call_unkeyed(req, &render, &call);
    if (read_body(req, &body, e) < 0 ||
        manual_only_set(app, &call, body.manual_only, body.reason, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
