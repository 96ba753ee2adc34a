#include "progress.h"

#include "carry.h"
#include "deadline.h"
#include "facts.h"
#include "quorum.h"
#include "ruling.h"
#include "slate.h"

#define ENTRIES_MAX 200 /* stages that one call goes through: what nobody decides may go round */

/* Where to go when a stage has ended. */
struct course {
    enum { COURSE_ASKED, COURSE_STAGE, COURSE_END, COURSE_RETURN } kind;
    size_t stage; /* index; one past the last: all is approved */
    enum approval_status status;
    const char *reason;
};

static struct visit *add_visit(struct run *r, const char *stage_id, int64_t visit,
                               enum visit_outcome outcome)
{
    struct approval *a = r->approval;
    int64_t now = r->outside->now;
    a->visits = run_grow(r->arena, a->visits, a->visit_count, &r->visit_room, sizeof *a->visits);
    struct visit *v = &a->visits[a->visit_count++];
    *v = (struct visit){
        .no = (int64_t)a->visit_count,
        .stage_id = stage_id,
        .visit = visit,
        .round = a->round,
        .outcome = outcome,
        .entered_at = now,
        .ended_at = outcome == VISIT_OPEN ? 0 : now,
        .changed = true,
    };
    return v;
}

static void end_visit(struct run *r, enum visit_outcome outcome)
{
    struct approval *a = r->approval;
    for (size_t i = a->visit_count; i-- > 0;)
        if (a->visits[i].outcome == VISIT_OPEN) {
            a->visits[i].outcome = outcome;
            a->visits[i].ended_at = r->outside->now;
            a->visits[i].changed = true;
            return;
        }
}

/* How often the stage was entered. */
static int64_t count_visits(const struct approval *a, const struct stage *s)
{
    int64_t n = 0;
    for (size_t i = 0; i < a->visit_count; i++)
        n += a->visits[i].visit && !strcmp(a->visits[i].stage_id, s->id);
    return n;
}

static void no_stage(struct approval *a)
{
    a->stage_id = NULL;
    a->visit = 0;
    a->slate_role = NULL;
    a->fallback = false;
    a->needed = 0;
}

/* Approvals that were made before visits were kept have none; what they are in is entered. */
static void open_stage(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    no_stage(a);
    a->stage_id = s->id;
    a->visit = count_visits(a, s) + 1;
    add_visit(r, s->id, a->visit, VISIT_OPEN);
    deadline_start_stage(r, s);
}

static const struct escalation *first_target(const struct stage *s)
{
    for (size_t i = 0; i < s->escalation_count; i++)
        if (s->escalations[i].target_count)
            return &s->escalations[i];
    return NULL;
}

static void tell_targets(struct run *r, const struct stage *s)
{
    const struct escalation *level = first_target(s);
    struct people people = {0};
    if (level)
        people_resolve(r, s, level->targets, level->target_count, &people);
    const char **to = arena_array(r->arena, people.count, sizeof *to);
    for (size_t i = 0; i < people.count; i++)
        to[i] = people.list[i].user;
    run_notice(r, "approval.escalated", ACTOR_SYSTEM, to, people.count);
}

static bool approved_by_rules(struct run *r, const struct stage *s)
{
    if (!s->auto_rules)
        return false;
    struct ruling ruling = ruling_ask(r, s);
    if (ruling.verdict.approve) {
        ruling_set(run_event(r, action_name(ACTION_APPROVE), ACTOR_SYSTEM), &ruling);
        return true;
    }
    /* Why none: kept with what led here, unless that was decided by a rule itself. */
    struct event *led_here = &r->out->events[r->out->event_count - 1];
    if (!led_here->rule)
        ruling_set(led_here, &ruling);
    if (ruling.verdict.alarm)
        tell_targets(r, s);
    return false;
}

/* People have to look at it: administrators decide, and their decision moves it on by position.
 * What would have decided by itself does not any more. */
static void fault(struct run *r, const char *what)
{
    struct approval *a = r->approval;
    slate_close_all(r);
    deadline_stop_stage(r);
    a->status = STATUS_ERROR;
    a->fault = what;
    a->slate_role = ROLE_OF_ESCALATION;
    a->fallback = true;
    a->needed = 1;
    run_event(r, "error", ACTOR_SYSTEM)->reason = what;
    run_notice(r, "approval.escalated", ACTOR_SYSTEM, NULL, 0);
}

static struct course next_by_position(const struct definition *d, const struct stage *s)
{
    return (struct course){.kind = COURSE_STAGE, .stage = (size_t)(s - d->stages) + 1};
}

