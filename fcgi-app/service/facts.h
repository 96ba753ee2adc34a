/*
 * An approval at hand inside a use case: its facts, its version's definition,
 * its payload, loaded once and refreshed when they have moved on.
 */
#ifndef SERVICE_FACTS_H
#define SERVICE_FACTS_H

#include "engine/step.h"
#include "usecase.h"

struct facts {
    const char *id;
    struct approval approval;
    const struct definition *definition;
    const struct json *payload; /* parsed only where the definition reads it, or asked for */
    bool wants_payload; /* set it where the payload is needed whatever the definition says */
    bool spent;         /* the engine has worked on what was loaded */
    int64_t seq;        /* as it was loaded */
};

/* ERR_NOT_FOUND "Approval not found". */
int facts_load(struct service *sv, struct call *c, struct session *s, struct facts *f,
               struct err *e);

/* For apply, at the start of each run of it: makes sure that what is at hand is what is stored. */
int facts_refresh(struct service *sv, struct call *c, struct session *s, struct facts *f,
                  struct err *e);

/* Saves what the engine changed, with its history, notices and an audit entry; nothing where fx has
 * no events. */
int facts_save(struct service *sv, struct call *c, struct session *s, struct facts *f,
               const struct effects *fx, const char *audit_action, const char *actor, int64_t now,
               struct err *e);

/* Applies what has fallen due, for a use case that was refused because of it; nothing where nothing
 * has. */
int facts_tick(struct service *sv, struct call *c, struct session *s, struct facts *f, int64_t now,
               struct err *e);

#endif
