#include "rules.h"

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
    CHECK_ROWS(RULES_FULL, rows);
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
    CHECK_ROWS(RULES_FULL, rows);
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
    CHECK_ROWS(RULES_FULL, rows);
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
    begin();
    struct auto_facts f = autorules_facts(arena, "tag", NULL, true, "sue");
    CHECK_STR(f.stage_action_type, "tag");
    CHECK_STR(f.payload_action_type, NULL);
    CHECK_STR(f.agent, "unknown");
    CHECK(f.risk == 1.0);
    CHECK(!f.malformed);
    CHECK(!f.manual_only);
    const struct json *payload =
        json_of(arena, "{'agent':'a','risk_score':2,'action_type':'t','more':1}");
    f = autorules_facts(arena, NULL, payload, true, "sue");
    CHECK_STR(f.payload_action_type, "t");
    CHECK_STR(f.agent, "a");
    CHECK(f.risk == 2.0);
    CHECK(!f.malformed);
    f = autorules_facts(arena, NULL, payload, false, "sue");
    CHECK_STR(f.payload_action_type, "t");
    CHECK_STR(f.agent, "sue");
    CHECK(f.risk == 1.0);
    f = autorules_facts(arena, NULL, payload, false, NULL);
    CHECK_STR(f.agent, "unknown");
    end();
}

/* Nobody rates himself, but what he says against himself counts. */
static void test_not_believed(void)
{
    static const struct row rows[] = {
        {NULL, "{'risk_score':0}", true, "by_action_type.query", "query"},
        {NULL, "{'action_type':'query'}", false, "none", ""},
        {NULL, "{'action_type':'read','risk_score':0,'agent':'boss'}", false, "none", ""},
        {"write", "{'risk_score':0}", false, "none", ""},
        {"write", "{'agent':'boss'}", false, "none", ""},
        {"mail", "{'agent':'stranger'}", true, "by_agent_trust_level.medium", "sue"},
        {"read", "{'action_type':'write'}", true, "by_action_type.read", "read"},
        {NULL, "{'action_type':'mail'}", false, "none", ""},
        {"read", "{'action_type':'refund'}", false, "always_manual_approval", "refund"},
        {NULL, "{'action_type':'refund'}", false, "always_manual_approval", "refund"},
        {"read", "{'action_type':'deploy'}", false, "high_risk_actions", "deploy"},
        {"read", "{'risk_score':'0'}", false, "malformed", ""},
        {"read", "{'action_type':7}", false, "malformed", ""},
    };
    check_rows_at(RULES_FOR_SUE, rows, COUNT(rows), false, WHENEVER);
}

/* The type that nobody believes is not taken to be the default one, which may be listed. */
static void test_not_believed_and_listed(void)
{
    static const struct row rows[] = {
        {NULL, "{'action_type':'mail'}", false, "none", ""},
        {NULL, "{}", false, "always_manual_approval", "query"},
        {NULL, "{'action_type':'query'}", false, "always_manual_approval", "query"},
    };
    check_rows_at("{'escalation_rules':{'always_manual_approval':['query']}}", rows, COUNT(rows),
                  false, WHENEVER);
}

static void test_manual_only(void)
{
    static const struct row rows[] = {
        {NULL, "{}", false, "manual_only", "on"},
        {"read", "{'agent':'ann-bot','risk_score':0}", false, "manual_only", "on"},
        {"refund", "{}", false, "always_manual_approval", "refund"},
        {"deploy", "{}", false, "high_risk_actions", "deploy"},
        {"read", "{'agent':7}", false, "manual_only", "on"},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct auto_facts facts = facts_of(&rows[i], true);
        facts.manual_only = true;
        check_row(&rows[i], ask(rules_of(RULES_FULL), &facts, WHENEVER));
    }
    struct auto_facts facts = facts_of(&rows[0], true);
    facts.manual_only = true;
    CHECK_STR(ask(NULL, &facts, WHENEVER).rule, "manual_only");
    end();
}

static void test_alarm(void)
{
    static const struct {
        const char *stage_type, *payload;
        bool alarm;
    } rows[] = {
        {"deploy", "{}", true},
        {"query", "{'action_type':'deploy'}", true},
        {"wipe", "{}", true}, /* is in always_manual_approval too, which speaks first */
        {"refund", "{'action_type':'deploy'}", true},
        {"refund", "{}", false},
        {"query", "{}", false},
        {"write", "{}", false},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct row row = {rows[i].stage_type, rows[i].payload, false, "", ""};
        for (int believed = 0; believed < 2; believed++) {
            struct auto_facts facts = facts_of(&row, believed);
            CHECK_INT(ask(rules_of(RULES_FULL), &facts, WHENEVER).alarm, rows[i].alarm);
        }
    }
    end();
}

/* ---- explaining ---- */

