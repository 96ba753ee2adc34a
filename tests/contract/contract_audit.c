/*
 * The audit log: added to in order, and found again.
 */
#include "contract_internal.h"

HALF(add, struct audit_row, store_audit_add(s, in, e))
HALF(add_next, struct audit_entry, audit_add_next(s, in, now, e))

static struct audit_row full_row(void)
{
    return (struct audit_row){
        .id = 1,
        .entry = {.entity_type = "approval",
                  .entity_id = "x",
                  .action = "approval.approved",
                  .actor_id = "bot-7",
                  .acting_for = "carol",
                  .payload = "{\"k\":[\"\xC3\xA9\"]}",
                  .request_id = "r-1",
                  .client_address = "::1"},
        .created_at = NOON + 5,
        .key_id = "k1",
        .mac = "aa",
    };
}

static struct audit_row bare_row(int64_t id)
{
    return (struct audit_row){
        .id = id,
        .entry = {.entity_type = "workflow", .entity_id = "y", .action = "a", .payload = "{}"},
        .created_at = NOON + 6,
    };
}

static void check_row(const struct audit_row *got, const struct audit_row *want)
{
    CHECK_INT(got->id, want->id);
    CHECK_STR(got->entry.entity_type, want->entry.entity_type);
    CHECK_STR(got->entry.entity_id, want->entry.entity_id);
    CHECK_STR(got->entry.action, want->entry.action);
    CHECK_STR(got->entry.actor_id, want->entry.actor_id);
    CHECK_STR(got->entry.acting_for, want->entry.acting_for);
    CHECK_STR(got->entry.payload, want->entry.payload);
    CHECK_STR(got->entry.request_id, want->entry.request_id);
    CHECK_STR(got->entry.client_address, want->entry.client_address);
    CHECK_INT(got->created_at, want->created_at);
    CHECK_STR(got->key_id, want->key_id);
    CHECK_STR(got->mac, want->mac);
}

static void test_kept(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct audit_row head, *rows;
    size_t n;
    int64_t next = 7;
    struct audit_filter all = {.limit = 10};
    CHECK_INT(store_audit_head(contract_read(), contract.arena, &head, &e), 0);
    CHECK_INT(store_audit_list(contract.s, contract.arena, &all, &rows, &n, &next, &e), 0);
    CHECK_INT(n, 0);
    CHECK_INT(next, 0);
    struct audit_row full = full_row(), bare = bare_row(2);
    CHECK_INT(add(full), ERR_NONE);
    CHECK_INT(store_audit_head(contract_read(), contract.arena, &head, &e), 1);
    check_row(&head, &full);
    CHECK_INT(add(bare), ERR_NONE);
    CHECK_FATAL(store_audit_head(contract_read(), contract.arena, &head, &e) == 1);
    check_row(&head, &bare);
    CHECK_FATAL(store_audit_list(contract.s, contract.arena, &all, &rows, &n, &next, &e) == 0);
    CHECK_FATAL(n == 2);
    check_row(&rows[0], &full);
    check_row(&rows[1], &bare);
    contract_end();
}

static void test_one_after_the_other(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct audit_row head;
    static const int64_t first[] = {0, 2, -1, INT64_MAX}, third[] = {0, 1, 2, 4};
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(add(bare_row(first[i])), ERR_INTERNAL);
    CHECK_INT(add(full_row()), ERR_NONE);
    CHECK_INT(add(bare_row(2)), ERR_NONE);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(add(bare_row(third[i])), ERR_INTERNAL);
    CHECK_FATAL(store_audit_head(contract_read(), contract.arena, &head, &e) == 1);
    CHECK_INT(head.id, 2);
    contract_end();
}

static int add_and_break(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct audit_row head, mine = bare_row(2);
    (void)now;
    CHECK_INT(store_audit_add(s, &mine, e), 0);
    CHECK_INT(store_audit_head(s, arg, &head, e), 1);
    CHECK_INT(head.id, 2);
    return err_set(e, ERR_CONFLICT, "no");
}

/* A half sees what it has added; a snapshot sees what was there; what is undone leaves no gap. */
static void test_head(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct audit_row head;
    CHECK_INT(add(full_row()), ERR_NONE);
    struct session *before = contract_read();
    CHECK_INT(run_half(contract.store, add_and_break, contract.arena, &e), OUTCOME_BROKEN);
    CHECK_INT(add(bare_row(2)), ERR_NONE);
    CHECK_FATAL(store_audit_head(before, contract.arena, &head, &e) == 1);
    CHECK_INT(head.id, 1);
    CHECK_FATAL(store_audit_head(contract_read(), contract.arena, &head, &e) == 1);
    CHECK_INT(head.id, 2);
    contract_end();
}

