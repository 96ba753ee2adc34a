/*
 * The slate of the open stage: the places in it and who holds them. Only this
 * file and handover.c change tasks. Nobody outside the engine includes it.
 *
 * A place is live while its task is open or waiting.
 */
#ifndef ENGINE_SLATE_H
#define ENGINE_SLATE_H

#include "people.h"
#include "run.h"

#define ROLE_OF_OPEN_STAGE "approver" /* who may decide where the author named nobody */
#define ROLE_OF_ESCALATION "admin"    /* who may decide where nobody else can */

/* Whether the task belongs to the present visit of the open stage. */
bool task_is_present(const struct approval *a, const struct task *t);
bool task_is_live(const struct task *t);
/* Its place is with somebody else now. */
bool task_is_gone(const struct task *t);

/* What user holds in the open stage: his live task, else the one he answered, else the last one he
 * handed on; NULL: nothing. */
struct task *slate_find(const struct approval *a, const char *user);

/* The same without what he has handed on: whether he has a say. */
struct task *slate_holding(const struct approval *a, const char *user);

/* The same without what he was asked an opinion for: whether he is one of those who decide. */
struct task *slate_deciding(const struct approval *a, const char *user);

/* Whether the slate is open to a role that user has. */
bool slate_admits(struct run *r, const char *user);

/* Fills the slate of the stage that has just been entered; approvals that carry are given at once.
 * False, and nothing done, where more people are named than can be asked. */
bool slate_open(struct run *r, const struct stage *s);

/* Fills it anew with those whom the author's selectors name now, keeping the tasks and answers of
 * those who are still among them. False, and nothing done, where more people are named than can be
 * asked. */
bool slate_resolve_again(struct run *r, const struct stage *s);

/* Ends the live tasks of those who may no longer act, and takes off others the groups that their
 * holders have left. How many there were. */
size_t slate_drop_lost(struct run *r);

/* Adds a task to the open stage at a place of its own. The pointer holds until the next one. */
struct task *slate_add(struct run *r, const char *user, const char *via, enum task_state state);

/* The task of one who has been found eligible. Who has none is given one: where the slate is open
 * to a role; in a sequential stage at the place whose turn it is. */
struct task *slate_seat(struct run *r, const char *user);

/* Adds those of people who hold no place yet, and tells them. How many there were. */
size_t slate_add_people(struct run *r, const struct people *people);

/* The same for those who are asked because the others did not answer: at once, and in a sequential
 * stage at the place whose turn it is, which the first answer then fills. */
size_t slate_add_helpers(struct run *r, const struct people *people);

/* The places as requires and outlook look at them, in the order of the places. */
struct place *slate_places(struct arena *arena, const struct approval *a, size_t *count);

/* Sets the actor's vote on his task. */
void slate_answer(struct run *r, struct task *t, enum vote vote);

/* How often the place of t has been handed on before t. */
size_t slate_chain(const struct approval *a, const struct task *t);
/* Who was asked at the place of t in the first place. */
const char *slate_root(const struct approval *a, const struct task *t);
/* Whether user held the place of t before it was handed on to t. */
bool slate_was_held_by(const struct approval *a, const struct task *t, const char *user);
/* Hands the place of t on: ends t as how says (HANDED_ON or RELIEVED) and opens a task of user in
 * its state, unless he holds a place already, which then stands for both. Who is absent is stood in
 * for by his deputy. */
void slate_hand_on(struct run *r, struct task *t, const char *user, enum task_state how);
/* The task that took over from t; NULL: its holder had a place already, which stands for both. */
struct task *slate_successor(const struct approval *a, const struct task *t);
/* Ends t and gives its place back to the one it was handed on from. */
void slate_give_back(struct run *r, struct task *t);

/* In a sequential stage: opens the next task when nobody before it has one. False when its holder
 * has left meanwhile: the task has ended, and the slate must be looked at again. */
bool slate_advance(struct run *r);

/* Ends every live task of the open stage; with slate_close_all all others too: their votes no
 * longer count, and what was handed on is as if it had not been. */
void slate_close(struct run *r);
void slate_close_all(struct run *r);
/* Ends those that were answered so: the votes no longer count, and cannot be changed. */
void slate_close_votes(struct run *r, enum vote vote);

#endif
