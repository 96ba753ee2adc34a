/*
 * Scenarios: what the engine does, told in JSON. tests/scenarios/README.md
 * describes the form. A scenario is played against the engine; then what was
 * accepted is run again from what its history recorded, which must lead to the
 * same facts.
 */
#ifndef TESTS_ENGINE_SCENARIO_H
#define TESTS_ENGINE_SCENARIO_H

#include "base/problems.h"
#include "base/zone.h"
#include "engine/step.h"

#define SCENARIO_STEPS_MAX 64

struct scenario {
    const char *file; /* for messages */
    const char *name; /* a sentence */
    const char *rule; /* words of the specification */
    const struct json *body;
};

/* Who there is. Newer objects of the stack add to the older ones and replace what they name. */
struct cast {
    const struct json *stack[SCENARIO_STEPS_MAX + 1];
    size_t count;
    const struct json *calendars; /* id to definition; NULL: none */
    struct zones *zones;
};

/* One call of the engine. */
struct scene {
    enum { SCENE_SUBMIT, SCENE_ACT, SCENE_TIMERS, SCENE_RECHECK, SCENE_MIGRATE } kind;
    struct action action; /* of MIGRATE only the actor */
    const struct definition *definition;
    const struct json *payload; /* as it is before */
    int64_t now;
    int64_t revision;       /* of MIGRATE */
    const char *same;       /* of MIGRATE: stages that are, a line each */
    struct effects effects; /* that it had */
};

struct play {
    struct arena *arena;
    const struct scenario *scenario;
    struct cast cast;
    int64_t start, now;
    struct outside outside;
    const struct definition *definition; /* of the version the approval is on */
    const struct json *definition_body;
    struct approval approval; /* after the last step that was accepted */
    struct scene scene;       /* the present one; its effects are empty after a refusal */
    struct err err;           /* of the present step */
    const char *status;       /* that the approval must have now */
    const char *where;        /* the step, for messages */
    struct scene accepted[SCENARIO_STEPS_MAX + 1];
    size_t accepted_count;
    size_t checks; /* that were made by what the scenario expects */
    bool failed;
};

/* Plays one scenario. false when anything was not as expected; that is written to stderr. */
bool scenario_play(const struct scenario *s);

/* Says what is wrong, once with file, name and step. Always returns false. */
bool play_fail(struct play *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Reads object by a table; members that it does not name are wrong. false: said so. */
struct field;
bool play_read(struct play *p, const struct json *object, const char *what,
               const struct field *fields, size_t n, void *out);

/* "4h" after the submission, or an instant as RFC 3339. */
bool play_time(struct play *p, const char *text, int64_t *us);

/* Adds people. false: the object does not fit. */
bool cast_add(struct play *p, const struct json *people);
bool cast_has_role(const struct cast *c, const char *role, const char *user);
/* Answers from a cast, which is the argument. */
outside_ask cast_ask;

/* Checks the state and the effects against expect, which may be NULL, and against what always
 * holds. before is the approval before the step. */
bool play_expect(struct play *p, const struct json *expect, const struct approval *before);

/* All facts as text. */
const char *approval_text(struct arena *arena, const struct approval *a);
/* "ann approve, system escalated" */
const char *events_line(struct arena *arena, const struct effects *fx);

/* Runs what was accepted again. */
bool play_again(struct play *p);

#endif
