#include "service/tokens.h"

#include "auth/bearer.h"
#include "check.h"
#include "service/api_keys.h"
#include "service/password.h"
#include "service/sessions.h"
#include "signing.h"

#include <pthread.h>

#define DAY (24 * HOUR)

static struct tokens got;
static struct api_key_made made;

static void set_up_ann(const char *const *settings)
{
    signing_set_up(settings);
    signing_user("ann", "'approver'");
    signing_password("ann");
}

static const char *by_password(void)
{
    struct call c = call_from("192.0.2.7");
    struct err e = ERR_INIT;
    return outcome(tokens_by_password(&sv, &c, "ann", PASSWORD, &got, &e), &e);
}

static const char *by_refresh(const char *refresh)
{
    struct call c = call_from("192.0.2.7");
    struct err e = ERR_INIT;
    return outcome(tokens_by_refresh(&sv, &c, refresh, &got, &e), &e);
}

static const char *by_operator(const char *id, int64_t minutes)
{
    struct call c = call();
    struct err e = ERR_INIT;
    return outcome(tokens_by_operator(&sv, &c, id, minutes, &got, &e), &e);
}

static const char *by_key(const char *id, const char *secret)
{
    struct call c = call_from("192.0.2.7");
    struct err e = ERR_INIT;
    return outcome(tokens_by_key(&sv, &c, id, secret, &got, &e), &e);
}

static const char *end(const char *refresh, const char *session)
{
    struct principal who = {.subject = "ann", .session = session};
    struct call c = call_of(&who);
    struct err e = ERR_INIT;
    return outcome(tokens_end(&sv, &c, refresh, &e), &e);
}

static const char *end_all(const char *id)
{
    struct call c = call();
    struct err e = ERR_INIT;
    return outcome(tokens_end_all(&sv, &c, id, &e), &e);
}

static const struct json *claims_of(const char *token)
{
    struct token_keys keys = {&sv.token_key, 1};
    struct token_rules rules = {.now = fake.fixed};
    struct token_claims claims = {.all = NULL};
    enum token_trouble trouble;
    struct err e = ERR_INIT;
    token_verify(arena, token, &keys, &rules, &claims, &trouble, &e);
    CHECK_STR(e.message, "");
    return claims.all;
}

/* ---- access tokens ---- */

static void test_by_password(void)
{
    static const char *const settings[] = {"APPROVAL_TOKEN_EXPIRE_MINUTES=10",
                                           "APPROVAL_JWT_ISSUER=us", "APPROVAL_JWT_AUDIENCE=here",
                                           NULL};
    set_up_ann(settings);
    CHECK_STR(by_password(), "ok");
    CHECK_STR(got.user_id, "ann");
    CHECK_INT(got.expires_in, 600);
    const struct json *claims = claims_of(got.access);
    CHECK_STR(json_string(json_get(claims, "iss"), NULL), "us");
    CHECK_STR(json_string(json_get(claims, "aud"), NULL), "here");
    CHECK_STR(json_string(json_get(claims, "sub"), NULL), "ann");
    CHECK_INT(json_int(json_get(claims, "iat")), NOW / SECOND);
    CHECK_INT(json_int(json_get(claims, "exp")), NOW / SECOND + 600);
    CHECK(!json_get(claims, "roles") && !json_get(claims, "groups") && !json_get(claims, "key"));
    const char *id = json_string(json_get(claims, "jti"), NULL);
    CHECK_STR(let_in_with(got.access), "ann approver");
    CHECK_STR(audited("ann"), "user.created sign_in.succeeded");
    CHECK_STR(by_password(), "ok");
    CHECK(strcmp(json_string(json_get(claims_of(got.access), "jti"), NULL), id) != 0);
    fake.fixed += 661 * SECOND;
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    tear_down();
}

static void test_wrong_password(void)
{
    set_up_ann(NULL);
    struct call c = call_from("192.0.2.7");
    struct err e = ERR_INIT;
    CHECK_STR(outcome(tokens_by_password(&sv, &c, "ann", "wrong", &got, &e), &e),
              "unauthenticated");
    CHECK(!got.access && !got.refresh && !got.user_id);
    tear_down();
}

