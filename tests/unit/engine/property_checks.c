#include "property_trial.h"

#include "engine/forecast.h"
#include "engine/quorum.h"
#include "engine/slate.h"

#include <stdio.h>

#define TOLD_MAX 3 /* broken sequences that are told in full */

_Static_assert(ACTION_APPROVE < ACTION_ABSTAIN && ACTION_REJECT < ACTION_ABSTAIN &&
                   ACTION_ABSTAIN == 2,
               "votes come first");

void trial_tell(struct trial *t, const char *file, int line, const char *what)
{
    if (!t->broken && t->counts->broken++ < TOLD_MAX)
        fprintf(stderr, "\n%s:%d: broken: %s\nPROPERTY_SEED=%llu\n%s\n", file, line, what,
                (unsigned long long)t->seed, t->log.buf);
    t->broken = true;
}

struct approval trial_copy(struct arena *arena, const struct approval *a)
{
    struct approval copy = *a;
    copy.tasks = arena_array(arena, a->task_count, sizeof *copy.tasks);
    copy.visits = arena_array(arena, a->visit_count, sizeof *copy.visits);
    copy.timers = arena_array(arena, a->timer_count, sizeof *copy.timers);
    for (size_t i = 0; i < a->task_count; i++)
        copy.tasks[i] = a->tasks[i];
    for (size_t i = 0; i < a->visit_count; i++)
        copy.visits[i] = a->visits[i];
    for (size_t i = 0; i < a->timer_count; i++)
        copy.timers[i] = a->timers[i];
    return copy;
}

static const struct stage *open_stage(const struct trial *t, const struct approval *a)
{
    int i = a->stage_id ? definition_stage(&t->d, a->stage_id) : -1;
    return i < 0 ? NULL : &t->d.stages[i];
}

static bool is_of(const struct task *task, const struct visit *v)
{
    return task->visit == v->visit && !strcmp(task->stage_id, v->stage_id);
}

static bool is_live(const struct task *task)
{
    return task->state == TASK_OPEN || task->state == TASK_WAITING;
}

/* ---- nobody decides on his own request; nobody counts twice ---- */

static bool is_barred(const struct trial *t, const struct approval *a, const struct task *task)
{
    const struct stage *s = &t->d.stages[definition_stage(&t->d, task->stage_id)];
    return !s->allow_self_approval && (!strcmp(task->user, a->requester_id) ||
                                       (a->owner_id && !strcmp(task->user, a->owner_id)));
}

/* Has a say, or had one when the stage ended. An opinion that was given is no place. */
static bool has_say(const struct task *task)
{
    return is_live(task) || (task->state == TASK_ANSWERED && !task->consult);
}

static bool are_one(const struct task *a, const struct task *b)
{
    return a->visit == b->visit && !strcmp(a->stage_id, b->stage_id) && !strcmp(a->user, b->user);
}

static void check_tasks(struct trial *t, const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *task = &a->tasks[i];
        PROMISE(t, task->no == (int64_t)i + 1 && task->parent < task->no);
        if (!has_say(task))
            continue;
        PROMISE(t, !is_barred(t, a, task));
        for (size_t k = 0; k < i; k++)
            PROMISE(t, !has_say(&a->tasks[k]) || !are_one(&a->tasks[k], task));
    }
}

/* ---- a stage is open as long as it is neither satisfied nor impossible ---- */

static void check_open(struct trial *t, const struct approval *a)
{
    const struct stage *s = open_stage(t, a);
    bool open = a->status == STATUS_PENDING || a->status == STATUS_ERROR;
    size_t live = 0;
    PROMISE(t, open == (s != NULL));
    for (size_t i = 0; i < a->task_count; i++)
        live += is_live(&a->tasks[i]);
    for (size_t i = 0; i < a->visit_count; i++)
        PROMISE(t,
                (a->visits[i].outcome == VISIT_OPEN) ==
                    (s && !strcmp(a->visits[i].stage_id, s->id) && a->visits[i].visit == a->visit));
    if (s)
        PROMISE(t, quorum_outcome(t->arena, s, a) == STAGE_OPEN);
    else
        PROMISE(t, live == 0 && !a->slate_role && !a->needed);
    PROMISE(t, s ? live > 0 || a->slate_role : true);
    PROMISE(t, !approval_status_terminal(a->status) || a->timer_count == 0);
}

/* ---- effects ---- */

static void check_effects(struct trial *t, const struct approval *before,
                          const struct approval *after, const struct effects *fx)
{
    PROMISE(t, after->seq == before->seq + (int64_t)fx->event_count);
    for (size_t i = 0; i < fx->event_count; i++) {
        PROMISE(t, fx->events[i].seq == before->seq + 1 + (int64_t)i);
        PROMISE(t, fx->events[i].first == (i == 0));
    }
    if (approval_status_terminal(before->status)) {
        PROMISE(t, after->status == before->status && after->task_count == before->task_count);
        PROMISE(t, fx->event_count == 0 ||
                       (fx->event_count == 1 && !strcmp(fx->events[0].action, "consume")));
    }
}

/* ---- nothing is approved without the approvals that its author asked for ---- */

