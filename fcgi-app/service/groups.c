#include "groups.h"

#include "approval_recheck.h"
#include "base/fields.h"
#include "engine/definition.h"
#include "id_set.h"
#include "record.h"
#include "user_form.h"

int group_read_list(struct service *sv, struct arena *arena, const struct page *page,
                    struct group_list *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct page one_more = {.after = page->after, .limit = page->limit + 1};
    struct group_row *rows = NULL;
    size_t n = 0;
    int rc = store_group_list(s, arena, &one_more, &rows, &n, e);
    store_read_end(&s);
    *out = (struct group_list){
        .rows = rows,
        .count = n > page->limit ? page->limit : n,
        .more = n > page->limit,
    };
    return rc;
}

static int find(struct session *s, struct arena *arena, const char *id, struct group_row *out,
                struct err *e)
{
    int found = store_group_get(s, arena, id, out, e);
    if (found < 0)
        return -1;
    return found ? 0 : err_set(e, ERR_NOT_FOUND, "Group not found");
}

int group_read_one(struct service *sv, struct arena *arena, const char *id, struct group_row *out,
                   struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}

/* ---- bodies ---- */

struct form {
    const char *id, *name;
    const struct json *members;
};

static const struct field form_fields[] = {
    {"id", FIELD_ID, 0, 1, ID_MAX, offsetof(struct form, id)},
    {"name", FIELD_ID, 0, 1, ID_MAX, offsetof(struct form, name)},
    {"members", FIELD_ARRAY, 0, 0, GROUP_MEMBERS_MAX, offsetof(struct form, members)},
};
#define FORM_COUNT (sizeof form_fields / sizeof *form_fields)

static void read_members(const struct json *members, struct group_row *row,
                         struct problems *problems)
{
    struct id_set set = id_set_read(members, "/members", problems);
    for (size_t i = 0; i < json_array_size(members); i++)
        user_form_check_person(json_string(json_at(members, i), NULL),
                               pointer_index(problems->arena, "/members", i), problems);
    row->members = set.ids;
    row->member_count = set.count;
}

/* Reads the body over the row; id is the path's, or NULL where the body must have one. */
static void read_form(struct group_row *row, const struct json *body, const char *id,
                      struct problems *problems)
{
    struct form form = {0};
    const struct json *sent = NULL;
    size_t before = problems->count;
    fields_refuse_unknown(body, "", form_fields, FORM_COUNT, problems);
    fields_read(body, "", form_fields, FORM_COUNT, &form, problems);
    if (!id && !json_get(body, "id"))
        problems_add(problems, "/id", "is required");
    if (id && json_member(body, "id", &sent) && (!sent || (form.id && strcmp(id, form.id) != 0)))
        problems_add(problems, "/id", "cannot be changed; leave it out, or send \"%s\"", id);
    if (form.name || json_member(body, "name", &sent))
        row->name = form.name;
    if (form.members || json_member(body, "members", &sent))
        read_members(form.members, row, problems);
    if (problems->count == before && form.id)
        row->id = form.id;
}

/* ---- creating and changing ---- */

struct change {
    const char *id; /* of the group that is changed; NULL: the body names a new one */
    const struct json *body;
    struct group_row before, after;
    struct recheck left;
};

static int evaluate(struct call *c, struct change *g, struct err *e)
{
    struct problems *problems = problems_new(c->arena);
    g->after = g->before;
    read_form(&g->after, g->body, g->id, problems);
    return problems_err(problems, e);
}

static struct id_set members_of(const struct group_row *row)
{
    return (struct id_set){row->members, row->member_count};
}

static bool name_same(const struct change *g)
{
    const char *a = g->before.name, *b = g->after.name;
    return a && b ? !strcmp(a, b) : a == b;
}

static void write_group(struct str *out, const struct group_row *g)
{
    struct jsonw w;
    if (!g->id)
        return;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "id", g->id);
    jsonw_kstring(&w, "name", g->name);
    jsonw_key(&w, "members");
    jsonw_array(&w);
    for (size_t i = 0; i < g->member_count; i++)
        jsonw_string(&w, g->members[i]);
    jsonw_end(&w);
    jsonw_end(&w);
}

static void write_digests(struct jsonw *w, const struct change *g)
{
    struct str old = STR_INIT, new = STR_INIT;
    write_group(&old, &g->before);
    write_group(&new, &g->after);
    record_digest(w, "before_sha256", &old);
    record_digest(w, "after_sha256", &new);
}

