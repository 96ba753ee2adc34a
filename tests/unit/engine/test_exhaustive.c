/*
 * Every sequence of a few votes, delegations, reassignments and withdrawals by
 * three people (ann, ben and cyn, who made the request) over small workflows
 * keeps the engine's promises.
 *
 * Covered: five actions in all workflows of one stage, four in all of two stages
 * that both keep separation of duties, made of: sequential or parallel; approvers
 * none or any subset of the three; quorum none or 1 to 3 where a definition may
 * say so. With one stage, also with allow_self_approval and with the approvers
 * turned round.
 *
 * Every state is entered by every action, but only once, by a shortest way:
 * states that differ in nothing but times, seq and the numbers of events go on
 * alike. What has been voted is kept beside the engine, in the ledger, and is
 * part of the state.
 */
#include "../check.h"
#include "engine/step.h"

#define PEOPLE 3
#define REQUESTER 2
#define DEPTH_OF_ONE_STAGE 5
#define DEPTH_OF_TWO_STAGES 4
#define START INT64_C(1000)

static const char *const people[PEOPLE] = {"ann", "ben", "cyn"};

/* What the test itself remembers of the open stage. */
struct ledger {
    unsigned approved, abstained; /* bit sets of people */
};

struct node {
    struct approval a;
    struct ledger ledger;
    unsigned depth;
    struct node *next;
};

struct search {
    struct arena *arena;   /* of the nodes */
    struct arena *scratch; /* of one step */
    struct definition d;
    struct node *first, *last;
    uint64_t *seen; /* open addressing; 0 is free */
    size_t seen_room, seen_count;
    unsigned depth;
};

static size_t workflow_count, state_count, step_count, refused_count, repeat_count;

/* The promises are checked some millions of times, so only a broken one is reported to CUnit. */
static size_t broken;
#define PROMISE(cond)                                                          \
    do {                                                                       \
        if (!(cond) && broken++ < 10)                                          \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
    } while (0)

static unsigned person(const char *name)
{
    for (unsigned i = 0; i < PEOPLE; i++)
        if (!strcmp(people[i], name))
            return i;
    abort();
}

static const struct stage *stage_of(const struct search *s, const struct approval *a)
{
    return a->stage_id ? &s->d.stages[definition_stage(&s->d, a->stage_id)] : NULL;
}

static int people_left_in(const struct stage *st)
{
    int left = 0;
    for (size_t i = 0; i < st->approver_count; i++)
        left += st->allow_self_approval || person(st->approvers[i].name) != REQUESTER;
    return left;
}

/* How many people must approve, worked out from the rules and not from the engine. */
static int needed_by_the_rules(const struct stage *st)
{
    int left = people_left_in(st);
    if (st->quorum.n)
        return (int)st->quorum.n;
    return st->type == STAGE_SEQUENTIAL && left ? left : 1;
}

enum verdict { VERDICT_OPEN, VERDICT_YES, VERDICT_NO };

/* What the votes mean, rejections aside, when that many of those asked have not answered. */
static enum verdict verdict_by_the_rules(const struct stage *st, const struct ledger *ledger,
                                         int left)
{
    int approved = __builtin_popcount(ledger->approved), needed = needed_by_the_rules(st);
    bool anybody = people_left_in(st) < (st->quorum.n ? needed : 1);
    bool all_in_order = st->type == STAGE_SEQUENTIAL && !st->quorum.n && !anybody;
    if (all_in_order)
        return left ? VERDICT_OPEN : approved ? VERDICT_YES : VERDICT_NO;
    if (approved >= needed)
        return VERDICT_YES;
    return anybody || approved + left >= needed ? VERDICT_OPEN : VERDICT_NO;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h ^= v + UINT64_C(0x9E3779B97F4A7C15);
    h *= UINT64_C(0xBF58476D1CE4E5B9);
    return h ^ h >> 29;
}

