#include "service/sessions.h"

#include "auth/cookie.h"
#include "check.h"
#include "service/password.h"
#include "signing.h"

static struct bearer cookie;

static void start_with(const char *const *settings)
{
    struct call c;
    struct err e = ERR_INIT;
    signing_set_up(settings);
    signing_user("ann", "'approver'");
    c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
}

static void start(void)
{
    start_with(NULL);
}

/* ---- how long ---- */

static void test_signed_in(void)
{
    start();
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    CHECK_STR(caller.session, cookie.text);
    CHECK(!caller.key && !caller.trusted);
    change_user("ann", "{'roles':['admin']}");
    CHECK_STR(let_in_by(cookie.text), "ann admin");
    CHECK_STR(let_in_by("aps_nothing"), "unauthenticated");
    remove_user("ann");
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    tear_down();
}

static void test_by_password(void)
{
    struct err e = ERR_INIT;
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    signing_password("ann");
    struct call c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_by_password(&sv, &c, "ann", "wrong", &cookie, &e), &e),
              "unauthenticated");
    CHECK_STR(outcome(session_by_password(&sv, &c, "ann", PASSWORD, &cookie, &e), &e), "ok");
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    CHECK_STR(audited("ann"), "user.created sign_in.failed sign_in.succeeded");
    CHECK(strstr(audit_text(), cookie.text) == NULL);
    tear_down();
}

static void test_idle(void)
{
    static const char *const settings[] = {"APPROVAL_SESSION_IDLE_MINUTES=30", NULL};
    start_with(settings);
    fake.fixed += 30 * MINUTE - 1;
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    fake.fixed += 30 * MINUTE - 1;
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    fake.fixed += 30 * MINUTE;
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    tear_down();
}

/* A limit of a minute is still one for who is idle, not for who reads. */
static void test_short_idle(void)
{
    static const char *const settings[] = {"APPROVAL_SESSION_IDLE_MINUTES=1", NULL};
    start_with(settings);
    for (int i = 0; i < 5; i++) {
        fake.fixed += 40 * SECOND;
        CHECK_STR(let_in_by(cookie.text), "ann approver");
    }
    tear_down();
}

static void test_noted_once_a_minute(void)
{
    start();
    fake.fixed += 59 * SECOND;
    let_in_by(cookie.text);
    CHECK_INT(ticket_stored(cookie.text).used_at, NOW);
    fake.fixed += SECOND;
    let_in_by(cookie.text);
    CHECK_INT(ticket_stored(cookie.text).used_at, NOW + 60 * SECOND);
    tear_down();
}

static void test_absolute(void)
{
    static const char *const settings[] = {"APPROVAL_SESSION_HOURS=1", NULL};
    start_with(settings);
    for (int i = 0; i < 5; i++) {
        fake.fixed += 10 * MINUTE;
        CHECK_STR(let_in_by(cookie.text), "ann approver");
    }
    fake.fixed += 10 * MINUTE;
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    tear_down();
}

/* ---- requests that change something ---- */

static struct credentials posting(void)
{
    char *token = arena_alloc(arena, CSRF_SIZE);
    csrf_token(cookie.text, token);
    return (struct credentials){
        .cookie = arena_printf(arena, "%s=%s", cookie_name(&sv.site), cookie.text),
        .csrf = token,
        .origin = ORIGIN,
        .host = "127.0.0.1:8003",
        .changes = true,
    };
}

static void test_changes(void)
{
    start();
    struct credentials good = posting(), c = good;
    CHECK_STR(let_in(&good), "ann approver");
    c.csrf = NULL;
    CHECK_STR(let_in(&c), "forbidden");
    c.csrf = "";
    CHECK_STR(let_in(&c), "forbidden");
    char other[CSRF_SIZE];
    csrf_token("aps_another", other);
    c.csrf = other;
    CHECK_STR(let_in(&c), "forbidden");
    c = good;
    c.origin = "https://evil.example";
    CHECK_STR(let_in(&c), "forbidden");
    c.origin = "null";
    CHECK_STR(let_in(&c), "forbidden");
    c.origin = NULL;
    CHECK_STR(let_in(&c), "forbidden");
    c.sec_fetch_site = "cross-site";
    CHECK_STR(let_in(&c), "forbidden");
    c.sec_fetch_site = "same-origin";
    CHECK_STR(let_in(&c), "ann approver");
    tear_down();
}

static void test_reads(void)
{
    start();
    struct credentials c = posting();
    c.csrf = NULL;
    c.origin = "https://evil.example";
    c.changes = false;
    CHECK_STR(let_in(&c), "ann approver");
    tear_down();
}

/* On https only the cookie that no other host can set. */
static void test_secure_name(void)
{
    static const char *const settings[] = {"APPROVAL_PUBLIC_URL=https://approvals.example", NULL};
    start_with(settings);
    struct credentials c = posting();
    c.origin = "https://approvals.example";
    c.host = "approvals.example";
    CHECK_STR(let_in(&c), "ann approver");
    c.cookie = arena_printf(arena, "approvals=%s", cookie.text);
    CHECK_STR(let_in(&c), "unauthenticated");
    tear_down();
}

/* Where somebody else could have put one of them there, none counts. */
static void test_twice(void)
{
    start();
    struct credentials c = {
        .cookie = arena_printf(arena, "approvals=%s; approvals=%s", cookie.text, cookie.text)};
    CHECK_STR(let_in(&c), "unauthenticated");
    tear_down();
}

static const struct test tests[] = {
    {"signed in", test_signed_in},
    {"by password", test_by_password},
    {"idle", test_idle},
    {"a short idle limit", test_short_idle},
    {"its use is noted once a minute", test_noted_once_a_minute},
    {"the absolute limit", test_absolute},
    {"requests that change something", test_changes},
    {"requests that read", test_reads},
    {"the name on https", test_secure_name},
    {"the cookie twice", test_twice},
};

int main(void)
{
    return check_main("sessions", tests, sizeof tests / sizeof *tests);
}
