#include "slate.h"

#include "carry.h"
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

bool task_is_gone(const struct task *t)
{
    return t->state == TASK_HANDED_ON || t->state == TASK_RELIEVED;
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
        if (task_is_present(a, t) && t->state != TASK_CLOSED && !strcmp(t->user, user) &&
            (!best || rank(t) >= rank(best)))
            best = t;
    }
    return best;
}

struct task *slate_holding(const struct approval *a, const char *user)
{
    struct task *t = slate_find(a, user);
    return t && !task_is_gone(t) ? t : NULL;
}

struct task *slate_deciding(const struct approval *a, const char *user)
{
    struct task *t = slate_holding(a, user);
    return t && !t->consult ? t : NULL;
}

static struct task *add_at(struct run *r, int64_t place, const char *user, const char *via,
                           enum task_state state)
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
        .via = via,
        .state = state,
        .opened_at = state == TASK_WAITING ? 0 : r->outside->now,
        .changed = true,
    };
    return t;
}

static const char *user_selector(const struct run *r, const char *user)
{
    return arena_printf(r->arena, "user:%s", user);
}

static void task_end(struct run *r, struct task *t, enum task_state state)
{
    t->state = state;
    t->ended_at = r->outside->now;
    t->changed = true;
}

/* Whether somebody acts, or has acted, in the place that was his. */
static bool is_stood_in_for(const struct approval *a, const char *user)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (task_is_present(a, t) && (task_is_live(t) || t->state == TASK_ANSWERED) &&
            slate_was_held_by(a, t, user))
            return true;
    }
    return false;
}

/* Whether user has, or has handed on, a place. An opinion is none: it is closed, for he is to be
 * asked anew. */
static bool has_place(struct run *r, const char *user)
{
    struct task *t = slate_find(r->approval, user);
    if (t && t->state == TASK_RELIEVED)
        return is_stood_in_for(r->approval, user);
    if (!t || !t->consult)
        return t != NULL;
    task_end(r, t, TASK_CLOSED);
    return false;
}

bool slate_admits(struct run *r, const char *user)
{
    const char *role = r->approval->slate_role;
    return role && run_ask(r, arena_printf(r->arena, "admits:%s\n%s", role, user)).count > 0;
}

static int64_t last_place(const struct approval *a)
{
    int64_t last = 0;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].place > last)
            last = a->tasks[i].place;
    return last;
}

struct task *slate_add(struct run *r, const char *user, const char *via, enum task_state state)
{
    return add_at(r, last_place(r->approval) + 1, user, via, state);
}

/* The others who were asked at the same place need not answer any more. */
static void close_rivals(struct run *r, const struct task *t)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *other = &r->approval->tasks[i];
        if (other != t && task_is_present(a, other) && task_is_live(other) &&
            other->place == t->place && !other->consult)
            task_end(r, other, TASK_CLOSED);
    }
}

void slate_answer(struct run *r, struct task *t, enum vote vote)
{
    t->vote = vote;
    task_end(r, t, TASK_ANSWERED);
    if (vote != VOTE_ABSTAIN)
        close_rivals(r, t);
}

/* The task this was handed on from; NULL: it is the first of its place. */
static const struct task *parent_of(const struct approval *a, const struct task *t)
{
    return t->parent ? &a->tasks[t->parent - 1] : NULL; /* numbered from 1 without gaps */
}

size_t slate_chain(const struct approval *a, const struct task *t)
{
    size_t n = 0;
    while ((t = parent_of(a, t)))
        n++;
    return n;
}

const char *slate_root(const struct approval *a, const struct task *t)
{
    for (const struct task *up; (up = parent_of(a, t));)
        t = up;
    return t->user;
}

bool slate_was_held_by(const struct approval *a, const struct task *t, const char *user)
{
    while ((t = parent_of(a, t)))
        if (!strcmp(t->user, user))
            return true;
    return false;
}

