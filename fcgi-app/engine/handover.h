/*
 * Handing a place on: by its holder (delegate) or by an administrator
 * (reassign). Nobody outside the engine includes it.
 */
#ifndef ENGINE_HANDOVER_H
#define ENGINE_HANDOVER_H

#include "run.h"

/* Both: the actor has been found eligible; s is the open stage. ERR_BAD_REQUEST without an
 * assignee, ERR_INVALID for one who cannot take the place. Nothing has changed then. */
int handover_delegate(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e);
int handover_reassign(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e);

#endif
