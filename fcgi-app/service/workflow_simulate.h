/*
 * Use case: what would happen to a request? Runs the engine on facts that are
 * never stored, with the people, rules and calendars of now.
 */
#ifndef SERVICE_WORKFLOW_SIMULATE_H
#define SERVICE_WORKFLOW_SIMULATE_H

#include "auth/principal.h"
#include "base/json.h"
#include "engine/step.h"
#include "service.h"

#define SIMULATE_VOTES_MAX 200

struct simulated_vote {
    const char *actor, *stage;
    enum action_kind kind; /* approve, reject or abstain */
};

struct simulate {
    const struct principal *who;
    const char *workflow_id;       /* the newest version of it, or */
    const struct json *definition; /* this one */
    const struct json *payload;
    const char *payload_text;
    const char *requester_id, *target_entity;
    const struct simulated_vote *votes; /* NULL: everybody who is asked approves */
    size_t vote_count;
};

struct simulated_stage {
    const char *stage_id;
    int64_t visit; /* 0: passed over */
    enum visit_outcome outcome;
    int64_t entered_at, due_at; /* due_at 0: none */
    const char *because;
    const char *const *asked;
    size_t asked_count;
    const char *role; /* everybody with it may decide; NULL: those asked */
    int64_t needed;   /* approvals; 0: what requires says */
};

struct simulated {
    struct simulated_stage *path;
    size_t path_count;
    enum approval_status outcome; /* PENDING: the votes left a stage open */
    const char *fault;            /* of ERROR */
    const char *const *refused;   /* a sentence for each vote that could not be given */
    size_t refused_count;
};

/* ERR_NOT_FOUND "Workflow not found"; ERR_INVALID with the definition's problems, or the payload's,
 * or where so many people would be asked that it would take too long;
 * ERR_FORBIDDEN for a requester who may not submit. */
int workflow_simulate(struct service *sv, struct arena *arena, const struct simulate *in,
                      struct simulated *out, struct err *e);

#endif