static uint64_t state_hash(const struct search *s, const struct node *n)
{
    const struct approval *a = &n->a;
    uint64_t h = mix((uint64_t)a->status, a->slate_role ? 1 + (a->slate_role[1] == 'd') : 0);
    h = mix(h, a->stage_id ? (uint64_t)definition_stage(&s->d, a->stage_id) + 1 : 0);
    h = mix(mix(h, (uint64_t)a->needed), n->ledger.approved << 8 | n->ledger.abstained);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        h = mix(h, (uint64_t)t->place << 32 | (uint64_t)t->parent << 24 |
                       (uint64_t)person(t->user) << 16 | (uint64_t)t->state << 8 |
                       (uint64_t)t->vote);
        h = mix(h, (uint64_t)definition_stage(&s->d, t->stage_id));
    }
    return h ? h : 1;
}

static bool table_add(uint64_t *table, size_t room, uint64_t h)
{
    size_t i = h & (room - 1);
    for (; table[i]; i = (i + 1) & (room - 1))
        if (table[i] == h)
            return false;
    table[i] = h;
    return true;
}

/* false: it was there already. */
static bool seen_add(struct search *s, uint64_t h)
{
    if (2 * s->seen_count >= s->seen_room) {
        size_t room = s->seen_room ? 2 * s->seen_room : 256;
        uint64_t *grown = mem_alloc(room * sizeof *grown);
        for (size_t i = 0; i < s->seen_room; i++)
            if (s->seen[i])
                table_add(grown, room, s->seen[i]);
        free(s->seen);
        s->seen = grown;
        s->seen_room = room;
    }
    bool added = table_add(s->seen, s->seen_room, h);
    s->seen_count += added;
    return added;
}

static struct approval copy_of(struct arena *arena, const struct approval *a)
{
    struct approval copy = *a;
    copy.tasks = arena_array(arena, a->task_count, sizeof *a->tasks);
    copy.visits = arena_array(arena, a->visit_count, sizeof *a->visits);
    for (size_t i = 0; i < a->task_count; i++)
        copy.tasks[i] = a->tasks[i];
    for (size_t i = 0; i < a->visit_count; i++)
        copy.visits[i] = a->visits[i];
    return copy;
}

static bool same_task(const struct task *t, const struct task *u)
{
    return t->no == u->no && t->stage_id == u->stage_id && t->visit == u->visit &&
           t->place == u->place && t->parent == u->parent && t->user == u->user &&
           t->state == u->state && t->vote == u->vote && t->opened_at == u->opened_at &&
           t->ended_at == u->ended_at && t->changed == u->changed;
}

static bool same_visit(const struct visit *v, const struct visit *u)
{
    return v->no == u->no && v->stage_id == u->stage_id && v->visit == u->visit &&
           v->outcome == u->outcome && v->ended_at == u->ended_at && v->changed == u->changed;
}

static bool same_facts(const struct approval *a, const struct approval *b)
{
    bool same = a->status == b->status && a->stage_id == b->stage_id && a->visit == b->visit &&
                a->slate_role == b->slate_role && a->needed == b->needed &&
                a->fallback == b->fallback && a->created_at == b->created_at &&
                a->updated_at == b->updated_at && a->sla_due_at == b->sla_due_at &&
                a->seq == b->seq && a->task_count == b->task_count &&
                a->visit_count == b->visit_count && a->timer_count == b->timer_count;
    for (size_t i = 0; same && i < a->task_count; i++)
        same = same_task(&a->tasks[i], &b->tasks[i]);
    for (size_t i = 0; same && i < a->visit_count; i++)
        same = same_visit(&a->visits[i], &b->visits[i]);
    return same;
}

static void check_ended(const struct approval *a)
{
    PROMISE(!a->stage_id && !a->slate_role && !a->needed && !a->sla_due_at);
    for (size_t i = 0; i < a->task_count; i++)
        PROMISE(a->tasks[i].state != TASK_OPEN && a->tasks[i].state != TASK_WAITING);
}

/* Nobody holds a place twice on its way; what was taken back is off that way. */
static void check_chain(const struct approval *a, const struct task *t)
{
    unsigned held = 0;
    if (t->state == TASK_CLOSED)
        return;
    for (;; t = &a->tasks[t->parent - 1]) {
        unsigned bit = 1u << person(t->user);
        PROMISE(!(held & bit));
        held |= bit;
        if (!t->parent)
            return;
        PROMISE(t->parent < t->no && (a->tasks[t->parent - 1].state == TASK_HANDED_ON ||
                                      a->tasks[t->parent - 1].state == TASK_RELIEVED));
    }
}

