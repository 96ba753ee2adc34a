/*
 * How an approval moves on: stages entered, skipped and left, the end. Only
 * this file changes the status, the open stage and the visits. Nobody outside
 * the engine includes it.
 */
#ifndef ENGINE_PROGRESS_H
#define ENGINE_PROGRESS_H

#include "run.h"

/* Goes to the first stage of a round and on from there, until people are asked or all is decided.
 */
void progress_start(struct run *r);

/* After a vote, or when the slate has changed: ends the open stage if that decides it. actor did
 * it. */
void progress_settle(struct run *r, const char *actor);

/* Ends the open stage that way, whatever the votes are, and goes on. */
void progress_leave(struct run *r, enum stage_end end, const char *actor, const char *reason);

/* A deadline that decides has passed: the first transition on timeout that matches, else as if the
 * stage had ended otherwise. */
void progress_time_out(struct run *r, enum stage_end otherwise);

/* Fails closed where the slate cannot satisfy the open stage: as on_empty says. Then settles. */
void progress_check_slate(struct run *r);

/* Fills the slate of the open stage anew, then as progress_check_slate. */
void progress_resolve_again(struct run *r);

/* Asks whom a level of escalation names (level NULL, or one without targets: administrators). */
void progress_escalate(struct run *r, const struct escalation *level, const char *actor,
                       const char *reason);

/* Leaves the open stage without a decision: what is open is closed, its timers stop. */
void progress_interrupt(struct run *r);
void progress_return(struct run *r, const char *actor);
/* Enters the open stage again: fresh slate, full durations. */
void progress_reenter(struct run *r);

/* Ends the approval. */
void progress_end(struct run *r, enum approval_status status, const char *actor,
                  const char *reason);

#endif
