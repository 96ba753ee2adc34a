/*
 * Writing down what the engine said: history, outbox and audit entry of one
 * change to an approval.
 */
#ifndef SERVICE_RECORD_H
#define SERVICE_RECORD_H

#include "engine/step.h"
#include "store/store.h"
#include "usecase.h"

/* events and notices of fx, and one audit entry for the whole. */
int record_effects(struct session *s, struct call *c, const struct approval *a,
                   const struct effects *fx, const char *audit_action, const char *actor,
                   int64_t now, struct err *e);

/* An audit entry of a change to anything else. Of entry, entity and action are given, and actor_id
 * where it is not the caller; data is its payload and is released. */
int record_change(struct session *s, struct call *c, const struct audit_entry *entry,
                  struct str *data, int64_t now, struct err *e);

#endif
