#include "rules.h"

#define APPROVAL "/auto_approval_rules"
#define WINDOW APPROVAL "/by_time_window"

struct fault {
    const char *file, *pointer, *detail; /* detail NULL: another module's words */
};

#define TIMED(window) "{'auto_approval_rules':{'by_time_window':{" window "}}}"

static void test_faults(void)
{
    static const struct fault faults[] = {
        {"[]", "", "must be an object"},
        {"{'auto_approval_rules':[]}", APPROVAL, "must be an object"},
        {"{'escalation_rules':1}", "/escalation_rules", "must be an object"},
        {"{'escalation_rules':{'description':'x','always_manual':['refund']}}",
         "/escalation_rules/always_manual",
         "is not known here; what may be given is high_risk_actions, always_manual_approval and "
         "description"},
        {"{'auto_approval_rules':{'by_action_type':[]}}", APPROVAL "/by_action_type",
         "must be an object"},
        {"{'auto_approval_rules':{'by_action_type':{'a/b':true}}}", APPROVAL "/by_action_type/a~1b",
         "must be an object"},
        {"{'auto_approval_rules':{'by_action_type':{'read':{'enabled':'yes'}}}}",
         APPROVAL "/by_action_type/read/enabled", "must be true or false"},
        {"{'auto_approval_rules':{'by_agent_trust_level':{'high':true}}}",
         APPROVAL "/by_agent_trust_level/high", "must be an object"},
        {"{'auto_approval_rules':{'by_agent_trust_level':{'low':{'agents':'bot'}}}}",
         APPROVAL "/by_agent_trust_level/low/agents", "must be an array"},
        {"{'auto_approval_rules':{'by_agent_trust_level':{'low':{'agents':['a',7]}}}}",
         APPROVAL "/by_agent_trust_level/low/agents/1", "must be a string"},
        {"{'auto_approval_rules':{'by_agent_trust_level':{'low':"
         "{'auto_approve_actions':['a\\u0000b']}}}}",
         APPROVAL "/by_agent_trust_level/low/auto_approve_actions/0", "must be a string"},
        {"{'auto_approval_rules':{'by_risk_score':{'auto_approve_below':'0.5'}}}",
         APPROVAL "/by_risk_score/auto_approve_below", "must be a number"},
        {"{'auto_approval_rules':{'by_risk_score':{'low_risk_threshold':[]}}}",
         APPROVAL "/by_risk_score/low_risk_threshold", "must be a number"},
        {TIMED("'weekend_override':true"), WINDOW "/weekend_override", "must be an object"},
        {TIMED("'weekend_override':{'enabled':1}"), WINDOW "/weekend_override/enabled",
         "must be true or false"},
        {TIMED("'business_hours':{'enabled':'yes'}"), WINDOW "/business_hours/enabled",
         "must be true or false"},
        {TIMED("'business_hours':{'enabled':true,'end':'17:00','timezone':'UTC'}"),
         WINDOW "/business_hours/start", "is required"},
        {TIMED("'business_hours':{'enabled':true,'start':'09:00','timezone':'UTC'}"),
         WINDOW "/business_hours/end", "is required"},
        {TIMED("'business_hours':{'enabled':true,'start':'09:00','end':'17:00'}"),
         WINDOW "/business_hours/timezone", "is required"},
        {TIMED("'business_hours':{'enabled':true,'start':9,'end':'17:00','timezone':'UTC'}"),
         WINDOW "/business_hours/start", NULL},
        {TIMED(HOURS("9am", "17:00", "UTC")), WINDOW "/business_hours/start", NULL},
        {TIMED(HOURS("09:00", "24:01", "UTC")), WINDOW "/business_hours/end", NULL},
        {TIMED(HOURS("09:00", "17:00", "Europe/Nowhere")), WINDOW "/business_hours/timezone", NULL},
        {TIMED(HOURS("09:00", "17:00", "../UTC")), WINDOW "/business_hours/timezone", NULL},
        {TIMED(HOURS("09:00", "09:00", "UTC")), WINDOW "/business_hours/end",
         "must not equal start; the whole day is from 00:00 to 24:00"},
        {TIMED("'business_hour':{'enabled':true}"), WINDOW "/business_hour",
         "is not known here; what may be given is business_hours, weekend_override, "
         "approve_in_window and description"},
        {TIMED("'approve_in_window':1"), WINDOW "/approve_in_window", "must be true or false"},
        {TIMED(HOURS("09:00", "17:00", "UTC") APPROVING),
         APPROVAL "/by_risk_score/medium_risk_threshold",
         "is required by approve_in_window, which approves a risk below it"},
        {"{'escalation_rules':{'high_risk_actions':{}}}", "/escalation_rules/high_risk_actions",
         "must be an array"},
        {"{'escalation_rules':{'always_manual_approval':['refund',null]}}",
         "/escalation_rules/always_manual_approval/1", "must be a string"},
    };
    begin();
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct err e = ERR_INIT;
        CHECK(!autorules_parse(arena, zones, json_of(arena, faults[i].file), &e));
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_FATAL(e.problems && e.problems->first);
        CHECK_INT(e.problems->count, 1);
        CHECK_STR(e.problems->first->pointer, faults[i].pointer);
        if (faults[i].detail)
            CHECK_STR(e.problems->first->detail, faults[i].detail);
        CHECK(*e.problems->first->detail);
    }
    end();
}

/* Every bad place is named at once. */
static void test_all_faults(void)
{
    begin();
    struct err e = ERR_INIT;
    const char *file = TIMED("'business_hours':{'enabled':true,'start':'9','end':'17',"
                             "'timezone':'Mars'}");
    CHECK(!autorules_parse(arena, zones, json_of(arena, file), &e));
    CHECK_FATAL(e.problems != NULL);
    CHECK_INT(e.problems->count, 3);
    end();
}

static const struct test tests[] = {
    {"a file that does not fit is refused, with the place", test_faults},
    {"a file with several faults names them all", test_all_faults},
};

int main(void)
{
    return check_main("autorules_parse", tests, COUNT(tests));
}
