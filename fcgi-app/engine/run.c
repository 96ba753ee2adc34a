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
        .visit_room = a->visit_count,
        .failure = ERR_INIT,
    };
}

int run_end(struct run *r, struct err *e)
{
    if (!r->failed)
        return 0;
    *e = r->failure;
    return -1;
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

static struct reply reply_of(struct arena *arena, const char *text)
{
    const char **texts = arena_make(arena, const char *);
    *texts = text;
    return (struct reply){texts, 1};
}

#define USER "user:"
#define MEMBER "member:"
#define ADMITS "admits:"

/* What is answered where nobody knows better: an id is a person, who is what he was taken for. */
static struct reply default_reply(struct arena *arena, const char *question)
{
    if (!strncmp(question, USER, strlen(USER)))
        return reply_of(arena, question + strlen(USER));
    if (!strncmp(question, MEMBER, strlen(MEMBER)) || !strncmp(question, ADMITS, strlen(ADMITS)))
        return reply_of(arena, strrchr(question, '\n') + 1);
    return (struct reply){NULL, 0};
}

static bool replies_equal(const struct reply *a, const struct reply *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->texts[i], b->texts[i]) != 0)
            return false;
    return true;
}

void run_record(struct run *r, const char *question, struct reply reply)
{
    struct effects *out = r->out;
    out->asked =
        run_grow(r->arena, out->asked, out->asked_count, &r->asked_room, sizeof *out->asked);
    out->asked[out->asked_count++] = (struct asked){question, reply};
}

/* A call gets one answer to one question. */
static const struct asked *find_asked(const struct effects *out, const char *question)
{
    for (size_t i = 0; i < out->asked_count; i++)
        if (!strcmp(out->asked[i].question, question))
            return &out->asked[i];
    return NULL;
}

struct reply run_ask(struct run *r, const char *question)
{
    const struct outside *o = r->outside;
    struct reply usual = default_reply(r->arena, question), reply = usual;
    const struct asked *known = find_asked(r->out, question);
    if (known)
        return known->reply;
    if (!o->ask || r->failed)
        return usual;
    if (o->ask(o->ask_arg, r->arena, question, &reply, &r->failure) < 0) {
        r->failed = true;
        return usual;
    }
    if (!replies_equal(&reply, &usual))
        run_record(r, question, reply);
    return reply;
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
        .through = r->through && !strcmp(actor, r->actor) ? r->through : NULL,
        .seq = ++r->approval->seq,
        .first = out->event_count == 1,
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

const struct stage *run_stage(const struct run *r)
{
    const struct approval *a = r->approval;
    int i = a->stage_id ? definition_stage(r->definition, a->stage_id) : -1;
    return i < 0 ? NULL : &r->definition->stages[i];
}
