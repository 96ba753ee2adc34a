#include "autorules.h"

#include "base/fields.h"

#include <math.h>

#define DEFAULT_ACTION_TYPE "query"
#define UNKNOWN_AGENT "unknown"
#define DEFAULT_RISK 1.0

/* Once enabled, a level whose agents need no list of actions. */
#define TRUST_LEVELS(X) X(HIGH, "high", true) X(MEDIUM, "medium", false) X(LOW, "low", false)

enum trust_level {
#define X(name, text, all_actions) LEVEL_##name,
    TRUST_LEVELS(X)
#undef X
        LEVEL_COUNT
};

struct trust {
    bool enabled;
    const struct json *agents, *actions; /* lists of strings */
};

struct autorules {
    bool read, query; /* the action types that by_action_type may approve, when enabled */
    struct trust trust[LEVEL_COUNT];
    const struct json *approve_below;             /* a number; NULL: no approval by risk */
    const struct json *high_risk, *always_manual; /* lists of strings */
};

struct top {
    const struct json *approval, *escalation;
};
static const struct field top_fields[] = {
    {"auto_approval_rules", FIELD_OBJECT, 0, 0, 0, offsetof(struct top, approval)},
    {"escalation_rules", FIELD_OBJECT, 0, 0, 0, offsetof(struct top, escalation)},
};

struct approval_rules {
    const struct json *action_type, *trust, *risk, *window;
};
static const struct field approval_fields[] = {
    {"by_action_type", FIELD_OBJECT, 0, 0, 0, offsetof(struct approval_rules, action_type)},
    {"by_agent_trust_level", FIELD_OBJECT, 0, 0, 0, offsetof(struct approval_rules, trust)},
    {"by_risk_score", FIELD_OBJECT, 0, 0, 0, offsetof(struct approval_rules, risk)},
    {"by_time_window", FIELD_OBJECT, 0, 0, 0, offsetof(struct approval_rules, window)},
};

struct enabled {
    bool on;
};
static const struct field enabled_fields[] = {
    {"enabled", FIELD_BOOL, 0, 0, 0, offsetof(struct enabled, on)},
};

static const struct field trust_fields[] = {
    {"enabled", FIELD_BOOL, 0, 0, 0, offsetof(struct trust, enabled)},
    {"agents", FIELD_ARRAY, 0, 0, 0, offsetof(struct trust, agents)},
    {"auto_approve_actions", FIELD_ARRAY, 0, 0, 0, offsetof(struct trust, actions)},
};

