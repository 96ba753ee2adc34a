/*
 * A definition is taken or refused, never half: what is refused says where and
 * why, what is taken keeps what definition.h promises, and an approval of it
 * can be decided by the people it asks. The same input as a rules file is taken
 * or refused too, and says something about every payload.
 */
#include "engine/autorules.h"
#include "engine/step.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits limits = JSON_LIMITS_DEFAULT;

#define REQUIRE(cond)                                                          \
    do {                                                                       \
        if (!(cond)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond); \
            abort();                                                           \
        }                                                                      \
    } while (0)

static void check_refusal(const struct err *e)
{
    REQUIRE(e->kind == ERR_INVALID || e->kind == ERR_BAD_REQUEST);
    REQUIRE(*e->message && utf8_valid(e->message, strlen(e->message)));
    REQUIRE(e->kind == ERR_BAD_REQUEST || (e->problems && e->problems->count > 0));
    for (const struct problem *p = e->problems ? e->problems->first : NULL; p; p = p->next)
        REQUIRE(*p->detail && (!*p->pointer || *p->pointer == '/'));
}

static void check_stage(const struct definition *d, size_t at)
{
    const struct stage *s = &d->stages[at];
    REQUIRE(*s->id && *s->name && s->source);
    REQUIRE(definition_stage(d, s->id) == (int)at);
    REQUIRE(at == 0 || d->stages[at - 1].position <= s->position);
    REQUIRE(s->approver_count <= STAGE_APPROVERS_MAX);
    REQUIRE(s->approver_count == 0 || s->quorum <= s->approver_count);
    REQUIRE(s->sla_us >= 0);
    for (size_t i = 0; i < s->approver_count; i++) {
        REQUIRE(*s->approvers[i]);
        for (size_t k = 0; k < i; k++)
            REQUIRE(strcmp(s->approvers[i], s->approvers[k]) != 0);
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

static void decide(struct arena *arena, const struct definition *d, const char *requester)
{
    struct outside o = {.now = 1};
    struct effects fx;
    struct err e = ERR_INIT;
    struct approval a = {.id = "appr-1", .requester_id = requester, .payload_sha256 = ""};
    REQUIRE(engine_submit(arena, d, &o, &a, &fx, &e) == 0);
    for (int i = 0; i < STEPS_MAX && a.status == STATUS_PENDING; i++) {
        int64_t seq = a.seq;
        struct action approve = {.kind = ACTION_APPROVE, .actor = next_actor(arena, &a)};
        REQUIRE(a.needed > 0 && definition_stage(d, a.stage_id) >= 0);
        REQUIRE(engine_act(arena, d, &o, &a, &approve, &fx, &e) == 0);
        REQUIRE(!fx.repeat && a.seq == seq + (int64_t)fx.event_count && a.seq > seq);
    }
}

static void check_definition(struct arena *arena, const struct json *body)
{
    struct definition d;
    struct err e = ERR_INIT;
    if (definition_parse(arena, body, "workflow-1", &d, &e) < 0) {
        check_refusal(&e);
        return;
    }
    REQUIRE(*d.id && *d.name && *d.version);
    REQUIRE(d.stage_count > 0 && d.stage_count <= DEFINITION_STAGES_MAX);
    for (size_t i = 0; i < d.stage_count; i++)
        check_stage(&d, i);
    decide(arena, &d, "nobody that is named\n");
    if (d.stages[0].approver_count)
        decide(arena, &d, d.stages[0].approvers[0]);
}

static void check_rules(struct arena *arena, const struct json *file)
{
    struct err e = ERR_INIT;
    const struct autorules *rules = autorules_parse(arena, file, &e);
    if (!rules) {
        check_refusal(&e);
        return;
    }
    struct auto_facts facts = autorules_facts(arena, NULL, file);
    struct auto_verdict verdict = autorules_ask(arena, rules, &facts);
    REQUIRE(*verdict.rule && verdict.value);
    REQUIRE(!verdict.approve || !facts.malformed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    if (json_parse(arena, (const char *)data, size, &limits, &v, &e) == 0) {
        check_definition(arena, v);
        check_rules(arena, v);
    }
    arena_free(&arena);
    return 0;
}
