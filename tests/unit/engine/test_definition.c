#include "world.h"

#define ALL_ACTIONS (~0u)
#define BIT(name) (1u << ACTION_##name)

static struct arena *arena;
static struct problems warnings;
static struct err e;

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int parse(const char *text, struct definition *d)
{
    e = (struct err)ERR_INIT;
    problems_init(&warnings, arena);
    return definition_parse(arena, json_of(arena, text), "generated", d, &warnings, &e);
}

static struct definition definition_of(const char *members)
{
    struct definition d = {0};
    int rc = parse(arena_printf(arena, "{'id':'wf',%s}", members), &d);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", e.message, members);
    CHECK_FATAL(rc == 0);
    return d;
}

static struct stage stage_of(const char *members)
{
    struct definition d = definition_of(arena_printf(arena, "'stages':[{%s}]", members));
    CHECK_FATAL(d.stage_count == 1);
    return d.stages[0];
}

static void test_smallest(void)
{
    struct definition d;
    CHECK_FATAL(parse("{'stages':[{},{}]}", &d) == 0);
    CHECK_STR(d.id, "generated");
    CHECK_STR(d.name, "generated");
    CHECK_STR(d.version, "1.0");
    CHECK_STR(d.description, NULL);
    CHECK_STR(d.created_by, NULL);
    CHECK(!d.title && !d.payload_schema && !d.calendar);
    CHECK_INT(d.owner_count + d.submit_by_count + d.visible_to_count + d.transition_count, 0);
    CHECK_INT(d.max_rounds, MAX_ROUNDS_DEFAULT);
    CHECK_INT(d.max_visits, MAX_VISITS_DEFAULT);
    CHECK(duration_is_none(&d.expires));
    CHECK_INT(d.stage_count, 2);
    CHECK(!definition_asks_rules(&d));
    CHECK(!definition_reads_payload(&d));
    CHECK_INT(warnings.count, 0);
}

static void test_smallest_stage(void)
{
    struct definition d;
    CHECK_FATAL(parse("{'stages':[{},{}]}", &d) == 0);
    const struct stage *s = &d.stages[1];
    CHECK_STR(s->id, "generated-stage-2");
    CHECK_STR(s->name, "generated-stage-2");
    CHECK_INT(s->index, 1);
    CHECK_INT(s->type, STAGE_SEQUENTIAL);
    CHECK_INT(s->position, 2);
    CHECK_INT(s->approver_count, 0);
    CHECK_INT(s->quorum.kind, QUORUM_NONE);
    CHECK_INT(s->reject.kind, REJECT_ANY);
    CHECK_INT(s->reject.n, 1);
    CHECK_INT(s->skip_repeat, SKIP_REPEAT_OFF);
    CHECK_INT(s->on_empty, ON_EMPTY_ESCALATE);
    CHECK_INT(s->actions, ALL_ACTIONS);
    CHECK(!s->requires && !s->conditions && !s->calendar);
    CHECK(!s->auto_rules && !s->trust_payload && !s->allow_self_approval && !s->vote_once);
    CHECK(duration_is_none(&s->sla));
    CHECK_INT(s->cover_count + s->reminder_count + s->escalation_count, 0);
}

