#include "service/identity.h"

#include "check.h"
#include "service/groups.h"
#include "signing.h"

#define DAY (24 * HOUR)
#define OF_ISSUER "'iss':'" ISSUER "',"

static const char *roles(const char *id)
{
    struct user_row user = user_stored(id);
    return joined(user.roles, user.role_count);
}

static const char *groups(const char *id)
{
    struct session *s = NULL;
    const char *const *ids = NULL;
    size_t n = 0;
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(store_user_groups(s, arena, id, &ids, &n, &e), 0);
    store_read_end(&s);
    return joined(ids, n);
}

static struct identity_row identity(const char *issuer, const char *subject)
{
    struct session *s = NULL;
    struct identity_row row = {0};
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(store_identity_get(s, arena, issuer, subject, &row, &e), 1);
    store_read_end(&s);
    return row;
}

static const char *link_to(const char *issuer, const char *subject, const char *user)
{
    struct call c = call();
    struct err e = ERR_INIT;
    return outcome(identity_link(&sv, &c, issuer, subject, user, &e), &e);
}

/* ---- first sight ---- */

static void test_new(void)
{
    static const char *const settings[] = {"APPROVAL_DEFAULT_ROLES=viewer requester", NULL};
    signing_set_up(settings);
    CHECK_STR(let_in_with(token_of("'sub':'maria','name':'Maria','email':'m@x.example'", 0)),
              "maria viewer requester");
    struct user_row user = user_stored("maria");
    CHECK_STR(joined(user.roles, user.role_count), "requester viewer");
    CHECK_STR(user.name, "Maria");
    CHECK_STR(user.email, "m@x.example");
    CHECK_INT(user.created_at, NOW);
    let_in_with(token_of("'sub':'maria'", 0));
    CHECK_STR(audited("maria"), "user.created");
    CHECK(strstr(audit_text(), "user.created user maria maria ") != NULL);
    CHECK(strstr(audit_text(), "m@x.example") == NULL);
    tear_down();
}

static void test_no_default_roles(void)
{
    static const char *const settings[] = {"APPROVAL_DEFAULT_ROLES=none", NULL};
    signing_set_up(settings);
    CHECK_STR(let_in_with(token_of("'sub':'maria'", 0)), "maria");
    tear_down();
}

static void test_no_ids(void)
{
    signing_set_up(NULL);
    char *id = arena_alloc(arena, 202);
    memset(id, 'a', 201);
    CHECK_STR(let_in_with(token_of("'sub':'system'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'me'", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of("'sub':'  '", 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of(arena_printf(arena, "'sub':'%s'", id), 0)), "unauthenticated");
    CHECK_STR(let_in_with(token_of(arena_printf(arena, "'sub':'%s'", id + 1), 0)),
              arena_printf(arena, "%s requester", id + 1));
    tear_down();
}

static void test_removed(void)
{
    signing_set_up(NULL);
    let_in_with(token_of("'sub':'maria'", 0));
    CHECK_STR(remove_user("maria"), "ok");
    fake.fixed += HOUR;
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['admin']", 0)), "unauthenticated");
    CHECK(user_stored("maria").removed_at != 0);
    CHECK_STR(roles("maria"), "requester");
    tear_down();
}

/* ---- roles ---- */

static void test_roles(void)
{
    signing_set_up(NULL);
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['cook','approver','cook']", HOUR)),
              "maria approver");
    CHECK_STR(roles("maria"), "approver cook");
    CHECK_STR(let_in_with(token_of("'sub':'maria'", MINUTE)), "maria approver");
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':'admin viewer'", MINUTE)),
              "maria viewer admin");
    CHECK_STR(roles("maria"), "admin viewer");
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':[]", 0)), "maria");
    CHECK_STR(roles("maria"), "");
    CHECK_STR(audited("maria"), "user.created user.updated user.updated user.updated");
    tear_down();
}

