#include "engine/eligibility.h"
#include "world.h"

#define TWO_IN_ORDER "{'id':'s','approvers':['alice','bob']}"
#define ANYBODY "{'id':'s','quorum':2}"

static enum err_kind check(struct world *w, enum action_kind kind, const char *actor, bool admin)
{
    const struct stage *s = approval_status_terminal(w->a.status) ? NULL : &w->d.stages[0];
    w->e = (struct err)ERR_INIT;
    eligibility_check(s, &w->a, kind, actor, admin, &w->e);
    return w->e.kind;
}

static void test_requester_is_barred(void)
{
    struct stage strict = {.id = "s"}, lenient = {.id = "s", .allow_self_approval = true};
    struct approval a = {.requester_id = "rita"};
    CHECK(eligibility_barred(&strict, &a, "rita"));
    CHECK(!eligibility_barred(&strict, &a, "alice"));
    CHECK(!eligibility_barred(&lenient, &a, "rita"));
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
    CHECK_STR(w.e.message, "only an administrator may reassign, and alice is none");
    CHECK_INT(check(&w, ACTION_REASSIGN, "ada", true), ERR_NONE);
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
    {"in a sequential stage one waits for his turn", test_turns},
    {"nobody else decides where approvers are named", test_outsiders},
    {"without approvers anybody but the requester decides", test_open_slate},
    {"an answer may be changed but not handed on", test_after_answering},
    {"a place that was handed on is gone", test_after_handing_on},
    {"only an administrator reassigns", test_reassign},
    {"a requester does not choose who decides", test_requester_does_not_reassign},
    {"only the requester withdraws", test_withdraw},
    {"nobody does anything after the end", test_ended},
    {"the actor of automatic decisions is no person", test_system_is_nobody},
};

int main(void)
{
    return check_main("eligibility", tests, sizeof tests / sizeof *tests);
}
