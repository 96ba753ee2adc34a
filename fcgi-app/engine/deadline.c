#include "deadline.h"

/* Elapsed time needs nobody; business time is counted by the outside, in its calendar. */
static int64_t due_at(struct run *r, const struct duration *d, const char *calendar, int64_t from)
{
    if (d->unit == DURATION_ELAPSED)
        return from + d->us;
    const char *text = d->unit == DURATION_BUSINESS_DAYS
                           ? arena_printf(r->arena, "%lldbd", (long long)d->days)
                           : arena_printf(r->arena, "%lldus", (long long)d->us);
    struct reply reply =
        run_ask(r, arena_printf(r->arena, "due:%s\n%s\n%lld", calendar, text, (long long)from));
    /* Nobody answers in simulations without a calendar: then as if all time were business time. */
    const int64_t day = INT64_C(24) * 3600 * 1000000;
    return reply.count ? strtoll(reply.texts[0], NULL, 10) : from + d->us + d->days * day;
}

static void add(struct run *r, struct timer timer)
{
    struct approval *a = r->approval;
    struct timer *timers = arena_array(r->arena, a->timer_count + 1, sizeof *timers);
    if (a->timer_count)
        memcpy(timers, a->timers, a->timer_count * sizeof *timers);
    timers[a->timer_count++] = timer;
    a->timers = timers;
    a->timers_changed = true;
}

static void remove_at(struct run *r, size_t i)
{
    struct approval *a = r->approval;
    a->timers[i] = a->timers[--a->timer_count];
    a->timers_changed = true;
}

static int64_t reminder_due(struct run *r, const struct stage *s, const struct reminder *reminder)
{
    int64_t now = r->outside->now, sla = r->approval->sla_due_at - now;
    if (!reminder->percent)
        return due_at(r, &reminder->after, s->calendar, now);
    return now + sla / 100 * reminder->percent + sla % 100 * reminder->percent / 100;
}

void deadline_start_stage(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    int64_t now = r->outside->now;
    a->sla_due_at = duration_is_none(&s->sla) ? 0 : due_at(r, &s->sla, s->calendar, now);
    if (a->sla_due_at)
        add(r, (struct timer){TIMER_SLA, 0, a->sla_due_at});
    for (size_t i = 0; i < s->reminder_count; i++)
        add(r, (struct timer){TIMER_REMIND, (int64_t)i, reminder_due(r, s, &s->reminders[i])});
    for (size_t i = 0; i < s->escalation_count; i++)
        add(r, (struct timer){TIMER_ESCALATE, (int64_t)i,
                              due_at(r, &s->escalations[i].timeout, s->calendar, now)});
}

void deadline_stop_stage(struct run *r)
{
    struct approval *a = r->approval;
    a->sla_due_at = 0;
    for (size_t i = a->timer_count; i-- > 0;)
        if (a->timers[i].kind != TIMER_EXPIRE)
            remove_at(r, i);
}

void deadline_start(struct run *r)
{
    const struct definition *d = r->definition;
    if (!duration_is_none(&d->expires))
        add(r,
            (struct timer){TIMER_EXPIRE, 0, due_at(r, &d->expires, d->calendar, r->outside->now)});
}

void deadline_stop(struct run *r)
{
    deadline_stop_stage(r);
    while (r->approval->timer_count)
        remove_at(r, 0);
}

static const struct escalation *level_of(const struct definition *d, const struct approval *a,
                                         const struct timer *t)
{
    int stage = t->kind == TIMER_ESCALATE && a->stage_id ? definition_stage(d, a->stage_id) : -1;
    if (stage < 0 || t->level < 0 || (size_t)t->level >= d->stages[stage].escalation_count)
        return NULL;
    return &d->stages[stage].escalations[t->level];
}

bool deadline_decides(const struct definition *d, const struct approval *a, const struct timer *t)
{
    const struct escalation *level = level_of(d, a, t);
    return t->kind == TIMER_EXPIRE ||
           (level && (level->then == THEN_APPROVE || level->then == THEN_REJECT));
}

static bool comes_before(const struct timer *x, const struct timer *y)
{
    if (x->due_at != y->due_at)
        return x->due_at < y->due_at;
    return x->kind != y->kind ? x->kind < y->kind : x->level < y->level;
}

const struct timer *deadline_next(const struct approval *a, int64_t now)
{
    const struct timer *next = NULL;
    for (size_t i = 0; i < a->timer_count; i++)
        if (a->timers[i].due_at <= now && (!next || comes_before(&a->timers[i], next)))
            next = &a->timers[i];
    return next;
}

struct timer deadline_take(struct run *r, const struct timer *t)
{
    const struct timer taken = *t;
    struct approval *a = r->approval;
    int64_t late = r->outside->now > taken.due_at ? r->outside->now - taken.due_at : 0;
    remove_at(r, (size_t)(t - a->timers));
    for (size_t i = 0; taken.kind == TIMER_ESCALATE && i < a->timer_count; i++) {
        struct timer *later = &a->timers[i];
        if (later->kind == TIMER_ESCALATE && later->level > taken.level &&
            !deadline_decides(r->definition, a, later))
            later->due_at += late;
    }
    return taken;
}

const struct timer *deadline_next_level(const struct definition *d, const struct approval *a)
{
    const struct timer *next = NULL;
    for (size_t i = 0; i < a->timer_count; i++) {
        const struct timer *t = &a->timers[i];
        if (t->kind == TIMER_ESCALATE && !deadline_decides(d, a, t) &&
            (!next || t->level < next->level))
            next = t;
    }
    return next;
}
