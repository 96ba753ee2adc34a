#include "handlers.h"

#include "engine/definition.h"
#include "service/rules_evaluate.h"
#include "view/view_rules.h"

struct evaluate_body {
    const struct json *payload;
    const char *action_type, *requester_id, *at;
};

static const struct field body_fields[] = {
    {"payload", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct evaluate_body, payload)},
    {"action_type", FIELD_STRING, 0, 0, ID_MAX, offsetof(struct evaluate_body, action_type)},
    {"requester_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct evaluate_body, requester_id)},
    {"at", FIELD_STRING, 0, 1, 100, offsetof(struct evaluate_body, at)},
};
#define BODY_COUNT (sizeof body_fields / sizeof *body_fields)

static int read_body(struct request *req, int64_t now, struct rules_evaluate *out, struct err *e)
{
    const struct json *body;
    struct evaluate_body in = {0};
    if (request_json(req, &body, e) < 0)
        return -1;
    struct problems *problems = problems_new(req->arena);
    struct err bad_time = ERR_INIT;
    fields_refuse_unknown(body, "", body_fields, BODY_COUNT, problems);
    fields_read(body, "", body_fields, BODY_COUNT, &in, problems);
    *out = (struct rules_evaluate){
        .who = req->principal,
        .payload = in.payload,
        .action_type = in.action_type,
        .requester = in.requester_id,
        .at = now,
    };
    if (in.at && time_parse(in.at, &out->at, &bad_time) < 0)
        problems_add(problems, "/at", "%s", bad_time.message);
    return problems_err(problems, e);
}

int api_rules_evaluate(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct service *sv = app;
    struct rules_evaluate in;
    struct rules_evaluation evaluation;
    if (read_body(req, clock_now(sv->clock), &in, e) < 0 ||
        rules_evaluate(app, req->arena, &in, &evaluation, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_rules_evaluation(&r->body, &evaluation);
    return 0;
}
