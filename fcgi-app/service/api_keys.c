#include "api_keys.h"

#include "auth/bearer.h"
#include "base/fields.h"
#include "engine/definition.h"
#include "id_set.h"
#include "record.h"

#define LIST_MAX 100 /* roles, workflows and users of one key */
#define MOMENT_MAX 64

int api_key_read_list(struct service *sv, struct arena *arena, const struct page *page,
                      struct api_key_list *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct page one_more = {.after = page->after, .limit = page->limit + 1};
    struct api_key_row *rows = NULL;
    size_t n = 0;
    int rc = store_api_key_list(s, arena, &one_more, &rows, &n, e);
    store_read_end(&s);
    *out = (struct api_key_list){
        .rows = rows,
        .count = n > page->limit ? page->limit : n,
        .more = n > page->limit,
    };
    return rc;
}

static int find(struct session *s, struct arena *arena, const char *id, struct api_key_row *out,
                struct err *e)
{
    int found = store_api_key_get(s, arena, id, out, e);
    if (found < 0)
        return -1;
    return found ? 0 : err_set(e, ERR_NOT_FOUND, "API key not found");
}

int api_key_read_one(struct service *sv, struct arena *arena, const char *id,
                     struct api_key_row *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}

/* ---- creating ---- */

struct form {
    const char *user_id, *name, *expires_at;
    const struct json *roles, *workflows, *act_as;
};

static const struct field form_fields[] = {
    {"user_id", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct form, user_id)},
    {"name", FIELD_ID, FIELD_REQUIRED, 1, ID_MAX, offsetof(struct form, name)},
    {"expires_at", FIELD_ID, 0, 1, MOMENT_MAX, offsetof(struct form, expires_at)},
    {"roles", FIELD_ARRAY, 0, 0, LIST_MAX, offsetof(struct form, roles)},
    {"workflows", FIELD_ARRAY, 0, 1, LIST_MAX, offsetof(struct form, workflows)},
    {"act_as", FIELD_ARRAY, 0, 0, LIST_MAX, offsetof(struct form, act_as)},
};
#define FORM_COUNT (sizeof form_fields / sizeof *form_fields)

struct creation {
    const struct json *body;
    struct api_key_row row; /* id, sha256 and created_by stay from one evaluation to the next */
};

/* 1: *user is filled in; 0: there is no such user; -1: error. */
static int find_user(struct session *s, struct arena *arena, const char *id, struct user_row *user,
                     struct err *e)
{
    int found = store_user_get(s, arena, id, user, e);
    return found > 0 && user->removed_at ? 0 : found;
}

static void read_roles(const struct form *form, const struct user_row *user,
                       struct api_key_row *row, struct problems *problems)
{
    struct id_set has = {user->roles, user->role_count}, wanted = has;
    if (form->roles)
        wanted = id_set_read(form->roles, "/roles", problems);
    for (size_t i = 0; i < json_array_size(form->roles); i++) {
        const char *role = json_string(json_at(form->roles, i), NULL);
        if (role && id_set_has(&wanted, role) && !id_set_has(&has, role))
            problems_add(problems, pointer_index(problems->arena, "/roles", i),
                         "is a role that the user %s does not have", user->id);
    }
    row->roles = wanted.ids;
    row->role_count = wanted.count;
}

static int read_workflows(struct session *s, const struct form *form, struct api_key_row *row,
                          struct problems *problems, struct err *e)
{
    struct id_set set = id_set_read(form->workflows, "/workflows", problems);
    for (size_t i = 0; i < json_array_size(form->workflows); i++) {
        struct workflow_row workflow;
        const char *id = json_string(json_at(form->workflows, i), NULL);
        int found = id && id_set_has(&set, id)
                        ? store_workflow_get(s, problems->arena, id, &workflow, e)
                        : 1;
        if (found < 0)
            return -1;
        if (!found)
            problems_add(problems, pointer_index(problems->arena, "/workflows", i),
                         "is no workflow that there is");
    }
    row->workflows = set.ids;
    row->workflow_count = set.count;
    return 0;
}

static int read_act_as(struct session *s, const struct form *form, struct api_key_row *row,
                       struct problems *problems, struct err *e)
{
    struct id_set set = id_set_read(form->act_as, "/act_as", problems);
    for (size_t i = 0; i < json_array_size(form->act_as); i++) {
        struct user_row user;
        const char *id = json_string(json_at(form->act_as, i), NULL);
        int found = id && id_set_has(&set, id) ? find_user(s, problems->arena, id, &user, e) : 1;
        if (found < 0)
            return -1;
        if (!found)
            problems_add(problems, pointer_index(problems->arena, "/act_as", i),
                         "is no user that there is");
    }
    row->act_as = set.ids;
    row->act_as_count = set.count;
    return 0;
}

