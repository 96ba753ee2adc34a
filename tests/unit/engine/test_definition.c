#include "world.h"

#define LATER_DETAIL(name) "\"" name "\" is not supported by this version yet"
#define SELECTOR_DETAIL                                                                      \
    "selectors other than user ids (\"alice\" or \"user:alice\") are not supported by this " \
    "version yet"
#define USER_DETAIL \
    "must be a user id: a string of 1 to 200 characters, not blank, without control characters"
#define QUORUM_DETAIL                                                                 \
    "must be a whole number from 1 to 1000: only a number of people is supported by " \
    "this version"

static struct arena *arena;
static struct err e;

static int parse(const char *text, struct definition *d)
{
    e = (struct err)ERR_INIT;
    return definition_parse(arena, json_of(arena, text), "generated", d, &e);
}

static struct stage stage_of(const char *members)
{
    struct definition d = {0};
    CHECK_FATAL(parse(arena_printf(arena, "{'id':'wf','stages':[{%s}]}", members), &d) == 0);
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
    CHECK_INT(d.stage_count, 2);
    const struct stage *s = &d.stages[1];
    CHECK_STR(s->id, "generated-stage-2");
    CHECK_STR(s->name, "generated-stage-2");
    CHECK_INT(s->type, STAGE_SEQUENTIAL);
    CHECK_INT(s->position, 2);
    CHECK_INT(s->approver_count, 0);
    CHECK_INT(s->quorum, 0);
    CHECK_INT(s->sla_us, 0);
    CHECK(!s->auto_rules && !s->allow_self_approval);
    CHECK(!definition_asks_rules(&d));
}

static void test_everything(void)
{
    struct definition d;
    CHECK_FATAL(parse("{'id':'wf','name':'Refund','version':'2.1','description':'d',"
                      "'created_by':'ops','notifications':{'x':[]},'analytics':{'y':1},"
                      "'unknown':{'z':1},'transitions':[],'max_rounds':null,"
                      "'stages':[{'id':'s','name':'Lead','type':'parallel','position':7,"
                      "'approvers':['alice','user:bob','user:group:x'],'quorum':2,"
                      "'sla':{'duration':'1.5h','remind':[],'more':1},"
                      "'auto_rules':{'action_type':'tag','trust_payload':false},"
                      "'allow_self_approval':true,'escalations':[{'timeout':'6h'}],"
                      "'conditions':{},'actions':[],'unknown':true}]}",
                      &d) == 0);
    CHECK_STR(d.id, "wf");
    CHECK_STR(d.name, "Refund");
    CHECK_STR(d.version, "2.1");
    CHECK_STR(d.description, "d");
    CHECK_STR(d.created_by, "ops");
    const struct stage *s = &d.stages[0];
    CHECK_STR(s->id, "s");
    CHECK_STR(s->name, "Lead");
    CHECK_INT(s->type, STAGE_PARALLEL);
    CHECK_INT(s->position, 7);
    CHECK_INT(s->approver_count, 3);
    CHECK_STR(s->approvers[0], "alice");
    CHECK_STR(s->approvers[1], "bob");
    CHECK_STR(s->approvers[2], "group:x");
    CHECK_INT(s->quorum, 2);
    CHECK_INT(s->sla_us, 90 * MINUTE);
    CHECK(s->auto_rules && s->allow_self_approval);
    CHECK_STR(s->auto_action_type, "tag");
    CHECK_STR(json_string(json_get(s->source, "name"), NULL), "Lead");
    CHECK(definition_asks_rules(&d));
}

static void test_empty_members(void)
{
    struct stage s = stage_of("'sla':{},'auto_rules':{},'approvers':[],'quorum':null");
    CHECK_INT(s.sla_us, 0);
    CHECK(s.auto_rules);
    CHECK_STR(s.auto_action_type, NULL);
    CHECK_INT(s.approver_count, 0);
    CHECK(!stage_of("'auto_rules':null").auto_rules);
    CHECK_INT(stage_of("'escalations':{'timeout':'1h'},'quorum':1000").quorum, 1000);
}

/* What 0.4.0 took without a word keeps working where it can only mean one thing. */
static void test_what_was_accepted(void)
{
    struct stage s = stage_of("'approvers':['alice','bob','user:alice'],'quorum':0,"
                              "'sla':{'duration':null}");
    CHECK_INT(s.approver_count, 2);
    CHECK_STR(s.approvers[1], "bob");
    CHECK_INT(s.quorum, 0);
    CHECK_INT(s.sla_us, 0);
}

static void test_order(void)
{
    struct definition d;
    CHECK_FATAL(parse("{'id':'wf','stages':[{'id':'d','position':9},{'id':'b'},"
                      "{'id':'c','position':2},{'position':-1},{'id':'a','position':-1}]}",
                      &d) == 0);
    static const char *const ids[] = {"wf-stage-4", "a", "b", "c", "d"};
    for (size_t i = 0; i < 5; i++) {
        CHECK_STR(d.stages[i].id, ids[i]);
        CHECK_INT(definition_stage(&d, ids[i]), i);
    }
    CHECK_INT(definition_stage(&d, "e"), -1);
}

