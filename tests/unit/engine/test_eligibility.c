#include "engine/eligibility.h"
#include "world.h"

/* What may be done, by whom and when; the arguments of actions are others' business. */

#define TWO_IN_ORDER "{'id':'s','approvers':['alice','bob']}"
#define ANYBODY "{'id':'s','quorum':2}"

static enum err_kind check(struct world *w, enum action_kind kind, const char *actor, bool admin)
{
    struct run r = run_start(w->arena, &w->d, &w->o, &w->a, &w->fx);
    const struct action action = {.kind = kind, .actor = actor, .admin = admin};
    w->e = (struct err)ERR_INIT;
    int rc = eligibility_check(&r, run_stage(&r), &action, &w->e);
    CHECK(rc == (w->e.kind == ERR_NONE ? 0 : -1));
    return w->e.kind;
}

static void test_requester_is_barred(void)
{
    struct stage strict = {.id = "s"}, lenient = {.id = "s", .allow_self_approval = true};
    struct approval a = {.requester_id = "rita"};
    CHECK(eligibility_barred(&strict, &a, "rita"));
    CHECK(eligibility_barred(NULL, &a, "rita"));
    CHECK(!eligibility_barred(&strict, &a, "alice"));
    CHECK(!eligibility_barred(&lenient, &a, "rita"));
}

/* Who answers for an agent's request is as good as the one who made it. */
static void test_owner_is_barred(void)
{
    struct stage strict = {.id = "s"}, lenient = {.id = "s", .allow_self_approval = true};
    struct approval a = {.requester_id = "bot", .owner_id = "olga"};
    CHECK(eligibility_barred(&strict, &a, "olga"));
    CHECK(eligibility_barred(&strict, &a, "bot"));
    CHECK(!eligibility_barred(&lenient, &a, "olga"));
}

static void test_owner_may_not_act(void)
{
    struct world w = world_of(TWO_IN_ORDER);
    world_knows(&w, "owner:rita", "alice");
    world_submit(&w);
    CHECK_STR(tasks_text(&w), "bob:open");
    CHECK_INT(check(&w, ACTION_APPROVE, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "alice answers for rita, who made this request, and cannot decide on it "
                           "in stage s");
    CHECK_INT(check(&w, ACTION_REASSIGN, "alice", true), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_WITHDRAW, "alice", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_WITHDRAW, "rita", false), ERR_NONE);
    world_end(&w);
}

static void test_turns(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_APPROVE, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_REJECT, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_APPROVE, "bob", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "it is not yet the turn of bob in stage s");
    CHECK_INT(check(&w, ACTION_DELEGATE, "bob", false), ERR_NONE);
    world_end(&w);
}

static void test_outsiders(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_APPROVE, "zoe", true), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "zoe is not among those asked in stage s");
    CHECK_INT(check(&w, ACTION_DELEGATE, "zoe", true), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_REJECT, "rita", true), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "rita made this request and cannot decide on it in stage s");
    world_end(&w);
}

static void test_open_slate(void)
{
    struct world w = world_with(ANYBODY);
    CHECK_INT(check(&w, ACTION_APPROVE, "zoe", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_DELEGATE, "zoe", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_APPROVE, "rita", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_DELEGATE, "rita", false), ERR_FORBIDDEN);
    world_end(&w);
}

static void test_after_answering(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    approve(&w, "alice");
    CHECK_INT(check(&w, ACTION_REJECT, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_DELEGATE, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "alice has answered in stage s and cannot hand that on");
    world_end(&w);
}

static void test_after_handing_on(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    delegate(&w, "alice", "dan");
    CHECK_INT(check(&w, ACTION_APPROVE, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "alice has handed on the place in stage s");
    CHECK_INT(check(&w, ACTION_APPROVE, "dan", false), ERR_NONE);
    world_end(&w);
}

static void test_reassign(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_REASSIGN, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message,
              "only an administrator or an owner of the workflow may reassign, and alice is none");
    CHECK_INT(check(&w, ACTION_REASSIGN, "ada", true), ERR_NONE);
    CHECK_INT(check(&w, ACTION_RE_RESOLVE, "alice", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_RE_RESOLVE, "ada", true), ERR_NONE);
    world_end(&w);
}

static void test_owners_of_the_workflow(void)
{
    struct world w = world_of_workflow("{'owners':['olga','group:ops'],'stages':[{'id':'s'}]}");
    world_knows(&w, "member:group:ops\nzoe", "");
    world_submit(&w);
    CHECK_INT(check(&w, ACTION_REASSIGN, "olga", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_REASSIGN, "otto", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_REASSIGN, "zoe", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_CANCEL, "olga", false), ERR_FORBIDDEN);
    world_end(&w);
}

/* To choose who decides is half the decision. */
static void test_requester_does_not_reassign(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_REASSIGN, "rita", true), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "rita made this request and cannot choose who decides on it");
    world_end(&w);
}

