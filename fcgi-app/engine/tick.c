#include "deadline.h"
#include "progress.h"
#include "slate.h"

/* Those who have something to do in the open stage. */
static void tell_holders(struct run *r, const char *event)
{
    const struct approval *a = r->approval;
    const char **to = arena_array(r->arena, a->task_count, sizeof *to);
    size_t n = 0;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].state == TASK_OPEN)
            to[n++] = a->tasks[i].user;
    run_notice(r, event, ACTOR_SYSTEM, to, n);
}

static void fire_remind(struct run *r, const struct timer *t)
{
    (void)t;
    run_event(r, "reminded", ACTOR_SYSTEM);
    tell_holders(r, "task.reminder");
}

static void fire_sla(struct run *r, const struct timer *t)
{
    (void)t;
    run_event(r, "sla_breached", ACTOR_SYSTEM);
    tell_holders(r, "sla.breached");
}

static void fire_escalate(struct run *r, const struct timer *t)
{
    const struct stage *s = run_stage(r);
    const struct escalation *level = &s->escalations[t->level];
    if (level->then == THEN_APPROVE || level->then == THEN_REJECT) {
        run_event(r, "timed_out", ACTOR_SYSTEM)->reason = level->then == THEN_APPROVE
                                                              ? "approved when the time was up"
                                                              : "rejected when the time was up";
        progress_time_out(r, level->then == THEN_APPROVE ? END_APPROVE : END_REJECT);
        return;
    }
    progress_escalate(r, level, ACTOR_SYSTEM, "nobody decided in time");
    progress_check_slate(r);
}

static void fire_expire(struct run *r, const struct timer *t)
{
    (void)t;
    run_event(r, "expired", ACTOR_SYSTEM);
    progress_end(r, STATUS_EXPIRED, ACTOR_SYSTEM, NULL);
}

static void (*const fires[])(struct run *r, const struct timer *t) = {
    [TIMER_REMIND] = fire_remind,
    [TIMER_SLA] = fire_sla,
    [TIMER_ESCALATE] = fire_escalate,
    [TIMER_EXPIRE] = fire_expire,
};
_Static_assert(sizeof fires / sizeof *fires == TIMER_KIND_COUNT, "something to do for each");

int engine_tick(struct arena *arena, const struct definition *d, const struct outside *o,
                struct approval *a, struct effects *out, struct err *e)
{
    struct run r = run_start(arena, d, o, a, out);
    const struct timer *due;
    while (!approval_status_terminal(a->status) && (due = deadline_next(a, o->now))) {
        struct timer taken = deadline_take(&r, due);
        fires[taken.kind](&r, &taken);
        a->updated_at = o->now;
    }
    return run_end(&r, e);
}

bool engine_overdue(const struct definition *d, const struct approval *a, int64_t now)
{
    for (size_t i = 0; i < a->timer_count && !approval_status_terminal(a->status); i++)
        if (a->timers[i].due_at <= now && deadline_decides(d, a, &a->timers[i]))
            return true;
    return false;
}