static void test_whole_definition(void)
{
    struct definition d = definition_of(
        "'name':'Refund','version':'2.1','description':'d','created_by':'ops',"
        "'title':'Refund {{payload.amount}}','notifications':{'x':[]},'analytics':{'y':1},"
        "'owners':['ada','group:ops'],'submit_by':'role:agent','visible_to':['group:audit'],"
        "'payload_schema':{'type':'object'},'max_rounds':3,'max_visits':4,'expires':'30d',"
        "'calendar':'office','stages':[{}]");
    CHECK_STR(d.id, "wf");
    CHECK_STR(d.name, "Refund");
    CHECK_STR(d.version, "2.1");
    CHECK_STR(d.description, "d");
    CHECK_STR(d.created_by, "ops");
    CHECK(d.title && d.payload_schema);
    CHECK_INT(d.owner_count, 2);
    CHECK_STR(d.owners[0].text, "user:ada");
    CHECK_STR(d.owners[1].text, "group:ops");
    CHECK_INT(d.submit_by_count, 1);
    CHECK_STR(d.submit_by[0].text, "role:agent");
    CHECK_INT(d.visible_to_count, 1);
    CHECK_STR(d.visible_to[0].text, "group:audit");
    CHECK_INT(d.max_rounds, 3);
    CHECK_INT(d.max_visits, 4);
    CHECK_INT(d.expires.us, 30 * 24 * 60 * MINUTE);
    CHECK_STR(d.calendar, "office");
    CHECK_STR(d.stages[0].calendar, "office");
    CHECK_INT(warnings.count, 0);
}

static void test_whole_stage(void)
{
    struct stage s = stage_of("'id':'s','name':'Lead','type':'parallel','position':7,"
                              "'approvers':['alice','user:bob','user:group:x'],'quorum':2,"
                              "'reject':2,'vote_once':true,'allow_self_approval':true,"
                              "'skip_repeat':'consecutive','on_empty':'reject',"
                              "'conditions':{'amount_gt':5},'covers':['/amount',''],"
                              "'calendar':'plant','description':'kept'");
    CHECK_STR(s.id, "s");
    CHECK_STR(s.name, "Lead");
    CHECK_INT(s.type, STAGE_PARALLEL);
    CHECK_INT(s.position, 7);
    CHECK_INT(s.approver_count, 3);
    CHECK_STR(s.approvers[0].name, "alice");
    CHECK_STR(s.approvers[1].text, "user:bob");
    CHECK_STR(s.approvers[2].name, "group:x");
    CHECK_INT(s.quorum.kind, QUORUM_COUNT);
    CHECK_INT(s.quorum.n, 2);
    CHECK_INT(s.reject.kind, REJECT_COUNT);
    CHECK_INT(s.reject.n, 2);
    CHECK(s.vote_once && s.allow_self_approval && s.conditions);
    CHECK_INT(s.skip_repeat, SKIP_REPEAT_CONSECUTIVE);
    CHECK_INT(s.on_empty, ON_EMPTY_REJECT);
    CHECK_INT(s.cover_count, 2);
    CHECK_STR(s.covers[0], "/amount");
    CHECK_STR(s.covers[1], "");
    CHECK_STR(s.calendar, "plant");
    CHECK_INT(warnings.count, 1);
    CHECK_STR(warnings.first->pointer, "/stages");
}

static void test_selectors(void)
{
    struct stage s = stage_of("'approvers':['group:finance','role:cfo','manager:requester:2',"
                              "'payload:/owner','least_loaded:group:ops',{'group':'finance'}]");
    static const char *const texts[] = {"group:finance", "role:cfo", "manager:requester:2",
                                        "payload:/owner", "least_loaded:group:ops"};
    CHECK_FATAL(s.approver_count == COUNT(texts));
    for (size_t i = 0; i < COUNT(texts); i++)
        CHECK_STR(s.approvers[i].text, texts[i]);
}

