/*
 * Use cases: the kill switch of automatic approval. While it is on, no
 * process approves anything by itself.
 */
#ifndef SERVICE_MANUAL_ONLY_H
#define SERVICE_MANUAL_ONLY_H

#include "usecase.h"

/* The name of the store's switch. */
#define MANUAL_ONLY_SWITCH "manual_only"
#define MANUAL_ONLY_REASON_MAX 1000 /* characters */

/* A switch that nobody has touched is off, changed_at 0. */
int manual_only_read(struct service *sv, struct arena *arena, struct switch_row *out,
                     struct err *e);

/* reason may be NULL; the caller has seen to what it consists of. The result that is rendered is a
 * struct switch_row. Setting what is set already leaves no entry. */
int manual_only_set(struct service *sv, struct call *c, bool on, const char *reason,
                    struct answer *out, struct err *e);

#endif
