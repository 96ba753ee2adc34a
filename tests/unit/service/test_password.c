#include "service/password.h"

#include "check.h"
#include "crypto/password.h"
#include "signing.h"

#include <pthread.h>
#include <sodium.h>

#define HERE "192.0.2.7"
#define THERE "198.51.100.1"
#define ANYWHERE "*"

static const char *try_from(const char *address, const char *name, const char *password)
{
    struct call c = call_from(address);
    const char *id = NULL;
    refusal = (struct err)ERR_INIT;
    int rc = password_check(&sv, &c, name, password, &id, &refusal);
    return rc == 0 ? id : outcome(rc, &refusal);
}

static const char *try(const char *name, const char *password)
{
    return try_from(HERE, name, password);
}

static void set_up_ann(void)
{
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    signing_password("ann");
}

static void test_right_and_wrong(void)
{
    set_up_ann();
    CHECK_STR(try("ann", PASSWORD), "ann");
    CHECK_STR(try("ann", "correct horse batterie"), "unauthenticated");
    CHECK_STR(audited("ann"), "user.created sign_in.succeeded sign_in.failed");
    CHECK(strstr(audit_text(), "sign_in.succeeded user ann ann {}\n") != NULL);
    CHECK(strstr(audit_text(), "sign_in.failed user ann anonymous {}\n") != NULL);
    tear_down();
}

/* All that cannot sign in is told the same. */
static void test_same_answer(void)
{
    set_up_ann();
    signing_user("bob", "'approver'");
    signing_user("cid", "'approver'");
    signing_password("cid");
    remove_user("cid");
    try("ann", "wrong wrong wrong");
    const char *told = arena_strdup(arena, refusal.message);
    static const char *const names[] = {"nobody", "bob", "cid", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK_STR(try(names[i], PASSWORD), "unauthenticated");
        CHECK_STR(refusal.message, told);
        CHECK_INT(attempt_stored(names[i], HERE).failures, 1);
    }
    CHECK_STR(audited("unknown"), "sign_in.failed sign_in.failed");
    CHECK(strstr(audit_text(), "nobody") == NULL);
    tear_down();
}

static void test_too_long(void)
{
    set_up_ann();
    char *password = arena_alloc(arena, PASSWORD_MAX + 2);
    memset(password, 'a', PASSWORD_MAX + 1);
    CHECK_STR(try("ann", password), "unauthenticated");
    tear_down();
}