static void test_by_operator(void)
{
    set_up_ann(NULL);
    CHECK_STR(by_operator("nobody", 0), "not-found");
    CHECK_STR(by_operator("ann", 5), "ok");
    CHECK_INT(got.expires_in, 300);
    CHECK(!got.refresh);
    CHECK_STR(let_in_with(got.access), "ann approver");
    CHECK_STR(by_operator("ann", 0), "ok");
    CHECK_INT(got.expires_in, 3600);
    CHECK_STR(audited("ann"), "user.created token.issued token.issued");
    CHECK(strstr(audit_text(), "token.issued user ann anonymous ") != NULL);
    remove_user("ann");
    CHECK_STR(by_operator("ann", 0), "not-found");
    tear_down();
}

/* ---- API keys ---- */

static void make_key(const char *members)
{
    struct call c = call();
    struct err e = ERR_INIT;
    const char *body = arena_printf(arena, "{'user_id':'ann','name':'ci'%s}", members);
    CHECK_STR(outcome(api_key_create(&sv, &c, json_of(body), &made, &e), &e), "ok");
}

static void revoke_key(void)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    CHECK_STR(outcome(api_key_revoke(&sv, &c, made.row.id, &out, &e), &e), "ok");
}

static void test_by_key(void)
{
    set_up_ann(NULL);
    change_user("ann", "{'roles':['approver','requester']}");
    CHECK(publish("{'id':'deploy','stages':[{'id':'s','approvers':['ann']}]}") == 1);
    make_key(",'roles':['requester'],'act_as':['ann'],'workflows':['deploy']");
    CHECK_STR(by_key(made.row.id, made.key), "ok");
    CHECK(!got.refresh);
    CHECK_STR(let_in_with(got.access), "ann requester");
    CHECK_FATAL(caller.key != NULL);
    CHECK_STR(caller.key->id, made.row.id);
    CHECK_STR(joined(caller.key->act_as, caller.key->act_as_count), "ann");
    CHECK(principal_reaches(&caller, "deploy") && !principal_reaches(&caller, "other"));
    change_user("ann", "{'roles':['approver']}");
    CHECK_STR(let_in_with(got.access), "ann");
    revoke_key();
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    CHECK_STR(by_key(made.row.id, made.key), "unauthenticated");
    tear_down();
}

static void test_wrong_key(void)
{
    set_up_ann(NULL);
    make_key("");
    char *other = arena_strdup(arena, made.key);
    other[strlen(other) - 2] = other[strlen(other) - 2] == 'A' ? 'B' : 'A';
    CHECK_STR(by_key(made.row.id, other), "unauthenticated");
    CHECK_STR(by_key("ann", made.key), "unauthenticated");
    CHECK_STR(by_key(made.row.id, "secret"), "unauthenticated");
    CHECK_STR(by_key(made.row.id, ""), "unauthenticated");
    CHECK_STR(by_key(made.row.id, made.key), "ok");
    tear_down();
}

static void test_key_expires(void)
{
    set_up_ann(NULL);
    make_key(",'expires_at':'2026-01-02T03:10:00Z'");
    CHECK_STR(by_key(made.row.id, made.key), "ok");
    CHECK_STR(let_in_with(got.access), "ann approver");
    fake.fixed = INT64_C(1767323400) * SECOND;
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    CHECK_STR(by_key(made.row.id, made.key), "unauthenticated");
    tear_down();
}