static void test_later_only(void)
{
    signing_set_up(NULL);
    const char *old = token_of("'sub':'maria','roles':['admin']", HOUR);
    const char *new = token_of("'sub':'maria','roles':['viewer']", MINUTE);
    const char *same = token_of("'sub':'maria','roles':['auditor']", MINUTE);
    CHECK_STR(let_in_with(old), "maria admin");
    CHECK_STR(let_in_with(new), "maria viewer");
    CHECK_STR(let_in_with(old), "maria viewer");
    CHECK_STR(let_in_with(same), "maria viewer");
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['admin']", NOT_SAID)), "maria viewer");
    CHECK_INT(identity("", "maria").claims_at / SECOND, (NOW - MINUTE) / SECOND);
    tear_down();
}

/* A token does not undo what an administrator has changed after it was issued, seen or not. */
static void test_changed_here(void)
{
    signing_set_up(NULL);
    let_in_with(token_of("'sub':'maria','roles':['admin']", HOUR));
    const char *seen = token_of("'sub':'maria','roles':['admin']", 0);
    const char *unseen = token_of("'sub':'maria','roles':['admin'],'jti':'other'", 0);
    CHECK_STR(let_in_with(seen), "maria admin");
    fake.fixed += MINUTE;
    CHECK_STR(change_user("maria", "{'roles':['viewer']}"), "ok");
    fake.fixed += MINUTE;
    CHECK_STR(let_in_with(seen), "maria viewer");
    CHECK_STR(let_in_with(unseen), "maria viewer");
    fake.fixed += HOUR;
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['admin']", 0)), "maria admin");
    tear_down();
}

static int end_tokens(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct user_row row = user_stored(arg);
    row.tokens_from = now;
    return store_user_put(s, &row, e);
}

/* Nor does one from before everything was ended write anything. */
static void test_ended(void)
{
    char id[] = "maria";
    signing_set_up(NULL);
    let_in_with(token_of("'sub':'maria'", HOUR));
    write_with(end_tokens, id);
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['admin'],'groups':['x']", MINUTE)),
              "unauthenticated");
    CHECK_STR(roles("maria"), "requester");
    CHECK_STR(groups("maria"), "");
    tear_down();
}

/* What is no list of names says nothing, and is not taken by half. */
static void test_no_list(void)
{
    static const char *const claims[] = {"7",
                                         "{'a':1}",
                                         "['admin',7]",
                                         "['admin','']",
                                         "['admin',null]",
                                         "['admin','a\\u0000b']",
                                         "'admin a\\u0000b'",
                                         "null",
                                         "true",
                                         "['admin',['viewer']]",
                                         "'admin \\u0007'"};
    signing_set_up(NULL);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        const char *members = arena_printf(arena, "'sub':'maria','roles':%s", claims[i]);
        CHECK_STR(let_in_with(token_of(members, 0)), "maria requester");
    }
    tear_down();
}

static const char *many(size_t n, const char *before, const char *after)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%sr%zu%s", i ? (*before ? "," : " ") : "", before, i, after);
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static void test_too_many(void)
{
    signing_set_up(NULL);
    let_in_with(token_of("'sub':'maria'", HOUR));
    CHECK_STR(let_in_with(token_of(
                  arena_printf(arena, "'sub':'maria','roles':[%s]", many(101, "'", "'")), 0)),
              "maria requester");
    CHECK_STR(let_in_with(token_of(
                  arena_printf(arena, "'sub':'maria','roles':'%s'", many(101, "", "")), 0)),
              "maria requester");
    CHECK_STR(let_in_with(token_of(
                  arena_printf(arena, "'sub':'maria','roles':'%s'", many(100, "", "")), 0)),
              "maria");
    CHECK_INT(user_stored("maria").role_count, 100);
    tear_down();
}

