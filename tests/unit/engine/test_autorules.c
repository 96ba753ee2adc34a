#include "world.h"

#define APPROVAL "/auto_approval_rules"

static const char full[] =
    "{'description':'ours',"
    "'auto_approval_rules':{"
    "'by_action_type':{'description':'harmless ones','query':{'enabled':true},"
    "'read':{'enabled':true,'description':'x'},'write':{'enabled':true}},"
    "'by_agent_trust_level':{"
    "'high':{'enabled':true,'agents':['ann-bot']},"
    "'medium':{'enabled':true,'agents':['mo-bot'],'auto_approve_actions':['mail','tag']},"
    "'low':{'enabled':false,'agents':['lo-bot'],'auto_approve_actions':['mail']}},"
    "'by_risk_score':{'low_risk_threshold':0.3,'medium_risk_threshold':0.7,"
    "'auto_approve_below':0.2},"
    "'by_time_window':{'business_hours':{'enabled':false,'start':'09:00'},"
    "'weekend_override':{'enabled':false}},"
    "'batch_approval':{'enabled':true,'max_batch_size':5}},"
    "'escalation_rules':{'high_risk_actions':['deploy','wipe'],"
    "'always_manual_approval':['refund','wipe']}}";

struct row {
    const char *stage_type, *payload; /* stage_type NULL: the stage says nothing */
    bool approve;
    const char *rule, *value;
};

static void check_rows(const char *file, const struct row *rows, size_t n)
{
    struct arena *arena = arena_new();
    struct err e = ERR_INIT;
    const struct autorules *rules = file ? autorules_parse(arena, json_of(arena, file), &e) : NULL;
    CHECK(!file || rules);
    for (size_t i = 0; i < n; i++) {
        const struct json *payload = rows[i].payload ? json_of(arena, rows[i].payload) : NULL;
        struct auto_facts facts = autorules_facts(arena, rows[i].stage_type, payload);
        struct auto_verdict v = autorules_ask(arena, rules, &facts);
        CHECK_INT(v.approve, rows[i].approve);
        CHECK_STR(v.rule, rows[i].rule);
        CHECK_STR(v.value, rows[i].value);
    }
    arena_free(&arena);
}
#define CHECK_ROWS(file, rows) check_rows((file), (rows), sizeof(rows) / sizeof *(rows))

static void test_approving(void)
{
    static const struct row rows[] = {
        {NULL, NULL, true, "by_action_type.query", "query"},
        {NULL, "{}", true, "by_action_type.query", "query"},
        {NULL, "{'action_type':'read'}", true, "by_action_type.read", "read"},
        {"read", "{'action_type':'tag'}", true, "by_action_type.read", "read"},
        {NULL, "{'action_type':'write'}", false, "none", ""},
        {NULL, "{'action_type':'write','agent':'ann-bot'}", true, "by_agent_trust_level.high",
         "ann-bot"},
        {NULL, "{'action_type':'mail','agent':'mo-bot'}", true, "by_agent_trust_level.medium",
         "mo-bot"},
        {"tag", "{'agent':'mo-bot'}", true, "by_agent_trust_level.medium", "mo-bot"},
        {"write", "{'agent':'mo-bot'}", false, "none", ""},
        {"mail", "{'agent':'lo-bot'}", false, "none", ""},
        {"mail", "{'agent':'Ann-bot'}", false, "none", ""},
        {"mail", "{'risk_score':0.19}", true, "by_risk_score.auto_approve_below", "0.19"},
        {"mail", "{'risk_score':0}", true, "by_risk_score.auto_approve_below", "0"},
        {"mail", "{'risk_score':0.2}", false, "none", ""},
        {"mail", "{'risk_score':0.1999999999999999}", true, "by_risk_score.auto_approve_below",
         "0.1999999999999999"},
        {"mail", "{}", false, "none", ""},
    };
    CHECK_ROWS(full, rows);
}

static void test_manual_beats_everything(void)
{
    static const struct row rows[] = {
        {NULL, "{'action_type':'refund','agent':'ann-bot','risk_score':0}", false,
         "always_manual_approval", "refund"},
        {"refund", "{'agent':'ann-bot'}", false, "always_manual_approval", "refund"},
        {"query", "{'action_type':'refund'}", false, "always_manual_approval", "refund"},
        {"refund", "{'action_type':'query'}", false, "always_manual_approval", "refund"},
        {"wipe", "{}", false, "always_manual_approval", "wipe"},
        {"deploy", "{'agent':'ann-bot'}", false, "high_risk_actions", "deploy"},
        {"query", "{'action_type':'deploy'}", false, "high_risk_actions", "deploy"},
        {"deploy", "{'action_type':'refund'}", false, "always_manual_approval", "refund"},
    };
    CHECK_ROWS(full, rows);
}

static void test_default_type_may_be_manual(void)
{
    static const struct row rows[] = {{NULL, "{}", false, "always_manual_approval", "query"}};
    CHECK_ROWS("{'auto_approval_rules':{'by_action_type':{'query':{'enabled':true}}},"
               "'escalation_rules':{'always_manual_approval':['query']}}",
               rows);
}

