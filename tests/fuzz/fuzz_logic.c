/*
 * A rule on the first line, data on the rest. A rule is taken or refused with
 * pointers; what is taken ends within its bounds, gives a value that keeps
 * what logic.h promises, the same one each time, and leaves the data alone.
 */
#include "engine/value.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits limits = JSON_LIMITS_DEFAULT;

static void check_refusal(const struct problems *p)
{
    REQUIRE(p->count > 0);
    for (const struct problem *one = p->first; one; one = one->next) {
        REQUIRE(*one->detail && (!*one->pointer || *one->pointer == '/'));
        REQUIRE(utf8_valid(one->detail, strlen(one->detail)));
    }
}

/* Walks through at most *left values: what a rule makes may share its parts. */
static void check_value(const struct value *v, unsigned depth, size_t *left)
{
    if (!*left)
        return;
    --*left;
    REQUIRE(v->height <= LOGIC_HEIGHT_MAX);
    REQUIRE(depth <= LOGIC_HEIGHT_MAX + JSON_DEPTH_MAX);
    if (v->type == VALUE_STRING)
        REQUIRE(v->text && v->text[v->length] == '\0' && utf8_valid(v->text, v->length));
    for (size_t i = 0; i < value_count(v); i++) {
        const struct value item = value_at(v, i);
        check_value(&item, depth + 1, left);
    }
    for (size_t i = 0; v->type == VALUE_OBJECT && !v->json && i < v->count; i++) {
        check_value(&v->items[i], depth + 1, left);
    }
}

static bool same_number(double a, double b)
{
    return a == b || (a != a && b != b);
}

static void evaluate(struct arena *arena, const struct logic *rule, const struct value *data)
{
    struct err e = ERR_INIT, again = ERR_INIT;
    struct value out, other;
    size_t left = 10000;
    int result = logic_evaluate(arena, rule, data, &out, &e);
    REQUIRE(logic_evaluate(arena, rule, data, &other, &again) == result);
    if (result < 0) {
        REQUIRE(e.kind == ERR_INVALID && !strcmp(e.message, again.message));
        return;
    }
    REQUIRE(out.type == other.type && same_number(out.number, other.number));
    REQUIRE(out.length == other.length && value_truthy(&out) == value_truthy(&other));
    REQUIRE(value_count(&out) == value_count(&other));
    check_value(&out, 1, &left);
}

static void check_condition(struct arena *arena, const struct json *rule, const struct value *data)
{
    struct problems problems;
    struct err e = ERR_INIT;
    bool holds = false;
    problems_init(&problems, arena);
    const struct logic *condition = condition_compile(arena, rule, "/conditions", &problems);
    if (!condition)
        check_refusal(&problems);
    else if (condition_holds(arena, condition, data, &holds, &e) < 0)
        REQUIRE(e.kind == ERR_INVALID && *e.message && !holds);
}

static void check_numbers(const char *text, size_t n)
{
    double d = number_of_text(text, n);
    struct str shown = STR_INIT;
    number_add(&shown, d);
    REQUIRE(same_number(number_of_text(shown.buf, shown.len), d));
    REQUIRE(d != d || n == 0 || strchr(" \t\n\v\f\r0", *text) || (unsigned char)*text >= 0x80 ||
            same_number(number_leading(text, n), d));
    str_release(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *text = arena_strndup(arena, (const char *)data, size);
    const char *line = memchr(text, '\n', size);
    size_t n = line ? (size_t)(line - text) : size;
    const struct json *rule = NULL, *facts = NULL;
    struct err e = ERR_INIT;
    check_numbers(arena_strndup(arena, text, n), n);
    if (line)
        json_parse(arena, line + 1, size - n - 1, &limits, &facts, &e);
    if (json_parse(arena, text, n, &limits, &rule, &e) == 0) {
        const struct value v = value_json(facts);
        struct problems problems;
        problems_init(&problems, arena);
        const struct logic *compiled = logic_compile(arena, rule, "", &problems);
        if (compiled)
            evaluate(arena, compiled, &v);
        else
            check_refusal(&problems);
        check_condition(arena, rule, &v);
    }
    arena_free(&arena);
    return 0;
}