static void test_other_claims(void)
{
    static const char *const settings[] = {"APPROVAL_ROLES_CLAIM=our_roles",
                                           "APPROVAL_GROUPS_CLAIM=our_groups", NULL};
    signing_set_up(settings);
    CHECK_STR(let_in_with(token_of("'sub':'maria','roles':['admin'],'our_roles':['viewer'],"
                                   "'groups':['x'],'our_groups':['y']",
                                   0)),
              "maria viewer");
    CHECK_STR(groups("maria"), "y");
    tear_down();
}

/* ---- groups ---- */

static void test_groups(void)
{
    signing_set_up(NULL);
    CHECK_STR(add_group("staff", "ann bob"), "ok");
    CHECK_STR(add_group("old", "ann maria"), "ok");
    let_in_with(token_of("'sub':'maria','groups':['staff','fresh']", HOUR));
    CHECK_STR(groups("maria"), "fresh staff");
    CHECK_STR(groups("ann"), "old staff");
    CHECK_STR(audited("staff"), "group.created group.updated");
    CHECK_STR(audited("old"), "group.created group.updated");
    CHECK_STR(audited("fresh"), "group.created");
    CHECK(strstr(audit_text(), "group.created group fresh maria ") != NULL);
    let_in_with(token_of("'sub':'maria'", MINUTE));
    CHECK_STR(groups("maria"), "fresh staff");
    let_in_with(token_of("'sub':'maria','groups':''", 0));
    CHECK_STR(groups("maria"), "");
    CHECK_STR(groups("bob"), "staff");
    tear_down();
}

/* Who was taken out of a group, or put into it, after the token was issued stays so. */
static void test_groups_changed_here(void)
{
    signing_set_up(NULL);
    CHECK_STR(add_group("out", "maria"), "ok");
    CHECK_STR(add_group("in", "bob"), "ok");
    const char *token = token_of("'sub':'maria','groups':['out']", 0);
    fake.fixed += SECOND;
    CHECK_STR(change_group("out", "bob"), "ok");
    CHECK_STR(change_group("in", "bob maria"), "ok");
    fake.fixed += SECOND;
    let_in_with(token);
    CHECK_STR(groups("maria"), "in");
    fake.fixed += MINUTE;
    let_in_with(token_of("'sub':'maria','groups':['out']", 0));
    CHECK_STR(groups("maria"), "out");
    tear_down();
}

static void test_no_list_of_groups(void)
{
    static const char *const claims[] = {"7",         "{'a':1}",       "['x',7]", "['x','']",
                                         "['a\\nb']", "'x a\\u0000b'", "null",    "[['x']]"};
    signing_set_up(NULL);
    CHECK_STR(add_group("staff", "maria"), "ok");
    fake.fixed += MINUTE;
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        const char *members = arena_printf(arena, "'sub':'maria','groups':%s", claims[i]);
        CHECK_STR(let_in_with(token_of(members, 0)), "maria requester");
        CHECK_STR(groups("maria"), "staff");
    }
    CHECK_STR(audited("x"), "");
    tear_down();
}

/* Groups that are full stay as they are; who signs in has the others. */
static void test_full_group(void)
{
    signing_set_up(NULL);
    struct str s = STR_INIT;
    for (int i = 0; i < GROUP_MEMBERS_MAX; i++)
        str_addf(&s, "%su%d", i ? " " : "", i);
    CHECK_STR(add_group("full", s.buf), "ok");
    str_release(&s);
    fake.fixed += MINUTE;
    CHECK_STR(let_in_with(token_of("'sub':'maria','groups':['full','staff']", 0)),
              "maria requester");
    CHECK_STR(groups("maria"), "staff");
    let_in_with(token_of("'sub':'u7','groups':['full']", 0));
    CHECK_STR(groups("u7"), "full");
    let_in_with(token_of("'sub':'u7','groups':[],'jti':'later'", -SECOND));
    CHECK_STR(groups("u7"), "");
    let_in_with(token_of("'sub':'maria','groups':['full','staff']", -2 * SECOND));
    CHECK_STR(groups("maria"), "full staff");
    tear_down();
}

