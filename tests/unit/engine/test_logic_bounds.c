#include "logic_rules.h"

static const char *nested(const char *open, const char *close, size_t n, const char *inner)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_add(&s, open);
    str_add(&s, inner);
    for (size_t i = 0; i < n; i++)
        str_add(&s, close);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* "[1,1,…]" with n elements. */
static const char *list_of(size_t n, const char *element)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? "," : "[", element);
    str_add(&s, n ? "]" : "[]");
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void test_depth(void)
{
    CHECK_STR(result(nested("{\"!\":", "}", LOGIC_DEPTH_MAX, "1"), "null"), "true");
    const char *said = refused(nested("{\"!\":", "}", LOGIC_DEPTH_MAX + 1, "1"));
    CHECK(strstr(said, "/!/!: operators may stand within operators 32 deep") != NULL);
    CHECK_INT(problems.count, 1);
    CHECK_STR(result(nested("{\"!\":[", "]}", LOGIC_DEPTH_MAX, "1"), "null"), "true");
    CHECK_STR(result(nested("[", "]", JSON_DEPTH_MAX, "1"), "null"),
              nested("[", "]", JSON_DEPTH_MAX, "1"));
    CHECK_STR(result(nested("[", "]", JSON_DEPTH_MAX - 1, "{\"var\":\"\"}"), "5"),
              nested("[", "]", JSON_DEPTH_MAX - 1, "5"));
}

static void test_nodes(void)
{
    const char *large = "the rule is too large: it may have 2000 operators and values";
    struct value out;
    CHECK_INT(run(list_of(LOGIC_NODES_MAX - 1, "1"), "null", &out), 0);
    CHECK_INT(value_count(&out), LOGIC_NODES_MAX - 1);
    refused(list_of(LOGIC_NODES_MAX, "1"));
    CHECK_STR(problems.first->detail, large);
    CHECK_STR(problems.first->pointer, "/c");
    CHECK_INT(run(list_of(999, "{\"!\":1}"), "null", &out), 0);
    refused(list_of(1000, "{\"!\":1}"));
    CHECK_INT(problems.count, 1);
    CHECK_STR(problems.first->pointer, "/c/999/!");
    refused(list_of(700, "{\"a\":1,\"b\":[2]}"));
    CHECK_INT(problems.count, 1);
    CHECK_STR(problems.first->detail, large);
    refused(arena_printf(arena, "{\"a\":[{\"b\":%s}],\"c\":1}", list_of(LOGIC_NODES_MAX, "1")));
    CHECK_STR(problems.first->pointer, "/c/a/0/b");
    refused(arena_printf(arena, "[%s,1]", list_of(LOGIC_NODES_MAX, "1")));
    CHECK_STR(problems.first->pointer, "/c/0");
    refused(arena_printf(arena, "{\"cat\":%s}", list_of(LOGIC_NODES_MAX, "1")));
    CHECK_STR(problems.first->pointer, "/c/cat");
}

static const char over_steps[] = "the rule takes more than 100000 steps on these values";
static const char over_bytes[] =
    "the rule makes more than 1048576 bytes of text and lists of these values";
static const char over_height[] = "the rule makes lists within lists more than 128 deep";

static void test_steps(void)
{
    const char *data = list_of(10000, "1");
    CHECK_STR(result("{\"all\":[{\"var\":\"\"},{\"==\":[{\"var\":\"\"},1]}]}", data), "true");
    CHECK_STR(result("{\"reduce\":[{\"var\":\"\"},{\"+\":[{\"var\":\"current\"},"
                     "{\"var\":\"accumulator\"}]},0]}",
                     data),
              "10000");
    CHECK_STR(result("{\"some\":[{\"var\":\"\"},{\"in\":[2,[3,4,5,6,7,8,9]]}]}", data), over_steps);
    data = list_of(400, "1");
    CHECK_STR(result("{\"none\":[[1,2,3],{\"some\":[[1,2,3],{\"!\":1}]}]}", data), "true");
    data = arena_printf(arena, "{\"l\":%s}", data);
    CHECK_STR(result("{\"map\":[{\"var\":\"l\"},{\"in\":[{\"var\":\"\"},[0,0,0,0]]}]}", data),
              list_of(400, "false"));
}