static void test_no_stages(void)
{
    struct definition d;
    CHECK_INT(parse("{'id':7,'stages':[]}", &d), -1);
    CHECK_INT(e.kind, ERR_BAD_REQUEST);
    CHECK_STR(e.message, "Workflow has no stages");
}

/* The only problem of a definition. */
static void check_fault(const char *text, const char *pointer, const char *detail)
{
    struct definition d;
    CHECK_INT(parse(text, &d), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK_FATAL(e.problems && e.problems->first);
    CHECK_INT(e.problems->count, 1);
    CHECK_STR(e.problems->first->pointer, pointer);
    CHECK_STR(e.problems->first->detail, detail);
}

static void test_top_level_faults(void)
{
    static const struct {
        const char *text, *pointer, *detail;
    } rows[] = {
        {"[]", "", "must be an object"},
        {"null", "", "must be an object"},
        {"{}", "/stages", "is required"},
        {"{'stages':{}}", "/stages", "must be an array"},
        {"{'stages':[7]}", "/stages/0", "must be an object"},
        {"{'id':'','stages':[{}]}", "/id", "must be a string of 1 to 200 characters"},
        {"{'id':'  ','stages':[{}]}", "/id", "must not be blank"},
        {"{'version':2,'stages':[{}]}", "/version", "must be a string of 1 to 200 characters"},
        {"{'description':[],'stages':[{}]}", "/description", "must be a string"},
        {"{'notifications':7,'stages':[{}]}", "/notifications", "must be an object or a list"},
        {"{'analytics':true,'stages':[{}]}", "/analytics", "must be an object or a list"},
        {"{'stages':[{'id':'x'},{'id':'x'}]}", "/stages/1/id",
         "\"x\" is the id of another stage already"},
        {"{'id':'x','stages':[{'id':'x-stage-2'},{}]}", "/stages/1/id",
         "\"x-stage-2\" is the id of another stage already"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_fault(rows[i].text, rows[i].pointer, rows[i].detail);
}

static void test_later_members(void)
{
    static const char *const top[] = {"calendar",   "expires",        "max_rounds", "max_visits",
                                      "owners",     "payload_schema", "submit_by",  "title",
                                      "visible_to", "transitions"};
    static const char *const stage[] = {"actions",   "calendar",    "conditions", "covers",
                                        "distinct",  "on_empty",    "reject",     "requires",
                                        "vote_once", "skip_repeat", "transitions"};
    for (size_t i = 0; i < sizeof top / sizeof *top; i++)
        check_fault(arena_printf(arena, "{'stages':[{}],'%s':[1]}", top[i]),
                    pointer_key(arena, "", top[i]),
                    arena_printf(arena, LATER_DETAIL("%s"), top[i]));
    for (size_t i = 0; i < sizeof stage / sizeof *stage; i++)
        check_fault(arena_printf(arena, "{'stages':[{'%s':{'a':1}}]}", stage[i]),
                    pointer_key(arena, "/stages/0", stage[i]),
                    arena_printf(arena, LATER_DETAIL("%s"), stage[i]));
}

static void test_stage_faults(void)
{
    static const struct {
        const char *members, *pointer, *detail;
    } rows[] = {
        {"'id':7", "/id", "must be a string of 1 to 200 characters"},
        {"'type':'joint'", "/type", "must be \"sequential\" or \"parallel\", not \"joint\""},
        {"'position':1.5", "/position",
         "must be a whole number from -9223372036854775808 to 9223372036854775807"},
        {"'approvers':'alice'", "/approvers", "must be an array"},
        {"'approvers':['alice',7]", "/approvers/1", USER_DETAIL},
        {"'approvers':['']", "/approvers/0", USER_DETAIL},
        {"'approvers':['  ']", "/approvers/0", USER_DETAIL},
        {"'approvers':['user:']", "/approvers/0", USER_DETAIL},
        {"'approvers':['a\\u0000b']", "/approvers/0", USER_DETAIL},
        {"'approvers':['group:finance']", "/approvers/0", SELECTOR_DETAIL},
        {"'approvers':['a','role:cfo']", "/approvers/1", SELECTOR_DETAIL},
        {"'approvers':['manager:requester:2']", "/approvers/0", SELECTOR_DETAIL},
        {"'approvers':['payload:/owner']", "/approvers/0", SELECTOR_DETAIL},
        {"'approvers':['least_loaded:group:x']", "/approvers/0", SELECTOR_DETAIL},
        {"'approvers':[{'group':'finance'}]", "/approvers/0", SELECTOR_DETAIL},
        {"'approvers':['alice','user:alice'],'quorum':2", "/quorum",
         "asks for 2 people, but only 1 are listed as approvers"},
        {"'quorum':'any'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'60%'", "/quorum", QUORUM_DETAIL},
        {"'quorum':-1", "/quorum", QUORUM_DETAIL},
        {"'quorum':-1", "/quorum", QUORUM_DETAIL},
        {"'quorum':1.5", "/quorum", QUORUM_DETAIL},
        {"'quorum':1001", "/quorum", QUORUM_DETAIL},
        {"'quorum':3,'approvers':['a','b']", "/quorum",
         "asks for 3 people, but only 2 are listed as approvers"},
        {"'sla':'4h'", "/sla", "must be an object"},
        {"'sla':{'remind':[]}", "/sla/duration", "is required"},
        {"'sla':{'duration':4}", "/sla/duration", "must be a string of 1 to 100 characters"},
        {"'sla':{'duration':'4h','remind':['50%']}", "/sla/remind", LATER_DETAIL("remind")},
        {"'auto_rules':true", "/auto_rules", "must be an object"},
        {"'auto_rules':{'action_type':1}", "/auto_rules/action_type",
         "must be a string of 1 to 200 characters"},
        {"'auto_rules':{'trust_payload':true}", "/auto_rules/trust_payload",
         LATER_DETAIL("trust_payload")},
        {"'allow_self_approval':'yes'", "/allow_self_approval", "must be true or false"},
        {"'escalations':'group:x'", "/escalations", "must be an object or a list"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_fault(arena_printf(arena, "{'stages':[{%s}]}", rows[i].members),
                    arena_printf(arena, "/stages/0%s", rows[i].pointer), rows[i].detail);
}

static void test_bad_durations(void)
{
    static const char *const rows[] = {"4", "4bh", "0h", "-1h", "h", "1w", "99999d"};
    struct definition d;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text = arena_printf(arena, "{'stages':[{'sla':{'duration':'%s'}}]}", rows[i]);
        CHECK_INT(parse(text, &d), -1);
        CHECK_FATAL(e.problems && e.problems->first);
        CHECK_STR(e.problems->first->pointer, "/stages/0/sla/duration");
        CHECK(strstr(e.problems->first->detail, "m, h or d") != NULL);
    }
}

static void test_all_faults_at_once(void)
{
    static const char *const pointers[] = {"/name",
                                           "/transitions",
                                           "/notifications",
                                           "/stages/0/type",
                                           "/stages/0/approvers/0",
                                           "/stages/1/requires",
                                           "/stages/1/sla/duration",
                                           "/stages/1/quorum"};
    struct definition d;
    CHECK_INT(parse("{'name':7,'transitions':[1],'notifications':1,'stages':["
                    "{'type':'x','approvers':['role:x']},"
                    "{'requires':{'all':[]},'quorum':'all','sla':{'duration':'soon'}}]}",
                    &d),
              -1);
    CHECK_FATAL(e.problems != NULL);
    CHECK_INT(e.problems->count, 8);
    const struct problem *p = e.problems->first;
    for (size_t i = 0; p && i < 8; i++, p = p->next)
        CHECK_STR(p->pointer, pointers[i]);
}

static void test_limits(void)
{
    struct str s = STR_INIT;
    struct definition d;
    str_add(&s, "{'stages':[{}");
    for (int i = 1; i < DEFINITION_STAGES_MAX; i++)
        str_add(&s, ",{}");
    CHECK_INT(parse(arena_printf(arena, "%s]}", s.buf), &d), 0);
    CHECK_INT(d.stage_count, DEFINITION_STAGES_MAX);
    check_fault(arena_printf(arena, "%s,{}]}", s.buf), "/stages",
                "must be an array of 1 to 100 elements");
    str_release(&s);
}

#define LONG_IDS "{'id':'%s','stages':[{'approvers':['user:%s']}]}"

static void test_long_ids(void)
{
    char id[202] = "";
    memset(id, 'x', 200);
    struct definition d;
    CHECK_INT(parse(arena_printf(arena, LONG_IDS, id, id), &d), 0);
    CHECK_STR(d.stages[0].approvers[0], id);
    id[200] = 'x';
    CHECK_INT(parse(arena_printf(arena, LONG_IDS, id, id), &d), -1);
    CHECK_INT(e.problems->count, 2);
}

static const struct test tests[] = {
    {"the smallest definition", test_smallest},
    {"a definition with everything", test_everything},
    {"empty members", test_empty_members},
    {"what 0.4.0 accepted", test_what_was_accepted},
    {"stages are put in position order", test_order},
    {"a definition without stages", test_no_stages},
    {"faults at the top level", test_top_level_faults},
    {"members of the language that is to come", test_later_members},
    {"faults of a stage", test_stage_faults},
    {"durations that are none", test_bad_durations},
    {"all faults are reported at once", test_all_faults_at_once},
    {"at most a hundred stages", test_limits},
    {"ids of the greatest length", test_long_ids},
};

int main(void)
{
    arena = arena_new();
    int rc = check_main("definition", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
