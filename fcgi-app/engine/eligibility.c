#include "eligibility.h"

#include "people.h"
#include "slate.h"

bool eligibility_barred(const struct stage *s, const struct approval *a, const char *user)
{
    if (s && s->allow_self_approval)
        return false;
    return !strcmp(user, a->requester_id) || (a->owner_id && !strcmp(user, a->owner_id)) ||
           (a->submitted_by && !strcmp(user, a->submitted_by));
}

static bool is_requester(const struct approval *a, const char *actor)
{
    return !strcmp(actor, a->requester_id);
}

static bool is_admin_or_owner(struct run *r, const struct action *action)
{
    const struct definition *d = r->definition;
    return action->admin || people_include(r, d->owners, d->owner_count, action->actor);
}

static int barred(const struct stage *s, const struct approval *a, const char *actor, struct err *e)
{
    if (a->submitted_by && !strcmp(actor, a->submitted_by))
        return err_set(e, ERR_FORBIDDEN,
                       "%s sent this request for %s and cannot decide on it in stage %s", actor,
                       a->requester_id, s->id);
    if (!is_requester(a, actor))
        return err_set(e, ERR_FORBIDDEN,
                       "%s answers for %s, who made this request, and cannot decide on it in stage "
                       "%s",
                       actor, a->requester_id, s->id);
    return err_set(e, ERR_FORBIDDEN, "%s made this request and cannot decide on it in stage %s",
                   actor, s->id);
}

static int check_active(struct run *r, const char *actor, struct err *e)
{
    if (!run_ask(r, arena_printf(r->arena, "user:%s", actor)).count)
        return err_set(e, ERR_FORBIDDEN, "%s is nobody who may act", actor);
    return 0;
}

/* Who was asked through a group or a role must still be in it; a deputy acts with the standing of
 * whom he stands in for. What is lost of it is taken off the place. */
static int check_standing(struct run *r, const struct stage *s, struct task *t, const char *actor,
                          struct err *e)
{
    const char *root = slate_root(r->approval, t);
    const char *standing = people_standing(r, t->via, root);
    if (!standing)
        return err_set(e, ERR_FORBIDDEN, "%s is no longer among those who decide in stage %s", root,
                       s->id);
    if (strcmp(root, actor) != 0 && check_active(r, actor, e) < 0)
        return -1;
    if (strcmp(standing, t->via) != 0) {
        t->via = standing;
        t->changed = true;
        r->narrowed = true;
    }
    return 0;
}

static int check_role(struct run *r, const char *actor, struct err *e)
{
    if (!slate_admits(r, actor))
        return err_set(e, ERR_FORBIDDEN, "%s does not have the role %s", actor,
                       r->approval->slate_role);
    return 0;
}

/* Where the slate is open to a role, a deputy acts with the role of whom he stands in for. For an
 * opinion no role is needed. */
static int check_open_slate(struct run *r, const struct task *t, const char *actor, struct err *e)
{
    if (!r->approval->slate_role || (t && t->consult))
        return 0;
    if (check_role(r, t ? slate_root(r->approval, t) : actor, e) < 0)
        return -1;
    return t && t->parent ? check_active(r, actor, e) : 0;
}

/* What a person may do with the place he holds, or could take where the slate is open to a role. */
static int check_place(struct run *r, const struct stage *s, const struct action *action,
                       struct err *e)
{
    const struct approval *a = r->approval;
    const char *actor = action->actor;
    struct task *t = slate_find(a, actor);
    if (eligibility_barred(s, a, actor))
        return barred(s, a, actor, e);
    if (action->through && eligibility_barred(s, a, action->through))
        return barred(s, a, action->through, e);
    if (t && task_is_gone(t))
        return err_set(e, ERR_FORBIDDEN,
                       t->state == TASK_HANDED_ON ? "%s has handed on the place in stage %s"
                                                  : "%s was relieved of the place in stage %s",
                       actor, s->id);
    if (!t && !a->slate_role)
        return err_set(e, ERR_FORBIDDEN, "%s is not among those asked in stage %s", actor, s->id);
    return t && *t->via ? check_standing(r, s, t, actor, e) : check_open_slate(r, t, actor, e);
}

static int check_vote(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e)
{
    const char *actor = action->actor;
    if (check_place(r, s, action, e) < 0)
        return -1;
    const struct task *t = slate_find(r->approval, actor);
    if (t && t->state == TASK_WAITING)
        return err_set(e, ERR_FORBIDDEN, "it is not yet the turn of %s in stage %s", actor, s->id);
    if (t && t->state == TASK_ANSWERED && s->vote_once)
        return err_set(e, ERR_CONFLICT, "%s has voted in stage %s, where a vote is final", actor,
                       s->id);
    return 0;
}