static void test_waits_after_five(void)
{
    set_up_ann();
    struct attempt_row four = {.failures = 4, .last_at = NOW};
    attempt_keep("ann", HERE, &four);
    CHECK_STR(try("ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_STR(try("ann", PASSWORD), "too-many");
    CHECK_INT(refusal.retry_after, 1);
    CHECK_INT(attempt_stored("ann", HERE).failures, 5); /* what was refused does not count */
    CHECK_STR(try_from(THERE, "ann", PASSWORD), "ann");
    fake.fixed += SECOND - 1;
    CHECK_STR(try("ann", PASSWORD), "too-many");
    fake.fixed += 1;
    CHECK_STR(try("ann", PASSWORD), "ann");
    CHECK_INT(attempt_stored("ann", HERE).failures, 0);
    CHECK_STR(try("ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_STR(try("ann", PASSWORD), "ann");
    tear_down();
}

struct racer {
    pthread_t thread;
    pthread_barrier_t *barrier;
    enum err_kind kind;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    struct call c = call_from(HERE);
    const char *id;
    struct err e = ERR_INIT;
    struct logctx log = {0};
    c.arena = arena_new();
    c.log = &log;
    pthread_barrier_wait(r->barrier);
    password_check(&sv, &c, "ann", "wrong wrong wrong", &id, &e);
    r->kind = e.kind;
    arena_free(&c.arena);
    return NULL;
}

/* Of many at once no more are looked at than of one after the other. */
static void test_many_at_once(void)
{
    enum { RACERS = 12 };
    struct racer racers[RACERS];
    pthread_barrier_t barrier;
    int looked_at = 0, waits = 0;
    set_up_ann();
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.barrier = &barrier};
        CHECK_FATAL(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        looked_at += racers[i].kind == ERR_UNAUTHENTICATED;
        waits += racers[i].kind == ERR_TOO_MANY;
    }
    pthread_barrier_destroy(&barrier);
    CHECK_INT(looked_at, 5);
    CHECK_INT(waits, RACERS - 5);
    CHECK_INT(attempt_stored("ann", HERE).failures, 5);
    tear_down();
}

/* So does a name that is nobody's. */
static void test_unknown_waits(void)
{
    signing_set_up(NULL);
    struct attempt_row four = {.failures = 4, .last_at = NOW};
    attempt_keep("nobody", HERE, &four);
    CHECK_STR(try("nobody", PASSWORD), "unauthenticated");
    CHECK_STR(try("nobody", PASSWORD), "too-many");
    tear_down();
}

static void test_doubles(void)
{
    static const struct {
        int64_t failures, wait;
    } rows[] = {{5, 2}, {8, 16}, {13, 512}, {14, 900}, {1000000, 900}};
    set_up_ann();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct attempt_row row = {.failures = rows[i].failures, .last_at = NOW};
        attempt_keep("ann", HERE, &row);
        CHECK_STR(try("ann", "wrong wrong wrong"), "unauthenticated");
        CHECK_STR(try("ann", PASSWORD), "too-many");
        CHECK_INT(refusal.retry_after, rows[i].wait);
    }
    fake.fixed += 900 * SECOND;
    CHECK_STR(try("ann", PASSWORD), "ann");
    tear_down();
}

/* Who fails from everywhere slows only those whom the user has never been. */
static void test_from_anywhere(void)
{
    set_up_ann();
    CHECK_STR(try("ann", PASSWORD), "ann");
    struct attempt_row many = {.failures = 99, .last_at = NOW};
    attempt_keep("ann", ANYWHERE, &many);
    CHECK_STR(try_from(THERE, "ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_STR(try_from("203.0.113.5", "ann", PASSWORD), "too-many");
    CHECK_INT(refusal.retry_after, 1);
    CHECK_STR(try("ann", PASSWORD), "ann");
    many.failures = 500;
    attempt_keep("ann", ANYWHERE, &many);
    fake.fixed += SECOND;
    CHECK_STR(try_from(THERE, "ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_STR(try_from("203.0.113.5", "ann", PASSWORD), "too-many");
    CHECK_INT(refusal.retry_after, 60);
    fake.fixed += 60 * SECOND;
    CHECK_STR(try_from("203.0.113.5", "ann", PASSWORD), "ann");
    tear_down();
}

static void test_long_ago(void)
{
    set_up_ann();
    struct attempt_row many = {.failures = 500, .last_at = NOW - HOUR - 1};
    attempt_keep("ann", ANYWHERE, &many);
    CHECK_STR(try_from(THERE, "ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_INT(attempt_stored("ann", ANYWHERE).failures, 1);
    struct attempt_row old = {.failures = 3, .last_at = NOW - 31 * 24 * HOUR};
    attempt_keep("bob", HERE, &old);
    try_from(THERE, "ann", "wrong wrong wrong");
    CHECK_INT(attempt_stored("bob", HERE).failures, 0);
    tear_down();
}

static int put_cheap(struct session *s, int64_t now, void *arg, struct err *e)
{
    char hash[crypto_pwhash_STRBYTES];
    CHECK_FATAL(crypto_pwhash_str(hash, PASSWORD, strlen(PASSWORD), crypto_pwhash_OPSLIMIT_MIN,
                                  crypto_pwhash_MEMLIMIT_MIN) == 0);
    struct password_row row = {.user_id = arg, .hash = hash, .changed_at = now};
    return store_password_put(s, &row, e);
}

static const char *hash_of(const char *id)
{
    struct session *s = NULL;
    struct password_row row = {.hash = ""};
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(store_password_get(s, arena, id, &row, &e), 1);
    store_read_end(&s);
    return row.hash;
}

static void test_renewed(void)
{
    char id[] = "ann";
    CHECK_FATAL(sodium_init() >= 0);
    set_up_ann();
    write_with(put_cheap, id);
    const char *cheap = hash_of("ann");
    CHECK(password_outdated(cheap));
    CHECK_STR(try("ann", "wrong wrong wrong"), "unauthenticated");
    CHECK_STR(hash_of("ann"), cheap);
    CHECK_STR(try("ann", PASSWORD), "ann");
    CHECK(!password_outdated(hash_of("ann")));
    CHECK_STR(try("ann", PASSWORD), "ann");
    tear_down();
}

/* ---- what follows ---- */

static int follow(struct service *service, struct call *c, struct session *s, const char *user_id,
                  int64_t now, void *arg, struct err *e)
{
    (void)service, (void)c, (void)s;
    CHECK_STR(user_id, "ann");
    CHECK_INT(now, NOW);
    ++*(int *)arg;
    return *(int *)arg < 2 ? 0 : err_set(e, ERR_UNAVAILABLE, "no");
}

static const char *try_then(const char *password, int *calls)
{
    struct call c = call_from(HERE);
    const char *id;
    struct err e = ERR_INIT;
    int rc = password_check_then(&sv, &c, "ann", password, follow, calls, &id, &e);
    return outcome(rc, &e);
}

static void test_then(void)
{
    int calls = 0;
    set_up_ann();
    CHECK_STR(try_then("wrong wrong wrong", &calls), "unauthenticated");
    CHECK_INT(calls, 0);
    CHECK_STR(try_then(PASSWORD, &calls), "ok");
    CHECK_INT(calls, 1);
    CHECK_STR(try_then(PASSWORD, &calls), "unavailable");
    CHECK_STR(audited("ann"), "user.created sign_in.failed sign_in.succeeded");
    tear_down();
}

/* ---- setting ---- */

static const char *acceptable(const char *password)
{
    struct err e = ERR_INIT;
    return outcome(password_acceptable(arena, "ann.of.the.long.id", password, "/password", &e), &e);
}

static void test_acceptable(void)
{
    signing_set_up(NULL);
    char *password = arena_alloc(arena, PASSWORD_MAX + 2);
    memset(password, 'a', PASSWORD_MAX + 1);
    CHECK_STR(acceptable(password), "/password");
    CHECK_STR(acceptable(password + 1), "ok");
    CHECK_STR(acceptable("elevenchars"), "/password");
    CHECK_STR(acceptable("twelve chars"), "ok");
    CHECK_STR(acceptable("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\xA4\xC3\xB6\xC3\xBC"), "/password");
    CHECK_STR(acceptable("ann.of.the.long.id"), "/password");
    tear_down();
}

static const char *change(const char *present, const char *wanted)
{
    struct principal ann = {.subject = "ann"};
    struct call c = call_of(&ann);
    struct err e = ERR_INIT;
    return outcome(password_change(&sv, &c, present, wanted, &e), &e);
}

static void test_change(void)
{
    set_up_ann();
    CHECK_STR(change(PASSWORD, "short"), "/password");
    CHECK_STR(change("wrong wrong wrong", "another good one"), "forbidden");
    CHECK_STR(try("ann", PASSWORD), "ann");
    const char *token = token_of("'sub':'ann'", 0);
    CHECK_STR(let_in_with(token), "ann approver");
    CHECK_STR(change(PASSWORD, "another good one"), "ok");
    CHECK_STR(let_in_with(token), "unauthenticated");
    CHECK_STR(try("ann", PASSWORD), "unauthenticated");
    CHECK_STR(try("ann", "another good one"), "ann");
    CHECK(strstr(audited("ann"), "password.changed") != NULL);
    CHECK(strstr(audit_text(), "another good one") == NULL);
    tear_down();
}

static const struct test tests[] = {
    {"right and wrong", test_right_and_wrong},
    {"the same answer to all who cannot", test_same_answer},
    {"a password that is too long", test_too_long},
    {"waits after five failures", test_waits_after_five},
    {"many tries at once", test_many_at_once},
    {"a name that is nobody's waits, too", test_unknown_waits},
    {"the wait doubles and ends", test_doubles},
    {"failures from anywhere", test_from_anywhere},
    {"what is long ago", test_long_ago},
    {"an outdated hash is made anew", test_renewed},
    {"what follows", test_then},
    {"what is acceptable", test_acceptable},
    {"changing it", test_change},
};

int main(void)
{
    return check_main("password", tests, sizeof tests / sizeof *tests);
}
