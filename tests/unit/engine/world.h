/*
 * What the engine's tests share: a definition written in JSON (with ' for "),
 * an approval of it, and one line for each thing that somebody does.
 */
#ifndef TESTS_ENGINE_WORLD_H
#define TESTS_ENGINE_WORLD_H

#include "../check.h"
#include "engine/definition.h"
#include "engine/step.h"

#define START INT64_C(1700000000000000)
#define MINUTE INT64_C(60000000)

struct world {
    struct arena *arena;
    struct definition d;
    struct outside o;
    struct approval a;
    struct effects fx;
    struct err e;
};

static inline const struct json *json_of(struct arena *arena, const char *text)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    char *quoted = arena_strdup(arena, text);
    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (json_parse(arena, quoted, strlen(quoted), &limits, &v, &e) < 0)
        fprintf(stderr, "%s: %s\n", e.message, quoted);
    CHECK_FATAL(e.kind == ERR_NONE);
    return v;
}

/* A world whose workflow has these stages; nothing has been submitted yet. */
static inline struct world world_of(const char *stages)
{
    struct world w = {.arena = arena_new(), .o.now = START};
    const char *body = arena_printf(w.arena, "{'id':'wf','stages':[%s]}", stages);
    int rc = definition_parse(w.arena, json_of(w.arena, body), "unused", &w.d, &w.e);
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
                                        .may_reassign = true});
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
