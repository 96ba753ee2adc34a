/*
 * A workflow definition: one immutable version, parsed and checked. Read-only
 * once parsed; lives in the arena it was parsed into, needs neither the JSON
 * nor its arena, and may be read by several threads at once.
 *
 * docs/workflows.md describes the language, schema/workflow.schema.json its
 * form.
 */
#ifndef ENGINE_DEFINITION_H
#define ENGINE_DEFINITION_H

#include "action.h"
#include "duration.h"
#include "logic.h"
#include "payload_schema.h"
#include "requires.h"
#include "selector.h"

#include "base/json.h"
#include "base/mustache.h"
#include "base/problems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lengths are in characters. */
#define ID_MAX 200 /* of a workflow, a stage, a user */
#define NAME_MAX_LENGTH 1000
#define TITLE_MAX 1000
#define DEFINITION_STAGES_MAX 100
#define DEFINITION_TRANSITIONS_MAX 500
#define STAGE_APPROVERS_MAX 200
#define SELECTORS_MAX 50 /* of owners, submit_by, visible_to, a target */
#define MAX_VISITS_DEFAULT 10
#define MAX_ROUNDS_DEFAULT 10

#define STAGE_TYPES(X) X(SEQUENTIAL, "sequential") X(PARALLEL, "parallel")
#define ON_EMPTIES(X) X(ESCALATE, "escalate") X(REJECT, "reject") X(APPROVE, "approve")
#define SKIP_REPEATS(X) X(OFF, "off") X(CONSECUTIVE, "consecutive") X(ANY, "any")
#define THENS(X) X(NONE, "") X(APPROVE, "approve") X(REJECT, "reject") X(ESCALATE, "escalate")
#define STAGE_ENDS(X)     \
    X(APPROVE, "approve") \
    X(REJECT, "reject")   \
    X(TIMEOUT, "timeout") \
    X(WITHDRAW, "withdraw")

/* clang-format off */
#define X_STAGE(name, text) STAGE_##name,
#define X_ON_EMPTY(name, text) ON_EMPTY_##name,
#define X_SKIP_REPEAT(name, text) SKIP_REPEAT_##name,
#define X_THEN(name, text) THEN_##name,
#define X_END(name, text) END_##name,
enum stage_type { STAGE_TYPES(X_STAGE) STAGE_TYPE_COUNT };
enum on_empty { ON_EMPTIES(X_ON_EMPTY) ON_EMPTY_COUNT };
enum skip_repeat { SKIP_REPEATS(X_SKIP_REPEAT) SKIP_REPEAT_COUNT };
enum then { THENS(X_THEN) THEN_COUNT };
enum stage_end { STAGE_ENDS(X_END) END_COUNT };
#undef X_STAGE
#undef X_ON_EMPTY
#undef X_SKIP_REPEAT
#undef X_THEN
#undef X_END
/* clang-format on */

enum quorum_kind { QUORUM_NONE, QUORUM_COUNT, QUORUM_PERCENT, QUORUM_MAJORITY, QUORUM_ALL };
struct quorum {
    enum quorum_kind kind;
    size_t n; /* people, or percent */
};

enum reject_kind { REJECT_ANY, REJECT_COUNT, REJECT_IMPOSSIBLE };
struct reject {
    enum reject_kind kind;
    size_t n;
};

/* When colleagues are reminded, counted from the entry of the stage. */
struct reminder {
    int64_t percent; /* of the SLA; 0: after a duration */
    struct duration after;
};

struct escalation {
    struct duration timeout; /* from the entry of the stage */
    const struct selector *targets;
    size_t target_count;
    bool replace; /* the targets take the place of the slate */
    enum then then;
};

struct stage {
    const char *id;
    const char *name;
    size_t index; /* in the author's list, from 0 */
    enum stage_type type;
    int64_t position;                 /* as given, default its place in the list from 1 */
    const struct selector *approvers; /* distinct, in the author's order */
    size_t approver_count;            /* 0, and no requires: anybody with the role approver */
    struct quorum quorum;
    const struct requires *requires; /* NULL: none */
    struct reject reject;
    bool vote_once;
    bool allow_self_approval;
    enum skip_repeat skip_repeat;
    enum on_empty on_empty;
    unsigned actions;               /* a bit for each enum action_kind that is allowed */
    const struct logic *conditions; /* NULL: always entered */
    const char *const *covers;      /* JSON pointers into the payload */
    size_t cover_count;
    const char *calendar; /* of business durations; NULL: none */
    struct duration sla;
    const struct reminder *reminders;
    size_t reminder_count;
    const struct escalation *escalations; /* levels, by timeout as the author listed them */
    size_t escalation_count;
    bool auto_rules;              /* the rules file is asked when the stage is entered */
    bool trust_payload;           /* the payload's ratings of itself are believed here */
    const char *auto_action_type; /* NULL: the payload's */
};

/* Where a stage leads to when it ends. */
enum target_kind { TARGET_STAGE, TARGET_APPROVED, TARGET_REJECTED, TARGET_RETURNED };
struct transition {
    size_t from; /* index of the stage */
    enum stage_end on;
    const struct logic *condition; /* NULL: always */
    enum target_kind to;
    size_t stage; /* index, of TARGET_STAGE */
};

struct definition {
    const char *id;
    const char *name;
    const char *version;          /* the author's text, default "1.0" */
    const char *description;      /* NULL: none */
    const char *created_by;       /* NULL: none */
    const struct mustache *title; /* NULL: none */
    const struct stage *stages;   /* in position order; ties keep the author's order */
    size_t stage_count;
    const struct transition *transitions; /* in the author's order */
    size_t transition_count;
    const struct selector *owners, *submit_by, *visible_to;
    size_t owner_count, submit_by_count, visible_to_count;
    const struct payload_schema *payload_schema; /* NULL: any object */
    int64_t max_rounds, max_visits;
    struct duration expires; /* none: never */
    const char *calendar;    /* of expires; NULL: none */
};

/* default_id is used where the body has no id. -1 with ERR_INVALID and every problem when anything
 * does not fit, or cannot be satisfied by anybody; an empty list of stages is ERR_BAD_REQUEST
 * "Workflow has no stages". warnings may be NULL; it gets what is allowed and probably not meant
 * (members that nobody reads, …), in its own arena. */
int definition_parse(struct arena *arena, const struct json *body, const char *default_id,
                     struct definition *out, struct problems *warnings, struct err *e);

const char *stage_type_name(enum stage_type t);
const char *stage_end_name(enum stage_end end);

/* Index of the stage with that id, or -1. */
int definition_stage(const struct definition *d, const char *id);

/* Whether any stage asks the rules file. */
bool definition_asks_rules(const struct definition *d);

/* Whether anything in it looks into the payload, so that it must be at hand when people act. */
bool definition_reads_payload(const struct definition *d);

#endif
