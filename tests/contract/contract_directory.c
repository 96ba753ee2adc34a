/*
 * People, groups, calendars and switches.
 */
#include "contract_internal.h"

HALF(put_user, struct user_row, store_user_put(s, in, e))
HALF(put_group, struct group_row, store_group_put(s, in, e))
HALF(put_calendar, struct calendar_row, store_calendar_put(s, in, e))
HALF(put_switch, struct switch_row, store_switch_put(s, in, e))

void check_names(const char *const *names, size_t n, const char *want)
{
    char got[128] = "";
    size_t used = 0;
    for (size_t i = 0; i < n && used < sizeof got; i++)
        used += (size_t)snprintf(got + used, sizeof got - used, "%s%s", i ? " " : "", names[i]);
    CHECK_STR(got, want);
}

/* ---- users ---- */

static struct user_row full_user(void)
{
    static const char *const roles[] = {"approver", "cfo"};
    return (struct user_row){
        .id = "bot-7",
        .name = "J\xC3\xBCrgen",
        .email = "j@example.org",
        .phone = "+49 1",
        .manager = "mia",
        .owner = "olga",
        .time_zone = "Europe/Berlin",
        .roles = roles,
        .role_count = 2,
        .absent_from = NOON + 1,
        .absent_to = NOON + 2,
        .deputy = "dora",
        .created_at = NOON,
        .updated_at = NOON,
        .tokens_from = NOON + 3,
        .roles_at = NOON + 4,
    };
}

static void check_user(const struct user_row *got, const struct user_row *want)
{
    CHECK_STR(got->id, want->id);
    CHECK_STR(got->name, want->name);
    CHECK_STR(got->email, want->email);
    CHECK_STR(got->phone, want->phone);
    CHECK_STR(got->manager, want->manager);
    CHECK_STR(got->owner, want->owner);
    CHECK_STR(got->time_zone, want->time_zone);
    CHECK_INT(got->role_count, want->role_count);
    for (size_t i = 0; i < got->role_count && i < want->role_count; i++)
        CHECK_STR(got->roles[i], want->roles[i]);
    CHECK_INT(got->absent_from, want->absent_from);
    CHECK_INT(got->absent_to, want->absent_to);
    CHECK_STR(got->deputy, want->deputy);
    CHECK_INT(got->created_at, want->created_at);
    CHECK_INT(got->updated_at, want->updated_at);
    CHECK_INT(got->removed_at, want->removed_at);
    CHECK_INT(got->tokens_from, want->tokens_from);
    CHECK_INT(got->roles_at, want->roles_at);
}

static void check_stored_user(const struct user_row *want)
{
    struct err e = ERR_INIT;
    struct user_row got;
    CHECK_FATAL(store_user_get(contract_read(), contract.arena, want->id, &got, &e) == 1);
    check_user(&got, want);
}

static void test_user_put(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct user_row got, full = full_user(), bare = {.id = "eve"};
    CHECK_INT(store_user_get(contract_read(), contract.arena, "bot-7", &got, &e), 0);
    CHECK_INT(put_user(full), ERR_NONE);
    CHECK_INT(put_user(bare), ERR_NONE);
    CHECK_INT(store_user_get(contract.s, contract.arena, "bot-7", &got, &e), 0); /* the session's */
    check_stored_user(&full);
    check_stored_user(&bare);
    CHECK_INT(store_user_get(contract.s, contract.arena, "BOT-7", &got, &e), 0);
    contract_end();
}

static void test_user_replaced(void)
{
    contract_begin();
    static const char *const roles[] = {"admin", "cfo", "clerk"};
    struct user_row user = full_user();
    CHECK_INT(put_user(user), ERR_NONE);
    user.name = "Jo";
    user.roles = roles;
    user.role_count = 3;
    user.created_at = user.updated_at = NOON + 9;
    CHECK_INT(put_user(user), ERR_NONE);
    user.created_at = NOON;
    check_stored_user(&user);

    struct user_row bare = {.id = "bot-7", .updated_at = NOON + 10};
    CHECK_INT(put_user(bare), ERR_NONE);
    bare.created_at = NOON;
    check_stored_user(&bare);
    contract_end();
}

