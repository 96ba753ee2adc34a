/*
 * Writing down what the engine said: history, outbox and audit entry of one
 * change to an approval.
 */
#ifndef SERVICE_RECORD_H
#define SERVICE_RECORD_H

#include "base/json.h"
#include "engine/step.h"
#include "store/store.h"
#include "usecase.h"

/* events and notices of fx, and one audit entry for the whole: of who did it in the actor's name,
 * where an event says so, acting for him. */
int record_effects(struct service *sv, struct session *s, struct call *c, const struct approval *a,
                   const struct effects *fx, const char *audit_action, const char *actor,
                   int64_t now, struct err *e);

/* An audit entry of a change to anything else. Of entry, entity and action are given, and actor_id
 * where it is not the caller; data is its payload and is released. */
int record_change(struct service *sv, struct session *s, struct call *c,
                  const struct audit_entry *entry, struct str *data, int64_t now, struct err *e);

/* For content that the payload does not hold itself: its SHA-256 as a member of the object being
 * written. content is released; empty, it is none, and nothing is written. */
void record_digest(struct jsonw *w, const char *key, struct str *content);

#endif
