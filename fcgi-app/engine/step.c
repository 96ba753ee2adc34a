#include "step.h"

#include "carry.h"
#include "deadline.h"
#include "eligibility.h"
#include "handover.h"
#include "progress.h"
#include "revise.h"
#include "slate.h"

int engine_submit(struct arena *arena, const struct definition *d, const struct outside *o,
                  struct approval *a, struct effects *out, struct err *e)
{
    if (!d->stage_count)
        return err_set(e, ERR_BAD_REQUEST, "Workflow has no stages");
    struct run r = run_start(arena, d, o, a, out);
    const char *requester = a->requester_id;
    r.actor = requester;
    r.through = a->submitted_by;
    if (d->submit_by_count && !people_include(&r, d->submit_by, d->submit_by_count, requester))
        return err_set(e, ERR_FORBIDDEN, "%s may not submit to workflow %s", requester, d->id);
    struct reply owner = run_ask(&r, arena_printf(arena, "owner:%s", requester));
    a->owner_id = owner.count ? owner.texts[0] : NULL;
    a->status = STATUS_PENDING;
    a->round = 1;
    a->created_at = a->updated_at = o->now;
    run_event(&r, "submitted", requester)->payload_sha256 = a->payload_sha256;
    run_notice(&r, "approval.submitted", requester, NULL, 0);
    deadline_start(&r);
    progress_start(&r);
    return run_end(&r, e);
}

static enum vote vote_of(enum action_kind kind)
{
    switch (kind) {
    case ACTION_APPROVE:
        return VOTE_APPROVE;
    case ACTION_REJECT:
        return VOTE_REJECT;
    case ACTION_ABSTAIN:
        return VOTE_ABSTAIN;
    default:
        return VOTE_NONE;
    }
}

static bool has_unanswered_place(struct run *r, const struct stage *s, const char *user)
{
    const struct task *t = slate_find(r->approval, user);
    return t ? task_is_live(t) : !eligibility_barred(s, r->approval, user) && slate_admits(r, user);
}

/* The last vote that user gave on the stage and visit that are named; NULL: none. Tasks are in the
 * order of the visits, and a person answers one of them in each. In the open stage a vote whose
 * task was closed does not count any more, so to give it again is to give it. */
static const struct task *last_answer(const struct approval *a, const struct action *action)
{
    for (size_t i = a->task_count; i > 0; i--) {
        const struct task *t = &a->tasks[i - 1];
        bool dropped = t->state == TASK_CLOSED && task_is_present(a, t);
        if (t->vote != VOTE_NONE && !dropped && !strcmp(t->user, action->actor) &&
            (!action->stage_id || !strcmp(action->stage_id, t->stage_id)) &&
            (!action->visit || action->visit == t->visit))
            return t;
    }
    return NULL;
}

static bool is_repeat(struct run *r, const struct stage *s, const struct action *action)
{
    enum vote vote = vote_of(action->kind);
    if (vote == VOTE_NONE)
        return false;
    if (s && !action->stage_id && has_unanswered_place(r, s, action->actor))
        return false;
    const struct task *last = last_answer(r->approval, action);
    return last && last->vote == vote;
}

static int check_stage_seen(const struct approval *a, const struct action *action, struct err *e)
{
    if (action->stage_id && strcmp(action->stage_id, a->stage_id) != 0)
        return err_set(e, ERR_STALE, "stage %s is open now, not %s", a->stage_id, action->stage_id);
    if (action->visit && action->visit != a->visit)
        return err_set(e, ERR_STALE, "this is visit %lld of stage %s, not %lld",
                       (long long)a->visit, a->stage_id, (long long)action->visit);
    return 0;
}