static void put_user_of(const char *id, const char *const *roles, size_t n, int64_t removed_at)
{
    struct user_row user = {
        .id = id, .roles = roles, .role_count = n, .created_at = NOON, .removed_at = removed_at};
    CHECK_INT(put_user(user), ERR_NONE);
}

static void check_users(const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    struct user_row *rows = NULL;
    const char *ids[10];
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_user_list(contract.s, contract.arena, &page, &rows, &n, &e) == 0 && n <= 10);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].id;
    check_names(ids, n, want);
}

static void put_users(void)
{
    static const char *const roles[] = {"approver", "cfo"};
    put_user_of("mia", roles, 2, 0);
    put_user_of("zoe", roles + 1, 1, 0);
    put_user_of("bob", roles, 1, 0);
    put_user_of("gone", roles, 2, NOON + 1);
    put_user_of("\xC3\xA9va", NULL, 0, 0);
}

static void test_user_list(void)
{
    contract_begin();
    contract_read();
    check_users(NULL, 10, "");
    put_users();
    contract_read();
    check_users(NULL, 10, "bob mia zoe \xC3\xA9va");
    check_users(NULL, 2, "bob mia");
    check_users("bob", 2, "mia zoe"); /* somebody who was removed does not shorten a page */
    check_users("mia", 1, "zoe");
    check_users("gone", 9, "mia zoe \xC3\xA9va");
    check_users("\xC3\xA9va", 9, "");
    check_users(NULL, 0, "");
    check_users(NULL, SIZE_MAX, "bob mia zoe \xC3\xA9va");
    contract_end();
}

static void test_user_list_rows(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct user_row *rows;
    size_t n;
    struct page page = {.limit = 10};
    struct user_row full = full_user(), bare = {.id = "eve"};
    CHECK_INT(put_user(full), ERR_NONE);
    CHECK_INT(put_user(bare), ERR_NONE);
    CHECK_FATAL(store_user_list(contract_read(), contract.arena, &page, &rows, &n, &e) == 0);
    CHECK_FATAL(n == 2);
    check_user(&rows[0], &full);
    check_user(&rows[1], &bare);
    contract_end();
}

static void check_holders(const char *role, const char *want)
{
    struct err e = ERR_INIT;
    const char *const *ids = NULL;
    size_t n = 99;
    CHECK_FATAL(store_role_holders(contract.s, contract.arena, role, &ids, &n, &e) == 0);
    check_names(ids, n, want);
}

static void test_role_holders(void)
{
    contract_begin();
    put_users();
    contract_read();
    check_holders("approver", "bob mia");
    check_holders("cfo", "mia zoe");
    check_holders("clerk", "");
    put_user_of("mia", NULL, 0, 0);
    check_holders("cfo", "mia zoe"); /* of the session */
    contract_read();
    check_holders("cfo", "zoe");
    check_holders("approver", "bob");
    contract_end();
}

static void test_user_removed(void)
{
    contract_begin();
    struct user_row user = full_user();
    CHECK_INT(put_user(user), ERR_NONE);
    user.removed_at = NOON + 4;
    CHECK_INT(put_user(user), ERR_NONE);
    check_stored_user(&user);
    check_users(NULL, 10, "");
    check_holders("cfo", "");
    user.removed_at = 0;
    CHECK_INT(put_user(user), ERR_NONE);
    check_stored_user(&user);
    check_users(NULL, 10, "bot-7");
    check_holders("cfo", "bot-7");
    contract_end();
}

/* ---- groups ---- */

static void put_group_of(const char *id, const char *const *members, size_t n)
{
    struct group_row group = {
        .id = id, .members = members, .member_count = n, .created_at = NOON, .updated_at = NOON};
    CHECK_INT(put_group(group), ERR_NONE);
}

static void check_group(const char *id, const char *name, const char *members)
{
    struct err e = ERR_INIT;
    struct group_row got;
    CHECK_FATAL(store_group_get(contract_read(), contract.arena, id, &got, &e) == 1);
    CHECK_STR(got.id, id);
    CHECK_STR(got.name, name);
    check_names(got.members, got.member_count, members);
}

