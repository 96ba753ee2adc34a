#include "revise.h"

#include "carry.h"
#include "progress.h"

static bool is_changed(const struct approval *a, const struct action *action)
{
    return action->payload_text && strcmp(action->payload_new_sha256, a->payload_sha256) != 0;
}

/* From here on the outside shows the new payload. */
static void replace_payload(struct run *r, const struct action *action)
{
    struct approval *a = r->approval;
    struct outside *o = arena_make(r->arena, struct outside);
    *o = *r->outside;
    o->payload = action->payload;
    r->outside = o;
    a->payload = action->payload_text;
    a->payload_sha256 = action->payload_new_sha256;
    a->payload_changed = true;
    a->believed = action->believed;
    if (action->title)
        a->title = action->title;
}

int revise(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    struct approval *a = r->approval;
    const struct json *old = r->outside->payload;
    if (action->kind == ACTION_EDIT && !action->payload)
        return err_set(e, ERR_INVALID, "edit needs the payload as it is to be");
    if (s)
        progress_interrupt(r);
    if (is_changed(a, action))
        replace_payload(r, action);
    struct event *event = run_event(r, action_name(action->kind), action->actor);
    event->comment = action->comment;
    event->metadata = action->metadata;
    event->payload_sha256 = a->payload_sha256;
    a->round++;
    a->status = STATUS_PENDING;
    if (a->round > r->definition->max_rounds) {
        progress_end(
            r, STATUS_REJECTED, ACTOR_SYSTEM,
            arena_printf(r->arena, "more than %lld rounds", (long long)r->definition->max_rounds));
        return 0;
    }
    run_notice(r, "approval.submitted", action->actor, NULL, 0);
    carry_covered(r, old);
    progress_start(r);
    return 0;
}