static const struct json *stage_body(const struct trial *t, const char *id)
{
    const struct json *stages = json_get(t->body, "stages");
    for (size_t i = 0; i < json_array_size(stages); i++)
        if (!strcmp(json_string(json_get(json_at(stages, i), "id"), NULL), id))
            return json_at(stages, i);
    return NULL;
}

static bool has_event(const struct effects *fx, const struct visit *v, const char *action)
{
    for (size_t i = 0; i < fx->event_count; i++) {
        const struct event *e = &fx->events[i];
        if (!strcmp(e->action, action) && e->stage_id && !strcmp(e->stage_id, v->stage_id) &&
            e->visit == v->visit)
            return true;
    }
    return false;
}

/* Because the author's slate could not decide, or a condition not be evaluated. */
static bool fell_back(const struct effects *fx, const struct visit *v)
{
    for (size_t i = 0; i < fx->event_count; i++) {
        const struct event *e = &fx->events[i];
        if (!strcmp(e->action, "escalated") && !strcmp(e->actor, ACTOR_SYSTEM) && e->stage_id &&
            !strcmp(e->stage_id, v->stage_id) && e->visit == v->visit && e->reason &&
            strcmp(e->reason, "nobody decided in time") != 0)
            return true;
    }
    return has_event(fx, v, "error");
}

/* How many places a visit that is new began with, and whether those asked are others by now. */
static void note_slates(struct trial *t, const struct approval *before,
                        const struct approval *after, const struct effects *fx)
{
    PROMISE(t, after->visit_count <= VISITS_MAX);
    for (size_t i = 0; i < after->visit_count && i < VISITS_MAX; i++) {
        const struct visit *v = &after->visits[i];
        for (size_t k = 0; i >= before->visit_count && k < after->task_count; k++) {
            const struct task *task = &after->tasks[k];
            t->slates[i] += is_of(task, v) && !task->parent && !task->consult && *task->via;
        }
        t->changed[i] = t->changed[i] || has_event(fx, v, "escalated") ||
                        has_event(fx, v, "re_resolve") || has_event(fx, v, "slate_checked");
    }
}

static bool is_open_in(const struct approval *a, const struct task *task)
{
    return a->stage_id && task->visit == a->visit && !strcmp(task->stage_id, a->stage_id);
}

/* Of the open stage: places that nobody has filled, but for one. Several may be asked at one, where
 * the first answer fills it. */
static size_t count_unanswered(const struct approval *a, int64_t but)
{
    uint64_t places = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *task = &a->tasks[i];
        if (is_open_in(a, task) && !task->consult && is_live(task) && task->place != but)
            places |= UINT64_C(1) << task->place;
    }
    return (size_t)__builtin_popcountll(places);
}

/* Where the actor has answered in the visit; 0: nowhere. */
static int64_t place_answered(const struct approval *a, const struct visit *v, const char *actor)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *task = &a->tasks[i];
        if (is_of(task, v) && task->state == TASK_ANSWERED && !strcmp(task->user, actor))
            return task->place;
    }
    return 0;
}

static struct ballot ballot_of(const struct trial *t, const struct approval *before,
                               const struct approval *after, const struct call *call, size_t visit)
{
    const struct visit *v = &after->visits[visit];
    bool was_open = visit < before->visit_count;
    struct ballot b = {
        .stage = stage_body(t, v->stage_id),
        .slate = t->slates[visit],
        .slate_changed = t->changed[visit],
        .fallback = (was_open && before->fallback) || fell_back(&call->fx, v),
    };
    for (size_t i = 0; i < after->task_count; i++) {
        const struct task *task = &after->tasks[i];
        if (is_of(task, v) && !task->consult && task->state == TASK_ANSWERED &&
            task->vote == VOTE_APPROVE)
            b.vias[b.approvals++] = task->via;
    }
    bool votes = call->kind == CALL_ACT && call->action.kind <= ACTION_ABSTAIN;
    if (was_open && votes) /* by other deeds some may no longer be asked */
        b.unanswered = count_unanswered(before, place_answered(after, v, call->action.actor));
    return b;
}

static void check_ballots(struct trial *t, const struct approval *before,
                          const struct approval *after, const struct call *call)
{
    for (size_t i = 0; i < after->visit_count && i < VISITS_MAX; i++) {
        const struct visit *v = &after->visits[i];
        bool is_new = i >= before->visit_count || before->visits[i].outcome != v->outcome;
        if (!is_new || v->outcome != VISIT_APPROVED || has_event(&call->fx, v, "timed_out"))
            continue;
        struct ballot b = ballot_of(t, before, after, call, i);
        t->counts->ballots++;
        t->counts->fallbacks += b.fallback;
        PROMISE(t, ballot_suffices(&b));
    }
}

