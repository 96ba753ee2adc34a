/*
 * Places that change hands: by their holder (delegate, take_back), by an
 * administrator or owner (reassign), and people asked besides (add_approver).
 * Nobody outside the engine includes it.
 */
#ifndef ENGINE_HANDOVER_H
#define ENGINE_HANDOVER_H

#include "run.h"

/* All: the actor has been found eligible; s is the open stage. ERR_BAD_REQUEST without an
 * assignee, ERR_INVALID for one who cannot take the place, ERR_CONFLICT where it is too late.
 * Nothing has changed then. */
int handover_delegate(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e);
int handover_take_back(struct run *r, const struct stage *s, const struct action *action,
                       struct err *e);
int handover_reassign(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e);
int handover_add_approver(struct run *r, const struct stage *s, const struct action *action,
                          struct err *e);

#endif
