#include "logic_world.h"

static const struct logic *compile(const char *condition)
{
    problems_init(&problems, arena);
    return condition_compile(arena, parsed(condition), "/stages/0/conditions", &problems);
}

static bool holds(const char *condition, const char *data)
{
    const struct logic *compiled = compile(condition);
    const struct value v = value_json(parsed(data));
    bool out = false;
    if (!compiled) {
        fprintf(stderr, "%s: %s\n", condition, problems_shown());
        CHECK_FATAL(compiled != NULL);
    }
    CHECK_INT(condition_holds(arena, compiled, &v, &out, &err), 0);
    return out;
}

static const char *refused(const char *condition)
{
    CHECK(compile(condition) == NULL);
    CHECK(problems.count > 0);
    return problems_shown();
}

struct row {
    const char *condition, *payload;
    bool want;
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *data = arena_printf(arena, "{\"payload\":%s}", rows[i].payload);
        bool got = holds(rows[i].condition, data);
        if (got != rows[i].want)
            fprintf(stderr, "%s of %s is %d\n", rows[i].condition, rows[i].payload, got);
        CHECK(got == rows[i].want);
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void test_each_suffix(void)
{
    static const struct row rows[] = {
        {"{\"risk_score_lt\":0.5}", "{\"risk_score\":0.4}", true},
        {"{\"risk_score_lt\":0.5}", "{\"risk_score\":0.5}", false},
        {"{\"risk_score_lte\":0.5}", "{\"risk_score\":0.5}", true},
        {"{\"risk_score_lte\":0.5}", "{\"risk_score\":0.6}", false},
        {"{\"risk_score_gt\":0.5}", "{\"risk_score\":0.6}", true},
        {"{\"risk_score_gt\":0.5}", "{\"risk_score\":0.5}", false},
        {"{\"risk_score_gte\":0.5}", "{\"risk_score\":0.5}", true},
        {"{\"risk_score_gte\":0.5}", "{\"risk_score\":0.4}", false},
        {"{\"kind_eq\":\"refund\"}", "{\"kind\":\"refund\"}", true},
        {"{\"kind_eq\":\"refund\"}", "{\"kind\":\"Refund\"}", false},
        {"{\"kind_ne\":\"refund\"}", "{\"kind\":\"credit\"}", true},
        {"{\"kind_ne\":\"refund\"}", "{\"kind\":\"refund\"}", false},
        {"{\"kind_in\":[\"a\",\"b\"]}", "{\"kind\":\"b\"}", true},
        {"{\"kind_in\":[\"a\",\"b\"]}", "{\"kind\":\"c\"}", false},
        {"{\"kind_in\":[]}", "{\"kind\":\"c\"}", false},
        {"{\"urgent_eq\":true}", "{\"urgent\":true}", true},
        {"{\"urgent_eq\":true}", "{\"urgent\":false}", false},
        {"{\"order.amount_gt\":5}", "{\"order\":{\"amount\":6}}", true},
        {"{\"a_lt_gt\":5}", "{\"a_lt\":6}", true},
    };
    CHECK_ROWS(rows);
}

static void test_absent_and_null_are_false(void)
{
    static const char *const suffixes[] = {"_lt", "_lte", "_gt", "_gte", "_eq", "_ne"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const char *condition = arena_printf(arena, "{\"x%s\":0}", suffixes[i]);
        CHECK(!holds(condition, "{\"payload\":{}}"));
        CHECK(!holds(condition, "{\"payload\":{\"x\":null}}"));
        CHECK(!holds(condition, "{\"payload\":null}"));
        CHECK(!holds(condition, "{}"));
    }
    CHECK(!holds("{\"x_in\":[null,0]}", "{\"payload\":{\"x\":null}}"));
    CHECK(!holds("{\"x_in\":[null,0]}", "{\"payload\":{}}"));
    CHECK(holds("{\"x_in\":[null,0]}", "{\"payload\":{\"x\":0}}"));
}

static void test_several_mean_and(void)
{
    static const struct row rows[] = {
        {"{\"a_gt\":1,\"b_lt\":5,\"c_eq\":\"x\"}", "{\"a\":2,\"b\":4,\"c\":\"x\"}", true},
        {"{\"a_gt\":1,\"b_lt\":5,\"c_eq\":\"x\"}", "{\"a\":1,\"b\":4,\"c\":\"x\"}", false},
        {"{\"a_gt\":1,\"b_lt\":5,\"c_eq\":\"x\"}", "{\"a\":2,\"b\":5,\"c\":\"x\"}", false},
        {"{\"a_gt\":1,\"b_lt\":5,\"c_eq\":\"x\"}", "{\"a\":2,\"b\":4,\"c\":\"y\"}", false},
        {"{\"a_gt\":1,\"b_lt\":5,\"c_eq\":\"x\"}", "{\"a\":2,\"b\":4}", false},
        {"{\"a_gte\":1,\"a_lte\":5}", "{\"a\":3}", true},
        {"{\"a_gte\":1,\"a_lte\":5}", "{\"a\":6}", false},
    };
    CHECK_ROWS(rows);
}

static void test_operands_are_values(void)
{
    CHECK(!holds("{\"x_in\":[{\"var\":\"payload.x\"}]}", "{\"payload\":{\"x\":1}}"));
    CHECK(!holds("{\"x_in\":[\"1\"]}", "{\"payload\":{\"x\":1}}"));
    CHECK(holds("{\"x_eq\":\"1\"}", "{\"payload\":{\"x\":1}}"));
}

static void test_json_logic(void)
{
    static const char condition[] = "{\"and\":[{\">=\":[{\"var\":\"payload.amount\"},10000]},"
                                    "{\"in\":[{\"var\":\"requester.id\"},[\"alice\",\"bob\"]]}]}";
    CHECK(holds(condition, "{\"payload\":{\"amount\":10000},\"requester\":{\"id\":\"bob\"}}"));
    CHECK(!holds(condition, "{\"payload\":{\"amount\":9999},\"requester\":{\"id\":\"bob\"}}"));
    CHECK(!holds(condition, "{\"payload\":{\"amount\":10000},\"requester\":{\"id\":\"carol\"}}"));
    CHECK(holds("{\"var\":\"payload.list\"}", "{\"payload\":{\"list\":[0]}}"));
    CHECK(!holds("{\"var\":\"payload.list\"}", "{\"payload\":{\"list\":[]}}"));
}

static void test_no_condition_holds(void)
{
    CHECK(holds("null", "{}"));
    CHECK(holds("{}", "{}"));
    CHECK(holds("true", "{}"));
    CHECK(!holds("false", "{}"));
}

static void test_mistakes_are_refused(void)
{
    static const char said[] =
        "/stages/0/conditions: must be one operator of JSONLogic with its arguments, or "
        "comparisons whose names end in _lt, _lte, _gt, _gte, _eq, _ne or _in";
    CHECK_STR(refused("[]"), said);
    CHECK_STR(refused("[{\"risk_lt\":1}]"), said);
    CHECK_STR(refused("\"payload.amount > 3\""), said);
    CHECK_STR(refused("1"), said);
    CHECK_STR(refused("{\"risk_lt\":1,\"kind\":\"x\"}"), said);
    CHECK_STR(refused("{\"risk_lt\":1,\">\":[1,2]}"), said);
    CHECK_STR(refused("{\"risk\":1}"), "/stages/0/conditions/risk: there is no operator \"risk\"");
    CHECK_STR(refused("{\"_lt\":1}"), "/stages/0/conditions/_lt: there is no operator \"_lt\"");
    CHECK_STR(refused("{\"and\":[{\"risk_lt\":1}]}"),
              "/stages/0/conditions/and/0/risk_lt: there is no operator \"risk_lt\"");
}

static void test_operands_of_the_wrong_type(void)
{
    CHECK_STR(refused("{\"a_lt\":null,\"b_eq\":{},\"c_gt\":[1],\"d_in\":\"x\",\"e_ne\":1}"),
              "/stages/0/conditions/a_lt: must be a number, a text, true or false to compare with\n"
              "/stages/0/conditions/b_eq: must be a number, a text, true or false to compare with\n"
              "/stages/0/conditions/c_gt: must be a number, a text, true or false to compare with\n"
              "/stages/0/conditions/d_in: must be the list of values that are allowed");
}

static const char *shorthand_of(size_t n)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s\"f%zu_lt\":1", i ? "," : "{", i);
    str_add(&s, "}");
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void test_size_is_bounded(void)
{
    CHECK(!holds(shorthand_of(200), "{\"payload\":{}}"));
    refused(shorthand_of(300));
    CHECK_INT(problems.count, 1);
    CHECK_STR(problems.first->detail,
              "the rule is too large: it may have 2000 operators and values");
    refused(shorthand_of(3000));
    CHECK_STR(problems.first->pointer, "/stages/0/conditions");
}

