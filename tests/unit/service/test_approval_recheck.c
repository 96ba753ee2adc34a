/*
 * People who leave: the slates they are on are looked at again, in the
 * transaction that changes the directory and right after it.
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

/* Who waits for his turn is no longer waited for, either. */
static void test_waiting_in_a_sequence(void)
{
    static const char *(*const ways[])(void) = {leave_group, group_goes, user_goes};
    static const struct {
        const char *quorum, *standing, *slate, *history;
    } rows[] = {
        {"", "rejected", "ann closed, bob closed", CHECKED " reject"},
        {"'quorum':1,", "pending in s", "ann open, bob closed", CHECKED},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
            set_up_office();
            const char *id = submit_stage(
                arena_printf(arena,
                             "{'id':'s',%s'approvers':['user:ann','group:fin'],'on_empty':"
                             "'reject'}",
                             rows[k].quorum));
            CHECK_STR(slate(id), "ann open, bob waiting");
            CHECK_STR(ways[i](), "ok");
            CHECK_STR(standing(id), rows[k].standing);
            CHECK_STR(slate(id), rows[k].slate);
            CHECK_STR(history(id), rows[k].history);
            tear_down();
        }
}

/* ---- places that were handed on ---- */

static const char *hand(const char *id, enum action_kind kind, const char *from, const char *to)
{
    const char *actor = kind == ACTION_REASSIGN ? "boss" : from;
    struct action a = {
        .kind = kind, .actor = actor, .admin = actor != from, .from = from, .assignee = to};
    return act(id, &a);
}

static const char *delegated(const char *stage)
{
    const char *id = submit_stage(stage);
    CHECK_STR(hand(id, ACTION_DELEGATE, "bob", "cid"), "ok");
    return id;
}

static const char *delegated_twice(const char *stage)
{
    const char *id = delegated(stage);
    CHECK_STR(hand(id, ACTION_DELEGATE, "cid", "dan"), "ok");
    return id;
}

static const char *reassigned(const char *stage)
{
    const char *id = submit_stage(stage);
    CHECK_STR(hand(id, ACTION_REASSIGN, "bob", "cid"), "ok");
    return id;
}

static const char *to_deputy(const char *stage)
{
    add_user("{'id':'cid'}");
    CHECK_STR(change_user("bob", "{'absence':{'from':'2026-01-01T00:00:00Z',"
                                 "'to':'2027-01-01T00:00:00Z','deputy':'cid'}}"),
              "ok");
    return submit_stage(stage);
}

#define FIN "'type':'parallel','approvers':['group:fin']"
#define BOTH_FIN "{'id':'s','quorum':2," FIN "}"

