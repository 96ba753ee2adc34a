/*
 * What signing in needs: passwords, attempts, tickets, API keys, identities,
 * key sets.
 */
#include "contract_internal.h"

#include "store/access.h"

struct ending {
    const char *user_id, *family, *kind;
};

struct forgetting {
    int64_t before;
    size_t limit;
};

HALF(put_user, struct user_row, store_user_put(s, in, e))
HALF(put_password, struct password_row, store_password_put(s, in, e))
HALF(put_attempt, struct attempt_row, store_attempt_put(s, in, e))
HALF(put_ticket, struct ticket_row, store_ticket_put(s, in, e))
HALF(put_api_key, struct api_key_row, store_api_key_put(s, in, e))
HALF(put_identity, struct identity_row, store_identity_put(s, in, e))
HALF(put_key_set, struct key_set_row, store_key_set_put(s, in, e))
HALF(end_tickets, struct ending,
     store_ticket_end(s, in->user_id, in->family, in->kind, NOON + 50, e))
HALF(forget, struct forgetting, store_access_forget(s, in->before, in->limit, e))

static void begin(void)
{
    contract_begin();
    CHECK_INT(put_user((struct user_row){.id = "ann", .created_at = NOON}), ERR_NONE);
    CHECK_INT(put_user((struct user_row){.id = "bob", .created_at = NOON}), ERR_NONE);
}

/* ---- passwords ---- */

static void check_password(const char *user_id, const char *hash, int64_t changed_at)
{
    struct err e = ERR_INIT;
    struct password_row got;
    CHECK_FATAL(store_password_get(contract_read(), contract.arena, user_id, &got, &e) == 1);
    CHECK_STR(got.user_id, user_id);
    CHECK_STR(got.hash, hash);
    CHECK_INT(got.changed_at, changed_at);
}

static void test_passwords(void)
{
    begin();
    struct err e = ERR_INIT;
    struct password_row got;
    CHECK_INT(store_password_get(contract_read(), contract.arena, "ann", &got, &e), 0);
    CHECK_INT(put_password((struct password_row){"ann", "$argon2id$1", NOON}), ERR_NONE);
    CHECK_INT(put_password((struct password_row){"bob", "$argon2id$2", NOON + 1}), ERR_NONE);
    check_password("ann", "$argon2id$1", NOON);
    CHECK_INT(put_password((struct password_row){"ann", "$argon2id$3", NOON + 2}), ERR_NONE);
    check_password("ann", "$argon2id$3", NOON + 2);
    check_password("bob", "$argon2id$2", NOON + 1);
    CHECK_INT(put_password((struct password_row){"nobody", "x", NOON}), ERR_INTERNAL);
    contract_end();
}

static void set_removed(const char *id, int64_t removed_at)
{
    struct user_row row = {.id = id, .removed_at = removed_at};
    CHECK_INT(put_user(row), ERR_NONE);
}

static void test_any_password(void)
{
    begin();
    struct err e = ERR_INIT;
    CHECK_INT(store_password_any(contract_read(), &e), 0);
    CHECK_INT(put_password((struct password_row){"ann", "h", NOON}), ERR_NONE);
    CHECK_INT(store_password_any(contract_read(), &e), 1);
    set_removed("ann", NOON);
    CHECK_INT(store_password_any(contract_read(), &e), 0);
    CHECK_INT(put_password((struct password_row){"bob", "h", NOON}), ERR_NONE);
    CHECK_INT(store_password_any(contract_read(), &e), 1);
    set_removed("bob", NOON);
    set_removed("ann", 0);
    CHECK_INT(store_password_any(contract_read(), &e), 1);
    contract_end();
}

/* ---- attempts ---- */

static int get_attempt(const char *name, const char *address, struct attempt_row *got)
{
    struct err e = ERR_INIT;
    return store_attempt_get(contract_read(), contract.arena, name, address, got, &e);
}