static struct course course_of(const struct transition *t)
{
    switch (t->to) {
    case TARGET_APPROVED:
        return (struct course){.kind = COURSE_END, .status = STATUS_APPROVED};
    case TARGET_REJECTED:
        return (struct course){.kind = COURSE_END, .status = STATUS_REJECTED};
    case TARGET_RETURNED:
        return (struct course){.kind = COURSE_RETURN};
    case TARGET_STAGE:
        break;
    }
    return (struct course){.kind = COURSE_STAGE, .stage = t->stage};
}

static bool holds(struct run *r, const struct stage *s, int64_t visit,
                  const struct logic *condition, bool *out, struct err *e)
{
    *out = true;
    if (!condition)
        return true;
    struct value facts = facts_of(r, s, visit);
    return condition_holds(r->arena, condition, &facts, out, e) == 0;
}

/* The first transition that matches: 1; none: 0; a condition that cannot be evaluated: -1 with
 * *what. */
static int find_transition(struct run *r, const struct stage *s, int64_t visit, enum stage_end end,
                           struct course *out, const char **what)
{
    const struct definition *d = r->definition;
    struct err why = ERR_INIT;
    for (size_t i = 0; i < d->transition_count; i++) {
        const struct transition *t = &d->transitions[i];
        bool match;
        if (&d->stages[t->from] != s || t->on != end)
            continue;
        if (!holds(r, s, visit, t->condition, &match, &why)) {
            *what = arena_printf(r->arena, "condition of transition %zu: %s", i + 1, why.message);
            return -1;
        }
        if (match) {
            *out = course_of(t);
            return 1;
        }
    }
    return 0;
}

static struct course usual_course(const struct definition *d, const struct stage *s,
                                  enum stage_end end)
{
    switch (end) {
    case END_APPROVE:
        return next_by_position(d, s);
    case END_WITHDRAW:
        return (struct course){.kind = COURSE_END, .status = STATUS_WITHDRAWN};
    case END_REJECT:
    case END_TIMEOUT:
    case END_COUNT:
        break;
    }
    return (struct course){.kind = COURSE_END, .status = STATUS_REJECTED};
}

static const enum visit_outcome visit_outcomes[] = {
    [END_APPROVE] = VISIT_APPROVED,
    [END_REJECT] = VISIT_REJECTED,
    [END_TIMEOUT] = VISIT_REJECTED,
    [END_WITHDRAW] = VISIT_LEFT,
};
_Static_assert(sizeof visit_outcomes / sizeof *visit_outcomes == END_COUNT,
               "an outcome for each end");

/* Where the open stage leads to when it ends that way; it is closed then, unless people must look
 * at it. What an approval in error decides is the way by position. */
static struct course leave(struct run *r, const struct stage *s, enum stage_end end,
                           enum visit_outcome outcome)
{
    struct approval *a = r->approval;
    struct course course = usual_course(r->definition, s, end);
    const char *what;
    slate_close(r);
    deadline_stop_stage(r);
    if (a->status == STATUS_ERROR) {
        a->status = STATUS_PENDING;
        a->fault = NULL;
    } else if (find_transition(r, s, a->visit, end, &course, &what) < 0) {
        fault(r, what);
        return (struct course){.kind = COURSE_ASKED};
    }
    end_visit(r, outcome);
    return course;
}

static const char *unreachable(struct run *r, const struct stage *s)
{
    size_t count;
    slate_places(r->arena, r->approval, &count);
    if (!count)
        return "nobody of those named may decide";
    if (s->requires)
        return "those named who may decide cannot satisfy what the stage requires";
    return arena_printf(r->arena,
                        "%lld people must approve, and of those named only %zu may decide",
                        (long long)r->approval->needed, count);
}

/* Those asked take the place of the slate. Where they are too few, administrators help: the author
 * asked for that many. */
static void replace_slate(struct run *r, const struct stage *s, const struct people *people)
{
    struct approval *a = r->approval;
    slate_close_all(r);
    size_t added = slate_add_people(r, people);
    a->slate_role = NULL;
    a->fallback = a->fallback || s->requires;
    size_t of = s->approver_count ? added : 0;
    a->needed = (int64_t)(s->requires ? requires_people(s->requires) : quorum_needed(s, of));
    if (quorum_reachable(r->arena, s, a))
        return;
    a->fallback = true;
    a->slate_role = ROLE_OF_ESCALATION;
}

void progress_escalate(struct run *r, const struct escalation *level, const char *actor,
                       const char *reason)
{
    struct approval *a = r->approval;
    const struct stage *s = run_stage(r);
    struct people people = {0};
    if (level)
        people_resolve(r, s, level->targets, level->target_count, &people);
    run_event(r, "escalated", actor)->reason = reason;
    if (level && level->replace && people.count)
        replace_slate(r, s, &people);
    else
        slate_add_helpers(r, &people);
    if (!people.count && !a->slate_role)
        a->slate_role = ROLE_OF_ESCALATION;
    const char **to = arena_array(r->arena, people.count, sizeof *to);
    for (size_t i = 0; i < people.count; i++)
        to[i] = people.list[i].user;
    run_notice(r, "approval.escalated", actor, to, people.count);
}

