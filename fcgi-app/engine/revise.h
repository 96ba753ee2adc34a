/*
 * A payload that is changed by the requester: a new round, which starts at the
 * first stage and passes over the stages whose approval carries. Nobody
 * outside the engine includes it.
 */
#ifndef ENGINE_REVISE_H
#define ENGINE_REVISE_H

#include "run.h"

/* The actor has been found eligible. ERR_INVALID for an edit without a payload. */
int revise(struct run *r, const struct stage *s, const struct action *action, struct err *e);

#endif
