/*
 * The engine: facts and one event in, new facts and effects out. Pure: it
 * knows no clock, no ids, no environment, no database. Everything from outside
 * (now, the rules) comes in and is recorded with the effects it had.
 */
#ifndef ENGINE_STEP_H
#define ENGINE_STEP_H

#include "approval.h"
#include "autorules.h"
#include "definition.h"

#include "base/arena.h"
#include "base/err.h"

#define ACTIONS(X)          \
    X(APPROVE, "approve")   \
    X(REJECT, "reject")     \
    X(DELEGATE, "delegate") \
    X(REASSIGN, "reassign") \
    X(WITHDRAW, "withdraw")

enum action_kind {
#define X(name, text) ACTION_##name,
    ACTIONS(X)
#undef X
        ACTION_COUNT
};

#define ACTOR_SYSTEM "system" /* actor of automatic decisions */
#define DELEGATION_CHAIN_MAX 8

/* What somebody does. Pointers are NULL and numbers 0 where the caller said nothing. */
struct action {
    enum action_kind kind;
    const char *actor;
    const char *assignee; /* delegate, reassign */
    const char *from;     /* reassign: who holds the task now */
    const char *comment;
    const char *stage_id; /* the stage and visit the actor saw */
    int64_t visit;
    int64_t expected_seq;
    const char *payload_sha256;
    bool may_reassign; /* the caller is an administrator or owns the workflow */
};

/* What is outside, as it was when asked. */
struct outside {
    int64_t now;
    const struct autorules *rules; /* NULL: none */
    const char *rules_sha256;      /* of the file, hex; NULL: none */
    const struct json *payload;    /* parsed; may be NULL where no stage asks the rules */
};

/* One line of an approval's history. Members that do not apply are NULL. */
struct event {
    const char *action; /* "submitted", an action's name, or "escalated" */
    const char *stage_id;
    int64_t visit;
    const char *actor;
    int64_t seq;
    const char *assignee, *from, *comment, *reason;
    const char *rule, *rule_value, *rules_sha256; /* of an automatic decision, or of why none */
};

/* Something that people may want to be told; goes to the outbox. */
struct notice {
    const char *event; /* "approval.submitted", "task.assigned", "approval.approved", … */
    const char *stage_id;
    const char *actor;
    int64_t seq;
    const char *const *to; /* users whom it concerns besides the requester */
    size_t to_count;
};

struct effects {
    struct event *events;
    size_t event_count;
    struct notice *notices;
    size_t notice_count;
    bool repeat;           /* nothing changed: the same vote again */
    bool moved;            /* a next stage was entered and is open */
    const char *handed_to; /* of delegate and reassign */
};

/*
 * Starts an approval. In: *a with id, workflow_id, revision, workflow_version, target_entity,
 * requester_id, payload, payload_sha256; the rest zero. Out: the first stage entered (or everything
 * decided by the rules), tasks opened, seq, times.
 */
int engine_submit(struct arena *arena, const struct definition *d, const struct outside *o,
                  struct approval *a, struct effects *out, struct err *e);

/*
 * Applies one action. On -1 neither *a nor *out may be used, and e says why:
 * ERR_FORBIDDEN (may not act), ERR_CONFLICT (already decided), ERR_STALE (another stage, visit,
 * seq or payload than the actor saw), ERR_INVALID (an assignee who cannot take it),
 * ERR_BAD_REQUEST "Assignee required for delegation".
 */
int engine_act(struct arena *arena, const struct definition *d, const struct outside *o,
               struct approval *a, const struct action *action, struct effects *out, struct err *e);

const char *action_name(enum action_kind k);
int action_parse(const char *text); /* -1: none of them */

#endif
