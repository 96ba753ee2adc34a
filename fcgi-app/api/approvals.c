#include "handlers.h"

#include "auth/principal.h"
#include "choice.h"
#include "engine/definition.h"
#include "engine/duration.h"
#include "posting.h"
#include "service/approval_submit.h"
#include "view/view_approval.h"

#define TARGET_MAX 4000
#define LINKS_MAX 20
#define URL_MAX 2000
#define DURATION_MAX 100

static const char *status_at(int i)
{
    return approval_status_name((enum approval_status)i);
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
    struct problems *problems = problems_new(req->arena);
    struct approval_filter filter = {.status = -1, .limit = (size_t)query.limit};
    if (query.status && *query.status)
        filter.status = one_of(problems, "status_filter", query.status, approval_status_parse,
                               status_at, STATUS_COUNT);
    struct approval_list list;
    if (problems_err(problems, e) < 0 ||
        approval_read_list(app, req->arena, req->principal, &filter, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_approval_list(&r->body, &list);
    return 0;
}

/* For whom he asks what he may do, where that is not himself. */
struct detail_query {
    const char *actor;
};

static int read_asked(struct request *req, const char **actor, struct err *e)
{
    static const struct query_field fields[] = {
        {"actor_id", QUERY_TEXT, 0, 0, offsetof(struct detail_query, actor)},
    };
    struct detail_query query = {0};
    const struct principal *who = req->principal;
    const char *through;
    if (request_query_read(req, fields, 1, &query, e) < 0)
        return -1;
    *actor = query.actor;
    return who->trusted || (query.actor && principal_has(who, ROLE_ADMIN))
               ? 0
               : principal_actor(who, query.actor, actor, &through, e);
}

int api_approval_detail(void *app, struct request *req, struct response *r, struct err *e)
{
    const char *actor;
    struct approval_detail *detail = arena_make(req->arena, struct approval_detail);
    if (read_asked(req, &actor, e) < 0 ||
        approval_read_one(app, req->arena, req->principal, request_path_param(req, "id"), actor,
                          detail, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_approval_detail(&r->body, detail);
    return 0;
}

int api_approval_outlook(void *app, struct request *req, struct response *r, struct err *e)
{
    struct approval_outlook outlook;
    if (approval_outlook(app, req->arena, req->principal, request_path_param(req, "id"), &outlook,
                         e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_approval_outlook(&r->body, &outlook);
    return 0;
}

static const struct field submit_fields[] = {
    {"workflow_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX,
     offsetof(struct approval_submit, workflow_id)},
    {"target_entity", FIELD_ID, FIELD_REQUIRED, 1, TARGET_MAX,
     offsetof(struct approval_submit, target_entity)},
    {"payload", FIELD_OBJECT, FIELD_REQUIRED, 0, 0, offsetof(struct approval_submit, payload)},
    {"requester_id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct approval_submit, requester_id)},
    {"title", FIELD_ID, 0, 1, TITLE_MAX, offsetof(struct approval_submit, title)},
};

/* What is checked further before the service gets it. */
struct submit_extra {
    const struct json *links;
    const char *valid_for;
};

static const struct field extra_fields[] = {
    {"links", FIELD_ARRAY, 0, 0, LINKS_MAX, offsetof(struct submit_extra, links)},
    {"valid_for", FIELD_STRING, 0, 1, DURATION_MAX, offsetof(struct submit_extra, valid_for)},
};

struct link {
    const char *name, *url;
};

static const struct field link_fields[] = {
    {"name", FIELD_STRING, FIELD_REQUIRED, 1, NAME_MAX_LENGTH, offsetof(struct link, name)},
    {"url", FIELD_ID, FIELD_REQUIRED, 1, URL_MAX, offsetof(struct link, url)},
};

static bool is_web_address(const char *url)
{
    const char *host = !strncmp(url, "https://", 8)  ? url + 8
                       : !strncmp(url, "http://", 7) ? url + 7
                                                     : "";
    return strcspn(host, "/?#:") > 0 && !strpbrk(url, " \"'<>`\\");
}

static void check_link(const struct json *v, const char *at, struct problems *problems)
{
    struct link link = {0};
    fields_read(v, at, link_fields, sizeof link_fields / sizeof *link_fields, &link, problems);
    fields_refuse_unknown(v, at, link_fields, sizeof link_fields / sizeof *link_fields, problems);
    if (link.url && !is_web_address(link.url))
        problems_add(
            problems, pointer_key(problems->arena, at, "url"),
            "must be an address that begins with https:// or http://, with a host, without "
            "blanks, quotes or angle brackets");
}

static int read_extra(struct request *req, const struct json *body, struct approval_submit *in,
                      struct err *e)
{
    struct submit_extra extra = {0};
    struct duration valid_for = {0};
    struct err why = ERR_INIT;
    struct problems *problems = problems_new(req->arena);
    fields_read(body, "", extra_fields, sizeof extra_fields / sizeof *extra_fields, &extra,
                problems);
    for (size_t i = 0; i < json_array_size(extra.links); i++)
        check_link(json_at(extra.links, i), pointer_index(req->arena, "/links", i), problems);
    if (extra.valid_for && duration_read(extra.valid_for, &valid_for, &why) < 0)
        problems_add(problems, "/valid_for", "%s", why.message);
    else if (valid_for.unit != DURATION_ELAPSED)
        problems_add(problems, "/valid_for", "must be elapsed time, such as \"30m\"");
    in->links = json_array_size(extra.links) ? request_text(req, "links") : NULL;
    in->valid_for_us = valid_for.us;
    return problems_err(problems, e);
}

/* For whom; with authentication off he must be named. */
static int read_requester(struct service *sv, struct request *req, const struct json *body,
                          struct approval_submit *in, struct err *e)
{
    size_t n = sizeof submit_fields / sizeof *submit_fields;
    struct problems *problems = problems_new(req->arena);
    fields_read(body, "", submit_fields, n, in, problems);
    posting_require_id(req, body, "requester_id", problems);
    if (problems_err(problems, e) < 0)
        return -1;
    int rc =
        principal_requester(req->principal, in->requester_id, &in->requester_id, &in->through, e);
    if (rc < 0)
        posting_refused(sv, req, "workflow", in->workflow_id, "approval.submitted", e);
    return rc;
}

int api_approval_submit(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct render render = {201, view_approval_submitted, posting_problem};
    const struct json *body;
    struct call call;
    struct answer answer;
    struct approval_submit in = {0};
    if (request_json(req, &body, e) < 0 || posting_call(req, &render, &call, e) < 0 ||
        read_requester(app, req, body, &in, e) < 0 || read_extra(req, body, &in, e) < 0)
        return -1;
    in.payload_text = request_text(req, "payload");
    if (approval_submit(app, &call, &in, &answer, e) < 0)
        return -1;
    posting_answer(r, &answer);
    return 0;
}
