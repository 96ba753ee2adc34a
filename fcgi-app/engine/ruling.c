#include "ruling.h"

void ruling_set(struct event *e, const struct ruling *ruling)
{
    e->rule = ruling->verdict.rule;
    e->rule_value = ruling->verdict.value;
    e->rules_sha256 = ruling->sha256;
}

#define RULING_TEXTS 5 /* decision, alarm, rule, value, hash */

static const char *question_of(const struct run *r)
{
    return arena_printf(r->arena, "rules:%s\n%lld", r->approval->stage_id,
                        (long long)r->approval->visit);
}

static void record(struct run *r, const struct ruling *ruling)
{
    const char **texts = arena_array(r->arena, RULING_TEXTS, sizeof *texts);
    texts[0] = ruling->verdict.approve ? "approve" : "manual";
    texts[1] = ruling->verdict.alarm ? "alarm" : "";
    texts[2] = ruling->verdict.rule;
    texts[3] = ruling->verdict.value;
    texts[4] = ruling->sha256 ? ruling->sha256 : "";
    run_record(r, question_of(r), (struct reply){texts, RULING_TEXTS});
}

static struct ruling recorded(struct run *r)
{
    struct reply reply = run_ask(r, question_of(r));
    if (reply.count != RULING_TEXTS)
        return (struct ruling){.verdict = {.rule = "none", .value = ""}};
    return (struct ruling){
        .verdict =
            {
                .approve = !strcmp(reply.texts[0], "approve"),
                .alarm = !strcmp(reply.texts[1], "alarm"),
                .rule = reply.texts[2],
                .value = reply.texts[3],
            },
        .sha256 = *reply.texts[4] ? reply.texts[4] : NULL,
    };
}

struct ruling ruling_ask(struct run *r, const struct stage *s)
{
    const struct outside *o = r->outside;
    const struct approval *a = r->approval;
    if (o->replay)
        return recorded(r);
    struct auto_facts facts = autorules_facts(r->arena, s->auto_action_type, o->payload,
                                              a->believed || s->trust_payload, a->requester_id);
    facts.manual_only = o->manual_only;
    struct ruling ruling = {autorules_ask(r->arena, o->rules, &facts, o->now), o->rules_sha256};
    record(r, &ruling);
    return ruling;
}