/* Others decide in the place of the author's slate. What was said about a tree says nothing about
 * them, and where rejections are only counted to tell that approval is impossible, it is by now. */
static void fall_back(struct run *r, const struct stage *s, const char *reason)
{
    struct approval *a = r->approval;
    a->needed = quorum_needed_of_fallback(r->arena, s, a);
    a->fallback = true;
    slate_close_votes(r, VOTE_ABSTAIN); /* they were passed over */
    if (s->requires || s->reject.kind == REJECT_IMPOSSIBLE)
        slate_close_all(r);
    progress_escalate(r, first_target(s), ACTOR_SYSTEM, reason);
    if (!quorum_reachable(r->arena, s, a))
        a->slate_role = ROLE_OF_ESCALATION;
}

/* True when that ended the stage. A rejection comes first, and speaks against approving because
 * others are missing. */
static bool failed_closed(struct run *r, const struct stage *s, struct course *out)
{
    if (quorum_rejected(r->arena, s, r->approval) || quorum_reachable(r->arena, s, r->approval))
        return false;
    const char *reason = unreachable(r, s);
    if (s->on_empty == ON_EMPTY_ESCALATE) {
        fall_back(r, s, reason);
        return false;
    }
    bool approve = s->on_empty == ON_EMPTY_APPROVE && !quorum_any_rejection(r->arena, r->approval);
    run_event(r, approve ? "approve" : "reject", ACTOR_SYSTEM)->reason = reason;
    *out = leave(r, s, approve ? END_APPROVE : END_REJECT, approve ? VISIT_AUTO : VISIT_REJECTED);
    return true;
}

/* True when the votes there are end the stage. Comes back to itself at most once for each place. */
static bool settled(struct run *r, const struct stage *s, struct course *out)
{
    switch (quorum_outcome(r->arena, s, r->approval)) {
    case STAGE_SATISFIED:
        *out = leave(r, s, END_APPROVE, VISIT_APPROVED);
        return true;
    case STAGE_IMPOSSIBLE:
        *out = leave(r, s, END_REJECT, VISIT_REJECTED);
        return true;
    case STAGE_OPEN:
        break;
    }
    if (slate_advance(r))
        return false;
    return failed_closed(r, s, out) || settled(r, s, out);
}

static struct course pass_over(struct run *r, const struct stage *s, enum visit_outcome outcome,
                               const char *event, const char *reason)
{
    add_visit(r, s->id, 0, outcome);
    struct event *e = run_event(r, event, ACTOR_SYSTEM);
    e->stage_id = s->id;
    e->visit = 0;
    e->reason = reason;
    return next_by_position(r->definition, s);
}

/* It was approved: it leads where an approval leads. */
static struct course carry_over(struct run *r, const struct stage *s, int64_t visit)
{
    const char *what;
    struct course course =
        pass_over(r, s, VISIT_CARRIED, "carried", "what it covers has not changed");
    if (find_transition(r, s, visit, END_APPROVE, &course, &what) >= 0)
        return course;
    open_stage(r, s);
    fault(r, what);
    return (struct course){.kind = COURSE_ASKED};
}

static void fault_too_many(struct run *r, const struct stage *s)
{
    fault(r, arena_printf(r->arena, "stage %s names more than %d people", s->id, SLATE_MAX));
}

/* Asks the people of a stage that has been opened. */
static struct course ask_people(struct run *r, const struct stage *s)
{
    struct course course = {.kind = COURSE_ASKED};
    if (!slate_open(r, s)) {
        fault_too_many(r, s);
        return course;
    }
    if (!failed_closed(r, s, &course))
        settled(r, s, &course);
    return course;
}

static struct course enter(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    struct err why = ERR_INIT;
    bool wanted;
    int64_t visit = count_visits(a, s) + 1;
    if (++r->entered > ENTRIES_MAX) {
        open_stage(r, s);
        fault(r, arena_printf(r->arena, "more than %d stages would be gone through at once",
                              ENTRIES_MAX));
        return (struct course){.kind = COURSE_ASKED};
    }
    if (!holds(r, s, visit, s->conditions, &wanted, &why)) {
        open_stage(r, s);
        fault(r, arena_printf(r->arena, "conditions of stage %s: %s", s->id, why.message));
        return (struct course){.kind = COURSE_ASKED};
    }
    if (!wanted)
        return pass_over(r, s, VISIT_SKIPPED, "skipped", "its conditions do not hold");
    if (carry_take(r, s))
        return carry_over(r, s, visit);
    if (visit > r->definition->max_visits)
        return (struct course){
            .kind = COURSE_END,
            .status = STATUS_REJECTED,
            .reason = arena_printf(r->arena, "stage %s would be entered more than %lld times",
                                   s->id, (long long)r->definition->max_visits),
        };
    open_stage(r, s);
    if (approved_by_rules(r, s))
        return leave(r, s, END_APPROVE, VISIT_AUTO);
    return ask_people(r, s);
}

