/*
 * A definition is taken or refused, never half: what is refused says where and
 * why, what is taken keeps what definition.h promises, and an approval of it
 * comes to an end by the people it asks, or by the clock. The same input as a
 * rules file is taken or refused too, and says something about every payload.
 */
#include "base/clock.h"
#include "engine/autorules.h"
#include "engine/step.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits limits = JSON_LIMITS_DEFAULT;

static void check_problems(const struct problems *problems)
{
    for (const struct problem *p = problems->first; p; p = p->next)
        REQUIRE(*p->detail && (!*p->pointer || *p->pointer == '/'));
}

static void check_refusal(const struct err *e)
{
    REQUIRE(e->kind == ERR_INVALID || e->kind == ERR_BAD_REQUEST);
    REQUIRE(*e->message && utf8_valid(e->message, strlen(e->message)));
    REQUIRE(e->kind == ERR_BAD_REQUEST || (e->problems && e->problems->count > 0));
    if (e->problems)
        check_problems(e->problems);
}

static void check_selectors(const struct selector *list, size_t n, size_t max)
{
    REQUIRE(n <= max);
    for (size_t i = 0; i < n; i++) {
        REQUIRE(*list[i].name && strchr(list[i].text, ':') && !strchr(list[i].text, '\n'));
        for (size_t k = 0; k < i; k++)
            REQUIRE(strcmp(list[i].text, list[k].text) != 0);
    }
}

static void check_quorum(const struct stage *s)
{
    switch (s->quorum.kind) {
    case QUORUM_NONE:
        REQUIRE(s->quorum.n == 0);
        break;
    case QUORUM_COUNT:
        REQUIRE(s->quorum.n > 0 && !s->requires);
        break;
    case QUORUM_PERCENT:
        REQUIRE(s->quorum.n >= 1 && s->quorum.n <= 100);
        REQUIRE(s->type == STAGE_PARALLEL && s->approver_count > 0);
        break;
    case QUORUM_MAJORITY:
    case QUORUM_ALL:
        REQUIRE(s->type == STAGE_PARALLEL && s->approver_count > 0 && !s->requires);
        break;
    }
}

static void check_times(const struct stage *s)
{
    REQUIRE(s->sla.us >= 0 && s->sla.days >= 0);
    REQUIRE(s->calendar || s->sla.unit == DURATION_ELAPSED);
    REQUIRE(!s->reminder_count || !duration_is_none(&s->sla));
    for (size_t i = 0; i < s->reminder_count; i++)
        REQUIRE((s->reminders[i].percent > 0) == duration_is_none(&s->reminders[i].after));
    for (size_t i = 0; i < s->escalation_count; i++) {
        REQUIRE(!duration_is_none(&s->escalations[i].timeout));
        check_selectors(s->escalations[i].targets, s->escalations[i].target_count, SELECTORS_MAX);
    }
}

static void check_stage(const struct definition *d, size_t at)
{
    const struct stage *s = &d->stages[at];
    REQUIRE(*s->id && *s->id != '$' && *s->name);
    REQUIRE(definition_stage(d, s->id) == (int)at);
    REQUIRE(at == 0 || d->stages[at - 1].position <= s->position);
    REQUIRE(s->index < d->stage_count);
    REQUIRE(!s->requires || (s->type == STAGE_PARALLEL && requires_people(s->requires) > 0));
    check_selectors(s->approvers, s->approver_count, STAGE_APPROVERS_MAX);
    check_quorum(s);
    check_times(s);
}

static void check_transitions(const struct definition *d)
{
    for (size_t i = 0; i < d->transition_count; i++) {
        const struct transition *t = &d->transitions[i];
        REQUIRE(t->from < d->stage_count && t->stage < d->stage_count);
        REQUIRE(t->on < END_COUNT && t->to <= TARGET_RETURNED);
    }
}

/* The first who may: of those asked, else somebody new each time. */
static const char *next_actor(struct arena *arena, const struct approval *a)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].state == TASK_OPEN)
            return a->tasks[i].user;
    return arena_printf(arena, "somebody new \n%lld", (long long)a->seq);
}

#define STEPS_MAX 3000
#define VISITS_MAX 1000 /* of all stages together, so that each input takes little time */
#define HOUR (3600 * US_PER_SECOND)

static bool is_running(const struct approval *a)
{
    return a->status == STATUS_PENDING || a->status == STATUS_ERROR;
}

static void check_facts(const struct definition *d, const struct approval *a,
                        const struct effects *fx, int64_t seq)
{
    REQUIRE(a->seq == seq + (int64_t)fx->event_count);
    REQUIRE(is_running(a) == (a->stage_id != NULL));
    REQUIRE(!a->stage_id || definition_stage(d, a->stage_id) >= 0);
    REQUIRE(!approval_status_terminal(a->status) || a->timer_count == 0);
}