static void test_quorums(void)
{
    static const struct {
        const char *text;
        enum quorum_kind kind;
        size_t n;
    } rows[] = {
        {"1", QUORUM_COUNT, 1},          {"1000", QUORUM_COUNT, 1000},
        {"0", QUORUM_NONE, 0},           {"null", QUORUM_NONE, 0},
        {"'any'", QUORUM_COUNT, 1},      {"'all'", QUORUM_ALL, 0},
        {"'1%'", QUORUM_PERCENT, 1},     {"'60%'", QUORUM_PERCENT, 60},
        {"'100%'", QUORUM_PERCENT, 100}, {"'majority'", QUORUM_MAJORITY, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stage s = stage_of(arena_printf(
            arena, "'type':'parallel','approvers':['group:x'],'quorum':%s", rows[i].text));
        CHECK_INT(s.quorum.kind, rows[i].kind);
        CHECK_INT(s.quorum.n, rows[i].n);
    }
}

static void test_rejects(void)
{
    static const struct {
        const char *text;
        enum reject_kind kind;
        size_t n;
    } rows[] = {
        {"null", REJECT_ANY, 1}, {"'any'", REJECT_ANY, 1}, {"'impossible'", REJECT_IMPOSSIBLE, 0},
        {"1", REJECT_COUNT, 1},  {"3", REJECT_COUNT, 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stage s = stage_of(arena_printf(arena, "'reject':%s", rows[i].text));
        CHECK_INT(s.reject.kind, rows[i].kind);
        CHECK_INT(s.reject.n, rows[i].n);
    }
}

static void test_requires(void)
{
    struct stage s = stage_of("'type':'parallel','distinct':true,'requires':"
                              "{'all':[{'at_least':2,'of':'group:finance'},'role:cfo']}");
    size_t n = 0;
    CHECK_FATAL(s.requires != NULL);
    const struct selector *selectors = requires_selectors(s.requires, &n);
    CHECK_INT(n, 2);
    CHECK_STR(selectors[0].text, "group:finance");
    CHECK_STR(selectors[1].text, "role:cfo");
    CHECK_INT(requires_people(s.requires), 3);
}

static void test_actions(void)
{
    const unsigned ways_out = BIT(TAKE_BACK) | BIT(UNCLAIM) | BIT(RESUBMIT) | BIT(WITHDRAW) |
                              BIT(CANCEL) | BIT(RE_RESOLVE) | BIT(CONSUME);
    CHECK_INT(stage_of("'actions':['approve','reject']").actions,
              BIT(APPROVE) | BIT(REJECT) | ways_out);
    CHECK_INT(warnings.count, 0);
    CHECK_INT(stage_of("'actions':[]").actions, ALL_ACTIONS);
    CHECK_INT(stage_of("'actions':['comment','withdraw']").actions, BIT(COMMENT) | ways_out);
    CHECK_INT(stage_of("'actions':['notify']").actions, ways_out);
    CHECK_INT(warnings.count, 1);
}

static void test_times(void)
{
    struct stage s =
        stage_of("'calendar':'office','sla':{'duration':'4bh','remind':['50%','3h','1bd']},"
                 "'escalations':[{'timeout':'6h','target':'group:leads'},"
                 "{'timeout':'8h','target':['ann','bob'],'mode':'replace','then':'escalate'},"
                 "{'timeout':'12h','then':'reject'}]");
    CHECK_INT(s.sla.unit, DURATION_BUSINESS_HOURS);
    CHECK_INT(s.sla.us, 4 * 60 * MINUTE);
    CHECK_FATAL(s.reminder_count == 3 && s.escalation_count == 3);
    CHECK_INT(s.reminders[0].percent, 50);
    CHECK_INT(s.reminders[1].percent, 0);
    CHECK_INT(s.reminders[1].after.us, 180 * MINUTE);
    CHECK_INT(s.reminders[2].after.days, 1);
    CHECK_INT(s.escalations[0].timeout.us, 360 * MINUTE);
    CHECK_INT(s.escalations[0].target_count, 1);
    CHECK(!s.escalations[0].replace);
    CHECK_INT(s.escalations[0].then, THEN_NONE);
    CHECK_STR(s.escalations[1].targets[1].text, "user:bob");
    CHECK(s.escalations[1].replace);
    CHECK_INT(s.escalations[1].then, THEN_ESCALATE);
    CHECK_INT(s.escalations[2].then, THEN_REJECT);
    CHECK_INT(warnings.count, 0);
}

static void test_transitions(void)
{
    struct definition d = definition_of(
        "'stages':[{'id':'b','position':2},{'id':'a','position':1}],'transitions':["
        "{'from':'a','on':'approve','condition':{'amount_lt':100},'to':'$approved'},"
        "{'from':'a','on':'timeout','to':'b'},{'from':'b','on':'reject','to':'$returned'},"
        "{'from':'b','on':'withdraw','to':'$rejected'}]");
    static const struct transition rows[] = {
        {.from = 0, .on = END_APPROVE, .to = TARGET_APPROVED},
        {.from = 0, .on = END_TIMEOUT, .to = TARGET_STAGE, .stage = 1},
        {.from = 1, .on = END_REJECT, .to = TARGET_RETURNED},
        {.from = 1, .on = END_WITHDRAW, .to = TARGET_REJECTED},
    };
    CHECK_FATAL(d.transition_count == COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_INT(d.transitions[i].from, rows[i].from);
        CHECK_INT(d.transitions[i].on, rows[i].on);
        CHECK_INT(d.transitions[i].to, rows[i].to);
        CHECK_INT(d.transitions[i].stage, rows[i].stage);
        CHECK((d.transitions[i].condition != NULL) == (i == 0));
    }
}

static void test_auto_rules(void)
{
    struct stage s = stage_of("'auto_rules':{'action_type':'tag','trust_payload':true}");
    CHECK(s.auto_rules && s.trust_payload);
    CHECK_STR(s.auto_action_type, "tag");
    s = stage_of("'auto_rules':{}");
    CHECK(s.auto_rules && !s.trust_payload);
    CHECK_STR(s.auto_action_type, NULL);
    CHECK(!stage_of("'auto_rules':null").auto_rules);
    struct definition d = definition_of("'stages':[{},{'auto_rules':{}}]");
    CHECK(definition_asks_rules(&d));
}

/* Whether the payload must be at hand when people act. */
static void test_reads_payload(void)
{
    static const struct {
        const char *members;
        bool reads;
    } rows[] = {
        {"'stages':[{'approvers':['group:x','manager:requester']}]", false},
        {"'stages':[{}],'submit_by':['payload:/who']", false},
        {"'stages':[{'approvers':['payload:/owner']}]", true},
        {"'stages':[{'type':'parallel','requires':{'any':['a','payload:/b']}}]", true},
        {"'stages':[{'auto_rules':{}}]", true},
        {"'stages':[{'conditions':{'x_lt':1}}]", true},
        {"'stages':[{'covers':['/x']}]", true},
        {"'stages':[{'escalations':{'timeout':'1h','target':'payload:/boss'}}]", true},
        {"'stages':[{'id':'a'}],'owners':['payload:/who']", true},
        {"'stages':[{'id':'a'}],'transitions':[{'from':'a','on':'approve','to':'$approved'}]",
         false},
        {"'stages':[{'id':'a'}],'transitions':"
         "[{'from':'a','on':'approve','to':'$approved','condition':{'x_lt':1}}]",
         true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct definition d = definition_of(rows[i].members);
        CHECK_INT(definition_reads_payload(&d), rows[i].reads);
    }
}

static void test_empty_members(void)
{
    struct stage s = stage_of("'sla':{},'approvers':[],'quorum':null,'conditions':{},'covers':[],"
                              "'escalations':{},'transitions':{},'weight':null");
    CHECK(duration_is_none(&s.sla) && !s.conditions);
    CHECK_INT(s.approver_count + s.cover_count + s.escalation_count, 0);
    CHECK_INT(stage_of("'conditions':[]").conditions != NULL, false);
    struct definition d = definition_of("'transitions':[],'owners':[],'payload_schema':null,"
                                        "'max_rounds':null,'stages':[{}]");
    CHECK_INT(d.transition_count + d.owner_count, 0);
    CHECK_INT(d.max_rounds, MAX_ROUNDS_DEFAULT);
}

/* What 0.4.0 took without a word keeps working where it can only mean one thing. */
static void test_what_was_accepted(void)
{
    struct stage s = stage_of("'approvers':['alice','bob','user:alice'],'quorum':0,"
                              "'sla':{'duration':null},'escalations':{'timeout':'1h'}");
    CHECK_INT(s.approver_count, 2);
    CHECK_STR(s.approvers[1].name, "bob");
    CHECK_INT(s.quorum.kind, QUORUM_NONE);
    CHECK(duration_is_none(&s.sla));
    CHECK_INT(s.escalation_count, 1);
    CHECK_INT(s.escalations[0].target_count, 0);
}

static void test_order(void)
{
    struct definition d;
    CHECK_FATAL(parse("{'id':'wf','stages':[{'id':'d','position':9},{'id':'b'},"
                      "{'id':'c','position':2},{'position':-1},{'id':'a','position':-1}]}",
                      &d) == 0);
    static const char *const ids[] = {"wf-stage-4", "a", "b", "c", "d"};
    static const size_t listed[] = {3, 4, 1, 2, 0};
    for (size_t i = 0; i < 5; i++) {
        CHECK_STR(d.stages[i].id, ids[i]);
        CHECK_INT(d.stages[i].index, listed[i]);
        CHECK_INT(definition_stage(&d, ids[i]), i);
    }
    CHECK_INT(definition_stage(&d, "e"), -1);
}

static void test_warnings(void)
{
    static const struct {
        const char *text, *pointer, *detail;
    } rows[] = {
        {"'stages':[{}],'colour':1", "/colour", "nobody reads a member of this name"},
        {"'stages':[{'notify':[1]}]", "/stages/0/notify", "nobody reads a member of this name"},
        {"'stages':[{'a/b~':1}]", "/stages/0/a~1b~0", "nobody reads a member of this name"},
        {"'stages':[{'actions':['approve','sign']}]", "/stages/0/actions/1",
         "there is no action \"sign\""},
        {"'stages':[{'escalations':{'timeout':'1h'}}]", "/stages/0/escalations",
         "has neither target nor then: administrators are asked"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct definition d = definition_of(rows[i].text);
        CHECK_INT(d.stage_count, 1);
        CHECK_FATAL(warnings.first != NULL);
        CHECK_INT(warnings.count, 1);
        CHECK_STR(warnings.first->pointer, rows[i].pointer);
        CHECK_STR(warnings.first->detail, rows[i].detail);
        const struct json *body =
            json_of(arena, arena_printf(arena, "{'id':'wf',%s}", rows[i].text));
        CHECK_INT(definition_parse(arena, body, "wf", &d, NULL, &e), 0);
    }
}

static void test_names(void)
{
    CHECK_STR(stage_type_name(STAGE_SEQUENTIAL), "sequential");
    CHECK_STR(stage_type_name(STAGE_PARALLEL), "parallel");
    CHECK_STR(stage_end_name(END_APPROVE), "approve");
    CHECK_STR(stage_end_name(END_WITHDRAW), "withdraw");
}

static const struct test tests[] = {
    {"the smallest definition", test_smallest},
    {"the smallest stage", test_smallest_stage},
    {"a definition with everything", test_whole_definition},
    {"a stage with everything", test_whole_stage},
    {"approvers are selectors", test_selectors},
    {"the forms of quorum", test_quorums},
    {"the forms of reject", test_rejects},
    {"requires is a tree", test_requires},
    {"actions limits what can be left out", test_actions},
    {"SLA, reminders and escalation", test_times},
    {"transitions know their stages by position", test_transitions},
    {"auto_rules", test_auto_rules},
    {"which definitions look into the payload", test_reads_payload},
    {"empty members", test_empty_members},
    {"what 0.4.0 accepted", test_what_was_accepted},
    {"stages are put in position order", test_order},
    {"what is allowed and probably not meant", test_warnings},
    {"types and ends have names", test_names},
};

int main(void)
{
    arena = arena_new();
    int rc = check_main("definition", tests, COUNT(tests));
    arena_free(&arena);
    return rc;
}
