#include "handlers.h"

#include "base/clock.h"
#include "paging.h"
#include "posting.h"
#include "service/audit.h"
#include "view/view_audit.h"

#define TEXT_MAX 200
#define VERIFY_MAX 100000 /* entries that one request may look at */

struct list_query {
    const char *entity_type, *entity_id, *actor_id, *action, *created_after, *created_before;
    int64_t limit, cursor;
};

#define AT(member) offsetof(struct list_query, member)

/* The texts come first. */
static const struct query_field list_fields[] = {
    {"entity_type", QUERY_TEXT, 0, 0, AT(entity_type)},
    {"entity_id", QUERY_TEXT, 0, 0, AT(entity_id)},
    {"actor_id", QUERY_TEXT, 0, 0, AT(actor_id)},
    {"action", QUERY_TEXT, 0, 0, AT(action)},
    {"created_after", QUERY_TEXT, 0, 0, AT(created_after)},
    {"created_before", QUERY_TEXT, 0, 0, AT(created_before)},
    {"limit", QUERY_INT, 1, PAGE_MAX, AT(limit)},
    {"cursor", QUERY_INT, 1, INT64_MAX, AT(cursor)},
};
#define LIST_COUNT (sizeof list_fields / sizeof *list_fields)
enum { LIST_IDS = 4, LIST_TEXTS = 6 };

static const char *text_at(const struct list_query *query, size_t i)
{
    return *(const char *const *)(const void *)((const char *)query + list_fields[i].offset);
}

static int64_t read_time(const char *name, const char *text, struct problems *problems)
{
    int64_t us = 0;
    struct err why = ERR_INIT;
    if (text && time_parse(text, &us, &why) < 0)
        problems_add(problems, name, "%s", why.message);
    else if (text && us <= 0)
        problems_add(problems, name, "must lie after 1970");
    return us;
}

static int read_filter(const struct request *req, struct list_query *query,
                       struct audit_filter *out, struct err *e)
{
    struct problems *problems = problems_new(req->arena);
    if (request_query_read(req, list_fields, LIST_COUNT, query, e) < 0)
        return -1;
    for (size_t i = 0; i < LIST_IDS; i++) {
        const char *text = text_at(query, i);
        if (text && !fields_is_id(text, strlen(text), TEXT_MAX))
            problems_add(problems, list_fields[i].name, "must be a line of 1 to %d characters",
                         TEXT_MAX);
    }
    *out = (struct audit_filter){
        .entity_type = query->entity_type,
        .entity_id = query->entity_id,
        .actor_id = query->actor_id,
        .action = query->action,
        .from = read_time("created_after", query->created_after, problems),
        .before = read_time("created_before", query->created_before, problems),
        .after_id = query->cursor,
        .newest_first = true,
        .limit = (size_t)query->limit,
    };
    return problems_err(problems, e);
}

static void link_next(const struct request *req, struct response *r, const struct list_query *query,
                      int64_t cursor)
{
    struct str link = STR_INIT;
    str_addf(&link, "<%s?limit=%lld&cursor=%lld", req->path, (long long)query->limit,
             (long long)cursor);
    for (size_t i = 0; i < LIST_TEXTS; i++) {
        if (!text_at(query, i))
            continue;
        str_addf(&link, "&%s=", list_fields[i].name);
        str_add_url(&link, text_at(query, i));
    }
    str_add(&link, ">; rel=\"next\"");
    response_header(r, "Link", arena_strndup(req->arena, link.buf, link.len));
    str_release(&link);
}

int api_audit_list(void *app, struct request *req, struct response *r, struct err *e)
{
    struct list_query query = {.limit = PAGE_DEFAULT};
    struct audit_filter filter;
    struct audit_list list;
    struct call call;
    posting_call_unkeyed(req, NULL, &call);
    if (read_filter(req, &query, &filter, e) < 0 || audit_show(app, &call, &filter, &list, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_audit_list(&r->body, &list);
    if (list.next)
        link_next(req, r, &query, list.next);
    return 0;
}

int api_audit_head(void *app, struct request *req, struct response *r, struct err *e)
{
    struct audit_head head;
    if (audit_head_read(app, req->arena, &head, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_audit_head(&r->body, &head);
    return 0;
}

int api_audit_verify(void *app, struct request *req, struct response *r, struct err *e)
{
    static const struct query_field fields[] = {
        {"from", QUERY_INT, 0, INT64_MAX, offsetof(struct audit_span, from)},
        {"head", QUERY_TEXT, 0, 0, offsetof(struct audit_span, kept)},
    };
    struct audit_span span = {.limit = VERIFY_MAX};
    struct audit_check check;
    if (request_query_read(req, fields, sizeof fields / sizeof *fields, &span, e) < 0 ||
        audit_verify(app, req->arena, &span, &check, e) < 0)
        return -1;
    r->status = 200;
    r->content_type = TYPE_JSON;
    view_audit_check(&r->body, &check);
    return 0;
}
