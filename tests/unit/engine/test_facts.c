#include "engine/facts.h"
#include "engine/value.h"
#include "world.h"

/* What conditions may look at, asked for by conditions. */

#define BODY                                                                            \
    "{'id':'wf','name':'Refund','version':'2.1','stages':[{'id':'one','name':'First'}," \
    "{'id':'two','approvers':['bob']}]}"

/* A rule's value over the facts of the stage, as text. */
static const char *shown(struct world *w, const struct stage *s, int64_t visit, const char *rule)
{
    struct run r = run_start(w->arena, &w->d, &w->o, &w->a, &w->fx);
    struct problems problems;
    problems_init(&problems, w->arena);
    const struct logic *logic = logic_compile(w->arena, json_of(w->arena, rule), "", &problems);
    struct value facts = facts_of(&r, s, visit), v;
    struct str text = STR_INIT;
    CHECK_FATAL(logic && logic_evaluate(w->arena, logic, &facts, &v, &w->e) == 0);
    if (v.type == VALUE_NUMBER)
        number_add(&text, v.number);
    else
        str_add(&text, v.type == VALUE_STRING ? v.text : v.type == VALUE_NULL ? "null" : "other");
    const char *copy = arena_strndup(w->arena, text.buf, text.len);
    str_release(&text);
    return copy;
}

static void test_facts(void)
{
    static const struct {
        const char *rule, *value;
    } rows[] = {
        {"{'var':'payload.amount'}", "12.5"},
        {"{'var':'payload.list.1'}", "b"},
        {"{'var':'payload.none'}", "null"},
        {"{'var':'requester'}", "rita"},
        {"{'var':'target_entity'}", "order/1"},
        {"{'var':'workflow.id'}", "wf"},
        {"{'var':'workflow.name'}", "Refund"},
        {"{'var':'workflow.version'}", "2.1"},
        {"{'var':'workflow.revision'}", "1"},
        {"{'var':'stage.id'}", "one"},
        {"{'var':'stage.name'}", "First"},
        {"{'var':'stage.visit'}", "3"},
        {"{'var':'approval.id'}", "appr-1"},
        {"{'var':'approval.status'}", "pending"},
        {"{'var':'approval.round'}", "1"},
        {"{'var':'approval.created_at'}", "2023-11-14T22:13:20.000000Z"},
        {"{'var':'now'}", "2023-11-14T22:14:20.000000Z"},
        {"{'if':[{'<':[{'var':'approval.created_at'},{'var':'now'}]},'later','earlier']}", "later"},
        {"{'var':'approval.payload'}", "null"},
        {"{'var':'owner'}", "null"},
    };
    struct world w = world_of_workflow(BODY);
    w.o.payload = json_of(w.arena, "{'amount':12.5,'list':['a','b']}");
    world_submit(&w);
    w.o.now += MINUTE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(shown(&w, &w.d.stages[0], 3, rows[i].rule), rows[i].value);
    world_end(&w);
}

static void test_no_payload(void)
{
    struct world w = world_of_workflow(BODY);
    world_submit(&w);
    CHECK_STR(shown(&w, &w.d.stages[0], 1, "{'var':'payload.amount'}"), "null");
    CHECK_STR(shown(&w, &w.d.stages[0], 1, "{'var':'payload'}"), "null");
    world_end(&w);
}

#define APPROVED_BY                                                            \
    "{'reduce':[{'var':'approval.approved_by'},{'cat':[{'var':'accumulator'}," \
    "'+',{'var':'current'}]},'']}"

/* Those of this round, whose approval still stands. */
static void test_approved_by(void)
{
    struct world w = world_of_workflow(BODY);
    world_submit(&w);
    CHECK_STR(shown(&w, &w.d.stages[0], 1, APPROVED_BY), "");
    approve(&w, "ann");
    CHECK_STR(shown(&w, &w.d.stages[1], 1, APPROVED_BY), "+ann");
    world_act(&w, (struct action){.kind = ACTION_REQUEST_CHANGES, .actor = "bob"});
    world_act(&w, (struct action){.kind = ACTION_RESUBMIT, .actor = "rita"});
    CHECK_STR(w.a.stage_id, "one");
    CHECK_STR(shown(&w, &w.d.stages[0], 2, APPROVED_BY), "");
    approve(&w, "cyn");
    CHECK_STR(shown(&w, &w.d.stages[1], 2, APPROVED_BY), "+cyn");
    CHECK_STR(shown(&w, &w.d.stages[1], 2, "{'var':'approval.round'}"), "2");
    world_end(&w);
}

static const struct test tests[] = {
    {"facts", test_facts},
    {"without a payload", test_no_payload},
    {"who has approved in this round", test_approved_by},
};

int main(void)
{
    return check_main("facts", tests, sizeof tests / sizeof *tests);
}
