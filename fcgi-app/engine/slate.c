#include "slate.h"

#include "eligibility.h"
#include "quorum.h"

bool task_is_present(const struct approval *a, const struct task *t)
{
    return a->stage_id && t->visit == a->visit && !strcmp(t->stage_id, a->stage_id);
}

bool task_is_live(const struct task *t)
{
    return t->state == TASK_OPEN || t->state == TASK_WAITING;
}

static int rank(const struct task *t)
{
    if (task_is_live(t))
        return 3;
    return t->state == TASK_ANSWERED ? 2 : 1;
}

struct task *slate_find(const struct approval *a, const char *user)
{
    struct task *best = NULL;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *t = &a->tasks[i];
        if (task_is_present(a, t) && !strcmp(t->user, user) && (!best || rank(t) >= rank(best)))
            best = t;
    }
    return best;
}

struct task *slate_holding(const struct approval *a, const char *user)
{
    struct task *t = slate_find(a, user);
    return t && t->state != TASK_HANDED_ON ? t : NULL;
}

static struct task *add_at(struct run *r, int64_t place, const char *user, enum task_state state)
{
    struct approval *a = r->approval;
    a->tasks = run_grow(r->arena, a->tasks, a->task_count, &r->task_room, sizeof *a->tasks);
    struct task *t = &a->tasks[a->task_count++];
    *t = (struct task){
        .no = (int64_t)a->task_count,
        .stage_id = a->stage_id,
        .visit = a->visit,
        .place = place,
        .user = user,
        .state = state,
        .opened_at = state == TASK_WAITING ? 0 : r->outside->now,
        .changed = true,
    };
    return t;
}

struct task *slate_add(struct run *r, const char *user, enum task_state state)
{
    int64_t last = 0;
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].place > last)
            last = a->tasks[i].place;
    return add_at(r, last + 1, user, state);
}

static void task_end(struct run *r, struct task *t, enum task_state state)
{
    t->state = state;
    t->ended_at = r->outside->now;
    t->changed = true;
}

void slate_answer(struct run *r, struct task *t, enum vote vote)
{
    t->vote = vote;
    task_end(r, t, TASK_ANSWERED);
}

static void escalate(struct run *r, size_t left)
{
    struct approval *a = r->approval;
    a->slate_role = ROLE_OF_ESCALATION;
    run_event(r, "escalated", ACTOR_SYSTEM)->reason =
        left ? arena_printf(r->arena,
                            "%lld people must approve, and of those named only %zu may decide",
                            (long long)a->needed, left)
             : "nobody of those named may decide";
    run_notice(r, "approval.escalated", ACTOR_SYSTEM, NULL, 0);
}

void slate_open(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    const char **asked = arena_array(r->arena, s->approver_count, sizeof *asked);
    int64_t places = 0;
    size_t asked_count = 0;
    for (size_t i = 0; i < s->approver_count; i++) {
        if (eligibility_barred(s, a, s->approvers[i]))
            continue;
        bool now = s->type == STAGE_PARALLEL || !places;
        add_at(r, ++places, s->approvers[i], now ? TASK_OPEN : TASK_WAITING);
        if (now)
            asked[asked_count++] = s->approvers[i];
    }
    a->needed = (int64_t)quorum_needed(s, (size_t)places);
    if (!s->approver_count)
        a->slate_role = ROLE_OF_OPEN_STAGE;
    else if (places < a->needed)
        escalate(r, (size_t)places);
    if (asked_count)
        run_notice(r, "task.assigned", ACTOR_SYSTEM, asked, asked_count);
}

/* NULL for a task that was not handed on by anybody. */
static const struct task *parent_of(const struct approval *a, const struct task *t)
{
    for (size_t i = 0; t->parent && i < a->task_count; i++)
        if (a->tasks[i].no == t->parent)
            return &a->tasks[i];
    return NULL;
}

size_t slate_chain(const struct approval *a, const struct task *t)
{
    size_t n = 0;
    while (n < a->task_count && (t = parent_of(a, t)))
        n++;
    return n;
}

bool slate_was_held_by(const struct approval *a, const struct task *t, const char *user)
{
    for (size_t n = 0; n < a->task_count && (t = parent_of(a, t)); n++)
        if (!strcmp(t->user, user))
            return true;
    return false;
}

void slate_hand_on(struct run *r, struct task *t, const char *user)
{
    const struct task old = *t;
    task_end(r, t, TASK_HANDED_ON);
    if (slate_holding(r->approval, user))
        return;
    add_at(r, old.place, user, old.state)->parent = old.no;
    if (old.state == TASK_OPEN)
        run_notice_to(r, "task.assigned", ACTOR_SYSTEM, user);
}

void slate_advance(struct run *r)
{
    const struct approval *a = r->approval;
    struct task *next = NULL;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *t = &a->tasks[i];
        if (task_is_present(a, t) && task_is_live(t) && (!next || t->place < next->place))
            next = t;
    }
    if (!next || next->state != TASK_WAITING)
        return;
    next->state = TASK_OPEN;
    next->opened_at = r->outside->now;
    next->changed = true;
    run_notice_to(r, "task.assigned", ACTOR_SYSTEM, next->user);
}

void slate_close(struct run *r)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && task_is_live(&a->tasks[i]))
            task_end(r, &a->tasks[i], TASK_CLOSED);
}
