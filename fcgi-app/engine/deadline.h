/*
 * What falls due: reminders, the SLA, levels of escalation, expiry. Nobody
 * outside the engine includes it.
 *
 * Every time counts from the entry of the stage. Levels that only ask more
 * people keep their distance when they fire late, so that a chain does not
 * jump to its end after an outage; what decides is absolute.
 */
#ifndef ENGINE_DEADLINE_H
#define ENGINE_DEADLINE_H

#include "run.h"

/* The stage that has just been entered: sets its timers and sla_due_at. */
void deadline_start_stage(struct run *r, const struct stage *s);
/* Drops all but the expiry. */
void deadline_stop_stage(struct run *r);
/* The approval's own expiry. */
void deadline_start(struct run *r);
void deadline_stop(struct run *r);

/* Whether this timer ends the stage or the approval. */
bool deadline_decides(const struct definition *d, const struct approval *a, const struct timer *t);

/* The one that is due first, at most now; NULL: none. Ties: in the order of the kinds, of levels.
 */
const struct timer *deadline_next(const struct approval *a, int64_t now);
/* Takes it off the list; later levels keep their distance. */
struct timer deadline_take(struct run *r, const struct timer *t);

/* The next level of escalation that only asks more people; NULL: there is none left. */
const struct timer *deadline_next_level(const struct definition *d, const struct approval *a);

#endif
