/*
 * A workflow definition: one immutable version, parsed and checked. Read-only
 * once parsed; lives as long as the arena it was parsed into, and may be read
 * by several threads at once.
 *
 * What the language of this version holds is in docs/workflows.md. Members
 * that belong to the language but not yet to this version (conditions,
 * transitions, requires, actions, …) are refused by name, never ignored.
 */
#ifndef ENGINE_DEFINITION_H
#define ENGINE_DEFINITION_H

#include "base/json.h"
#include "base/problems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lengths are in characters. */
#define ID_MAX 200 /* of a workflow, a stage, a user */
#define NAME_MAX_LENGTH 1000
#define DEFINITION_STAGES_MAX 100
#define STAGE_APPROVERS_MAX 200

#define STAGE_TYPES(X) X(SEQUENTIAL, "sequential") X(PARALLEL, "parallel")

enum stage_type {
#define X(name, text) STAGE_##name,
    STAGE_TYPES(X)
#undef X
        STAGE_TYPE_COUNT
};

struct stage {
    const char *id;
    const char *name;
    enum stage_type type;
    int64_t position;             /* as given, default its place in the list from 1 */
    const char *const *approvers; /* distinct user ids, "user:" taken off, in the author's order */
    size_t approver_count;        /* 0: anybody with the role approver */
    size_t quorum;                /* distinct people; 0: not given (see stage_needed) */
    int64_t sla_us;               /* 0: none */
    bool auto_rules;              /* the rules file is asked when the stage is entered */
    const char *auto_action_type; /* NULL: the payload's */
    bool allow_self_approval;
    const struct json *source; /* the stage as it was posted */
};

struct definition {
    const char *id;
    const char *name;
    const char *version;        /* the author's text, default "1.0" */
    const char *description;    /* NULL: none */
    const char *created_by;     /* NULL: none */
    const struct stage *stages; /* in position order; ties keep the author's order */
    size_t stage_count;
};

/* default_id is used where the body has no id. Adds to problems and returns -1 when anything does
 * not fit. An empty list of stages is ERR_BAD_REQUEST "Workflow has no stages". body must outlive
 * the definition. */
int definition_parse(struct arena *arena, const struct json *body, const char *default_id,
                     struct definition *out, struct err *e);

/* Copies d into arena, without the stages' sources: what is left needs neither body nor its arena.
 */
void definition_copy(struct arena *arena, const struct definition *d, struct definition *out);

const char *stage_type_name(enum stage_type t);

/* Index of the stage with that id, or -1. */
int definition_stage(const struct definition *d, const char *id);

/* Whether any stage asks the rules file, so that the payload must be at hand. */
bool definition_asks_rules(const struct definition *d);

#endif
