#include "../check.h"
#include "engine/action.h"
#include "engine/approval.h"

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
    static const bool terminal[STATUS_COUNT] = {
        [STATUS_APPROVED] = true,  [STATUS_REJECTED] = true, [STATUS_WITHDRAWN] = true,
        [STATUS_CANCELLED] = true, [STATUS_EXPIRED] = true,
    };
    for (int s = 0; s < STATUS_COUNT; s++)
        CHECK_INT(approval_status_terminal((enum approval_status)s), terminal[s]);
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
    CHECK_STR(vote_name(VOTE_ABSTAIN), "abstain");
    CHECK_INT(vote_parse("abstained"), -1);
}

static void test_visit_outcomes(void)
{
    for (int o = 0; o < VISIT_OUTCOME_COUNT; o++)
        CHECK_INT(visit_outcome_parse(visit_outcome_name((enum visit_outcome)o)), o);
    CHECK_STR(visit_outcome_name(VISIT_CARRIED), "carried");
    CHECK_INT(visit_outcome_parse("pending"), -1);
}

static void test_timer_kinds(void)
{
    for (int k = 0; k < TIMER_KIND_COUNT; k++)
        CHECK_INT(timer_kind_parse(timer_kind_name((enum timer_kind)k)), k);
    CHECK_STR(timer_kind_name(TIMER_EXPIRE), "expire");
    CHECK_INT(timer_kind_parse("expired"), -1);
}

static void test_actions(void)
{
    for (int k = 0; k < ACTION_COUNT; k++)
        CHECK_INT(action_parse(action_name((enum action_kind)k)), k);
    CHECK_STR(action_name(ACTION_REASSIGN), "reassign");
    CHECK_INT(action_parse("escalated"), -1);
}

/* The ways out stay open, whatever a stage allows. */
static void test_limited_actions(void)
{
    static const enum action_kind ways_out[] = {ACTION_TAKE_BACK, ACTION_UNCLAIM, ACTION_RESUBMIT,
                                                ACTION_WITHDRAW,  ACTION_CANCEL,  ACTION_RE_RESOLVE,
                                                ACTION_CONSUME};
    size_t limited = 0;
    for (int k = 0; k < ACTION_COUNT; k++)
        limited += action_is_limited((enum action_kind)k);
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++)
        CHECK(!action_is_limited(ways_out[i]));
    CHECK_INT(limited, ACTION_COUNT - sizeof ways_out / sizeof *ways_out);
}

static const struct test tests[] = {
    {"every status has a name that is parsed", test_statuses},
    {"which statuses are final", test_terminal},
    {"every task state has a name that is parsed", test_task_states},
    {"every vote has a name that is parsed", test_votes},
    {"every action has a name that is parsed", test_actions},
    {"every outcome of a visit has a name that is parsed", test_visit_outcomes},
    {"every kind of timer has a name that is parsed", test_timer_kinds},
    {"which actions a stage may leave out", test_limited_actions},
};

int main(void)
{
    return check_main("approval", tests, sizeof tests / sizeof *tests);
}
