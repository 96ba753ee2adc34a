/*
 * What a definition says about things outside of it: calendars that must
 * exist, people who could complete its stages today.
 */
#ifndef SERVICE_WORKFLOW_CHECK_H
#define SERVICE_WORKFLOW_CHECK_H

#include "engine/definition.h"
#include "service.h"

/* Adds to problems what makes the definition unusable (a calendar that does not exist), to warnings
 * what today's members could not satisfy. -1 only when the store fails. */
int workflow_check(struct service *sv, struct session *s, struct arena *arena,
                   const struct definition *d, struct problems *problems, struct problems *warnings,
                   struct err *e);

#endif