/* NULL: user holds a place already, which stands for both. */
static struct task *pass_on(struct run *r, struct task *t, const char *user, enum task_state how)
{
    const struct task old = *t;
    task_end(r, t, how);
    if (slate_holding(r->approval, user) && has_place(r, user))
        return NULL;
    struct task *next = add_at(r, old.place, user, old.via, old.state);
    next->parent = old.no;
    next->consult = old.consult;
    if (old.state == TASK_OPEN)
        run_notice_to(r, "task.assigned", ACTOR_SYSTEM, user);
    return next;
}

struct task *slate_successor(const struct approval *a, const struct task *t)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].parent == t->no && a->tasks[i].state != TASK_CLOSED)
            return &a->tasks[i];
    return NULL;
}

void slate_give_back(struct run *r, struct task *t)
{
    struct task *parent = &r->approval->tasks[t->parent - 1];
    parent->state = t->state;
    parent->ended_at = 0;
    if (t->state == TASK_OPEN && !parent->opened_at)
        parent->opened_at = r->outside->now;
    parent->changed = true;
    task_end(r, t, TASK_CLOSED);
}

/* While somebody is absent his tasks open with his deputy, unless he may not decide here or has a
 * place of his own: then they wait for the absent. */
static void open_with_deputy(struct run *r, const struct stage *s, int64_t no)
{
    const struct approval *a = r->approval;
    const char *user = a->tasks[no - 1].user;
    struct reply reply = run_ask(r, arena_printf(r->arena, "deputy:%s", user));
    const char *deputy = reply.count ? reply.texts[0] : NULL;
    const struct task *t = &a->tasks[no - 1];
    if (!deputy || eligibility_barred(s, a, deputy) || slate_deciding(a, deputy) ||
        slate_was_held_by(a, t, deputy) || slate_chain(a, t) >= DELEGATION_CHAIN_MAX)
        return;
    struct event *e = run_event(r, "deputized", ACTOR_SYSTEM);
    e->from = user;
    e->assignee = deputy;
    pass_on(r, &r->approval->tasks[no - 1], deputy, TASK_HANDED_ON);
}

void slate_hand_on(struct run *r, struct task *t, const char *user, enum task_state how)
{
    const struct task *next = pass_on(r, t, user, how);
    if (next && next->state == TASK_OPEN)
        open_with_deputy(r, run_stage(r), next->no);
}

/* Those who are asked by now: the holders of open tasks of the visit that opened just now. */
static void tell_opened(struct run *r, size_t from)
{
    const struct approval *a = r->approval;
    const char **users = arena_array(r->arena, a->task_count, sizeof *users);
    size_t n = 0;
    for (size_t i = from; i < a->task_count; i++)
        if (a->tasks[i].state == TASK_OPEN && !a->tasks[i].parent)
            users[n++] = a->tasks[i].user;
    if (n)
        run_notice(r, "task.assigned", ACTOR_SYSTEM, users, n);
}

/* The place whose turn it is in a sequential stage; 0: nobody's. */
static int64_t open_place(const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].state == TASK_OPEN &&
            !a->tasks[i].consult)
            return a->tasks[i].place;
    return 0;
}

static bool has_live(const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && task_is_live(&a->tasks[i]) && !a->tasks[i].consult)
            return true;
    return false;
}

static bool is_in_order(const struct run *r)
{
    return run_stage(r)->type == STAGE_SEQUENTIAL && !r->approval->fallback;
}

/* Opens the tasks that were added from there on, and tells their holders. */
static size_t opened(struct run *r, size_t from)
{
    const struct approval *a = r->approval;
    size_t to = a->task_count;
    for (size_t i = from; i < to; i++)
        if (a->tasks[i].state == TASK_OPEN)
            open_with_deputy(r, run_stage(r), a->tasks[i].no);
    tell_opened(r, from);
    return to - from;
}

/* Everybody at once in a parallel stage; the first one in a sequential stage. */
static void add_places(struct run *r, const struct people *people)
{
    const struct approval *a = r->approval;
    bool in_order = is_in_order(r);
    int64_t place = last_place(a);
    for (size_t i = 0; i < people->count; i++) {
        const struct person *p = &people->list[i];
        if (has_place(r, p->user))
            continue;
        bool now = !in_order || !has_live(a);
        add_at(r, ++place, p->user, p->via, now ? TASK_OPEN : TASK_WAITING);
    }
}

