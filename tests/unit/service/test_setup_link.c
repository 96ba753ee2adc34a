#include "service/setup_link.h"

#include "check.h"
#include "service/password.h"
#include "service/sessions.h"
#include "signing.h"

#define CHOSEN "a long one that I chose"

static struct bearer link;

static const char *make(const char *id)
{
    struct call c = call();
    struct err e = ERR_INIT;
    return outcome(setup_link_make(&sv, &c, id, &link, &e), &e);
}

/* "made", "not needed", or as outcome(). */
static const char *first(const char *id)
{
    struct call c = call();
    struct err e = ERR_INIT;
    int rc = setup_link_first(&sv, &c, id, &link, &e);
    return rc < 0 ? outcome(rc, &e) : rc ? "made" : "not needed";
}

static const char *whose(const char *token)
{
    const char *id = NULL;
    struct err e = ERR_INIT;
    int rc = setup_link_user(&sv, arena, token, &id, &e);
    return rc == 0 ? id : outcome(rc, &e);
}

static const char *use(const char *token, const char *password)
{
    struct call c = call_from("192.0.2.7");
    const char *id = NULL;
    struct err e = ERR_INIT;
    int rc = setup_link_use(&sv, &c, token, password, &id, &e);
    return rc == 0 ? id : outcome(rc, &e);
}

static const char *sign_in(const char *name, const char *password)
{
    struct call c = call_from("192.0.2.7");
    struct bearer cookie;
    struct err e = ERR_INIT;
    int rc = session_by_password(&sv, &c, name, password, &cookie, &e);
    return rc == 0 ? let_in_by(cookie.text) : outcome(rc, &e);
}

static const char *roles(const char *id)
{
    struct user_row user = user_stored(id);
    return joined(user.roles, user.role_count);
}

static void test_once(void)
{
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    CHECK_STR(make("nobody"), "not-found");
    CHECK_STR(make("ann"), "ok");
    CHECK_STR(whose(link.text), "ann");
    CHECK_STR(use(link.text, "short"), "/password");
    CHECK_STR(use(link.text, CHOSEN), "ann");
    CHECK_STR(whose(link.text), "not-found");
    CHECK_STR(use(link.text, "something else again"), "not-found");
    CHECK_STR(sign_in("ann", CHOSEN), "ann approver");
    CHECK_STR(audited("ann"), "user.created setup_link.created setup_link.used sign_in.succeeded");
    CHECK(strstr(audit_text(), "setup_link.used user ann ann ") != NULL);
    CHECK(!strstr(audit_text(), link.text) && !strstr(audit_text(), CHOSEN));
    tear_down();
}

/* He is signed in by what he has just done, within the same second. */
static void test_session_right_after(void)
{
    struct bearer cookie;
    struct err e = ERR_INIT;
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    make("ann");
    CHECK_STR(use(link.text, CHOSEN), "ann");
    struct call c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    tear_down();
}

static void test_ends_what_was(void)
{
    struct bearer cookie;
    struct err e = ERR_INIT;
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    struct call c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
    const char *token = token_of("'sub':'ann'", 0);
    make("ann");
    CHECK_STR(let_in_with(token), "ann approver");
    use(link.text, CHOSEN);
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    CHECK_STR(let_in_with(token), "unauthenticated");
    tear_down();
}

static void test_ends(void)
{
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    make("ann");
    struct bearer old = link;
    make("ann");
    CHECK_STR(whose(old.text), "not-found");
    CHECK_STR(use(old.text, CHOSEN), "not-found");
    fake.fixed += SETUP_HOURS * HOUR - 1;
    CHECK_STR(whose(link.text), "ann");
    fake.fixed += 1;
    CHECK_STR(whose(link.text), "not-found");
    CHECK_STR(use(link.text, CHOSEN), "not-found");
    make("ann");
    remove_user("ann");
    CHECK_STR(use(link.text, CHOSEN), "not-found");
    CHECK_STR(whose("apl_nothing"), "not-found");
    CHECK_STR(whose(""), "not-found");
    tear_down();
}

/* ---- the first administrator ---- */

static void test_first(void)
{
    signing_set_up(NULL);
    CHECK_STR(first("admin"), "made");
    CHECK_STR(roles("admin"), "admin");
    CHECK_STR(first("admin"), "made"); /* nobody has used it yet */
    CHECK_STR(use(link.text, CHOSEN), "admin");
    CHECK_STR(sign_in("admin", CHOSEN), "admin admin");
    CHECK_STR(first("admin"), "not needed");
    CHECK_STR(first("another"), "not needed");
    CHECK(strstr(audit_text(), "user.created user admin anonymous {\"changed\":[\"roles\"],"
                               "\"roles\":{\"added\":[\"admin\"],\"removed\":[]}") != NULL);
    tear_down();
}

static void test_first_exists(void)
{
    signing_set_up(NULL);
    signing_user("ann", "'approver','viewer'");
    CHECK_STR(first("ann"), "made");
    CHECK_STR(roles("ann"), "admin approver viewer");
    remove_user("ann");
    CHECK_STR(first("ann"), "made");
    CHECK_INT(user_stored("ann").removed_at, 0);
    CHECK_STR(whose(link.text), "ann");
    tear_down();
}

/* What a token from before says of roles does not take it away. */
static void test_first_stays(void)
{
    signing_set_up(NULL);
    signing_user("ann", "'approver'");
    fake.fixed += MINUTE;
    const char *token = token_of("'sub':'ann','roles':['viewer']", 0);
    fake.fixed += SECOND;
    CHECK_STR(first("ann"), "made");
    CHECK_STR(let_in_with(token), "ann approver admin");
    tear_down();
}

/* Where those who had one were removed nobody can sign in any more. */
static void test_first_again(void)
{
    signing_set_up(NULL);
    CHECK_STR(first("admin"), "made");
    CHECK_STR(use(link.text, CHOSEN), "admin");
    signing_user("bob", "'viewer'");
    CHECK_STR(first("bob"), "not needed");
    CHECK_STR(roles("bob"), "viewer");
    CHECK_STR(remove_user("admin"), "ok");
    CHECK_STR(first("bob"), "made");
    CHECK_STR(whose(link.text), "bob");
    /* To come back is not to have the password back. */
    CHECK_STR(first("admin"), "made");
    CHECK_STR(sign_in("admin", CHOSEN), "unauthenticated");
    tear_down();
}

static void test_first_id(void)
{
    signing_set_up(NULL);
    CHECK_STR(first(""), "invalid");
    CHECK_STR(first("system"), "invalid");
    CHECK_STR(first("me"), "invalid");
    CHECK_STR(first("a\nb"), "invalid");
    tear_down();
}

static const struct test tests[] = {
    {"a link works once", test_once},
    {"a session right after it", test_session_right_after},
    {"it ends what was before", test_ends_what_was},
    {"a link ends", test_ends},
    {"the first administrator", test_first},
    {"the first administrator is there already", test_first_exists},
    {"the first administrator stays one", test_first_stays},
    {"the first administrator again", test_first_again},
    {"what cannot be an id", test_first_id},
};

int main(void)
{
    return check_main("setup_link", tests, sizeof tests / sizeof *tests);
}
