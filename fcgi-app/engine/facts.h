/*
 * What conditions may look at. Nobody outside the engine includes it.
 *
 *     payload, requester (id), target_entity,
 *     workflow {id, name, version, revision},
 *     stage {id, name, visit}  (the one that is looked at),
 *     approval {id, status, round, created_at, approved_by (ids, in this round)},
 *     now (times are RFC 3339 texts in UTC, which compare as they follow each other)
 */
#ifndef ENGINE_FACTS_H
#define ENGINE_FACTS_H

#include "run.h"

/* visit is the one that s has or would have. Lives in the run's arena. */
struct value facts_of(const struct run *r, const struct stage *s, int64_t visit);

#endif
