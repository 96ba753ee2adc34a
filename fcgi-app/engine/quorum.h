/*
 * When a stage is satisfied. Three-valued: satisfied, impossible, open.
 */
#ifndef ENGINE_QUORUM_H
#define ENGINE_QUORUM_H

#include "approval.h"
#include "definition.h"

enum stage_outcome { STAGE_OPEN, STAGE_SATISFIED, STAGE_IMPOSSIBLE };

/* How many distinct people must approve, for a slate of that many (0: an open slate). */
size_t quorum_needed(const struct stage *s, size_t slate_size);

/* Of the stage that is open in a, by the votes of its present visit. A rejection is looked at first
 * and makes it impossible. */
enum stage_outcome quorum_outcome(const struct stage *s, const struct approval *a);

#endif
