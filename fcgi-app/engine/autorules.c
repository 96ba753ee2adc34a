#include "autorules_form.h"

#include "base/clock.h"

#include <assert.h>
#include <math.h>

#define DEFAULT_ACTION_TYPE "query"
#define UNKNOWN_AGENT "unknown"
#define DEFAULT_RISK 1.0

/* ---- facts ---- */

static const char *text_fact(const struct json *payload, const char *key, bool *malformed)
{
    const struct json *v;
    if (!json_member(payload, key, &v))
        return NULL;
    const char *text = autorules_text(v);
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
                                  const struct json *payload, bool believed, const char *subject)
{
    (void)arena;
    bool malformed = false;
    const char *agent = text_fact(payload, "agent", &malformed);
    double risk = risk_fact(payload, &malformed);
    struct auto_facts facts = {
        .stage_action_type = stage_action_type,
        .payload_action_type = text_fact(payload, "action_type", &malformed),
        .agent = believed ? agent : subject,
        .risk = believed ? risk : DEFAULT_RISK,
        .believed = believed,
    };
    if (!facts.agent)
        facts.agent = UNKNOWN_AGENT;
    facts.malformed = malformed;
    return facts;
}

/* ---- looking at the rules ---- */

struct walk {
    struct arena *arena;
    const struct autorules *rules;
    bool given; /* there is a rules file; else rules are empty */
    const struct auto_facts *facts;
    const char *action_type; /* for approve rules; NULL: it is claimed and not believed */
    int64_t now;
    struct auto_explanation *out; /* NULL: nobody asks how */
    struct auto_verdict verdict;  /* of the rule that was looked at last */
};

/* Every rule speaks through here, so that an explanation cannot differ from the verdict. true when
 * it was the last word. */
static bool walk_step(struct walk *w, const char *rule, const char *value, bool matched,
                      enum auto_effect effect)
{
    w->verdict =
        (struct auto_verdict){.approve = effect == AUTO_APPROVE, .rule = rule, .value = value};
    if (w->out) {
        assert(w->out->count < AUTO_STEPS_MAX);
        w->out->steps[w->out->count++] = (struct auto_step){rule, value, matched, effect};
    }
    return effect != AUTO_NO;
}

static bool lists(const struct json *list, const char *text)
{
    for (size_t i = 0; text && i < json_array_size(list); i++)
        if (!strcmp(json_string(json_at(list, i), NULL), text))
            return true;
    return false;
}

/* The one of the request's action types that is listed; NULL: none of them. */
static const char *listed_type(const struct walk *w, const struct json *list)
{
    const char *claimed = w->facts->payload_action_type;
    if (lists(list, w->action_type))
        return w->action_type;
    return lists(list, claimed) ? claimed : NULL;
}

static const char *types_text(const struct walk *w)
{
    const char *claimed = w->facts->payload_action_type;
    if (!w->action_type || !claimed || !strcmp(w->action_type, claimed))
        return w->action_type ? w->action_type : claimed ? claimed : "";
    return arena_printf(w->arena, "%s, %s", w->action_type, claimed);
}

static bool guard(struct walk *w, const char *rule, const struct json *list)
{
    if (!list)
        return false;
    const char *found = listed_type(w, list);
    return walk_step(w, rule, found ? found : types_text(w), found, found ? AUTO_MANUAL : AUTO_NO);
}

static bool always_manual(struct walk *w)
{
    return guard(w, "always_manual_approval", w->rules->always_manual);
}

static bool high_risk(struct walk *w)
{
    return guard(w, "high_risk_actions", w->rules->high_risk);
}

static bool manual_only(struct walk *w)
{
    bool on = w->facts->manual_only;
    return walk_step(w, "manual_only", on ? "on" : "off", on, on ? AUTO_MANUAL : AUTO_NO);
}

static bool no_rules(struct walk *w)
{
    return !w->given && walk_step(w, "no_rules", "", true, AUTO_MANUAL);
}

static bool malformed(struct walk *w)
{
    bool is = w->facts->malformed;
    return walk_step(w, "malformed", "", is, is ? AUTO_MANUAL : AUTO_NO);
}

static bool inside(const struct auto_window *window, int64_t us_of_day)
{
    bool started = us_of_day >= window->start, ended = us_of_day >= window->end;
    return window->start < window->end ? started && !ended : started || !ended;
}

#define FIRST_WEEKEND_DAY 5

/* The day is the one that the local calendar shows at that moment, also within a window that began
 * on the day before. */