/* Who was asked for an opinion only does not stop the others. */
static int check_return(struct run *r, const struct stage *s, const struct action *action,
                        struct err *e)
{
    if (check_vote(r, s, action, e) < 0)
        return -1;
    const struct task *t = slate_find(r->approval, action->actor);
    if (t && t->consult)
        return err_set(e, ERR_FORBIDDEN, "%s was asked for an opinion and cannot return it",
                       action->actor);
    return 0;
}

static int check_delegate(struct run *r, const struct stage *s, const struct action *action,
                          struct err *e)
{
    const char *actor = action->actor;
    if (check_place(r, s, action, e) < 0)
        return -1;
    const struct task *t = slate_find(r->approval, actor);
    if (t && t->consult)
        return err_set(e, ERR_FORBIDDEN, "%s was asked for an opinion, which is not handed on",
                       actor);
    if (t && t->state == TASK_ANSWERED)
        return err_set(e, ERR_FORBIDDEN, "%s has answered in stage %s and cannot hand that on",
                       actor, s->id);
    return 0;
}

static int check_take_back(struct run *r, const struct stage *s, const struct action *action,
                           struct err *e)
{
    const struct task *t = slate_find(r->approval, action->actor);
    if (!t || t->state != TASK_HANDED_ON)
        return err_set(e, ERR_FORBIDDEN, "%s has handed on no place in stage %s", action->actor,
                       s->id);
    if (!people_standing(r, t->via, slate_root(r->approval, t)))
        return err_set(e, ERR_FORBIDDEN, "%s is no longer among those who decide in stage %s",
                       action->actor, s->id);
    const struct task *next = slate_successor(r->approval, t);
    if (!next)
        return err_set(e, ERR_CONFLICT, "the place of %s in stage %s cannot be told from another",
                       action->actor, s->id);
    if (!task_is_live(next))
        return err_set(e, ERR_CONFLICT, "%s has %s already", next->user,
                       next->state == TASK_ANSWERED ? "answered" : "handed the place on");
    return 0;
}

static int check_unclaim(struct run *r, const struct stage *s, const struct action *action,
                         struct err *e)
{
    const struct task *t = slate_find(r->approval, action->actor);
    if (check_delegate(r, s, action, e) < 0)
        return -1;
    if (!t || !t->claimed_at)
        return err_set(e, ERR_CONFLICT, "%s has claimed nothing in stage %s", action->actor, s->id);
    return 0;
}

static int check_reassign(struct run *r, const struct stage *s, const struct action *action,
                          struct err *e)
{
    const char *actor = action->actor;
    if (!is_admin_or_owner(r, action))
        return err_set(e, ERR_FORBIDDEN,
                       "only an administrator or an owner of the workflow may %s, and %s is none",
                       action_name(action->kind), actor);
    if (r->approval->status == STATUS_ERROR)
        return err_set(e, ERR_CONFLICT, "the approval is in error: an administrator decides");
    /* To choose who decides is half the decision. */
    const char *through = action->through ? action->through : actor;
    if (eligibility_barred(s, r->approval, actor) || eligibility_barred(s, r->approval, through))
        return err_set(e, ERR_FORBIDDEN, "%s made this request and cannot choose who decides on it",
                       actor);
    return 0;
}

/* Whom the approval concerns. */
static int check_involved(struct run *r, const struct stage *s, const struct action *action,
                          struct err *e)
{
    const struct approval *a = r->approval;
    if (is_requester(a, action->actor) || slate_find(a, action->actor) ||
        is_admin_or_owner(r, action))
        return 0;
    if (a->slate_role)
        return check_role(r, action->actor, e);
    return err_set(e, ERR_FORBIDDEN, "%s is not among those asked in stage %s", action->actor,
                   s->id);
}

static int check_comment(struct run *r, const struct stage *s, const struct action *action,
                         struct err *e)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (!strcmp(a->tasks[i].user, action->actor))
            return 0;
    if (s)
        return check_involved(r, s, action, e);
    if (is_requester(a, action->actor) || is_admin_or_owner(r, action))
        return 0;
    return err_set(e, ERR_FORBIDDEN, "this approval does not concern %s", action->actor);
}

static int check_requester(struct run *r, const struct stage *s, const struct action *action,
                           struct err *e)
{
    (void)s;
    const struct approval *a = r->approval;
    if (!is_requester(a, action->actor))
        return err_set(e, ERR_FORBIDDEN, "only %s, who made this request, may %s it",
                       a->requester_id, action_name(action->kind));
    return 0;
}

/* Who wrote what is asked for does not decide on it, and of those who may write in the requester's
 * name only the one who sent the request is kept from that. */
static int check_revise(struct run *r, const struct stage *s, const struct action *action,
                        struct err *e)
{
    const struct approval *a = r->approval;
    if (check_requester(r, s, action, e) < 0)
        return -1;
    if (!action->through || (a->submitted_by && !strcmp(action->through, a->submitted_by)))
        return 0;
    return err_set(e, ERR_FORBIDDEN, "%s did not send this request for %s and cannot %s it",
                   action->through, a->requester_id, action_name(action->kind));
}