static void check_attempt(const struct attempt_row *want)
{
    struct attempt_row got;
    CHECK_FATAL(get_attempt(want->name_sha256, want->address, &got) == 1);
    CHECK_STR(got.name_sha256, want->name_sha256);
    CHECK_STR(got.address, want->address);
    CHECK_INT(got.failures, want->failures);
    CHECK_INT(got.last_at, want->last_at);
    CHECK_INT(got.blocked_until, want->blocked_until);
    CHECK_INT(got.succeeded_at, want->succeeded_at);
}

static void test_attempts(void)
{
    contract_begin();
    struct attempt_row got, here = {"aa", "10.0.0.1", 2, NOON, NOON + 9, 0},
                            anywhere = {"aa", "*", 5, NOON + 1, 0, NOON - 3},
                            other = {"bb", "*", 1, NOON + 2, 0, 0};
    CHECK_INT(get_attempt("aa", "*", &got), 0);
    CHECK_INT(put_attempt(here), ERR_NONE);
    CHECK_INT(put_attempt(anywhere), ERR_NONE);
    CHECK_INT(put_attempt(other), ERR_NONE);
    check_attempt(&here);
    check_attempt(&anywhere);
    anywhere = (struct attempt_row){"aa", "*", 0, NOON + 7, 0, NOON + 7};
    CHECK_INT(put_attempt(anywhere), ERR_NONE);
    check_attempt(&here);
    check_attempt(&anywhere);
    check_attempt(&other);
    CHECK_INT(get_attempt("bb", "10.0.0.1", &got), 0);
    contract_end();
}

/* ---- tickets ---- */

static int get_ticket(const char *sha256, struct ticket_row *got)
{
    struct err e = ERR_INIT;
    return store_ticket_get(contract_read(), contract.arena, sha256, got, &e);
}

static void test_tickets(void)
{
    begin();
    struct ticket_row got, t = {.sha256 = "s1",
                                .kind = TICKET_REFRESH,
                                .user_id = "ann",
                                .family = "f1",
                                .created_at = NOON,
                                .used_at = NOON + 1,
                                .expires_at = NOON + 2,
                                .ended_at = NOON + 3};
    CHECK_INT(get_ticket("s1", &got), 0);
    CHECK_INT(put_ticket(t), ERR_NONE);
    CHECK_FATAL(get_ticket("s1", &got) == 1);
    CHECK_STR(got.sha256, "s1");
    CHECK_STR(got.kind, "refresh");
    CHECK_STR(got.user_id, "ann");
    CHECK_STR(got.family, "f1");
    CHECK_INT(got.created_at, NOON);
    CHECK_INT(got.used_at, NOON + 1);
    CHECK_INT(got.expires_at, NOON + 2);
    CHECK_INT(got.ended_at, NOON + 3);
    t.used_at = NOON + 7;
    t.ended_at = 0;
    CHECK_INT(put_ticket(t), ERR_NONE);
    CHECK_FATAL(get_ticket("s1", &got) == 1);
    CHECK_INT(got.used_at, NOON + 7);
    CHECK_INT(got.ended_at, 0);
    CHECK_INT(get_ticket("s", &got), 0);
    t.user_id = "nobody";
    CHECK_INT(put_ticket(t), ERR_INTERNAL);
    contract_end();
}

static void add_ticket(const char *sha256, const char *kind, const char *user_id,
                       const char *family, int64_t expires_at)
{
    struct ticket_row t = {.sha256 = sha256,
                           .kind = kind,
                           .user_id = user_id,
                           .family = family,
                           .created_at = NOON,
                           .expires_at = expires_at};
    CHECK_INT(put_ticket(t), ERR_NONE);
}

static void add_tickets(void)
{
    add_ticket("a", TICKET_SESSION, "ann", "a", NOON + 10);
    add_ticket("b", TICKET_REFRESH, "ann", "f", NOON + 20);
    add_ticket("c", TICKET_REFRESH, "ann", "f", NOON + 30);
    add_ticket("d", TICKET_REFRESH, "ann", "g", 0);
    add_ticket("e", TICKET_SESSION, "bob", "e", NOON + 40);
    add_ticket("f", TICKET_SETUP, "bob", "f", NOON + 50);
    struct ticket_row ended = {.sha256 = "x",
                               .kind = TICKET_REFRESH,
                               .user_id = "ann",
                               .family = "f",
                               .created_at = NOON,
                               .expires_at = NOON + 60,
                               .ended_at = NOON + 1};
    CHECK_INT(put_ticket(ended), ERR_NONE);
}

