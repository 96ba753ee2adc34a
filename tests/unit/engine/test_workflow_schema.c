#include "engine/definition.h"
#include "quoted.h"

#include <dirent.h>
#include <stdlib.h>

/*
 * schema/workflow.schema.json (SCHEMA_DIR) and definition_parse say the same:
 * both accept what is in examples (EXAMPLES_DIR) and tests/scenarios
 * (SCENARIOS_DIR), and both refuse what is listed here.
 */

#define SCHEMA_FILE "workflow.schema.json"
#define WORKFLOW_SUFFIX ".workflow.json"
#define EXAMPLES_LEAST 7
#define SCENARIOS_LEAST 100
#define FAULTS_LEAST 40
#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct arena *arena;
static const struct payload_schema *schema;

static const char *folder(const char *variable, const char *usual)
{
    const char *set = getenv(variable);
    return set && *set ? set : usual;
}

static const struct json *read_json(const char *dir, const char *name)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    const char *path = arena_printf(arena, "%s/%s", dir, name);
    const struct json *v = NULL;
    struct str text = STR_INIT;
    struct err e = ERR_INIT;
    char buf[4096];
    FILE *f = fopen(path, "r");
    for (size_t n; f && (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_addn(&text, buf, n);
    if (f)
        fclose(f);
    if (!f || json_parse(arena, text.buf, text.len, &limits, &v, &e) < 0)
        fprintf(stderr, "%s: %s\n", path, f ? e.message : "cannot be read");
    str_release(&text);
    return v;
}

static void print_problems(const char *who, const struct problems *problems)
{
    for (const struct problem *p = problems->first; p; p = p->next)
        fprintf(stderr, "    %s: \"%s\": %s\n", who, p->pointer, p->detail);
}

/* What the schema has against it. */
static const struct problems *problems_of_schema(const struct json *body)
{
    struct problems *p = arena_make(arena, struct problems);
    CHECK_FATAL(schema != NULL);
    problems_init(p, arena);
    payload_schema_check(schema, body, "", p);
    return p;
}

/* The same of the parser. */
static const struct problems *problems_of_parser(const struct json *body)
{
    struct problems *p = arena_make(arena, struct problems);
    struct definition d;
    struct err e = ERR_INIT;
    problems_init(p, arena);
    if (definition_parse(arena, body, "wf", &d, NULL, &e) == 0)
        return p;
    if (e.problems)
        return e.problems;
    problems_add(p, "/stages", "%s", e.message);
    return p;
}

static bool accepted(const char *name, const struct json *body)
{
    const struct problems *s = problems_of_schema(body), *p = problems_of_parser(body);
    if (!s->count && !p->count)
        return true;
    fprintf(stderr, "%s is refused:\n", name);
    print_problems("schema", s);
    print_problems("parser", p);
    return false;
}

static void test_it_is_in_our_subset(void)
{
    struct problems p;
    problems_init(&p, arena);
    schema = payload_schema_compile(arena, read_json(folder("SCHEMA_DIR", "schema"), SCHEMA_FILE),
                                    "", &p);
    print_problems("schema itself", &p);
    CHECK_FATAL(schema != NULL);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && !strcmp(text + n - m, end);
}

static int is_workflow(const struct dirent *entry)
{
    return ends_with(entry->d_name, WORKFLOW_SUFFIX);
}

static int is_json(const struct dirent *entry)
{
    return ends_with(entry->d_name, ".json");
}

/* How many there were in the files of a folder. */
static size_t each_file(const char *dir, int (*wanted)(const struct dirent *entry),
                        size_t (*look)(const char *name, const struct json *v))
{
    struct dirent **files = NULL;
    int n = scandir(dir, &files, wanted, alphasort);
    size_t count = 0;
    for (int i = 0; i < n; i++) {
        const struct json *v = read_json(dir, files[i]->d_name);
        CHECK(v != NULL);
        count += look(files[i]->d_name, v);
        free(files[i]);
    }
    free(files);
    return count;
}

static size_t look_at_example(const char *name, const struct json *v)
{
    CHECK(accepted(name, v));
    return 1;
}

static void test_examples(void)
{
    size_t n = each_file(folder("EXAMPLES_DIR", "examples"), is_workflow, look_at_example);
    CHECK(n >= EXAMPLES_LEAST);
}

/* A scenario has a whole definition or its stages. */
static const struct json *definition_in(const struct json *scenario)
{
    const struct json *whole = json_get(scenario, "workflow");
    struct str text = STR_INIT;
    if (whole)
        return whole;
    str_add(&text, "{\"stages\":");
    json_canonical(&text, json_get(scenario, "stages"));
    str_addch(&text, '}');
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    CHECK(json_parse(arena, text.buf, text.len, &limits, &whole, &e) == 0);
    str_release(&text);
    return whole;
}

static size_t look_at_scenarios(const char *name, const struct json *list)
{
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct json *one = json_at(list, i);
        const char *title = json_string(json_get(one, "name"), NULL);
        if (json_get(one, "refused"))
            continue;
        CHECK(
            accepted(arena_printf(arena, "%s: %s", name, title ? title : "?"), definition_in(one)));
        count++;
    }
    return count;
}