static void test_withdraw(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_WITHDRAW, "rita", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_WITHDRAW, "alice", true), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "only rita, who made this request, may withdraw it");
    CHECK_INT(check(&w, ACTION_EDIT, "alice", true), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_EDIT, "rita", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_RESUBMIT, "rita", false), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval is pending, so nobody can resubmit");
    world_end(&w);
}

static void test_cancel(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_CANCEL, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "only an administrator may cancel, and alice is none");
    CHECK_INT(check(&w, ACTION_CANCEL, "ada", true), ERR_NONE);
    world_end(&w);
}

/* Whom it concerns: the requester, those asked, administrators and owners. */
static void test_those_concerned(void)
{
    static const enum action_kind kinds[] = {ACTION_COMMENT, ACTION_ESCALATE, ACTION_ADD_APPROVER};
    struct world w = world_with(TWO_IN_ORDER);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        CHECK_INT(check(&w, kinds[i], "zoe", false), ERR_FORBIDDEN);
        CHECK_STR(w.e.message, "zoe is not among those asked in stage s");
        CHECK_INT(check(&w, kinds[i], "zoe", true), ERR_NONE);
        CHECK_INT(check(&w, kinds[i], "rita", false), ERR_NONE);
        CHECK_INT(check(&w, kinds[i], "bob", false), ERR_NONE);
    }
    world_end(&w);
}