struct levels {
    const struct json *level[LEVEL_COUNT];
};
static const struct field level_fields[] = {
#define X(name, text, all_actions) \
    {text, FIELD_OBJECT, 0, 0, 0, offsetof(struct levels, level[LEVEL_##name])},
    TRUST_LEVELS(X)
#undef X
};

struct risk {
    bool enabled; /* unless it is said otherwise; 0.4.0's form has no such switch */
    const struct json *low, *medium, *below;
};
static const struct field risk_fields[] = {
    {"enabled", FIELD_BOOL, 0, 0, 0, offsetof(struct risk, enabled)},
    {"low_risk_threshold", FIELD_NUMBER, 0, 0, 0, offsetof(struct risk, low)},
    {"medium_risk_threshold", FIELD_NUMBER, 0, 0, 0, offsetof(struct risk, medium)},
    {"auto_approve_below", FIELD_NUMBER, 0, 0, 0, offsetof(struct risk, below)},
};

struct windows {
    const struct json *business_hours, *weekend_override;
};
static const struct field window_fields[] = {
    {"business_hours", FIELD_OBJECT, 0, 0, 0, offsetof(struct windows, business_hours)},
    {"weekend_override", FIELD_OBJECT, 0, 0, 0, offsetof(struct windows, weekend_override)},
};

static const struct field escalation_fields[] = {
    {"high_risk_actions", FIELD_ARRAY, 0, 0, 0, offsetof(struct autorules, high_risk)},
    {"always_manual_approval", FIELD_ARRAY, 0, 0, 0, offsetof(struct autorules, always_manual)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Reads a member that may be absent. */
#define READ(object, at, table, out, problems)                                     \
    do {                                                                           \
        if (object)                                                                \
            fields_read((object), (at), (table), COUNT(table), (out), (problems)); \
    } while (0)

/* NULL for what is no string, and for one with a NUL in it, which would compare as less than it
 * is. */
static const char *plain_text(const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    return text && strlen(text) == n ? text : NULL;
}

static void check_texts(const struct json *list, const char *at, struct problems *problems)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!plain_text(json_at(list, i)))
            problems_add(problems, pointer_index(problems->arena, at, i), "must be a string");
}

/* Reads {"enabled": …}. */
static bool read_enabled(const struct json *object, const char *at, struct problems *problems)
{
    struct enabled enabled = {0};
    READ(object, at, enabled_fields, &enabled, problems);
    return enabled.on;
}

struct action_types {
    struct autorules *out;
    const char *at;
    struct problems *problems;
};

static bool read_action_type(const char *name, const struct json *v, void *arg)
{
    struct action_types *types = arg;
    if (!strcmp(name, "description") && json_type(v) == JSON_STRING)
        return true;
    const char *here = pointer_key(types->problems->arena, types->at, name);
    struct enabled enabled = {0};
    fields_read(v, here, enabled_fields, COUNT(enabled_fields), &enabled, types->problems);
    if (!strcmp(name, "read"))
        types->out->read = enabled.on;
    else if (!strcmp(name, "query"))
        types->out->query = enabled.on;
    return true;
}

static void read_trust(const struct json *trust, const char *at, struct autorules *out,
                       struct problems *problems)
{
    struct levels levels = {0};
    READ(trust, at, level_fields, &levels, problems);
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        const char *here = pointer_key(problems->arena, at, level_fields[i].name);
        struct trust *t = &out->trust[i];
        READ(levels.level[i], here, trust_fields, t, problems);
        check_texts(t->agents, pointer_key(problems->arena, here, "agents"), problems);
        check_texts(t->actions, pointer_key(problems->arena, here, "auto_approve_actions"),
                    problems);
    }
}

static void refuse_window(const struct json *window, const char *at, struct problems *problems)
{
    if (read_enabled(window, at, problems))
        problems_add(problems, pointer_key(problems->arena, at, "enabled"),
                     "time windows are not supported by this version yet: must be false");
}

static void read_approval(const struct json *object, struct autorules *out,
                          struct problems *problems)
{
    struct approval_rules rules = {0};
    struct risk risk = {.enabled = true};
    struct windows windows = {0};
    struct action_types types = {out, "/auto_approval_rules/by_action_type", problems};
    READ(object, "/auto_approval_rules", approval_fields, &rules, problems);
    json_each(rules.action_type, read_action_type, &types);
    read_trust(rules.trust, "/auto_approval_rules/by_agent_trust_level", out, problems);
    READ(rules.risk, "/auto_approval_rules/by_risk_score", risk_fields, &risk, problems);
    out->approve_below = risk.enabled ? risk.below : NULL;
    READ(rules.window, "/auto_approval_rules/by_time_window", window_fields, &windows, problems);
    refuse_window(windows.business_hours, "/auto_approval_rules/by_time_window/business_hours",
                  problems);
    refuse_window(windows.weekend_override, "/auto_approval_rules/by_time_window/weekend_override",
                  problems);
}

/* A guard whose name is misspelt would guard nothing. */
static bool refuse_unknown_guard(const char *name, const struct json *v, void *arg)
{
    (void)v;
    struct problems *problems = arg;
    bool known = !strcmp(name, "description");
    for (size_t i = 0; i < COUNT(escalation_fields); i++)
        known = known || !strcmp(name, escalation_fields[i].name);
    if (!known)
        problems_add(problems, pointer_key(problems->arena, "/escalation_rules", name),
                     "must be high_risk_actions, always_manual_approval or description");
    return true;
}

const struct autorules *autorules_parse(struct arena *arena, const struct json *file, struct err *e)
{
    struct problems *problems = arena_make(arena, struct problems);
    struct autorules *out = arena_make(arena, struct autorules);
    struct top top = {0};
    problems_init(problems, arena);
    fields_read(file, "", top_fields, COUNT(top_fields), &top, problems);
    read_approval(top.approval, out, problems);
    READ(top.escalation, "/escalation_rules", escalation_fields, out, problems);
    json_each(top.escalation, refuse_unknown_guard, problems);
    check_texts(out->high_risk, "/escalation_rules/high_risk_actions", problems);
    check_texts(out->always_manual, "/escalation_rules/always_manual_approval", problems);
    return problems_err(problems, e) < 0 ? NULL : out;
}

static const char *text_fact(const struct json *payload, const char *key, const char *fallback,
                             bool *malformed)
{
    const struct json *v;
    if (!json_member(payload, key, &v))
        return fallback;
    const char *text = plain_text(v);
    *malformed = *malformed || !text;
    return text;
}

/* A score below 0 is no score: such numbers are used to say "not known". */
static double risk_fact(const struct json *payload, bool *malformed)
{
    const struct json *v;
    if (!json_member(payload, "risk_score", &v))
        return DEFAULT_RISK;
    double risk = json_double(v);
    bool number = json_type(v) == JSON_INT || json_type(v) == JSON_DOUBLE;
    *malformed = *malformed || !number || !isfinite(risk) || signbit(risk);
    return risk;
}

struct auto_facts autorules_facts(struct arena *arena, const char *stage_action_type,
                                  const struct json *payload)
{
    (void)arena;
    bool malformed = false;
    struct auto_facts facts = {
        .stage_action_type = stage_action_type,
        .payload_action_type = text_fact(payload, "action_type", NULL, &malformed),
        .agent = text_fact(payload, "agent", UNKNOWN_AGENT, &malformed),
        .risk = risk_fact(payload, &malformed),
    };
    facts.malformed = malformed;
    return facts;
}

static bool lists(const struct json *list, const char *text)
{
    for (size_t i = 0; text && i < json_array_size(list); i++)
        if (!strcmp(json_string(json_at(list, i), NULL), text))
            return true;
    return false;
}

/* The one of the request's action types that is listed; NULL: none of them. */
static const char *listed_type(const struct json *list, const struct auto_facts *facts,
                               const char *action_type)
{
    if (lists(list, action_type))
        return action_type;
    return lists(list, facts->payload_action_type) ? facts->payload_action_type : NULL;
}

static const char *number_text(struct arena *arena, double n)
{
    const char *text = "";
    for (int digits = 15; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, n);
        if (strtod(text, NULL) == n)
            break;
    }
    return text;
}

static const char *trusting_rule(const struct autorules *rules, const char *agent,
                                 const char *action_type)
{
    static const struct {
        const char *rule;
        bool all_actions;
    } levels[] = {
#define X(name, text, all) [LEVEL_##name] = {"by_agent_trust_level." text, all},
        TRUST_LEVELS(X)
#undef X
    };
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        const struct trust *t = &rules->trust[i];
        if (t->enabled && lists(t->agents, agent) &&
            (levels[i].all_actions || lists(t->actions, action_type)))
            return levels[i].rule;
    }
    return NULL;
}

