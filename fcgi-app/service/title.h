/*
 * The line people read: a workflow's title with an approval's facts in it.
 */
#ifndef SERVICE_TITLE_H
#define SERVICE_TITLE_H

#include "engine/approval.h"
#include "engine/definition.h"

/* In arena; NULL where the workflow has no title. Reads target, requester and the payload's text,
 * not a->payload. ERR_INVALID when it becomes too long to make. */
int title_make(struct arena *arena, const struct definition *d, const struct approval *a,
               const char *payload, const char **out, struct err *e);

#endif