/* ---- lists ---- */

static void add_one(int64_t at, const char *type, const char *entity, const char *action,
                    const char *actor, const char *acting_for)
{
    struct audit_entry entry = {.entity_type = type,
                                .entity_id = entity,
                                .action = action,
                                .actor_id = actor,
                                .acting_for = acting_for,
                                .payload = "{}"};
    contract.clock.fixed = at;
    CHECK_INT(add_next(entry), ERR_NONE);
}

static void add_some(void)
{
    add_one(NOON + 10, "approval", "x", "submit", "carol", NULL);  /* 1 */
    add_one(NOON + 10, "workflow", "x", "publish", "ops", NULL);   /* 2 */
    add_one(NOON + 20, "approval", "y", "submit", "bot", "carol"); /* 3 */
    add_one(NOON + 20, "approval", "x", "approve", "ann", NULL);   /* 4 */
    add_one(NOON + 30, "approval", "y", "approve", "ann", "ann");  /* 5 */
    add_one(NOON + 40, "approval", "x", "expire", NULL, NULL);     /* 6 */
    add_one(NOON + 50, "approval", "x", "consume", "carol", NULL); /* 7 */
    contract_read();
}

/* Ids of what is found, and what comes next. */
static void check_found(struct audit_filter f, const char *want, int64_t next)
{
    struct err e = ERR_INIT;
    struct audit_row *rows = NULL;
    const char *ids[20];
    size_t n = 99;
    int64_t got = -1;
    if (!f.limit)
        f.limit = 20;
    CHECK_FATAL(store_audit_list(contract.s, contract.arena, &f, &rows, &n, &got, &e) == 0);
    CHECK_FATAL(n <= 20);
    for (size_t i = 0; i < n; i++)
        ids[i] = arena_printf(contract.arena, "%lld", (long long)rows[i].id);
    check_names(ids, n, want);
    CHECK_INT(got, next);
}

#define ASK(...)          \
    (struct audit_filter) \
    {                     \
        __VA_ARGS__       \
    }

static void test_asked(void)
{
    contract_begin();
    add_some();
    check_found(ASK(.limit = 20), "1 2 3 4 5 6 7", 0);
    check_found(ASK(.entity_id = "x"), "1 2 4 6 7", 0);
    check_found(ASK(.entity_id = "x", .entity_type = "approval"), "1 4 6 7", 0);
    check_found(ASK(.entity_type = "workflow"), "2", 0);
    check_found(ASK(.action = "submit"), "1 3", 0);
    check_found(ASK(.actor_id = "carol"), "1 3 7", 0);
    check_found(ASK(.actor_id = "ann"), "4 5", 0); /* once each */
    check_found(ASK(.actor_id = "carol", .entity_id = "x"), "1 7", 0);
    check_found(ASK(.actor_id = "carol", .action = "submit"), "1 3", 0);
    check_found(ASK(.entity_id = "none"), "", 0);
    check_found(ASK(.actor_id = "none"), "", 0);
    check_found(ASK(.entity_id = "carol"), "", 0);
    contract_end();
}

static void test_newest_first(void)
{
    contract_begin();
    add_some();
    check_found(ASK(.newest_first = true), "7 6 5 4 3 2 1", 0);
    check_found(ASK(.newest_first = true, .entity_id = "x"), "7 6 4 2 1", 0);
    check_found(ASK(.newest_first = true, .actor_id = "carol"), "7 3 1", 0);
    check_found(ASK(.newest_first = true, .actor_id = "ann"), "5 4", 0);
    check_found(ASK(.newest_first = true, .after_id = 4), "3 2 1", 0);
    check_found(ASK(.newest_first = true, .after_id = 4, .entity_id = "x"), "2 1", 0);
    check_found(ASK(.newest_first = true, .after_id = 1), "", 0);
    check_found(ASK(.newest_first = true, .after_id = 99), "7 6 5 4 3 2 1", 0);
    contract_end();
}

