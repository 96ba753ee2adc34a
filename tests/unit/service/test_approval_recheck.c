/*
 * People who leave: open slates are looked at again, in the transaction that
 * changes the directory.
 */
#include "service/approval_recheck.h"

#include "check.h"
#include "flow.h"
#include "service/groups.h"
#include "service/users.h"

#define HOUR (INT64_C(3600) * US_PER_SECOND)

/* ann and bob are in fin and have the role cfo; ann is in ops, too. */
static void set_up_office(void)
{
    set_up();
    add_user("{'id':'ann','roles':['cfo']}");
    add_user("{'id':'bob','roles':['cfo','staff']}");
    add_group("fin", "ann bob");
    add_group("ops", "ann");
}

static const char *submit_stage(const char *stage)
{
    CHECK(publish(arena_printf(arena, "{'id':'wf','stages':[%s]}", stage)) > 0);
    return submit("wf", "req", "{}");
}

/* The ways in which bob can go. */
static const char *leave_group(void)
{
    return change_group("fin", "ann");
}

static const char *group_goes(void)
{
    return remove_group("fin");
}

static const char *user_goes(void)
{
    return remove_user("bob");
}

static const char *role_goes(void)
{
    return change_user("bob", "{'roles':['staff']}");
}

static const char *name_changes(void)
{
    return change_user("bob", "{'name':'Bob'}");
}

static const char *others_come(void)
{
    return change_group("fin", "ann bob cid");
}

#define BOTH "'id':'s','type':'parallel','quorum':2,"
#define CHECKED "submitted slate_checked"

static void test_who_has_left(void)
{
    static const struct {
        const char *stage;
        const char *(*leave)(void);
        const char *standing, *slate, *history;
    } rows[] = {
        /* The rest cannot decide: it fails closed. */
        {"{" BOTH "'approvers':['group:fin']}", leave_group, "pending in s", "ann open, bob closed",
         CHECKED " escalated"},
        {"{" BOTH "'approvers':['group:fin']}", user_goes, "pending in s", "ann open, bob closed",
         CHECKED " escalated"},
        {"{" BOTH "'approvers':['group:fin']}", group_goes, "pending in s",
         "ann closed, bob closed", CHECKED " escalated"},
        {"{" BOTH "'approvers':['role:cfo']}", role_goes, "pending in s", "ann open, bob closed",
         CHECKED " escalated"},
        {"{" BOTH "'approvers':['ann','bob']}", user_goes, "pending in s", "ann open, bob closed",
         CHECKED " escalated"},
        {"{" BOTH "'approvers':['group:fin'],'escalations':{'timeout':'9h','target':'cid'}}",
         leave_group, "pending in s", "ann open, bob closed, cid open", CHECKED " escalated"},
        {"{" BOTH "'approvers':['group:fin'],'on_empty':'reject'}", leave_group, "rejected",
         "ann closed, bob closed", CHECKED " reject"},
        {"{" BOTH "'approvers':['role:cfo'],'on_empty':'approve'}", role_goes, "approved",
         "ann closed, bob closed", CHECKED " approve"},
        {"{'id':'s','approvers':['bob'],'on_empty':'reject'}", user_goes, "rejected", "bob closed",
         CHECKED " reject"},
        {"{'id':'s','type':'parallel','requires':{'all':['group:fin','group:ops','bob']}}",
         user_goes, "pending in s", "ann closed, bob closed", CHECKED " escalated"},
        /* The rest can. */
        {"{'id':'s','type':'parallel','approvers':['group:fin']}", leave_group, "pending in s",
         "ann open, bob closed", CHECKED},
        {"{'id':'s','type':'parallel','approvers':['group:fin']}", user_goes, "pending in s",
         "ann open, bob closed", CHECKED},
        {"{'id':'s','type':'parallel','requires':{'any':['role:cfo','user:zoe']}}", role_goes,
         "pending in s", "ann open, bob closed, zoe open", CHECKED},
        /* Who was asked in another way, too, keeps his place. */
        {"{" BOTH "'approvers':['group:fin','user:bob']}", leave_group, "pending in s",
         "ann open, bob open", CHECKED},
        {"{" BOTH "'approvers':['group:fin','role:cfo']}", role_goes, "pending in s",
         "ann open, bob open", CHECKED},
        /* It does not concern him. */
        {"{" BOTH "'approvers':['group:fin']}", role_goes, "pending in s", "ann open, bob open",
         "submitted"},
        {"{" BOTH "'approvers':['role:cfo']}", leave_group, "pending in s", "ann open, bob open",
         "submitted"},
        {"{" BOTH "'approvers':['group:fin']}", name_changes, "pending in s", "ann open, bob open",
         "submitted"},
        {"{" BOTH "'approvers':['group:fin']}", others_come, "pending in s", "ann open, bob open",
         "submitted"},
        {"{'id':'s','approvers':['ann']}", user_goes, "pending in s", "ann open", "submitted"},
        {"{'id':'s'}", user_goes, "pending in s", "", "submitted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up_office();
        const char *id = submit_stage(rows[i].stage);
        fake.fixed += US_PER_SECOND;
        CHECK_STR(rows[i].leave(), "ok");
        CHECK_STR(standing(id), rows[i].standing);
        CHECK_STR(slate(id), rows[i].slate);
        CHECK_STR(history(id), rows[i].history);
        bool checked = strcmp(rows[i].history, "submitted") != 0;
        CHECK_STR(audited(id),
                  checked ? "approval.submitted approval.slate_checked" : "approval.submitted");
        CHECK_INT(stored(id)->updated_at, checked ? fake.fixed : NOW);
        tear_down();
    }
}

/* Nobody is left of those named: as many as the author asked for must still approve. */
static void test_administrators_decide(void)
{
    set_up_office();
    const char *id = submit_stage("{" BOTH "'approvers':['group:fin']}");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    CHECK_STR(user_goes(), "ok");
    CHECK_STR(stored(id)->slate_role, "admin");
    CHECK_INT(stored(id)->needed, 2);
    CHECK_STR(event_data(id, "escalated"),
              quoted("{'reason':'2 people must approve, and of those named only 1 may decide'}"));
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "forbidden");
    CHECK_STR(act_as(id, ACTION_APPROVE, "zoe"), "ok");
    CHECK_STR(standing(id), "approved");
    tear_down();
}

