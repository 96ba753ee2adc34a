#include "logic_rules.h"

struct row {
    const char *rule, *data, *want;
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = result(rows[i].rule, rows[i].data ? rows[i].data : "null");
        if (strcmp(got, rows[i].want) != 0)
            fprintf(stderr, "%s of %s:\n", rows[i].rule, rows[i].data ? rows[i].data : "null");
        CHECK_STR(got, rows[i].want);
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void file_read(const char *path, struct str *out)
{
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    char buf[4096];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        str_addn(out, buf, n);
    fclose(f);
}

static void check_vector(const struct json *row)
{
    struct value out, want = value_json(json_at(row, 2));
    const struct value data = value_json(json_at(row, 1));
    struct str rule = STR_INIT;
    json_canonical(&rule, json_at(row, 0));
    problems_init(&problems, arena);
    const struct logic *compiled = logic_compile(arena, json_at(row, 0), "", &problems);
    CHECK(compiled != NULL);
    if (!compiled || logic_evaluate(arena, compiled, &data, &out, &err) < 0 ||
        strcmp(shown(&out), shown(&want)) != 0) {
        fprintf(stderr, "%s is %s, not %s\n", rule.buf, compiled ? shown(&out) : "refused",
                shown(&want));
        CHECK(false);
    }
    str_release(&rule);
}

static void test_vectors(void)
{
    const char *root = getenv("VECTORS_DIR");
    const char *path =
        arena_printf(arena, "%s/jsonlogic-tests.json", root ? root : "../shared/vectors");
    FILE *there = fopen(path, "r");
    if (!there) {
        printf("skipped: no file %s (VECTORS_DIR) ", path);
        return;
    }
    fclose(there);
    struct str text = STR_INIT;
    file_read(path, &text);
    const struct json *rows = parsed(text.buf);
    str_release(&text);
    size_t seen = 0;
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (json_type(json_at(rows, i)) == JSON_ARRAY) {
            check_vector(json_at(rows, i));
            seen++;
        }
    CHECK(seen > 250);
}

static void test_truthiness(void)
{
    static const struct row rows[] = {
        {"{\"!!\":[{\"var\":\"\"}]}", "{}", "true"},
        {"{\"!!\":[{\"var\":\"\"}]}", "[]", "false"},
        {"{\"!!\":[{\"var\":\"\"}]}", "[0]", "true"},
        {"{\"!!\":[{\"var\":\"\"}]}", "-0.0", "false"},
        {"{\"!!\":[{\"var\":\"\"}]}", "-1e-300", "true"},
        {"{\"!!\":[{\"var\":\"\"}]}", "\"0\"", "true"},
        {"{\"!!\":[{\"var\":\"\"}]}", "\"\\u0000\"", "true"},
        {"{\"!!\":[{\"/\":[0,0]}]}", NULL, "false"}, /* NaN */
    };
    CHECK_ROWS(rows);
}

static void test_loose_equality(void)
{
    static const struct row rows[] = {
        {"{\"==\":[null,null]}", NULL, "true"},
        {"{\"==\":[null,0]}", NULL, "false"},
        {"{\"==\":[null,\"\"]}", NULL, "false"},
        {"{\"==\":[null,false]}", NULL, "false"},
        {"{\"==\":[0,\"\"]}", NULL, "true"},
        {"{\"==\":[0,\" \\n\"]}", NULL, "true"},
        {"{\"==\":[0,false]}", NULL, "true"},
        {"{\"==\":[\"1\",true]}", NULL, "true"},
        {"{\"==\":[\"true\",true]}", NULL, "false"},
        {"{\"==\":[\"1.0\",1]}", NULL, "true"},
        {"{\"==\":[\"1.0\",\"1\"]}", NULL, "false"},
        {"{\"==\":[[1],1]}", NULL, "true"},
        {"{\"==\":[[1,2],\"1,2\"]}", NULL, "true"},
        {"{\"==\":[[],0]}", NULL, "true"},
        {"{\"==\":[[],\"\"]}", NULL, "true"},
        {"{\"==\":[[null],\"\"]}", NULL, "true"},
        {"{\"==\":[[[1],[2]],\"1,2\"]}", NULL, "true"},
        {"{\"==\":[{\"var\":\"o\"},\"[object Object]\"]}", "{\"o\":{}}", "true"},
        {"{\"==\":[{\"var\":\"o\"},{\"var\":\"o\"}]}", "{\"o\":{}}", "true"},
        {"{\"==\":[{\"var\":\"o\"},{\"var\":\"p\"}]}", "{\"o\":{},\"p\":{}}", "false"},
        {"{\"==\":[[1],[1]]}", NULL, "false"},
        {"{\"==\":[[],[]]}", NULL, "false"},
        {"{\"==\":[{\"var\":\"o\"},[]]}", "{\"o\":{}}", "false"},
        {"{\"==\":[{\"/\":[0,0]},{\"/\":[0,0]}]}", NULL, "false"},
        {"{\"!=\":[{\"/\":[0,0]},{\"/\":[0,0]}]}", NULL, "true"},
        {"{\"==\":[{\"var\":\"t\"},\"a\"]}", "{\"t\":\"a\\u0000b\"}", "false"},
        {"{\"===\":[{\"var\":\"t\"},\"a\"]}", "{\"t\":\"a\\u0000b\"}", "false"},
        {"{\"===\":[{\"var\":\"t\"},\"a\\u0000b\"]}", "{\"t\":\"a\\u0000b\"}", "true"},
        {"{\"===\":[null,null]}", NULL, "true"},
        {"{\"===\":[true,true]}", NULL, "true"},
        {"{\"===\":[1,true]}", NULL, "false"},
        {"{\"!==\":[[],[]]}", NULL, "true"},
        {"{\"===\":[{\"var\":\"l\"},{\"var\":\"l\"}]}", "{\"l\":[1]}", "true"},
    };
    CHECK_ROWS(rows);
}

static void test_order(void)
{
    static const struct row rows[] = {
        {"{\"<\":[null,1]}", NULL, "true"},        {"{\"<=\":[null,0]}", NULL, "true"},
        {"{\">\":[true,0]}", NULL, "true"},        {"{\"<\":[\"b\",\"a\"]}", NULL, "false"},
        {"{\"<\":[\"10\",\"9\"]}", NULL, "true"},  {"{\"<\":[\"10\",9]}", NULL, "false"},
        {"{\"<\":[\"a\",\"ab\"]}", NULL, "true"},  {"{\"<=\":[\"a\",\"a\"]}", NULL, "true"},
        {"{\">=\":[\"a\",\"b\"]}", NULL, "false"}, {"{\"<\":[\"abc\",1]}", NULL, "false"},
        {"{\">=\":[\"abc\",1]}", NULL, "false"},   {"{\"<\":[[2],3]}", NULL, "true"},
        {"{\"<\":[[2],\"10\"]}", NULL, "false"},   {"{\"<\":[{\"var\":\"\"},1]}", "{}", "false"},
        {"{\"<=\":[1,1,2]}", NULL, "true"},        {"{\"<=\":[1,2,1]}", NULL, "false"},
        {"{\"<\":[3,2,5]}", NULL, "false"},
    };
    CHECK_ROWS(rows);
}

static void test_arithmetic(void)
{
    static const struct row rows[] = {
        {"{\"+\":[0.1,0.2]}", NULL, "0.30000000000000004"},
        {"{\"+\":[\"3 apples\",\"4.5e1x\"]}", NULL, "48"},
        {"{\"+\":[\"0x10\",\"-0X1\",\"10x\"]}", NULL, "10"},
        {"{\"+\":[true,1]}", NULL, "NaN"},
        {"{\"+\":[null]}", NULL, "NaN"},
        {"{\"+\":[[5,6],1]}", NULL, "6"},
        {"{\"*\":[\"x\"]}", NULL, "\"x\""},
        {"{\"*\":[\"2\",\"1.5\",2]}", NULL, "6"},
        {"{\"-\":[\"7\"]}", NULL, "-7"},
        {"{\"-\":[null,3]}", NULL, "-3"},
        {"{\"-\":[\"3 apples\",1]}", NULL, "NaN"},
        {"{\"-\":[{\"var\":\"\"},1]}", "{}", "NaN"},
        {"{\"/\":[1,0]}", NULL, "Infinity"},
        {"{\"/\":[-1,0]}", NULL, "-Infinity"},
        {"{\"/\":[1,{\"-\":[0]}]}", NULL, "-Infinity"},
        {"{\"/\":[0,0]}", NULL, "NaN"},
        {"{\"%\":[-7,3]}", NULL, "-1"},
        {"{\"%\":[7,-3]}", NULL, "1"},
        {"{\"%\":[5.5,2]}", NULL, "1.5"},
        {"{\"%\":[5,0]}", NULL, "NaN"},
        {"{\"max\":[1,\"5\",true]}", NULL, "5"},
        {"{\"min\":[1,null,2]}", NULL, "0"},
        {"{\"max\":[1,\"x\"]}", NULL, "NaN"},
        {"{\"min\":[\"x\",1]}", NULL, "NaN"},
        {"{\"max\":{\"var\":\"\"}}", "[4]", "4"},
        {"{\"max\":{\"var\":\"\"}}", "[4,5]", "NaN"},
    };
    CHECK_ROWS(rows);
}

static void test_text(void)
{
    static const struct row rows[] = {
        {"{\"cat\":[1.5,true,null,[1,[2,null]],{\"var\":\"\"}]}", "{}",
         "\"1.5true1,2,[object Object]\""},
        {"{\"cat\":[]}", NULL, "\"\""},
        {"{\"cat\":[{\"var\":\"t\"},\"c\"]}", "{\"t\":\"a\\u0000b\"}", "\"a\\u0000bc\""},
        {"{\"substr\":[\"gr\xC3\xBC\xC3\x9F"
         "e\",2,2]}",
         NULL, "\"\xC3\xBC\xC3\x9F\""},
        {"{\"substr\":[\"gr\xC3\xBC\xC3\x9F"
         "e\",-2]}",
         NULL,
         "\"\xC3\x9F"
         "e\""},
        {"{\"substr\":[\"abc\",5]}", NULL, "\"\""},
        {"{\"substr\":[\"abc\",-5,2]}", NULL, "\"ab\""},
        {"{\"substr\":[\"abc\",1,-9]}", NULL, "\"\""},
        {"{\"substr\":[\"abc\",1,0]}", NULL, "\"\""},
        {"{\"substr\":[\"abc\",1,null]}", NULL, "\"\""},
        {"{\"substr\":[\"abc\",\"x\",1e300]}", NULL, "\"abc\""},
        {"{\"substr\":[\"abc\",-1e300,1.9]}", NULL, "\"a\""},
        {"{\"substr\":[12345,1,3]}", NULL, "\"234\""},
        {"{\"substr\":[\"\",0]}", NULL, "\"\""},
        {"{\"in\":[2,\"123\"]}", NULL, "true"},
        {"{\"in\":[\"\",\"abc\"]}", NULL, "true"},
        {"{\"in\":[\"\",\"\"]}", NULL, "false"},
        {"{\"in\":[\"1\",[1]]}", NULL, "false"},
        {"{\"in\":[null,[1,null]]}", NULL, "true"},
        {"{\"in\":[1,1]}", NULL, "false"},
        {"{\"in\":[1,null]}", NULL, "false"},
        {"{\"in\":[\"a\",{\"var\":\"\"}]}", "{\"a\":1}", "false"},
        {"{\"in\":[{\"var\":\"0\"},{\"var\":\"\"}]}", "[{}]", "true"},
        {"{\"log\":\"apple\"}", NULL, "\"apple\""},
    };
    CHECK_ROWS(rows);
}

static void test_var(void)
{
    static const struct row rows[] = {
        {"{\"var\":[\"a\",1]}", "{\"a\":null}", "null"},
        {"{\"var\":[\"a.b\",1]}", "{\"a\":null}", "1"},
        {"{\"var\":[\"a.b\",1]}", "{\"a\":\"text\"}", "1"},
        {"{\"var\":\"a.\"}", "{\"a\":{\"\":7}}", "7"},
        {"{\"var\":\".\"}", "{\"\":{\"\":8}}", "8"},
        {"{\"var\":\"a\\u0000b\"}", "{\"a\":1,\"a\\u0000b\":2}", "2"},
        {"{\"var\":\"\\u0000\\u0000\"}", "{\"\\u0000\":1,\"\\u0000\\u0000\":3}", "3"},
        {"{\"var\":\"length\"}", "[7,8,9]", "3"},
        {"{\"var\":\"01\"}", "[7,8,9]", "null"},
        {"{\"var\":\"-1\"}", "[7,8,9]", "null"},
        {"{\"var\":\"1e0\"}", "[7,8,9]", "null"},
        {"{\"var\":\"3\"}", "[7,8,9]", "null"},
        {"{\"var\":\"18446744073709551616\"}", "[7,8,9]", "null"},
        {"{\"var\":\"a..b\"}", "{\"a\":{\"\":{\"b\":4}}}", "4"},
        {"{\"var\":1.5}", "[[],[0,1,2,3,4,5]]", "5"},
        {"{\"var\":true}", "{\"true\":6}", "6"},
        {"{\"var\":[[\"a\"]]}", "{\"a\":6}", "6"},
        {"{\"var\":\"a\"}", "17", "null"},
        {"{\"var\":\"constructor\"}", "{}", "null"},
        {"{\"missing\":[\"a\",\"b\",\"c\"]}", "{\"a\":null,\"b\":\"\",\"c\":0}", "[\"a\",\"b\"]"},
        {"{\"missing\":[1,5]}", "[0,1]", "[5]"},
        {"{\"missing_some\":[1,\"a\"]}", "{}", "[\"a\"]"},
        {"{\"missing_some\":[\"1\",[\"a\",\"b\"]]}", "{\"b\":1}", "[]"},
        {"{\"missing_some\":[0,[\"a\"]]}", "{}", "[]"},
    };
    CHECK_ROWS(rows);
}

static void test_flow_and_lists(void)
{
    static const struct row rows[] = {
        {"{\"and\":[1,0,{\"var\":\"never\"}]}", NULL, "0"},
        {"{\"or\":[0,\"\",null]}", NULL, "null"},
        {"{\"map\":[{\"var\":\"\"},{\"map\":[{\"var\":\"\"},{\"+\":[{\"var\":\"\"},1]}]}]}",
         "[[1,2],[3]]", "[[2,3],[4]]"},
        {"{\"map\":[[1,2],[{\"var\":\"\"},\"x\"]]}", NULL, "[[1,\"x\"],[2,\"x\"]]"},
        {"{\"reduce\":[[1,2,3],{\"var\":\"\"},0]}", NULL, "{}"},
        {"{\"var\":[\"x\"]}", "{\"x\":[{}]}", "[{}]"},
        {"{\"reduce\":[[1,2],{\"merge\":[{\"var\":\"accumulator\"},{\"var\":\"current\"}]},[]]}",
         NULL, "[1,2]"},
        {"{\"reduce\":[[1,2],{\"+\":[{\"var\":\"current\"},{\"var\":\"accumulator\"}]}]}", NULL,
         "NaN"},
        {"{\"reduce\":[[1],{\"reduce\":[[5,6],{\"cat\":[{\"var\":\"accumulator\"},"
         "{\"var\":\"current\"}]},{\"var\":\"current\"}]},0]}",
         NULL, "\"156\""},
        {"{\"map\":[[1,2],{\"var\":\"outer\"}]}", "{\"outer\":1}", "[null,null]"},
        {"{\"all\":[\"text\",true]}", NULL, "false"},
        {"{\"none\":[\"text\",true]}", NULL, "true"},
        {"{\"some\":[null,true]}", NULL, "false"},
        {"{\"filter\":[{\"var\":\"x\"},true]}", "{\"x\":{}}", "[]"},
        {"{\"merge\":[[[1]],2,null]}", NULL, "[[1],2,null]"},
        {"{}", NULL, "{}"},
        {"{\"a\":1,\"b\":[{\"+\":[1]}]}", NULL, "{}"},
    };
    CHECK_ROWS(rows);
}

/* What reduce shows its body is kept when the body gives it back. */
static void test_reduce_keeps_what_it_showed(void)
{
    static const char rule[] = "{\"map\":[{\"map\":[[1,2],{\"reduce\":[[{\"var\":\"\"}],"
                               "{\"var\":\"\"},0]}]},{\"var\":\"current\"}]}";
    CHECK_STR(result("{\"map\":[[[1,2]],{\"reduce\":[{\"var\":\"\"},{\"var\":\"\"},7]}]}", "null"),
              "[{}]");
    CHECK_STR(result(rule, "null"), "[1,2]");
    CHECK_STR(result("{\"reduce\":[[1,2,3],{\"if\":[{\"var\":\"accumulator.accumulator\"},"
                     "{\"var\":\"accumulator.current\"},{\"var\":\"\"}]},9]}",
                     "null"),
              "{}");
}

static void test_refusals(void)
{
    CHECK_STR(refused("{\"nope\":[1]}"), "/c/nope: there is no operator \"nope\"");
    CHECK_STR(refused("{\"and\":[{\"a/b~\":1},[{\"x\\u0000\\ny\":1}]]}"),
              "/c/and/0/a~1b~0: there is no operator \"a/b~\"\n"
              "/c/and/1/0/x\xC0\x80\ny: there is no operator \"x\xEF\xBF\xBD\xEF\xBF\xBD\\ny\"");
    CHECK_STR(refused("{\"!\":{\"nope\":1}}"), "/c/!/nope: there is no operator \"nope\"");
    CHECK_STR(refused("{\"==\":[1]}"), "/c/==: \"==\" takes 2 arguments, not 1");
    CHECK_STR(refused("{\"!\":[1,2]}"), "/c/!: \"!\" takes 1 argument, not 2");
    CHECK_STR(refused("{\"<\":[1,2,3,4]}"), "/c/<: \"<\" takes 2 to 3 arguments, not 4");
    CHECK_STR(refused("{\"and\":[]}"), "/c/and: \"and\" takes at least 1 argument, not 0");
    CHECK_STR(refused("{\"map\":[[]]}"), "/c/map: \"map\" takes 2 arguments, not 1");
    CHECK_STR(refused("{\"if\":[true,{\">\":1,\"<\":2}]}"),
              "/c/if/1/>: \">\" must be the only member of its object");
}

static void test_long_name_is_cut(void)
{
    char rule[400] = "{\"";
    memset(rule + 2, 'a', 200);
    snprintf(rule + 202, 20, "\":1}");
    refused(rule);
    CHECK(strlen(problems.first->detail) < 120);
    CHECK(strstr(problems.first->detail, "aaa...\"") != NULL);
}

/* A rule needs neither the text nor the tree it came from. */
static void test_rule_stands_alone(void)
{
    static const char text[] = "{\"if\":[{\"in\":[{\"var\":\"a\"},[\"x\",\"y\"]]},"
                               "{\"k\":\"v\",\"l\":[\"m\"]},\"no\"]}";
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct arena *own = arena_new();
    const struct json *tree;
    CHECK_FATAL(json_parse(own, text, sizeof text - 1, &limits, &tree, &err) == 0);
    problems_init(&problems, arena);
    const struct logic *rule = logic_compile(arena, tree, "", &problems);
    arena_free(&own);
    CHECK_FATAL(rule != NULL);
    const struct value data = value_json(parsed("{\"a\":\"y\"}")), other = value_null();
    struct value out, member;
    CHECK_INT(logic_evaluate(arena, rule, &data, &out, &err), 0);
    CHECK_INT(out.type, VALUE_OBJECT);
    CHECK(value_member(&out, "k", &member));
    CHECK_STR(member.text, "v");
    CHECK(value_member(&out, "l", &member));
    CHECK_STR(shown(&member), "[\"m\"]");
    CHECK(!value_member(&out, "m", &member));
    CHECK_INT(logic_evaluate(arena, rule, &other, &out, &err), 0);
    CHECK_STR(shown(&out), "\"no\"");
}

static void test_made_objects_as_data(void)
{
    static const char *const keys[] = {"payload", "now", "nobody"};
    const struct value members[] = {value_json(parsed("{\"amount\":120}")),
                                    value_string("2026-01-01"), value_string(NULL)};
    const struct value data = value_object(keys, members, 3);
    problems_init(&problems, arena);
    const struct logic *rule = logic_compile(
        arena,
        parsed("[{\"var\":\"payload.amount\"},{\"var\":\"now\"},{\"var\":[\"nobody\",1]},"
               "{\"var\":[\"other\",1]}]"),
        "", &problems);
    struct value out;
    CHECK_FATAL(rule != NULL);
    CHECK_INT(logic_evaluate(arena, rule, &data, &out, &err), 0);
    CHECK_STR(shown(&out), "[120,\"2026-01-01\",null,1]");
    CHECK(value_truthy(&data));
}

static const struct test tests[] = {
    {"the official suite", test_vectors},
    {"what is true", test_truthiness},
    {"equality", test_loose_equality},
    {"order", test_order},
    {"arithmetic", test_arithmetic},
    {"text", test_text},
    {"var and missing", test_var},
    {"choices and lists", test_flow_and_lists},
    {"reduce keeps what it showed", test_reduce_keeps_what_it_showed},
    {"refusals with pointers", test_refusals},
    {"a long name is shown cut", test_long_name_is_cut},
    {"a rule stands alone", test_rule_stands_alone},
    {"made objects as data", test_made_objects_as_data},
};

int main(void)
{
    arena = arena_new();
    int failed = check_main("logic", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return failed;
}
