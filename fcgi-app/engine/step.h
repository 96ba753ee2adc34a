/*
 * The engine: facts and one event in, new facts and effects out. Pure: it
 * knows no clock, no ids, no environment, no database. Everything from outside
 * (now, who is in a group, the rules) comes in and is recorded with the
 * effects it had, so that an approval's history can be run again.
 */
#ifndef ENGINE_STEP_H
#define ENGINE_STEP_H

#include "action.h"
#include "approval.h"
#include "autorules.h"
#include "definition.h"

#include "base/arena.h"
#include "base/err.h"

#define ENGINE_REVISION 2 /* counts changes of meaning; recorded when an approval is submitted */
#define ACTOR_SYSTEM "system" /* actor of automatic decisions */
#define DELEGATION_CHAIN_MAX 8
#define SLATE_MAX 1000 /* people asked in one stage */

/*
 * A question about the outside, and its answer: a list of texts, mostly user ids.
 *
 *   "user:<id>"                  that id when he may act; default: it is
 *   "group:<id>", "role:<id>"    members, holders
 *   "manager:<user>", "owner:<user>"   one or none
 *   "deputy:<user>"              who stands in for him now; none when he is not absent
 *   "least_loaded:<selector>"    its people, the one with least to do first
 *   "member:<selector>\n<user>"  that user when the selector names him; default: it does
 *   "admits:<role>\n<user>"      that user when a slate open to the role is open to him; default:
 * it is "due:<calendar>\n<duration>\n<from>"   the instant, decimal microseconds
 *   "rules:<stage>\n<visit>"     asked only when history is run again: the verdict as it was
 *
 * Where nobody answers (ask is NULL) and in a history that does not name the question, the answer
 * is the default, which is nobody unless said otherwise.
 */
struct reply {
    const char *const *texts;
    size_t count;
};
typedef int outside_ask(void *arg, struct arena *arena, const char *question, struct reply *out,
                        struct err *e);

/* What is outside, as it was when asked. */
struct outside {
    int64_t now;
    outside_ask *ask; /* NULL: defaults */
    void *ask_arg;
    bool replay;                   /* the history is run again: rules are asked of it, too */
    const struct autorules *rules; /* NULL: none */
    const char *rules_sha256;      /* of the file, hex; NULL: none */
    bool manual_only;              /* nothing is decided by rules */
    const struct json *payload;    /* parsed; may be NULL where nothing reads it */
};

struct asked {
    const char *question;
    struct reply reply;
};

/* One line of an approval's history. Members that do not apply are NULL. */
struct event {
    const char *action; /* "submitted", an action's name, or one of docs/workflows.md's others */
    const char *stage_id;
    int64_t visit;
    const char *actor;
    const char *through; /* who did it for the actor; NULL: he himself */
    int64_t seq;
    const char *assignee, *from, *comment, *reason, *metadata;
    const char *payload_sha256;                   /* what was decided on */
    const char *rule, *rule_value, *rules_sha256; /* of an automatic decision, or of why none */
    int64_t from_revision, revision;              /* of a migration; else 0 */
    bool first; /* of what one call did: what was asked of the outside is recorded with it */
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
    struct asked *asked; /* answers that were not the default */
    size_t asked_count;
    bool repeat;           /* nothing changed: the same vote again */
    bool moved;            /* a next stage was entered and is open */
    const char *handed_to; /* of delegate and reassign */
};

/*
 * Starts an approval. In: *a with id, workflow_id, revision, workflow_version, target_entity,
 * requester_id, payload, payload_sha256, believed and, where given, title, links, valid_for_us; the
 * rest zero. Out: the first stage entered (or everything decided), tasks opened, seq, times.
 * ERR_FORBIDDEN for a requester whom submit_by does not name.
 */
int engine_submit(struct arena *arena, const struct definition *d, const struct outside *o,
                  struct approval *a, struct effects *out, struct err *e);

/*
 * Applies one action. On -1 neither *a nor *out may be used, and e says why:
 * ERR_FORBIDDEN (may not act), ERR_CONFLICT (already decided, or past a deadline that decides:
 * engine_tick is due), ERR_STALE (another stage, visit, seq or payload than the actor saw),
 * ERR_INVALID (an assignee who cannot take it), ERR_BAD_REQUEST "Assignee required for delegation".
 */
int engine_act(struct arena *arena, const struct definition *d, const struct outside *o,
               struct approval *a, const struct action *action, struct effects *out, struct err *e);

/* What actor could do now: reasons gets, for each kind of action, a sentence why not, or NULL where
 * he may. Nothing is changed. */
int engine_permissions(struct arena *arena, const struct definition *d, const struct outside *o,
                       const struct approval *a, const char *actor, bool admin,
                       const char *reasons[ACTION_COUNT], struct err *e);

/* Applies everything that has fallen due by now, in due order. Effects without events: nothing was
 * due. */
int engine_tick(struct arena *arena, const struct definition *d, const struct outside *o,
                struct approval *a, struct effects *out, struct err *e);

/* Whether a deadline that decides has passed. */
bool engine_overdue(const struct definition *d, const struct approval *a, int64_t now);

/* People have left: ends the tasks of those who may no longer act and fails closed where the rest
 * cannot decide. Effects without events: nobody had to go. */
int engine_recheck(struct arena *arena, const struct definition *d, const struct outside *o,
                   struct approval *a, struct effects *out, struct err *e);

/*
 * Moves a running approval to another version of its workflow: d, of that revision. same: the ids
 * of the stages that are written the same in both versions, a line each; NULL: none. An open stage
 * that is among them stays as it is; else it is entered again. What people approved in the others
 * does not carry any more, neither into a next round nor to a later stage. ERR_CONFLICT where the
 * new version does not have the open stage, or the approval has ended.
 */
int engine_migrate(struct arena *arena, const struct definition *d, const char *same,
                   const struct outside *o, struct approval *a, int64_t revision, const char *actor,
                   struct effects *out, struct err *e);

#endif
