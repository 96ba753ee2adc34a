/*
 * What the engine asks of the outside (engine/step.h), answered from the
 * store, the rules file and the switches, as they are now.
 */
#ifndef SERVICE_OUTSIDE_H
#define SERVICE_OUTSIDE_H

#include "engine/step.h"
#include "service.h"

/* Borrows s and payload. rules_file_look belongs to prepare: this only takes what is in force. -1
 * when the store fails. */
int outside_now(struct service *sv, struct session *s, struct arena *arena,
                const struct definition *d, const struct json *payload, int64_t now,
                struct outside *out, struct err *e);

#endif