size_t slate_add_people(struct run *r, const struct people *people)
{
    size_t from = r->approval->task_count;
    add_places(r, people);
    return opened(r, from);
}

size_t slate_add_helpers(struct run *r, const struct people *people)
{
    const struct approval *a = r->approval;
    size_t from = a->task_count;
    int64_t turn = is_in_order(r) ? open_place(a) : 0, place = last_place(a);
    for (size_t i = 0; i < people->count; i++) {
        const struct person *p = &people->list[i];
        if (!has_place(r, p->user))
            add_at(r, turn ? turn : ++place, p->user, p->via, TASK_OPEN);
    }
    return opened(r, from);
}

struct place *slate_places(struct arena *arena, const struct approval *a, size_t *count)
{
    static const enum place_answer answers[] = {
        [VOTE_NONE] = ANSWER_NONE,
        [VOTE_APPROVE] = ANSWER_APPROVED,
        [VOTE_REJECT] = ANSWER_OTHER,
        [VOTE_ABSTAIN] = ANSWER_OTHER,
    };
    _Static_assert(sizeof answers / sizeof *answers == VOTE_COUNT, "an answer for each vote");
    struct place *places = arena_array(arena, a->task_count, sizeof *places);
    *count = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (task_is_present(a, t) && !t->consult && (task_is_live(t) || t->state == TASK_ANSWERED))
            places[(*count)++] = (struct place){t->user, t->via, answers[t->vote]};
    }
    return places;
}

/* The author's slate: whom approvers and requires name. False where they are more than can be
 * asked. */
static bool author_slate(struct run *r, const struct stage *s, struct people *people)
{
    size_t n = 0;
    const struct selector *required = s->requires ? requires_selectors(s->requires, &n) : NULL;
    return people_resolve(r, s, s->approvers, s->approver_count, people) &&
           people_resolve(r, s, required, n, people);
}

/* What the stage asks for, of that many whom the author named. */
static void set_need(struct run *r, const struct stage *s, size_t places)
{
    struct approval *a = r->approval;
    bool named = s->approver_count || s->requires;
    a->fallback = false;
    a->needed = (int64_t)quorum_needed(s, named ? places : 0);
    a->slate_role = named ? NULL : ROLE_OF_OPEN_STAGE;
}

bool slate_open(struct run *r, const struct stage *s)
{
    struct people people = {0};
    size_t from = r->approval->task_count;
    if (!author_slate(r, s, &people))
        return false;
    add_places(r, &people);
    carry_repeats(r, s);
    opened(r, from);
    set_need(r, s, people.count);
    return true;
}

static void task_close(struct run *r, struct task *t)
{
    task_end(r, t, TASK_CLOSED);
}

static const struct person *person_of(const struct people *people, const char *user)
{
    for (size_t i = 0; i < people->count; i++)
        if (!strcmp(people->list[i].user, user))
            return &people->list[i];
    return NULL;
}

/* Asked by a level of escalation. */
static bool is_helper(const struct stage *s, const struct task *t)
{
    for (size_t i = 0; i < s->escalation_count; i++)
        for (size_t k = 0; k < s->escalations[i].target_count; k++)
            if (selector_in(s->escalations[i].targets[k].text, t->via))
                return true;
    return false;
}

static void look_again(struct run *r, const struct stage *s, struct task *t,
                       const struct people *people)
{
    const struct approval *a = r->approval;
    const struct person *p = person_of(people, slate_root(a, t));
    if (p && strcmp(t->via, p->via) != 0) {
        t->via = p->via;
        t->changed = true;
    } else if (!p && !task_is_gone(t) && !is_helper(s, t)) {
        task_close(r, t);
    }
}

bool slate_resolve_again(struct run *r, const struct stage *s)
{
    struct approval *a = r->approval;
    struct people people = {0};
    if (!author_slate(r, s, &people))
        return false;
    bool named = s->approver_count || s->requires;
    for (size_t i = 0; named && i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && !a->tasks[i].consult &&
            a->tasks[i].state != TASK_CLOSED)
            look_again(r, s, &a->tasks[i], &people);
    a->fallback = false;
    slate_add_people(r, &people);
    set_need(r, s, people.count);
    return true;
}

