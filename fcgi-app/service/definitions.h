/*
 * Parsed workflow versions, kept by the process. Versions are immutable, so
 * what is here is never stale.
 */
#ifndef SERVICE_DEFINITIONS_H
#define SERVICE_DEFINITIONS_H

#include "engine/definition.h"
#include "store/store.h"

struct definitions;

struct definitions *definitions_new(void);
void definitions_free(struct definitions **d); /* nothing may be in use any more */

/* The version's definition, valid until arena is freed or reset. ERR_INTERNAL when the store has no
 * such version or it does not parse. */
int definitions_get(struct definitions *d, struct session *s, struct arena *arena,
                    const char *workflow_id, int64_t revision, const struct definition **out,
                    struct err *e);

#endif
