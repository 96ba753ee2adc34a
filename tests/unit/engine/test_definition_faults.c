#include "world.h"

/* What a definition is refused for, and where. */

#define LATER_DETAIL(name) "\"" name "\" is not supported by this version yet"
#define QUORUM_DETAIL                                                                        \
    "must be a number of people, a percentage from \"1%\" to \"100%\", \"any\", \"all\" or " \
    "\"majority\""
#define REJECT_DETAIL "must be \"any\", \"impossible\" or a number of rejections from 1 to 1000"
#define CALENDAR_DETAIL "counts business time: a calendar must be named"
#define COVERS_DETAIL "must be a JSON pointer into the payload, such as \"/amount\""

static struct arena *arena;
static struct err e;

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int parse(const char *text, struct definition *d)
{
    e = (struct err)ERR_INIT;
    return definition_parse(arena, json_of(arena, text), "generated", d, NULL, &e);
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

struct fault {
    const char *text, *pointer, *detail;
};

static void test_top_level_faults(void)
{
    static const struct fault rows[] = {
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
        {"{'stages':[{'id':'$approved'}]}", "/stages/0/id", "must not begin with \"$\""},
        {"{'title':7,'stages':[{}]}", "/title", "must be a string of 1 to 1000 characters"},
        {"{'max_rounds':0,'stages':[{}]}", "/max_rounds", "must be a whole number from 1 to 1000"},
        {"{'max_visits':'3','stages':[{}]}", "/max_visits", "must be a whole number from 1 to 100"},
        {"{'expires':'1bd','stages':[{}]}", "/expires", CALENDAR_DETAIL},
        {"{'owners':['a','fleet:x'],'stages':[{}]}", "/owners/1",
         "\"fleet\" is no kind of selector; there are user, group, role, manager, payload and "
         "least_loaded"},
        {"{'submit_by':'group:','stages':[{}]}", "/submit_by",
         "must name an id of 1 to 200 characters, not blank, without control characters"},
        {"{'visible_to':['payload:owner'],'stages':[{}]}", "/visible_to/0",
         "must be a JSON pointer into the payload, such as \"payload:/owner\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_fault(rows[i].text, rows[i].pointer, rows[i].detail);
}

/* What other modules find in a part of a definition is found at its pointer. */
static void test_faults_of_parts(void)
{
    static const struct {
        const char *text, *pointer;
    } rows[] = {
        {"{'title':'{{#open}}','stages':[{}]}", "/title"},
        {"{'expires':'soon','stages':[{}]}", "/expires"},
        {"{'payload_schema':{'type':'objekt'},'stages':[{}]}", "/payload_schema/type"},
        {"{'stages':[{'conditions':{'<<':[1,2]}}]}", "/stages/0/conditions/<<"},
        {"{'stages':[{'conditions':{'x_in':7}}]}", "/stages/0/conditions/x_in"},
        {"{'stages':[{'approvers':['']}]}", "/stages/0/approvers/0"},
        {"{'stages':[{'sla':{'duration':'soon'}}]}", "/stages/0/sla/duration"},
        {"{'stages':[{'sla':{'duration':'0h'}}]}", "/stages/0/sla/duration"},
        {"{'stages':[{'escalations':{'timeout':'-1h'}}]}", "/stages/0/escalations/timeout"},
        {"{'stages':[{'escalations':[{'timeout':'1w'}]}]}", "/stages/0/escalations/0/timeout"},
        {"{'stages':[{'escalations':[{'timeout':'1h','target':['role:']}]}]}",
         "/stages/0/escalations/0/target/0"},
        {"{'stages':[{'type':'parallel','requires':{'at_least':0,'of':'a'}}]}",
         "/stages/0/requires/at_least"},
        {"{'stages':[{'type':'parallel','requires':{'all':['a','role:']}}]}",
         "/stages/0/requires/all/1"},
        {"{'stages':[{'type':'parallel','requires':{'at_least':3,'of':['a','manager:requester']}}]"
         "}",
         "/stages/0/requires"},
        {"{'stages':[{'id':'a'}],'transitions':"
         "[{'from':'a','on':'approve','to':'a','condition':{'x_lt':1,'y':2}}]}",
         "/transitions/0/condition"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct definition d;
        CHECK_INT(parse(rows[i].text, &d), -1);
        CHECK_FATAL(e.problems && e.problems->first);
        CHECK_INT(e.problems->count, 1);
        CHECK_STR(e.problems->first->pointer, rows[i].pointer);
    }
}

/* A condition that is none would otherwise always hold. */
static void test_conditions_that_are_none(void)
{
    static const char *const rows[] = {"'payload.x'", "7", "['a']"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct definition d;
        CHECK_INT(parse(arena_printf(arena, "{'stages':[{'conditions':%s}]}", rows[i]), &d), -1);
        CHECK_STR(e.problems ? e.problems->first->pointer : NULL, "/stages/0/conditions");
    }
}

static void test_later_members(void)
{
    static const char *const later[] = {"transitions", "weight"};
    for (size_t i = 0; i < COUNT(later); i++)
        check_fault(arena_printf(arena, "{'stages':[{'%s':{'a':1}}]}", later[i]),
                    pointer_key(arena, "/stages/0", later[i]),
                    arena_printf(arena, LATER_DETAIL("%s"), later[i]));
}

#define ONE_OF_TYPES "must be one of \"sequential\", \"parallel\", not \"joint\""

static void check_stage_faults(const struct fault *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_fault(arena_printf(arena, "{'stages':[{%s}]}", rows[i].text),
                    arena_printf(arena, "/stages/0%s", rows[i].pointer), rows[i].detail);
}

static void test_stage_faults(void)
{
    static const struct fault rows[] = {
        {"'id':7", "/id", "must be a string of 1 to 200 characters"},
        {"'type':'joint'", "/type", ONE_OF_TYPES},
        {"'position':1.5", "/position",
         "must be a whole number from -9223372036854775808 to 9223372036854775807"},
        {"'approvers':'alice'", "/approvers", "must be an array"},
        {"'reject':'all'", "/reject", REJECT_DETAIL},
        {"'reject':0", "/reject", REJECT_DETAIL},
        {"'reject':1001", "/reject", REJECT_DETAIL},
        {"'vote_once':1", "/vote_once", "must be true or false"},
        {"'allow_self_approval':'yes'", "/allow_self_approval", "must be true or false"},
        {"'skip_repeat':true", "/skip_repeat", "must be a string of 1 to 200 characters"},
        {"'skip_repeat':'always'", "/skip_repeat",
         "must be one of \"off\", \"consecutive\", \"any\", not \"always\""},
        {"'on_empty':'skip'", "/on_empty",
         "must be one of \"escalate\", \"reject\", \"approve\", not \"skip\""},
        {"'actions':'approve'", "/actions", "must be an array"},
        {"'actions':['approve',7]", "/actions/1", "must be the name of an action"},
        {"'covers':['amount']", "/covers/0", COVERS_DETAIL},
        {"'covers':['/a','/b\\u0000c']", "/covers/1", COVERS_DETAIL},
        {"'auto_rules':true", "/auto_rules", "must be an object"},
        {"'auto_rules':{'action_type':1}", "/auto_rules/action_type",
         "must be a string of 1 to 200 characters"},
        {"'auto_rules':{'trust_payload':'yes'}", "/auto_rules/trust_payload",
         "must be true or false"},
    };
    check_stage_faults(rows, COUNT(rows));
}

static void test_quorum_faults(void)
{
    static const struct fault rows[] = {
        {"'approvers':['alice','user:alice'],'quorum':2", "/quorum",
         "asks for 2 people, but the approvers name only 1"},
        {"'quorum':3,'approvers':['a','manager:requester']", "/quorum",
         "asks for 3 people, but the approvers name only 2"},
        {"'quorum':-1", "/quorum", "must be from 1 to 1000 people"},
        {"'quorum':1001", "/quorum", "must be from 1 to 1000 people"},
        {"'quorum':1.5", "/quorum", QUORUM_DETAIL},
        {"'quorum':'some'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'0%'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'101%'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'60 %'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'-5%'", "/quorum", QUORUM_DETAIL},
        {"'quorum':'%'", "/quorum", QUORUM_DETAIL},
        {"'quorum':['a']", "/quorum", QUORUM_DETAIL},
        {"'quorum':'60%','approvers':['group:x']", "/quorum",
         "must be a number of people in a sequential stage"},
        {"'quorum':'majority','type':'parallel'", "/quorum",
         "must be a number of people where no approvers are listed"},
        {"'distinct':true", "/distinct", "says something about requires, which is not there"},
        {"'requires':'group:x'", "/requires", "needs a stage of type \"parallel\""},
        {"'type':'parallel','quorum':1,'requires':'group:x'", "/requires",
         "and quorum exclude each other: a stage has one of them"},
        {"'type':'parallel','requires':{'at_least':2,'of':['a','manager:requester']},"
         "'distinct':true,'quorum':0,'approvers':['x'],'weight':1",
         "/weight", LATER_DETAIL("weight")},
    };
    check_stage_faults(rows, COUNT(rows));
}

static void test_time_faults(void)
{
    static const struct fault rows[] = {
        {"'sla':'4h'", "/sla", "must be an object"},
        {"'sla':{'remind':[]}", "/sla/duration", "is required"},
        {"'sla':{'duration':4}", "/sla/duration", "must be a string of 1 to 100 characters"},
        {"'sla':{'duration':'4bh'}", "/sla/duration", CALENDAR_DETAIL},
        {"'sla':{'duration':'4h','remind':'50%'}", "/sla/remind", "must be an array"},
        {"'sla':{'duration':'4h','remind':['1h',7]}", "/sla/remind/1",
         "must be a duration or a percentage of the SLA"},
        {"'sla':{'duration':'4h','remind':['0%']}", "/sla/remind/0",
         "must be from \"1%\" to \"1000%\" of the SLA"},
        {"'sla':{'duration':'4h','remind':['1001%']}", "/sla/remind/0",
         "must be from \"1%\" to \"1000%\" of the SLA"},
        {"'sla':{'duration':'4h','remind':['1bd']}", "/sla/remind/0", CALENDAR_DETAIL},
        {"'escalations':'group:x'", "/escalations", "must be an object or a list of levels"},
        {"'escalations':{'then':'reject'}", "/escalations/timeout", "is required"},
        {"'escalations':[{'timeout':'1h','mode':'swap'}]", "/escalations/0/mode",
         "must be one of \"add\", \"replace\", not \"swap\""},
        {"'escalations':[{'timeout':'1h','then':'expire'}]", "/escalations/0/then",
         "must be one of \"approve\", \"reject\", \"escalate\", not \"expire\""},
        {"'escalations':[{'timeout':'1bh'}]", "/escalations/0/timeout", CALENDAR_DETAIL},
        {"'escalations':[{'timeout':'2h'},{'timeout':'1h'}]", "/escalations/1",
         "must not come before the level above it"},
    };
    check_stage_faults(rows, COUNT(rows));
}

static void test_transition_faults(void)
{
    static const struct fault rows[] = {
        {"7", "", "must be an object"},
        {"{'on':'approve','to':'a'}", "/from", "is required"},
        {"{'from':'b','on':'approve','to':'a'}", "/from", "there is no stage \"b\""},
        {"{'from':'a','on':'approve','to':'b'}", "/to", "there is no stage \"b\""},
        {"{'from':'a','on':'approve','to':'$done'}", "/to",
         "must be the id of a stage, \"$approved\", \"$rejected\" or \"$returned\""},
        {"{'from':'a','on':'abstain','to':'a'}", "/on",
         "must be one of \"approve\", \"reject\", \"timeout\", \"withdraw\", not \"abstain\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_fault(arena_printf(arena, "{'stages':[{'id':'a'}],'transitions':[%s]}", rows[i].text),
                    arena_printf(arena, "/transitions/0%s", rows[i].pointer), rows[i].detail);
}

static void test_all_faults_at_once(void)
{
    static const char *const pointers[] = {"/name",
                                           "/notifications",
                                           "/owners",
                                           "/stages/0/type",
                                           "/stages/0/approvers/0",
                                           "/stages/1/quorum",
                                           "/stages/1/requires",
                                           "/stages/1/requires/all",
                                           "/stages/1/sla/duration",
                                           "/transitions/0"};
    struct definition d;
    CHECK_INT(parse("{'name':7,'transitions':[1],'notifications':1,'owners':7,'stages':["
                    "{'type':'x','approvers':['role:']},"
                    "{'requires':{'all':[]},'quorum':'all','sla':{'duration':'soon'}}]}",
                    &d),
              -1);
    CHECK_FATAL(e.problems != NULL);
    for (size_t i = 0; i < COUNT(pointers); i++) {
        const struct problem *p = e.problems->first;
        while (p && strcmp(p->pointer, pointers[i]) != 0)
            p = p->next;
        CHECK_STR(p ? p->pointer : NULL, pointers[i]);
    }
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

static void test_level_limit(void)
{
    struct str s = STR_INIT;
    struct definition d;
    str_add(&s, "{'stages':[{'escalations':[{'timeout':'1h','then':'reject'}");
    for (int i = 1; i < 20; i++)
        str_add(&s, ",{'timeout':'1h','then':'reject'}");
    CHECK_INT(parse(arena_printf(arena, "%s]}]}", s.buf), &d), 0);
    CHECK_INT(d.stages[0].escalation_count, 20);
    check_fault(arena_printf(arena, "%s,{'timeout':'1h'}]}]}", s.buf), "/stages/0/escalations",
                "must have at most 20 levels");
    str_release(&s);
}

#define LONG_IDS "{'id':'%s','stages':[{'approvers':['user:%s']}]}"

static void test_long_ids(void)
{
    char id[202] = "";
    memset(id, 'x', 200);
    struct definition d;
    CHECK_INT(parse(arena_printf(arena, LONG_IDS, id, id), &d), 0);
    CHECK_STR(d.stages[0].approvers[0].name, id);
    id[200] = 'x';
    CHECK_INT(parse(arena_printf(arena, LONG_IDS, id, id), &d), -1);
    CHECK_INT(e.problems->count, 2);
}

static const struct test tests[] = {
    {"a definition without stages", test_no_stages},
    {"faults at the top level", test_top_level_faults},
    {"faults within a part are found at its pointer", test_faults_of_parts},
    {"what cannot be a condition is a fault", test_conditions_that_are_none},
    {"members of the language that is to come", test_later_members},
    {"faults of a stage", test_stage_faults},
    {"faults of quorum and requires", test_quorum_faults},
    {"faults of SLA and escalation", test_time_faults},
    {"faults of transitions", test_transition_faults},
    {"all faults are reported at once", test_all_faults_at_once},
    {"at most a hundred stages", test_limits},
    {"at most twenty levels of escalation", test_level_limit},
    {"ids of the greatest length", test_long_ids},
};

int main(void)
{
    arena = arena_new();
    int rc = check_main("definition faults", tests, COUNT(tests));
    arena_free(&arena);
    return rc;
}