/* A person may keep his place and count in fewer groups. */
static void narrow(struct task *t, const char *standing)
{
    t->via = standing;
    t->changed = true;
}

/* What is left to the one who was asked at the place of t in the first place: the selectors through
 * which he was; "" also where he took it because he has a role; NULL: nothing. */
static const char *standing_of_root(struct run *r, const struct task *t)
{
    const struct approval *a = r->approval;
    const char *root = slate_root(a, t);
    if (*t->via || t->consult || !a->slate_role || slate_admits(r, root))
        return people_standing(r, t->via, root);
    return NULL;
}

/* How far the holder of t may still act: the selectors through which he does; NULL: not at all.
 * *root gets what is left to the one who was asked in the first place. */
static const char *standing_of(struct run *r, const struct task *t, const char **root)
{
    *root = standing_of_root(r, t);
    if (!*root || !t->parent)
        return *root;
    return people_standing(r, user_selector(r, t->user), t->user) ? *root : NULL;
}

/* Ends the task of one who may not act any more. Where the one who was asked in the first place
 * may, it goes back along the chain to the first who handed it on and can take it. */
static void lose(struct run *r, struct task *t, bool goes_back)
{
    const struct approval *a = r->approval;
    while (goes_back) {
        struct task *parent = t->parent ? &r->approval->tasks[t->parent - 1] : NULL;
        if (!parent || parent->state != TASK_HANDED_ON || slate_holding(a, parent->user))
            break;
        slate_give_back(r, t);
        t = parent;
        goes_back = !people_standing(r, user_selector(r, t->user), t->user);
        if (!goes_back)
            return;
    }
    task_close(r, t);
}

size_t slate_drop_lost(struct run *r)
{
    const struct approval *a = r->approval;
    size_t lost = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *t = &r->approval->tasks[i];
        if (!task_is_present(a, t) || !task_is_live(t))
            continue;
        const char *root, *standing = standing_of(r, t, &root);
        if (standing && !strcmp(standing, t->via))
            continue;
        if (standing)
            narrow(t, standing);
        else
            lose(r, t, root != NULL);
        lost++;
    }
    return lost;
}

struct task *slate_seat(struct run *r, const char *user)
{
    const struct approval *a = r->approval;
    struct task *t = slate_find(a, user);
    if (t && !(t->consult && slate_admits(r, user)))
        return t;
    if (t)
        task_end(r, t, TASK_CLOSED);
    int64_t turn = is_in_order(r) && run_stage(r)->approver_count ? open_place(a) : 0;
    return add_at(r, turn ? turn : last_place(a) + 1, user, "", TASK_OPEN);
}

bool slate_advance(struct run *r)
{
    const struct approval *a = r->approval;
    struct task *next = NULL;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *t = &a->tasks[i];
        if (task_is_present(a, t) && task_is_live(t) && !t->consult &&
            (!next || t->place < next->place))
            next = t;
    }
    if (!next || next->state != TASK_WAITING)
        return true;
    const char *root;
    if (!standing_of(r, next, &root)) {
        lose(r, next, root != NULL);
        return false;
    }
    next->state = TASK_OPEN;
    next->opened_at = r->outside->now;
    next->changed = true;
    run_notice_to(r, "task.assigned", ACTOR_SYSTEM, next->user);
    open_with_deputy(r, run_stage(r), next->no);
    return true;
}

void slate_close(struct run *r)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && task_is_live(&a->tasks[i]))
            task_end(r, &a->tasks[i], TASK_CLOSED);
}

void slate_close_all(struct run *r)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (task_is_present(a, &a->tasks[i]) && a->tasks[i].state != TASK_CLOSED)
            task_end(r, &a->tasks[i], TASK_CLOSED);
}

void slate_close_votes(struct run *r, enum vote vote)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; i < a->task_count; i++) {
        struct task *t = &r->approval->tasks[i];
        if (task_is_present(a, t) && t->state == TASK_ANSWERED && t->vote == vote && !t->consult)
            task_end(r, t, TASK_CLOSED);
    }
}
