#include "autorules_form.h"

#include "base/fields.h"

#define APPROVAL_AT "/auto_approval_rules"
#define RISK_AT APPROVAL_AT "/by_risk_score"
#define WINDOW_AT APPROVAL_AT "/by_time_window"
#define HOURS_AT WINDOW_AT "/business_hours"
#define ESCALATION_AT "/escalation_rules"

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
    const struct json *business_hours, *weekend_override, *description;
    bool approve_in_window;
};
static const struct field window_fields[] = {
    {"business_hours", FIELD_OBJECT, 0, 0, 0, offsetof(struct windows, business_hours)},
    {"weekend_override", FIELD_OBJECT, 0, 0, 0, offsetof(struct windows, weekend_override)},
    {"approve_in_window", FIELD_BOOL, 0, 0, 0, offsetof(struct windows, approve_in_window)},
    {"description", FIELD_ANY, 0, 0, 0, offsetof(struct windows, description)},
};

struct hours {
    const char *start, *end, *timezone;
};
static const struct field hours_fields[] = {
    {"start", FIELD_STRING, FIELD_REQUIRED, 1, 20, offsetof(struct hours, start)},
    {"end", FIELD_STRING, FIELD_REQUIRED, 1, 20, offsetof(struct hours, end)},
    {"timezone", FIELD_STRING, FIELD_REQUIRED, 1, 100, offsetof(struct hours, timezone)},
};

struct escalation {
    const struct json *high_risk, *always_manual, *description;
};
static const struct field escalation_fields[] = {
    {"high_risk_actions", FIELD_ARRAY, 0, 0, 0, offsetof(struct escalation, high_risk)},
    {"always_manual_approval", FIELD_ARRAY, 0, 0, 0, offsetof(struct escalation, always_manual)},
    {"description", FIELD_ANY, 0, 0, 0, offsetof(struct escalation, description)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Reads a member that may be absent. */
#define READ(object, at, table, out, problems)                                     \
    do {                                                                           \
        if (object)                                                                \
            fields_read((object), (at), (table), COUNT(table), (out), (problems)); \
    } while (0)

/* What guards or restricts must not be misspelt: it would guard nothing. */
#define READ_ALL(object, at, table, out, problems)                                \
    do {                                                                          \
        READ(object, at, table, out, problems);                                   \
        fields_refuse_unknown((object), (at), (table), COUNT(table), (problems)); \
    } while (0)

const char *autorules_text(const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    return text && strlen(text) == n ? text : NULL;
}

static void check_texts(const struct json *list, const char *at, struct problems *problems)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!autorules_text(json_at(list, i)))
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

static void read_time(const char *text, const char *at, int64_t *out, struct problems *problems)
{
    struct err e = ERR_INIT;
    if (text && civil_parse_time(text, out, &e) < 0)
        problems_add(problems, at, "%s", e.message);
}

static void read_zone(struct zones *zones, const char *name, const char *at,
                      const struct zone **out, struct problems *problems)
{
    struct err e = ERR_INIT;
    if (name && zones_find(zones, name, out, &e) < 0)
        problems_add(problems, at, "%s", e.message);
}

/* Hours that are not enabled are not read: 0.4.0 looked at none of it. */
static void read_hours(struct zones *zones, const struct json *object, struct auto_window *out,
                       struct problems *problems)
{
    if (!read_enabled(object, HOURS_AT, problems))
        return;
    struct hours hours = {0};
    size_t before = problems->count;
    fields_read(object, HOURS_AT, hours_fields, COUNT(hours_fields), &hours, problems);
    read_time(hours.start, HOURS_AT "/start", &out->start, problems);
    read_time(hours.end, HOURS_AT "/end", &out->end, problems);
    read_zone(zones, hours.timezone, HOURS_AT "/timezone", &out->zone, problems);
    if (problems->count == before && out->start == out->end)
        problems_add(problems, HOURS_AT "/end",
                     "must not equal start; the whole day is from 00:00 to 24:00");
}

static void read_window(struct zones *zones, const struct json *object, struct autorules *out,
                        struct problems *problems)
{
    struct windows windows = {0};
    READ_ALL(object, WINDOW_AT, window_fields, &windows, problems);
    read_hours(zones, windows.business_hours, &out->window, problems);
    out->window.weekends =
        read_enabled(windows.weekend_override, WINDOW_AT "/weekend_override", problems);
    out->window.approves = windows.approve_in_window;
}

static void read_approval(struct zones *zones, const struct json *object, struct autorules *out,
                          struct problems *problems)
{
    struct approval_rules rules = {0};
    struct risk risk = {.enabled = true};
    struct action_types types = {out, APPROVAL_AT "/by_action_type", problems};
    READ(object, APPROVAL_AT, approval_fields, &rules, problems);
    json_each(rules.action_type, read_action_type, &types);
    read_trust(rules.trust, APPROVAL_AT "/by_agent_trust_level", out, problems);
    READ(rules.risk, RISK_AT, risk_fields, &risk, problems);
    out->approve_below = risk.enabled ? risk.below : NULL;
    out->medium_risk = risk.enabled ? risk.medium : NULL;
    read_window(zones, rules.window, out, problems);
    if (out->window.approves && !risk.medium)
        problems_add(problems, RISK_AT "/medium_risk_threshold",
                     "is required by approve_in_window, which approves a risk below it");
}

static void read_escalation(const struct json *object, struct autorules *out,
                            struct problems *problems)
{
    struct escalation rules = {0};
    READ_ALL(object, ESCALATION_AT, escalation_fields, &rules, problems);
    check_texts(rules.high_risk, ESCALATION_AT "/high_risk_actions", problems);
    check_texts(rules.always_manual, ESCALATION_AT "/always_manual_approval", problems);
    out->high_risk = rules.high_risk;
    out->always_manual = rules.always_manual;
}

const struct autorules *autorules_parse(struct arena *arena, struct zones *zones,
                                        const struct json *file, struct err *e)
{
    struct problems *problems = problems_new(arena);
    struct autorules *out = arena_make(arena, struct autorules);
    struct top top = {0};
    fields_read(file, "", top_fields, COUNT(top_fields), &top, problems);
    read_approval(zones, top.approval, out, problems);
    read_escalation(top.escalation, out, problems);
    return problems_err(problems, e) < 0 ? NULL : out;
}