static void read_end(const struct form *form, int64_t now, struct api_key_row *row,
                     struct problems *problems)
{
    struct err why = ERR_INIT;
    row->expires_at = 0;
    if (!form->expires_at)
        return;
    if (time_parse(form->expires_at, &row->expires_at, &why) < 0)
        problems_add(problems, "/expires_at", "%s", why.message);
    else if (row->expires_at <= now)
        problems_add(problems, "/expires_at", "must lie in the future");
}

static int read_user(struct session *s, const struct form *form, struct api_key_row *row,
                     struct problems *problems, struct err *e)
{
    struct user_row user;
    if (!form->user_id)
        return 0;
    int found = find_user(s, problems->arena, form->user_id, &user, e);
    if (found < 0)
        return -1;
    if (found)
        read_roles(form, &user, row, problems);
    else
        problems_add(problems, "/user_id", "is no user that there is");
    row->user_id = form->user_id;
    return 0;
}

/* Fills the row with what the body says, or says everything that is wrong with it. */
static int evaluate(struct call *c, struct session *s, int64_t now, struct creation *g,
                    struct err *e)
{
    struct form form = {0};
    struct problems *problems = problems_new(c->arena);
    fields_refuse_unknown(g->body, "", form_fields, FORM_COUNT, problems);
    fields_read(g->body, "", form_fields, FORM_COUNT, &form, problems);
    g->row.name = form.name;
    read_end(&form, now, &g->row, problems);
    if (read_user(s, &form, &g->row, problems, e) < 0 ||
        read_workflows(s, &form, &g->row, problems, e) < 0 ||
        read_act_as(s, &form, &g->row, problems, e) < 0)
        return -1;
    return problems_err(problems, e);
}

/* A body that does not fit is no request yet. */
static int look(struct service *sv, struct call *c, struct creation *g, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = evaluate(c, s, clock_now(sv->clock), g, e);
    store_read_end(&s);
    return rc;
}

static void write_ids(struct jsonw *w, const char *key, const char *const *ids, size_t n)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < n; i++)
        jsonw_string(w, ids[i]);
    jsonw_end(w);
}

static int audit(struct service *sv, struct call *c, struct session *s,
                 const struct api_key_row *row, const char *action, int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kstring(&w, "user_id", row->user_id);
    write_ids(&w, "roles", row->roles, row->role_count);
    write_ids(&w, "workflows", row->workflows, row->workflow_count);
    write_ids(&w, "act_as", row->act_as, row->act_as_count);
    jsonw_ktime(&w, "expires_at", row->expires_at);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "api_key",
        .entity_id = row->id,
        .action = action,
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int apply_create(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct creation *g = arg;
    if (evaluate(c, s, now, g, e) < 0)
        return -1;
    g->row.created_at = now;
    if (store_api_key_put(s, &g->row, e) < 0)
        return -1;
    return audit(sv, c, s, &g->row, "api_key.created", now, e);
}

static void render_nothing(struct str *out, const void *result)
{
    (void)out, (void)result;
}

int api_key_create(struct service *sv, struct call *c, const struct json *body,
                   struct api_key_made *out, struct err *e)
{
    static const struct render render = {.result = render_nothing};
    struct call unkept = *c; /* the key must not lie in the database with an answer */
    unkept.idempotency_key = NULL;
    unkept.render = &render;
    struct creation *g = arena_make(c->arena, struct creation);
    g->body = body;
    g->row.created_by = c->who->subject;
    if (look(sv, &unkept, g, e) < 0)
        return -1;

    char id[API_KEY_ID_SIZE];
    struct bearer *key = arena_make(c->arena, struct bearer);
    bearer_new_id(id);
    bearer_new(BEARER_API_KEY, id, key);
    g->row.id = arena_strdup(c->arena, id);
    g->row.sha256 = key->sha256;
    struct usecase u = {
        .entity_type = "api_key",
        .audit_action = "api_key.created",
        .entity_id = g->row.id,
        .actor_id = c->who->subject,
        .apply = apply_create,
        .arg = g,
    };
    struct answer answer;
    if (usecase_run(sv, &unkept, &u, &answer, e) < 0)
        return -1;
    *out = (struct api_key_made){.row = g->row, .key = key->text};
    return 0;
}

/* ---- revoking ---- */

struct revocation {
    const char *id;
    struct api_key_row row;
};

static int apply_revoke(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct revocation *r = arg;
    if (find(s, c->arena, r->id, &r->row, e) < 0)
        return -1;
    if (r->row.revoked_at)
        return 0;
    r->row.revoked_at = now;
    if (store_api_key_put(s, &r->row, e) < 0)
        return -1;
    return audit(sv, c, s, &r->row, "api_key.revoked", now, e);
}

int api_key_revoke(struct service *sv, struct call *c, const char *id, struct answer *out,
                   struct err *e)
{
    struct revocation *r = arena_make(c->arena, struct revocation);
    r->id = id;
    struct usecase u = {
        .entity_type = "api_key",
        .audit_action = "api_key.revoked",
        .entity_id = id,
        .actor_id = c->who->subject,
        .apply = apply_revoke,
        .arg = r,
        .result = &r->row,
    };
    return usecase_run(sv, c, &u, out, e);
}