static bool submit(struct arena *arena, const struct definition *d, const struct outside *o,
                   struct approval *a)
{
    struct effects fx;
    struct err e = ERR_INIT;
    if (engine_submit(arena, d, o, a, &fx, &e) < 0) {
        REQUIRE(e.kind == ERR_FORBIDDEN && d->submit_by_count);
        return false;
    }
    check_facts(d, a, &fx, 0);
    return true;
}

static void decide(struct arena *arena, const struct definition *d, const char *requester)
{
    struct outside o = {.now = 1};
    struct effects fx;
    struct err e = ERR_INIT;
    struct approval a = {.id = "appr-1", .requester_id = requester, .payload_sha256 = ""};
    if (!submit(arena, d, &o, &a))
        return;
    for (int i = 0; i < STEPS_MAX && is_running(&a); i++) {
        const struct stage *s = &d->stages[definition_stage(d, a.stage_id)];
        int64_t seq = a.seq;
        struct action approve = {.kind = ACTION_APPROVE, .actor = next_actor(arena, &a)};
        if (!(s->actions & 1u << ACTION_APPROVE))
            return;
        REQUIRE(a.needed > 0 || s->requires);
        REQUIRE(engine_act(arena, d, &o, &a, &approve, &fx, &e) == 0);
        REQUIRE(!fx.repeat && a.seq > seq);
        check_facts(d, &a, &fx, seq);
    }
}

/* Each timer goes off once, and nothing is left that would ever be due. */
static void wait_for_it(struct arena *arena, const struct definition *d)
{
    struct outside o = {.now = 1};
    struct effects fx;
    struct err e = ERR_INIT;
    struct approval a = {.id = "appr-1", .requester_id = "nobody", .payload_sha256 = ""};
    if (!submit(arena, d, &o, &a))
        return;
    for (int i = 0; i < STEPS_MAX && a.timer_count; i++) {
        int64_t seq = a.seq, next = a.timers[0].due_at;
        for (size_t k = 1; k < a.timer_count; k++)
            next = a.timers[k].due_at < next ? a.timers[k].due_at : next;
        o.now = next > o.now ? next : o.now;
        REQUIRE(engine_tick(arena, d, &o, &a, &fx, &e) == 0);
        REQUIRE(a.seq > seq && !engine_overdue(d, &a, o.now));
        check_facts(d, &a, &fx, seq);
    }
}

static void check_definition(struct arena *arena, const struct json *body)
{
    struct definition d;
    struct err e = ERR_INIT;
    struct problems warnings;
    problems_init(&warnings, arena);
    int rc = definition_parse(arena, body, "workflow-1", &d, &warnings, &e);
    check_problems(&warnings);
    if (rc < 0) {
        check_refusal(&e);
        return;
    }
    REQUIRE(*d.id && *d.name && *d.version && d.max_rounds > 0 && d.max_visits > 0);
    REQUIRE(d.stage_count > 0 && d.stage_count <= DEFINITION_STAGES_MAX);
    for (size_t i = 0; i < d.stage_count; i++)
        check_stage(&d, i);
    check_transitions(&d);
    d.max_visits = d.max_visits * (int64_t)d.stage_count > VISITS_MAX ? 2 : d.max_visits;
    decide(arena, &d, "nobody that is named\n");
    if (d.stages[0].approver_count)
        decide(arena, &d, d.stages[0].approvers[0].name);
    wait_for_it(arena, &d);
}

/* now is a time of no meaning: it moves over days and years with the size of the input. */
static void check_verdict(struct arena *arena, const struct autorules *rules,
                          const struct json *payload, bool believed, int64_t now)
{
    struct auto_facts facts = autorules_facts(arena, NULL, payload, believed, "rita");
    struct auto_verdict verdict = autorules_ask(arena, rules, &facts, now);
    REQUIRE(*verdict.rule && verdict.value);
    REQUIRE(!verdict.approve || !(facts.malformed || verdict.alarm));
    struct auto_explanation how;
    struct auto_verdict again = autorules_explain(arena, rules, &facts, now, &how);
    REQUIRE(again.approve == verdict.approve && !strcmp(again.rule, verdict.rule));
    REQUIRE(how.count > 0 && !strcmp(how.steps[how.count - 1].rule, verdict.rule));
    facts.manual_only = true;
    REQUIRE(!autorules_ask(arena, rules, &facts, now).approve);
}

static void check_rules(struct arena *arena, const struct json *file, int64_t now)
{
    struct err e = ERR_INIT;
    struct zones *zones = zones_new(NULL);
    const struct autorules *rules = autorules_parse(arena, zones, file, &e);
    if (!rules)
        check_refusal(&e);
    else
        for (int believed = 0; believed < 2; believed++)
            check_verdict(arena, rules, file, believed, now);
    zones_free(&zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    if (json_parse(arena, (const char *)data, size, &limits, &v, &e) == 0) {
        check_definition(arena, v);
        check_rules(arena, v, (int64_t)size * HOUR);
    }
    arena_free(&arena);
    return 0;
}