/* That the actor decides on what he has seen. After the end only what it ended as counts. */
static int check_seen(const struct stage *s, const struct approval *a, const struct action *action,
                      struct err *e)
{
    if (s && check_stage_seen(a, action, e) < 0)
        return -1;
    bool ended = approval_status_terminal(a->status) && action->kind != ACTION_CONSUME;
    if (!ended && action->expected_seq && action->expected_seq != a->seq)
        return err_set(e, ERR_STALE, "the approval has moved on: its seq is %lld, not %lld",
                       (long long)a->seq, (long long)action->expected_seq);
    return 0;
}

static struct event *record(struct run *r, const struct action *action)
{
    struct event *event = run_event(r, action_name(action->kind), action->actor);
    event->comment = action->comment;
    event->metadata = action->metadata;
    return event;
}

static int vote(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s, (void)e;
    slate_answer(r, slate_seat(r, action->actor), vote_of(action->kind));
    record(r, action)->payload_sha256 = r->approval->payload_sha256;
    if (!r->narrowed)
        progress_settle(r, action->actor);
    return 0;
}

static int claim(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s, (void)e;
    struct task *t = slate_seat(r, action->actor);
    t->claimed_at = action->kind == ACTION_CLAIM ? r->outside->now : 0;
    t->changed = true;
    record(r, action);
    return 0;
}

static int comment(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s;
    if (!action->comment)
        return err_set(e, ERR_INVALID, "comment must say something");
    record(r, action);
    run_notice(r, "approval.commented", action->actor, NULL, 0);
    return 0;
}

static int request_changes(struct run *r, const struct stage *s, const struct action *action,
                           struct err *e)
{
    (void)s, (void)e;
    record(r, action)->payload_sha256 = r->approval->payload_sha256;
    progress_return(r, action->actor);
    return 0;
}

static int withdraw(struct run *r, const struct stage *s, const struct action *action,
                    struct err *e)
{
    (void)e;
    record(r, action);
    if (s)
        progress_leave(r, END_WITHDRAW, action->actor, NULL);
    else
        progress_end(r, STATUS_WITHDRAWN, action->actor, NULL);
    return 0;
}

static int cancel(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s;
    if (!action->comment)
        return err_set(e, ERR_INVALID, "cancel needs a comment that says why");
    record(r, action);
    progress_end(r, STATUS_CANCELLED, action->actor, NULL);
    return 0;
}

/* The next level that only asks more people; a person cannot bring on what decides. */
static int escalate(struct run *r, const struct stage *s, const struct action *action,
                    struct err *e)
{
    (void)e;
    record(r, action);
    const struct timer *next = deadline_next_level(r->definition, r->approval);
    struct escalation level = {0};
    if (next)
        level = s->escalations[deadline_take(r, next).level];
    level.replace = false; /* nobody gets rid of those who were asked by hand */
    progress_escalate(r, &level, action->actor, action->comment);
    progress_check_slate(r);
    return 0;
}

static int re_resolve(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e)
{
    (void)s, (void)e;
    record(r, action);
    progress_resolve_again(r);
    return 0;
}

static int consume(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s;
    struct approval *a = r->approval;
    if (!action->payload_sha256)
        return err_set(e, ERR_INVALID, "payload_sha256 is required: of what is about to be done");
    a->consumed_at = r->outside->now;
    record(r, action)->payload_sha256 = a->payload_sha256;
    return 0;
}

static int (*const acts[])(struct run *r, const struct stage *s, const struct action *action,
                           struct err *e) = {
    [ACTION_APPROVE] = vote,
    [ACTION_REJECT] = vote,
    [ACTION_ABSTAIN] = vote,
    [ACTION_DELEGATE] = handover_delegate,
    [ACTION_TAKE_BACK] = handover_take_back,
    [ACTION_REASSIGN] = handover_reassign,
    [ACTION_CLAIM] = claim,
    [ACTION_UNCLAIM] = claim,
    [ACTION_COMMENT] = comment,
    [ACTION_REQUEST_CHANGES] = request_changes,
    [ACTION_EDIT] = revise,
    [ACTION_RESUBMIT] = revise,
    [ACTION_WITHDRAW] = withdraw,
    [ACTION_ESCALATE] = escalate,
    [ACTION_CANCEL] = cancel,
    [ACTION_ADD_APPROVER] = handover_add_approver,
    [ACTION_RE_RESOLVE] = re_resolve,
    [ACTION_CONSUME] = consume,
};
_Static_assert(sizeof acts / sizeof *acts == ACTION_COUNT, "something to do for each action");

