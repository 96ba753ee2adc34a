#include "run.h"

#define FIRST_ROOM 8

struct run run_start(struct arena *arena, const struct definition *d, const struct outside *o,
                     struct approval *a, struct effects *out)
{
    *out = (struct effects){0};
    return (struct run){
        .arena = arena,
        .definition = d,
        .outside = o,
        .approval = a,
        .out = out,
        .task_room = a->task_count,
    };
}

void *run_grow(struct arena *arena, const void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return (void *)(uintptr_t)array;
    *room = count < FIRST_ROOM ? FIRST_ROOM : count * 2;
    void *grown = arena_array(arena, *room, size);
    if (count)
        memcpy(grown, array, count * size);
    return grown;
}

struct event *run_event(struct run *r, const char *action, const char *actor)
{
    struct effects *out = r->out;
    out->events =
        run_grow(r->arena, out->events, out->event_count, &r->event_room, sizeof *out->events);
    struct event *e = &out->events[out->event_count++];
    *e = (struct event){
        .action = action,
        .stage_id = r->approval->stage_id,
        .visit = r->approval->visit,
        .actor = actor,
        .seq = ++r->approval->seq,
    };
    return e;
}

void run_notice(struct run *r, const char *event, const char *actor, const char *const *to,
                size_t to_count)
{
    struct effects *out = r->out;
    out->notices =
        run_grow(r->arena, out->notices, out->notice_count, &r->notice_room, sizeof *out->notices);
    out->notices[out->notice_count++] = (struct notice){
        .event = event,
        .stage_id = r->approval->stage_id,
        .actor = actor,
        .seq = r->approval->seq,
        .to = to,
        .to_count = to_count,
    };
}

void run_notice_to(struct run *r, const char *event, const char *actor, const char *user)
{
    const char **to = arena_make(r->arena, const char *);
    *to = user;
    run_notice(r, event, actor, to, 1);
}