/* Reading long text takes steps too. */
static void test_steps_of_text(void)
{
    char *text = arena_alloc(arena, 500003);
    memset(text, 'a', 500002);
    text[0] = text[500001] = '"';
    const char *data = arena_printf(arena, "{\"t\":%s,\"l\":%s}", text, list_of(60, "1"));
    const struct json *tree = parsed(data);
    problems_init(&problems, arena);
    static const char *const rules[] = {
        "{\"reduce\":[{\"var\":\"l\"},{\"in\":[\"b\",{\"var\":\"accumulator\"}]},{\"var\":\"t\"}]}",
        "{\"in\":[\"ab\",{\"var\":\"t\"}]}",
        "{\"==\":[{\"var\":\"t\"},5]}",
    };
    const struct value v = value_json(tree);
    struct value out;
    for (size_t i = 0; i < 3; i++) {
        const struct logic *rule = logic_compile(arena, parsed(rules[i]), "", &problems);
        CHECK_FATAL(rule != NULL);
        CHECK_INT(logic_evaluate(arena, rule, &v, &out, &err), 0);
        CHECK_STR(shown(&out), "false");
    }
    const char *many = nested("{\"or\":[{\"==\":[{\"var\":\"t\"},5]},", "]}", 30, "1");
    CHECK_STR(result(many, data), "1");
    struct str or = STR_INIT;
    for (int i = 0; i < 60; i++)
        str_addf(& or, "%s{\"in\":[\"ab\",{\"var\":\"t\"}]}", i ? "," : "{\"or\":[");
    str_add(& or, "]}");
    CHECK_STR(result(or.buf, data), over_steps);
    str_release(& or);
}

static void test_bytes(void)
{
    /* Each step doubles. */
    static const char doubling[] =
        "{\"reduce\":[{\"var\":\"\"},{\"cat\":[{\"var\":\"accumulator\"},"
        "{\"var\":\"accumulator\"}]},\"0123456789\"]}";
    struct value out;
    CHECK_INT(run(doubling, list_of(15, "1"), &out), 0);
    CHECK_INT(out.length, 327680);
    CHECK_STR(result(doubling, list_of(16, "1")), over_bytes);
    CHECK_STR(result(doubling, list_of(1000, "1")), over_bytes);
    CHECK_STR(result("{\"map\":[{\"var\":\"\"},1]}", list_of(20000, "1")), over_bytes);
    CHECK_STR(result("{\"filter\":[{\"var\":\"\"},1]}", list_of(20000, "1")), over_bytes);
    CHECK_STR(result("{\"merge\":[{\"var\":\"\"},1]}", list_of(20000, "1")), over_bytes);
    CHECK_STR(result("{\"missing\":{\"var\":\"\"}}", list_of(20000, "1")), over_bytes);
    CHECK_STR(result("{\"cat\":[{\"var\":\"\"},{\"var\":\"\"}]}",
                     list_of(20000, "\"0123456789012345678901234567890123456789\"")),
              over_bytes);
    CHECK_STR(result("{\"reduce\":[{\"var\":\"\"},{\"merge\":[{\"var\":\"accumulator\"},"
                     "{\"var\":\"accumulator\"}]},[1]]}",
                     list_of(100, "1")),
              over_bytes);
}

static void test_height(void)
{
    static const char wrapping[] = "{\"reduce\":[{\"var\":\"\"},[{\"var\":\"accumulator\"}],1]}";
    CHECK_STR(result(wrapping, list_of(LOGIC_HEIGHT_MAX, "1")),
              nested("[", "]", LOGIC_HEIGHT_MAX, "1"));
    CHECK_STR(result(wrapping, list_of(LOGIC_HEIGHT_MAX + 1, "1")), over_height);
    CHECK_STR(result(wrapping, list_of(9000, "1")), over_height);
    CHECK_STR(result("{\"reduce\":[{\"var\":\"\"},{\"var\":\"\"},1]}", list_of(128, "1")), "{}");
    CHECK_STR(result("{\"reduce\":[{\"var\":\"\"},{\"var\":\"\"},1]}", list_of(129, "1")),
              over_height);
    /* Lists that hold each other twice: small, and endless to walk through. */
    CHECK_STR(result("{\"cat\":[{\"reduce\":[{\"var\":\"\"},[{\"var\":\"accumulator\"},"
                     "{\"var\":\"accumulator\"}],\"\"]}]}",
                     list_of(60, "1")),
              over_steps);
}

