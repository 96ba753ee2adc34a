/*
 * Who may know of what: one approval and the list of them agree, but for the
 * owners of a workflow, who find what they were told of.
 */
#include "service/visibility.h"

#include "check.h"
#include "flow.h"
#include "service/approval_read.h"
#include "service/approval_submit.h"
#include "service/users.h"

#define STAGES "'stages':[{'id':'lead','approvers':['ann']},{'id':'pay','approvers':['bob']}]"
#define OPEN_STAGE "'stages':[{'id':'any'}]"

/* ---- who ---- */

/* With the roles that are stored; anybody else has none. */
static struct principal as(const char *id)
{
    struct user_row row = {0};
    struct err e = ERR_INIT;
    user_read_one(&sv, arena, &principal_anonymous, id, &row, &e);
    return (struct principal){.subject = id, .roles = roles_of(row.roles, row.role_count)};
}

static void add(const char *id, const char *roles)
{
    CHECK_STR(add_user(arena_printf(arena, "{'id':'%s','roles':[%s]}", id, roles)), "ok");
}

static void set_up_people(void)
{
    set_up();
    add("ann", "'approver'");
    add("apr", "'approver'");
    add("adm", "'admin'");
    add("aud", "'auditor'");
    add("vie", "'viewer'");
    add("cfo", "'cfo','viewer'");
    add("eve", "'requester','service'");
    add_group("finance", "fin vie2");
    add("fin", "");
    add("vie2", "'viewer'");
}

/* ---- what they see ---- */

static struct session *reading(void)
{
    struct session *s = NULL;
    struct err e = ERR_INIT;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    return s;
}

/* user NULL: for himself. */
static bool finds(const struct principal *who, const char *user, const char *id)
{
    struct approval a;
    struct err e = ERR_INIT;
    struct session *s = reading();
    int found = store_approval_get(s, arena, id, &a, &e);
    int rc = found == 1 ? visibility_approval(&sv, s, arena, who, user, &a, &e) : -1;
    store_read_end(&s);
    CHECK_INT(found, 1);
    if (rc < 0) {
        CHECK_INT(e.kind, ERR_NOT_FOUND);
        CHECK_STR(e.message, "Approval not found");
    }
    return rc == 0;
}

static bool lists(const struct principal *who, const char *id)
{
    struct approval_list list = {0};
    struct approval_filter f = {.status = -1, .limit = APPROVAL_LIST_MAX};
    struct err e = ERR_INIT;
    CHECK_INT(approval_read_list(&sv, arena, who, &f, &list, &e), 0);
    for (size_t i = 0; i < list.count; i++)
        if (!strcmp(list.rows[i].id, id))
            return true;
    return false;
}

/* Those of the people (separated by blanks) who see it; that the list says the same is checked. */
static const char *seen_by(const char *people, const char *id)
{
    const char *seen = "";
    for (const char *at = people; *at;) {
        size_t n = strcspn(at, " ");
        struct principal who = as(arena_strndup(arena, at, n));
        bool sees = finds(&who, NULL, id);
        if (lists(&who, id) != sees)
            seen = arena_printf(arena, "%s(the list says otherwise of %s)", seen, who.subject);
        if (sees)
            seen = arena_printf(arena, "%s%s%s", seen, *seen ? " " : "", who.subject);
        at += n + (at[n] == ' ');
    }
    return seen;
}

static const char *submit_through(const char *workflow, const char *requester, const char *through)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    struct approval_submit in = {
        .workflow_id = workflow,
        .target_entity = "the thing",
        .requester_id = requester,
        .through = through,
        .payload = parse("{}"),
        .payload_text = "{}",
    };
    CHECK_STR(outcome(approval_submit(&sv, &c, &in, &out, &e), &e), "ok");
    return c.log->approval_id;
}

#define EVERYBODY "req sub own ann bob del apr adm aud vie eve"