/* Those of a to f that are still there and have not ended. */
static void check_live(const char *want)
{
    char live[8] = "";
    size_t n = 0;
    for (char name[] = "a"; *name <= 'f'; ++*name) {
        struct ticket_row got;
        int found = get_ticket(name, &got);
        if (found == 1 && !got.ended_at)
            live[n++] = *name;
        else if (found == 1)
            CHECK_INT(got.ended_at, NOON + 50);
    }
    CHECK_STR(live, want);
}

static void test_tickets_end(void)
{
    static const struct {
        struct ending ending;
        const char *live;
    } cases[] = {
        {{"ann", NULL, NULL}, "ef"},
        {{"ann", NULL, TICKET_SESSION}, "bcdef"},
        {{"ann", NULL, TICKET_REFRESH}, "aef"},
        {{"ann", NULL, TICKET_SETUP}, "abcdef"},
        {{"bob", NULL, NULL}, "abcd"},
        {{"nobody", NULL, NULL}, "abcdef"},
        {{"ann", "f", TICKET_REFRESH}, "adef"},
        {{NULL, "f", NULL}, "ade"},
        {{"ann", "g", NULL}, "abcef"},
        {{"ann", "none", NULL}, "abcdef"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ticket_row ended;
        begin();
        add_tickets();
        CHECK_INT(end_tickets(cases[i].ending), ERR_NONE);
        check_live(cases[i].live);
        CHECK_FATAL(get_ticket("x", &ended) == 1);
        CHECK_INT(ended.ended_at, NOON + 1);
        contract_end();
    }
}

/* ---- what is over ---- */

static bool has_attempt(const char *name)
{
    struct attempt_row got;
    return get_attempt(name, "*", &got) == 1;
}

static void test_forget(void)
{
    begin();
    add_tickets();
    CHECK_INT(put_attempt((struct attempt_row){"old", "*", 1, NOON, NOON + 90, 0}), ERR_NONE);
    CHECK_INT(put_attempt((struct attempt_row){"new", "*", 1, NOON + 30, 0, 0}), ERR_NONE);
    CHECK_INT(forget((struct forgetting){NOON, 10}), ERR_NONE);
    check_live("abcdef");
    CHECK(has_attempt("old") && has_attempt("new"));
    CHECK_INT(forget((struct forgetting){NOON + 30, 10}), ERR_NONE);
    check_live("cdef");
    CHECK(!has_attempt("old") && has_attempt("new"));
    CHECK_INT(forget((struct forgetting){INT64_MAX, 10}), ERR_NONE);
    check_live("d"); /* it never expires */
    CHECK(!has_attempt("new"));
    contract_end();
}

static int count_of(bool (*has)(const char *name))
{
    int n = 0;
    for (char name[] = "a"; *name <= 'f'; ++*name)
        n += has(name);
    return n;
}

static bool has_ticket(const char *name)
{
    struct ticket_row got;
    return get_ticket(name, &got) == 1;
}

static void test_forget_so_many(void)
{
    begin();
    for (char name[] = "a"; *name <= 'f'; ++*name) {
        add_ticket(name, TICKET_SESSION, "ann", name, NOON);
        CHECK_INT(put_attempt((struct attempt_row){name, "*", 1, NOON, 0, 0}), ERR_NONE);
    }
    CHECK_INT(forget((struct forgetting){NOON + 1, 0}), ERR_NONE);
    CHECK_INT(count_of(has_ticket), 6);
    CHECK_INT(forget((struct forgetting){NOON + 1, 4}), ERR_NONE);
    CHECK_INT(count_of(has_ticket), 2);
    CHECK_INT(count_of(has_attempt), 2);
    CHECK_INT(forget((struct forgetting){NOON + 1, SIZE_MAX}), ERR_NONE);
    CHECK_INT(count_of(has_ticket) + count_of(has_attempt), 0);
    contract_end();
}

/* ---- API keys ---- */

static struct api_key_row full_key(void)
{
    static const char *const roles[] = {"approver", "service"}, *const workflows[] = {"re\"f"},
                             *const act_as[] = {"\xC3\xA9va", "bob", "carol"};
    return (struct api_key_row){
        .id = "k1",
        .sha256 = "hash",
        .user_id = "ann",
        .name = "CI",
        .created_by = "root",
        .roles = roles,
        .role_count = 2,
        .workflows = workflows,
        .workflow_count = 1,
        .act_as = act_as,
        .act_as_count = 3,
        .created_at = NOON,
        .expires_at = NOON + 1,
        .used_at = NOON + 2,
        .revoked_at = NOON + 3,
    };
}

static void check_list(const char *const *got, size_t n, const char *const *want, size_t want_n)
{
    CHECK_FATAL(n == want_n);
    for (size_t i = 0; i < n; i++)
        CHECK_STR(got[i], want[i]);
}

static void check_key(const struct api_key_row *got, const struct api_key_row *want)
{
    CHECK_STR(got->id, want->id);
    CHECK_STR(got->sha256, want->sha256);
    CHECK_STR(got->user_id, want->user_id);
    CHECK_STR(got->name, want->name);
    CHECK_STR(got->created_by, want->created_by);
    check_list(got->roles, got->role_count, want->roles, want->role_count);
    check_list(got->workflows, got->workflow_count, want->workflows, want->workflow_count);
    check_list(got->act_as, got->act_as_count, want->act_as, want->act_as_count);
    CHECK_INT(got->created_at, want->created_at);
    CHECK_INT(got->expires_at, want->expires_at);
    CHECK_INT(got->used_at, want->used_at);
    CHECK_INT(got->revoked_at, want->revoked_at);
}

static void check_stored_key(const struct api_key_row *want)
{
    struct err e = ERR_INIT;
    struct api_key_row got;
    CHECK_FATAL(store_api_key_get(contract_read(), contract.arena, want->id, &got, &e) == 1);
    check_key(&got, want);
}

static void test_api_keys(void)
{
    begin();
    struct err e = ERR_INIT;
    struct api_key_row got, key = full_key();
    CHECK_INT(store_api_key_get(contract_read(), contract.arena, "k1", &got, &e), 0);
    CHECK_INT(put_api_key(key), ERR_NONE);
    check_stored_key(&key);
    struct api_key_row bare = {
        .id = "k1", .sha256 = "h", .user_id = "bob", .name = "", .created_by = "x"};
    CHECK_INT(put_api_key(bare), ERR_NONE);
    check_stored_key(&bare);
    key.user_id = "nobody";
    CHECK_INT(put_api_key(key), ERR_INTERNAL);
    contract_end();
}

static void check_keys(const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    struct api_key_row *rows = NULL;
    const char *ids[10];
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_api_key_list(contract.s, contract.arena, &page, &rows, &n, &e) == 0);
    CHECK_FATAL(n <= 10);
    for (size_t i = 0; i < n; i++) {
        struct api_key_row key = full_key();
        key.id = ids[i] = rows[i].id;
        check_key(&rows[i], &key);
    }
    check_names(ids, n, want);
}

