#include "logic_node.h"

/* The suffixes of the shorthand, each with the operator that it stands for. */
#define SUFFIXES(X)                   \
    X("_lt", LOGIC_LESS)              \
    X("_lte", LOGIC_LESS_OR_EQUAL)    \
    X("_gt", LOGIC_GREATER)           \
    X("_gte", LOGIC_GREATER_OR_EQUAL) \
    X("_eq", LOGIC_EQUAL)             \
    X("_ne", LOGIC_NOT_EQUAL)         \
    X("_in", LOGIC_IN)

static const struct suffix {
    const char *text;
    enum logic_op op;
} suffixes[] = {
#define X(text, op) {text, op},
    SUFFIXES(X)
#undef X
};

/* NULL: key is no name with such a suffix. */
static const struct suffix *suffix_of(const char *key)
{
    size_t n = strlen(key);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t len = strlen(suffixes[i].text);
        if (n > len && !strcmp(key + n - len, suffixes[i].text))
            return &suffixes[i];
    }
    return NULL;
}

static bool key_check(const char *key, const struct json *v, void *arg)
{
    bool *all = arg;
    (void)v;
    *all = suffix_of(key) != NULL;
    return *all;
}

static bool is_shorthand(const struct json *object)
{
    bool all = true;
    json_each(object, key_check, &all);
    return all;
}

struct shorthand {
    struct logic_compiler *c;
    const struct logic_place *at;
    struct logic *args; /* of the "and" */
    size_t count;
    bool good;
};

static struct logic call_two(struct arena *arena, enum logic_op op, struct logic a, struct logic b)
{
    struct logic *args = arena_array(arena, 2, sizeof *args);
    args[0] = a;
    args[1] = b;
    return logic_call(op, args, 2);
}

/* {"var": "payload.<name>"} */
static struct logic field(struct arena *arena, const char *key, const struct suffix *suffix)
{
    int n = (int)(strlen(key) - strlen(suffix->text));
    struct logic *path = arena_make(arena, struct logic);
    *path = logic_value(value_string(arena_printf(arena, "payload.%.*s", n, key)));
    return logic_call(LOGIC_VAR, path, 1);
}

static bool operand_check(struct logic_compiler *c, const struct suffix *suffix,
                          const struct json *v, const struct logic_place *at)
{
    enum json_type type = json_type(v);
    if (suffix->op == LOGIC_IN)
        return type == JSON_ARRAY ||
               logic_problem(c, at, "must be the list of values that are allowed");
    return (type != JSON_NULL && type != JSON_ARRAY && type != JSON_OBJECT) ||
           logic_problem(c, at, "must be a number, a text, true or false to compare with");
}

#define NODES_EACH 8 /* two calls, each with a call of var and its path, and two values */

/* name_lt: x becomes {"!==": [field, null]}, {"<": [field, x]}. */
static bool comparison_build(const char *key, const struct json *v, void *arg)
{
    struct shorthand *s = arg;
    struct arena *arena = s->c->arena;
    const struct suffix *suffix = suffix_of(key);
    const struct logic_place at = {.up = s->at, .text = key};
    struct value operand;
    if (!logic_count(s->c, &at, NODES_EACH))
        return s->good = false;
    if (!operand_check(s->c, suffix, v, &at) || !logic_literal(s->c, v, &at, &operand)) {
        s->good = false;
        return true;
    }
    struct logic read = field(arena, key, suffix);
    s->args[s->count++] = call_two(arena, LOGIC_NOT_SAME, read, logic_value(value_null()));
    s->args[s->count++] = call_two(arena, suffix->op, read, logic_value(operand));
    return true;
}

static bool shorthand_build(struct logic_compiler *c, const struct json *object,
                            const struct logic_place *at, struct logic *out)
{
    size_t n = json_object_size(object);
    if (!n) {
        *out = logic_value(value_bool(true));
        return true;
    }
    if (!logic_count(c, at, n))
        return false;
    struct shorthand s = {.c = c, .at = at, .good = true};
    s.args = arena_array(c->arena, 2 * n, sizeof *s.args);
    json_each(object, comparison_build, &s);
    *out = logic_call(LOGIC_AND, s.args, s.count);
    return s.good;
}

static bool build(struct logic_compiler *c, const struct json *condition,
                  const struct logic_place *at, struct logic *out)
{
    switch (json_type(condition)) {
    case JSON_NULL:
        *out = logic_value(value_bool(true));
        return true;
    case JSON_BOOL:
        return logic_build(c, condition, at, 0, out);
    case JSON_OBJECT:
        if (is_shorthand(condition))
            return shorthand_build(c, condition, at, out);
        if (json_object_size(condition) == 1)
            return logic_build(c, condition, at, 0, out);
        break;
    default:
        break;
    }
    return logic_problem(c, at,
                         "must be one operator of JSONLogic with its arguments, or comparisons "
                         "whose names end in _lt, _lte, _gt, _gte, _eq, _ne or _in");
}

const struct logic *condition_compile(struct arena *arena, const struct json *condition,
                                      const char *at, struct problems *problems)
{
    struct logic_compiler c = {.arena = arena, .problems = problems};
    const struct logic_place place = {.text = at};
    struct logic *root = arena_make(arena, struct logic);
    return logic_count(&c, &place, 1) && build(&c, condition, &place, root) ? root : NULL;
}

int condition_holds(struct arena *arena, const struct logic *condition, const struct value *data,
                    bool *out, struct err *e)
{
    struct value v;
    if (logic_evaluate(arena, condition, data, &v, e) < 0)
        return -1;
    *out = value_truthy(&v);
    return 0;
}