/* Membership changes do not move the goalposts: a vote that was given counts. */
static void test_votes_that_were_given_count(void)
{
    static const char *(*const ways[])(void) = {leave_group, group_goes, user_goes, role_goes};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        set_up_office();
        const char *id = submit_stage("{" BOTH "'approvers':['group:fin','zoe','role:cfo']}");
        CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "ok");
        CHECK_STR(ways[i](), "ok");
        CHECK_STR(act_as(id, ACTION_APPROVE, "zoe"), "ok");
        CHECK_STR(standing(id), "approved");
        tear_down();
    }
}

static void test_what_has_ended_stays(void)
{
    set_up_office();
    const char *id = submit_stage("{" BOTH "'approvers':['group:fin'],'on_empty':'approve'}");
    const char *returned = submit("wf", "req", "{}");
    act_as(id, ACTION_REJECT, "ann");
    act_as(returned, ACTION_REQUEST_CHANGES, "ann");
    CHECK_STR(user_goes(), "ok");
    CHECK_STR(history(id), "submitted reject");
    CHECK_STR(history(returned), "submitted request_changes");
    CHECK_STR(standing(returned), "returned");
    tear_down();
}

/* The approval that would have fallen due is left to what is due. */
static void test_past_a_deadline(void)
{
    set_up_office();
    const char *id = submit_stage("{" BOTH "'approvers':['group:fin'],'on_empty':'approve',"
                                  "'escalations':{'timeout':'1h','then':'reject'}}");
    fake.fixed += HOUR;
    CHECK_STR(user_goes(), "ok");
    CHECK_STR(history(id), "submitted");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "conflict");
    CHECK_STR(standing(id), "rejected");
    tear_down();
}

/* Who waits for his turn is no longer waited for, either: it never comes to one who is gone. */
static void test_waiting_in_a_sequence(void)
{
    static const char *(*const ways[])(void) = {leave_group, user_goes};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        set_up_office();
        const char *id = submit_stage("{'id':'s','approvers':['ann','group:fin'],"
                                      "'on_empty':'reject'}");
        CHECK_STR(slate(id), "ann open, bob waiting");
        CHECK_STR(ways[i](), "ok");
        CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
        CHECK(strstr(slate(id), "bob open") == NULL);
        tear_down();
    }
}

/* ---- places that were handed on ---- */

static const char *hand_on(const char *from, const char *to)
{
    const char *id = submit_stage("{" BOTH "'approvers':['group:fin']}");
    CHECK_STR(act(id, &(struct action){.kind = ACTION_DELEGATE, .actor = from, .assignee = to}),
              "ok");
    return id;
}

/* The deputy has the standing of whom he stands in for. */
static void test_who_handed_on_has_left(void)
{
    set_up_office();
    const char *id = submit_stage("{'id':'s','type':'parallel','approvers':['group:fin']}");
    CHECK_STR(act(id, &(struct action){.kind = ACTION_DELEGATE, .actor = "bob", .assignee = "cid"}),
              "ok");
    CHECK_STR(leave_group(), "ok");
    CHECK_STR(act_as(id, ACTION_APPROVE, "cid"), "forbidden");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    CHECK_STR(standing(id), "approved");
    tear_down();
}

static void test_who_took_over_leaves(void)
{
    set_up_office();
    add_user("{'id':'cid'}");
    const char *id = hand_on("bob", "cid");
    CHECK_STR(remove_user("cid"), "ok");
    CHECK_STR(slate(id), "ann open, bob open, cid closed");
    CHECK_STR(history(id), "submitted delegate slate_checked");
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "ok");
    tear_down();
}