static void test_api_key_list(void)
{
    begin();
    contract_read();
    check_keys(NULL, 10, "");
    static const char *const ids[] = {"m", "b", "z"};
    for (size_t i = 0; i < 3; i++) {
        struct api_key_row key = full_key();
        key.id = ids[i];
        CHECK_INT(put_api_key(key), ERR_NONE);
    }
    contract_read();
    check_keys(NULL, 10, "b m z");
    check_keys(NULL, 2, "b m");
    check_keys("b", 1, "m");
    check_keys("c", 10, "m z");
    check_keys("z", 10, "");
    check_keys(NULL, SIZE_MAX, "b m z");
    contract_end();
}

/* ---- identities and key sets ---- */

static void check_identity(const struct identity_row *want)
{
    struct err e = ERR_INIT;
    struct identity_row got;
    CHECK_FATAL(store_identity_get(contract_read(), contract.arena, want->issuer, want->subject,
                                   &got, &e) == 1);
    CHECK_STR(got.issuer, want->issuer);
    CHECK_STR(got.subject, want->subject);
    CHECK_STR(got.user_id, want->user_id);
    CHECK_INT(got.claims_at, want->claims_at);
    CHECK_INT(got.created_at, want->created_at);
}

static void test_identities(void)
{
    begin();
    struct err e = ERR_INIT;
    struct identity_row got, one = {"https://a", "7", "ann", NOON + 1, NOON},
                             two = {"https://a", "8", "bob", 0, NOON},
                             three = {"https://b", "7", "bob", 0, NOON + 3};
    struct session *s = contract_read();
    CHECK_INT(store_identity_get(s, contract.arena, "https://a", "7", &got, &e), 0);
    CHECK_INT(put_identity(one), ERR_NONE);
    CHECK_INT(put_identity(two), ERR_NONE);
    CHECK_INT(put_identity(three), ERR_NONE);
    check_identity(&one);
    one = (struct identity_row){"https://a", "7", "bob", NOON + 9, NOON + 5};
    CHECK_INT(put_identity(one), ERR_NONE);
    check_identity(&one);
    check_identity(&two);
    check_identity(&three);
    CHECK_INT(store_identity_get(contract.s, contract.arena, "https://b", "8", &got, &e), 0);
    one.user_id = "nobody";
    CHECK_INT(put_identity(one), ERR_INTERNAL);
    contract_end();
}

