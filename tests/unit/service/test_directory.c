/*
 * Groups, calendars and the kill switch; test_users.c has the people.
 */
#include "service/calendars.h"
#include "service/groups.h"
#include "service/manual_only.h"

#include "check.h"
#include "crypto/hash.h"
#include "directory.h"

static const char *create_group(const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(group_create(&sv, &c, parse(body), &out, &e), &e);
}

static const char *change_group(const char *id, const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(group_change(&sv, &c, id, parse(body), &out, &e), &e);
}

static const char *remove_group(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(group_remove(&sv, &c, id, &out, &e), &e);
}

static const char *put_calendar(const char *id, const char *body, bool *created)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(calendar_put(&sv, &c, id, parse(body), &out, created, &e), &e);
}

static const char *switch_manual_only(bool on, const char *reason)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return outcome(manual_only_set(&sv, &c, on, reason, &out, &e), &e);
}

static struct group_row group(const char *id)
{
    struct group_row row = {0};
    struct err e = ERR_INIT;
    CHECK_STR(outcome(group_read_one(&sv, arena, id, &row, &e), &e), "ok");
    return row;
}

/* ---- groups ---- */

static void test_group_life(void)
{
    set_up();
    CHECK_STR(create_group("{\"id\":\"fin\",\"name\":\"Finance\",\"members\":[\"bob\",\"ann\","
                           "\"bob\"]}"),
              "ok");
    struct group_row g = group("fin");
    CHECK_STR(g.name, "Finance");
    CHECK_STR(joined(g.members, g.member_count), "ann bob");
    CHECK_STR(last_audit("fin"), "{\"changed\":[\"name\",\"members\"],\"members\":{\"added\":["
                                 "\"ann\",\"bob\"],\"removed\":[]}}");
    CHECK_STR(create_group("{\"id\":\"fin\"}"), "conflict");

    fake.fixed += US_PER_SECOND;
    CHECK_STR(change_group("fin", "{\"members\":[\"cid\",\"ann\"]}"), "ok");
    g = group("fin");
    CHECK_STR(g.name, "Finance");
    CHECK_STR(joined(g.members, g.member_count), "ann cid");
    CHECK_INT(g.created_at, NOW);
    CHECK_INT(g.updated_at, NOW + US_PER_SECOND);
    CHECK_STR(last_audit("fin"), "{\"changed\":[\"members\"],\"members\":{\"added\":[\"cid\"],"
                                 "\"removed\":[\"bob\"]}}");
    CHECK_STR(change_group("fin", "{\"id\":\"fin\",\"name\":null}"), "ok");
    CHECK(group("fin").name == NULL);
    CHECK_INT(group("fin").member_count, 2);
    CHECK_STR(change_group("fin", "{\"members\":[\"ann\",\"cid\"],\"name\":null}"), "ok");
    CHECK_STR(audited("fin"), "group.created group.created.refused group.updated group.updated");
    CHECK_STR(change_group("fin", "{\"members\":null}"), "ok");
    CHECK_INT(group("fin").member_count, 0);

    CHECK_STR(remove_group("fin"), "ok");
    CHECK_STR(remove_group("fin"), "not-found");
    CHECK_STR(change_group("fin", "{\"name\":\"F\"}"), "not-found");
    CHECK_STR(create_group("{\"id\":\"fin\"}"), "ok");
    tear_down();
}

static void test_removed_group_names_who_was_in_it(void)
{
    set_up();
    create_group("{\"id\":\"fin\",\"members\":[\"ann\"]}");
    CHECK_STR(remove_group("fin"), "ok");
    CHECK_STR(last_audit("fin"),
              "{\"changed\":[\"members\"],\"members\":{\"added\":[],\"removed\":[\"ann\"]}}");
    tear_down();
}

static const char *sha256_of(const char *text)
{
    char hex[SHA256_HEX_SIZE];
    hash_sha256_hex(text, strlen(text), hex);
    return arena_strdup(arena, hex);
}