static void test_times(void)
{
    contract_begin();
    add_some();
    check_found(ASK(.from = NOON + 10), "1 2 3 4 5 6 7", 0);
    check_found(ASK(.from = NOON + 11), "3 4 5 6 7", 0);
    check_found(ASK(.from = NOON + 20), "3 4 5 6 7", 0);
    check_found(ASK(.before = NOON + 20), "1 2", 0);
    check_found(ASK(.before = NOON + 21), "1 2 3 4", 0);
    check_found(ASK(.from = NOON + 20, .before = NOON + 40), "3 4 5", 0);
    check_found(ASK(.from = NOON + 20, .before = NOON + 20), "", 0);
    check_found(ASK(.from = NOON + 30, .before = NOON + 20), "", 0);
    check_found(ASK(.from = NOON + 51), "", 0);
    check_found(ASK(.before = NOON), "", 0);
    check_found(ASK(.from = 1, .before = INT64_MAX), "1 2 3 4 5 6 7", 0);
    check_found(ASK(.from = NOON + 20, .before = NOON + 50, .entity_id = "x"), "4 6", 0);
    check_found(ASK(.from = NOON + 11, .actor_id = "carol"), "3 7", 0);
    check_found(ASK(.before = NOON + 50, .newest_first = true), "6 5 4 3 2 1", 0);
    check_found(ASK(.from = NOON + 20, .after_id = 5), "6 7", 0);
    check_found(ASK(.from = NOON + 50, .after_id = 2), "7", 0);
    check_found(ASK(.before = NOON + 40, .after_id = 3), "4 5", 0);
    check_found(ASK(.from = NOON + 20, .after_id = 6, .newest_first = true), "5 4 3", 0);
    contract_end();
}

static void test_no_times_without_entries(void)
{
    contract_begin();
    contract_read();
    check_found(ASK(.from = NOON), "", 0);
    check_found(ASK(.before = NOON, .newest_first = true), "", 0);
    contract_end();
}

static void test_pages(void)
{
    contract_begin();
    add_some();
    check_found(ASK(.limit = 3), "1 2 3", 3);
    check_found(ASK(.limit = 3, .after_id = 3), "4 5 6", 6);
    check_found(ASK(.limit = 3, .after_id = 6), "7", 0);
    check_found(ASK(.limit = 7), "1 2 3 4 5 6 7", 0);
    check_found(ASK(.limit = 2, .entity_id = "x"), "1 2", 2);
    check_found(ASK(.limit = 2, .entity_id = "x", .after_id = 2), "4 6", 6);
    check_found(ASK(.limit = 2, .entity_id = "x", .after_id = 6), "7", 0);
    check_found(ASK(.limit = 2, .actor_id = "carol"), "1 3", 3);
    check_found(ASK(.limit = 2, .actor_id = "carol", .after_id = 3), "7", 0);
    check_found(ASK(.limit = 3, .newest_first = true), "7 6 5", 5);
    check_found(ASK(.limit = 3, .newest_first = true, .after_id = 5), "4 3 2", 2);
    check_found(ASK(.limit = 3, .newest_first = true, .after_id = 2), "1", 0);
    check_found(ASK(.limit = 1, .action = "submit", .after_id = 1), "3", 3);
    check_found(ASK(.limit = 2, .before = NOON + 20), "1 2", 0);
    contract_end();
}

enum { MANY = AUDIT_SCAN_MAX + 5 };

static int add_many(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)arg;
    for (int64_t i = 1; i <= MANY; i++) {
        struct audit_row row = bare_row(i);
        row.created_at = now;
        row.entry.action = i == 2 || i == MANY - 1 ? "rare" : "usual";
        if (store_audit_add(s, &row, e) < 0)
            return -1;
    }
    return 0;
}

/* A search for what is rare ends after so many, and goes on from there. */
static void test_bounded(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    CHECK_INT(run_half(contract.store, add_many, NULL, &e), OUTCOME_DONE);
    contract_read();
    check_found(ASK(.action = "rare"), "2", AUDIT_SCAN_MAX);
    check_found(ASK(.action = "rare", .after_id = AUDIT_SCAN_MAX), "10004", 0);
    check_found(ASK(.action = "rare", .newest_first = true), "10004", MANY - AUDIT_SCAN_MAX + 1);
    check_found(ASK(.action = "rare", .newest_first = true, .after_id = 6), "2", 0);
    check_found(ASK(.action = "none", .after_id = 5), "", 0); /* exactly so many */
    check_found(ASK(.action = "none", .after_id = 4), "", MANY - 1);
    check_found(ASK(.action = "rare", .entity_id = "y"), "2", AUDIT_SCAN_MAX);
    check_found(ASK(.action = "rare", .limit = 1), "2", 2);
    contract_end();
}

const struct test contract_audit[] = {
    {"audit entries come back as they were added", test_kept},
    {"an entry is the one after the newest", test_one_after_the_other},
    {"the newest entry of a session", test_head},
    {"entries that are asked for", test_asked},
    {"entries, newest first", test_newest_first},
    {"entries of a time", test_times},
    {"times without entries", test_no_times_without_entries},
    {"entries page by page", test_pages},
    {"a search looks at so many entries", test_bounded},
};
const size_t contract_audit_count = sizeof contract_audit / sizeof *contract_audit;