static const char *explanation_text(const struct auto_explanation *how)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < how->count; i++) {
        const struct auto_step *step = &how->steps[i];
        str_addf(&s, "%s%s(%s) %s%s", i ? "; " : "", step->rule, step->value,
                 step->matched ? "" : "not ", auto_effect_name(step->effect));
    }
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void test_explanation(void)
{
#define GUARDS(types) \
    "always_manual_approval(" types ") not no; high_risk_actions(" types ") not no; "
#define SWITCHES "manual_only(off) not no; malformed() not no; "
    static const struct {
        const char *file, *stage_type, *payload, *at, *text;
    } rows[] = {
        {RULES_FULL, "write", "{'agent':'mo-bot','action_type':'tag','risk_score':0.5}", INSIDE,
         GUARDS("write, tag") SWITCHES
         "by_action_type.read(write) not no; by_action_type.query(write) not no; "
         "by_agent_trust_level.high(mo-bot) not no; by_agent_trust_level.medium(mo-bot) not no; "
         "by_risk_score.auto_approve_below(0.5) not no; none() manual"},
        {RULES_FULL, "query", "{'action_type':'deploy'}", INSIDE,
         "always_manual_approval(query, deploy) not no; high_risk_actions(deploy) manual"},
        {RULES_FULL, NULL, "{}", INSIDE,
         GUARDS("query") SWITCHES
         "by_action_type.read(query) not no; by_action_type.query(query) approve"},
        {RULES_FULL, NULL, "{'agent':7}", INSIDE,
         GUARDS("query") "manual_only(off) not no; malformed() manual"},
        {WINDOWED(HOURS("09:00", "17:00", "UTC") APPROVING), "write", "{'risk_score':0.5}", INSIDE,
         GUARDS("write") SWITCHES
         "by_time_window.business_hours(Thursday 12:00 UTC) no; "
         "by_action_type.query(write) not no; by_risk_score.auto_approve_below(0.5) not no; "
         "by_time_window.approve_in_window(0.5) approve"},
        {WINDOWED(HOURS("09:00", "17:00", "UTC")), "write", "{}", OUTSIDE,
         GUARDS("write") SWITCHES
         "by_time_window.business_hours(Thursday 20:00 UTC) not restricts"},
        {WINDOWED(HOURS("09:00", "17:00", "UTC")), "write", "{}", "2026-01-10T12:00:00Z",
         GUARDS("write") SWITCHES
         "by_time_window.business_hours(Saturday 12:00 UTC) no; "
         "by_time_window.weekend_override(Saturday 12:00 UTC) not restricts"},
        {WINDOWED(HOURS("09:00", "17:00", "UTC") WEEKENDS), NULL, "{}", "2026-01-10T12:00:00Z",
         GUARDS("query") SWITCHES "by_time_window.business_hours(Saturday 12:00 UTC) no; "
                                  "by_time_window.weekend_override(Saturday 12:00 UTC) no; "
                                  "by_action_type.query(query) approve"},
        {"{}", NULL, "{}", INSIDE, SWITCHES "none() manual"},
        {NULL, NULL, "{}", INSIDE, "manual_only(off) not no; no_rules() manual"},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct autorules *rules = rows[i].file ? rules_of(rows[i].file) : NULL;
        struct row row = {rows[i].stage_type, rows[i].payload, false, "", ""};
        struct auto_facts facts = facts_of(&row, true);
        struct auto_explanation how;
        autorules_explain(arena, rules, &facts, time_of(rows[i].at), &how);
        CHECK_STR(explanation_text(&how), rows[i].text);
    }
    end();
}

static void test_explanation_of_what_is_not_believed(void)
{
    static const struct row row = {NULL, "{'action_type':'query','risk_score':0}", false, "", ""};
    begin();
    struct auto_facts facts = facts_of(&row, false);
    struct auto_explanation how;
    autorules_explain(arena, rules_of(RULES_FOR_SUE), &facts, WHENEVER, &how);
    CHECK_STR(explanation_text(&how), GUARDS("query") SWITCHES
              "by_action_type.read() not no; by_action_type.query() not no; "
              "by_agent_trust_level.high(sue) not no; by_agent_trust_level.medium(sue) not no; "
              "by_risk_score.auto_approve_below(1) not no; none() manual");
    end();
}

/* With everything there is in a file, the steps still fit. */
static void test_longest_explanation(void)
{
    static const struct row row = {"write", "{}", false, "none", ""};
    begin();
    const struct autorules *rules =
        rules_of("{'auto_approval_rules':{"
                 "'by_action_type':{'query':{'enabled':true},'read':{'enabled':true}},"
                 "'by_agent_trust_level':{'high':{'enabled':true},'medium':{'enabled':true},"
                 "'low':{'enabled':true}},"
                 "'by_risk_score':{'medium_risk_threshold':0.7,'auto_approve_below':0.2},"
                 "'by_time_window':{" HOURS("09:00", "17:00", "UTC") WEEKENDS APPROVING
                 "}},"
                 "'escalation_rules':{'high_risk_actions':[],'always_manual_approval':[]}}");
    struct auto_facts facts = facts_of(&row, true);
    struct auto_explanation how;
    autorules_explain(arena, rules, &facts, time_of("2026-01-10T12:00:00Z"), &how);
    CHECK_INT(how.count, 14);
    CHECK_STR(how.steps[how.count - 1].rule, "none");
    end();
}

static const struct test tests[] = {
    {"what is approved, and by which rule", test_approving},
    {"what people decide, whatever else is said", test_manual_beats_everything},
    {"the default action type can be listed too", test_default_type_may_be_manual},
    {"what is malformed goes to a person", test_malformed},
    {"a file that enables nothing approves nothing", test_nothing_enabled},
    {"no file approves nothing", test_no_rules},
    {"what the payload says about itself", test_facts},
    {"nobody is believed about himself", test_not_believed},
    {"a type that is not believed is not the default", test_not_believed_and_listed},
    {"the kill switch", test_manual_only},
    {"a high risk raises the alarm", test_alarm},
    {"how it came to it", test_explanation},
    {"how it came to it, without belief", test_explanation_of_what_is_not_believed},
    {"the longest explanation", test_longest_explanation},
};

int main(void)
{
    return check_main("autorules", tests, COUNT(tests));
}