/* Each holds one place at most, and those who are asked are asked in turn. */
static void check_open(const struct search *s, const struct node *n)
{
    const struct approval *a = &n->a;
    const struct stage *st = stage_of(s, a);
    unsigned holds = 0;
    int open = 0;
    int64_t first_open = INT64_MAX, first_waiting = INT64_MAX;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        check_chain(a, t);
        if (strcmp(t->stage_id, a->stage_id) != 0) {
            PROMISE(t->state != TASK_OPEN && t->state != TASK_WAITING);
            continue;
        }
        unsigned bit = 1u << person(t->user);
        PROMISE(st->allow_self_approval || person(t->user) != REQUESTER);
        if (t->state != TASK_HANDED_ON && t->state != TASK_RELIEVED && t->state != TASK_CLOSED) {
            PROMISE(!(holds & bit));
            holds |= bit;
        }
        open += t->state == TASK_OPEN;
        if (t->state == TASK_OPEN && t->place < first_open)
            first_open = t->place;
        if (t->state == TASK_WAITING && t->place < first_waiting)
            first_waiting = t->place;
    }
    PROMISE(a->needed == needed_by_the_rules(st));
    PROMISE(open > 0 || a->slate_role);
    PROMISE(first_waiting == INT64_MAX || first_open < first_waiting);
    PROMISE(a->slate_role || st->type == STAGE_PARALLEL || open == 1);
}

static void check_state(const struct search *s, const struct node *n)
{
    const struct approval *a = &n->a;
    if (approval_status_terminal(a->status))
        check_ended(a);
    else
        check_open(s, n);
    for (size_t i = 0; i < a->task_count; i++) {
        PROMISE(a->tasks[i].no == (int64_t)i + 1);
        PROMISE((a->tasks[i].state == TASK_ANSWERED) == (a->tasks[i].vote != VOTE_NONE));
    }
}

static int others_left(const struct approval *a, const char *actor)
{
    int left = 0;
    for (size_t i = 0; i < a->task_count; i++)
        left += (a->tasks[i].state == TASK_OPEN || a->tasks[i].state == TASK_WAITING) &&
                strcmp(a->tasks[i].user, actor) != 0;
    return left;
}

/* Keeps the vote in the ledger; it must be another than the one before. */
static void ledger_add(struct ledger *ledger, enum action_kind kind, unsigned bit)
{
    unsigned *said = kind == ACTION_APPROVE ? &ledger->approved : &ledger->abstained;
    PROMISE(!(*said & bit));
    ledger->approved &= ~bit;
    ledger->abstained &= ~bit;
    *said |= bit;
}

/* What an accepted vote must have led to. */
static void check_vote(const struct search *s, const struct node *before, struct node *after,
                       const struct action *action)
{
    const struct stage *st = stage_of(s, &before->a);
    struct ledger *ledger = &after->ledger;
    PROMISE(st->allow_self_approval || person(action->actor) != REQUESTER);
    for (size_t i = 0; i < before->a.task_count; i++)
        PROMISE(before->a.tasks[i].state != TASK_WAITING ||
                strcmp(before->a.tasks[i].user, action->actor) != 0);
    if (action->kind == ACTION_REJECT) {
        PROMISE(after->a.status == STATUS_REJECTED);
        return;
    }
    ledger_add(ledger, action->kind, 1u << person(action->actor));
    enum verdict verdict = verdict_by_the_rules(st, ledger, others_left(&before->a, action->actor));
    bool last = st == &s->d.stages[s->d.stage_count - 1];
    PROMISE((after->a.status == STATUS_APPROVED) == (verdict == VERDICT_YES && last));
    PROMISE((after->a.status == STATUS_REJECTED) == (verdict == VERDICT_NO));
    PROMISE((after->a.stage_id == before->a.stage_id) == (verdict == VERDICT_OPEN));
    if (verdict != VERDICT_OPEN)
        *ledger = (struct ledger){0};
}

