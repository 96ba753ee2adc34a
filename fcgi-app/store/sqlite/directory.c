#include "operations.h"

/* ---- lists that belong to a row: the roles of a user, the members of a group ---- */

static int names_read(struct conn *c, struct arena *a, enum sql n, const char *id,
                      const char *const **names, size_t *count, struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_text(&q, id);
    return query_texts(&q, a, names, count);
}

static int names_delete(struct conn *c, enum sql n, const char *id, struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_text(&q, id);
    return query_run(&q);
}

static int names_insert(struct conn *c, enum sql n, const char *id, const char *const *names,
                        size_t count, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct query q;
        query_open(&q, c, n, e);
        query_text(&q, id);
        query_text(&q, names[i]);
        rc = query_run(&q);
    }
    return rc;
}

/* ---- users ---- */

static int user_row(struct query *q, struct arena *a, void *out)
{
    *(struct user_row *)out = (struct user_row){
        .id = query_get_text(q, a, 0),
        .name = query_get_text(q, a, 1),
        .email = query_get_text(q, a, 2),
        .phone = query_get_text(q, a, 3),
        .manager = query_get_text(q, a, 4),
        .owner = query_get_text(q, a, 5),
        .time_zone = query_get_text(q, a, 6),
        .absent_from = query_get_int(q, 7),
        .absent_to = query_get_int(q, 8),
        .deputy = query_get_text(q, a, 9),
        .created_at = query_get_int(q, 10),
        .updated_at = query_get_int(q, 11),
        .removed_at = query_get_int(q, 12),
        .tokens_from = query_get_int(q, 13),
        .roles_at = query_get_int(q, 14),
    };
    return 0;
}

static int roles_read(struct conn *c, struct arena *a, struct user_row *row, struct err *e)
{
    return names_read(c, a, SQL_ROLE_LIST, row->id, &row->roles, &row->role_count, e);
}

int sqlite_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                    struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_USER_GET, e);
    query_text(&q, id);
    int found = query_one(&q, a, user_row, out);
    if (found > 0 && roles_read(c, a, out, e) < 0)
        return -1;
    return found;
}

int sqlite_user_list(struct session *s, struct arena *a, const struct page *page,
                     struct user_row **rows, size_t *n, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_USER_LIST, e);
    query_page(&q, page->after, page->limit);
    int rc = query_all(&q, a, sizeof **rows, user_row, rows, n);
    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = roles_read(c, a, &(*rows)[i], e);
    return rc;
}

int sqlite_role_holders(struct session *s, struct arena *a, const char *role,
                        const char *const **ids, size_t *n, struct err *e)
{
    return names_read(sqlite_conn(s), a, SQL_ROLE_HOLDERS, role, ids, n, e);
}

int sqlite_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_USER_LOAD, e);
    query_text(&q, user_id);
    int rc = query_row(&q);
    if (rc > 0)
        *out = (struct load_row){
            .open_tasks = query_get_int(&q, 0),
            .last_answered_at = query_get_int(&q, 1),
        };
    query_close(&q);
    return rc < 0 ? -1 : 0;
}

int sqlite_user_groups(struct session *s, struct arena *a, const char *user_id,
                       const char *const **ids, size_t *n, struct err *e)
{
    return names_read(sqlite_conn(s), a, SQL_USER_GROUPS, user_id, ids, n, e);
}

int sqlite_user_put(struct session *s, const struct user_row *r, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_USER_PUT, e);
    query_text(&q, r->id);
    query_text(&q, r->name);
    query_text(&q, r->email);
    query_text(&q, r->phone);
    query_text(&q, r->manager);
    query_text(&q, r->owner);
    query_text(&q, r->time_zone);
    query_int_or_null(&q, r->absent_from);
    query_int_or_null(&q, r->absent_to);
    query_text(&q, r->deputy);
    query_int(&q, r->created_at);
    query_int(&q, r->updated_at);
    query_int_or_null(&q, r->removed_at);
    query_int(&q, r->tokens_from);
    query_int(&q, r->roles_at);
    if (query_run(&q) < 0 || names_delete(c, SQL_ROLES_DELETE, r->id, e) < 0)
        return -1;
    return names_insert(c, SQL_ROLE_INSERT, r->id, r->roles, r->role_count, e);
}

