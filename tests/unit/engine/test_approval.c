#include "../check.h"
#include "engine/approval.h"
#include "engine/definition.h"
#include "engine/step.h"

static void test_statuses(void)
{
    for (int s = 0; s < STATUS_COUNT; s++)
        CHECK_INT(approval_status_parse(approval_status_name((enum approval_status)s)), s);
    CHECK_STR(approval_status_name(STATUS_WITHDRAWN), "withdrawn");
    CHECK_INT(approval_status_parse("Pending"), -1);
    CHECK_INT(approval_status_parse(""), -1);
}

static void test_terminal(void)
{
    CHECK(!approval_status_terminal(STATUS_PENDING));
    CHECK(approval_status_terminal(STATUS_APPROVED));
    CHECK(approval_status_terminal(STATUS_REJECTED));
    CHECK(approval_status_terminal(STATUS_WITHDRAWN));
}

static void test_task_states(void)
{
    for (int s = 0; s < TASK_STATE_COUNT; s++)
        CHECK_INT(task_state_parse(task_state_name((enum task_state)s)), s);
    CHECK_STR(task_state_name(TASK_HANDED_ON), "handed_on");
    CHECK_INT(task_state_parse("done"), -1);
}

static void test_votes(void)
{
    for (int v = 0; v < VOTE_COUNT; v++)
        CHECK_INT(vote_parse(vote_name((enum vote)v)), v);
    CHECK_STR(vote_name(VOTE_NONE), "");
    CHECK_INT(vote_parse("abstain"), -1);
}

static void test_actions(void)
{
    for (int k = 0; k < ACTION_COUNT; k++)
        CHECK_INT(action_parse(action_name((enum action_kind)k)), k);
    CHECK_STR(action_name(ACTION_REASSIGN), "reassign");
    CHECK_INT(action_parse("escalate"), -1);
}

static void test_stage_types(void)
{
    CHECK_STR(stage_type_name(STAGE_SEQUENTIAL), "sequential");
    CHECK_STR(stage_type_name(STAGE_PARALLEL), "parallel");
}

static const struct test tests[] = {
    {"every status has a name that is parsed", test_statuses},
    {"all but pending is terminal", test_terminal},
    {"every task state has a name that is parsed", test_task_states},
    {"every vote has a name that is parsed", test_votes},
    {"every action has a name that is parsed", test_actions},
    {"stage types have names", test_stage_types},
};

int main(void)
{
    return check_main("approval", tests, sizeof tests / sizeof *tests);
}
