#include "service/users.h"

#include "check.h"
#include "crypto/hash.h"
#include "directory.h"

static const char *create_user(const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(user_create(&sv, &c, parse(body), &out, &e), &e);
}

static const char *change_user(const char *id, const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(user_change(&sv, &c, id, parse(body), &out, &e), &e);
}

static const char *remove_user(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(user_remove(&sv, &c, id, &out, &e), &e);
}

static struct user_row user(const char *id)
{
    struct user_row row = {0};
    struct err e = ERR_INIT;
    CHECK_STR(outcome(user_read_one(&sv, arena, &principal_anonymous, id, &row, &e), &e), "ok");
    return row;
}

#define ANN                                                                               \
    "{\"id\":\"ann\",\"name\":\"Ann A.\",\"email\":\"ann@example.org\",\"phone\":\"+1\"," \
    "\"roles\":[\"cfo\",\"approver\",\"cfo\"],\"manager\":\"mia\",\"owner\":\"otto\","    \
    "\"time_zone\":\"Europe/Berlin\",\"absence\":{\"from\":\"2026-01-02T03:04:05Z\","     \
    "\"to\":\"2026-01-09T00:00:00Z\",\"deputy\":\"dora\"}}"

static void test_user_whole(void)
{
    set_up();
    CHECK_STR(create_user(ANN), "ok");
    struct user_row u = user("ann");
    CHECK_STR(u.name, "Ann A.");
    CHECK_STR(u.email, "ann@example.org");
    CHECK_STR(u.phone, "+1");
    CHECK_STR(joined(u.roles, u.role_count), "approver cfo");
    CHECK_STR(u.manager, "mia");
    CHECK_STR(u.owner, "otto");
    CHECK_STR(u.time_zone, "Europe/Berlin");
    CHECK_INT(u.absent_from, INT64_C(1767323045000000));
    CHECK_INT(u.absent_to, INT64_C(1767916800000000));
    CHECK_STR(u.deputy, "dora");
    CHECK_INT(u.created_at, NOW);
    CHECK_INT(u.updated_at, NOW);
    CHECK_STR(audited("ann"), "user.created");
    CHECK_STR(last_audit("ann"), "{\"changed\":[\"name\",\"email\",\"phone\",\"manager\",\"owner\","
                                 "\"time_zone\",\"roles\",\"absence\"],\"roles\":{\"added\":["
                                 "\"approver\",\"cfo\"],\"removed\":[]}}");
    tear_down();
}

static void test_user_twice(void)
{
    set_up();
    CHECK_STR(create_user("{\"id\":\"ann\",\"name\":\"A\"}"), "ok");
    CHECK_STR(create_user("{\"id\":\"ann\",\"name\":\"B\"}"), "conflict");
    /* It is told that she exists, not what else would be wrong. */
    CHECK_STR(create_user("{\"id\":\"bob\",\"manager\":\"ann\"}"), "ok");
    CHECK_STR(create_user("{\"id\":\"ann\",\"manager\":\"bob\"}"), "conflict");
    CHECK_STR(user("ann").name, "A");
    CHECK_STR(audited("ann"), "user.created user.created.refused user.created.refused");
    tear_down();
}

static void test_user_patch(void)
{
    set_up();
    create_user(ANN);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(change_user("ann", "{\"id\":\"ann\",\"name\":null,\"email\":\"new@example.org\","
                                 "\"roles\":[\"cfo\",\"admin\"]}"),
              "ok");
    struct user_row u = user("ann");
    CHECK(u.name == NULL);
    CHECK_STR(u.email, "new@example.org");
    CHECK_STR(u.phone, "+1");
    CHECK_STR(joined(u.roles, u.role_count), "admin cfo");
    CHECK_INT(u.created_at, NOW);
    CHECK_INT(u.updated_at, NOW + US_PER_SECOND);
    CHECK_STR(last_audit("ann"), "{\"changed\":[\"name\",\"email\",\"roles\"],\"roles\":{\"added\":"
                                 "[\"admin\"],\"removed\":[\"approver\"]}}");

    CHECK_STR(change_user("ann", "{\"roles\":null,\"manager\":null,\"owner\":null,\"phone\":null,"
                                 "\"time_zone\":null,\"email\":null,\"absence\":null}"),
              "ok");
    u = user("ann");
    CHECK(!u.role_count && !u.manager && !u.owner && !u.phone && !u.time_zone && !u.email);
    CHECK(!u.absent_from && !u.absent_to && !u.deputy);
    CHECK_STR(audited("ann"), "user.created user.updated user.updated");
    tear_down();
}