static void test_malformed(void)
{
    static const struct row rows[] = {
        {NULL, "{'risk_score':'0.1'}", false, "malformed", ""},
        {NULL, "{'risk_score':null}", false, "malformed", ""},
        {NULL, "{'risk_score':true}", false, "malformed", ""},
        {NULL, "{'risk_score':-1}", false, "malformed", ""},
        {NULL, "{'risk_score':-1e-400}", false, "malformed", ""},
        {NULL, "{'risk_score':1e999}", false, "malformed", ""},
        {NULL, "{'risk_score':-1e999}", false, "malformed", ""},
        {NULL, "{'agent':7}", false, "malformed", ""},
        {NULL, "{'agent':['ann-bot']}", false, "malformed", ""},
        {NULL, "{'agent':'ann-bot\\u0000x'}", false, "malformed", ""},
        {NULL, "{'action_type':{}}", false, "malformed", ""},
        {"read", "{'action_type':'query\\u0000'}", false, "malformed", ""},
        {"refund", "{'agent':7}", false, "always_manual_approval", "refund"},
    };
    CHECK_ROWS(full, rows);
}

static void test_nothing_enabled(void)
{
    static const struct row rows[] = {
        {NULL, "{'risk_score':0,'agent':'unknown'}", false, "none", ""},
        {"read", "{}", false, "none", ""},
    };
    CHECK_ROWS("{}", rows);
    CHECK_ROWS("{'auto_approval_rules':{},'escalation_rules':{}}", rows);
    CHECK_ROWS("{'auto_approval_rules':{'by_risk_score':{'enabled':false,"
               "'auto_approve_below':0.9}}}",
               rows);
    CHECK_ROWS("{'auto_approval_rules':{'by_action_type':{'read':{},'query':{'enabled':false}},"
               "'by_agent_trust_level':{'high':{'agents':['unknown']}}}}",
               rows);
}

static void test_no_rules(void)
{
    static const struct row rows[] = {{"read", "{}", false, "no_rules", ""}};
    CHECK_ROWS(NULL, rows);
}

static void test_facts(void)
{
    struct arena *arena = arena_new();
    struct auto_facts f = autorules_facts(arena, "tag", NULL);
    CHECK_STR(f.stage_action_type, "tag");
    CHECK_STR(f.payload_action_type, NULL);
    CHECK_STR(f.agent, "unknown");
    CHECK(f.risk == 1.0);
    CHECK(!f.malformed);
    f = autorules_facts(arena, NULL,
                        json_of(arena, "{'agent':'a','risk_score':2,'action_type':'t','more':1}"));
    CHECK_STR(f.payload_action_type, "t");
    CHECK_STR(f.agent, "a");
    CHECK(f.risk == 2.0);
    CHECK(!f.malformed);
    arena_free(&arena);
}

struct fault {
    const char *file, *pointer, *detail;
};

static void test_faults(void)
{
    static const struct fault faults[] = {
        {"[]", "", "must be an object"},
        {"{'auto_approval_rules':[]}", APPROVAL, "must be an object"},
        {"{'escalation_rules':1}", "/escalation_rules", "must be an object"},
        {"{'escalation_rules':{'description':'x','always_manual':['refund']}}",
         "/escalation_rules/always_manual",
         "must be high_risk_actions, always_manual_approval or description"},
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
        {"{'auto_approval_rules':{'by_time_window':{'business_hours':{'enabled':true}}}}",
         APPROVAL "/by_time_window/business_hours/enabled",
         "time windows are not supported by this version yet: must be false"},
        {"{'auto_approval_rules':{'by_time_window':{'weekend_override':{'enabled':true}}}}",
         APPROVAL "/by_time_window/weekend_override/enabled",
         "time windows are not supported by this version yet: must be false"},
        {"{'auto_approval_rules':{'by_time_window':{'weekend_override':true}}}",
         APPROVAL "/by_time_window/weekend_override", "must be an object"},
        {"{'escalation_rules':{'high_risk_actions':{}}}", "/escalation_rules/high_risk_actions",
         "must be an array"},
        {"{'escalation_rules':{'always_manual_approval':['refund',null]}}",
         "/escalation_rules/always_manual_approval/1", "must be a string"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct err e = ERR_INIT;
        CHECK(!autorules_parse(arena, json_of(arena, faults[i].file), &e));
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_FATAL(e.problems && e.problems->first);
        CHECK_INT(e.problems->count, 1);
        CHECK_STR(e.problems->first->pointer, faults[i].pointer);
        CHECK_STR(e.problems->first->detail, faults[i].detail);
    }
    arena_free(&arena);
}

static const struct test tests[] = {
    {"what is approved, and by which rule", test_approving},
    {"what people decide, whatever else is said", test_manual_beats_everything},
    {"the default action type can be listed too", test_default_type_may_be_manual},
    {"what is malformed goes to a person", test_malformed},
    {"a file that enables nothing approves nothing", test_nothing_enabled},
    {"no file approves nothing", test_no_rules},
    {"what the payload says about itself", test_facts},
    {"a file that does not fit is refused, with the place", test_faults},
};

int main(void)
{
    return check_main("autorules", tests, sizeof tests / sizeof *tests);
}