/* Who is on a slate for his group, and has left it, is taken off. */
static void test_slate(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'requester'");
    signing_user("mary", "'approver'");
    signing_user("bob", "'approver'");
    CHECK_STR(link_to(ISSUER, "4711", "mary"), "ok");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'4711','groups':['leads']", HOUR, NULL)),
              "mary approver");
    CHECK_STR(add_group("leads", "mary bob"), "conflict");
    CHECK_STR(change_group("leads", "mary bob"), "ok");
    CHECK_INT(publish("{'id':'w','name':'W','version':'1','stages':[{'id':'lead','name':'L',"
                      "'approvers':['group:leads']}]}"),
              1);
    const char *id = submit("w", "ann", "{}");
    CHECK_STR(slate(id), "bob open, mary waiting");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'4711','groups':[]", 0, NULL)),
              "mary approver");
    CHECK_STR(slate(id), "bob open, mary closed");
    CHECK(strstr(audit_text(), "approval.slate_checked approval ") != NULL);
    CHECK(strstr(audit_text(), " 4711 {") == NULL); /* she is mary here */
    tear_down();
}

/* ---- issuers ---- */

static void test_issuer(void)
{
    signing_set_up_issuer(NULL);
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'maria'", HOUR, NULL)),
              "maria requester");
    CHECK_STR(identity(ISSUER, "maria").user_id, "maria");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'maria','roles':['viewer']", 0, NULL)),
              "maria viewer");
    CHECK_STR(let_in_with(token_of_issuer("'iss':'https://b.example','sub':'maria'", 0, NULL)),
              "forbidden");
    CHECK_STR(let_in_with(token_of("'sub':'maria'", 0)), "maria viewer"); /* that is she */
    tear_down();
}

static void test_collision(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'admin'");
    signing_user("bob", "'admin'");
    CHECK_STR(remove_user("bob"), "ok");
    fake.fixed += MINUTE;
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'ann','roles':['viewer']", 0, NULL)),
              "forbidden");
    CHECK_STR(roles("ann"), "admin");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'bob'", 0, NULL)), "forbidden");
    CHECK_STR(link_to(ISSUER, "ann", "ann"), "ok");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'ann'", 0, NULL)), "ann admin");
    tear_down();
}

static void test_link(void)
{
    signing_set_up_issuer(NULL);
    signing_user("ann", "'viewer'");
    CHECK_STR(link_to(ISSUER, "4711", "nobody"), "not-found");
    CHECK_STR(link_to("", "4711", "ann"), "invalid");
    CHECK_STR(link_to(ISSUER, "", "ann"), "invalid");
    CHECK_STR(link_to(ISSUER, "4711", "ann"), "ok");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'4711'", 0, NULL)), "ann viewer");
    CHECK_STR(audited("ann"), "user.created user.linked");
    CHECK_STR(remove_user("ann"), "ok");
    CHECK_STR(let_in_with(token_of_issuer(OF_ISSUER "'sub':'4711'", 0, NULL)), "unauthenticated");
    CHECK_STR(link_to(ISSUER, "4712", "ann"), "not-found");
    tear_down();
}

static const struct test tests[] = {
    {"somebody new", test_new},
    {"no default roles", test_no_default_roles},
    {"subjects that are no ids", test_no_ids},
    {"who was removed", test_removed},
    {"roles", test_roles},
    {"of a later token only", test_later_only},
    {"what an administrator has changed", test_changed_here},
    {"a token from before the end", test_ended},
    {"what is no list of names", test_no_list},
    {"too many", test_too_many},
    {"claims of other names", test_other_claims},
    {"groups", test_groups},
    {"groups that an administrator has changed", test_groups_changed_here},
    {"what is no list of groups", test_no_list_of_groups},
    {"a group that is full", test_full_group},
    {"a slate", test_slate},
    {"an issuer's users", test_issuer},
    {"a name that is taken", test_collision},
    {"linking", test_link},
};

int main(void)
{
    return check_main("identity", tests, sizeof tests / sizeof *tests);
}
