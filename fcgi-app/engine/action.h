/*
 * What people can do to an approval.
 */
#ifndef ENGINE_ACTION_H
#define ENGINE_ACTION_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

/* The second is whether a stage's `actions` may leave it out: the ways out stay open. */
#define ACTIONS(X)                                                              \
    X(APPROVE, "approve", true)                                                 \
    X(REJECT, "reject", true)                                                   \
    X(ABSTAIN, "abstain", true)                                                 \
    X(DELEGATE, "delegate", true)                                               \
    X(TAKE_BACK, "take_back", false) /* what I delegated, until he has voted */ \
    X(REASSIGN, "reassign", true)                                               \
    X(CLAIM, "claim", true)                                                     \
    X(UNCLAIM, "unclaim", false)                                                \
    X(COMMENT, "comment", true)                                                 \
    X(REQUEST_CHANGES, "request_changes", true)                                 \
    X(EDIT, "edit", true)                                                       \
    X(RESUBMIT, "resubmit", false)                                              \
    X(WITHDRAW, "withdraw", false)                                              \
    X(ESCALATE, "escalate", true)                                               \
    X(CANCEL, "cancel", false)                                                  \
    X(ADD_APPROVER, "add_approver", true)                                       \
    X(RE_RESOLVE, "re_resolve", false) /* the slate, by an administrator */     \
    X(CONSUME, "consume", false)       /* by a route of its own */

enum action_kind {
#define X(name, text, limited) ACTION_##name,
    ACTIONS(X)
#undef X
        ACTION_COUNT
};

/* What somebody does. Pointers are NULL and numbers 0 where the caller said nothing. */
struct action {
    enum action_kind kind;
    const char *actor;
    const char *through;  /* who acts for the actor, with his leave; NULL: he himself */
    const char *assignee; /* delegate, reassign, add_approver */
    const char *from;     /* reassign: who holds the task now */
    const char *comment;
    const char *metadata; /* JSON object, kept with the event */
    const char *stage_id; /* the stage and visit the actor saw */
    int64_t visit;
    int64_t expected_seq;
    const char *payload_sha256; /* that he saw */
    bool admin;                 /* the caller is an administrator */
    /* edit, resubmit: what takes the payload's place; NULL: it stays */
    const struct json *payload;
    const char *payload_text;       /* the same, without insignificant white space */
    const char *payload_new_sha256; /* of that text */
    const char *title;              /* the line people read, made anew */
    bool believed;                  /* and its ratings of itself, as in struct approval */
};

const char *action_name(enum action_kind k);
int action_parse(const char *text); /* -1: none of them */
/* Whether a stage's `actions` may leave it out. */
bool action_is_limited(enum action_kind k);

#endif