/* What was approved in a stage that was changed since does not carry. */
static void check_migrated(struct trial *t, const struct approval *before,
                           const struct approval *after, const struct call *call)
{
    if (call->kind != CALL_MIGRATE)
        return;
    for (size_t i = 0; i < before->visit_count; i++) {
        const struct visit *v = &after->visits[i];
        enum visit_outcome was = before->visits[i].outcome;
        bool carries = was == VISIT_APPROVED || was == VISIT_CARRIED;
        bool outdated =
            carries && v->round == after->round && !selector_in(v->stage_id, call->same);
        PROMISE(t, (v->outcome == VISIT_OUTDATED) == (was == VISIT_OUTDATED || outdated));
    }
    for (size_t i = 0; i < t->d.stage_count; i++) {
        const char *id = t->d.stages[i].id;
        bool was = before->carried && selector_in(id, before->carried);
        bool is = after->carried && selector_in(id, after->carried);
        PROMISE(t, !is || (was && selector_in(id, call->same)));
    }
}

/* What was approved was approved in its last stages; without people only where a rule, the author
 * or the clock said so. */
static void check_approved(struct trial *t, const struct approval *before,
                           const struct approval *after)
{
    bool passed = false;
    for (size_t i = 0; i < after->visit_count; i++) {
        enum visit_outcome outcome = after->visits[i].outcome;
        bool is_new = i >= before->visit_count || before->visits[i].outcome != outcome;
        passed = passed || (is_new && outcome != VISIT_OPEN && outcome != VISIT_OUTDATED);
    }
    PROMISE(t, after->status != STATUS_APPROVED || before->status == STATUS_APPROVED || passed);
}

/* Of the open stage. */
void trial_log_tasks(struct trial *t, const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *task = &a->tasks[i];
        if (is_open_in(a, task))
            str_addf(&t->log, " %s@%lld:%s%s%s%s", task->user, (long long)task->place,
                     task_state_name(task->state), task->vote ? "-" : "", vote_name(task->vote),
                     task->consult ? "(opinion)" : "");
    }
    str_addch(&t->log, '\n');
}

/* ---- the sets of the outlook complete the stage ---- */

/* Who holds a place that was taken because it was open to a role, which the one who took it has no
 * longer. */
static size_t find_aside(const struct trial *t, const struct approval *a, const char **aside)
{
    size_t n = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *task = &a->tasks[i];
        if (is_open_in(a, task) && task_is_live(task) && !*task->via && a->slate_role &&
            !crowd_admits(&t->crowd, a->slate_role, slate_root(a, task)))
            aside[n++] = task->user;
    }
    return n;
}

/* Somebody is away whose turn is still to come: it may go to another. */
static bool waits_for_deputy(const struct trial *t, const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].state == TASK_WAITING && crowd_deputy(&t->crowd, a->tasks[i].user))
            return true;
    return false;
}

static void check_set(struct trial *t, const struct approval *a, const char *const *users,
                      size_t count)
{
    struct approval copy = trial_copy(t->arena, a);
    size_t visit = a->visit_count - 1;
    struct effects fx;
    struct err e = ERR_INIT;
    while (a->visits[visit].outcome != VISIT_OPEN)
        visit--;
    t->counts->sets++;
    PROMISE(t, count > 0);
    for (size_t i = 0; i < count && !t->broken; i++) {
        struct action approve = {
            .kind = ACTION_APPROVE, .actor = users[i], .stage_id = a->stage_id, .visit = a->visit};
        PROMISE(t, copy.visits[visit].outcome == VISIT_OPEN);
        int rc = engine_act(t->arena, &t->d, &t->o, &copy, &approve, &fx, &e);
        str_addf(&t->log, "  outlook: %s approves: %s\n", users[i], rc < 0 ? e.message : "done");
        PROMISE(t, rc == 0);
    }
    PROMISE(t, copy.visits[visit].outcome == VISIT_APPROVED);
}

void trial_check_outlook(struct trial *t)
{
    struct approval a = trial_copy(t->arena, &t->a);
    struct effects fx;
    struct err e = ERR_INIT;
    struct forecast forecast;
    if (engine_overdue(&t->d, &a, t->o.now))
        return;
    PROMISE(t, engine_recheck(t->arena, &t->d, &t->o, &a, &fx, &e) == 0);
    const struct stage *s = open_stage(t, &a);
    if (!s || !(s->actions & 1u << ACTION_APPROVE))
        return;
    if (waits_for_deputy(t, &a))
        return;
    const char **away = arena_array(t->arena, a.task_count, sizeof *away);
    size_t aside = find_aside(t, &a, away);
    forecast_stage(t->arena, s, &a, away, aside, &forecast);
    struct outlook outlook = forecast.outlook;
    str_add(&t->log, "  outlook:");
    trial_log_tasks(t, &a);
    PROMISE(t, aside || a.slate_role || (outlook.count > 0 && !outlook.reason));
    for (size_t i = 0; i < outlook.count && i < 3; i++)
        check_set(t, &a, outlook.sets[i], outlook.sizes[i]);
}

void trial_check(struct trial *t, const struct call *c, const struct approval *after)
{
    const struct approval *before = &t->a;
    check_effects(t, before, after, &c->fx);
    check_tasks(t, after);
    check_open(t, after);
    note_slates(t, before, after, &c->fx);
    check_ballots(t, before, after, c);
    check_approved(t, before, after);
    check_migrated(t, before, after, c);
}