static void test_group_put(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    static const char *const first[] = {"bob", "mia"}, *const second[] = {"amy", "mia", "zoe"};
    struct group_row got, group = {.id = "leads",
                                   .name = "Leads",
                                   .members = first,
                                   .member_count = 2,
                                   .created_at = NOON,
                                   .updated_at = NOON};
    CHECK_INT(store_group_get(contract_read(), contract.arena, "leads", &got, &e), 0);
    CHECK_INT(put_group(group), ERR_NONE);
    check_group("leads", "Leads", "bob mia");

    group.name = NULL;
    group.members = second;
    group.member_count = 3;
    group.created_at = group.updated_at = NOON + 5;
    CHECK_INT(put_group(group), ERR_NONE);
    check_group("leads", NULL, "amy mia zoe");
    CHECK_FATAL(store_group_get(contract.s, contract.arena, "leads", &got, &e) == 1);
    CHECK_INT(got.created_at, NOON);
    CHECK_INT(got.updated_at, NOON + 5);

    put_group_of("leads", NULL, 0);
    check_group("leads", NULL, "");
    contract_end();
}

static void check_groups(const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    struct group_row *rows = NULL;
    const char *ids[10];
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_group_list(contract.s, contract.arena, &page, &rows, &n, &e) == 0 && n <= 10);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].id;
    check_names(ids, n, want);
}

static void test_group_list(void)
{
    contract_begin();
    static const char *const members[] = {"bob", "mia"};
    contract_read();
    check_groups(NULL, 10, "");
    put_group_of("c", members, 1);
    put_group_of("a", members, 2);
    put_group_of("b", NULL, 0);
    contract_read();
    check_groups(NULL, 10, "a b c");
    check_groups(NULL, 2, "a b");
    check_groups("b", 2, "c");
    check_groups("c", 2, "");
    check_groups("aa", 1, "b");
    check_groups(NULL, SIZE_MAX, "a b c");
    contract_end();
}

static void test_group_list_rows(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    static const char *const members[] = {"bob", "mia"};
    struct group_row *rows;
    size_t n;
    struct page page = {.limit = 10};
    put_group_of("b", NULL, 0);
    put_group_of("a", members, 2);
    CHECK_FATAL(store_group_list(contract_read(), contract.arena, &page, &rows, &n, &e) == 0);
    CHECK_FATAL(n == 2);
    check_names(rows[0].members, rows[0].member_count, "bob mia");
    CHECK_INT(rows[0].created_at, NOON);
    CHECK_INT(rows[1].member_count, 0);
    contract_end();
}

static void test_group_members_removed(void)
{
    contract_begin();
    static const char *const members[] = {"bob", "gone", "mia", "stranger"};
    put_users();
    put_group_of("a", members, 4);
    check_group("a", NULL, "bob mia stranger");
    put_user_of("stranger", NULL, 0, NOON);
    check_group("a", NULL, "bob mia");
    check_groups(NULL, 10, "a");
    put_user_of("gone", NULL, 0, 0);
    check_group("a", NULL, "bob gone mia");
    contract_end();
}

struct removal {
    const char *id;
    int removed;
};

static int remove_group_half(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct removal *in = arg;
    (void)now;
    in->removed = store_group_remove(s, in->id, e);
    return in->removed < 0 ? -1 : 0;
}

static int remove_group(const char *id)
{
    struct err e = ERR_INIT;
    struct removal in = {id, -1};
    CHECK_INT(run_half(contract.store, remove_group_half, &in, &e), OUTCOME_DONE);
    return in.removed;
}

static void test_group_removed(void)
{
    contract_begin();
    static const char *const members[] = {"bob", "mia"};
    CHECK_INT(remove_group("a"), 0);
    put_group_of("a", members, 2);
    put_group_of("b", members, 1);
    contract_read();
    CHECK_INT(remove_group("a"), 1);
    check_groups(NULL, 9, "a b"); /* of the session */
    CHECK_INT(remove_group("a"), 0);
    contract_read();
    check_groups(NULL, 9, "b");
    check_group("b", NULL, "bob");
    put_group_of("a", NULL, 0); /* its members do not come back */
    check_group("a", NULL, "");
    contract_end();
}

static void check_groups_of(const char *user_id, const char *want)
{
    struct err e = ERR_INIT;
    const char *const *ids = NULL;
    size_t n = 99;
    CHECK_FATAL(store_user_groups(contract.s, contract.arena, user_id, &ids, &n, &e) == 0);
    check_names(ids, n, want);
}

