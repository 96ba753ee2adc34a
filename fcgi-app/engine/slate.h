/*
 * The slate of the open stage: the places in it and who holds them. Only this
 * file changes tasks. Nobody outside the engine includes it.
 *
 * A place is live while its task is open or waiting.
 */
#ifndef ENGINE_SLATE_H
#define ENGINE_SLATE_H

#include "run.h"

#define ROLE_OF_OPEN_STAGE "approver" /* who may decide where the author named nobody */
#define ROLE_OF_ESCALATION "admin"    /* who may decide where nobody else can */

/* Whether the task belongs to the present visit of the open stage. */
bool task_is_present(const struct approval *a, const struct task *t);
bool task_is_live(const struct task *t);

/* What user holds in the open stage: his live task, else the one he answered, else the last one he
 * handed on; NULL: nothing. */
struct task *slate_find(const struct approval *a, const char *user);

/* The same without what he has handed on: whether he has a say. */
struct task *slate_holding(const struct approval *a, const char *user);

/* Fills the slate of the stage that has just been entered. Fails closed: where nobody is left who
 * may decide, or fewer people than must approve, it is opened to administrators. */
void slate_open(struct run *r, const struct stage *s);

/* Adds a task to the open stage at a place of its own. The pointer holds until the next one. */
struct task *slate_add(struct run *r, const char *user, enum task_state state);

/* Sets the actor's vote on his task. */
void slate_answer(struct run *r, struct task *t, enum vote vote);

/* How often the place of t has been handed on before t. */
size_t slate_chain(const struct approval *a, const struct task *t);
/* Whether user held the place of t before it was handed on to t. */
bool slate_was_held_by(const struct approval *a, const struct task *t, const char *user);
/* Hands the place of t on: ends t and opens a task of user in its state, unless he holds a place
 * already, which then stands for both. */
void slate_hand_on(struct run *r, struct task *t, const char *user);

/* In a sequential stage: opens the next task when nobody before it has one. */
void slate_advance(struct run *r);

/* Ends every live task of the open stage. */
void slate_close(struct run *r);

#endif
