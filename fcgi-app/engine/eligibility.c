#include "eligibility.h"

#include "slate.h"

bool eligibility_barred(const struct stage *s, const struct approval *a, const char *user)
{
    return !s->allow_self_approval && !strcmp(user, a->requester_id);
}

/* What a person may do with the place he holds, or could take where the slate is open to a role. */
static int check_place(const struct stage *s, const struct approval *a, const char *actor,
                       struct err *e)
{
    const struct task *t = slate_find(a, actor);
    if (eligibility_barred(s, a, actor))
        return err_set(e, ERR_FORBIDDEN, "%s made this request and cannot decide on it in stage %s",
                       actor, s->id);
    if (t && t->state == TASK_HANDED_ON)
        return err_set(e, ERR_FORBIDDEN, "%s has handed on the place in stage %s", actor, s->id);
    if (!t && !a->slate_role)
        return err_set(e, ERR_FORBIDDEN, "%s is not among those asked in stage %s", actor, s->id);
    return 0;
}

static int check_vote(const struct stage *s, const struct approval *a, const char *actor,
                      bool may_reassign, struct err *e)
{
    (void)may_reassign;
    const struct task *t = slate_find(a, actor);
    if (check_place(s, a, actor, e) < 0)
        return -1;
    if (t && t->state == TASK_WAITING)
        return err_set(e, ERR_FORBIDDEN, "it is not yet the turn of %s in stage %s", actor, s->id);
    return 0;
}

static int check_delegate(const struct stage *s, const struct approval *a, const char *actor,
                          bool may_reassign, struct err *e)
{
    (void)may_reassign;
    const struct task *t = slate_find(a, actor);
    if (check_place(s, a, actor, e) < 0)
        return -1;
    if (t && t->state == TASK_ANSWERED)
        return err_set(e, ERR_FORBIDDEN, "%s has answered in stage %s and cannot hand that on",
                       actor, s->id);
    return 0;
}

static int check_reassign(const struct stage *s, const struct approval *a, const char *actor,
                          bool may_reassign, struct err *e)
{
    if (!may_reassign)
        return err_set(e, ERR_FORBIDDEN, "only an administrator may reassign, and %s is none",
                       actor);
    /* To choose who decides is half the decision. */
    if (eligibility_barred(s, a, actor))
        return err_set(e, ERR_FORBIDDEN, "%s made this request and cannot choose who decides on it",
                       actor);
    return 0;
}

static int check_withdraw(const struct stage *s, const struct approval *a, const char *actor,
                          bool may_reassign, struct err *e)
{
    (void)s;
    (void)may_reassign;
    if (strcmp(actor, a->requester_id) != 0)
        return err_set(e, ERR_FORBIDDEN, "only %s, who made this request, may withdraw it",
                       a->requester_id);
    return 0;
}

static int (*const checks[])(const struct stage *s, const struct approval *a, const char *actor,
                             bool may_reassign, struct err *e) = {
    [ACTION_APPROVE] = check_vote,      [ACTION_REJECT] = check_vote,
    [ACTION_DELEGATE] = check_delegate, [ACTION_REASSIGN] = check_reassign,
    [ACTION_WITHDRAW] = check_withdraw,
};
_Static_assert(sizeof checks / sizeof *checks == ACTION_COUNT, "a check for each action");

int eligibility_check(const struct stage *s, const struct approval *a, enum action_kind kind,
                      const char *actor, bool may_reassign, struct err *e)
{
    if (!strcmp(actor, ACTOR_SYSTEM))
        return err_set(e, ERR_FORBIDDEN, "%s is the actor of automatic decisions, not a person",
                       actor);
    if (!s)
        return err_set(e, ERR_CONFLICT, "the approval is already %s",
                       approval_status_name(a->status));
    return checks[kind](s, a, actor, may_reassign, e);
}