static void test_groups_of_a_user(void)
{
    contract_begin();
    static const char *const first[] = {"bob", "mia"}, *const second[] = {"amy", "bob"};
    put_group_of("z", first, 2);
    put_group_of("a", second, 2);
    put_group_of("m", NULL, 0);
    contract_read();
    check_groups_of("bob", "a z"); /* whether he is registered or not */
    check_groups_of("mia", "z");
    check_groups_of("b", "");
    put_group_of("z", first + 1, 1);
    put_user_of("bob", NULL, 0, 0);
    put_user_of("mia", NULL, 0, NOON + 1);
    contract_read();
    check_groups_of("bob", "a");
    check_groups_of("mia", "");
    contract_end();
}

/* ---- calendars and switches ---- */

static void test_calendars(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct calendar_row got, *rows;
    size_t n = 7;
    CHECK_INT(store_calendar_get(contract_read(), contract.arena, "hq", &got, &e), 0);
    CHECK_FATAL(store_calendar_list(contract.s, contract.arena, &rows, &n, &e) == 0);
    CHECK_INT(n, 0);
    CHECK_INT(put_calendar((struct calendar_row){"hq", "{\"a\":1}", NOON}), ERR_NONE);
    CHECK_INT(put_calendar((struct calendar_row){"aa", "{}", NOON + 1}), ERR_NONE);
    CHECK_INT(put_calendar((struct calendar_row){"hq", "{\"b\":2}", NOON + 2}), ERR_NONE);
    CHECK_FATAL(store_calendar_get(contract_read(), contract.arena, "hq", &got, &e) == 1);
    CHECK_STR(got.id, "hq");
    CHECK_STR(got.definition, "{\"b\":2}");
    CHECK_INT(got.updated_at, NOON + 2);
    CHECK_FATAL(store_calendar_list(contract.s, contract.arena, &rows, &n, &e) == 0);
    CHECK_FATAL(n == 2);
    CHECK_STR(rows[0].id, "aa");
    CHECK_STR(rows[0].definition, "{}");
    CHECK_INT(rows[0].updated_at, NOON + 1);
    CHECK_STR(rows[1].id, "hq");
    contract_end();
}

static void check_switch(const struct switch_row *want)
{
    struct err e = ERR_INIT;
    struct switch_row got;
    CHECK_FATAL(store_switch_get(contract_read(), contract.arena, want->name, &got, &e) == 1);
    CHECK_STR(got.name, want->name);
    CHECK_INT(got.on, want->on);
    CHECK_STR(got.changed_by, want->changed_by);
    CHECK_STR(got.reason, want->reason);
    CHECK_INT(got.changed_at, want->changed_at);
}

static void test_switches(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct switch_row got, row = {.name = "manual_only",
                                  .on = true,
                                  .changed_by = "ops",
                                  .reason = "an incident",
                                  .changed_at = NOON};
    CHECK_INT(store_switch_get(contract_read(), contract.arena, "manual_only", &got, &e), 0);
    CHECK_INT(put_switch(row), ERR_NONE);
    check_switch(&row);
    row = (struct switch_row){.name = "manual_only", .changed_by = "eve", .changed_at = NOON + 1};
    CHECK_INT(put_switch(row), ERR_NONE);
    check_switch(&row);
    CHECK_INT(store_switch_get(contract.s, contract.arena, "other", &got, &e), 0);
    contract_end();
}

/* ---- all of it: rolled back, and as a snapshot ---- */

static const char *const some[] = {"amy"};

/* Changes a row of everything there is, and adds one. */
static int change_all(struct session *s, struct err *e)
{
    static const char *const ids[] = {"a", "new"};
    for (size_t i = 0; i < 2; i++) {
        struct user_row user = {.id = ids[i], .name = "changed", .roles = some, .role_count = 1};
        struct group_row group = {
            .id = ids[i], .name = "changed", .members = some, .member_count = 1};
        struct calendar_row calendar = {ids[i], "{\"changed\":1}", NOON};
        struct switch_row on = {.name = ids[i], .on = true, .changed_by = "changed"};
        if (store_user_put(s, &user, e) < 0 || store_group_put(s, &group, e) < 0 ||
            store_calendar_put(s, &calendar, e) < 0 || store_switch_put(s, &on, e) < 0)
            return -1;
    }
    if (store_group_remove(s, "b", e) != 1)
        return -1;
    return store_workflow_set_status(s, "wf", WORKFLOW_ARCHIVED, NOON, e) == 1 ? 0 : -1;
}