static struct auto_verdict ask_approve_rules(struct arena *arena, const struct autorules *rules,
                                             const struct auto_facts *facts,
                                             const char *action_type)
{
    if (rules->read && !strcmp(action_type, "read"))
        return (struct auto_verdict){true, "by_action_type.read", action_type};
    if (rules->query && !strcmp(action_type, "query"))
        return (struct auto_verdict){true, "by_action_type.query", action_type};
    const char *trust = trusting_rule(rules, facts->agent, action_type);
    if (trust)
        return (struct auto_verdict){true, trust, facts->agent};
    if (rules->approve_below && facts->risk < json_double(rules->approve_below))
        return (struct auto_verdict){true, "by_risk_score.auto_approve_below",
                                     number_text(arena, facts->risk)};
    return (struct auto_verdict){false, "none", ""};
}

struct auto_verdict autorules_ask(struct arena *arena, const struct autorules *rules,
                                  const struct auto_facts *facts)
{
    const char *action_type = facts->stage_action_type     ? facts->stage_action_type
                              : facts->payload_action_type ? facts->payload_action_type
                                                           : DEFAULT_ACTION_TYPE;
    if (!rules)
        return (struct auto_verdict){false, "no_rules", ""};
    const char *found = listed_type(rules->always_manual, facts, action_type);
    if (found)
        return (struct auto_verdict){false, "always_manual_approval", found};
    found = listed_type(rules->high_risk, facts, action_type);
    if (found)
        return (struct auto_verdict){false, "high_risk_actions", found};
    if (facts->malformed)
        return (struct auto_verdict){false, "malformed", ""};
    return ask_approve_rules(arena, rules, facts, action_type);
}