static void test_group_digests(void)
{
    set_up();
    const char *first = sha256_of("{\"id\":\"fin\",\"name\":\"F\",\"members\":[\"ann\",\"bob\"]}");
    const char *second = sha256_of("{\"id\":\"fin\",\"name\":null,\"members\":[\"ann\",\"bob\"]}");
    create_group("{\"id\":\"fin\",\"name\":\"F\",\"members\":[\"bob\",\"ann\"]}");
    CHECK_STR(last_digest("fin", "before_sha256"), NULL);
    CHECK_STR(last_digest("fin", "after_sha256"), first);
    CHECK_STR(change_group("fin", "{\"name\":null}"), "ok");
    CHECK_STR(last_digest("fin", "before_sha256"), first);
    CHECK_STR(last_digest("fin", "after_sha256"), second);
    CHECK_STR(remove_group("fin"), "ok");
    CHECK_STR(last_digest("fin", "before_sha256"), second);
    CHECK_STR(last_digest("fin", "after_sha256"), NULL);
    tear_down();
}

static void test_group_rules(void)
{
    static const struct {
        const char *body, *pointers;
    } rows[] = {
        {"{}", "/id"},
        {"{\"id\":\"\",\"name\":\"\",\"members\":{}}", "/id /name /members"},
        {"{\"id\":\"g\",\"members\":[\"ann\",null,\"system\",\" \"]}",
         "/members/1 /members/3 /members/2"},
        {"{\"id\":\"g\",\"owner\":\"x\",\"member\":[]}", "/owner /member"},
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(create_group(rows[i].body), rows[i].pointers);
    CHECK_STR(audited("g"), "");
    CHECK_STR(create_group("{\"id\":\"g\"}"), "ok");
    CHECK_STR(change_group("g", "{\"id\":\"h\",\"name\":1}"), "/name /id");
    CHECK_STR(change_group("g", "{\"id\":null}"), "/id");
    tear_down();
}

static void test_too_many_members(void)
{
    set_up();
    struct str s = STR_INIT;
    for (int i = 0; i <= 1000; i++)
        str_addf(&s, "%s\"u%d\"", i ? "," : "", i);
    CHECK_STR(create_group(arena_printf(arena, "{\"id\":\"g\",\"members\":[%s]}", s.buf)),
              "/members");
    str_release(&s);
    tear_down();
}

static void test_group_pages(void)
{
    set_up();
    for (int i = 0; i < 5; i++)
        create_group(arena_printf(arena, "{\"id\":\"g%d\"}", i));
    struct err e = ERR_INIT;
    struct group_list list;
    struct page page = {.after = "g0", .limit = 2};
    CHECK_INT(group_read_list(&sv, arena, &page, &list, &e), 0);
    CHECK_INT(list.count, 2);
    CHECK_STR(list.rows[0].id, "g1");
    CHECK(list.more);
    page = (struct page){.after = "g2", .limit = 2};
    CHECK_INT(group_read_list(&sv, arena, &page, &list, &e), 0);
    CHECK_INT(list.count, 2);
    CHECK(!list.more);
    tear_down();
}

/* ---- calendars ---- */

#define WEEK "\"week\":{\"mon\":[[\"09:00\",\"17:00\"]]}"

static void test_calendars(void)
{
    static const char body[] = "{\"time_zone\":\"Europe/Berlin\"," WEEK "}";
    bool created = false;
    set_up();
    CHECK_STR(put_calendar("office", body, &created), "ok");
    CHECK(created);
    CHECK_STR(last_audit("office"), "{\"created\":true}");
    struct calendar_row row;
    struct err e = ERR_INIT;
    CHECK_INT(calendar_read_one(&sv, arena, "office", &row, &e), 0);
    CHECK_STR(row.definition, "{\"id\":\"office\",\"time_zone\":\"Europe/Berlin\"," WEEK "}");
    CHECK_STR(last_digest("office", "before_sha256"), NULL);
    CHECK_STR(last_digest("office", "after_sha256"), sha256_of(row.definition));
    CHECK_INT(row.updated_at, NOW);

    /* The same again, with the id: nothing happens. */
    fake.fixed += US_PER_SECOND;
    CHECK_STR(put_calendar("office", row.definition, &created), "ok");
    CHECK(!created);
    CHECK_STR(audited("office"), "calendar.updated");
    CHECK_STR(put_calendar("office", "{\"name\":\"O\",\"time_zone\":\"UTC\"," WEEK "}", &created),
              "ok");
    CHECK(!created);
    CHECK_STR(last_audit("office"), "{\"created\":false}");
    CHECK_STR(last_digest("office", "before_sha256"), sha256_of(row.definition));

    CHECK_STR(put_calendar("another", body, &created), "ok");
    struct calendar_list list;
    CHECK_INT(calendar_read_list(&sv, arena, &list, &e), 0);
    CHECK_INT(list.count, 2);
    CHECK_STR(list.rows[0].id, "another");
    CHECK_STR(outcome(calendar_read_one(&sv, arena, "none", &row, &e), &e), "not-found");
    tear_down();
}

static void test_bad_calendars(void)
{
    bool created = true;
    set_up();
    CHECK_STR(put_calendar("o", "{\"id\":\"p\",\"time_zone\":\"UTC\"," WEEK "}", &created), "/id");
    const char *bad =
        put_calendar("o", "{\"id\":\"p\",\"time_zone\":\"Middle/Earth\"," WEEK "}", &created);
    CHECK_STR(bad, "/id /time_zone");
    CHECK_STR(put_calendar("o", "{\"time_zone\":\"UTC\"," WEEK ",\"color\":\"red\"}", &created),
              "/color");
    CHECK(!created);
    CHECK_STR(audited("o"), "");
    tear_down();
}

/* ---- the kill switch ---- */

static struct switch_row manual_only(void)
{
    struct switch_row row = {0};
    struct err e = ERR_INIT;
    CHECK_INT(manual_only_read(&sv, arena, &row, &e), 0);
    return row;
}

static void test_kill_switch(void)
{
    set_up();
    CHECK(!manual_only().on);
    CHECK_INT(manual_only().changed_at, 0);
    CHECK_STR(switch_manual_only(false, NULL), "ok");
    CHECK_STR(audited(MANUAL_ONLY_SWITCH), "");

    CHECK_STR(switch_manual_only(true, "an incident"), "ok");
    struct switch_row row = manual_only();
    CHECK(row.on);
    CHECK_STR(row.reason, "an incident");
    CHECK_STR(row.changed_by, "anonymous");
    CHECK_INT(row.changed_at, NOW);
    CHECK_STR(last_audit(MANUAL_ONLY_SWITCH), "{\"manual_only\":true,\"reason\":\"an incident\"}");

    fake.fixed += US_PER_SECOND;
    CHECK_STR(switch_manual_only(true, "an incident"), "ok");
    CHECK_INT(manual_only().changed_at, NOW);
    CHECK_STR(switch_manual_only(true, "another"), "ok");
    CHECK_STR(switch_manual_only(false, NULL), "ok");
    row = manual_only();
    CHECK(!row.on && !row.reason);
    CHECK_INT(row.changed_at, NOW + US_PER_SECOND);
    CHECK_STR(audited(MANUAL_ONLY_SWITCH), "rules.manual_only rules.manual_only rules.manual_only");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"the life of a group", test_group_life},
        {"a removed group names who was in it", test_removed_group_names_who_was_in_it},
        {"digests of what a group was and is", test_group_digests},
        {"what a group cannot be", test_group_rules},
        {"too many members", test_too_many_members},
        {"groups page by page", test_group_pages},
        {"calendars", test_calendars},
        {"bad calendars", test_bad_calendars},
        {"the kill switch", test_kill_switch},
    };
    return check_main("service/directory", tests, sizeof tests / sizeof *tests);
}