static void test_whom_it_concerns(void)
{
    set_up_people();
    add_user("{'id':'req','owner':'own'}");
    publish("{'id':'wf'," STAGES "}");
    const char *id = submit_through("wf", "req", "sub");
    CHECK_STR(stored(id)->submitted_by, "sub");
    CHECK_STR(stored(id)->owner_id, "own");
    CHECK_STR(seen_by(EVERYBODY, id), "req sub own ann adm aud vie");
    CHECK_STR(act(id, &(struct action){.kind = ACTION_DELEGATE, .actor = "ann", .assignee = "del"}),
              "ok");
    CHECK_STR(seen_by(EVERYBODY, id), "req sub own ann del adm aud vie");
    CHECK_STR(act_as(id, ACTION_APPROVE, "del"), "ok");
    CHECK_STR(standing(id), "pending in pay");
    CHECK_STR(seen_by(EVERYBODY, id), "req sub own ann bob del adm aud vie");
    CHECK_STR(act_as(id, ACTION_REJECT, "bob"), "ok");
    CHECK_STR(standing(id), "rejected");
    CHECK_STR(seen_by(EVERYBODY, id), "req sub own ann bob del adm aud vie");
    tear_down();
}

static void test_open_slates(void)
{
    set_up_people();
    publish("{'id':'wf'," OPEN_STAGE "}");
    const char *id = submit("wf", "req", "{}");
    CHECK_STR(stored(id)->slate_role, "approver");
    CHECK_STR(seen_by(EVERYBODY, id), "req ann apr adm aud vie");
    CHECK_STR(act_as(id, ACTION_REQUEST_CHANGES, "apr"), "ok");
    CHECK_STR(standing(id), "returned");
    CHECK_STR(seen_by(EVERYBODY, id), "req adm aud vie");
    CHECK_STR(act(id, &(struct action){.kind = ACTION_RESUBMIT, .actor = "req"}), "ok");
    CHECK_STR(seen_by(EVERYBODY, id), "req ann apr adm aud vie");
    CHECK_STR(act_as(id, ACTION_APPROVE, "apr"), "ok");
    CHECK_STR(seen_by(EVERYBODY, id), "req apr adm aud vie");
    tear_down();
}

/* Where nobody is left it is for administrators, who limited workflows are not limited to, either.
 */
static void test_slates_of_administrators(void)
{
    set_up_people();
    publish("{'id':'wf','visible_to':'cfo','stages':[{'id':'lead','approvers':['ann']}]}");
    const char *id = submit("wf", "req", "{}");
    CHECK_STR(act_as(id, ACTION_ESCALATE, "req"), "ok");
    CHECK_STR(stored(id)->slate_role, "admin");
    CHECK_STR(seen_by(EVERYBODY, id), "req ann adm aud");
    struct principal narrow = as("adm");
    narrow.roles = roles_of((const char *const[]){"viewer"}, 1);
    CHECK(!finds(&narrow, NULL, id));
    CHECK(!lists(&narrow, id));
    tear_down();
}

/* ---- limited workflows ---- */

static int knows_of(const struct principal *who, const char *workflow)
{
    struct workflow_row w;
    struct err e = ERR_INIT;
    struct session *s = reading();
    CHECK_INT(store_workflow_get(s, arena, workflow, &w, &e), 1);
    int may = visibility_workflow(s, arena, who, &w, &e);
    store_read_end(&s);
    return may;
}