static void check_key_set(const struct key_set_row *want)
{
    struct err e = ERR_INIT;
    struct key_set_row got;
    CHECK_FATAL(store_key_set_get(contract_read(), contract.arena, want->issuer, &got, &e) == 1);
    CHECK_STR(got.issuer, want->issuer);
    CHECK_STR(got.keys, want->keys);
    CHECK_INT(got.fetched_at, want->fetched_at);
    CHECK_INT(got.wanted_at, want->wanted_at);
}

static void test_key_sets(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct key_set_row got, set = {"https://a", "", 0, NOON};
    CHECK_INT(store_key_set_get(contract_read(), contract.arena, "https://a", &got, &e), 0);
    CHECK_INT(put_key_set(set), ERR_NONE);
    check_key_set(&set);
    set = (struct key_set_row){"https://a", "{\"keys\":[]}", NOON + 1, 0};
    CHECK_INT(put_key_set(set), ERR_NONE);
    check_key_set(&set);
    CHECK_INT(store_key_set_get(contract.s, contract.arena, "https://b", &got, &e), 0);
    contract_end();
}

/* ---- sessions ---- */

static void test_reading_sessions_cannot_write(void)
{
    begin();
    struct err e = ERR_INIT;
    struct session *s = contract_read();
    struct api_key_row key = full_key();
    CHECK_INT(store_password_put(s, &(struct password_row){"ann", "h", NOON}, &e), -1);
    CHECK_INT(e.kind, ERR_INTERNAL);
    CHECK_INT(store_attempt_put(s, &(struct attempt_row){"a", "*", 1, 1, 1, 1}, &e), -1);
    CHECK_INT(store_ticket_put(s, &(struct ticket_row){"a", "k", "ann", "a", 1, 1, 1, 1}, &e), -1);
    CHECK_INT(store_api_key_put(s, &key, &e), -1);
    CHECK_INT(store_identity_put(s, &(struct identity_row){"i", "s", "ann", 1, 1}, &e), -1);
    CHECK_INT(store_key_set_put(s, &(struct key_set_row){"i", "", 1, 1}, &e), -1);
    CHECK_INT(store_ticket_end(s, "ann", NULL, NULL, NOON, &e), -1);
    CHECK_INT(store_access_forget(s, NOON, 9, &e), -1);
    CHECK_INT(store_password_any(contract_read(), &e), 0);
    contract_end();
}

