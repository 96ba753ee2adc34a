#include "view_access.h"

#include "base/json.h"
#include "service/setup_link.h"
#include "view_directory.h"

static void add_ids(struct jsonw *w, const char *key, const char *const *ids, size_t n)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < n; i++)
        jsonw_string(w, ids[i]);
    jsonw_end(w);
}

static void add_key_members(struct jsonw *w, const struct api_key_row *k)
{
    jsonw_kstring(w, "id", k->id);
    jsonw_kstring(w, "name", k->name);
    jsonw_kstring(w, "user_id", k->user_id);
    add_ids(w, "roles", k->roles, k->role_count);
    if (k->workflow_count) {
        add_ids(w, "workflows", k->workflows, k->workflow_count);
    } else {
        jsonw_key(w, "workflows");
        jsonw_null(w);
    }
    add_ids(w, "act_as", k->act_as, k->act_as_count);
    jsonw_kstring(w, "created_by", k->created_by);
    jsonw_ktime(w, "created_at", k->created_at);
    jsonw_ktime(w, "expires_at", k->expires_at);
    jsonw_ktime(w, "last_used_at", k->used_at);
    jsonw_ktime(w, "revoked_at", k->revoked_at);
}

static void add_key(struct jsonw *w, const struct api_key_row *k)
{
    jsonw_object(w);
    add_key_members(w, k);
    jsonw_end(w);
}

void view_api_key(struct str *out, const struct api_key_row *key)
{
    struct jsonw w;
    jsonw_init(&w, out);
    add_key(&w, key);
}

void view_api_key_list(struct str *out, const struct api_key_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        add_key(&w, &list->rows[i]);
    jsonw_end(&w);
}

void view_api_key_made(struct str *out, const struct api_key_made *made)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    add_key_members(&w, &made->row);
    jsonw_kstring(&w, "key", made->key);
    jsonw_end(&w);
}

void view_me(struct str *out, const struct me *me)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    view_user_members(&w, &me->user);
    add_ids(&w, "groups", me->groups, me->group_count);
    jsonw_key(&w, "may");
    jsonw_array(&w);
    for (int r = 0; r < ROLE_COUNT; r++)
        if (principal_has(me->who, (enum role)r))
            jsonw_string(&w, role_name((enum role)r));
    jsonw_end(&w);
    jsonw_end(&w);
}

static const char *const meanings[] = {
    [ROLE_VIEWER] = "sees every approval",
    [ROLE_REQUESTER] = "submits approvals",
    [ROLE_APPROVER] = "decides in stages that name nobody",
    [ROLE_AUDITOR] = "sees every approval and the audit log",
    [ROLE_SERVICE] = "submits for others, and what it says about risk is believed",
    [ROLE_ADMIN] = "manages people, keys and workflows, and decides where nobody else can",
};
_Static_assert(sizeof meanings / sizeof *meanings == ROLE_COUNT, "a meaning for each role");

void view_role_list(struct str *out)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (int r = 0; r < ROLE_COUNT; r++) {
        jsonw_object(&w);
        jsonw_kstring(&w, "name", role_name((enum role)r));
        jsonw_kstring(&w, "meaning", meanings[r]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
}

void view_setup_link(struct str *out, const char *origin, const char *token)
{
    struct str link = STR_INIT;
    struct jsonw w;
    str_addf(&link, "%s/setup?token=%s", origin, token);
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "link", link.buf);
    jsonw_kint(&w, "expires_in", (int64_t)SETUP_HOURS * 3600);
    jsonw_end(&w);
    str_release(&link);
}