/* ---- the transaction ---- */

static void test_one_transaction(void)
{
    struct session *s = NULL;
    struct audit_row *of_group = NULL, *of_approval = NULL;
    struct err e = ERR_INIT;
    size_t n = 0, m = 0;
    set_up_office();
    const char *id = submit_stage("{" BOTH "'approvers':['group:fin']}");
    fake.fixed += US_PER_SECOND;
    CHECK_STR(leave_group(), "ok");
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(store_audit_list(s, arena, "fin", &of_group, &n, &e), 0);
    CHECK_INT(store_audit_list(s, arena, id, &of_approval, &m, &e), 0);
    store_read_end(&s);
    CHECK_FATAL(n == 2 && m == 2);
    CHECK_STR(of_approval[1].entry.action, "approval.slate_checked");
    CHECK_STR(of_approval[1].entry.actor_id, "anonymous");
    CHECK_STR(of_approval[1].entry.request_id, "req-1");
    CHECK_INT(of_approval[1].id, of_group[1].id + 1);
    CHECK_INT(of_approval[1].created_at, of_group[1].created_at);
    tear_down();
}

static int break_calendar(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct calendar_row row = {.id = arg, .definition = "{", .updated_at = now};
    return store_calendar_put(s, &row, e);
}

/* Where a slate cannot be looked at, nobody has left. */
static void test_all_or_nothing(void)
{
    static const char *(*const ways[])(void) = {leave_group, group_goes, user_goes};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char office[] = "office";
        struct group_row fin = {0};
        struct user_row bob;
        struct err e = ERR_INIT;
        set_up_office();
        add_calendar(office, "{'time_zone':'UTC','week':{'mon':[['09:00','17:00']]}}");
        const char *id = submit_stage("{" BOTH "'approvers':['group:fin'],'on_empty':'approve'},"
                                      "{'id':'t','approvers':['cid'],'calendar':'office',"
                                      "'sla':{'duration':'1bh'}}");
        write_with(break_calendar, office);
        CHECK(strcmp(ways[i](), "ok") != 0);
        CHECK_STR(slate(id), "ann open, bob open");
        CHECK_STR(history(id), "submitted");
        CHECK_STR(audited("fin"), "group.created");
        CHECK_INT(group_read_one(&sv, arena, "fin", &fin, &e), 0);
        CHECK_STR(joined(fin.members, fin.member_count), "ann bob");
        CHECK_INT(user_read_one(&sv, arena, "bob", &bob, &e), 0);
        tear_down();
    }
}

/* ---- many ---- */

static void test_all_of_his_approvals(void)
{
    set_up_office();
    publish("{'id':'other','stages':[{'id':'x','approvers':['user:bob'],'on_empty':'reject'}]}");
    const char *one = submit_stage("{" BOTH "'approvers':['group:fin'],'on_empty':'reject'}");
    const char *two = submit("wf", "req", "{}");
    const char *three = submit("other", "req", "{}");
    CHECK_STR(user_goes(), "ok");
    CHECK_STR(standing(one), "rejected");
    CHECK_STR(standing(two), "rejected");
    CHECK_STR(standing(three), "rejected");
    tear_down();
}

/* The tasks beyond the bound fail when he acts. */
static void test_more_than_are_looked_at(void)
{
    const char *ids[RECHECK_MAX + 1];
    const char *left = NULL;
    size_t rejected = 0;
    set_up_office();
    ids[0] = submit_stage("{'id':'s','approvers':['group:ops'],'on_empty':'reject'}");
    for (size_t i = 1; i <= RECHECK_MAX; i++)
        ids[i] = submit("wf", "req", "{}");
    CHECK_STR(change_group("ops", ""), "ok");
    for (size_t i = 0; i <= RECHECK_MAX; i++) {
        bool is_rejected = !strcmp(standing(ids[i]), "rejected");
        rejected += is_rejected;
        left = is_rejected ? left : ids[i];
    }
    CHECK_INT(rejected, RECHECK_MAX);
    CHECK_FATAL(left != NULL);
    CHECK_STR(act_as(left, ACTION_APPROVE, "ann"), "forbidden");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"who has left", test_who_has_left},
        {"administrators decide", test_administrators_decide},
        {"votes that were given count", test_votes_that_were_given_count},
        {"what has ended stays", test_what_has_ended_stays},
        {"past a deadline", test_past_a_deadline},
        {"waiting in a sequence", test_waiting_in_a_sequence},
        {"who handed on has left", test_who_handed_on_has_left},
        {"who took over leaves", test_who_took_over_leaves},
        {"one transaction", test_one_transaction},
        {"all or nothing", test_all_or_nothing},
        {"all of his approvals", test_all_of_his_approvals},
        {"more than are looked at", test_more_than_are_looked_at},
    };
    return check_main("service/approval_recheck", tests, sizeof tests / sizeof *tests);
}
