#include "progress.h"

#include "quorum.h"
#include "slate.h"

static const struct stage *open_stage(const struct run *r)
{
    const struct definition *d = r->definition;
    return &d->stages[definition_stage(d, r->approval->stage_id)];
}

void progress_open(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    a->stage_id = s->id;
    a->visit = 1; /* nothing leads back to a stage in this version */
    a->slate_role = NULL;
    a->needed = 0;
    a->sla_due_at = s->sla_us ? r->outside->now + s->sla_us : 0;
}

/* Opens the next stage; without one, the approval is approved. */
static bool open_next(struct run *r, const char *actor)
{
    const struct definition *d = r->definition;
    const struct stage *next = open_stage(r) + 1;
    slate_close(r);
    if (next == d->stages + d->stage_count) {
        progress_end(r, STATUS_APPROVED, actor);
        return false;
    }
    progress_open(r, next);
    return true;
}

static void rule_set(struct event *e, const struct run *r, const struct auto_verdict *verdict)
{
    e->rule = verdict->rule;
    e->rule_value = verdict->value;
    e->rules_sha256 = r->outside->rules_sha256;
}

static bool approved_by_rules(struct run *r, const struct stage *s)
{
    if (!s->auto_rules)
        return false;
    struct auto_facts facts = autorules_facts(r->arena, s->auto_action_type, r->outside->payload);
    struct auto_verdict verdict = autorules_ask(r->arena, r->outside->rules, &facts);
    if (verdict.approve) {
        rule_set(run_event(r, action_name(ACTION_APPROVE), ACTOR_SYSTEM), r, &verdict);
        return true;
    }
    /* Why none: kept with what led here, unless that was decided by a rule itself. */
    struct event *led_here = &r->out->events[r->out->event_count - 1];
    if (!led_here->rule)
        rule_set(led_here, r, &verdict);
    return false;
}

void progress_enter(struct run *r)
{
    const struct stage *s = open_stage(r);
    while (approved_by_rules(r, s)) {
        if (!open_next(r, ACTOR_SYSTEM))
            return;
        s = open_stage(r);
    }
    slate_open(r, s);
}

void progress_settle(struct run *r, const char *actor)
{
    switch (quorum_outcome(open_stage(r), r->approval)) {
    case STAGE_OPEN:
        slate_advance(r);
        break;
    case STAGE_IMPOSSIBLE:
        progress_end(r, STATUS_REJECTED, actor);
        break;
    case STAGE_SATISFIED:
        if (open_next(r, actor))
            progress_enter(r);
        break;
    }
}

static const char *const end_notices[] = {
    [STATUS_APPROVED] = "approval.approved",
    [STATUS_REJECTED] = "approval.rejected",
    [STATUS_WITHDRAWN] = "approval.withdrawn",
};
_Static_assert(sizeof end_notices / sizeof *end_notices == STATUS_COUNT, "a notice for each end");

static bool decided_without_people(const struct approval *a)
{
    return a->status == STATUS_APPROVED && a->task_count == 0;
}

void progress_end(struct run *r, enum approval_status status, const char *actor)
{
    struct approval *a = r->approval;
    slate_close(r);
    a->status = status;
    run_notice(r, end_notices[status], actor, NULL, 0);
    if (decided_without_people(a))
        run_notice(r, "approval.auto_approved", actor, NULL, 0);
    a->stage_id = NULL;
    a->visit = 0;
    a->slate_role = NULL;
    a->needed = 0;
    a->sla_due_at = 0;
}
