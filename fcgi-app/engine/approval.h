/*
 * The facts of one approval, as the engine works on them and the store keeps
 * them. Strings and arrays live in the arena of whoever loaded the approval.
 */
#ifndef ENGINE_APPROVAL_H
#define ENGINE_APPROVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Terminal states are final: nothing leads out of them. */
#define APPROVAL_STATUSES(X)      \
    X(PENDING, "pending", false)  \
    X(APPROVED, "approved", true) \
    X(REJECTED, "rejected", true) \
    X(WITHDRAWN, "withdrawn", true)

enum approval_status {
#define X(name, text, terminal) STATUS_##name,
    APPROVAL_STATUSES(X)
#undef X
        STATUS_COUNT
};

/*
 * A task: one place of a stage's slate, held by one person. Handing a place on
 * (delegate, reassign) ends one task and opens another whose parent it is, so
 * the chain of who stood in for whom is kept.
 */
#define TASK_STATES(X)                                              \
    X(WAITING, "waiting") /* sequential: not this one's turn yet */ \
    X(OPEN, "open")                                                 \
    X(ANSWERED, "answered")                                         \
    X(HANDED_ON, "handed_on")                                       \
    X(CLOSED, "closed") /* the stage or the approval ended first */

enum task_state {
#define X(name, text) TASK_##name,
    TASK_STATES(X)
#undef X
        TASK_STATE_COUNT
};

#define VOTES(X) X(NONE, "") X(APPROVE, "approve") X(REJECT, "reject")

enum vote {
#define X(name, text) VOTE_##name,
    VOTES(X)
#undef X
        VOTE_COUNT
};

struct task {
    int64_t no; /* from 1, unique within the approval */
    const char *stage_id;
    int64_t visit;    /* which entering of the stage */
    int64_t place;    /* order within the slate, from 1 */
    int64_t parent;   /* no of the task this was handed on from; 0: none */
    const char *user; /* who holds it */
    enum task_state state;
    enum vote vote;
    int64_t opened_at; /* 0: not yet */
    int64_t ended_at;  /* answered, handed on or closed; 0: not yet */
    bool changed;      /* since it was loaded (or is new): the store writes these only */
};

struct approval {
    const char *id;
    const char *workflow_id;
    int64_t revision;             /* ours, of the version it is pinned to */
    const char *workflow_version; /* the author's text of that version */
    const char *target_entity;
    const char *requester_id;
    enum approval_status status;
    const char *stage_id; /* the open stage; NULL once ended */
    int64_t visit;        /* of the open stage; 0 once ended */
    const char
        *slate_role; /* the open stage's slate is everybody with this role; NULL: its tasks */
    int64_t needed;  /* approvals by distinct people that satisfy the open stage */
    int64_t created_at, updated_at;
    int64_t sla_due_at;         /* of the open stage; 0: none */
    int64_t seq;                /* counts what happened, from 1; every change adds one or more */
    const char *payload;        /* JSON text as it was sent, without insignificant white space */
    const char *payload_sha256; /* of that text, 64 hex digits */
    struct task *tasks;         /* by no, which is the index plus 1 */
    size_t task_count;
};

const char *approval_status_name(enum approval_status s);
bool approval_status_terminal(enum approval_status s);
/* -1 when the text is none of them. */
int approval_status_parse(const char *text);
const char *task_state_name(enum task_state s);
int task_state_parse(const char *text);
const char *vote_name(enum vote v);
int vote_parse(const char *text);

#endif
