#include "scenario.h"

static void add_tasks(struct str *s, const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        str_addf(s, "task %lld %s/%lld place %lld parent %lld %s via [%s]%s %s %s %lld-%lld %lld\n",
                 (long long)t->no, t->stage_id, (long long)t->visit, (long long)t->place,
                 (long long)t->parent, t->user, t->via, t->consult ? " consult" : "",
                 task_state_name(t->state), vote_name(t->vote), (long long)t->opened_at,
                 (long long)t->ended_at, (long long)t->claimed_at);
    }
}

static void add_visits(struct str *s, const struct approval *a)
{
    for (size_t i = 0; i < a->visit_count; i++) {
        const struct visit *v = &a->visits[i];
        str_addf(s, "visit %lld %s/%lld round %lld %s %lld-%lld\n", (long long)v->no, v->stage_id,
                 (long long)v->visit, (long long)v->round, visit_outcome_name(v->outcome),
                 (long long)v->entered_at, (long long)v->ended_at);
    }
}

static void add_member(struct str *s, const char *name, const char *text)
{
    str_addf(s, "%s %s\n", name, text ? text : "-");
}

static void add_number(struct str *s, const char *name, int64_t n)
{
    str_addf(s, "%s %lld\n", name, (long long)n);
}

const char *approval_text(struct arena *arena, const struct approval *a)
{
    struct str s = STR_INIT;
    add_member(&s, "owner", a->owner_id);
    add_member(&s, "version", a->workflow_version);
    add_number(&s, "revision", a->revision);
    add_member(&s, "title", a->title);
    add_member(&s, "status", approval_status_name(a->status));
    add_member(&s, "fault", a->fault);
    add_member(&s, "stage", a->stage_id);
    add_number(&s, "visit", a->visit);
    add_member(&s, "role", a->slate_role);
    add_number(&s, "fallback", a->fallback);
    add_number(&s, "needed", a->needed);
    add_number(&s, "round", a->round);
    add_number(&s, "created", a->created_at);
    add_number(&s, "updated", a->updated_at);
    add_number(&s, "sla", a->sla_due_at);
    add_number(&s, "seq", a->seq);
    add_number(&s, "valid until", a->valid_until);
    add_number(&s, "consumed", a->consumed_at);
    add_member(&s, "carried", a->carried);
    add_member(&s, "payload", a->payload);
    add_member(&s, "hash", a->payload_sha256);
    add_tasks(&s, a);
    add_visits(&s, a);
    for (size_t i = 0; i < a->timer_count; i++)
        str_addf(&s, "timer %s %lld %lld\n", timer_kind_name(a->timers[i].kind),
                 (long long)a->timers[i].level, (long long)a->timers[i].due_at);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* Answers from what one call recorded, and from nothing else. */
static int ask_recorded(void *arg, struct arena *arena, const char *question, struct reply *out,
                        struct err *e)
{
    (void)arena, (void)e;
    const struct effects *fx = arg;
    for (size_t i = 0; i < fx->asked_count; i++)
        if (!strcmp(fx->asked[i].question, question))
            *out = fx->asked[i].reply;
    return 0;
}

static int run_again(struct play *p, struct scene *s, struct approval *a, struct effects *fx,
                     struct err *e)
{
    const struct outside o = {
        .now = s->now,
        .ask = ask_recorded,
        .ask_arg = &s->effects,
        .replay = true,
        .payload = s->payload,
    };
    switch (s->kind) {
    case SCENE_SUBMIT:
        return engine_submit(p->arena, s->definition, &o, a, fx, e);
    case SCENE_ACT:
        return engine_act(p->arena, s->definition, &o, a, &s->action, fx, e);
    case SCENE_TIMERS:
        return engine_tick(p->arena, s->definition, &o, a, fx, e);
    case SCENE_RECHECK:
        return engine_recheck(p->arena, s->definition, &o, a, fx, e);
    case SCENE_MIGRATE:
        break;
    }
    return engine_migrate(p->arena, s->definition, s->same, &o, a, s->revision, s->action.actor, fx,
                          e);
}

/* The first line in which the texts differ, of both. */
static bool differ(struct play *p, const char *was, const char *is)
{
    while (*was && *is) {
        size_t n = strcspn(was, "\n"), m = strcspn(is, "\n");
        if (n != m || memcmp(was, is, n) != 0)
            return play_fail(p, "the history run again gives \"%.*s\", not \"%.*s\"", (int)m, is,
                             (int)n, was);
        was += n + 1;
        is += m + 1;
    }
    return play_fail(p, "the history run again gives more or fewer facts");
}

bool play_again(struct play *p)
{
    const struct approval *was = &p->approval;
    const struct scene *first = &p->accepted[0];
    struct approval a = {
        .id = was->id,
        .workflow_id = was->workflow_id,
        .revision = 1,
        .workflow_version = first->definition->version,
        .target_entity = was->target_entity,
        .requester_id = was->requester_id,
        .believed = was->believed,
        .valid_for_us = was->valid_for_us,
    };
    struct str payload = STR_INIT;
    json_canonical(&payload, first->payload);
    a.payload = a.payload_sha256 = arena_strndup(p->arena, payload.buf, payload.len);
    str_release(&payload);
    for (size_t i = 0; i < p->accepted_count; i++) {
        struct scene *s = &p->accepted[i];
        struct effects fx;
        struct err e = ERR_INIT;
        p->where = arena_printf(p->arena, "call %zu of the history", i + 1);
        if (run_again(p, s, &a, &fx, &e) < 0)
            return play_fail(p, "it was accepted, and run again: %s", e.message);
        const char *old = events_line(p->arena, &s->effects), *new = events_line(p->arena, &fx);
        if (strcmp(old, new) != 0)
            return play_fail(p, "the history run again has the events %s, not %s", new, old);
    }
    const char *before = approval_text(p->arena, was), *after = approval_text(p->arena, &a);
    return !strcmp(before, after) || differ(p, before, after);
}
