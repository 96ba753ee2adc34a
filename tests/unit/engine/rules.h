/*
 * What the tests of the rules share: a file that has everything but windows,
 * one with a window, and asking. Each test begins and ends for itself.
 */
#ifndef TESTS_ENGINE_RULES_H
#define TESTS_ENGINE_RULES_H

#include "base/clock.h"
#include "engine/autorules.h"
#include "quoted.h"

#define RULES_FULL                                                                         \
    "{'description':'ours',"                                                               \
    "'auto_approval_rules':{"                                                              \
    "'by_action_type':{'description':'harmless ones','query':{'enabled':true},"            \
    "'read':{'enabled':true,'description':'x'},'write':{'enabled':true}},"                 \
    "'by_agent_trust_level':{"                                                             \
    "'high':{'enabled':true,'agents':['ann-bot']},"                                        \
    "'medium':{'enabled':true,'agents':['mo-bot'],'auto_approve_actions':['mail','tag']}," \
    "'low':{'enabled':false,'agents':['lo-bot'],'auto_approve_actions':['mail']}},"        \
    "'by_risk_score':{'low_risk_threshold':0.3,'medium_risk_threshold':0.7,"               \
    "'auto_approve_below':0.2},"                                                           \
    "'by_time_window':{'business_hours':{'enabled':false,'start':'09:00'},"                \
    "'weekend_override':{'enabled':false}},"                                               \
    "'batch_approval':{'enabled':true,'max_batch_size':5}},"                               \
    "'escalation_rules':{'high_risk_actions':['deploy','wipe'],"                           \
    "'always_manual_approval':['refund','wipe']}}"

/* Any time, for files without a window. */
#define WHENEVER INT64_C(1700000000000000)

/* sue holds the trust level medium. */
#define RULES_FOR_SUE                                                              \
    "{'auto_approval_rules':{"                                                     \
    "'by_action_type':{'query':{'enabled':true},'read':{'enabled':true}},"         \
    "'by_agent_trust_level':{'high':{'enabled':true,'agents':['boss']},"           \
    "'medium':{'enabled':true,'agents':['sue'],'auto_approve_actions':['mail']}}," \
    "'by_risk_score':{'auto_approve_below':0.5}},"                                 \
    "'escalation_rules':{'high_risk_actions':['deploy'],'always_manual_approval':['refund']}}"

/* Members of by_time_window, and a file with them. */
#define HOURS(start, end, zone)                                                              \
    "'business_hours':{'enabled':true,'start':'" start "','end':'" end "','timezone':'" zone \
    "','description':'x'}"
#define WINDOWED(window)                                                    \
    "{'auto_approval_rules':{"                                              \
    "'by_action_type':{'query':{'enabled':true}},"                          \
    "'by_risk_score':{'low_risk_threshold':0.3,"                            \
    "'medium_risk_threshold':0.7,'auto_approve_below':0.2},"                \
    "'by_time_window':{'description':'when people can look', " window "}}," \
    "'escalation_rules':{'high_risk_actions':['deploy'],'always_manual_approval':['refund']}}"
#define WEEKENDS ",'weekend_override':{'enabled':true}"
#define APPROVING ",'approve_in_window':true"

/* Of HOURS from 09:00 to 17:00 UTC. */
#define INSIDE "2026-01-08T12:00:00Z"
#define OUTSIDE "2026-01-08T20:00:00Z"

static struct arena *arena;
static struct zones *zones;

struct row {
    const char *stage_type, *payload; /* stage_type NULL: the stage says nothing */
    bool approve;
    const char *rule, *value;
};

static inline void begin(void)
{
    arena = arena_new();
    zones = zones_new(NULL);
}

static inline void end(void)
{
    zones_free(&zones);
    arena_free(&arena);
}

static inline const struct autorules *rules_of(const char *file)
{
    struct err e = ERR_INIT;
    const struct autorules *rules = autorules_parse(arena, zones, json_of(arena, file), &e);
    if (!rules)
        fprintf(stderr, "%s: %s\n", e.message, file);
    CHECK_FATAL(rules != NULL);
    return rules;
}

static inline int64_t time_of(const char *text)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    CHECK_FATAL(time_parse(text, &us, &e) == 0);
    return us;
}

/* Asks, and checks that the explanation ends in the same verdict. */
static inline struct auto_verdict ask(const struct autorules *rules, const struct auto_facts *facts,
                                      int64_t now)
{
    struct auto_explanation how;
    struct auto_verdict v = autorules_ask(arena, rules, facts, now);
    struct auto_verdict explained = autorules_explain(arena, rules, facts, now, &how);
    CHECK_STR(explained.rule, v.rule);
    CHECK_STR(explained.value, v.value);
    CHECK_INT(explained.approve, v.approve);
    CHECK_INT(explained.alarm, v.alarm);
    CHECK_FATAL(how.count > 0 && how.count <= AUTO_STEPS_MAX);
    const struct auto_step *last = &how.steps[how.count - 1];
    CHECK_STR(last->rule, v.rule);
    CHECK_STR(last->value, v.value);
    CHECK_INT(last->effect == AUTO_APPROVE, v.approve);
    for (const struct auto_step *step = how.steps; step < last; step++)
        CHECK_INT(step->effect, AUTO_NO);
    CHECK(last->effect != AUTO_NO);
    return v;
}

static inline struct auto_facts facts_of(const struct row *row, bool believed)
{
    const struct json *payload = row->payload ? json_of(arena, row->payload) : NULL;
    return autorules_facts(arena, row->stage_type, payload, believed, "sue");
}

static inline void check_row(const struct row *row, struct auto_verdict v)
{
    if (v.approve != row->approve)
        fprintf(stderr, "%s %s:\n", row->stage_type ? row->stage_type : "-", row->payload);
    CHECK_INT(v.approve, row->approve);
    CHECK_STR(v.rule, row->rule);
    CHECK_STR(v.value, row->value);
}

static inline void check_rows_at(const char *file, const struct row *rows, size_t n, bool believed,
                                 int64_t now)
{
    begin();
    const struct autorules *rules = file ? rules_of(file) : NULL;
    for (size_t i = 0; i < n; i++) {
        struct auto_facts facts = facts_of(&rows[i], believed);
        check_row(&rows[i], ask(rules, &facts, now));
        facts.manual_only = true;
        CHECK(!ask(rules, &facts, now).approve);
    }
    end();
}
#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define CHECK_ROWS(file, rows) check_rows_at((file), (rows), COUNT(rows), true, WHENEVER)

#endif