static void test_limited_workflows(void)
{
    static const struct {
        const char *limit, *know, *see;
    } rows[] = {
        {"[]", "adm aud vie cfo fin vie2 ann eve req", "adm aud vie cfo vie2 ann req"},
        {"'eve'", "adm aud eve", "adm aud ann req"},
        {"'role:cfo'", "adm aud cfo", "adm aud cfo ann req"},
        {"'group:finance'", "adm aud fin vie2", "adm aud vie2 ann req"},
        {"['role:cfo','user:fin']", "adm aud cfo fin", "adm aud cfo ann req"},
        /* That somebody's name begins like another's says nothing. */
        {"['user:an','user:annabel','role:c','group:fin','role:cfos']", "adm aud",
         "adm aud ann req"},
    };
    static const char people[] = "adm aud vie cfo fin vie2 ann eve req";
    set_up_people();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *workflow = arena_printf(arena, "wf%zu", i);
        CHECK(publish(arena_printf(arena, "{'id':'%s','visible_to':%s," STAGES "}", workflow,
                                   rows[i].limit)) == 1);
        const char *id = submit(workflow, "req", "{}");
        const char *know = "";
        for (const char *at = people; *at;) {
            size_t n = strcspn(at, " ");
            struct principal who = as(arena_strndup(arena, at, n));
            if (knows_of(&who, workflow))
                know = arena_printf(arena, "%s%s%s", know, *know ? " " : "", who.subject);
            at += n + (at[n] == ' ');
        }
        CHECK_STR(know, rows[i].know);
        CHECK_STR(seen_by(people, id), rows[i].see);
    }
    tear_down();
}

/* Who leaves a group or loses a role is one of the others at once; so is a new limit in force. */
static void test_limits_are_those_of_now(void)
{
    set_up_people();
    publish("{'id':'wf','visible_to':['group:finance','role:cfo']," STAGES "}");
    const char *id = submit("wf", "req", "{}");
    CHECK_STR(seen_by("vie vie2 cfo", id), "vie2 cfo");
    CHECK_STR(change_group("finance", "vie"), "ok");
    CHECK_STR(change_user("cfo", "{'roles':['viewer']}"), "ok");
    CHECK_STR(seen_by("vie vie2 cfo", id), "vie");
    CHECK_INT(publish("{'id':'wf'," STAGES "}"), 2);
    CHECK_STR(seen_by("vie vie2 cfo", id), "vie vie2 cfo");
    CHECK_INT(publish("{'id':'wf','visible_to':'nobody'," STAGES "}"), 3);
    CHECK_STR(seen_by("vie vie2 cfo req ann", id), "req ann");
    tear_down();
}

/* ---- owners of workflows ---- */

/* As the version says that the approval runs by. */
static void test_owners(void)
{
    set_up_people();
    publish("{'id':'wf','owners':['olga','group:finance','role:cfo','manager:requester',"
            "'payload:/boss']," STAGES "}");
    add_user("{'id':'req','manager':'mia'}");
    change_user("cfo", "{'roles':['cfo']}");
    const char *id = submit("wf", "req", "{'boss':'bea'}");
    static const char *const people[] = {"olga", "fin", "cfo", "mia", "bea", "olg", "eve"};
    static const bool sees[] = {true, true, true, false, false, false, false};
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct principal who = as(people[i]);
        CHECK_INT(finds(&who, NULL, id), sees[i]);
        CHECK(!lists(&who, id));
    }
    publish("{'id':'wf'," STAGES "}");
    struct principal olga = as("olga");
    CHECK(finds(&olga, NULL, id));
    const char *later = submit("wf", "req", "{}");
    CHECK(!finds(&olga, NULL, later));
    tear_down();
}

/* ---- keys, and acting for others ---- */

static void test_keys_reach_workflows(void)
{
    static const char *const only[] = {"deploy", "refund"};
    static const char *const people[] = {"adm", "aud", "req", "ann"};
    struct api_key_row key = {.workflows = only, .workflow_count = 2};
    set_up_people();
    publish("{'id':'deploy'," STAGES "}");
    publish("{'id':'other','owners':'req'," STAGES "}");
    const char *in = submit("deploy", "req", "{}");
    const char *out = submit("other", "req", "{}");
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct principal who = as(people[i]);
        CHECK(finds(&who, NULL, out) && lists(&who, out) && knows_of(&who, "other"));
        who.key = &key;
        CHECK(finds(&who, NULL, in) && lists(&who, in) && knows_of(&who, "deploy"));
        CHECK(!finds(&who, NULL, out) && !lists(&who, out) && !knows_of(&who, "other"));
        CHECK(!finds(&who, "ann", out));
    }
    tear_down();
}

