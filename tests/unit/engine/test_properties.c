/*
 * Random definitions, random people, random deeds at random times: what must
 * hold whatever happens. PROPERTY_SEED (a number) begins at that seed; a
 * sequence that breaks a promise is told with its seed, its definition and its
 * calls, and comes first again with PROPERTY_SEED set to it.
 */
#include "../check.h"
#include "base/clock.h"
#include "property_trial.h"
#include "scenario.h"

#define SEQUENCES 10000
#define STEPS_MAX 22
#define START INT64_C(1700000000000000)
#define MINUTE (60 * US_PER_SECOND)

static const struct json *json_made(struct arena *arena, const char *text)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    CHECK_FATAL(json_parse(arena, text, strlen(text), &limits, &v, &e) == 0);
    return v;
}

static const char *any_person(struct trial *t)
{
    return person_name(dice_below(&t->dice, PEOPLE));
}

/* ---- facts ---- */

/* What a task was asked through may have got less when its holder was looked at. */
static bool same_task(const struct task *a, const struct task *b)
{
    return a->no == b->no && a->stage_id == b->stage_id && a->visit == b->visit &&
           a->place == b->place && a->parent == b->parent && a->user == b->user &&
           a->consult == b->consult && a->state == b->state && a->vote == b->vote &&
           a->opened_at == b->opened_at && a->ended_at == b->ended_at &&
           a->claimed_at == b->claimed_at;
}

static bool same_visit(const struct visit *a, const struct visit *b)
{
    return a->no == b->no && a->stage_id == b->stage_id && a->visit == b->visit &&
           a->round == b->round && a->outcome == b->outcome && a->entered_at == b->entered_at &&
           a->ended_at == b->ended_at;
}

static bool same_timer(const struct timer *a, const struct timer *b)
{
    return a->kind == b->kind && a->level == b->level && a->due_at == b->due_at;
}

static bool same_facts(const struct approval *a, const struct approval *b)
{
    bool same = a->status == b->status && a->stage_id == b->stage_id && a->visit == b->visit &&
                a->seq == b->seq && a->round == b->round && a->revision == b->revision &&
                a->slate_role == b->slate_role && a->fallback == b->fallback &&
                a->needed == b->needed && a->updated_at == b->updated_at &&
                a->sla_due_at == b->sla_due_at && a->consumed_at == b->consumed_at &&
                a->payload == b->payload && a->task_count == b->task_count &&
                a->visit_count == b->visit_count && a->timer_count == b->timer_count;
    for (size_t i = 0; same && i < a->task_count; i++)
        same = same_task(&a->tasks[i], &b->tasks[i]);
    for (size_t i = 0; same && i < a->visit_count; i++)
        same = same_visit(&a->visits[i], &b->visits[i]);
    for (size_t i = 0; same && i < a->timer_count; i++)
        same = same_timer(&a->timers[i], &b->timers[i]);
    return same;
}

/* ---- calls ---- */

static int make_call(struct trial *t, struct call *c, const struct outside *o, struct approval *a,
                     struct err *e)
{
    switch (c->kind) {
    case CALL_SUBMIT:
        return engine_submit(t->arena, &t->d, o, a, &c->fx, e);
    case CALL_ACT:
        return engine_act(t->arena, &t->d, o, a, &c->action, &c->fx, e);
    case CALL_TICK:
        return engine_tick(t->arena, &t->d, o, a, &c->fx, e);
    case CALL_RECHECK:
        return engine_recheck(t->arena, &t->d, o, a, &c->fx, e);
    case CALL_MIGRATE:
        break;
    }
    return engine_migrate(t->arena, &t->d, c->same, o, a, c->revision, "ada", &c->fx, e);
}

static void log_call(struct trial *t, const struct call *c, const struct approval *after,
                     const char *how)
{
    static const char *const kinds[] = {"submit", "act", "tick", "recheck", "migrate"};
    const struct action *x = &c->action;
    str_addf(&t->log, "+%lldm %s", (long long)((c->now - START) / MINUTE), kinds[c->kind]);
    if (c->kind == CALL_ACT)
        str_addf(&t->log, " %s %s%s%s%s%s", x->actor, action_name(x->kind),
                 x->assignee ? " to " : "", x->assignee ? x->assignee : "", x->from ? " from " : "",
                 x->from ? x->from : "");
    str_addf(&t->log, ": %s; %s, stage %s/%lld, role %s%s, needs %lld:", how,
             approval_status_name(after->status), after->stage_id ? after->stage_id : "none",
             (long long)after->visit, after->slate_role ? after->slate_role : "none",
             after->fallback ? ", fallback" : "", (long long)after->needed);
    trial_log_tasks(t, after);
}