static int check_re_resolve(struct run *r, const struct stage *s, const struct action *action,
                            struct err *e)
{
    if (!action->admin)
        return err_set(e, ERR_FORBIDDEN, "only an administrator may re_resolve, and %s is none",
                       action->actor);
    return check_reassign(r, s, action, e);
}

static int check_consume(struct run *r, const struct stage *s, const struct action *action,
                         struct err *e)
{
    const struct approval *a = r->approval;
    if (check_requester(r, s, action, e) < 0)
        return -1;
    if (!a->valid_for_us)
        return err_set(e, ERR_CONFLICT,
                       "the approval was submitted without valid_for, so it cannot be consumed");
    if (a->consumed_at)
        return err_set(e, ERR_CONFLICT, "the approval has been consumed already");
    if (r->outside->now >= a->valid_until)
        return err_set(e, ERR_CONFLICT, "the approval has lapsed");
    return 0;
}

static int check_cancel(struct run *r, const struct stage *s, const struct action *action,
                        struct err *e)
{
    (void)r, (void)s;
    if (!action->admin)
        return err_set(e, ERR_FORBIDDEN, "only an administrator may cancel, and %s is none",
                       action->actor);
    return 0;
}

/* Where the approval must be for an action. */
enum when { WHEN_STAGE_OPEN, WHEN_RETURNED, WHEN_RUNNING, WHEN_APPROVED };

static const struct {
    enum when when;
    int (*check)(struct run *r, const struct stage *s, const struct action *action, struct err *e);
} rules[] = {
    [ACTION_APPROVE] = {WHEN_STAGE_OPEN, check_vote},
    [ACTION_REJECT] = {WHEN_STAGE_OPEN, check_vote},
    [ACTION_ABSTAIN] = {WHEN_STAGE_OPEN, check_vote},
    [ACTION_DELEGATE] = {WHEN_STAGE_OPEN, check_delegate},
    [ACTION_TAKE_BACK] = {WHEN_STAGE_OPEN, check_take_back},
    [ACTION_REASSIGN] = {WHEN_STAGE_OPEN, check_reassign},
    [ACTION_CLAIM] = {WHEN_STAGE_OPEN, check_delegate},
    [ACTION_UNCLAIM] = {WHEN_STAGE_OPEN, check_unclaim},
    [ACTION_COMMENT] = {WHEN_RUNNING, check_comment},
    [ACTION_REQUEST_CHANGES] = {WHEN_STAGE_OPEN, check_return},
    [ACTION_EDIT] = {WHEN_STAGE_OPEN, check_revise},
    [ACTION_RESUBMIT] = {WHEN_RETURNED, check_revise},
    [ACTION_WITHDRAW] = {WHEN_RUNNING, check_requester},
    [ACTION_ESCALATE] = {WHEN_STAGE_OPEN, check_involved},
    [ACTION_CANCEL] = {WHEN_RUNNING, check_cancel},
    [ACTION_ADD_APPROVER] = {WHEN_STAGE_OPEN, check_involved},
    [ACTION_RE_RESOLVE] = {WHEN_STAGE_OPEN, check_re_resolve},
    [ACTION_CONSUME] = {WHEN_APPROVED, check_consume},
};
_Static_assert(sizeof rules / sizeof *rules == ACTION_COUNT, "a rule for each action");

static int check_when(const struct stage *s, const struct approval *a, enum action_kind kind,
                      struct err *e)
{
    bool fits = false;
    switch (rules[kind].when) {
    case WHEN_STAGE_OPEN:
        fits = s != NULL;
        break;
    case WHEN_RETURNED:
        fits = a->status == STATUS_RETURNED;
        break;
    case WHEN_RUNNING:
        fits = !approval_status_terminal(a->status);
        break;
    case WHEN_APPROVED:
        fits = a->status == STATUS_APPROVED;
        break;
    }
    if (fits)
        return 0;
    if (approval_status_terminal(a->status))
        return err_set(e, ERR_CONFLICT, "the approval is already %s",
                       approval_status_name(a->status));
    return err_set(e, ERR_CONFLICT, "the approval is %s, so nobody can %s",
                   approval_status_name(a->status), action_name(kind));
}

int eligibility_check(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e)
{
    if (!strcmp(action->actor, ACTOR_SYSTEM))
        return err_set(e, ERR_FORBIDDEN, "%s is the actor of automatic decisions, not a person",
                       action->actor);
    if (check_when(s, r->approval, action->kind, e) < 0)
        return -1;
    if (s && !(s->actions & 1u << action->kind))
        return err_set(e, ERR_FORBIDDEN, "stage %s does not allow %s", s->id,
                       action_name(action->kind));
    return rules[action->kind].check(r, s, action, e);
}
