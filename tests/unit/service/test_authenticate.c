#include "service/authenticate.h"

#include "check.h"
#include "office.h"
#include "service/api_keys.h"
#include "service/issuer_keys.h"
#include "service/sessions.h"
#include "signing.h"

static struct api_key_made made;

static void set_up_ann(const char *const *settings)
{
    signing_set_up(settings);
    signing_user("ann", "'approver','requester'");
}

static const char *with_header(const char *authorization)
{
    struct credentials c = {.authorization = authorization};
    return let_in(&c);
}

static void test_off(void)
{
    struct credentials c = {.authorization = "Bearer nonsense", .changes = true};
    set_up(); /* its settings have authentication off */
    CHECK_STR(let_in(&c), "anonymous");
    CHECK(caller.trusted);
    tear_down();
}

static void test_nothing(void)
{
    static const char *const headers[] = {"",
                                          "Bearer",
                                          "Bearer ",
                                          "Basic YW5uOmFubg==",
                                          "Bearer a.b.c",
                                          "Bearer ann",
                                          "ann",
                                          "Bearer apk_",
                                          "Bearer apr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct credentials nothing = {0};
    set_up_ann(NULL);
    CHECK_STR(let_in(&nothing), "unauthenticated");
    CHECK(!nothing.authorization);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        CHECK_STR(with_header(headers[i]), "unauthenticated");
    tear_down();
}

/* What was refused is nobody, and not the one who is trusted. */
static void test_refused_is_nobody(void)
{
    struct principal who = principal_anonymous;
    struct credentials c = {.authorization = "Bearer nonsense"};
    struct err e = ERR_INIT;
    set_up_ann(NULL);
    CHECK_INT(authenticate(&sv, arena, &c, &who, &e), -1);
    CHECK(!who.subject && !who.roles && !who.trusted);
    CHECK(strstr(e.message, "nonsense") == NULL);
    tear_down();
}

/* ---- tokens of ours ---- */

static void test_token(void)
{
    set_up_ann(NULL);
    const char *token = token_of("'sub':'ann'", 0);
    CHECK_STR(let_in_with(token), "ann requester approver");
    CHECK(!caller.session && !caller.key && !caller.trusted);
    CHECK_STR(with_header(arena_printf(arena, "bearer   %s", token)), "ann requester approver");
    CHECK_STR(with_header(arena_printf(arena, "Basic %s", token)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann','iss':'anybody'", 0)), "ann requester approver");
    CHECK_STR(change_user("ann", "{'roles':['viewer','cook']}"), "ok");
    CHECK_STR(let_in_with(token), "ann viewer");
    CHECK_STR(remove_user("ann"), "ok");
    CHECK_STR(let_in_with(token), "unauthenticated");
    tear_down();
}

static void test_token_rules(void)
{
    static const char *const settings[] = {"APPROVAL_JWT_ISSUER=us", "APPROVAL_JWT_AUDIENCE=here",
                                           NULL};
    set_up_ann(settings);
    CHECK_STR(let_in_with(token_of("'sub':'ann','iss':'us','aud':'here'", 0)),
              "ann requester approver");
    CHECK_STR(let_in_with(token_of("'sub':'ann','iss':'them','aud':'here'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann','aud':'here'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann','iss':'us','aud':'there'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann','iss':'us'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'iss':'us','aud':'here'", 0)), "unauthenticated");
    tear_down();
}

static void test_token_expires(void)
{
    set_up_ann(NULL);
    const char *token = token_of("'sub':'ann'", 0);
    fake.fixed += HOUR + MINUTE - SECOND;
    CHECK_STR(let_in_with(token), "ann requester approver");
    fake.fixed += 2 * SECOND;
    CHECK_STR(let_in_with(token), "unauthenticated");
    tear_down();
}

static void test_other_secret(void)
{
    struct token_key own;
    set_up_ann(NULL);
    own = sv.token_key;
    sv.token_key.bytes = "some other secret, which is not ours";
    sv.token_key.len = strlen(sv.token_key.bytes);
    const char *token = token_of("'sub':'ann'", 0);
    sv.token_key = own;
    CHECK_STR(let_in_with(token), "unauthenticated");
    tear_down();
}

static int end_tokens(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct user_row row = user_stored(arg);
    row.tokens_from = now;
    return store_user_put(s, &row, e);
}

static void test_tokens_from(void)
{
    char id[] = "ann";
    set_up_ann(NULL);
    CHECK_STR(let_in_with(token_of("'sub':'ann'", NOT_SAID)), "ann requester approver");
    fake.fixed = (NOW / SECOND + 1) * SECOND;
    write_with(end_tokens, id);
    CHECK_STR(let_in_with(token_of("'sub':'ann'", SECOND)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'ann'", 0)), "ann requester approver");
    CHECK_STR(let_in_with(token_of("'sub':'ann'", NOT_SAID)), "unauthenticated");
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

static struct api_key_row key_stored(void)
{
    struct api_key_row row = {0};
    struct err e = ERR_INIT;
    CHECK_INT(api_key_read_one(&sv, arena, made.row.id, &row, &e), 0);
    return row;
}

static void test_key(void)
{
    set_up_ann(NULL);
    make_key(",'roles':['requester'],'act_as':['ann']");
    CHECK_STR(let_in_with(made.key), "ann requester");
    CHECK_FATAL(caller.key != NULL);
    CHECK_STR(caller.key->id, made.row.id);
    CHECK(!principal_reaches(&caller, "any") == (caller.key->workflow_count > 0));
    CHECK_STR(change_user("ann", "{'roles':['admin','approver']}"), "ok");
    CHECK_STR(let_in_with(made.key), "ann"); /* the key does not carry what he has now */
    CHECK_STR(remove_user("ann"), "ok");
    CHECK_STR(let_in_with(made.key), "unauthenticated");
    tear_down();
}

static void test_wrong_key(void)
{
    set_up_ann(NULL);
    make_key("");
    char *other = arena_strdup(arena, made.key);
    char *end = other + strlen(other) - 2;
    *end = *end == 'A' ? 'B' : 'A';
    CHECK_STR(let_in_with(other), "unauthenticated");
    CHECK_INT(key_stored().used_at, 0);
    other = arena_strdup(arena, made.key);
    other[4] = other[4] == 'a' ? 'b' : 'a'; /* of the id */
    CHECK_STR(let_in_with(other), "unauthenticated");
    CHECK_STR(let_in_with(arena_printf(arena, "%s ", made.key)), "unauthenticated");
    tear_down();
}

static void test_key_ends(void)
{
    struct call c;
    struct answer out;
    struct err e = ERR_INIT;
    set_up_ann(NULL);
    make_key(",'expires_at':'2026-01-02T03:10:00Z'");
    CHECK_STR(let_in_with(made.key), "ann requester approver");
    fake.fixed = INT64_C(1767323400) * SECOND;
    CHECK_STR(let_in_with(made.key), "unauthenticated");
    make_key("");
    c = call();
    CHECK_STR(outcome(api_key_revoke(&sv, &c, made.row.id, &out, &e), &e), "ok");
    CHECK_STR(let_in_with(made.key), "unauthenticated");
    tear_down();
}

static void test_key_use_is_noted(void)
{
    set_up_ann(NULL);
    make_key("");
    let_in_with(made.key);
    CHECK_INT(key_stored().used_at, NOW);
    fake.fixed += MINUTE - 1;
    let_in_with(made.key);
    CHECK_INT(key_stored().used_at, NOW);
    fake.fixed += 1;
    const char *members = arena_printf(arena, "'sub':'ann','key':'%s'", made.row.id);
    CHECK_STR(let_in_with(token_of(members, 0)), "ann requester approver");
    CHECK_INT(key_stored().used_at, NOW + MINUTE);
    tear_down();
}

/* ---- which of them counts ---- */

static void test_header_alone(void)
{
    struct bearer cookie;
    struct err e = ERR_INIT;
    static const char *const settings[] = {"APPROVAL_TRUSTED_USER_HEADER=X-User",
                                           "APPROVAL_TRUSTED_PROXIES=127.0.0.1", NULL};
    set_up_ann(settings);
    signing_user("bob", "'viewer'");
    signing_user("cid", "'auditor'");
    struct call call_now = call_from("192.0.2.7");
    CHECK_STR(outcome(session_start(&sv, &call_now, "bob", &cookie, &e), &e), "ok");
    struct credentials c = {
        .authorization = arena_printf(arena, "Bearer %s", token_of("'sub':'ann'", 0)),
        .cookie = arena_printf(arena, "approvals=%s", cookie.text),
        .remote_user = "cid",
        .origin = "https://evil.example",
        .changes = true,
    };
    CHECK_STR(let_in(&c), "ann requester approver"); /* no browser sends that by itself */
    c.authorization = "Bearer nonsense";
    CHECK_STR(let_in(&c), "unauthenticated");
    c.authorization = NULL;
    CHECK_STR(let_in(&c), "forbidden");
    c.changes = false;
    CHECK_STR(let_in(&c), "bob viewer");
    c.cookie = "other=1";
    CHECK_STR(let_in(&c), "cid auditor");
    tear_down();
}

/* ---- the proxy ---- */

static void test_proxy(void)
{
    static const char *const settings[] = {"APPROVAL_TRUSTED_USER_HEADER=X-User",
                                           "APPROVAL_TRUSTED_PROXIES=127.0.0.1",
                                           "APPROVAL_DEFAULT_ROLES=requester viewer", NULL};
    set_up_ann(settings);
    struct credentials c = {.remote_user = "ann", .host = "127.0.0.1:8003"};
    CHECK_STR(let_in(&c), "ann requester approver");
    CHECK(!caller.session && !caller.trusted);
    c.remote_user = "dan";
    CHECK_STR(let_in(&c), "dan viewer requester");
    CHECK_STR(audited("dan"), "user.created");
    c.changes = true;
    CHECK_STR(let_in(&c), "forbidden");
    c.origin = "https://evil.example";
    CHECK_STR(let_in(&c), "forbidden");
    c.origin = ORIGIN;
    CHECK_STR(let_in(&c), "dan viewer requester");
    c.remote_user = "system";
    CHECK_STR(let_in(&c), "unauthenticated");
    c.remote_user = "";
    CHECK_STR(let_in(&c), "unauthenticated");
    CHECK_STR(remove_user("dan"), "ok");
    c.remote_user = "dan";
    CHECK_STR(let_in(&c), "unauthenticated");
    tear_down();
}

static void test_no_proxy(void)
{
    struct credentials c = {.remote_user = "ann"};
    set_up_ann(NULL);
    CHECK_STR(let_in(&c), "unauthenticated");
    tear_down();
}

/* ---- tokens of others ---- */

static void test_issuer(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'admin'");
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'maria'", 0, NULL)),
              "maria requester");
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'ann'", 0, NULL)), "forbidden");
    CHECK(strstr(refusal.message, "link") != NULL);
    tear_down();
}

/* Without an issuer a subject would be taken for a user of ours. */
static void test_no_issuer(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'admin'");
    make_key("");
    CHECK_STR(let_in_with(token_of_issuer("'sub':'ann'", 0, NULL)), "unauthenticated");
    CHECK_STR(let_in_with(token_of_issuer("'iss':'','sub':'ann'", 0, NULL)), "unauthenticated");
    const char *members = arena_printf(arena, "'sub':'ann','key':'%s'", made.row.id);
    CHECK_STR(let_in_with(token_of_issuer(members, 0, NULL)), "unauthenticated");
    tear_down();
}

/* The claim that names a key is ours alone. */
static void test_issuer_names_key(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'admin'");
    make_key("");
    const char *members =
        arena_printf(arena, "'iss':'" ISSUER "','sub':'maria','key':'%s'", made.row.id);
    CHECK_STR(let_in_with(token_of_issuer(members, 0, NULL)), "maria requester");
    CHECK(!caller.key);
    tear_down();
}

static void test_issuer_unknown(void)
{
    static const char *const settings[] = {"APPROVAL_OIDC_ISSUER=" ISSUER, NULL};
    signing_set_up_issuer(settings);
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'maria'", 0, NULL)),
              "maria requester");
    CHECK_STR(let_in_with(token_of_issuer("'iss':'https://x.example','sub':'maria'", 0, NULL)),
              "unauthenticated");
    tear_down();
    signing_set_up(NULL);
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'maria'", 0, NULL)),
              "unauthenticated");
    tear_down();
}

static void test_issuer_audience(void)
{
    static const char *const settings[] = {"APPROVAL_JWT_AUDIENCE=here", NULL};
    signing_set_up_issuer(settings);
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'maria'", 0, NULL)),
              "unauthenticated");
    CHECK_STR(let_in_with(
                  token_of_issuer("'iss':'" ISSUER "','sub':'maria','aud':['x','here']", 0, NULL)),
              "maria requester");
    tear_down();
}

#define KEY_SET                                                                   \
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"a\",\"use\":\"sig\"," \
    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","                      \
    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}"

static int due(void)
{
    struct err e = ERR_INIT;
    return issuer_keys_due(&sv, ISSUER, &e);
}

static void test_unknown_kid(void)
{
    static const char *const settings[] = {"APPROVAL_OIDC_ISSUER=" ISSUER, NULL};
    struct err e = ERR_INIT;
    signing_set_up_issuer(settings);
    CHECK_INT(issuer_keys_put(&sv, arena, ISSUER, KEY_SET, &e), 0);
    CHECK_STR(e.message, "");
    fake.fixed += 2 * MINUTE;
    CHECK_INT(due(), 0);
    CHECK_STR(let_in_with(token_of_issuer("'iss':'https://x.example','sub':'maria'", 0, "new")),
              "unauthenticated");
    CHECK_INT(due(), 0);
    CHECK_STR(let_in_with(token_of_issuer("'iss':'" ISSUER "','sub':'maria'", 0, "new")),
              "unauthenticated");
    CHECK_INT(due(), 1);
    tear_down();
}

static const struct test tests[] = {
    {"authentication off", test_off},
    {"nothing that we know", test_nothing},
    {"who is refused is nobody", test_refused_is_nobody},
    {"a token", test_token},
    {"issuer and audience", test_token_rules},
    {"a token expires", test_token_expires},
    {"another secret", test_other_secret},
    {"tokens from before", test_tokens_from},
    {"an API key", test_key},
    {"what is no key", test_wrong_key},
    {"a key that has ended", test_key_ends},
    {"a key's use is noted once a minute", test_key_use_is_noted},
    {"the header counts alone", test_header_alone},
    {"the proxy", test_proxy},
    {"no proxy", test_no_proxy},
    {"an issuer's token", test_issuer},
    {"a token of others without issuer", test_no_issuer},
    {"an issuer that names a key of ours", test_issuer_names_key},
    {"an issuer that is not known", test_issuer_unknown},
    {"the audience of an issuer's token", test_issuer_audience},
    {"a key that is not known yet", test_unknown_kid},
};

int main(void)
{
    return check_main("authenticate", tests, sizeof tests / sizeof *tests);
}