static void check_refused(struct trial *t, const struct call *c, const struct approval *after,
                          const struct err *e)
{
    t->counts->refused++;
    PROMISE(t, c->kind != CALL_TICK && c->kind != CALL_RECHECK);
    PROMISE(t, e->kind == ERR_FORBIDDEN || e->kind == ERR_CONFLICT || e->kind == ERR_STALE ||
                   e->kind == ERR_INVALID || e->kind == ERR_BAD_REQUEST);
    PROMISE(t, *e->message && same_facts(&t->a, after));
}

static void check_accepted(struct trial *t, const struct call *c, const struct approval *after)
{
    const struct approval *before = &t->a;
    t->counts->accepted++;
    t->counts->ticks += c->kind == CALL_TICK && c->fx.event_count;
    PROMISE(t, c->fx.event_count > 0 || same_facts(before, after));
    PROMISE(t, !c->fx.repeat || !c->fx.event_count);
    trial_check(t, c, after);
}

/* Calls the engine on a copy, which is kept when the call is accepted. */
static bool call(struct trial *t, struct call c)
{
    struct approval after = trial_copy(t->arena, &t->a);
    struct err e = ERR_INIT;
    c.now = t->o.now;
    c.payload = t->o.payload;
    int rc = make_call(t, &c, &t->o, &after, &e);
    log_call(t, &c, &after, rc < 0 ? e.message : c.fx.repeat ? "repeat" : "done");
    if (rc < 0) {
        check_refused(t, &c, &after, &e);
        return false;
    }
    t->counts->repeats += c.fx.repeat;
    check_accepted(t, &c, &after);
    t->a = after;
    t->accepted[t->accepted_count++] = c;
    return true;
}

/* ---- the history run again gives the same facts ---- */

static int ask_recorded(void *arg, struct arena *arena, const char *question, struct reply *out,
                        struct err *e)
{
    (void)arena, (void)e;
    const struct effects *fx = arg;
    for (size_t i = 0; i < fx->asked_count; i++)
        if (!strcmp(fx->asked[i].question, question))
            *out = fx->asked[i].reply;
    return 0;
}

static bool same_events(const struct effects *a, const struct effects *b)
{
    bool same = a->event_count == b->event_count;
    for (size_t i = 0; same && i < a->event_count; i++)
        same = !strcmp(a->events[i].action, b->events[i].action) &&
               !strcmp(a->events[i].actor, b->events[i].actor) &&
               a->events[i].seq == b->events[i].seq && a->events[i].visit == b->events[i].visit;
    return same;
}

static void run_again(struct trial *t)
{
    struct approval a = t->fresh;
    t->counts->runs_again++;
    for (size_t i = 0; i < t->accepted_count && !t->broken; i++) {
        struct call *was = &t->accepted[i], again = *was;
        const struct outside o = {
            .now = was->now,
            .ask = ask_recorded,
            .ask_arg = &was->fx,
            .replay = true,
            .payload = was->payload,
        };
        struct err e = ERR_INIT;
        PROMISE(t, make_call(t, &again, &o, &a, &e) == 0);
        PROMISE(t, same_events(&was->fx, &again.fx));
    }
    const char *before = approval_text(t->arena, &t->a), *after = approval_text(t->arena, &a);
    if (strcmp(before, after) != 0)
        str_addf(&t->log, "it was:\n%s\nagain:\n%s\n", before, after);
    PROMISE(t, !strcmp(before, after));
}

/* ---- sequences ---- */

static enum action_kind any_action(struct dice *dice)
{
    if (dice_hit(dice, 45))
        return ACTION_APPROVE;
    if (dice_hit(dice, 20))
        return dice_hit(dice, 50) ? ACTION_REJECT : ACTION_ABSTAIN;
    return (enum action_kind)dice_below(dice, ACTION_COUNT);
}