static int audit(struct service *sv, struct session *s, struct call *c, const struct change *g,
                 const char *action, int64_t now, struct err *e)
{
    struct id_set before = members_of(&g->before), after = members_of(&g->after);
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_key(&w, "changed");
    jsonw_array(&w);
    if (!name_same(g))
        jsonw_string(&w, "name");
    if (!id_set_same(&before, &after))
        jsonw_string(&w, "members");
    jsonw_end(&w);
    id_set_write_change(&w, "members", &before, &after);
    write_digests(&w, g);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "group",
        .entity_id = g->id ? g->id : g->after.id,
        .action = action,
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int apply_create(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct change *g = arg;
    struct group_row old;
    int found = store_group_get(s, c->arena, g->after.id, &old, e);
    if (found < 0)
        return -1;
    if (found)
        return err_set(e, ERR_CONFLICT, "There is a group %s already", g->after.id);
    g->after.created_at = g->after.updated_at = now;
    if (store_group_put(s, &g->after, e) < 0)
        return -1;
    return audit(sv, s, c, g, "group.created", now, e);
}

/* Those who are no longer members. */
static int recheck_left(struct service *sv, struct call *c, struct session *s, struct change *g,
                        int64_t now, struct err *e)
{
    struct id_set after = members_of(&g->after);
    const char **left = arena_array(c->arena, g->before.member_count, sizeof *left);
    size_t n = 0;
    for (size_t i = 0; i < g->before.member_count; i++)
        if (!id_set_has(&after, g->before.members[i]))
            left[n++] = g->before.members[i];
    g->left = (struct recheck){.users = left, .count = n};
    return approval_recheck(sv, c, s, &g->left, now, e);
}

static int apply_change(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct change *g = arg;
    if (find(s, c->arena, g->id, &g->before, e) < 0 || evaluate(c, g, e) < 0)
        return -1;
    struct id_set before = members_of(&g->before), after = members_of(&g->after);
    if (name_same(g) && id_set_same(&before, &after))
        return 0;
    g->after.updated_at = now;
    if (store_group_put(s, &g->after, e) < 0 || audit(sv, s, c, g, "group.updated", now, e) < 0)
        return -1;
    return recheck_left(sv, c, s, g, now, e);
}

static int run(struct service *sv, struct call *c, struct change *g, struct answer *out,
               struct err *e)
{
    if (evaluate(c, g, e) < 0)
        return -1;
    struct usecase u = {
        .entity_type = "group",
        .audit_action = g->id ? "group.updated" : "group.created",
        .entity_id = g->id ? g->id : g->after.id,
        .actor_id = c->who->subject,
        .apply = g->id ? apply_change : apply_create,
        .arg = g,
        .result = &g->after,
    };
    return approval_recheck_run(sv, c, &u, &g->left, out, e);
}

int group_create(struct service *sv, struct call *c, const struct json *body, struct answer *out,
                 struct err *e)
{
    struct change *g = arena_make(c->arena, struct change);
    g->body = body;
    return run(sv, c, g, out, e);
}

int group_change(struct service *sv, struct call *c, const char *id, const struct json *body,
                 struct answer *out, struct err *e)
{
    struct change *g = arena_make(c->arena, struct change);
    g->id = id;
    g->body = body;
    return run(sv, c, g, out, e);
}

/* ---- removing ---- */

static int apply_remove(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct change *g = arg;
    if (find(s, c->arena, g->id, &g->before, e) < 0 || store_group_remove(s, g->id, e) < 0)
        return -1;
    g->after = (struct group_row){0};
    if (audit(sv, s, c, g, "group.removed", now, e) < 0)
        return -1;
    return recheck_left(sv, c, s, g, now, e);
}

int group_remove(struct service *sv, struct call *c, const char *id, struct answer *out,
                 struct err *e)
{
    struct change *g = arena_make(c->arena, struct change);
    g->id = id;
    struct usecase u = {
        .entity_type = "group",
        .audit_action = "group.removed",
        .entity_id = id,
        .actor_id = c->who->subject,
        .apply = apply_remove,
        .arg = g,
        .result = &g->before,
    };
    return approval_recheck_run(sv, c, &u, &g->left, out, e);
}
