/*
 * What the parts of the engine share during one call: the inputs, and the
 * effects as they come together. Nobody outside the engine includes it.
 *
 * An error of the outside (the store fails while it is asked) does not stop
 * the call: it is kept, the rest goes on as if the answer were nobody, and the
 * call as a whole fails with it.
 */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "step.h"

struct run {
    struct arena *arena;
    const struct definition *definition;
    const struct outside *outside;
    struct approval *approval;
    struct effects *out;
    size_t task_room, visit_room, event_room, notice_room, asked_room;
    size_t entered;              /* stages, by this call */
    const char *actor, *through; /* through does what actor does in this call; NULL: nobody */
    bool withdrawing;            /* the requester has withdrawn: what follows approves nothing */
    bool narrowed; /* a place counts in fewer groups: the slate must be looked at again */
    bool failed;
    struct err failure;
};

struct run run_start(struct arena *arena, const struct definition *d, const struct outside *o,
                     struct approval *a, struct effects *out);

/* 0, or -1 with the failure that was kept. */
int run_end(struct run *r, struct err *e);

/* Room for one more element in an array of count elements; gives the array, which may have moved.
 * *room is what it has room for. */
void *run_grow(struct arena *arena, const void *array, size_t count, size_t *room, size_t size);

/* Asks the outside and records what it said. */
struct reply run_ask(struct run *r, const char *question);

/* Records an answer that the engine found itself, for when the history is run again. */
void run_record(struct run *r, const char *question, struct reply reply);

/* Adds an event about the open stage, with the next seq. The pointer holds until the next one. */
struct event *run_event(struct run *r, const char *action, const char *actor);

/* Adds a notice about the open stage, with the seq of the last event. to must outlive the run. */
void run_notice(struct run *r, const char *event, const char *actor, const char *const *to,
                size_t to_count);

/* As run_notice, to one person. */
void run_notice_to(struct run *r, const char *event, const char *actor, const char *user);

/* The open stage; NULL without one. */
const struct stage *run_stage(const struct run *r);

#endif