/* Follows the course until people are asked, or to the end. */
static void follow(struct run *r, struct course course, const char *actor)
{
    const struct definition *d = r->definition;
    while (course.kind == COURSE_STAGE && course.stage < d->stage_count)
        course = enter(r, &d->stages[course.stage]);
    /* Nobody approves his own request by withdrawing it. */
    if (course.kind == COURSE_STAGE)
        progress_end(r, r->withdrawing ? STATUS_WITHDRAWN : STATUS_APPROVED, actor, NULL);
    else if (course.kind == COURSE_END && course.status == STATUS_APPROVED && r->withdrawing)
        progress_end(r, STATUS_WITHDRAWN, actor, NULL);
    else if (course.kind == COURSE_END)
        progress_end(r, course.status, actor, course.reason);
    else if (course.kind == COURSE_RETURN)
        progress_return(r, actor);
}

void progress_start(struct run *r)
{
    follow(r, (struct course){.kind = COURSE_STAGE, .stage = 0}, r->approval->requester_id);
}

void progress_settle(struct run *r, const char *actor)
{
    struct course course;
    if (settled(r, run_stage(r), &course))
        follow(r, course, actor);
}

void progress_check_slate(struct run *r)
{
    struct course course;
    const struct stage *s = run_stage(r);
    if (failed_closed(r, s, &course) || settled(r, s, &course))
        follow(r, course, ACTOR_SYSTEM);
}

void progress_resolve_again(struct run *r)
{
    const struct stage *s = run_stage(r);
    if (slate_resolve_again(r, s))
        progress_check_slate(r);
    else
        fault_too_many(r, s);
}

void progress_leave(struct run *r, enum stage_end end, const char *actor, const char *reason)
{
    const struct stage *s = run_stage(r);
    struct course course = leave(r, s, end, visit_outcomes[end]);
    r->withdrawing = end == END_WITHDRAW;
    if (course.kind == COURSE_END && !course.reason)
        course.reason = reason;
    follow(r, course, actor);
}

void progress_time_out(struct run *r, enum stage_end otherwise)
{
    struct course course;
    const struct stage *s = run_stage(r);
    const char *what;
    int found = find_transition(r, s, r->approval->visit, END_TIMEOUT, &course, &what);
    if (found < 0) {
        fault(r, what);
        return;
    }
    if (!found) {
        course = leave(r, s, otherwise,
                       otherwise == END_APPROVE ? VISIT_AUTO : visit_outcomes[otherwise]);
        follow(r, course, ACTOR_SYSTEM);
        return;
    }
    progress_interrupt(r);
    follow(r, course, ACTOR_SYSTEM);
}

void progress_interrupt(struct run *r)
{
    slate_close(r);
    deadline_stop_stage(r);
    end_visit(r, VISIT_LEFT);
    r->approval->status = STATUS_PENDING;
    r->approval->fault = NULL;
}

void progress_return(struct run *r, const char *actor)
{
    struct approval *a = r->approval;
    progress_interrupt(r);
    a->status = STATUS_RETURNED;
    run_notice(r, "approval.returned", actor, NULL, 0);
    no_stage(a);
}

void progress_reenter(struct run *r)
{
    const struct stage *s = run_stage(r);
    progress_interrupt(r);
    follow(r, (struct course){.kind = COURSE_STAGE, .stage = (size_t)(s - r->definition->stages)},
           ACTOR_SYSTEM);
}

static const char *const end_notices[STATUS_COUNT] = {
    [STATUS_APPROVED] = "approval.approved",   [STATUS_REJECTED] = "approval.rejected",
    [STATUS_WITHDRAWN] = "approval.withdrawn", [STATUS_CANCELLED] = "approval.cancelled",
    [STATUS_EXPIRED] = "approval.expired",
};

static bool decided_without_people(const struct approval *a)
{
    return a->status == STATUS_APPROVED && a->task_count == 0;
}

void progress_end(struct run *r, enum approval_status status, const char *actor, const char *reason)
{
    struct approval *a = r->approval;
    slate_close(r);
    deadline_stop(r);
    end_visit(r, VISIT_LEFT);
    if (reason)
        run_event(r, "ended", ACTOR_SYSTEM)->reason = reason;
    a->status = status;
    a->fault = NULL;
    if (status == STATUS_APPROVED && a->valid_for_us)
        a->valid_until = r->outside->now + a->valid_for_us;
    run_notice(r, end_notices[status], actor, NULL, 0);
    if (decided_without_people(a))
        run_notice(r, "approval.auto_approved", actor, NULL, 0);
    no_stage(a);
}
