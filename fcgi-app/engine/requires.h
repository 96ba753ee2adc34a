/*
 * What a stage asks for that a number cannot say: a tree of all, any and
 * at_least over selectors.
 *
 *     {"all": [{"at_least": 2, "of": "group:finance"},
 *              {"any": ["role:cfo", "manager:requester:2"]}]}
 *
 * A bare selector means one of the people it names. A person counts in every
 * selector he belongs to. at_least counts people, those of all its selectors
 * together, so its list holds selectors only.
 *
 * With distinct, one person fills one place of an all or at_least: decided by
 * maximum bipartite matching, never greedily; then `all` and `at_least` may
 * hold selectors and flat lists only (an at_least counts people of the union of
 * its list, a flat any is one place), because deeper nesting would be NP-hard:
 * refused with that reason. An any that is not within an all may hold anything:
 * it holds when one of its children does, each judged by itself, so people are
 * different within a child only.
 *
 * Lists are never empty, and an object is one rule and nothing else.
 *
 * A tree is read-only, lives in the arena it was parsed into and needs neither
 * the JSON nor its arena.
 */
#ifndef ENGINE_REQUIRES_H
#define ENGINE_REQUIRES_H

#include "selector.h"

#include <stdint.h>

enum stage_outcome { STAGE_OPEN, STAGE_SATISFIED, STAGE_IMPOSSIBLE };

#define REQUIRES_NODES_MAX 200   /* selectors included */
#define REQUIRES_DEPTH_MAX 8     /* of rules within rules; a selector is none */
#define REQUIRES_PEOPLE_MAX 1000 /* of an at_least */

struct requires;

/* One place of the slate: whom it stands for and what was answered. */
enum place_answer { ANSWER_NONE, ANSWER_APPROVED, ANSWER_OTHER /* rejected, abstained, gone */ };
struct place {
    const char *user; /* who holds it; no two places have the same */
    const char *via;  /* texts of the selectors he was resolved from, joined by '\n'; NULL: none */
    enum place_answer answer;
};

/* NULL with problems added; at is the pointer of body. */
const struct requires *requires_parse(struct arena *arena, const struct json *body, bool distinct,
                                      const char *at, struct problems *problems);

/* Every selector of the tree, each once. */
const struct selector *requires_selectors(const struct requires *r, size_t *count);

/* Satisfied by the approvals there are; impossible when it would not be even if everybody who has
 * not answered approved; open otherwise. Scratch memory from arena. */
enum stage_outcome requires_outcome(struct arena *arena, const struct requires *r,
                                    const struct place *places, size_t count);

/* How many people it asks for when nobody counts twice: the sum of an all, the least of an any. */
size_t requires_people(const struct requires *r);

/* 0 when some people could satisfy it (a group or a role may have any members, and anybody named
 * may be in any of them; each manager, payload and least_loaded selector is one person); -1 with a
 * sentence that says why not. */
int requires_possible(struct arena *arena, const struct requires *r, struct err *e);

#endif
