/*
 * When a stage is satisfied. Three-valued: satisfied, impossible, open.
 */
#ifndef ENGINE_QUORUM_H
#define ENGINE_QUORUM_H

#include "approval.h"
#include "definition.h"

/* How many distinct people must approve, for a slate of that many (0: an open slate); 0 where
 * requires says it. Percentages are rounded up, a majority is more than half. */
size_t quorum_needed(const struct stage *s, size_t slate_size);

/* The same where the author's slate cannot decide and others do in its place: never less than the
 * author asked for. */
int64_t quorum_needed_of_fallback(struct arena *arena, const struct stage *s,
                                  const struct approval *a);

/* Of the stage that is open in a, by the votes of its present visit. Rejections are looked at
 * first: where they end it, it is impossible. Scratch memory from arena. */
enum stage_outcome quorum_outcome(struct arena *arena, const struct stage *s,
                                  const struct approval *a);

/* Whether the rejections there are end the stage; and whether there is any. */
bool quorum_rejected(struct arena *arena, const struct stage *s, const struct approval *a);
bool quorum_any_rejection(struct arena *arena, const struct approval *a);

/* Whether the slate as it is could satisfy the stage if everybody approved. */
bool quorum_reachable(struct arena *arena, const struct stage *s, const struct approval *a);

#endif