static void test_scenarios(void)
{
    size_t n = each_file(folder("SCENARIOS_DIR", "tests/scenarios"), is_json, look_at_scenarios);
    CHECK(n >= SCENARIOS_LEAST);
}

/* What is allowed and easily forgotten. */
static const char *const oddities[] = {
    "{'stages':[{}]}",
    "{'id':null,'name':null,'version':null,'description':null,'created_by':null,'stages':[{}]}",
    "{'title':null,'payload_schema':null,'max_rounds':null,'max_visits':null,'stages':[{}]}",
    "{'expires':null,'calendar':null,'owners':null,'submit_by':null,'visible_to':null,"
    "'transitions':null,'notifications':null,'analytics':null,'stages':[{}]}",
    "{'description':'','created_by':'','owners':[],'transitions':[],'stages':[{}]}",
    "{'owners':'ada','submit_by':{'role':'agent'},'visible_to':['group:audit'],'stages':[{}]}",
    "{'payload_schema':true,'notifications':[],'analytics':{},'stages':[{}]}",
    "{'somebody':'else','stages':[{'unknown':{'x':1}}]}",
    "{'stages':[{'id':null,'name':null,'type':null,'position':null,'approvers':null,"
    "'quorum':null,'requires':null,'distinct':null,'reject':null,'vote_once':null}]}",
    "{'stages':[{'allow_self_approval':null,'skip_repeat':null,'on_empty':null,'actions':null,"
    "'conditions':null,'covers':null,'calendar':null,'sla':null,'escalations':null,"
    "'auto_rules':null,'transitions':null,'weight':null}]}",
    "{'stages':[{'conditions':{},'sla':{},'escalations':{},'auto_rules':{},'transitions':[],"
    "'weight':''}]}",
    "{'stages':[{'conditions':[],'actions':[],'covers':[''],'approvers':[],'escalations':[]}]}",
    "{'stages':[{'sla':{'duration':null},'quorum':0,'position':-7,'distinct':false}]}",
    "{'stages':[{'conditions':true},{'conditions':{'risk_score_lt':0.5}}]}",
    "{'stages':[{'type':'parallel','approvers':['group:a'],'quorum':'60%'}]}",
    "{'stages':[{'actions':['approve','no such action']}]}",
    "{'stages':[{'sla':{'duration':'4h','remind':['5%','1h']},"
    "'escalations':{'timeout':'5h','target':null,'mode':null,'then':null}}]}",
    "{'stages':[{'approvers':[{'user':'a'},{'group':'b'},{'role':'c'},{'manager':'requester'},"
    "{'manager':'requester','steps':2},{'payload':'/d'},{'least_loaded':'group:e'},"
    "{'least_loaded':{'group':'f'}}]}]}",
    "{'stages':[{'type':'parallel','requires':{'role':'cfo'}}]}",
    "{'stages':[{'type':'parallel','requires':{'at_least':1,'of':['a',{'group':'b'}]}}]}",
    "{'stages':[{'id':'a'}],'transitions':[{'from':'a','on':'reject','to':'$returned',"
    "'condition':null},{'from':'a','on':'timeout','to':'a','condition':false}]}",
};

static void test_oddities(void)
{
    for (size_t i = 0; i < COUNT(oddities); i++)
        CHECK(accepted(oddities[i], json_of(arena, oddities[i])));
}

