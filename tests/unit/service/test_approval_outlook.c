/*
 * Who can still finish the open stage.
 */
#include "service/approval_outlook.h"

#include "check.h"
#include "flow.h"

#define AWAY \
    "{'absence':{'from':'2026-01-01T00:00:00Z','to':'2026-02-01T00:00:00Z','deputy':'dan'}}"

static struct approval_outlook seen;

static const char *look(const char *id)
{
    struct err e = ERR_INIT;
    return outcome(approval_outlook(&sv, arena, &principal_anonymous, id, &seen, &e), &e);
}

/* "ann bob, ann cid (2 needed)": the sets; "… else role:admin", "… absent dan", or the reason. */
static const char *text_of(const char *id)
{
    struct str s = STR_INIT;
    CHECK_STR(look(id), "ok");
    for (size_t i = 0; i < seen.outlook.count; i++)
        str_addf(&s, "%s%s", i ? ", " : "", joined(seen.outlook.sets[i], seen.outlook.sizes[i]));
    if (seen.outlook.reason)
        str_addf(&s, "%s", seen.outlook.reason);
    str_addf(&s, " (%lld needed)", (long long)seen.still_needed);
    if (seen.role)
        str_addf(&s, " role:%s", seen.role);
    if (seen.absent_count)
        str_addf(&s, " absent %s", joined(seen.absent, seen.absent_count));
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static const char *stage_of(const char *stage)
{
    publish(arena_printf(arena, "{'id':'wf','stages':[%s]}", stage));
    return submit("wf", "req", "{}");
}

struct vote_given {
    const char *actor;
    enum action_kind kind;
    const char *assignee;
};

static void test_sets(void)
{
    static const struct {
        const char *stage, *text;
        struct vote_given votes[3];
    } rows[] = {
        {"{'approvers':['ann','bob']}", "ann bob (2 needed)", {{0}}},
        {"{'approvers':['ann','bob']}", "bob (1 needed)", {{"ann", ACTION_APPROVE, NULL}}},
        {"{'approvers':['ann','bob','cid']}",
         "bob cid (2 needed)",
         {{"ann", ACTION_ABSTAIN, NULL}}},
        {"{'type':'parallel','approvers':['ann','bob']}", "ann, bob (1 needed)", {{0}}},
        {"{'type':'parallel','approvers':['ann','bob','cid'],'quorum':2}",
         "ann bob, ann cid, bob cid (2 needed)",
         {{0}}},
        {"{'type':'parallel','approvers':['ann','bob','cid'],'quorum':2}",
         "bob, cid (1 needed)",
         {{"ann", ACTION_APPROVE, NULL}}},
        {"{'type':'parallel','approvers':['ann','bob','cid'],'quorum':2,'reject':2}",
         "bob cid (2 needed)",
         {{"ann", ACTION_REJECT, NULL}}},
        {"{'type':'parallel','approvers':['ann','bob','cid'],'quorum':2}",
         "ann bob, ann dan, bob dan (2 needed)",
         {{"cid", ACTION_DELEGATE, "dan"}}},
        /* An opinion counts neither way. */
        {"{'type':'parallel','approvers':['ann','bob'],'quorum':2}",
         "ann bob (2 needed)",
         {{"ann", ACTION_ADD_APPROVER, "eve"}}},
        /* The requester is not among those asked. */
        {"{'type':'parallel','approvers':['req','ann','bob'],'quorum':2}",
         "ann bob (2 needed)",
         {{0}}},
        {"{'type':'parallel','requires':{'all':['group:fin',{'any':['user:cid','user:dan']}]}}",
         "ann cid, ann dan, bob cid, bob dan (0 needed)",
         {{0}}},
        {"{'type':'parallel','requires':{'all':['group:fin',{'any':['user:cid','user:dan']}]}}",
         "ann, bob (0 needed)",
         {{"dan", ACTION_APPROVE, NULL}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        add_group("fin", "ann bob");
        const char *id = stage_of(rows[i].stage);
        for (const struct vote_given *v = rows[i].votes; v->actor; v++)
            CHECK_STR(
                act(id,
                    &(struct action){.kind = v->kind, .actor = v->actor, .assignee = v->assignee}),
                "ok");
        CHECK_STR(text_of(id), rows[i].text);
        CHECK(seen.outlook.complete);
        tear_down();
    }
}

static void test_anybody_of_a_role(void)
{
    static const struct {
        const char *stage, *text;
    } rows[] = {
        {"{'quorum':2}", " (2 needed) role:approver"},
        {"{'approvers':['req']}", " (1 needed) role:admin"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        CHECK_STR(text_of(stage_of(rows[i].stage)), rows[i].text);
        tear_down();
    }
}

static void test_role_that_has_begun(void)
{
    set_up();
    const char *id = stage_of("{'quorum':2}");
    act_as(id, ACTION_APPROVE, "zoe");
    CHECK_STR(look(id), "ok");
    CHECK_INT(seen.still_needed, 1);
    CHECK_STR(seen.role, "approver");
    tear_down();
}

static void test_where_it_is(void)
{
    set_up();
    publish("{'id':'wf','stages':[{'id':'a','approvers':['ann']},{'id':'b','approvers':['bob']}]}");
    const char *id = submit("wf", "req", "{}");
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(look(id), "ok");
    CHECK_STR(seen.approval_id, id);
    CHECK_STR(seen.status, "pending");
    CHECK_STR(seen.stage_id, "b");
    CHECK_INT(seen.visit, 1);
    CHECK_INT(seen.seq, 2);
    CHECK(!seen.role);
    CHECK(!seen.outlook.reason);
    tear_down();
}

/* ---- people who are away ---- */

static const char *set_up_away(const char *stage)
{
    set_up();
    add_user("{'id':'ann'}");
    add_user("{'id':'bob'}");
    return stage_of(stage);
}

static void test_away(void)
{
    static const struct {
        const char *stage, *text;
    } rows[] = {
        {"{'type':'parallel','approvers':['ann','bob','cid'],'quorum':2}",
         "bob cid (2 needed) absent ann"},
        {"{'type':'parallel','approvers':['ann','cid']}", "cid (1 needed) absent ann"},
        {"{'type':'parallel','approvers':['ann','cid'],'quorum':2}",
         "it waits for people who are away (2 needed) absent ann"},
        {"{'type':'parallel','requires':{'any':['ann','cid']}}", "cid (0 needed) absent ann"},
        {"{'type':'parallel','requires':{'all':['ann','cid']}}",
         "it waits for people who are away (0 needed) absent ann"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = set_up_away(rows[i].stage);
        CHECK_STR(change_user("ann", AWAY), "ok");
        CHECK_STR(text_of(id), rows[i].text);
        tear_down();
    }
}

/* All must approve, in their order: nobody passes over one who has not answered. */
static void test_away_in_a_sequence(void)
{
    static const struct {
        const char *stage, *text;
    } rows[] = {
        {"{'approvers':['bob','ann'],'quorum':1}", "bob (1 needed) absent ann"},
        {"{'approvers':['ann','bob'],'quorum':1}",
         "it waits for people who are away (1 needed) absent ann"},
        {"{'approvers':['ann']}", "it waits for people who are away (1 needed) absent ann"},
        {"{'approvers':['ann','bob']}", "it waits for people who are away (2 needed) absent ann"},
        {"{'approvers':['bob','ann']}", "it waits for people who are away (2 needed) absent ann"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = set_up_away(rows[i].stage);
        CHECK_STR(change_user("ann", AWAY), "ok");
        CHECK_STR(text_of(id), rows[i].text);
        tear_down();
    }
}

/* The window is half open; then nobody is away. */
static void test_back_again(void)
{
    const char *id = set_up_away("{'type':'parallel','approvers':['ann']}");
    change_user("ann", AWAY);
    struct err e = ERR_INIT;
    CHECK_INT(time_parse("2026-02-01T00:00:00Z", &fake.fixed, &e), 0);
    CHECK_STR(text_of(id), "ann (1 needed)");
    fake.fixed--;
    CHECK_STR(text_of(id), "it waits for people who are away (1 needed) absent ann");
    tear_down();
}

/* Who was away when the stage was entered has a deputy, who decides for him. */
static void test_deputy(void)
{
    set_up();
    add_user("{'id':'ann'}");
    change_user("ann", AWAY);
    CHECK_STR(text_of(stage_of("{'approvers':['ann']}")), "dan (1 needed)");
    tear_down();
}

/* Who has answered is not waited for. */
static void test_away_after_the_vote(void)
{
    const char *id = set_up_away("{'type':'parallel','approvers':['ann','bob'],'quorum':2}");
    act_as(id, ACTION_APPROVE, "ann");
    change_user("ann", AWAY);
    CHECK_STR(text_of(id), "bob (1 needed)");
    tear_down();
}

/* ---- nothing to look ahead to ---- */

static void test_no_stage(void)
{
    static const struct {
        enum action_kind kind;
        const char *actor, *status;
    } rows[] = {
        {ACTION_APPROVE, "ann", "approved"},
        {ACTION_REJECT, "ann", "rejected"},
        {ACTION_REQUEST_CHANGES, "ann", "returned"},
        {ACTION_WITHDRAW, "req", "withdrawn"},
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = stage_of("{'approvers':['ann']}");
        CHECK_STR(act_as(id, rows[i].kind, rows[i].actor), "ok");
        CHECK_STR(text_of(id), "no stage is open (0 needed)");
        CHECK_STR(seen.status, rows[i].status);
        CHECK(!seen.stage_id);
        CHECK_INT(seen.outlook.count, 0);
        CHECK(seen.outlook.complete);
    }
    CHECK_STR(look("appr-none"), "not-found");
    tear_down();
}

static void test_more_sets_than_are_listed(void)
{
    set_up();
    add_group("fin", "a b c d e f g h");
    const char *id = stage_of("{'type':'parallel','approvers':['group:fin'],'quorum':3}");
    CHECK_STR(look(id), "ok");
    CHECK_INT(seen.outlook.count, OUTLOOK_SETS_MAX);
    CHECK(!seen.outlook.complete);
    CHECK_INT(seen.still_needed, 3);
    for (size_t i = 0; i < seen.outlook.count; i++)
        CHECK_INT(seen.outlook.sizes[i], 3);
    tear_down();
}

/* What the outlook promises comes true: each set finishes the stage, and none of it less. */
static void test_sets_come_true(void)
{
    static const char stage[] =
        "{'type':'parallel','distinct':true,'requires':{'all':"
        "[{'at_least':2,'of':'group:fin'},{'any':['user:cid','group:fin']}]}}";
    set_up();
    add_group("fin", "ann bob dan");
    CHECK_STR(look(stage_of(stage)), "ok");
    struct outlook promised = seen.outlook;
    CHECK_FATAL(promised.count > 1);
    for (size_t i = 0; i < promised.count; i++) {
        const char *id = submit("wf", "req", "{}");
        for (size_t k = 0; k < promised.sizes[i]; k++) {
            CHECK_STR(standing(id), "pending in wf-stage-1");
            CHECK_STR(act_as(id, ACTION_APPROVE, promised.sets[i][k]), "ok");
        }
        CHECK_STR(standing(id), "approved");
    }
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"sets", test_sets},
        {"anybody of a role", test_anybody_of_a_role},
        {"a role of whom some have answered", test_role_that_has_begun},
        {"where it is", test_where_it_is},
        {"people who are away", test_away},
        {"people who are away in a sequence", test_away_in_a_sequence},
        {"people who are back", test_back_again},
        {"deputies", test_deputy},
        {"away after the vote", test_away_after_the_vote},
        {"no stage is open", test_no_stage},
        {"more sets than are listed", test_more_sets_than_are_listed},
        {"sets come true", test_sets_come_true},
    };
    return check_main("service/approval_outlook", tests, sizeof tests / sizeof *tests);
}