/* A key that does not carry a role is not admitted by it. */
static void test_keys_carry_roles(void)
{
    static const char *const viewer[] = {"viewer"}, *const both[] = {"cfo", "viewer"};
    struct api_key_row narrow = {.user_id = "cfo", .roles = viewer, .role_count = 1};
    struct api_key_row wide = {.user_id = "cfo", .roles = both, .role_count = 2};
    set_up_people();
    publish("{'id':'wf','visible_to':'role:cfo','owners':'role:cfo'," STAGES "}");
    const char *id = submit("wf", "req", "{}");
    struct principal cfo = as("cfo");
    cfo.key = &wide;
    CHECK(knows_of(&cfo, "wf") && finds(&cfo, NULL, id) && lists(&cfo, id));
    cfo.key = &narrow;
    CHECK(!knows_of(&cfo, "wf") && !finds(&cfo, NULL, id) && !lists(&cfo, id));
    /* A role that was taken away is not in the key, either. */
    change_user("cfo", "{'roles':['viewer']}");
    cfo.key = &wide;
    CHECK(!knows_of(&cfo, "wf") && !finds(&cfo, NULL, id) && !lists(&cfo, id));
    tear_down();
}

/* Who acts for another sees what that one sees, no more and no less. */
static void test_acting_for_another(void)
{
    static const char *const viewer[] = {"viewer"};
    struct api_key_row key = {.user_id = "adm", .roles = viewer, .role_count = 1};
    set_up_people();
    publish("{'id':'wf','visible_to':['role:cfo','group:finance']," OPEN_STAGE "}");
    const char *id = submit("wf", "req", "{}");
    struct principal eve = as("eve"), adm = as("adm");
    CHECK(!finds(&eve, NULL, id) && !finds(&eve, "eve", id));
    CHECK(finds(&eve, "req", id));
    CHECK(finds(&eve, "apr", id));
    CHECK(finds(&eve, "adm", id));
    CHECK(!finds(&adm, "eve", id));
    CHECK(!finds(&adm, "nobody", id));
    CHECK(finds(&adm, "adm", id));
    /* What limits the caller's roles does not limit the other's. */
    eve.key = adm.key = &key;
    CHECK(finds(&eve, "cfo", id));
    CHECK(finds(&adm, "vie2", id));
    tear_down();
}

static void test_acting_for_one_who_was_removed(void)
{
    set_up_people();
    publish("{'id':'wf','visible_to':['role:cfo','group:finance'],'owners':'group:finance'," STAGES
            "}");
    const char *id = submit("wf", "req", "{}");
    struct principal eve = as("eve");
    CHECK(finds(&eve, "cfo", id) && finds(&eve, "vie2", id) && finds(&eve, "fin", id));
    remove_user("cfo");
    remove_user("vie2");
    remove_user("fin");
    CHECK(!finds(&eve, "cfo", id) && !finds(&eve, "vie2", id) && !finds(&eve, "fin", id));
    tear_down();
}

static void test_authentication_off(void)
{
    set_up_people();
    publish("{'id':'wf','visible_to':'nobody'," STAGES "}");
    const char *id = submit("wf", "req", "{}");
    CHECK(knows_of(&principal_anonymous, "wf"));
    CHECK(finds(&principal_anonymous, NULL, id));
    CHECK(finds(&principal_anonymous, "eve", id));
    CHECK(lists(&principal_anonymous, id));
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"whom an approval concerns", test_whom_it_concerns},
        {"open slates", test_open_slates},
        {"slates of administrators", test_slates_of_administrators},
        {"workflows that are limited", test_limited_workflows},
        {"the limits are those of now", test_limits_are_those_of_now},
        {"owners of a workflow", test_owners},
        {"a key reaches its workflows", test_keys_reach_workflows},
        {"a key carries its roles", test_keys_carry_roles},
        {"acting for another", test_acting_for_another},
        {"acting for one who was removed", test_acting_for_one_who_was_removed},
        {"authentication off", test_authentication_off},
    };
    return check_main("service/visibility", tests, sizeof tests / sizeof *tests);
}