static void test_user_patch_that_changes_nothing(void)
{
    set_up();
    create_user(ANN);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(change_user("ann", "{}"), "ok");
    CHECK_STR(change_user("ann", ANN), "ok");
    CHECK_INT(user("ann").updated_at, NOW);
    CHECK_STR(audited("ann"), "user.created");
    tear_down();
}

static void test_absence_is_merged(void)
{
    set_up();
    create_user(ANN);
    CHECK_STR(change_user("ann", "{\"absence\":{\"to\":\"2026-02-01T00:00:00Z\"}}"), "ok");
    struct user_row u = user("ann");
    CHECK_INT(u.absent_from, INT64_C(1767323045000000));
    CHECK_INT(u.absent_to, INT64_C(1769904000000000));
    CHECK_STR(u.deputy, "dora");
    /* What it would come to does not fit. */
    CHECK_STR(change_user("ann", "{\"absence\":{\"to\":\"2026-01-01T00:00:00Z\"}}"), "/absence/to");
    CHECK_STR(change_user("ann", "{\"absence\":{\"to\":\"2026-01-02T03:04:05Z\"}}"), "/absence/to");
    CHECK_STR(change_user("ann", "{\"absence\":{\"deputy\":null,\"from\":null}}"),
              "/absence/from /absence/deputy");
    CHECK_STR(change_user("ann", "{\"absence\":null}"), "ok");
    CHECK_STR(change_user("ann", "{\"absence\":{\"deputy\":\"dora\"}}"),
              "/absence/from /absence/to");
    tear_down();
}