static bool time_window(struct walk *w)
{
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    const struct auto_window *window = &w->rules->window;
    if (!window->zone)
        return false;
    struct civil local = zone_civil(window->zone, w->now);
    int minutes = (int)(local.us_of_day / (60 * US_PER_SECOND));
    const char *value = arena_printf(w->arena, "%s %02d:%02d %s", days[local.weekday], minutes / 60,
                                     minutes % 60, zone_name(window->zone));
    bool open = inside(window, local.us_of_day);
    if (walk_step(w, "by_time_window.business_hours", value, open, open ? AUTO_NO : AUTO_RESTRICTS))
        return true;
    return local.weekday >= FIRST_WEEKEND_DAY &&
           walk_step(w, "by_time_window.weekend_override", value, window->weekends,
                     window->weekends ? AUTO_NO : AUTO_RESTRICTS);
}

static bool approves(struct walk *w, const char *rule, const char *value, bool matched)
{
    return walk_step(w, rule, value, matched, matched ? AUTO_APPROVE : AUTO_NO);
}

static bool type_is(struct walk *w, const char *rule, const char *type)
{
    const char *asked = w->action_type ? w->action_type : "";
    return approves(w, rule, asked, !strcmp(asked, type));
}

static bool by_action_type(struct walk *w)
{
    return (w->rules->read && type_is(w, "by_action_type.read", "read")) ||
           (w->rules->query && type_is(w, "by_action_type.query", "query"));
}

static bool by_trust_level(struct walk *w)
{
    static const struct {
        const char *rule;
        bool all_actions;
    } levels[] = {
#define X(name, text, all) [LEVEL_##name] = {"by_agent_trust_level." text, all},
        TRUST_LEVELS(X)
#undef X
    };
    const char *agent = w->facts->agent;
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        const struct trust *t = &w->rules->trust[i];
        bool trusted =
            lists(t->agents, agent) && (levels[i].all_actions || lists(t->actions, w->action_type));
        if (t->enabled && approves(w, levels[i].rule, agent, trusted))
            return true;
    }
    return false;
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

static bool risk_below(struct walk *w, const char *rule, const struct json *limit)
{
    double risk = w->facts->risk;
    return approves(w, rule, number_text(w->arena, risk), risk < json_double(limit));
}

static bool by_risk(struct walk *w)
{
    const struct json *limit = w->rules->approve_below;
    return limit && risk_below(w, "by_risk_score.auto_approve_below", limit);
}

/* Outside, time_window has had the last word. */
static bool in_window(struct walk *w)
{
    const struct auto_window *window = &w->rules->window;
    const struct json *limit = w->rules->medium_risk;
    return window->zone && window->approves && limit &&
           risk_below(w, "by_time_window.approve_in_window", limit);
}

static bool nothing_approves(struct walk *w)
{
    return walk_step(w, "none", "", true, AUTO_MANUAL);
}

static bool (*const order[])(struct walk *) = {
    always_manual,  high_risk,      manual_only, no_rules,  malformed,        time_window,
    by_action_type, by_trust_level, by_risk,     in_window, nothing_approves,
};

/* A claim that is not believed is no reason to take the default, which may be approved. */
static const char *believed_type(const struct auto_facts *facts)
{
    if (facts->stage_action_type)
        return facts->stage_action_type;
    if (!facts->payload_action_type)
        return DEFAULT_ACTION_TYPE;
    return facts->believed ? facts->payload_action_type : NULL;
}

static struct auto_verdict walk(struct arena *arena, const struct autorules *rules,
                                const struct auto_facts *facts, int64_t now,
                                struct auto_explanation *out)
{
    static const struct autorules empty;
    struct walk w = {
        .arena = arena,
        .rules = rules ? rules : &empty,
        .given = rules,
        .facts = facts,
        .action_type = believed_type(facts),
        .now = now,
        .out = out,
    };
    for (size_t i = 0; !order[i](&w); i++)
        ;
    /* Also where it is in always_manual_approval besides: a second list must not silence it. */
    w.verdict.alarm = listed_type(&w, w.rules->high_risk);
    return w.verdict;
}

struct auto_verdict autorules_ask(struct arena *arena, const struct autorules *rules,
                                  const struct auto_facts *facts, int64_t now)
{
    return walk(arena, rules, facts, now, NULL);
}

struct auto_verdict autorules_explain(struct arena *arena, const struct autorules *rules,
                                      const struct auto_facts *facts, int64_t now,
                                      struct auto_explanation *out)
{
    out->count = 0;
    return walk(arena, rules, facts, now, out);
}

const char *auto_effect_name(enum auto_effect effect)
{
    static const char *const names[] = {
#define X(name, text) [AUTO_##name] = text,
        AUTO_EFFECTS(X)
#undef X
    };
    _Static_assert(sizeof names / sizeof *names == AUTO_EFFECT_COUNT, "a name for each effect");
    return names[effect];
}
