#include "service/api_keys.h"

#include "auth/bearer.h"
#include "check.h"
#include "directory.h"
#include "service/users.h"
#include "service/workflow_publish.h"

static struct api_key_made made;

static const char *create(const char *body)
{
    struct call c = call();
    struct err e = ERR_INIT;
    made = (struct api_key_made){0};
    int rc = api_key_create(&sv, &c, parse(body), &made, &e);
    return outcome(rc, &e);
}

static const char *revoke(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(api_key_revoke(&sv, &c, id, &out, &e), &e);
}

static struct api_key_row key(const char *id)
{
    struct api_key_row row = {0};
    struct err e = ERR_INIT;
    CHECK_STR(outcome(api_key_read_one(&sv, arena, id, &row, &e), &e), "ok");
    return row;
}

static void change_user(const char *id, const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    int rc = id ? user_change(&sv, &c, id, parse(body), &out, &e)
                : user_create(&sv, &c, parse(body), &out, &e);
    CHECK_STR(outcome(rc, &e), "ok");
}

static void remove_user(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    CHECK_STR(outcome(user_remove(&sv, &c, id, &out, &e), &e), "ok");
}

static void publish(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    const char *text = arena_printf(arena,
                                    "{\"id\":\"%s\",\"name\":\"W\",\"version\":\"1\",\"stages\":"
                                    "[{\"id\":\"s\",\"name\":\"S\",\"approvers\":[\"ann\"]}]}",
                                    id);
    struct workflow_publish in = {.body = parse(text), .text = text};
    CHECK_STR(outcome(workflow_publish(&sv, &c, &in, &out, &e), &e), "ok");
}

/* bot with the roles requester and service; ann; the workflows deploy and refund. */
static void set_up_office(void)
{
    set_up();
    change_user(NULL, "{\"id\":\"bot\",\"roles\":[\"service\",\"requester\"]}");
    change_user(NULL, "{\"id\":\"ann\"}");
    publish("deploy");
    publish("refund");
}

static void test_everything(void)
{
    set_up_office();
    CHECK_STR(create("{\"user_id\":\"bot\",\"name\":\"ci\",\"roles\":[\"service\",\"service\"],"
                     "\"workflows\":[\"refund\",\"deploy\"],\"act_as\":[\"bot\",\"ann\"],"
                     "\"expires_at\":\"2026-01-03T00:00:00Z\"}"),
              "ok");
    CHECK_INT(strlen(made.row.id), API_KEY_ID_SIZE - 1);
    struct api_key_row row = key(made.row.id);
    char sha256[SHA256_HEX_SIZE], id[API_KEY_ID_SIZE];
    CHECK(bearer_read(BEARER_API_KEY, made.key, sha256));
    CHECK_STR(row.sha256, sha256);
    CHECK(bearer_id(made.key, id));
    CHECK_STR(row.id, id);
    CHECK_STR(row.user_id, "bot");
    CHECK_STR(row.name, "ci");
    CHECK_STR(row.created_by, "anonymous");
    CHECK_STR(joined(row.roles, row.role_count), "service");
    CHECK_STR(joined(row.workflows, row.workflow_count), "deploy refund");
    CHECK_STR(joined(row.act_as, row.act_as_count), "ann bot");
    CHECK_INT(row.created_at, NOW);
    CHECK_INT(row.expires_at, INT64_C(1767398400000000));
    CHECK_INT(row.used_at, 0);
    CHECK_INT(row.revoked_at, 0);
    CHECK_STR(made.row.user_id, "bot");
    CHECK_STR(audited(row.id), "api_key.created");
    CHECK_STR(last_audit(row.id),
              "{\"user_id\":\"bot\",\"roles\":[\"service\"],\"workflows\":[\"deploy\",\"refund\"],"
              "\"act_as\":[\"ann\",\"bot\"],\"expires_at\":\"2026-01-03T00:00:00.000000Z\"}");
    tear_down();
}

static void test_the_least(void)
{
    set_up_office();
    CHECK_STR(create("{\"user_id\":\"bot\",\"name\":\"ci\",\"roles\":null,\"workflows\":null,"
                     "\"act_as\":null,\"expires_at\":null}"),
              "ok");
    struct api_key_row row = key(made.row.id);
    CHECK_STR(joined(row.roles, row.role_count), "requester service");
    CHECK_INT(row.workflow_count, 0);
    CHECK_INT(row.act_as_count, 0);
    CHECK_INT(row.expires_at, 0);
    /* What he comes to have later, the key does not. */
    change_user("bot", "{\"roles\":[\"admin\",\"service\"]}");
    row = key(made.row.id);
    CHECK_STR(joined(row.roles, row.role_count), "requester service");
    CHECK_STR(create("{\"user_id\":\"bot\",\"name\":\"ci\",\"roles\":[]}"), "ok");
    CHECK_INT(key(made.row.id).role_count, 0);
    tear_down();
}

