#include "service/audit.h"

#include "check.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"
#include "flow.h"
#include "office.h"
#include "store/memory/memory.h"

#define OTHER_KEY "a key that comes after it, only for tests"

static const char *const with_other_key[] = {"APPROVAL_AUDIT_KEY=" OTHER_KEY,
                                             "APPROVAL_AUDIT_OLD_KEYS=" OFFICE_AUDIT_KEY, NULL};

/* Starts another process on the same store, with these settings. */
static void start_again(const char *const *more)
{
    office_close(&sv);
    office_open(&sv, store, &fake, more);
}

/* ---- writing entries, by the service and by others ---- */

static const struct audit_entry plain = {.entity_type = "thing",
                                         .entity_id = "thing-1",
                                         .action = "thing.done",
                                         .actor_id = "ann",
                                         .payload = "{\"n\":1}"};
static const struct audit_entry full = {.entity_type = "thing",
                                        .entity_id = "thing-2",
                                        .action = "thing.döne",
                                        .actor_id = "ann",
                                        .acting_for = "bob",
                                        .request_id = "req-7",
                                        .client_address = "192.0.2.7",
                                        .payload = "{}"};

static enum outcome add_entry(struct session *s, int64_t now, void *arg, struct err *e)
{
    return audit_add(&sv, s, arg, now, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

/* "ok", or the kind of the error. */
static const char *add(const struct audit_entry *entry)
{
    struct audit_entry copy = *entry;
    struct write w = {.apply = add_entry, .arg = &copy};
    struct err e = ERR_INIT;
    fake.fixed += US_PER_SECOND;
    return outcome(store_write(store, &w, &e) == OUTCOME_DONE ? 0 : -1, &e);
}

static void add_many(int n)
{
    for (int i = 0; i < n; i++)
        CHECK_STR(add(i % 2 ? &full : &plain), "ok");
}

static enum outcome add_row(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)now;
    return store_audit_add(s, arg, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

static void put_row(struct audit_row row)
{
    struct write w = {.apply = add_row, .arg = &row};
    struct err e = ERR_INIT;
    CHECK_FATAL(store_write(store, &w, &e) == OUTCOME_DONE);
}

/* An entry as versions before there was a key left it. */
static void put_old(int64_t id)
{
    put_row((struct audit_row){.id = id, .entry = plain, .created_at = NOW + id});
}

static struct audit_list all_rows(void)
{
    struct audit_filter f = {.limit = 1000};
    struct audit_list list;
    struct err e = ERR_INIT;
    CHECK_FATAL(audit_read_list(&sv, arena, &f, &list, &e) == 0);
    CHECK_INT(list.next, 0);
    return list;
}

/* The rows, as somebody changed them, in a store of their own. The service goes on there. */
static void replace_log(const struct audit_row *rows, size_t n)
{
    struct store *before = store;
    store = store_memory_open(&fake);
    for (size_t i = 0; i < n; i++)
        put_row(rows[i]);
    start_again(NULL);
    store_close(&before);
}

/* ---- checking ---- */

static struct audit_check last_check;

/* "ok 3", "bad 2", "next 100", or the kind of the error. */
static const char *verify_span(struct audit_span span)
{
    struct err e = ERR_INIT;
    struct audit_check *out = &last_check;
    if (audit_verify(&sv, arena, &span, out, &e) < 0)
        return err_kind_name(e.kind);
    CHECK(out->ok == (out->reason == NULL) && out->ok == (out->first_bad == 0));
    if (!out->ok)
        return arena_printf(arena, "bad %lld", (long long)out->first_bad);
    return out->next_from ? arena_printf(arena, "next %lld", (long long)out->next_from)
                          : arena_printf(arena, "ok %lld", (long long)out->entries);
}

static const char *verify(void)
{
    return verify_span((struct audit_span){0});
}

static bool reason_has(const char *text)
{
    return last_check.reason && strstr(last_check.reason, text);
}

static const char *seal(void)
{
    struct err e = ERR_INIT;
    return outcome(audit_seal(&sv, arena, &e), &e);
}

static const char *head_text(void)
{
    struct audit_head head;
    struct err e = ERR_INIT;
    CHECK_INT(audit_head_read(&sv, arena, &head, &e), 0);
    return arena_printf(arena, "%lld:%s", (long long)head.id, head.mac);
}

/* ---- the chain ---- */

static void test_canonical_form(void)
{
    char mac[HMAC_HEX_SIZE], id[HMAC_HEX_SIZE];
    set_up();
    CHECK_STR(add(&plain), "ok");
    CHECK_STR(add(&full), "ok");
    const struct audit_row *rows = all_rows().rows;
    hmac_sha256_hex(OFFICE_AUDIT_KEY, strlen(OFFICE_AUDIT_KEY), "approval audit key", 18, id);
    const char *key_id = arena_strndup(arena, id, 16);
    CHECK_INT(rows[0].id, 1);
    CHECK_STR(rows[0].key_id, key_id);
    const char *first =
        arena_printf(arena, "-1:116:%lld3:ann---5:thing7:thing-110:thing.done7:{\"n\":1}16:%s",
                     (long long)(NOW + US_PER_SECOND), key_id);
    hmac_sha256_hex(OFFICE_AUDIT_KEY, strlen(OFFICE_AUDIT_KEY), first, strlen(first), mac);
    CHECK_STR(rows[0].mac, mac);
    const char *second = arena_printf(arena,
                                      "64:%s1:216:%lld3:ann3:bob9:192.0.2.75:req-75:thing7:thing-2"
                                      "11:thing.döne2:{}16:%s",
                                      mac, (long long)(NOW + 2 * US_PER_SECOND), key_id);
    hmac_sha256_hex(OFFICE_AUDIT_KEY, strlen(OFFICE_AUDIT_KEY), second, strlen(second), mac);
    CHECK_STR(rows[1].mac, mac);
    CHECK_STR(head_text(), arena_printf(arena, "2:%s", mac));
    CHECK_STR(verify(), "ok 2");
    tear_down();
}

static void test_empty_log(void)
{
    set_up();
    CHECK_STR(verify(), "ok 0");
    CHECK_STR(head_text(), "0:");
    CHECK_STR(seal(), "ok");
    CHECK_INT(all_rows().count, 0);
    CHECK_STR(verify_span((struct audit_span){.from = 1}), "bad 1");
    tear_down();
}

/* More than are read at once. */
static void test_many(void)
{
    set_up();
    add_many(1203);
    CHECK_STR(verify(), "ok 1203");
    CHECK_STR(verify_span((struct audit_span){.from = 700}), "ok 503");
    CHECK_STR(verify_span((struct audit_span){.limit = 600}), "next 600");
    CHECK_INT(last_check.entries, 600);
    CHECK_STR(verify_span((struct audit_span){.from = 600, .limit = 603}), "ok 603");
    CHECK_STR(verify_span((struct audit_span){.from = 600, .limit = 602}), "next 1202");
    CHECK_STR(verify_span((struct audit_span){.from = 1203}), "ok 0");
    CHECK_STR(verify_span((struct audit_span){.from = 1204}), "bad 1204");
    tear_down();
}

/* ---- forgeries ---- */

#define OTHER_MAC "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

#define CHANGE(name, assignment)                   \
    static void change_##name(struct audit_row *r) \
    {                                              \
        r->assignment;                             \
    }
CHANGE(created_at, created_at++)
CHANGE(actor, entry.actor_id = "bob")
CHANGE(no_actor, entry.actor_id = NULL)
CHANGE(acting_for, entry.acting_for = "cid")
CHANGE(himself, entry.acting_for = NULL)
CHANGE(address, entry.client_address = "192.0.2.8")
CHANGE(no_address, entry.client_address = NULL)
CHANGE(request, entry.request_id = "req-8")
CHANGE(no_request, entry.request_id = NULL)
CHANGE(empty_request, entry.request_id = "")
CHANGE(type, entry.entity_type = "thin")
CHANGE(entity, entry.entity_id = "gthing-2")
CHANGE(action, entry.action = "thing.undone")
CHANGE(payload, entry.payload = "{} ")
CHANGE(key, key_id = "0011223344556677")
CHANGE(no_key, key_id = NULL)
CHANGE(mac, mac = OTHER_MAC)
CHANGE(short_mac, mac = "00")
CHANGE(no_mac, mac = NULL)

static void change_boundary(struct audit_row *r)
{
    r->entry.entity_type = "thingt";
    r->entry.entity_id = "hing-2";
}

static void test_changed(void)
{
    static void (*const changes[])(struct audit_row *) = {
        change_created_at, change_actor,         change_no_actor,   change_acting_for,
        change_himself,    change_address,       change_no_address, change_request,
        change_no_request, change_empty_request, change_type,       change_entity,
        change_action,     change_payload,       change_key,        change_no_key,
        change_mac,        change_short_mac,     change_no_mac,     change_boundary,
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        set_up();
        add_many(6);
        struct audit_list log = all_rows();
        struct audit_row *rows = arena_array(arena, log.count, sizeof *rows);
        memcpy(rows, log.rows, log.count * sizeof *rows);
        changes[i](&rows[3]);
        replace_log(rows, log.count);
        CHECK_STR(verify(), "bad 4");
        CHECK(reason_has("entry 4"));
        CHECK_INT(last_check.entries, 4);
        tear_down();
    }
}

/* The entries of a log of six at these places, numbered anew. */
static void test_rearranged(void)
{
    static const struct {
        size_t n, places[8];
        const char *said;
    } rows[] = {
        {6, {0, 1, 2, 3, 4, 5}, "ok 6"},
        {6, {0, 2, 1, 3, 4, 5}, "bad 2"},       /* two swapped */
        {6, {1, 0, 2, 3, 4, 5}, "bad 1"},       /* the first, too */
        {5, {0, 1, 3, 4, 5}, "bad 3"},          /* one removed */
        {5, {1, 2, 3, 4, 5}, "bad 1"},          /* the first */
        {7, {0, 1, 2, 2, 3, 4, 5}, "bad 4"},    /* one inserted: a copy */
        {7, {0, 1, 2, 3, 4, 5, 0}, "bad 7"},    /* at the end */
        {8, {0, 1, 0, 1, 2, 3, 4, 5}, "bad 3"}, /* some again */
        {4, {0, 1, 2, 3}, "ok 4"},              /* the end cut off: see test_kept_head */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audit_row copy[8];
        set_up();
        add_many(6);
        struct audit_list log = all_rows();
        for (size_t k = 0; k < rows[i].n; k++) {
            copy[k] = log.rows[rows[i].places[k]];
            copy[k].id = (int64_t)k + 1;
        }
        replace_log(copy, rows[i].n);
        CHECK_STR(verify(), rows[i].said);
        tear_down();
    }
}

static void test_kept_head(void)
{
    set_up();
    add_many(4);
    const char *kept = head_text();
    add_many(2);
    const char *newest = head_text();
    CHECK_STR(verify_span((struct audit_span){.kept = kept}), "ok 6");
    CHECK_STR(verify_span((struct audit_span){.kept = newest}), "ok 6");
    CHECK_STR(verify_span((struct audit_span){.kept = kept, .from = 5}), "ok 1");
    struct audit_list log = all_rows();
    replace_log(log.rows, 4);
    CHECK_STR(verify_span((struct audit_span){.kept = kept}), "ok 4");
    CHECK_STR(verify_span((struct audit_span){.kept = newest}), "bad 5");
    CHECK(reason_has("entry 6"));
    replace_log(log.rows, 3);
    CHECK_STR(add(&full), "ok"); /* another fourth entry, at another time */
    CHECK_STR(verify(), "ok 4");
    CHECK_STR(verify_span((struct audit_span){.kept = kept}), "bad 4");
    tear_down();
}

static void test_what_is_no_head(void)
{
    static const char *const texts[] = {
        "",
        "1",
        "1:",
        ":" OTHER_MAC,
        "0:" OTHER_MAC,
        "-1:" OTHER_MAC,
        " 1:" OTHER_MAC,
        "1:" OTHER_MAC "0",
        "1:x" OTHER_MAC,
        "99999999999999999999:" OTHER_MAC,
        "1 :" OTHER_MAC,
        "1:A0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    };
    set_up();
    add_many(1);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_STR(verify_span((struct audit_span){.kept = texts[i]}), "invalid");
    tear_down();
}

/* ---- entries from before there was a key ---- */

static void set_up_sealed(void)
{
    set_up();
    put_old(1);
    put_old(2);
    put_old(3);
    CHECK_STR(seal(), "ok");
    add_many(2);
}

static void test_seal(void)
{
    set_up();
    put_old(1);
    put_old(2);
    CHECK_STR(verify(), "bad 1");
    CHECK_STR(add(&plain), "internal");
    CHECK_STR(head_text(), "2:");
    CHECK_STR(seal(), "ok");
    CHECK_STR(verify(), "ok 3");
    CHECK_STR(seal(), "ok"); /* there is nothing left to do */
    CHECK_STR(add(&plain), "ok");
    CHECK_STR(verify(), "ok 4");
    const struct audit_row *rows = all_rows().rows;
    CHECK_STR(rows[2].entry.action, "audit.sealed");
    CHECK_STR(rows[2].entry.actor_id, "system");
    CHECK_STR(rows[2].entry.entity_type, "audit");
    CHECK_STR(rows[2].entry.entity_id, "log");
    char digest[SHA256_HEX_SIZE];
    const char *one = arena_printf(
        arena, "-1:116:%lld3:ann---5:thing7:thing-110:thing.done7:{\"n\":1}-", (long long)NOW + 1);
    hash_sha256_hex(one, strlen(one), digest);
    const char *two =
        arena_printf(arena, "64:%s1:216:%lld3:ann---5:thing7:thing-110:thing.done7:{\"n\":1}-",
                     digest, (long long)NOW + 2);
    hash_sha256_hex(two, strlen(two), digest);
    CHECK_STR(rows[2].entry.payload,
              arena_printf(arena, "{\"entries\":2,\"sha256\":\"%s\"}", digest));
    tear_down();
}

static void test_sealed_entries(void)
{
    static const struct {
        size_t n, places[8];
        void (*change)(struct audit_row *); /* of the second */
        const char *said;
    } rows[] = {
        {6, {0, 1, 2, 3, 4, 5}, NULL, "ok 6"},
        {6, {0, 1, 2, 3, 4, 5}, change_actor, "bad 4"},
        {6, {0, 1, 2, 3, 4, 5}, change_request, "bad 4"},
        {6, {0, 1, 2, 3, 4, 5}, change_mac, "bad 2"},
        {6, {0, 1, 2, 3, 4, 5}, change_key, "bad 2"},
        {6, {0, 1, 3, 3, 4, 5}, NULL, "bad 3"},    /* one replaced by the seal */
        {5, {0, 2, 3, 4, 5}, NULL, "bad 3"},       /* one removed */
        {3, {3, 4, 5}, NULL, "bad 1"},             /* all of them */
        {7, {0, 1, 1, 2, 3, 4, 5}, NULL, "bad 5"}, /* one inserted */
        {7, {0, 1, 2, 3, 2, 4, 5}, NULL, "bad 5"}, /* after the seal */
        {5, {0, 1, 2, 4, 5}, NULL, "bad 4"},       /* the seal removed */
        {3, {0, 1, 2}, NULL, "bad 1"},             /* with all that follows */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audit_row copy[8];
        set_up_sealed();
        struct audit_list log = all_rows();
        for (size_t k = 0; k < rows[i].n; k++) {
            copy[k] = log.rows[rows[i].places[k]];
            copy[k].id = (int64_t)k + 1;
        }
        if (rows[i].change)
            rows[i].change(&copy[1]);
        replace_log(copy, rows[i].n);
        CHECK_STR(verify(), rows[i].said);
        tear_down();
    }
}

/* Whoever has no key cannot make the seal fit what he made of the entries. */
static void test_forged_seal(void)
{
    set_up_sealed();
    struct audit_list log = all_rows();
    struct audit_row copy[6];
    memcpy(copy, log.rows, sizeof copy);
    copy[3].entry.payload = "{\"entries\":3,\"sha256\":\"" OTHER_MAC "\"}";
    replace_log(copy, 6);
    CHECK_STR(verify(), "bad 4");
    CHECK(reason_has("entry 4 is not what was written"));
    tear_down();
}

/* What is written by hand after the chain is not sealed with it. */
static void test_no_seal_over_forgeries(void)
{
    set_up_sealed();
    put_old(7);
    CHECK_STR(seal(), "internal");
    CHECK_STR(add(&plain), "internal");
    CHECK_STR(verify(), "bad 7");
    tear_down();
}

static void test_sealed_and_spans(void)
{
    set_up_sealed();
    CHECK_STR(verify_span((struct audit_span){.from = 2}), "invalid");
    CHECK_STR(verify_span((struct audit_span){.from = 4}), "ok 2");
    CHECK_STR(verify_span((struct audit_span){.limit = 2}), "invalid");
    CHECK_STR(verify_span((struct audit_span){.limit = 3}), "invalid");
    CHECK_STR(verify_span((struct audit_span){.limit = 4}), "next 4");
    tear_down();
}

/* ---- keys ---- */

static void test_keys_read(void)
{
    set_up();
    struct audit_keys keys = audit_keys_read(arena, "one", "two\r\n\nthree\n");
    CHECK_INT(keys.count, 3);
    CHECK_STR(keys.list[0].bytes, "one");
    CHECK_STR(keys.list[1].bytes, "two");
    CHECK_STR(keys.list[2].bytes, "three");
    CHECK_INT(keys.list[1].len, 3);
    CHECK(strcmp(keys.list[0].id, keys.list[1].id) != 0);
    CHECK_INT(audit_keys_read(arena, "", "two").count, 0);
    CHECK_INT(audit_keys_read(arena, "one", "").count, 1);
    tear_down();
}

static void test_rotation(void)
{
    set_up();
    add_many(3);
    start_again(with_other_key);
    CHECK_STR(verify(), "bad 3"); /* whoever has only the old key may have cut off the end */
    CHECK_STR(add(&plain), "unavailable");
    CHECK_STR(seal(), "ok");
    CHECK_STR(add(&plain), "ok");
    CHECK_STR(verify(), "ok 5");
    CHECK_STR(verify_span((struct audit_span){.from = 2}), "ok 3");
    const struct audit_row *rows = all_rows().rows;
    CHECK_STR(rows[3].entry.action, "audit.key_changed");
    CHECK_STR(rows[3].entry.payload, arena_printf(arena, "{\"from\":\"%s\",\"to\":\"%s\"}",
                                                  rows[2].key_id, rows[4].key_id));
    CHECK_STR(rows[3].key_id, rows[4].key_id);

    /* A process that still has the old key alone adds nothing, and no other is started. */
    start_again(NULL);
    CHECK_STR(add(&plain), "unavailable");
    CHECK_STR(seal(), "invalid");
    CHECK_STR(verify(), "bad 4");
    CHECK(reason_has("not among the audit keys"));

    /* Nor does one go back to it. */
    static const char *const back[] = {"APPROVAL_AUDIT_OLD_KEYS=" OTHER_KEY, NULL};
    start_again(back);
    CHECK_STR(seal(), "invalid");
    CHECK_INT(all_rows().count, 5);
    tear_down();
}

/* Entries that somebody made with a key that was replaced. */
static void test_key_goes_back(void)
{
    struct audit_row copy[8];
    set_up();
    add_many(2);
    start_again(with_other_key);
    CHECK_STR(seal(), "ok");
    add_many(1);
    struct audit_list log = all_rows();
    memcpy(copy, log.rows, 4 * sizeof *copy);
    copy[4] = copy[3];
    copy[4].id = 5;
    copy[4].key_id = copy[0].key_id;
    char mac[HMAC_HEX_SIZE];
    const char *content =
        arena_printf(arena, "64:%s1:516:%lld3:ann---5:thing7:thing-110:thing.done7:{\"n\":1}16:%s",
                     copy[3].mac, (long long)copy[4].created_at, copy[4].key_id);
    hmac_sha256_hex(OFFICE_AUDIT_KEY, strlen(OFFICE_AUDIT_KEY), content, strlen(content), mac);
    copy[4].mac = mac;
    replace_log(copy, 5);
    start_again(with_other_key);
    CHECK_STR(verify(), "bad 5");
    CHECK(reason_has("which was replaced before"));
    /* From there on nothing is known of the keys before, but the end tells. */
    CHECK_STR(verify_span((struct audit_span){.from = 4}), "bad 5");
    tear_down();
}

static void test_key_id_of_an_old_key(void)
{
    struct audit_row copy[8];
    set_up();
    add_many(2);
    start_again(with_other_key);
    CHECK_STR(seal(), "ok");
    add_many(2);
    struct audit_list log = all_rows();
    memcpy(copy, log.rows, 5 * sizeof *copy);
    copy[3].key_id = copy[0].key_id;
    replace_log(copy, 5);
    start_again(with_other_key);
    CHECK_STR(verify(), "bad 4");
    tear_down();
}

static void test_lost_key(void)
{
    static const char *const only_other[] = {"APPROVAL_AUDIT_KEY=" OTHER_KEY, NULL};
    struct err e = ERR_INIT;
    set_up();
    add_many(3);
    start_again(only_other);
    CHECK_STR(seal(), "invalid");
    CHECK_STR(outcome(audit_rekey(&sv, arena, &e), &e), "ok");
    CHECK_STR(add(&plain), "ok");
    CHECK_STR(verify(), "bad 1");
    CHECK_STR(verify_span((struct audit_span){.from = 3}), "ok 2");
    CHECK(strstr(all_rows().rows[3].entry.payload, "\"lost\":true") != NULL);
    tear_down();
}

/* ---- what is written about ---- */

static void test_show(void)
{
    struct audit_filter f = {
        .entity_type = "thing", .actor_id = "ann", .from = NOW, .newest_first = true, .limit = 2};
    struct audit_list list;
    struct err e = ERR_INIT;
    set_up();
    add_many(3);
    struct call c = call();
    CHECK_STR(outcome(audit_show(&sv, &c, &f, &list, &e), &e), "ok");
    CHECK_INT(list.count, 2);
    CHECK_INT(list.rows[0].id, 3);
    CHECK_INT(list.rows[1].id, 2);
    CHECK_INT(list.next, 2);
    f.after_id = list.next;
    CHECK_STR(outcome(audit_show(&sv, &c, &f, &list, &e), &e), "ok");
    CHECK_INT(list.count, 1);
    CHECK_STR(audited("list"), "audit.read audit.read");
    CHECK_STR(last_audit("list"),
              "{\"entity_type\":\"thing\",\"actor_id\":\"ann\","
              "\"created_after\":\"2026-01-02T03:04:05.678901Z\",\"cursor\":2}");
    CHECK_STR(verify(), "ok 5");
    tear_down();
}

static void test_acting_for(void)
{
    set_up();
    add_user("{'id':'ann'}");
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann']}]}");
    const char *id = submit("wf", "rita", "{}");
    struct action approve = {.kind = ACTION_APPROVE, .actor = "ann", .through = "robot"};
    CHECK_STR(act(id, &approve), "ok");
    struct audit_filter f = {.entity_id = id, .limit = 10};
    struct audit_list list;
    struct err e = ERR_INIT;
    CHECK_INT(audit_read_list(&sv, arena, &f, &list, &e), 0);
    CHECK_FATAL(list.count == 2);
    CHECK_STR(list.rows[0].entry.actor_id, "rita");
    CHECK_STR(list.rows[0].entry.acting_for, NULL);
    CHECK_STR(list.rows[0].entry.client_address, "192.0.2.1");
    CHECK_STR(list.rows[1].entry.action, "approval.approve");
    CHECK_STR(list.rows[1].entry.actor_id, "robot");
    CHECK_STR(list.rows[1].entry.acting_for, "ann");
    f = (struct audit_filter){.actor_id = "ann", .limit = 10};
    CHECK_INT(audit_read_list(&sv, arena, &f, &list, &e), 0);
    CHECK_INT(list.count, 1);
    CHECK_STR(verify(), "ok 4");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"the canonical form", test_canonical_form},
        {"an empty log", test_empty_log},
        {"a long log", test_many},
        {"a column was changed", test_changed},
        {"entries were moved, removed, inserted", test_rearranged},
        {"a head that was kept", test_kept_head},
        {"what is no head", test_what_is_no_head},
        {"entries from before there was a key are sealed", test_seal},
        {"sealed entries were changed", test_sealed_entries},
        {"a seal was forged", test_forged_seal},
        {"entries that somebody added are not sealed", test_no_seal_over_forgeries},
        {"sealed entries are checked together", test_sealed_and_spans},
        {"keys are read", test_keys_read},
        {"another key", test_rotation},
        {"no entry under a key that was replaced", test_key_goes_back},
        {"the id of another key", test_key_id_of_an_old_key},
        {"a key was lost", test_lost_key},
        {"who reads the log is in it", test_show},
        {"who acted for whom", test_acting_for},
    };
    return check_main("service/audit", tests, sizeof tests / sizeof *tests);
}