/* Mostly somebody who has something to do. */
static const char *any_actor(struct trial *t, enum action_kind kind)
{
    const struct approval *a = &t->a;
    bool asks = kind == ACTION_EDIT || kind == ACTION_RESUBMIT || kind == ACTION_WITHDRAW ||
                kind == ACTION_CONSUME;
    if (asks && dice_hit(&t->dice, 70))
        return a->requester_id;
    for (size_t i = 0; i < a->task_count && dice_hit(&t->dice, 80); i++) {
        const struct task *task = &a->tasks[a->task_count - 1 - i];
        if (task->state == TASK_OPEN && dice_hit(&t->dice, 60))
            return task->user;
    }
    return any_person(t);
}

static void add_seen(struct trial *t, struct action *x)
{
    const struct approval *a = &t->a;
    if (dice_hit(&t->dice, 50)) {
        x->stage_id = a->stage_id && dice_hit(&t->dice, 85) ? a->stage_id : "s0";
        x->visit = a->visit && dice_hit(&t->dice, 90) ? a->visit : 1;
    }
    if (dice_hit(&t->dice, 20))
        x->expected_seq = a->seq - (dice_hit(&t->dice, 20) && a->seq > 1);
    if (x->kind == ACTION_CONSUME || dice_hit(&t->dice, 20))
        x->payload_sha256 = dice_hit(&t->dice, 90) ? a->payload_sha256 : "other";
}

static void add_payload(struct trial *t, struct action *x)
{
    const char *text = random_payload(t->arena, &t->dice);
    x->payload = json_made(t->arena, text);
    x->payload_text = x->payload_new_sha256 = text;
    x->title = "another";
}

static struct call act(struct trial *t)
{
    enum action_kind kind = any_action(&t->dice);
    struct action x = {.kind = kind, .actor = any_actor(t, kind)};
    x.admin = dice_hit(&t->dice, 25);
    if (kind == ACTION_DELEGATE || kind == ACTION_REASSIGN || kind == ACTION_ADD_APPROVER)
        x.assignee = dice_hit(&t->dice, 95) ? any_person(t) : NULL;
    if (kind == ACTION_REASSIGN && dice_hit(&t->dice, 70))
        x.from = any_person(t);
    if (dice_hit(&t->dice, 80))
        x.comment = "because";
    if (kind == ACTION_EDIT || (kind == ACTION_RESUBMIT && dice_hit(&t->dice, 70)))
        add_payload(t, &x);
    add_seen(t, &x);
    return (struct call){.kind = CALL_ACT, .action = x};
}

static void pass_time(struct trial *t)
{
    static const int64_t minutes[] = {0, 0, 0, 1, 1, 5, 30, 60, 120, 300, 900};
    t->o.now += MINUTE * minutes[dice_below(&t->dice, sizeof minutes / sizeof *minutes)];
}

/* Their ids, a line each. */
static const char *any_stages(struct trial *t)
{
    const char *ids = "";
    for (size_t i = 0; i < t->d.stage_count; i++)
        if (dice_hit(&t->dice, 50))
            ids = arena_printf(t->arena, "%s%s\n", ids, t->d.stages[i].id);
    return ids;
}

static void step(struct trial *t)
{
    unsigned kind = dice_below(&t->dice, 100);
    pass_time(t);
    if (dice_hit(&t->dice, 12))
        crowd_change(&t->crowd, &t->dice);
    bool due = engine_overdue(&t->d, &t->a, t->o.now);
    if ((due && kind < 80) || kind < 8) {
        call(t, (struct call){.kind = CALL_TICK});
    } else if (kind < 14) {
        call(t, (struct call){.kind = CALL_RECHECK});
    } else if (kind < 16) {
        call(t, (struct call){
                    .kind = CALL_MIGRATE, .revision = t->a.revision + 1, .same = any_stages(t)});
    } else {
        struct call c = act(t);
        bool done = call(t, c);
        PROMISE(t, !due || !done || t->accepted[t->accepted_count - 1].fx.repeat);
        if (done && c.action.payload)
            t->o.payload = c.action.payload;
    }
    if (dice_hit(&t->dice, 15))
        trial_check_outlook(t);
}

