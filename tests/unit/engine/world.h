/*
 * What the engine's tests share: a definition written in JSON (with ' for "),
 * an approval of it, what is known outside, and one line for each thing that
 * somebody does.
 */
#ifndef TESTS_ENGINE_WORLD_H
#define TESTS_ENGINE_WORLD_H

#include "../check.h"
#include "engine/definition.h"
#include "engine/step.h"
#include "quoted.h"

#define START INT64_C(1700000000000000)
#define MINUTE INT64_C(60000000)

#define KNOWN_MAX 32

/* What is known outside: answers to questions, the names parted by blanks. */
struct known {
    size_t count;
    struct {
        const char *question, *names;
    } answers[KNOWN_MAX];
    const char *broken; /* a question that cannot be answered now; NULL: none */
};

struct world {
    struct arena *arena;
    struct known *known;
    struct definition d;
    struct outside o;
    struct approval a;
    struct effects fx;
    struct err e;
};

static inline struct reply names_reply(struct arena *arena, const char *names)
{
    struct reply reply = {NULL, 0};
    const char **texts = arena_array(arena, strlen(names) + 1, sizeof *texts);
    for (const char *name = names; *name;) {
        size_t n = strcspn(name, " ");
        texts[reply.count++] = arena_strndup(arena, name, n);
        name += n + (name[n] == ' ');
    }
    reply.texts = texts;
    return reply;
}

static inline int known_ask(void *arg, struct arena *arena, const char *question, struct reply *out,
                            struct err *e)
{
    const struct known *known = arg;
    if (known->broken && !strcmp(known->broken, question))
        return err_set(e, ERR_UNAVAILABLE, "nobody knows");
    for (size_t i = 0; i < known->count; i++)
        if (!strcmp(known->answers[i].question, question))
            *out = names_reply(arena, known->answers[i].names);
    return 0;
}

/* From now on the question has this answer: names parted by blanks, "" for nobody. */
static inline void world_knows(struct world *w, const char *question, const char *names)
{
    struct known *known = w->known;
    size_t i = 0;
    while (i < known->count && strcmp(known->answers[i].question, question) != 0)
        i++;
    CHECK_FATAL(i < KNOWN_MAX);
    known->answers[i].question = question;
    known->answers[i].names = names;
    known->count += i == known->count;
}

/* A world with this workflow; nothing has been submitted yet. */
static inline struct world world_of_workflow(const char *body)
{
    struct world w = {.arena = arena_new(), .o.now = START};
    w.known = arena_make(w.arena, struct known);
    w.o.ask = known_ask;
    w.o.ask_arg = w.known;
    int rc = definition_parse(w.arena, json_of(w.arena, body), "wf", &w.d, NULL, &w.e);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", w.e.message, body);
    CHECK_FATAL(rc == 0);
    w.a = (struct approval){
        .id = "appr-1",
        .workflow_id = "wf",
        .revision = 1,
        .workflow_version = "1.0",
        .target_entity = "order/1",
        .requester_id = "rita",
        .payload = "{}",
        .payload_sha256 = "5ha",
    };
    return w;
}

/* A world whose workflow has these stages. */
static inline struct world world_of(const char *stages)
{
    struct str body = STR_INIT;
    str_addf(&body, "{'id':'wf','stages':[%s]}", stages);
    struct world w = world_of_workflow(body.buf);
    str_release(&body);
    return w;
}

static inline void world_submit(struct world *w)
{
    CHECK_FATAL(engine_submit(w->arena, &w->d, &w->o, &w->a, &w->fx, &w->e) == 0);
}

/* As world_of, and submitted by rita. */
static inline struct world world_with(const char *stages)
{
    struct world w = world_of(stages);
    world_submit(&w);
    return w;
}

static inline void world_end(struct world *w)
{
    arena_free(&w->arena);
}

/* A minute later. The answer is the kind of error, ERR_NONE for success. */
static inline enum err_kind world_act(struct world *w, struct action action)
{
    w->o.now += MINUTE;
    w->e = (struct err)ERR_INIT;
    int rc = engine_act(w->arena, &w->d, &w->o, &w->a, &action, &w->fx, &w->e);
    CHECK(rc == (w->e.kind == ERR_NONE ? 0 : -1));
    return w->e.kind;
}

static inline enum err_kind approve(struct world *w, const char *actor)
{
    return world_act(w, (struct action){.kind = ACTION_APPROVE, .actor = actor});
}

static inline enum err_kind reject(struct world *w, const char *actor)
{
    return world_act(w, (struct action){.kind = ACTION_REJECT, .actor = actor});
}

static inline enum err_kind withdraw(struct world *w, const char *actor)
{
    return world_act(w, (struct action){.kind = ACTION_WITHDRAW, .actor = actor});
}

static inline enum err_kind delegate(struct world *w, const char *actor, const char *assignee)
{
    return world_act(
        w, (struct action){.kind = ACTION_DELEGATE, .actor = actor, .assignee = assignee});
}

/* By ada, an administrator. */
static inline enum err_kind reassign(struct world *w, const char *from, const char *assignee)
{
    return world_act(w, (struct action){.kind = ACTION_REASSIGN,
                                        .actor = "ada",
                                        .from = from,
                                        .assignee = assignee,
                                        .admin = true});
}

/* What is due by then, as minutes after the submission. */
static inline void world_tick(struct world *w, int64_t minutes)
{
    w->o.now = START + minutes * MINUTE;
    CHECK_FATAL(engine_tick(w->arena, &w->d, &w->o, &w->a, &w->fx, &w->e) == 0);
}

/* "alice:open bob:waiting": the tasks in their order, with votes in the place of "answered". */
static inline const char *tasks_text(const struct world *w)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < w->a.task_count; i++) {
        const struct task *t = &w->a.tasks[i];
        str_addf(&s, "%s%s:%s", i ? " " : "", t->user,
                 t->state == TASK_ANSWERED ? vote_name(t->vote) : task_state_name(t->state));
    }
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* "one/1 approved, two/1 open": the visits in their order; passed over is visit 0. */
static inline const char *visits_text(const struct world *w)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < w->a.visit_count; i++) {
        const struct visit *v = &w->a.visits[i];
        str_addf(&s, "%s%s/%lld %s", i ? ", " : "", v->stage_id, (long long)v->visit,
                 visit_outcome_name(v->outcome));
    }
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* "sla 0 +60, escalate 1 +90": kind, level and due time of the timers, in minutes after the
 * submission, as they are kept. */
static inline const char *timers_text(const struct world *w)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < w->a.timer_count; i++) {
        const struct timer *t = &w->a.timers[i];
        str_addf(&s, "%s%s %lld %+lld", i ? ", " : "", timer_kind_name(t->kind),
                 (long long)t->level, (long long)((t->due_at - START) / MINUTE));
    }
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* "submitted escalated": the events of the last step. */
static inline const char *events_text(const struct world *w)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < w->fx.event_count; i++)
        str_addf(&s, "%s%s", i ? " " : "", w->fx.events[i].action);
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* "task.assigned(alice,bob) approval.submitted": the notices of the last step. */
static inline const char *notices_text(const struct world *w)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < w->fx.notice_count; i++) {
        const struct notice *n = &w->fx.notices[i];
        str_addf(&s, "%s%s", i ? " " : "", n->event);
        for (size_t k = 0; k < n->to_count; k++)
            str_addf(&s, "%c%s", k ? ',' : '(', n->to[k]);
        if (n->to_count)
            str_addch(&s, ')');
    }
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

#endif
