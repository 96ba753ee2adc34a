/*
 * Approvals that need not be given twice: of people (skip_repeat), and of
 * stages whose fields a new payload leaves as they were (covers), as long as
 * the stage itself is what it was. Nobody outside the engine includes it.
 */
#ifndef ENGINE_CARRY_H
#define ENGINE_CARRY_H

#include "run.h"

/* Gives the places of the stage that has just been opened the approvals that their holders gave
 * earlier in this round, as skip_repeat says. */
void carry_repeats(struct run *r, const struct stage *s);

/* At the start of a round, whose payload takes the place of old: notes the stages that people have
 * approved and that cover only what is the same in both. */
void carry_covered(struct run *r, const struct json *old);

/* Whether the stage is one of those; once only: who comes back to it goes through it. */
bool carry_take(struct run *r, const struct stage *s);

/* The approval has come to another version: what was approved in this round, or is carried, counts
 * there for stages only that are written the same in both. same: their ids, a line each. */
void carry_migrate(struct run *r, const char *same);

#endif