static enum outcome change_apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    const enum outcome *end = arg;
    (void)now;
    if (change_all(s, e) < 0)
        return OUTCOME_BROKEN;
    if (*end != OUTCOME_DONE)
        err_set(e, ERR_CONFLICT, "ends so");
    return *end;
}

static void change(enum outcome end)
{
    struct err e = ERR_INIT;
    struct write w = {.apply = change_apply, .arg = &end};
    CHECK_INT(store_write(contract.store, &w, &e), end);
    CHECK_INT(e.kind, end == OUTCOME_DONE ? ERR_NONE : ERR_CONFLICT);
}

/* How many of the things that change_all does are seen; 12 are all. */
static int changes_seen(struct session *s)
{
    struct err e = ERR_INIT;
    struct arena *a = contract.arena;
    struct user_row user;
    struct group_row group;
    struct calendar_row calendar;
    struct switch_row on;
    struct workflow_row w;
    const char *const *ids;
    size_t n = 0;
    int seen = 0;
    seen += store_user_get(s, a, "a", &user, &e) == 1 && user.name && user.role_count == 1;
    seen += store_group_get(s, a, "a", &group, &e) == 1 && group.name && group.member_count == 1;
    seen += store_calendar_get(s, a, "a", &calendar, &e) == 1 && strlen(calendar.definition) > 2;
    seen += store_switch_get(s, a, "a", &on, &e) == 1 && on.on;
    seen += store_user_get(s, a, "new", &user, &e);
    seen += store_group_get(s, a, "new", &group, &e);
    seen += store_calendar_get(s, a, "new", &calendar, &e);
    seen += store_switch_get(s, a, "new", &on, &e);
    seen += !store_group_get(s, a, "b", &group, &e);
    seen += store_workflow_get(s, a, "wf", &w, &e) == 1 && !strcmp(w.status, WORKFLOW_ARCHIVED);
    CHECK_INT(store_role_holders(s, a, "amy", &ids, &n, &e), 0);
    CHECK_INT(e.kind, ERR_NONE);
    return seen + (int)n;
}

static void put_all(void)
{
    put_user_of("a", NULL, 0, 0);
    put_group_of("a", NULL, 0);
    put_group_of("b", some, 1);
    CHECK_INT(put_calendar((struct calendar_row){"a", "{}", NOON}), ERR_NONE);
    CHECK_INT(put_switch((struct switch_row){.name = "a", .changed_by = "ops"}), ERR_NONE);
}

static void test_rolled_back(void)
{
    contract_begin();
    put_all();
    change(OUTCOME_BROKEN);
    CHECK_INT(changes_seen(contract_read()), 0);
    change(OUTCOME_REFUSED);
    CHECK_INT(changes_seen(contract_read()), 0);
    check_group("b", NULL, "amy");
    contract_end();
}

static void test_snapshot(void)
{
    contract_begin();
    put_all();
    struct session *before = contract_read();
    change(OUTCOME_DONE);
    CHECK_INT(changes_seen(before), 0);
    check_users(NULL, 9, "a");
    check_groups(NULL, 9, "a b");
    CHECK_INT(changes_seen(contract_read()), 12);
    check_users(NULL, 9, "a new");
    contract_end();
}

const struct test contract_directory[] = {
    {"a user comes back as it was put", test_user_put},
    {"a user is replaced", test_user_replaced},
    {"users in order of id, page by page", test_user_list},
    {"what the list of users shows", test_user_list_rows},
    {"who holds a role", test_role_holders},
    {"a user is removed and comes back", test_user_removed},
    {"a group is put and replaced", test_group_put},
    {"groups in order of id, page by page", test_group_list},
    {"what the list of groups shows", test_group_list_rows},
    {"members who were removed", test_group_members_removed},
    {"groups of a user", test_groups_of_a_user},
    {"a group is removed", test_group_removed},
    {"calendars", test_calendars},
    {"switches", test_switches},
    {"the directory is rolled back with its half", test_rolled_back},
    {"a snapshot of the directory", test_snapshot},
};
const size_t contract_directory_count = sizeof contract_directory / sizeof *contract_directory;