/* Of a definition. */
static const char *const faults[] = {
    "[]",
    "'text'",
    "{}",
    "{'stages':null}",
    "{'stages':[]}",
    "{'stages':{}}",
    "{'stages':[7]}",
    "{'stages':[null]}",
    "{'id':'','stages':[{}]}",
    "{'id':7,'stages':[{}]}",
    "{'name':'','stages':[{}]}",
    "{'version':1.5,'stages':[{}]}",
    "{'description':[],'stages':[{}]}",
    "{'title':'','stages':[{}]}",
    "{'payload_schema':'object','stages':[{}]}",
    "{'payload_schema':[],'stages':[{}]}",
    "{'max_rounds':0,'stages':[{}]}",
    "{'max_rounds':1001,'stages':[{}]}",
    "{'max_visits':'10','stages':[{}]}",
    "{'max_visits':-1,'stages':[{}]}",
    "{'expires':30,'stages':[{}]}",
    "{'expires':'d','stages':[{}]}",
    "{'calendar':{},'stages':[{}]}",
    "{'owners':'','stages':[{}]}",
    "{'owners':[7],'stages':[{}]}",
    "{'submit_by':{'team':'x'},'stages':[{}]}",
    "{'visible_to':[null],'stages':[{}]}",
    "{'notifications':'all','stages':[{}]}",
    "{'analytics':1,'stages':[{}]}",
    "{'transitions':{},'stages':[{}]}",
    "{'transitions':[1],'stages':[{}]}",
    "{'transitions':[{'to':'a','on':'approve'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','on':'approve'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','to':'a'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','to':'a','on':'abstain'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','to':'','on':'reject'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','to':'a','on':'reject','condition':'x'}],'stages':[{'id':'a'}]}",
    "{'transitions':[{'from':'a','to':'a','on':'reject','condition':[]}],'stages':[{'id':'a'}]}",
};

/* Of a stage. */
static const char *const stage_faults[] = {
    "'id':''",
    "'id':['a']",
    "'name':7",
    "'type':'serial'",
    "'type':''",
    "'position':'first'",
    "'position':1.5",
    "'approvers':'ada'",
    "'approvers':['']",
    "'approvers':[['ada']]",
    "'approvers':[{'user':'ada','group':'b'}]",
    "'approvers':[{'user':''}]",
    "'approvers':[{'manager':'ada'}]",
    "'approvers':[{'manager':'requester','steps':0}]",
    "'approvers':[{'manager':'requester','steps':11}]",
    "'approvers':[{'least_loaded':{'role':'x'}}]",
    "'approvers':[{'least_loaded':7}]",
    "'approvers':[{}]",
    "'quorum':-1",
    "'quorum':1001",
    "'quorum':1.5",
    "'quorum':true",
    "'quorum':'2'",
    "'type':'parallel','requires':[]",
    "'type':'parallel','requires':7",
    "'type':'parallel','requires':{'all':[]}",
    "'type':'parallel','requires':{'any':'ada'}",
    "'type':'parallel','requires':{'all':['a'],'any':['b']}",
    "'type':'parallel','requires':{'all':['a'],'some':['b']}",
    "'type':'parallel','requires':{'at_least':0,'of':'group:a'}",
    "'type':'parallel','requires':{'at_least':1}",
    "'type':'parallel','requires':{'of':'group:a'}",
    "'type':'parallel','requires':{'at_least':1,'of':[]}",
    "'type':'parallel','requires':{'all':[{'any':['a',{'at_least':'2','of':'b'}]}]}",
    "'distinct':'yes'",
    "'reject':'all'",
    "'reject':0",
    "'reject':1001",
    "'vote_once':1",
    "'allow_self_approval':'true'",
    "'skip_repeat':true",
    "'skip_repeat':'always'",
    "'on_empty':'admins'",
    "'actions':'approve'",
    "'actions':[1]",
    "'conditions':'payload.amount > 5'",
    "'conditions':5",
    "'conditions':[1]",
    "'covers':'/amount'",
    "'covers':[7]",
    "'calendar':''",
    "'sla':'4h'",
    "'sla':{'duration':4}",
    "'sla':{'duration':''}",
    "'sla':{'remind':['50%']}",
    "'sla':{'duration':'4h','remind':'50%'}",
    "'sla':{'duration':'4h','remind':[50]}",
    "'sla':{'duration':'4h','remind':['%']}",
    "'escalations':'6h'",
    "'escalations':{'target':'ada'}",
    "'escalations':{'timeout':6}",
    "'escalations':[{'timeout':null}]",
    "'escalations':[{}]",
    "'escalations':{'timeout':'6h','target':[7]}",
    "'escalations':{'timeout':'6h','mode':'instead'}",
    "'escalations':{'timeout':'6h','then':'withdraw'}",
    "'auto_rules':true",
    "'auto_rules':{'action_type':''}",
    "'auto_rules':{'action_type':['query']}",
    "'auto_rules':{'trust_payload':'yes'}",
    "'transitions':[{}]",
    "'weight':2",
};
_Static_assert(COUNT(faults) + COUNT(stage_faults) >= FAULTS_LEAST, "enough of them");