/* ---- groups ---- */

static int group_row(struct query *q, struct arena *a, void *out)
{
    *(struct group_row *)out = (struct group_row){
        .id = query_get_text(q, a, 0),
        .name = query_get_text(q, a, 1),
        .created_at = query_get_int(q, 2),
        .updated_at = query_get_int(q, 3),
    };
    return 0;
}

static int members_read(struct conn *c, struct arena *a, struct group_row *row, struct err *e)
{
    return names_read(c, a, SQL_MEMBER_LIST, row->id, &row->members, &row->member_count, e);
}

int sqlite_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                     struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_GROUP_GET, e);
    query_text(&q, id);
    int found = query_one(&q, a, group_row, out);
    if (found > 0 && members_read(c, a, out, e) < 0)
        return -1;
    return found;
}

int sqlite_group_list(struct session *s, struct arena *a, const struct page *page,
                      struct group_row **rows, size_t *n, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_GROUP_LIST, e);
    query_page(&q, page->after, page->limit);
    int rc = query_all(&q, a, sizeof **rows, group_row, rows, n);
    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = members_read(c, a, &(*rows)[i], e);
    return rc;
}

int sqlite_group_put(struct session *s, const struct group_row *r, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    struct query q;
    query_open(&q, c, SQL_GROUP_PUT, e);
    query_text(&q, r->id);
    query_text(&q, r->name);
    query_int(&q, r->created_at);
    query_int(&q, r->updated_at);
    if (query_run(&q) < 0 || names_delete(c, SQL_MEMBERS_DELETE, r->id, e) < 0)
        return -1;
    return names_insert(c, SQL_MEMBER_INSERT, r->id, r->members, r->member_count, e);
}

int sqlite_group_remove(struct session *s, const char *id, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    if (names_delete(c, SQL_MEMBERS_DELETE, id, e) < 0 ||
        names_delete(c, SQL_GROUP_DELETE, id, e) < 0)
        return -1;
    return sqlite3_changes(c->db);
}

/* ---- calendars and switches ---- */

static int calendar_row(struct query *q, struct arena *a, void *out)
{
    *(struct calendar_row *)out = (struct calendar_row){
        .id = query_get_text(q, a, 0),
        .definition = query_get_text(q, a, 1),
        .updated_at = query_get_int(q, 2),
    };
    return 0;
}

int sqlite_calendar_get(struct session *s, struct arena *a, const char *id,
                        struct calendar_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_CALENDAR_GET, e);
    query_text(&q, id);
    return query_one(&q, a, calendar_row, out);
}

int sqlite_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                         struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_CALENDAR_LIST, e);
    return query_all(&q, a, sizeof **rows, calendar_row, rows, n);
}

int sqlite_calendar_put(struct session *s, const struct calendar_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_CALENDAR_PUT, e);
    query_text(&q, r->id);
    query_text(&q, r->definition);
    query_int(&q, r->updated_at);
    return query_run(&q);
}

static int switch_row(struct query *q, struct arena *a, void *out)
{
    *(struct switch_row *)out = (struct switch_row){
        .name = query_get_text(q, a, 0),
        .on = query_get_int(q, 1) != 0,
        .changed_by = query_get_text(q, a, 2),
        .changed_at = query_get_int(q, 3),
        .reason = query_get_text(q, a, 4),
    };
    return 0;
}

int sqlite_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                      struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_SWITCH_GET, e);
    query_text(&q, name);
    return query_one(&q, a, switch_row, out);
}

int sqlite_switch_put(struct session *s, const struct switch_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_SWITCH_PUT, e);
    query_text(&q, r->name);
    query_int(&q, r->on);
    query_text(&q, r->changed_by);
    query_int(&q, r->changed_at);
    query_text(&q, r->reason);
    return query_run(&q);
}