/* BOOM stands for a text that is too long to make, LONG for a list whose text is. */
static const char *const ended_by_a_bound[] = {
    "[1,BOOM]",
    "{\"!\":[BOOM]}",
    "{\"if\":[BOOM,1]}",
    "{\"if\":[1,BOOM]}",
    "{\"if\":[0,1,BOOM]}",
    "{\"and\":[1,BOOM]}",
    "{\"or\":[0,BOOM]}",
    "{\"map\":[BOOM,1]}",
    "{\"map\":[[1],BOOM]}",
    "{\"filter\":[BOOM,1]}",
    "{\"filter\":[[1],BOOM]}",
    "{\"reduce\":[BOOM,1,1]}",
    "{\"reduce\":[[1],BOOM,1]}",
    "{\"reduce\":[[1],1,BOOM]}",
    "{\"all\":[BOOM,1]}",
    "{\"all\":[[1],BOOM]}",
    "{\"none\":[BOOM,1]}",
    "{\"some\":[[1],BOOM]}",
    "{\"+\":[1,LONG]}",
    "{\"*\":[LONG,1]}",
    "{\"-\":[LONG]}",
    "{\"-\":[1,LONG]}",
    "{\"/\":[LONG,1]}",
    "{\"%\":[1,LONG]}",
    "{\"max\":[1,LONG]}",
    "{\"min\":[LONG]}",
    "{\"<\":[LONG,1]}",
    "{\"<=\":[1,LONG]}",
    "{\">\":[1,LONG]}",
    "{\">=\":[LONG,1]}",
    "{\"==\":[LONG,1]}",
    "{\"!=\":[1,LONG]}",
    "{\"in\":[LONG,\"x\"]}",
    "{\"cat\":[1,LONG]}",
    "{\"substr\":[LONG,1]}",
    "{\"substr\":[\"abc\",LONG]}",
    "{\"substr\":[\"abc\",0,LONG]}",
    "{\"var\":[LONG]}",
    "{\"missing\":[1,LONG]}",
    "{\"missing_some\":[LONG,[]]}",
    "{\"missing_some\":[1,[1,LONG]]}",
};

static const char *filled(const char *text)
{
    static const struct {
        const char *name, *rule;
    } parts[] = {
        {"BOOM", "{\"reduce\":[[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],{\"cat\":["
                 "{\"var\":\"accumulator\"},{\"var\":\"accumulator\"}]},\"0123456789\"]}"},
        {"LONG", "[{\"var\":\"long\"},{\"var\":\"long\"}]"},
    };
    for (size_t i = 0; i < 2; i++) {
        const char *at = strstr(text, parts[i].name);
        if (at)
            text = arena_printf(arena, "%.*s%s%s", (int)(at - text), text, parts[i].rule, at + 4);
    }
    return text;
}

static void test_a_bound_ends_everything(void)
{
    const char *text = "\"012345678901234567890123456789012345678901234567890123456789\"";
    const struct json *tree = parsed(
        arena_printf(arena, "{\"many\":%s,\"long\":%s}", list_of(15000, "1"), list_of(9000, text)));
    const struct value data = value_json(tree);
    for (size_t i = 0; i < sizeof ended_by_a_bound / sizeof *ended_by_a_bound; i++) {
        struct value out;
        const struct logic *rule = rule_compile(filled(ended_by_a_bound[i]));
        err = (struct err)ERR_INIT;
        CHECK_FATAL(rule != NULL);
        if (logic_evaluate(arena, rule, &data, &out, &err) == 0)
            fprintf(stderr, "%s gives a value\n", ended_by_a_bound[i]);
        CHECK_INT(err.kind, ERR_INVALID);
        CHECK_STR(err.message, over_bytes);
    }
}

static const struct test tests[] = {
    {"depth", test_depth},
    {"nodes", test_nodes},
    {"steps", test_steps},
    {"steps of text", test_steps_of_text},
    {"bytes", test_bytes},
    {"lists within lists", test_height},
    {"a bound ends everything", test_a_bound_ends_everything},
};

int main(void)
{
    arena = arena_new();
    int failed = check_main("logic_bounds", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return failed;
}
