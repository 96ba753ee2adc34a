#include "operations.h"

/* ---- users ---- */

int memory_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                    struct err *e)
{
    (void)e;
    return memory_get(s, a, USERS, id, out);
}

static bool is_there(const void *row, const void *arg)
{
    (void)arg;
    return !((const struct user_row *)row)->removed_at;
}

int memory_user_list(struct session *s, struct arena *a, const struct page *page,
                     struct user_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = -1, .by_key = true, .above = page->after, .keep = is_there, .limit = page->limit};
    return memory_list(s, a, USERS, &sel, rows, n);
}

static bool holds_role(const void *row, const void *arg)
{
    const struct user_row *user = row;
    for (size_t i = 0; i < user->role_count && !user->removed_at; i++)
        if (!strcmp(user->roles[i], arg))
            return true;
    return false;
}

int memory_role_holders(struct session *s, struct arena *a, const char *role,
                        const char *const **ids, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = -1, .by_key = true, .keep = holds_role, .arg = role, .limit = SIZE_MAX};
    return memory_keys(s, a, USERS, &sel, ids, n);
}

static bool has_member(const void *row, const void *arg)
{
    const struct group_row *group = row;
    for (size_t i = 0; i < group->member_count; i++)
        if (!strcmp(group->members[i], arg))
            return true;
    return false;
}

int memory_user_groups(struct session *s, struct arena *a, const char *user_id,
                       const char *const **ids, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = -1, .by_key = true, .keep = has_member, .arg = user_id, .limit = SIZE_MAX};
    memory_keys(s, a, GROUPS, &sel, ids, n);
    struct memory_store *m = memory_enter(s);
    const struct version *user = memory_find(m, s, USERS, user_id, ONLY);
    if (user && !is_there(user->row, NULL))
        *n = 0;
    return memory_leave(m, 0);
}

int memory_user_put(struct session *s, const struct user_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const struct version *old = memory_find(m, s, USERS, r->id, ONLY);
    struct user_row row = *r;
    if (old)
        row.created_at = ((const struct user_row *)old->row)->created_at;
    memory_put(m, s, USERS, r->id, ONLY, &row);
    return memory_leave(m, 0);
}

/* ---- groups ---- */

/* Takes those who were removed out of the row's own list. */
static void drop_removed(struct memory_store *m, struct session *s, struct arena *a,
                         struct group_row *row)
{
    const char **members = arena_array(a, row->member_count, sizeof *members);
    size_t n = 0;
    for (size_t i = 0; i < row->member_count; i++) {
        const struct version *user = memory_find(m, s, USERS, row->members[i], ONLY);
        if (!user || is_there(user->row, NULL))
            members[n++] = row->members[i];
    }
    row->members = members;
    row->member_count = n;
}

int memory_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                     struct err *e)
{
    (void)e;
    if (!memory_get(s, a, GROUPS, id, out))
        return 0;
    struct memory_store *m = memory_enter(s);
    drop_removed(m, s, a, out);
    return memory_leave(m, 1);
}

int memory_group_list(struct session *s, struct arena *a, const struct page *page,
                      struct group_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = -1, .by_key = true, .above = page->after, .limit = page->limit};
    memory_list(s, a, GROUPS, &sel, rows, n);
    struct memory_store *m = memory_enter(s);
    for (size_t i = 0; i < *n; i++)
        drop_removed(m, s, a, &(*rows)[i]);
    return memory_leave(m, 0);
}

int memory_group_put(struct session *s, const struct group_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    const struct version *old = memory_find(m, s, GROUPS, r->id, ONLY);
    struct group_row row = *r;
    if (old)
        row.created_at = ((const struct group_row *)old->row)->created_at;
    memory_put(m, s, GROUPS, r->id, ONLY, &row);
    return memory_leave(m, 0);
}

int memory_group_remove(struct session *s, const char *id, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct version *old = memory_find(m, s, GROUPS, id, ONLY);
    if (old)
        memory_end(m, s, GROUPS, old);
    return memory_leave(m, old ? 1 : 0);
}

/* ---- calendars and switches ---- */

int memory_calendar_get(struct session *s, struct arena *a, const char *id,
                        struct calendar_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, CALENDARS, id, out);
}

int memory_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                         struct err *e)
{
    (void)e;
    struct selection sel = {.after = -1, .by_key = true, .limit = SIZE_MAX};
    return memory_list(s, a, CALENDARS, &sel, rows, n);
}

int memory_calendar_put(struct session *s, const struct calendar_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    memory_put(m, s, CALENDARS, r->id, ONLY, r);
    return memory_leave(m, 0);
}

int memory_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                      struct err *e)
{
    (void)e;
    return memory_get(s, a, SWITCHES, name, out);
}

int memory_switch_put(struct session *s, const struct switch_row *r, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    memory_put(m, s, SWITCHES, r->name, ONLY, r);
    return memory_leave(m, 0);
}