static void check_effects(const struct node *before, const struct node *after,
                          const struct action *action, const struct effects *fx)
{
    PROMISE(fx->event_count > 0 && !strcmp(fx->events[0].action, action_name(action->kind)));
    PROMISE(fx->events[0].stage_id == before->a.stage_id);
    PROMISE(after->a.seq == before->a.seq + (int64_t)fx->event_count);
    for (size_t i = 0; i < fx->event_count; i++)
        PROMISE(fx->events[i].seq == before->a.seq + 1 + (int64_t)i);
    PROMISE(fx->moved == (after->a.stage_id && after->a.stage_id != before->a.stage_id));
    PROMISE(after->a.updated_at == before->a.updated_at + 1);
}

static void check_step(const struct search *s, const struct node *before, struct node *after,
                       const struct action *action, const struct effects *fx)
{
    PROMISE(!approval_status_terminal(before->a.status));
    check_effects(before, after, action, fx);
    if (action->kind == ACTION_APPROVE || action->kind == ACTION_REJECT ||
        action->kind == ACTION_ABSTAIN) {
        PROMISE(!action->stage_id || action->stage_id == before->a.stage_id);
        check_vote(s, before, after, action);
    } else if (action->kind == ACTION_WITHDRAW) {
        PROMISE(person(action->actor) == REQUESTER && after->a.status == STATUS_WITHDRAWN);
    } else {
        PROMISE(after->a.stage_id == before->a.stage_id);
        PROMISE(action->kind == ACTION_TAKE_BACK || !strcmp(fx->handed_to, action->assignee));
    }
}

static void push(struct search *s, const struct node *n)
{
    if (!seen_add(s, state_hash(s, n)))
        return;
    struct node *kept = arena_make(s->arena, struct node);
    *kept = *n;
    kept->a = copy_of(s->arena, &n->a);
    kept->next = NULL;
    if (s->last)
        s->last->next = kept;
    else
        s->first = kept;
    s->last = kept;
    state_count++;
    check_state(s, n);
}

static void try_action(struct search *s, const struct node *before, const struct action *action)
{
    struct effects fx;
    struct err e = ERR_INIT;
    struct outside o = {.now = before->a.updated_at + 1};
    struct node after = *before;
    after.a = copy_of(s->scratch, &before->a);
    after.depth++;
    step_count++;
    int rc = engine_act(s->scratch, &s->d, &o, &after.a, action, &fx, &e);
    bool unchanged = same_facts(&before->a, &after.a);
    if (rc < 0) {
        refused_count++;
        PROMISE(unchanged && e.kind != ERR_NONE && e.kind != ERR_INTERNAL && *e.message);
    } else if (fx.repeat) {
        repeat_count++;
        PROMISE(unchanged && fx.event_count == 0 && fx.notice_count == 0);
    } else {
        check_step(s, before, &after, action, &fx);
        push(s, &after);
    }
    arena_reset(s->scratch);
}

static void try_votes(struct search *s, const struct node *n, const char *actor)
{
    static const enum action_kind kinds[] = {ACTION_APPROVE, ACTION_REJECT, ACTION_ABSTAIN};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct action a = {.kind = kinds[k], .actor = actor};
        try_action(s, n, &a);
        a.stage_id = s->d.stages[0].id;
        a.visit = 1;
        try_action(s, n, &a);
    }
}

static void try_everything(struct search *s, const struct node *n)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        const char *actor = people[i];
        struct action a = {.kind = ACTION_WITHDRAW, .actor = actor};
        try_votes(s, n, actor);
        try_action(s, n, &a);
        a.kind = ACTION_TAKE_BACK;
        try_action(s, n, &a);
        for (size_t k = 0; k < PEOPLE; k++) {
            a = (struct action){.kind = ACTION_DELEGATE, .actor = actor, .assignee = people[k]};
            try_action(s, n, &a);
            a.kind = ACTION_REASSIGN;
            a.admin = true;
            try_action(s, n, &a);
            a.actor = "ada";
            a.from = actor;
            try_action(s, n, &a);
        }
    }
}