/* Changes a row of each, or adds one. */
static int change_all(struct session *s, int64_t now, void *arg, struct err *e)
{
    const enum outcome *end = arg;
    struct api_key_row key = full_key();
    key.name = "changed";
    (void)now;
    CHECK_INT(store_password_put(s, &(struct password_row){"ann", "new", NOON}, e), 0);
    CHECK_INT(store_attempt_put(s, &(struct attempt_row){"aa", "*", 9, 1, 1, 1}, e), 0);
    CHECK_INT(store_ticket_end(s, "ann", NULL, NULL, NOON + 50, e), 0);
    CHECK_INT(store_access_forget(s, NOON + 45, 99, e), 0);
    CHECK_INT(store_api_key_put(s, &key, e), 0);
    CHECK_INT(store_identity_put(s, &(struct identity_row){"i", "s", "bob", 1, 1}, e), 0);
    CHECK_INT(store_key_set_put(s, &(struct key_set_row){"i", "{}", 1, 1}, e), 0);
    return *end == OUTCOME_DONE ? 0 : err_set(e, ERR_CONFLICT, "no");
}

static void add_all(void)
{
    CHECK_INT(put_password((struct password_row){"ann", "old", NOON}), ERR_NONE);
    CHECK_INT(put_attempt((struct attempt_row){"aa", "*", 1, NOON + 90, 0, 0}), ERR_NONE);
    add_tickets();
    CHECK_INT(put_api_key(full_key()), ERR_NONE);
    CHECK_INT(put_identity((struct identity_row){"i", "s", "ann", 1, 1}), ERR_NONE);
    CHECK_INT(put_key_set((struct key_set_row){"i", "", 1, 1}), ERR_NONE);
}

/* How many of the changes the session sees. */
static int changes_seen(struct session *s)
{
    struct err e = ERR_INIT;
    struct arena *a = contract.arena;
    struct password_row password;
    struct attempt_row attempt;
    struct ticket_row ended, gone;
    struct api_key_row key;
    struct identity_row identity;
    struct key_set_row set;
    CHECK_FATAL(store_password_get(s, a, "ann", &password, &e) == 1);
    CHECK_FATAL(store_ticket_get(s, a, "d", &ended, &e) == 1);
    CHECK_FATAL(store_api_key_get(s, a, "k1", &key, &e) == 1);
    CHECK_FATAL(store_identity_get(s, a, "i", "s", &identity, &e) == 1);
    CHECK_FATAL(store_key_set_get(s, a, "i", &set, &e) == 1);
    int forgotten =
        !store_ticket_get(s, a, "e", &gone, &e) + !store_attempt_get(s, a, "aa", "*", &attempt, &e);
    return forgotten + !strcmp(password.hash, "new") + (ended.ended_at != 0) +
           !strcmp(key.name, "changed") + !strcmp(identity.user_id, "bob") +
           !strcmp(set.keys, "{}");
}

static void test_snapshot_and_undo(void)
{
    begin();
    struct err e = ERR_INIT;
    enum outcome broken = OUTCOME_BROKEN, done = OUTCOME_DONE;
    add_all();
    CHECK_INT(run_half(contract.store, change_all, &broken, &e), OUTCOME_BROKEN);
    struct session *before = contract_read();
    CHECK_INT(changes_seen(before), 0);
    CHECK_INT(run_half(contract.store, change_all, &done, &e), OUTCOME_DONE);
    CHECK_INT(changes_seen(before), 0);
    CHECK_INT(changes_seen(contract_read()), 7);
    contract_end();
}

const struct test contract_access[] = {
    {"passwords", test_passwords},
    {"whether anybody has a password", test_any_password},
    {"attempts to sign in", test_attempts},
    {"tickets", test_tickets},
    {"tickets are ended", test_tickets_end},
    {"what is over is forgotten", test_forget},
    {"so much is forgotten at a time", test_forget_so_many},
    {"API keys", test_api_keys},
    {"API keys in order of id, page by page", test_api_key_list},
    {"identities elsewhere", test_identities},
    {"key sets", test_key_sets},
    {"a reading session cannot write them", test_reading_sessions_cannot_write},
    {"snapshots of them, and undoing", test_snapshot_and_undo},
};
const size_t contract_access_count = sizeof contract_access / sizeof *contract_access;
