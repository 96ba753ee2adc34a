#include "view_directory.h"

#include "base/json.h"

static void add_ids(struct jsonw *w, const char *key, const char *const *ids, size_t n)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < n; i++)
        jsonw_string(w, ids[i]);
    jsonw_end(w);
}

static void add_absence(struct jsonw *w, const struct user_row *u)
{
    jsonw_key(w, "absence");
    if (!u->absent_to) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_ktime(w, "from", u->absent_from);
    jsonw_ktime(w, "to", u->absent_to);
    jsonw_kstring(w, "deputy", u->deputy);
    jsonw_end(w);
}

void view_user_members(struct jsonw *w, const struct user_row *u)
{
    jsonw_kstring(w, "id", u->id);
    jsonw_kstring(w, "name", u->name);
    jsonw_kstring(w, "email", u->email);
    jsonw_kstring(w, "phone", u->phone);
    add_ids(w, "roles", u->roles, u->role_count);
    jsonw_kstring(w, "manager", u->manager);
    jsonw_kstring(w, "owner", u->owner);
    jsonw_kstring(w, "time_zone", u->time_zone);
    add_absence(w, u);
}

static void add_user(struct jsonw *w, const struct user_row *u)
{
    jsonw_object(w);
    view_user_members(w, u);
    jsonw_end(w);
}

void view_user(struct str *out, const void *result)
{
    struct jsonw w;
    jsonw_init(&w, out);
    add_user(&w, result);
}

void view_user_list(struct str *out, const struct user_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        add_user(&w, &list->rows[i]);
    jsonw_end(&w);
}

static void add_group(struct jsonw *w, const struct group_row *g)
{
    jsonw_object(w);
    jsonw_kstring(w, "id", g->id);
    jsonw_kstring(w, "name", g->name);
    add_ids(w, "members", g->members, g->member_count);
    jsonw_end(w);
}

void view_group(struct str *out, const void *result)
{
    struct jsonw w;
    jsonw_init(&w, out);
    add_group(&w, result);
}

void view_group_list(struct str *out, const struct group_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        add_group(&w, &list->rows[i]);
    jsonw_end(&w);
}

void view_calendar(struct str *out, const void *result)
{
    const struct calendar_row *c = result;
    str_add(out, c->definition);
}

void view_calendar_list(struct str *out, const struct calendar_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        jsonw_raw(&w, list->rows[i].definition);
    jsonw_end(&w);
}

void view_manual_only(struct str *out, const void *result)
{
    const struct switch_row *row = result;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kbool(&w, "manual_only", row->on);
    jsonw_kstring(&w, "reason", row->reason);
    jsonw_kstring(&w, "changed_by", row->changed_by);
    jsonw_ktime(&w, "changed_at", row->changed_at);
    jsonw_end(&w);
}
