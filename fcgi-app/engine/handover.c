#include "handover.h"

#include "eligibility.h"
#include "slate.h"

/* Nobody is named: anybody may take a place. */
static bool is_open_slate(const struct stage *s, const struct approval *a)
{
    return !s->approver_count && !s->requires && a->slate_role;
}

static int holds_already(const struct stage *s, const char *user, struct err *e)
{
    return err_set(e, ERR_INVALID, "%s holds a place in stage %s already", user, s->id);
}

/* t is the task whose place he would take; NULL: that of somebody who has none yet. */
static int check_assignee(struct run *r, const struct stage *s, const struct task *t,
                          const char *user, struct err *e)
{
    const struct approval *a = r->approval;
    const struct task *held = slate_deciding(a, user);
    if (!strcmp(user, ACTOR_SYSTEM))
        return err_set(e, ERR_INVALID, "%s is the actor of automatic decisions, not a person",
                       user);
    if (eligibility_barred(s, a, user))
        return err_set(e, ERR_INVALID,
                       !strcmp(user, a->requester_id)
                           ? "%s made this request and cannot decide on it"
                           : "%s answers for who made this request and cannot decide on it",
                       user);
    if (!run_ask(r, arena_printf(r->arena, "user:%s", user)).count)
        return err_set(e, ERR_INVALID, "%s is nobody who may act", user);
    /* Without approvers he may hold another already: it then stands for both, and he counts once.
     */
    if (held && (!is_open_slate(s, a) || held == t))
        return holds_already(s, user, e);
    if (t && slate_was_held_by(a, t, user))
        return err_set(e, ERR_INVALID, "%s has handed this place on and cannot get it back", user);
    if (t && slate_chain(a, t) >= DELEGATION_CHAIN_MAX)
        return err_set(e, ERR_INVALID, "this place has been handed on %d times, which is the limit",
                       DELEGATION_CHAIN_MAX);
    return 0;
}

static int need_assignee(const struct action *action, struct err *e)
{
    if (!action->assignee)
        return err_set(e, ERR_BAD_REQUEST, "Assignee required for %s",
                       action->kind == ACTION_DELEGATE || action->kind == ACTION_REASSIGN
                           ? "delegation"
                           : action_name(action->kind));
    return 0;
}

static void record(struct run *r, const struct action *action, const char *from)
{
    struct event *event = run_event(r, action_name(action->kind), action->actor);
    event->assignee = action->assignee;
    event->from = from;
    event->comment = action->comment;
    event->metadata = action->metadata;
    r->out->handed_to = action->assignee;
}

int handover_delegate(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e)
{
    const char *actor = action->actor, *assignee = action->assignee;
    struct task *t = slate_find(r->approval, actor);
    if (need_assignee(action, e) < 0)
        return -1;
    if (!strcmp(assignee, actor))
        return err_set(e, ERR_INVALID, "the assignee must be somebody other than %s", actor);
    if (check_assignee(r, s, t, assignee, e) < 0)
        return -1;
    record(r, action, actor);
    slate_hand_on(r, slate_seat(r, actor), assignee, TASK_HANDED_ON);
    run_notice_to(r, "approval.delegated", actor, assignee);
    return 0;
}

int handover_take_back(struct run *r, const struct stage *s, const struct action *action,
                       struct err *e)
{
    (void)s, (void)e;
    struct task *next = slate_successor(r->approval, slate_find(r->approval, action->actor));
    struct event *event = run_event(r, action_name(action->kind), action->actor);
    event->from = next->user;
    event->comment = action->comment;
    event->metadata = action->metadata;
    run_notice_to(r, "approval.reassigned", action->actor, next->user);
    slate_give_back(r, next);
    return 0;
}

int handover_add_approver(struct run *r, const struct stage *s, const struct action *action,
                          struct err *e)
{
    const char *user = action->assignee;
    if (need_assignee(action, e) < 0 || check_assignee(r, s, NULL, user, e) < 0)
        return -1;
    /* A place that was handed on may come back. */
    const struct task *had = slate_find(r->approval, user);
    if (had && had->state != TASK_RELIEVED)
        return holds_already(s, user, e);
    /* An opinion counts neither way, so to ask for it must not be a way to silence him. */
    if (slate_admits(r, user))
        return err_set(e, ERR_INVALID, "%s may decide in stage %s already", user, s->id);
    record(r, action, NULL);
    r->out->handed_to = NULL;
    slate_add(r, user, "", TASK_OPEN)->consult = true;
    run_notice_to(r, "task.assigned", action->actor, user);
    return 0;
}

/* The only open task; NULL when there is none or more than one. *count gets how many. */
static struct task *only_open(const struct approval *a, size_t *count)
{
    struct task *found = NULL;
    *count = 0;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].state == TASK_OPEN &&
            !a->tasks[i].consult) {
            found = &a->tasks[i];
            ++*count;
        }
    return *count == 1 ? found : NULL;
}

/* Which task is meant. *t is NULL with 0: none, the assignee gets a place of his own. */
static int pick_task(const struct approval *a, const struct action *action, struct task **t,
                     struct err *e)
{
    if (action->from) {
        *t = slate_find(a, action->from);
        if (!*t || !task_is_live(*t))
            return err_set(e, ERR_INVALID, "%s has no open task in stage %s", action->from,
                           a->stage_id);
        return 0;
    }
    *t = slate_find(a, action->actor);
    if (*t && (*t)->state == TASK_OPEN)
        return 0;
    size_t count;
    *t = only_open(a, &count);
    if (*t || (count == 0 && a->slate_role))
        return 0;
    return err_set(e, ERR_INVALID,
                   "%zu tasks are open in stage %s: metadata.from must say whose is reassigned",
                   count, a->stage_id);
}

int handover_reassign(struct run *r, const struct stage *s, const struct action *action,
                      struct err *e)
{
    struct task *t;
    if (need_assignee(action, e) < 0 || pick_task(r->approval, action, &t, e) < 0 ||
        check_assignee(r, s, t, action->assignee, e) < 0)
        return -1;
    if (!t && slate_holding(r->approval, action->assignee))
        return holds_already(s, action->assignee, e);
    const char *from = t ? t->user : NULL;
    record(r, action, from);
    if (t) {
        slate_hand_on(r, t, action->assignee, TASK_RELIEVED);
    } else {
        slate_add(r, action->assignee, arena_printf(r->arena, "user:%s", action->assignee),
                  TASK_OPEN);
        run_notice_to(r, "task.assigned", ACTOR_SYSTEM, action->assignee);
    }
    const char **to = arena_array(r->arena, 2, sizeof *to);
    to[0] = action->assignee;
    to[1] = from;
    run_notice(r, "approval.reassigned", action->actor, to, from ? 2 : 1);
    return 0;
}
