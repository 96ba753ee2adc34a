/*
 * How an approval moves on: the stage entered, the stage left, the end. Only
 * this file changes the status and the open stage. Nobody outside the engine
 * includes it.
 */
#ifndef ENGINE_PROGRESS_H
#define ENGINE_PROGRESS_H

#include "run.h"

/* Makes the stage the open one, with nobody asked yet. */
void progress_open(struct run *r, const struct stage *s);

/* Asks the rules of the open stage and of those that follow, until people are asked or the whole
 * approval is approved. */
void progress_enter(struct run *r);

/* After a vote: ends the open stage if that decides it. actor gave the vote. */
void progress_settle(struct run *r, const char *actor);

/* Ends the approval. */
void progress_end(struct run *r, enum approval_status status, const char *actor);

#endif
