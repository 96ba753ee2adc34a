#include "handlers.h"

#include "auth/principal.h"
#include "engine/definition.h"
#include "posting.h"
#include "service/approval_act.h"
#include "service/approval_submit.h"
#include "view/view_approval.h"

#define TEXT_MAX 4000

static void choices(struct str *out, const char *(*name)(int), int count)
{
    for (int i = 0; i < count; i++)
        str_addf(out, "%s%s", i == 0 ? "" : i == count - 1 ? " or " : ", ", name(i));
}

static const char *status_at(int i)
{
    return approval_status_name((enum approval_status)i);
}

static const char *action_at(int i)
{
    return action_name((enum action_kind)i);
}

/* A text that must be one of a list; the problem names them all. Gives its index or -1. */
static int one_of(struct problems *problems, const char *pointer, const char *text,
                  int (*parse)(const char *), const char *(*name)(int), int count)
{
    int found = parse(text);
    if (found < 0) {
        struct str s = STR_INIT;
        choices(&s, name, count);
        problems_add(problems, pointer, "must be %s, not \"%s\"", s.buf, text);
        str_release(&s);
    }
    return found;
}

struct list_query {
    const char *status;
    int64_t limit;
};

static const struct query_field list_query_fields[] = {
    {"status_filter", QUERY_TEXT, 0, 0, offsetof(struct list_query, status)},
    {"limit", QUERY_INT, 1, APPROVAL_LIST_MAX, offsetof(struct list_query, limit)},
};

int api_approval_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct list_query query = {.limit = APPROVAL_LIST_DEFAULT};
    if (request_query_read(req, list_query_fields,
                           sizeof list_query_fields / sizeof *list_query_fields, &query, e) < 0)
        return -1;
    struct problems *problems = arena_make(req->arena, struct problems);
    problems_init(problems, req->arena);
    struct approval_filter filter = {.status = -1, .limit = (size_t)query.limit};
    if (query.status && *query.status)
        filter.status = one_of(problems, "status_filter", query.status, approval_status_parse,
                               status_at, STATUS_COUNT);
    struct approval_list list;
    if (problems_err(problems, e) < 0 || approval_read_list(app, req->arena, &filter, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_approval_list(&r->body, &list);
    return 0;
}

int api_approval_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    struct approval_detail detail;
    if (approval_read_one(app, req->arena, request_path_param(req, "id"), &detail, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_approval_detail(&r->body, &detail);
    return 0;
}

static const struct field submit_fields[] = {
    {"workflow_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX,
     offsetof(struct approval_submit, workflow_id)},
    {"target_entity", FIELD_ID, FIELD_REQUIRED, 1, TEXT_MAX,
     offsetof(struct approval_submit, target_entity)},
    {"payload", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct approval_submit, payload)},
    {"requester_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX,
     offsetof(struct approval_submit, requester_id)},
};

int api_approval_submit(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {201, view_approval_submitted, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct approval_submit in = {0};
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        request_fields(req, body, submit_fields, sizeof submit_fields / sizeof *submit_fields, &in,
                       e) < 0)
        return -1;
    in.payload_text = request_text(req, "payload");
    if (approval_submit(app, &call, &in, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

struct act_body {
    const char *actor_id, *action, *comment, *assignee, *stage_id, *payload_sha256;
    int64_t visit, expected_seq;
    const struct json *metadata;
};

static const struct field act_fields[] = {
    {"actor_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct act_body, actor_id)},
    {"action", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct act_body, action)},
    {"comment", FIELD_STRING, 0, 0, TEXT_MAX, offsetof(struct act_body, comment)},
    {"assignee", FIELD_ID, 0, 1, ID_MAX, offsetof(struct act_body, assignee)},
    {"stage_id", FIELD_ID, 0, 1, 2 * ID_MAX, offsetof(struct act_body, stage_id)},
    {"visit", FIELD_INT, 0, 1, INT32_MAX, offsetof(struct act_body, visit)},
    {"expected_seq", FIELD_INT, 0, 1, INT32_MAX, offsetof(struct act_body, expected_seq)},
    {"payload_sha256", FIELD_ID, 0, 64, 64, offsetof(struct act_body, payload_sha256)},
    {"metadata", FIELD_OBJECT, 0, 0, 0, offsetof(struct act_body, metadata)},
};

/* What 0.4.0 put into metadata; the top level wins. */
struct act_metadata {
    const char *assignee, *from, *notes;
};

static const struct field metadata_fields[] = {
    {"assignee", FIELD_ID, 0, 1, ID_MAX, offsetof(struct act_metadata, assignee)},
    {"from", FIELD_ID, 0, 1, ID_MAX, offsetof(struct act_metadata, from)},
    {"notes", FIELD_STRING, 0, 0, TEXT_MAX, offsetof(struct act_metadata, notes)},
};

static int read_action(struct request *req, const struct json *body, struct action *out,
                       struct err *e)
{
    struct act_body in = {0};
    struct act_metadata meta = {0};
    struct problems *problems = arena_make(req->arena, struct problems);
    problems_init(problems, req->arena);
    fields_read(body, "", act_fields, sizeof act_fields / sizeof *act_fields, &in, problems);
    if (in.metadata)
        fields_read(in.metadata, "/metadata", metadata_fields,
                    sizeof metadata_fields / sizeof *metadata_fields, &meta, problems);
    int kind = in.action
                   ? one_of(problems, "/action", in.action, action_parse, action_at, ACTION_COUNT)
                   : -1;
    if (problems_err(problems, e) < 0)
        return -1;
    *out = (struct action){
        .kind = (enum action_kind)kind,
        .actor = in.actor_id,
        .assignee = in.assignee ? in.assignee : meta.assignee,
        .from = meta.from,
        .comment = in.comment ? in.comment : meta.notes,
        .stage_id = in.stage_id,
        .visit = in.visit,
        .expected_seq = in.expected_seq,
        .payload_sha256 = in.payload_sha256,
        .may_reassign = principal_has(req->principal, ROLE_ADMIN),
    };
    return 0;
}

int api_approval_act(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_approval_acted, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct action action;
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        read_action(req, body, &action, e) < 0)
        return -1;
    if (approval_act(app, &call, request_path_param(req, "id"), &action, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
