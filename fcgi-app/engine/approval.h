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
#define APPROVAL_STATUSES(X)                                                                   \
    X(PENDING, "pending", false)                                                               \
    X(RETURNED, "returned", false) /* to the requester, for changes */                         \
    X(ERROR, "error", false)       /* a condition could not be evaluated: people move it on */ \
    X(APPROVED, "approved", true)                                                              \
    X(REJECTED, "rejected", true)                                                              \
    X(WITHDRAWN, "withdrawn", true)                                                            \
    X(CANCELLED, "cancelled", true)                                                            \
    X(EXPIRED, "expired", true)

enum approval_status {
#define X(name, text, terminal) STATUS_##name,
    APPROVAL_STATUSES(X)
#undef X
        STATUS_COUNT
};

/*
 * A task: one place of a stage's slate, held by one person. Handing a place on
 * (delegate, reassign, a deputy) ends one task and opens another whose parent
 * it is, so the chain of who stood in for whom is kept.
 */
#define TASK_STATES(X)                                              \
    X(WAITING, "waiting") /* sequential: not this one's turn yet */ \
    X(OPEN, "open")                                                 \
    X(ANSWERED, "answered")                                         \
    X(HANDED_ON, "handed_on")                                       \
    X(RELIEVED, "relieved") /* given to somebody else by another */ \
    X(CLOSED, "closed")     /* the stage or the approval ended first */

enum task_state {
#define X(name, text) TASK_##name,
    TASK_STATES(X)
#undef X
        TASK_STATE_COUNT
};

#define VOTES(X) X(NONE, "") X(APPROVE, "approve") X(REJECT, "reject") X(ABSTAIN, "abstain")

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
    const char *via;  /* texts of the selectors he was asked through, joined by '\n'; "": none */
    bool consult;     /* asked for an opinion, which counts neither way */
    enum task_state state;
    enum vote vote;
    int64_t opened_at;  /* 0: not yet */
    int64_t ended_at;   /* answered, handed on or closed; 0: not yet */
    int64_t claimed_at; /* a mark for colleagues; 0: none */
    bool changed;       /* since it was loaded (or is new): the store writes these only */
};

/* One entering of a stage, or the passing over it. */
#define VISIT_OUTCOMES(X)                                          \
    X(OPEN, "open")                                                \
    X(APPROVED, "approved")                                        \
    X(AUTO, "auto") /* approved by the rules */                    \
    X(REJECTED, "rejected")                                        \
    X(SKIPPED, "skipped")   /* its conditions did not hold */      \
    X(CARRIED, "carried")   /* approved in an earlier round */     \
    X(LEFT, "left")         /* returned, edited, withdrawn, … */ \
    X(OUTDATED, "outdated") /* approved; but a migration changed the stage */

enum visit_outcome {
#define X(name, text) VISIT_##name,
    VISIT_OUTCOMES(X)
#undef X
        VISIT_OUTCOME_COUNT
};

struct visit {
    int64_t no; /* from 1, unique within the approval: the path it took */
    const char *stage_id;
    int64_t visit; /* how often this stage was entered, from 1; 0: passed over */
    int64_t round;
    enum visit_outcome outcome;
    int64_t entered_at;
    int64_t ended_at; /* 0: open */
    bool changed;
};

#define TIMER_KINDS(X)      \
    X(REMIND, "remind")     \
    X(SLA, "sla")           \
    X(ESCALATE, "escalate") \
    X(EXPIRE, "expire")

enum timer_kind {
#define X(name, text) TIMER_##name,
    TIMER_KINDS(X)
#undef X
        TIMER_KIND_COUNT
};

/* What falls due while the stage is open (EXPIRE: while the approval is). */
struct timer {
    enum timer_kind kind;
    int64_t level; /* index into the stage's reminders or escalations; else 0 */
    int64_t due_at;
};

struct approval {
    const char *id;
    const char *workflow_id;
    int64_t revision;             /* ours, of the version it is pinned to */
    const char *workflow_version; /* the author's text of that version */
    const char *target_entity;
    const char *requester_id;
    const char *submitted_by; /* who sent it, where that is not the requester; NULL: he did */
    const char *owner_id;     /* who answers for a requester that is an agent; NULL: nobody */
    const char *title;        /* the line people read; NULL: none */
    const char *links;        /* JSON array of {name, url}; NULL: none */
    bool believed;            /* the payload's ratings of itself (agent, risk, action type) */
    enum approval_status status;
    const char *fault;    /* of ERROR: what could not be evaluated; NULL else */
    const char *carried;  /* ids of stages that need not be gone through again in this round, a line
                             each; NULL: none */
    const char *stage_id; /* the open stage; NULL once ended or returned */
    int64_t visit;        /* of the open stage; 0 without one */
    const char *slate_role; /* everybody with this role may decide, besides the tasks; NULL: none */
    bool fallback; /* the author's slate could not decide: `needed` approvals by anybody asked do */
    int64_t needed; /* approvals by distinct people that satisfy the open stage; 0: its requires */
    int64_t round;  /* revisions of the payload, from 1 */
    int64_t created_at, updated_at;
    int64_t sla_due_at;   /* of the open stage; 0: none */
    int64_t seq;          /* counts what happened, from 1; every change adds one or more */
    int64_t valid_for_us; /* how long an approval may be used once it is given; 0: not asked */
    int64_t valid_until;  /* 0: not approved, or not asked */
    int64_t consumed_at;  /* 0: not used */
    const char *payload;  /* JSON text as it was sent, without insignificant white space */
    const char *payload_sha256; /* of that text, 64 hex digits */
    bool payload_changed;       /* since it was loaded */
    struct task *tasks;         /* by no, which is the index plus 1 */
    size_t task_count;
    struct visit *visits; /* by no, which is the index plus 1 */
    size_t visit_count;
    struct timer *timers; /* in no order; the store replaces all of them when they changed */
    size_t timer_count;
    bool timers_changed;
};

const char *approval_status_name(enum approval_status s);
bool approval_status_terminal(enum approval_status s);
/* -1 when the text is none of them. */
int approval_status_parse(const char *text);
const char *task_state_name(enum task_state s);
int task_state_parse(const char *text);
const char *vote_name(enum vote v);
int vote_parse(const char *text);
const char *visit_outcome_name(enum visit_outcome o);
int visit_outcome_parse(const char *text);
const char *timer_kind_name(enum timer_kind k);
int timer_kind_parse(const char *text);

#endif