static void test_what_does_not_fit(void)
{
    static const struct {
        const char *body, *pointers;
    } rows[] = {
        {"{}", "/user_id /name"},
        {"{\"user_id\":\"eve\",\"name\":\"n\"}", "/user_id"},
        {"{\"user_id\":\"gone\",\"name\":\"n\"}", "/user_id"},
        {"{\"user_id\":7,\"name\":\" \"}", "/user_id /name"},
        {"{\"user_id\":\"bot\",\"name\":\"a\\nb\"}", "/name"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"role\":[]}", "/role"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"roles\":[\"service\",\"admin\",7]}",
         "/roles/2 /roles/1"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"roles\":\"service\"}", "/roles"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"workflows\":[\"deploy\",\"depoly\",[]]}",
         "/workflows/2 /workflows/1"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"workflows\":[]}", "/workflows"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"act_as\":[\"ann\",\"eve\",\"gone\",null]}",
         "/act_as/3 /act_as/1 /act_as/2"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"expires_at\":\"tomorrow\"}", "/expires_at"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"expires_at\":\"2026-01-02T03:04:05Z\"}",
         "/expires_at"},
        {"{\"user_id\":\"bot\",\"name\":\"n\",\"expires_at\":1767398400}", "/expires_at"},
        {"{\"user_id\":\"eve\",\"name\":null,\"roles\":[\"x\"],\"workflows\":[\"x\"],\"act_as\":"
         "[\"x\"],\"expires_at\":\"x\"}",
         "/name /expires_at /user_id /workflows/0 /act_as/0"},
    };
    set_up_office();
    change_user(NULL, "{\"id\":\"gone\"}");
    remove_user("gone");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(create(rows[i].body), rows[i].pointers);
    struct api_key_list list;
    struct err e = ERR_INIT;
    struct page page = {.limit = 10};
    CHECK_INT(api_key_read_list(&sv, arena, &page, &list, &e), 0);
    CHECK_INT(list.count, 0);
    tear_down();
}

static void test_the_secret_is_kept_nowhere(void)
{
    set_up_office();
    struct api_key_made twice[2];
    for (int i = 0; i < 2; i++) {
        struct call c = call();
        struct err e = ERR_INIT;
        c.idempotency_key = "k";
        CHECK_INT(
            api_key_create(&sv, &c, parse("{\"user_id\":\"bot\",\"name\":\"n\"}"), &twice[i], &e),
            0);
        CHECK_STR(c.idempotency_key, "k");
        CHECK(strstr(last_audit(twice[i].row.id), twice[i].key) == NULL);
    }
    CHECK(strcmp(twice[0].key, twice[1].key) != 0);
    CHECK(strcmp(twice[0].row.id, twice[1].row.id) != 0);
    struct session *s = NULL;
    struct idempotency_row row;
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(store_idempotency_get(s, arena, "anonymous", "k", NOW, &row, &e), 0);
    store_read_end(&s);
    tear_down();
}

static void test_revoking(void)
{
    set_up_office();
    CHECK_STR(create("{\"user_id\":\"bot\",\"name\":\"n\"}"), "ok");
    const char *id = made.row.id;
    fake.fixed += US_PER_SECOND;
    CHECK_STR(revoke(id), "ok");
    CHECK_INT(key(id).revoked_at, NOW + US_PER_SECOND);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(revoke(id), "ok");
    CHECK_INT(key(id).revoked_at, NOW + US_PER_SECOND);
    CHECK_STR(audited(id), "api_key.created api_key.revoked");
    CHECK_STR(revoke("nobodyskey00"), "not-found");
    CHECK_STR(audited("nobodyskey00"), "");
    struct api_key_row row;
    struct err e = ERR_INIT;
    CHECK_INT(api_key_read_one(&sv, arena, "nobodyskey00", &row, &e), -1);
    CHECK_INT(e.kind, ERR_NOT_FOUND);
    CHECK_STR(e.message, "API key not found");
    tear_down();
}

static void test_pages(void)
{
    set_up_office();
    for (int i = 0; i < 3; i++)
        CHECK_STR(create("{\"user_id\":\"bot\",\"name\":\"n\"}"), "ok");
    revoke(made.row.id);
    struct api_key_list list;
    struct err e = ERR_INIT;
    struct page page = {.limit = 2};
    CHECK_INT(api_key_read_list(&sv, arena, &page, &list, &e), 0);
    CHECK_INT(list.count, 2);
    CHECK(list.more);
    CHECK(strcmp(list.rows[0].id, list.rows[1].id) < 0);
    page.after = list.rows[1].id;
    CHECK_INT(api_key_read_list(&sv, arena, &page, &list, &e), 0);
    CHECK_INT(list.count, 1);
    CHECK(!list.more);
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"a key with everything", test_everything},
        {"a key with the least", test_the_least},
        {"what does not fit, all of it at once", test_what_does_not_fit},
        {"the secret is kept nowhere", test_the_secret_is_kept_nowhere},
        {"revoking", test_revoking},
        {"page by page", test_pages},
    };
    return check_main("service/api_keys", tests, sizeof tests / sizeof *tests);
}