static bool is_within(const char *pointer, const char *outer)
{
    size_t n = strlen(outer);
    return !strncmp(pointer, outer, n) && (!pointer[n] || pointer[n] == '/');
}

/* Whether the parser finds something there, or further inside. */
static bool also_found(const char *pointer, const struct problems *parser)
{
    for (const struct problem *p = parser->first; p; p = p->next)
        if (is_within(p->pointer, pointer))
            return true;
    return false;
}

static bool refused(const char *text)
{
    const struct json *body = json_of(arena, text);
    const struct problems *s = problems_of_schema(body), *p = problems_of_parser(body);
    bool good = s->count && p->count;
    for (const struct problem *x = s->first; x && good; x = x->next)
        good = also_found(x->pointer, p);
    if (!good) {
        fprintf(stderr, "%s:\n", text);
        print_problems("schema", s);
        print_problems("parser", p);
    }
    return good;
}

static void test_faults(void)
{
    for (size_t i = 0; i < COUNT(faults); i++)
        CHECK(refused(faults[i]));
    for (size_t i = 0; i < COUNT(stage_faults); i++)
        CHECK(refused(arena_printf(arena, "{'stages':[{},{%s}]}", stage_faults[i])));
}

/* A list of n times the same. */
static const char *list_of(size_t n, const char *item)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? "," : "", item);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void test_limits(void)
{
    static const struct {
        const char *form; /* with %s for the list */
        const char *item;
        size_t max;
    } rows[] = {
        {"{'stages':[%s]}", "{}", DEFINITION_STAGES_MAX},
        {"{'stages':[{'approvers':[%s]}]}", "'ada'", STAGE_APPROVERS_MAX},
        {"{'stages':[{}],'owners':[%s]}", "'ada'", SELECTORS_MAX},
        {"{'stages':[{'covers':[%s]}]}", "'/a'", 100},
        {"{'stages':[{'actions':[%s]}]}", "'approve'", 100},
        {"{'stages':[{'sla':{'duration':'1h','remind':[%s]}}]}", "'50%'", 20},
        {"{'stages':[{'escalations':[%s]}]}", "{'timeout':'1h','target':'ada'}", 20},
        {"{'stages':[{'escalations':{'timeout':'1h','target':[%s]}}]}", "'ada'", SELECTORS_MAX},
        {"{'stages':[{'id':'a'}],'transitions':[%s]}", "{'from':'a','to':'a','on':'reject'}",
         DEFINITION_TRANSITIONS_MAX},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t more = 0; more < 2; more++) {
            const char *mark = strchr(rows[i].form, '%');
            const char *text =
                arena_printf(arena, "%.*s%s%s", (int)(mark - rows[i].form), rows[i].form,
                             list_of(rows[i].max + more, rows[i].item), mark + 2);
            CHECK(more ? refused(text) : accepted(rows[i].form, json_of(arena, text)));
        }
}

static const struct test tests[] = {
    {"the schema is written in the subset that we check", test_it_is_in_our_subset},
    {"both accept the examples", test_examples},
    {"both accept the scenarios", test_scenarios},
    {"both accept what is easily forgotten", test_oddities},
    {"both refuse each of the faults, in the same place", test_faults},
    {"both draw the same limits", test_limits},
};

int main(void)
{
    arena = arena_new();
    int rc = check_main("workflow schema", tests, COUNT(tests));
    arena_free(&arena);
    return rc;
}