static void explore(const struct stage *stages, size_t n, unsigned depth)
{
    struct search s = {
        .arena = arena_new(),
        .scratch = arena_new(),
        .depth = depth,
        .d =
            {
                .id = "wf",
                .stages = stages,
                .stage_count = n,
                .max_rounds = MAX_ROUNDS_DEFAULT,
                .max_visits = MAX_VISITS_DEFAULT,
            },
    };
    struct node start = {
        .a = {.id = "appr-1", .requester_id = people[REQUESTER], .payload_sha256 = ""}};
    struct outside o = {.now = START};
    struct effects fx;
    struct err e = ERR_INIT;
    workflow_count++;
    PROMISE(engine_submit(s.arena, &s.d, &o, &start.a, &fx, &e) == 0);
    PROMISE(start.a.status == STATUS_PENDING && start.a.stage_id == stages[0].id);
    PROMISE(start.a.seq == (int64_t)fx.event_count);
    push(&s, &start);
    for (struct node *node = s.first; node; node = node->next)
        if (node->depth < s.depth)
            try_everything(&s, node);
    free(s.seen);
    arena_free(&s.arena);
    arena_free(&s.scratch);
}

/* All stages a definition may have; ids are given later. */
#define STAGES_MAX 256
struct stages {
    struct stage of[STAGES_MAX];
    size_t count;
};

static const struct selector *subset_of_people(struct arena *arena, unsigned set, bool turned,
                                               size_t *n)
{
    static const struct selector selectors[PEOPLE] = {
        {.kind = SELECTOR_USER, .text = "user:ann", .name = "ann"},
        {.kind = SELECTOR_USER, .text = "user:ben", .name = "ben"},
        {.kind = SELECTOR_USER, .text = "user:cyn", .name = "cyn"},
    };
    struct selector *users = arena_array(arena, PEOPLE, sizeof *users);
    *n = 0;
    for (unsigned i = 0; i < PEOPLE; i++) {
        unsigned k = turned ? PEOPLE - 1 - i : i;
        if (set & 1u << k)
            users[(*n)++] = selectors[k];
    }
    return users;
}

static void add_stages(struct arena *arena, struct stages *out, bool self, bool turned)
{
    for (int type = 0; type < STAGE_TYPE_COUNT; type++)
        for (unsigned set = 0; set < 1u << PEOPLE; set++) {
            size_t n;
            const struct selector *users = subset_of_people(arena, set, turned, &n);
            for (size_t quorum = 0; quorum <= (n ? n : PEOPLE); quorum++)
                out->of[out->count++] = (struct stage){
                    .type = (enum stage_type)type,
                    .approvers = users,
                    .approver_count = n,
                    .quorum = {quorum ? QUORUM_COUNT : QUORUM_NONE, quorum},
                    .reject = {REJECT_ANY, 1},
                    .actions = ~0u,
                    .allow_self_approval = self,
                };
        }
}

static void report(void)
{
    printf("%zu workflows, %zu states, %zu steps (%zu refused, %zu repeats) ", workflow_count,
           state_count, step_count, refused_count, repeat_count);
    CHECK_INT(broken, 0);
    CHECK(refused_count > 0 && repeat_count > 0);
    workflow_count = state_count = step_count = refused_count = repeat_count = broken = 0;
}

static void test_one_stage(void)
{
    struct arena *arena = arena_new();
    struct stages *all = arena_make(arena, struct stages);
    for (int i = 0; i < 4; i++)
        add_stages(arena, all, i & 1, i & 2);
    for (size_t i = 0; i < all->count; i++) {
        all->of[i].id = all->of[i].name = "one";
        explore(&all->of[i], 1, DEPTH_OF_ONE_STAGE);
    }
    report();
    arena_free(&arena);
}

static void test_two_stages(void)
{
    struct arena *arena = arena_new();
    struct stages *all = arena_make(arena, struct stages);
    add_stages(arena, all, false, false);
    for (size_t i = 0; i < all->count; i++)
        for (size_t k = 0; k < all->count; k++) {
            struct stage two[] = {all->of[i], all->of[k]};
            two[0].id = "one";
            two[1].id = "two";
            explore(two, 2, DEPTH_OF_TWO_STAGES);
        }
    report();
    arena_free(&arena);
}

static const struct test tests[] = {
    {"all workflows of one stage", test_one_stage},
    {"all workflows of two stages", test_two_stages},
};

int main(void)
{
    return check_main("exhaustive", tests, sizeof tests / sizeof *tests);
}