/* The deputy has the standing of whom he stands in for. */
static void test_who_handed_on_has_left(void)
{
    static const struct {
        const char *stage;
        const char *(*hand)(const char *stage);
        const char *(*leave)(void);
        const char *standing, *slate, *history;
    } rows[] = {
        {BOTH_FIN, delegated, leave_group, "pending in s", "ann open, bob handed_on, cid closed",
         "submitted delegate slate_checked escalated"},
        {BOTH_FIN, delegated, group_goes, "pending in s", "ann closed, bob handed_on, cid closed",
         "submitted delegate slate_checked escalated"},
        {BOTH_FIN, delegated, user_goes, "pending in s", "ann open, bob handed_on, cid closed",
         "submitted delegate slate_checked escalated"},
        {BOTH_FIN, delegated_twice, leave_group, "pending in s",
         "ann open, bob handed_on, cid handed_on, dan closed",
         "submitted delegate delegate slate_checked escalated"},
        {BOTH_FIN, reassigned, user_goes, "pending in s", "ann open, bob relieved, cid closed",
         "submitted reassign slate_checked escalated"},
        {BOTH_FIN, to_deputy, leave_group, "pending in s", "ann open, bob handed_on, cid closed",
         "submitted deputized slate_checked escalated"},
        {"{'id':'s','quorum':2,'on_empty':'reject'," FIN "}", delegated, user_goes, "rejected",
         "ann closed, bob handed_on, cid closed", "submitted delegate slate_checked reject"},
        {"{'id':'s','quorum':2,'on_empty':'approve'," FIN "}", delegated, group_goes, "approved",
         "ann closed, bob handed_on, cid closed", "submitted delegate slate_checked approve"},
        /* The rest can decide. */
        {"{'id':'s'," FIN "}", delegated, leave_group, "pending in s",
         "ann open, bob handed_on, cid closed", "submitted delegate slate_checked"},
        {"{'id':'s','quorum':1,'approvers':['user:ann','group:fin']}", delegated, user_goes,
         "pending in s", "ann open, bob handed_on, cid closed", "submitted delegate slate_checked"},
        /* It does not concern him. */
        {BOTH_FIN, delegated, role_goes, "pending in s", "ann open, bob handed_on, cid open",
         "submitted delegate"},
        {BOTH_FIN, delegated, others_come, "pending in s", "ann open, bob handed_on, cid open",
         "submitted delegate"},
        {"{'id':'s','type':'parallel','approvers':['group:fin','user:bob']}", delegated,
         leave_group, "pending in s", "ann open, bob handed_on, cid open",
         "submitted delegate slate_checked"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up_office();
        const char *id = rows[i].hand(rows[i].stage);
        CHECK_STR(rows[i].leave(), "ok");
        CHECK_STR(standing(id), rows[i].standing);
        CHECK_STR(slate(id), rows[i].slate);
        CHECK_STR(history(id), rows[i].history);
        tear_down();
    }
}

/* Where anybody with a role may decide, a place goes with the role of the one who took it first.
 * Without it the deputy has his own say again. */
static void test_who_handed_on_a_role(void)
{
    set_up_office();
    add_user("{'id':'cid'}");
    const char *id = delegated("{'id':'s','quorum':2}");
    CHECK_STR(user_goes(), "ok");
    CHECK_STR(slate(id), "bob handed_on, cid closed");
    CHECK_STR(history(id), "submitted delegate slate_checked");
    CHECK_STR(act_as(id, ACTION_APPROVE, "cid"), "ok");
    CHECK_STR(standing(id), "pending in s");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    CHECK_STR(standing(id), "approved");
    tear_down();
}

/* In between in a chain: with whose standing the last one acts is the first one's matter. */
static void test_who_only_passed_it_on_leaves(void)
{
    set_up_office();
    add_user("{'id':'cid'}");
    const char *id = delegated_twice(BOTH_FIN);
    CHECK_STR(remove_user("cid"), "ok");
    CHECK_STR(slate(id), "ann open, bob handed_on, cid handed_on, dan open");
    CHECK_STR(history(id), "submitted delegate delegate");
    CHECK_STR(act_as(id, ACTION_APPROVE, "dan"), "ok");
    tear_down();
}

static void test_who_took_over_leaves(void)
{
    set_up_office();
    add_user("{'id':'cid'}");
    const char *id = delegated(BOTH_FIN);
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
    struct audit_filter group = {.entity_id = "fin", .limit = 10};
    struct audit_filter approval = {.entity_id = id, .limit = 10};
    int64_t next;
    CHECK_INT(store_audit_list(s, arena, &group, &of_group, &n, &next, &e), 0);
    CHECK_INT(store_audit_list(s, arena, &approval, &of_approval, &m, &next, &e), 0);
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
        CHECK_INT(user_read_one(&sv, arena, &principal_anonymous, "bob", &bob, &e), 0);
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

static size_t count_rejected(const char *const *ids, size_t n)
{
    size_t rejected = 0;
    for (size_t i = 0; i < n; i++)
        rejected += !strcmp(standing(ids[i]), "rejected");
    return rejected;
}

static void submit_many(const char **ids, size_t n)
{
    publish("{'id':'many','stages':[{'id':'s','approvers':['group:ops'],'on_empty':'reject'}]}");
    for (size_t i = 0; i < n; i++)
        ids[i] = submit("many", "req", "{}");
}

/* More than one transaction looks at. */
static void test_many_approvals(void)
{
    static const size_t sizes[] = {RECHECK_BATCH, RECHECK_BATCH + 1, 2 * RECHECK_BATCH + 1};
    static const char *ids[2 * RECHECK_BATCH + 1];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        set_up_office();
        submit_many(ids, sizes[i]);
        CHECK_STR(change_group("ops", ""), "ok");
        CHECK_INT(count_rejected(ids, sizes[i]), sizes[i]);
        CHECK_STR(audited(ids[0]), "approval.submitted approval.slate_checked");
        CHECK_STR(audited(ids[sizes[i] - 1]), "approval.submitted approval.slate_checked");
        tear_down();
    }
}

/* Of several people together, where the bound lies within what the second has. */
static void test_many_people(void)
{
    enum { EACH = RECHECK_BATCH / 2 + 1 };
    static const char *ids[3][EACH];
    static const char *const groups[] = {"ann", "bob", "cid"};
    set_up_office();
    for (int k = 0; k < 3; k++) {
        change_group("ops", groups[k]);
        submit_many(ids[k], EACH);
    }
    change_group("ops", "ann bob cid dan");
    CHECK_STR(remove_group("ops"), "ok");
    for (int k = 0; k < 3; k++)
        CHECK_INT(count_rejected(ids[k], EACH), EACH);
    tear_down();
}

/* Where those beyond the bound cannot be looked at, who has left has left all the same: his task
 * fails when he acts. */
static void test_the_rest_fails(void)
{
    static const char *ids[RECHECK_BATCH];
    char office[] = "office";
    set_up_office();
    change_group("ops", "ann bob");
    add_calendar(office, "{'time_zone':'UTC','week':{'mon':[['09:00','17:00']]}}");
    submit_many(ids, RECHECK_BATCH); /* ann's, as well as bob's */
    const char *id = submit_stage("{" BOTH "'approvers':['group:ops'],'on_empty':'approve'},"
                                  "{'id':'t','approvers':['cid'],'calendar':'office',"
                                  "'sla':{'duration':'1bh'}}");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok"); /* bob's only */
    write_with(break_calendar, office);
    CHECK_STR(remove_group("ops"), "ok");
    CHECK_STR(audited("ops"), "group.created group.updated group.removed");
    CHECK_INT(count_rejected(ids, RECHECK_BATCH), RECHECK_BATCH);
    CHECK_STR(slate(id), "ann answered, bob open");
    CHECK_STR(history(id), "submitted approve");
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "forbidden");
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
        {"who handed on a role has left", test_who_handed_on_a_role},
        {"who only passed it on leaves", test_who_only_passed_it_on_leaves},
        {"who took over leaves", test_who_took_over_leaves},
        {"one transaction", test_one_transaction},
        {"all or nothing", test_all_or_nothing},
        {"all of his approvals", test_all_of_his_approvals},
        {"many approvals", test_many_approvals},
        {"many people", test_many_people},
        {"the rest fails", test_the_rest_fails},
    };
    return check_main("service/approval_recheck", tests, sizeof tests / sizeof *tests);
}
