#include "step.h"

#include "eligibility.h"
#include "handover.h"
#include "progress.h"
#include "slate.h"

static const char *const action_names[] = {
#define X(name, text) [ACTION_##name] = text,
    ACTIONS(X)
#undef X
};
_Static_assert(sizeof action_names / sizeof *action_names == ACTION_COUNT, "a name for each");

const char *action_name(enum action_kind k)
{
    return action_names[k];
}

int action_parse(const char *text)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (!strcmp(action_names[i], text))
            return i;
    return -1;
}

int engine_submit(struct arena *arena, const struct definition *d, const struct outside *o,
                  struct approval *a, struct effects *out, struct err *e)
{
    if (!d->stage_count)
        return err_set(e, ERR_BAD_REQUEST, "Workflow has no stages");
    struct run r = run_start(arena, d, o, a, out);
    a->status = STATUS_PENDING;
    a->created_at = a->updated_at = o->now;
    progress_open(&r, &d->stages[0]);
    run_event(&r, "submitted", a->requester_id);
    run_notice(&r, "approval.submitted", a->requester_id, NULL, 0);
    progress_enter(&r);
    return 0;
}

static enum vote vote_of(enum action_kind kind)
{
    switch (kind) {
    case ACTION_APPROVE:
        return VOTE_APPROVE;
    case ACTION_REJECT:
        return VOTE_REJECT;
    default:
        return VOTE_NONE;
    }
}

static bool has_unanswered_place(const struct stage *s, const struct approval *a, const char *user)
{
    const struct task *t = slate_find(a, user);
    return t ? task_is_live(t) : a->slate_role && !eligibility_barred(s, a, user);
}

/* The last vote that user gave on the stage and visit that are named; NULL: none. Tasks are in the
 * order of the visits, and a person answers one of them in each. */
static const struct task *last_answer(const struct approval *a, const struct action *action)
{
    for (size_t i = a->task_count; i > 0; i--) {
        const struct task *t = &a->tasks[i - 1];
        if (t->vote != VOTE_NONE && !strcmp(t->user, action->actor) &&
            (!action->stage_id || !strcmp(action->stage_id, t->stage_id)) &&
            (!action->visit || action->visit == t->visit))
            return t;
    }
    return NULL;
}

static bool is_repeat(const struct stage *s, const struct approval *a, const struct action *action)
{
    enum vote vote = vote_of(action->kind);
    if (vote == VOTE_NONE)
        return false;
    if (s && !action->stage_id && has_unanswered_place(s, a, action->actor))
        return false;
    const struct task *last = last_answer(a, action);
    return last && last->vote == vote;
}

/* That the actor decides on what he has seen. */
static int check_seen(const struct approval *a, const struct action *action, struct err *e)
{
    if (action->stage_id && strcmp(action->stage_id, a->stage_id) != 0)
        return err_set(e, ERR_STALE, "stage %s is open now, not %s", a->stage_id, action->stage_id);
    if (action->visit && action->visit != a->visit)
        return err_set(e, ERR_STALE, "this is visit %lld of stage %s, not %lld",
                       (long long)a->visit, a->stage_id, (long long)action->visit);
    if (action->expected_seq && action->expected_seq != a->seq)
        return err_set(e, ERR_STALE, "the approval has moved on: its seq is %lld, not %lld",
                       (long long)a->seq, (long long)action->expected_seq);
    return 0;
}

static int vote(struct run *r, const struct stage *s, const struct action *action, struct err *e)
{
    (void)s;
    (void)e;
    struct task *t = slate_find(r->approval, action->actor);
    slate_answer(r, t ? t : slate_add(r, action->actor, TASK_OPEN), vote_of(action->kind));
    run_event(r, action_name(action->kind), action->actor)->comment = action->comment;
    progress_settle(r, action->actor);
    return 0;
}

static int withdraw(struct run *r, const struct stage *s, const struct action *action,
                    struct err *e)
{
    (void)s;
    (void)e;
    run_event(r, action_name(action->kind), action->actor)->comment = action->comment;
    progress_end(r, STATUS_WITHDRAWN, action->actor);
    return 0;
}

static int (*const acts[])(struct run *r, const struct stage *s, const struct action *action,
                           struct err *e) = {
    [ACTION_APPROVE] = vote,
    [ACTION_REJECT] = vote,
    [ACTION_DELEGATE] = handover_delegate,
    [ACTION_REASSIGN] = handover_reassign,
    [ACTION_WITHDRAW] = withdraw,
};
_Static_assert(sizeof acts / sizeof *acts == ACTION_COUNT, "something to do for each action");

/* *s is NULL when the approval has ended. */
static int find_stage(const struct definition *d, const struct approval *a, const struct stage **s,
                      struct err *e)
{
    *s = NULL;
    if (approval_status_terminal(a->status))
        return 0;
    int i = a->stage_id ? definition_stage(d, a->stage_id) : -1;
    if (i < 0)
        return err_set(e, ERR_INTERNAL, "approval %s is in no stage of its workflow", a->id);
    *s = &d->stages[i];
    return 0;
}

int engine_act(struct arena *arena, const struct definition *d, const struct outside *o,
               struct approval *a, const struct action *action, struct effects *out, struct err *e)
{
    struct run r = run_start(arena, d, o, a, out);
    const struct stage *s;
    if (find_stage(d, a, &s, e) < 0)
        return -1;
    if (action->payload_sha256 && strcmp(action->payload_sha256, a->payload_sha256) != 0)
        return err_set(e, ERR_STALE, "the payload is another than the one that was seen");
    if (is_repeat(s, a, action)) {
        out->repeat = true;
        return 0;
    }
    if ((s && check_seen(a, action, e) < 0) ||
        eligibility_check(s, a, action->kind, action->actor, action->may_reassign, e) < 0 ||
        acts[action->kind](&r, s, action, e) < 0)
        return -1;
    a->updated_at = o->now;
    out->moved = s && a->stage_id && strcmp(a->stage_id, s->id) != 0;
    return 0;
}
