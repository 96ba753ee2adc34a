/*
 * The auto-approval rules file and what it says about one request. The form
 * of the file is 0.4.0's; docs/rules.md describes it.
 *
 * always_manual_approval beats everything, then high_risk_actions; only then
 * do the approve rules speak. Whatever is malformed goes to a human.
 */
#ifndef ENGINE_AUTORULES_H
#define ENGINE_AUTORULES_H

#include "base/json.h"
#include "base/problems.h"

#include <stdbool.h>

struct autorules;

/* The facts that the rules are asked about. */
struct auto_facts {
    const char *stage_action_type;   /* of the stage's auto_rules; NULL: none */
    const char *payload_action_type; /* NULL: none */
    const char *agent;               /* "unknown" where nobody said */
    double risk;                     /* 1 where nobody said */
    bool malformed; /* a rating in the payload has the wrong type, or the risk is below 0 */
};

struct auto_verdict {
    bool approve;
    const char *rule;  /* "by_action_type.query", "always_manual_approval", …; "malformed", "none"
                          (no rule approves), "no_rules"; never NULL */
    const char *value; /* what it was matched on, as text; "" where nothing */
};

/* file is the parsed file and must outlive the result, which lives in arena. NULL with e set when
 * anything in it does not fit (time windows that are enabled are refused: not in this version). */
const struct autorules *autorules_parse(struct arena *arena, const struct json *file,
                                        struct err *e);

/* What the payload says about itself. payload may be NULL. */
struct auto_facts autorules_facts(struct arena *arena, const char *stage_action_type,
                                  const struct json *payload);

/* rules NULL: no rules, so a human decides. value lives in arena. */
struct auto_verdict autorules_ask(struct arena *arena, const struct autorules *rules,
                                  const struct auto_facts *facts);

#endif