/* *s is NULL where no stage is open. */
static int find_stage(const struct run *r, const struct stage **s, struct err *e)
{
    const struct approval *a = r->approval;
    *s = run_stage(r);
    if (!*s && !approval_status_terminal(a->status) && a->status != STATUS_RETURNED)
        return err_set(e, ERR_INTERNAL, "approval %s is in no stage of its workflow", a->id);
    return 0;
}

static int check_action(struct run *r, const struct stage *s, const struct action *action,
                        struct err *e)
{
    const struct approval *a = r->approval;
    if (engine_overdue(r->definition, a, r->outside->now))
        return err_set(e, ERR_CONFLICT, "the deadline of this approval has passed");
    if (check_seen(s, a, action, e) < 0)
        return -1;
    return eligibility_check(r, s, action, e);
}

int engine_act(struct arena *arena, const struct definition *d, const struct outside *o,
               struct approval *a, const struct action *action, struct effects *out, struct err *e)
{
    struct run r = run_start(arena, d, o, a, out);
    const struct stage *s;
    r.actor = action->actor;
    r.through = action->through;
    if (find_stage(&r, &s, e) < 0)
        return -1;
    if (action->payload_sha256 && strcmp(action->payload_sha256, a->payload_sha256) != 0)
        return err_set(e, ERR_STALE, "the payload is another than the one that was seen");
    if (is_repeat(&r, s, action)) {
        out->repeat = true;
        return run_end(&r, e);
    }
    int64_t visit = a->visit;
    if (check_action(&r, s, action, e) < 0 || acts[action->kind](&r, s, action, e) < 0)
        return r.failed ? run_end(&r, e) : -1;
    if (r.narrowed && run_stage(&r) == s && a->visit == visit)
        progress_check_slate(&r);
    a->updated_at = o->now;
    out->moved = s && a->stage_id && (strcmp(a->stage_id, s->id) != 0 || a->visit != visit);
    return run_end(&r, e);
}

int engine_recheck(struct arena *arena, const struct definition *d, const struct outside *o,
                   struct approval *a, struct effects *out, struct err *e)
{
    struct run r = run_start(arena, d, o, a, out);
    if (!run_stage(&r) || engine_overdue(d, a, o->now) || !slate_drop_lost(&r))
        return run_end(&r, e);
    run_event(&r, "slate_checked", ACTOR_SYSTEM)->reason = "people who were asked have left";
    progress_check_slate(&r);
    a->updated_at = o->now;
    return run_end(&r, e);
}

int engine_migrate(struct arena *arena, const struct definition *d, const char *same,
                   const struct outside *o, struct approval *a, int64_t revision, const char *actor,
                   struct effects *out, struct err *e)
{
    struct run r = run_start(arena, d, o, a, out);
    const struct stage *s = run_stage(&r);
    if (approval_status_terminal(a->status))
        return err_set(e, ERR_CONFLICT, "the approval is already %s",
                       approval_status_name(a->status));
    if (a->stage_id && !s)
        return err_set(e, ERR_CONFLICT, "revision %lld has no stage %s", (long long)revision,
                       a->stage_id);
    struct event *event = run_event(&r, "migrated", actor);
    event->from_revision = a->revision;
    event->revision = revision;
    event->reason =
        arena_printf(arena, "revision %lld to %lld", (long long)a->revision, (long long)revision);
    a->revision = revision;
    a->workflow_version = d->version;
    carry_migrate(&r, same ? same : "");
    if (s && !(same && selector_in(s->id, same)))
        progress_reenter(&r);
    a->updated_at = o->now;
    return run_end(&r, e);
}