/* A token for somebody else's key is nobody's. */
static void test_key_of_another(void)
{
    set_up_ann(NULL);
    signing_user("bob", "'admin'");
    make_key("");
    const char *members = arena_printf(arena, "'sub':'bob','key':'%s'", made.row.id);
    CHECK_STR(let_in_with(token_of(members, 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann','key':'000000000000'", 0)), "unauthenticated");
    tear_down();
}

/* ---- refresh tokens ---- */

static void test_rotation(void)
{
    set_up_ann(NULL);
    by_password();
    const char *first = got.refresh;
    fake.fixed += HOUR;
    CHECK_STR(by_refresh(first), "ok");
    const char *second = got.refresh;
    CHECK_STR(got.user_id, "ann");
    CHECK_STR(let_in_with(got.access), "ann approver");
    CHECK(strcmp(first, second) != 0);
    CHECK_STR(by_refresh(second), "ok");
    const char *third = got.refresh;
    CHECK_STR(by_refresh(first), "unauthenticated");
    CHECK(!got.access && !got.refresh);
    CHECK_STR(by_refresh(third), "unauthenticated");
    CHECK_STR(by_refresh(first), "unauthenticated");
    CHECK_STR(audited("ann"), "user.created sign_in.succeeded refresh.reused");
    CHECK(strstr(audit_text(), first) == NULL);
    tear_down();
}

static void test_other_family_stays(void)
{
    set_up_ann(NULL);
    by_password();
    const char *one = got.refresh;
    by_password();
    const char *other = got.refresh;
    by_refresh(one);
    by_refresh(one);
    CHECK_STR(by_refresh(other), "ok");
    tear_down();
}

/* It lasts from when somebody signed in, however often it is used. */
static void test_refresh_expires(void)
{
    static const char *const settings[] = {"APPROVAL_REFRESH_DAYS=2", NULL};
    set_up_ann(settings);
    by_password();
    fake.fixed += DAY;
    CHECK_STR(by_refresh(got.refresh), "ok");
    CHECK_INT(ticket_stored(got.refresh).expires_at, NOW + 2 * DAY);
    fake.fixed = NOW + 2 * DAY;
    CHECK_STR(by_refresh(got.refresh), "unauthenticated");
    tear_down();
}

static void test_refresh_ends(void)
{
    set_up_ann(NULL);
    CHECK_STR(by_refresh("apr_nothing"), "unauthenticated");
    by_password();
    CHECK_STR(by_refresh(got.access), "unauthenticated");
    by_password();
    remove_user("ann");
    CHECK_STR(by_refresh(got.refresh), "unauthenticated");
    tear_down();
}

struct racer {
    pthread_t thread;
    const char *refresh;
    pthread_barrier_t *barrier;
    int rc;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    struct call c = call_from("192.0.2.7");
    struct tokens out;
    struct err e = ERR_INIT;
    struct logctx log = {0};
    c.arena = arena_new();
    c.log = &log;
    pthread_barrier_wait(r->barrier);
    r->rc = tokens_by_refresh(&sv, &c, r->refresh, &out, &e);
    arena_free(&c.arena);
    return NULL;
}

/* Of many at once one wins, and the others end what it has won. */
static void test_refresh_at_once(void)
{
    enum { RACERS = 8 };
    struct racer racers[RACERS];
    pthread_barrier_t barrier;
    int won = 0;
    set_up_ann(NULL);
    by_password();
    pthread_barrier_init(&barrier, NULL, RACERS);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.refresh = got.refresh, .barrier = &barrier};
        CHECK_FATAL(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        won += racers[i].rc == 0;
    }
    pthread_barrier_destroy(&barrier);
    CHECK_INT(won, 1);
    CHECK_STR(audited("ann"), "user.created sign_in.succeeded refresh.reused");
    tear_down();
}

/* ---- ending ---- */

static void test_end(void)
{
    struct call c = call_from("192.0.2.7");
    struct bearer cookie;
    struct err e = ERR_INIT;
    set_up_ann(NULL);
    CHECK_STR(end(NULL, NULL), "ok");
    CHECK_STR(end("apr_nothing", NULL), "ok");
    by_password();
    const char *first = got.refresh;
    by_refresh(first);
    c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    CHECK_STR(end(got.refresh, NULL), "ok");
    CHECK_STR(by_refresh(got.refresh), "unauthenticated");
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    CHECK_STR(end(NULL, cookie.text), "ok");
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    CHECK_STR(end(first, cookie.text), "ok");
    CHECK_STR(audited("ann"), "user.created sign_in.succeeded sign_out sign_out");
    tear_down();
}

static void test_end_all(void)
{
    struct bearer cookie;
    struct err e = ERR_INIT;
    set_up_ann(NULL);
    CHECK_STR(end_all("nobody"), "not-found");
    by_password();
    struct tokens before = got;
    struct call c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
    CHECK_STR(end_all("ann"), "ok");
    CHECK_STR(let_in_with(before.access), "unauthenticated");
    CHECK_STR(by_refresh(before.refresh), "unauthenticated");
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann'", 0)), "unauthenticated");
    CHECK_STR(by_password(), "ok"); /* within the same second */
    CHECK_STR(let_in_with(got.access), "ann approver");
    CHECK(strstr(audited("ann"), "tokens.ended") != NULL);
    tear_down();
}

/* Each end is one of all that was issued before, though tokens count whole seconds only. */
static void test_end_all_within_a_second(void)
{
    set_up_ann(NULL);
    for (int i = 0; i < 4; i++) {
        CHECK_STR(by_password(), "ok");
        CHECK_STR(let_in_with(got.access), "ann approver");
        CHECK_STR(end_all("ann"), "ok");
        CHECK_STR(let_in_with(got.access), "unauthenticated");
    }
    make_key("");
    CHECK_STR(by_key(made.row.id, made.key), "ok"); /* keys are revoked, not ended */
    CHECK_STR(let_in_with(got.access), "ann approver");
    CHECK_STR(end_all("ann"), "ok");
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    CHECK_STR(by_operator("ann", 0), "ok");
    CHECK_STR(let_in_with(got.access), "ann approver");
    tear_down();
}

/* Who comes back does not bring back what he was signed in with. */
static void test_back_again(void)
{
    struct bearer cookie;
    struct err e = ERR_INIT;
    set_up_ann(NULL);
    struct call c = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &c, "ann", &cookie, &e), &e), "ok");
    make_key("");
    by_key(made.row.id, made.key);
    const char *of_key = got.access;
    by_password();
    CHECK_STR(let_in_with(made.key), "ann approver");
    CHECK_STR(let_in_with(of_key), "ann approver");
    CHECK_STR(let_in_by(cookie.text), "ann approver");
    CHECK_STR(remove_user("ann"), "ok");
    fake.fixed += MINUTE;
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    CHECK_STR(add_user("{'id':'ann','roles':['admin']}"), "ok");
    CHECK_STR(let_in_with(got.access), "unauthenticated");
    CHECK_STR(by_refresh(got.refresh), "unauthenticated");
    CHECK_STR(by_password(), "unauthenticated");
    CHECK_STR(let_in_by(cookie.text), "unauthenticated");
    CHECK_STR(let_in_with(made.key), "unauthenticated");
    CHECK_STR(let_in_with(of_key), "unauthenticated");
    CHECK_STR(by_key(made.row.id, made.key), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann'", 0)), "ann admin");
    tear_down();
}

static const struct test tests[] = {
    {"by password", test_by_password},
    {"by a wrong password", test_wrong_password},
    {"by the operator", test_by_operator},
    {"by API key", test_by_key},
    {"by what is no key", test_wrong_key},
    {"a key that expires", test_key_expires},
    {"a key of another", test_key_of_another},
    {"rotation, and a second use", test_rotation},
    {"another family stays", test_other_family_stays},
    {"refresh tokens expire", test_refresh_expires},
    {"refresh tokens end", test_refresh_ends},
    {"many refresh at once", test_refresh_at_once},
    {"ending", test_end},
    {"ending everything", test_end_all},
    {"ending everything again and again", test_end_all_within_a_second},
    {"removed and back again", test_back_again},
};

int main(void)
{
    return check_main("tokens", tests, sizeof tests / sizeof *tests);
}