/* false: the definition is refused. */
static bool begin(struct trial *t, uint64_t seed, struct counts *counts,
                  const struct autorules *rules)
{
    struct str text = STR_INIT;
    struct err e = ERR_INIT;
    *t = (struct trial){
        .seed = seed, .dice = {seed}, .arena = arena_new(), .log = STR_INIT, .counts = counts};
    random_definition(&t->dice, &text);
    str_addf(&t->log, "%s\n", text.buf);
    t->body = json_made(t->arena, text.buf);
    str_release(&text);
    if (definition_parse(t->arena, t->body, "wf", &t->d, NULL, &e) < 0)
        return false;
    crowd_make(&t->crowd, &t->dice);
    const char *payload = random_payload(t->arena, &t->dice);
    t->o = (struct outside){
        .now = START,
        .ask = crowd_ask,
        .ask_arg = &t->crowd,
        .rules = rules,
        .rules_sha256 = "5ha",
        .manual_only = dice_hit(&t->dice, 10),
        .payload = json_made(t->arena, payload),
    };
    t->fresh = t->a = (struct approval){
        .id = "appr-1",
        .workflow_id = "wf",
        .revision = 1,
        .workflow_version = t->d.version,
        .target_entity = "order/1",
        .requester_id = person_name(0),
        .payload = payload,
        .payload_sha256 = payload,
        .believed = dice_hit(&t->dice, 50),
        .valid_for_us = dice_hit(&t->dice, 50) ? 60 * MINUTE : 0,
    };
    return true;
}

static void end(struct trial *t)
{
    t->counts->ended += approval_status_terminal(t->a.status);
    str_release(&t->log);
    arena_free(&t->arena);
}

static bool play(uint64_t seed, struct counts *counts, const struct autorules *rules)
{
    struct trial t;
    if (!begin(&t, seed, counts, rules)) {
        end(&t);
        return false;
    }
    unsigned steps = 4 + dice_below(&t.dice, STEPS_MAX - 4);
    bool submitted = call(&t, (struct call){.kind = CALL_SUBMIT});
    PROMISE(&t, submitted || t.d.submit_by_count);
    for (unsigned i = 0; submitted && i < steps && !t.broken; i++)
        step(&t);
    if (submitted && !t.broken)
        run_again(&t);
    end(&t);
    return true;
}

static const struct autorules *make_rules(struct arena *arena, struct zones *zones)
{
    struct err e = ERR_INIT;
    static const char file[] =
        "{\"auto_approval_rules\":{\"by_risk_score\":{\"auto_approve_below\":0.5}}}";
    const struct autorules *rules = autorules_parse(arena, zones, json_made(arena, file), &e);
    CHECK_FATAL(rules != NULL);
    return rules;
}

static void test_properties(void)
{
    const char *set = getenv("PROPERTY_SEED");
    uint64_t first = set ? strtoull(set, NULL, 10) : (uint64_t)clock_now(&clock_real);
    uint64_t seed = first;
    struct arena *arena = arena_new();
    struct zones *zones = zones_new(NULL);
    const struct autorules *rules = make_rules(arena, zones);
    struct counts counts = {0};
    for (size_t n = 0; n < SEQUENCES; seed++)
        n += play(seed, &counts, rules);
    printf("PROPERTY_SEED=%llu, %llu definitions; calls: %zu accepted, %zu refused, %zu repeats, "
           "%zu ticks; %zu stages approved, %zu of them in fallback; %zu outlooks; %zu ended ",
           (unsigned long long)first, (unsigned long long)(seed - first), counts.accepted,
           counts.refused, counts.repeats, counts.ticks, counts.ballots, counts.fallbacks,
           counts.sets, counts.ended);
    CHECK_INT(counts.broken, 0);
    CHECK(counts.refused > SEQUENCES && counts.accepted > SEQUENCES && counts.repeats > 100);
    CHECK(counts.ballots > 1000 && counts.fallbacks > 100 && counts.ballots > counts.fallbacks);
    CHECK(counts.sets > 1000 && counts.ticks > 1000 && counts.ended > 1000);
    CHECK(counts.runs_again > SEQUENCES / 10 * 9);
    zones_free(&zones);
    arena_free(&arena);
}

static const struct test tests[] = {
    {"whatever happens", test_properties},
};

int main(void)
{
    return check_main("properties", tests, sizeof tests / sizeof *tests);
}