static void test_bound_of_evaluation(void)
{
    struct str data = STR_INIT;
    for (int i = 0; i < 20000; i++)
        str_addf(&data, "%s1", i ? "," : "{\"payload\":[");
    str_add(&data, "]}");
    const struct value v = value_json(parsed(data.buf));
    const struct logic *compiled = compile("{\"map\":[{\"var\":\"payload\"},1]}");
    bool out = false;
    CHECK_FATAL(compiled != NULL);
    CHECK_INT(condition_holds(arena, compiled, &v, &out, &err), -1);
    CHECK_INT(err.kind, ERR_INVALID);
    CHECK(!out);
    str_release(&data);
}

static const struct test tests[] = {
    {"each suffix", test_each_suffix},
    {"absent and null are false", test_absent_and_null_are_false},
    {"several keys mean and", test_several_mean_and},
    {"operands are values, not rules", test_operands_are_values},
    {"JSONLogic", test_json_logic},
    {"no condition holds", test_no_condition_holds},
    {"mistakes are refused", test_mistakes_are_refused},
    {"operands of the wrong type", test_operands_of_the_wrong_type},
    {"size is bounded", test_size_is_bounded},
    {"evaluation is bounded", test_bound_of_evaluation},
};

int main(void)
{
    arena = arena_new();
    int failed = check_main("condition", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return failed;
}