static void test_user_rules(void)
{
    static const struct {
        const char *body, *pointers;
    } rows[] = {
        {"{}", "/id"},
        {"{\"id\":null}", "/id"},
        {"{\"id\":7}", "/id"},
        {"{\"id\":\" \"}", "/id"},
        {"{\"id\":\"a\\nb\"}", "/id"},
        {"{\"id\":\"system\"}", "/id"},
        {"{\"id\":\"x\",\"manager\":\"x\"}", "/manager"},
        {"{\"id\":\"x\",\"owner\":\"x\"}", "/owner"},
        {"{\"id\":\"x\",\"manager\":\"system\",\"owner\":\"system\"}", "/manager /owner"},
        {"{\"id\":\"x\",\"roles\":[\"ok\",7,\"\",\"a\\tb\"]}", "/roles/1 /roles/2 /roles/3"},
        {"{\"id\":\"x\",\"roles\":\"cfo\"}", "/roles"},
        {"{\"id\":\"x\",\"time_zone\":\"Middle/Earth\"}", "/time_zone"},
        {"{\"id\":\"x\",\"time_zone\":\"../etc/passwd\"}", "/time_zone"},
        {"{\"id\":\"x\",\"absence\":{}}", "/absence/from /absence/to /absence/deputy"},
        {"{\"id\":\"x\",\"absence\":[]}", "/absence"},
        {"{\"id\":\"x\",\"absence\":{\"from\":\"2026-01-02T00:00:00Z\",\"to\":"
         "\"2026-01-01T00:00:00Z\",\"deputy\":\"d\"}}",
         "/absence/to"},
        {"{\"id\":\"x\",\"absence\":{\"from\":\"1960-01-01T00:00:00Z\",\"to\":"
         "\"2026-01-01T00:00:00Z\",\"deputy\":\"d\"}}",
         "/absence/from"},
        {"{\"id\":\"x\",\"absence\":{\"from\":\"today\",\"to\":7,\"deputy\":\"x\"}}",
         "/absence/to /absence/from /absence/deputy"},
        {"{\"id\":\"x\",\"absence\":{\"from\":\"2026-01-01T00:00:00+01:00\",\"to\":"
         "\"2026-01-02T00:00:00Z\",\"deputy\":\"system\",\"why\":1}}",
         "/absence/why /absence/from /absence/deputy"},
        /* All of it at once. */
        {"{\"id\":\"x\",\"nmae\":\"X\",\"name\":1,\"email\":\"\",\"phone\":[],\"roles\":[null],"
         "\"manager\":\"x\",\"owner\":\"x\",\"time_zone\":\"x\",\"removed_at\":1}",
         "/nmae /removed_at /name /email /phone /roles/0 /time_zone /manager /owner"},
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(create_user(rows[i].body), rows[i].pointers);
    /* None of these was a request yet. */
    CHECK_STR(audited("x"), "");
    CHECK_STR(create_user("{\"id\":\"x\"}"), "ok");
    CHECK_STR(change_user("x", "{\"id\":\"y\"}"), "/id");
    CHECK_STR(change_user("x", "{\"id\":null}"), "/id");
    CHECK_STR(change_user("x", "{\"manager\":\"x\",\"Name\":1}"), "/Name /manager");
    tear_down();
}

static void test_circles_of_managers(void)
{
    set_up();
    CHECK_STR(create_user("{\"id\":\"a\",\"manager\":\"b\"}"), "ok");
    CHECK_STR(create_user("{\"id\":\"b\",\"manager\":\"c\"}"), "ok");
    /* c was not registered when b named him. */
    CHECK_STR(create_user("{\"id\":\"c\",\"manager\":\"a\"}"), "/manager");
    CHECK_STR(create_user("{\"id\":\"c\"}"), "ok");
    CHECK_STR(change_user("c", "{\"manager\":\"b\"}"), "/manager");
    CHECK_STR(audited("c"), "user.created.refused user.created user.updated.refused");
    /* Beside something that does not fit, it is named too. */
    CHECK_STR(change_user("c", "{\"manager\":\"a\",\"phone\":1}"), "/phone /manager");
    CHECK(user("c").manager == NULL);

    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    CHECK_INT(user_change(&sv, &c, "c", parse("{\"manager\":\"a\"}"), &out, &e), -1);
    CHECK_STR(e.message, "/manager: would close a circle of managers: c -> a -> b -> c");

    /* A chain ends at somebody who was removed. */
    CHECK_STR(remove_user("b"), "ok");
    CHECK_STR(change_user("c", "{\"manager\":\"a\"}"), "ok");
    CHECK_STR(create_user("{\"id\":\"b\",\"manager\":\"c\"}"), "/manager");
    tear_down();
}

static void test_long_chains_of_managers(void)
{
    enum { MANY = 102 };
    set_up();
    for (int i = 1; i < MANY; i++)
        CHECK_STR(
            create_user(arena_printf(arena, "{\"id\":\"u%d\",\"manager\":\"u%d\"}", i, i - 1)),
            i <= 100 ? "ok" : "/manager");
    tear_down();
}

static void test_too_many_roles(void)
{
    set_up();
    struct str s = STR_INIT;
    for (int i = 0; i <= 100; i++)
        str_addf(&s, "%s\"r%d\"", i ? "," : "", i);
    CHECK_STR(create_user(arena_printf(arena, "{\"id\":\"u\",\"roles\":[%s]}", s.buf)), "/roles");
    str_release(&s);
    tear_down();
}

static void test_user_removed_and_back(void)
{
    set_up();
    create_user(ANN);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(remove_user("ann"), "ok");
    CHECK_STR(remove_user("ann"), "not-found");
    CHECK_STR(change_user("ann", "{}"), "not-found");
    CHECK_STR(last_audit("ann"), "{}");
    struct user_row row;
    struct err e = ERR_INIT;
    CHECK_STR(outcome(user_read_one(&sv, arena, &principal_anonymous, "ann", &row, &e), &e),
              "not-found");
    CHECK_STR(e.message, "User not found");

    CHECK_STR(create_user("{\"id\":\"ann\",\"name\":\"Again\"}"), "ok");
    row = user("ann");
    CHECK_STR(row.name, "Again");
    CHECK(row.email == NULL && row.role_count == 0 && row.removed_at == 0);
    CHECK_INT(row.created_at, NOW);
    CHECK_STR(audited("ann"), "user.created user.removed user.created");
    CHECK_STR(last_audit("ann"), "{\"changed\":[\"name\"],\"revived\":true}");
    tear_down();
}

/* Nothing of what is personal is in the log: a digest proves what was there. */
static void test_digests(void)
{
    static const char content[] =
        "{\"id\":\"bob\",\"name\":\"Bob\",\"email\":null,\"phone\":null,\"manager\":\"ann\","
        "\"owner\":null,\"time_zone\":null,\"roles\":[\"cfo\"],"
        "\"absence\":{\"from\":null,\"to\":null,\"deputy\":null}}";
    char sha256[SHA256_HEX_SIZE];
    set_up();
    hash_sha256_hex(content, strlen(content), sha256);
    create_user("{\"id\":\"bob\",\"name\":\"Bob\",\"manager\":\"ann\",\"roles\":[\"cfo\"]}");
    CHECK_STR(last_digest("bob", "before_sha256"), NULL);
    CHECK_STR(last_digest("bob", "after_sha256"), sha256);
    CHECK_STR(change_user("bob", "{\"email\":\"bob@example.org\"}"), "ok");
    CHECK_STR(last_audit("bob"), "{\"changed\":[\"email\"]}");
    CHECK_STR(last_digest("bob", "before_sha256"), sha256);
    const char *after = last_digest("bob", "after_sha256");
    CHECK(after && strcmp(after, sha256) != 0);
    CHECK_STR(remove_user("bob"), "ok");
    CHECK_STR(last_digest("bob", "before_sha256"), after);
    CHECK_STR(last_digest("bob", "after_sha256"), NULL);
    create_user("{\"id\":\"bob\",\"name\":\"Bob\",\"manager\":\"ann\",\"roles\":[\"cfo\"]}");
    CHECK_STR(last_digest("bob", "before_sha256"), NULL);
    CHECK_STR(last_digest("bob", "after_sha256"), sha256);
    tear_down();
}

static void test_user_not_there(void)
{
    set_up();
    CHECK_STR(change_user("ann", "{\"name\":\"A\"}"), "not-found");
    CHECK_STR(remove_user("ann"), "not-found");
    CHECK_STR(audited("ann"), "");
    tear_down();
}

static struct user_list users(const char *after, size_t limit)
{
    struct user_list list = {0};
    struct err e = ERR_INIT;
    struct page page = {.after = after, .limit = limit};
    CHECK_INT(user_read_list(&sv, arena, &principal_anonymous, &page, &list, &e), 0);
    return list;
}

static const char *user_ids(const struct user_list *list)
{
    const char **ids = arena_array(arena, list->count, sizeof *ids);
    for (size_t i = 0; i < list->count; i++)
        ids[i] = list->rows[i].id;
    return joined(ids, list->count);
}

static void test_user_pages(void)
{
    static const char *const order[] = {"c", "a", "e", "b", "d"};
    set_up();
    for (size_t i = 0; i < 5; i++)
        create_user(arena_printf(arena, "{\"id\":\"%s\",\"roles\":[\"r\"]}", order[i]));
    remove_user("d");
    struct user_list list = users(NULL, 2);
    CHECK_STR(user_ids(&list), "a b");
    CHECK_STR(joined(list.rows[1].roles, list.rows[1].role_count), "r");
    CHECK(list.more);
    list = users("b", 2);
    CHECK_STR(user_ids(&list), "c e");
    CHECK(!list.more);
    list = users("c", 2);
    CHECK_STR(user_ids(&list), "e");
    list = users("e", 2);
    CHECK_INT(list.count, 0);
    CHECK(!list.more);
    tear_down();
}

static void test_idempotency(void)
{
    set_up();
    const struct json *body = parse("{\"id\":\"ann\"}");
    for (int i = 0; i < 2; i++) {
        struct call c = call();
        struct answer out;
        struct err e = ERR_INIT;
        c.idempotency_key = "k";
        CHECK_INT(user_create(&sv, &c, body, &out, &e), 0);
        CHECK_INT(out.replayed, i);
    }
    CHECK_STR(audited("ann"), "user.created");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"a user with everything", test_user_whole},
        {"a user exists once", test_user_twice},
        {"a user is changed by a merge patch", test_user_patch},
        {"a patch that changes nothing leaves nothing", test_user_patch_that_changes_nothing},
        {"an absence is merged too", test_absence_is_merged},
        {"what a user cannot be, all of it at once", test_user_rules},
        {"managers form no circle", test_circles_of_managers},
        {"chains of managers end", test_long_chains_of_managers},
        {"too many roles", test_too_many_roles},
        {"a removed user comes back as himself", test_user_removed_and_back},
        {"digests of what was and is", test_digests},
        {"a user who is not there", test_user_not_there},
        {"users page by page", test_user_pages},
        {"the same key creates once", test_idempotency},
    };
    return check_main("service/users", tests, sizeof tests / sizeof *tests);
}