/* Who decides in an earlier stage has still a say; after that it concerns requester and owner. */
static void test_comments_later_on(void)
{
    struct world w = world_with("{'id':'one','approvers':['alice']},{'id':'two','approvers':"
                                "['bob']}");
    approve(&w, "alice");
    CHECK_INT(check(&w, ACTION_COMMENT, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_ESCALATE, "alice", false), ERR_FORBIDDEN);
    world_act(&w, (struct action){.kind = ACTION_REQUEST_CHANGES, .actor = "bob"});
    CHECK_INT(w.a.status, STATUS_RETURNED);
    CHECK_INT(check(&w, ACTION_COMMENT, "bob", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_COMMENT, "rita", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_COMMENT, "zoe", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "this approval does not concern zoe");
    CHECK_INT(check(&w, ACTION_APPROVE, "bob", false), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval is returned, so nobody can approve");
    world_end(&w);
}

/* Eligibility is checked again when a person acts. */
static void test_lost_standing(void)
{
    struct world w = world_of("{'id':'s','type':'parallel','quorum':2,"
                              "'approvers':['group:a','group:b','carol']}");
    world_knows(&w, "group:a", "alice bob");
    world_knows(&w, "group:b", "alice");
    world_submit(&w);
    CHECK_STR(w.a.tasks[0].via, "group:a\ngroup:b");
    world_knows(&w, "member:group:a\nalice", "");
    world_knows(&w, "member:group:a\nbob", "");
    CHECK_INT(check(&w, ACTION_APPROVE, "alice", false), ERR_NONE);
    CHECK_STR(w.a.tasks[0].via, "group:b");
    CHECK_INT(check(&w, ACTION_APPROVE, "bob", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "bob is no longer among those who decide in stage s");
    CHECK_INT(check(&w, ACTION_DELEGATE, "bob", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_APPROVE, "carol", false), ERR_NONE);
    world_end(&w);
}

/* A delegate acts with the standing of the one whose place it was. */
static void test_standing_of_a_delegate(void)
{
    struct world w = world_of("{'id':'s','approvers':['group:a']}");
    world_knows(&w, "group:a", "alice");
    world_submit(&w);
    delegate(&w, "alice", "dan");
    CHECK_INT(check(&w, ACTION_APPROVE, "dan", false), ERR_NONE);
    world_knows(&w, "user:dan", "");
    CHECK_INT(check(&w, ACTION_APPROVE, "dan", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "dan is nobody who may act");
    world_knows(&w, "user:dan", "dan");
    world_knows(&w, "member:group:a\nalice", "");
    CHECK_INT(check(&w, ACTION_APPROVE, "dan", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "alice is no longer among those who decide in stage s");
    world_end(&w);
}

static void test_role_of_open_slate(void)
{
    struct world w = world_with(ANYBODY);
    world_knows(&w, "admits:approver\nzoe", "");
    CHECK_INT(check(&w, ACTION_APPROVE, "zoe", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "zoe does not have the role approver");
    CHECK_INT(check(&w, ACTION_APPROVE, "yan", false), ERR_NONE);
    world_end(&w);
}

static void test_limited_actions(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice'],'actions':['approve','reject']}");
    CHECK_INT(check(&w, ACTION_APPROVE, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_ABSTAIN, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "stage s does not allow abstain");
    CHECK_INT(check(&w, ACTION_EDIT, "rita", false), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_REASSIGN, "ada", true), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_WITHDRAW, "rita", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_CANCEL, "ada", true), ERR_NONE);
    world_end(&w);
}

static void test_vote_once(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','approvers':['alice','bob'],"
                                "'quorum':2,'vote_once':true}");
    approve(&w, "alice");
    CHECK_INT(check(&w, ACTION_REJECT, "alice", false), ERR_CONFLICT);
    CHECK_STR(w.e.message, "alice has voted in stage s, where a vote is final");
    CHECK_INT(check(&w, ACTION_REJECT, "bob", false), ERR_NONE);
    world_end(&w);
}

/* An opinion is given by one's own. */
static void test_consultation(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    world_act(&w,
              (struct action){.kind = ACTION_ADD_APPROVER, .actor = "alice", .assignee = "carol"});
    CHECK_INT(check(&w, ACTION_APPROVE, "carol", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_DELEGATE, "carol", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "carol was asked for an opinion, which is not handed on");
    world_end(&w);
}

static void test_take_back(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    CHECK_INT(check(&w, ACTION_TAKE_BACK, "alice", false), ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "alice has handed on no place in stage s");
    delegate(&w, "alice", "dan");
    CHECK_INT(check(&w, ACTION_TAKE_BACK, "alice", false), ERR_NONE);
    CHECK_INT(check(&w, ACTION_TAKE_BACK, "dan", false), ERR_FORBIDDEN);
    world_end(&w);
}

static void test_consume(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice']}");
    CHECK_INT(check(&w, ACTION_CONSUME, "rita", false), ERR_CONFLICT);
    approve(&w, "alice");
    CHECK_INT(check(&w, ACTION_CONSUME, "alice", true), ERR_FORBIDDEN);
    CHECK_INT(check(&w, ACTION_CONSUME, "rita", false), ERR_CONFLICT);
    w.a.valid_for_us = MINUTE;
    w.a.valid_until = w.o.now + MINUTE;
    CHECK_INT(check(&w, ACTION_CONSUME, "rita", false), ERR_NONE);
    w.o.now = w.a.valid_until;
    CHECK_INT(check(&w, ACTION_CONSUME, "rita", false), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval has lapsed");
    world_end(&w);
}

/* A store that fails while it is asked: the call as a whole fails with that. */
static void test_outside_fails(void)
{
    struct world w = world_of("{'id':'s','approvers':['group:a']}");
    world_knows(&w, "group:a", "alice");
    world_submit(&w);
    w.known->broken = "member:group:a\nalice";
    CHECK_INT(approve(&w, "alice"), ERR_UNAVAILABLE);
    w.known->broken = NULL;
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    world_end(&w);
}

static void test_ended(void)
{
    struct world w = world_with(TWO_IN_ORDER);
    reject(&w, "alice");
    for (int kind = 0; kind < ACTION_COUNT; kind++) {
        CHECK_INT(check(&w, (enum action_kind)kind, "rita", true), ERR_CONFLICT);
        CHECK_STR(w.e.message, "the approval is already rejected");
    }
    world_end(&w);
}

/* Nobody may look like an automatic decision. */
static void test_system_is_nobody(void)
{
    struct world w = world_with(ANYBODY);
    for (int kind = 0; kind < ACTION_COUNT; kind++)
        CHECK_INT(check(&w, (enum action_kind)kind, ACTOR_SYSTEM, true), ERR_FORBIDDEN);
    world_end(&w);
}

static const struct test tests[] = {
    {"the requester is barred unless the stage allows it", test_requester_is_barred},
    {"who answers for an agent is barred too", test_owner_is_barred},
    {"who answers for an agent neither decides nor chooses who does", test_owner_may_not_act},
    {"in a sequential stage one waits for his turn", test_turns},
    {"nobody else decides where approvers are named", test_outsiders},
    {"without approvers anybody but the requester decides", test_open_slate},
    {"an answer may be changed but not handed on", test_after_answering},
    {"a place that was handed on is gone", test_after_handing_on},
    {"only an administrator reassigns", test_reassign},
    {"or an owner of the workflow", test_owners_of_the_workflow},
    {"a requester does not choose who decides", test_requester_does_not_reassign},
    {"only the requester withdraws and edits", test_withdraw},
    {"only an administrator cancels", test_cancel},
    {"comments, escalation and opinions are for those concerned", test_those_concerned},
    {"who may comment later on", test_comments_later_on},
    {"who lost the group cannot decide", test_lost_standing},
    {"a delegate has the standing of whom he stands in for", test_standing_of_a_delegate},
    {"without approvers the role decides", test_role_of_open_slate},
    {"a stage limits actions, but not the ways out", test_limited_actions},
    {"a vote may be final", test_vote_once},
    {"an opinion is not handed on", test_consultation},
    {"only what one handed on can be taken back", test_take_back},
    {"only the requester uses an approval", test_consume},
    {"a store that fails is neither yes nor no", test_outside_fails},
    {"nobody does anything after the end", test_ended},
    {"the actor of automatic decisions is no person", test_system_is_nobody},
};

int main(void)
{
    return check_main("eligibility", tests, sizeof tests / sizeof *tests);
}
