/*
 * The auto-approval rules file and what it says about one request. The form
 * of the file is 0.4.0's and one switch more; docs/rules.md describes it.
 *
 * always_manual_approval beats everything, then high_risk_actions; only then,
 * inside the time window, do the approve rules speak. Whatever is malformed
 * goes to a human.
 */
#ifndef ENGINE_AUTORULES_H
#define ENGINE_AUTORULES_H

#include "base/json.h"
#include "base/problems.h"
#include "base/zone.h"

#include <stdbool.h>
#include <stdint.h>

struct autorules;

/* The facts that the rules are asked about. */
struct auto_facts {
    const char *stage_action_type;   /* of the stage's auto_rules; NULL: none */
    const char *payload_action_type; /* what the payload says, believed or not; NULL: none */
    const char *agent;               /* "unknown" where nobody said */
    double risk;                     /* 1 where nobody said that is believed */
    bool malformed;   /* a rating in the payload has the wrong type, or the risk is below 0 */
    bool believed;    /* payload_action_type may make an approve rule match, not only a guard */
    bool manual_only; /* the kill switch is on; autorules_facts leaves it off */
};

struct auto_verdict {
    bool approve;
    bool alarm;        /* an action of high_risk_actions: the escalation target is told */
    const char *rule;  /* "by_action_type.query", "always_manual_approval", …; "manual_only",
                          "malformed", "none" (no rule approves), "no_rules"; never NULL */
    const char *value; /* what it was matched on, as text; "" where nothing */
};

/* What comes of looking at a rule: nothing, or the end of the looking. */
#define AUTO_EFFECTS(X)                          \
    X(NO, "no") /* the next rule is looked at */ \
    X(MANUAL, "manual")                          \
    X(APPROVE, "approve")                        \
    X(RESTRICTS, "restricts") /* no approve rule holds at that time */

enum auto_effect {
#define X(name, text) AUTO_##name,
    AUTO_EFFECTS(X)
#undef X
        AUTO_EFFECT_COUNT
};

struct auto_step {
    const char *rule;  /* as in a verdict */
    const char *value; /* what was looked at, as text; "" where nothing */
    bool matched;      /* the rule means that value; a window: the time is inside */
    enum auto_effect effect;
};

#define AUTO_STEPS_MAX 16

/* The rules in the order they were looked at. The last one decided; those that are not in the file
 * or not enabled are not looked at. */
struct auto_explanation {
    struct auto_step steps[AUTO_STEPS_MAX];
    size_t count; /* at least 1 */
};

/* file is the parsed file; it and zones must outlive the result, which lives in arena. A time zone
 * is looked up only where the window is enabled. NULL with e set when anything in the file does not
 * fit. */
const struct autorules *autorules_parse(struct arena *arena, struct zones *zones,
                                        const struct json *file, struct err *e);

/*
 * What the payload, which may be NULL, says about itself. Not believed: the agent is subject (who
 * asks; NULL: unknown), the risk is 1, and an action type in the payload counts for the guards only
 * (nor is it then taken to be the default one).
 */
struct auto_facts autorules_facts(struct arena *arena, const char *stage_action_type,
                                  const struct json *payload, bool believed, const char *subject);

/* rules NULL: no rules, so a human decides. now in microseconds. The verdict's value lives in
 * arena. */
struct auto_verdict autorules_ask(struct arena *arena, const struct autorules *rules,
                                  const struct auto_facts *facts, int64_t now);

/* As autorules_ask, and says how it came to it. */
struct auto_verdict autorules_explain(struct arena *arena, const struct autorules *rules,
                                      const struct auto_facts *facts, int64_t now,
                                      struct auto_explanation *out);

const char *auto_effect_name(enum auto_effect effect);

#endif
