#include "handlers.h"

#include "auth/principal.h"
#include "choice.h"
#include "engine/definition.h"
#include "posting.h"
#include "service/approval_act.h"
#include "view/view_approval.h"

#define TEXT_MAX 4000

/* Consuming has a route of its own. */
static const char *action_at(int i)
{
    return i == ACTION_CONSUME ? NULL : action_name((enum action_kind)i);
}

struct act_body {
    const char *actor_id, *action, *comment, *assignee, *stage_id, *payload_sha256;
    int64_t visit, expected_seq;
    const struct json *metadata, *payload;
};

static const struct field act_fields[] = {
    {"actor_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct act_body, actor_id)},
    {"action", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct act_body, action)},
    {"comment", FIELD_STRING, 0, 0, TEXT_MAX, offsetof(struct act_body, comment)},
    {"assignee", FIELD_ID, 0, 1, ID_MAX, offsetof(struct act_body, assignee)},
    {"stage_id", FIELD_ID, 0, 1, 2 * ID_MAX, offsetof(struct act_body, stage_id)},
    {"visit", FIELD_INT, 0, 1, INT32_MAX, offsetof(struct act_body, visit)},
    {"expected_seq", FIELD_INT, 0, 1, INT32_MAX, offsetof(struct act_body, expected_seq)},
    {"payload_sha256", FIELD_ID, 0, 64, 64, offsetof(struct act_body, payload_sha256)},
    {"metadata", FIELD_OBJECT, 0, 0, 0, offsetof(struct act_body, metadata)},
    {"payload", FIELD_OBJECT, 0, 0, 0, offsetof(struct act_body, payload)},
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

/* As the API shows it. */
static void check_sha256(const char *text, struct problems *problems)
{
    if (text && strspn(text, "0123456789abcdef") != 64)
        problems_add(problems, "/payload_sha256", "must be 64 lower-case hexadecimal digits");
}

/* Who acts for another has no more rights than that one, and is no administrator in his place. */
static int read_actor(struct service *sv, struct request *req, const char *named,
                      struct action *out, struct err *e)
{
    if (principal_actor(req->principal, named, &out->actor, &out->through, e) < 0) {
        posting_refused(sv, req, "approval", request_path_param(req, "id"),
                        arena_printf(req->arena, "approval.%s", action_name(out->kind)), e);
        return -1;
    }
    out->admin = !out->through && principal_has(req->principal, ROLE_ADMIN);
    return 0;
}

static int read_action(struct service *sv, struct request *req, const struct json *body,
                       struct action *out, struct err *e)
{
    struct act_body in = {0};
    struct act_metadata meta = {0};
    struct problems *problems = problems_new(req->arena);
    fields_read(body, "", act_fields, sizeof act_fields / sizeof *act_fields, &in, problems);
    if (in.metadata)
        fields_read(in.metadata, "/metadata", metadata_fields,
                    sizeof metadata_fields / sizeof *metadata_fields, &meta, problems);
    check_sha256(in.payload_sha256, problems);
    posting_require_id(req, body, "actor_id", problems);
    int kind = in.action
                   ? one_of(problems, "/action", in.action, action_parse, action_at, ACTION_COUNT)
                   : -1;
    if (problems_err(problems, e) < 0)
        return -1;
    *out = (struct action){
        .kind = (enum action_kind)kind,
        .assignee = in.assignee ? in.assignee : meta.assignee,
        .from = meta.from,
        .comment = in.comment ? in.comment : meta.notes,
        .stage_id = in.stage_id,
        .visit = in.visit,
        .expected_seq = in.expected_seq,
        .payload_sha256 = in.payload_sha256,
        .metadata = in.metadata ? request_text(req, "metadata") : NULL,
        .payload = in.payload,
        .payload_text = in.payload ? request_text(req, "payload") : NULL,
        .believed = principal_has(req->principal, ROLE_SERVICE),
    };
    return read_actor(sv, req, in.actor_id, out, e);
}

int api_approval_act(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_approval_acted, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct action action;
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        read_action(app, req, body, &action, e) < 0)
        return -1;
    if (approval_act(app, &call, request_path_param(req, "id"), &action, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

/* Only the requester's id and what he is about to do. */
static const struct field consume_fields[] = {
    {"actor_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct action, actor)},
    {"payload_sha256", FIELD_ID, FIELD_REQUIRED, 64, 64, offsetof(struct action, payload_sha256)},
};

static int read_consume(struct service *sv, struct request *req, const struct json *body,
                        struct action *out, struct err *e)
{
    size_t n = sizeof consume_fields / sizeof *consume_fields;
    struct problems *problems = problems_new(req->arena);
    fields_read(body, "", consume_fields, n, out, problems);
    fields_refuse_unknown(body, "", consume_fields, n, problems);
    check_sha256(out->payload_sha256, problems);
    posting_require_id(req, body, "actor_id", problems);
    return problems_err(problems, e) < 0 ? -1 : read_actor(sv, req, out->actor, out, e);
}

int api_approval_consume(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_approval_consumed, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct action action = {.kind = ACTION_CONSUME};
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        read_consume(app, req, body, &action, e) < 0 ||
        approval_act(app, &call, request_path_param(req, "id"), &action, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
