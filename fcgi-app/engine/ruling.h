/*
 * What the auto-approval rules say about the open stage: asked now, or, when a
 * history is run again, as they said then. Nobody outside the engine includes
 * it.
 */
#ifndef ENGINE_RULING_H
#define ENGINE_RULING_H

#include "run.h"

struct ruling {
    struct auto_verdict verdict;
    const char *sha256; /* of the rules file; NULL: none */
};

/* Of s, which is the open stage; recorded with the call. */
struct ruling ruling_ask(struct run *r, const struct stage *s);

/* Notes the ruling with the event. */
void ruling_set(struct event *e, const struct ruling *ruling);

#endif
