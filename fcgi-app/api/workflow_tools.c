/* What is asked about workflows besides posting and reading them. */
#include "handlers.h"

#include "choice.h"
#include "engine/definition.h"
#include "posting.h"
#include "service/workflow_migrate.h"
#include "service/workflow_status.h"
#include "view/view_workflow.h"

#define TARGET_MAX 4000
#define COUNT(table) (sizeof(table) / sizeof *(table))

int api_workflow_validate(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct json *body;
    struct workflow_report report;
    if (request_json(req, &body, e) < 0 || workflow_validate(app, req->arena, body, &report, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_workflow_report(&r->body, &report);
    return 0;
}

static const struct field simulate_fields[] = {
    {"workflow_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct simulate, workflow_id)},
    {"definition", FIELD_OBJECT, 0, 0, 0, offsetof(struct simulate, definition)},
    {"payload", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct simulate, payload)},
    {"requester_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct simulate, requester_id)},
    {"target_entity", FIELD_ID, 0, 1, TARGET_MAX, offsetof(struct simulate, target_entity)},
};

struct votes_body {
    const struct json *votes;
};

static const struct field votes_fields[] = {
    {"votes", FIELD_ARRAY, 0, 0, SIMULATE_VOTES_MAX, offsetof(struct votes_body, votes)},
};

struct vote_body {
    const char *actor, *stage, *action;
};

static const struct field vote_fields[] = {
    {"actor_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct vote_body, actor)},
    {"stage", FIELD_ID, FIELD_REQUIRED, 1, 2 * ID_MAX, offsetof(struct vote_body, stage)},
    {"action", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct vote_body, action)},
};

static const char *vote_at(int i)
{
    bool votes = i == ACTION_APPROVE || i == ACTION_REJECT || i == ACTION_ABSTAIN;
    return votes ? action_name((enum action_kind)i) : NULL;
}

static void read_vote(const struct json *v, const char *at, struct problems *problems,
                      struct simulated_vote *out)
{
    struct vote_body body = {0};
    fields_read(v, at, vote_fields, COUNT(vote_fields), &body, problems);
    fields_refuse_unknown(v, at, vote_fields, COUNT(vote_fields), problems);
    int kind = body.action ? one_of(problems, pointer_key(problems->arena, at, "action"),
                                    body.action, action_parse, vote_at, ACTION_COUNT)
                           : -1;
    *out = (struct simulated_vote){
        .actor = body.actor,
        .stage = body.stage,
        .kind = kind < 0 ? ACTION_APPROVE : (enum action_kind)kind,
    };
}

static bool refuse_other(const char *key, const struct json *v, void *arg)
{
    (void)v;
    struct problems *problems = arg;
    for (size_t i = 0; i < COUNT(simulate_fields); i++)
        if (!strcmp(simulate_fields[i].name, key))
            return true;
    if (strcmp(key, "votes") != 0)
        problems_add(problems, pointer_key(problems->arena, "", key), "is not known here");
    return true;
}

/* Himself; who sees everybody's approvals may ask for others. */
static int choose_requester(const struct principal *who, struct simulate *in, struct err *e)
{
    const char *through;
    if (in->requester_id && principal_may(who, MAY_OVERSEE))
        return 0;
    return principal_requester(who, in->requester_id, &in->requester_id, &through, e);
}

static int read_simulate(struct request *req, const struct json *body, struct simulate *in,
                         struct err *e)
{
    struct problems *problems = problems_new(req->arena);
    struct votes_body votes = {0};
    fields_read(body, "", simulate_fields, COUNT(simulate_fields), in, problems);
    fields_read(body, "", votes_fields, COUNT(votes_fields), &votes, problems);
    json_each(body, refuse_other, problems);
    if (!in->workflow_id == !in->definition)
        problems_add(problems, "", "must have one of workflow_id and definition");
    size_t n = json_array_size(votes.votes);
    struct simulated_vote *list = arena_array(req->arena, n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        read_vote(json_at(votes.votes, i), pointer_index(req->arena, "/votes", i), problems,
                  &list[i]);
    in->votes = votes.votes ? list : NULL;
    in->vote_count = n;
    posting_require_id(req, body, "requester_id", problems);
    return problems_err(problems, e) < 0 ? -1 : choose_requester(req->principal, in, e);
}

int api_workflow_simulate(void *app, struct request *req, struct response *r, struct err *e)
{
    const struct json *body;
    struct simulate in = {.who = req->principal, .target_entity = "simulation"};
    struct simulated result;
    if (request_json(req, &body, e) < 0 || read_simulate(req, body, &in, e) < 0)
        return -1;
    in.payload_text = request_text(req, "payload");
    if (workflow_simulate(app, req->arena, &in, &result, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_simulated(&r->body, &result);
    return 0;
}

int api_workflow_versions(void *app, struct request *req, struct response *r, struct err *e)
{
    struct workflow_versions versions;
    if (workflow_read_versions(app, req->arena, req->principal, request_path_param(req, "id"),
                               &versions, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_workflow_versions(&r->body, &versions);
    return 0;
}

/* A revision that is no number is one that is not there. */
static int64_t read_revision(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n && n < 10 && !text[n] ? strtoll(text, NULL, 10) : -1;
}

int api_workflow_version(void *app, struct request *req, struct response *r, struct err *e)
{
    struct workflow_detail detail;
    int64_t revision = read_revision(request_path_param(req, "revision"));
    if (revision < 1)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (workflow_read_version(app, req->arena, req->principal, request_path_param(req, "id"),
                              revision, &detail, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_workflow_detail(&r->body, &detail);
    return 0;
}

struct status_body {
    const char *status;
};

static const struct field status_fields[] = {
    {"status", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct status_body, status)},
};

int api_workflow_change(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_workflow_row, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct status_body in = {0};
    struct problems *problems = problems_new(req->arena);
    if (request_json(req, &body, e) < 0)
        return -1;
    posting_call_unkeyed(req, &render, &call);
    fields_read(body, "", status_fields, COUNT(status_fields), &in, problems);
    fields_refuse_unknown(body, "", status_fields, COUNT(status_fields), problems);
    int status = in.status ? one_of(problems, "/status", in.status, workflow_status_parse,
                                    workflow_status_name, WORKFLOW_STATUS_COUNT)
                           : -1;
    if (problems_err(problems, e) < 0 ||
        workflow_status_set(app, &call, request_path_param(req, "id"), status, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}

static const struct field migrate_fields[] = {
    {"revision", FIELD_INT, 0, 1, INT32_MAX, offsetof(struct workflow_migrate, revision)},
    {"after", FIELD_ID, 0, 1, ID_MAX, offsetof(struct workflow_migrate, after)},
    {"dry_run", FIELD_BOOL, 0, 0, 0, offsetof(struct workflow_migrate, dry_run)},
};

int api_workflow_migrate(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {200, view_workflow_migrated, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct workflow_migrate in = {.workflow_id = request_path_param(req, "id")};
    struct problems *problems = problems_new(req->arena);
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0)
        return -1;
    fields_read(body, "", migrate_fields, COUNT(migrate_fields), &in, problems);
    fields_refuse_unknown(body, "", migrate_fields, COUNT(migrate_fields), problems);
    if (problems_err(problems, e) < 0 || workflow_migrate(app, &call, &in, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
