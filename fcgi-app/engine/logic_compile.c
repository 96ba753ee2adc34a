#include "logic_node.h"

static const struct logic_operator operators[] = {
#define X(id, name, min, max, function) [LOGIC_##id] = {name, min, max, function, NULL},
    LOGIC_EAGER(X)
#undef X
#define X(id, name, min, max, function) [LOGIC_##id] = {name, min, max, NULL, function},
        LOGIC_LAZY(X)
#undef X
};
_Static_assert(sizeof operators / sizeof *operators == LOGIC_OP_COUNT, "an operator lacks its row");

const struct logic_operator *logic_operator_named(const char *name)
{
    for (size_t i = 0; i < LOGIC_OP_COUNT; i++)
        if (!strcmp(operators[i].name, name))
            return &operators[i];
    return NULL;
}

/* Recursion as deep as the JSON is: JSON_DEPTH_MAX, and the operator. */
static const char *place_pointer(struct arena *arena, const struct logic_place *at)
{
    if (!at->up)
        return at->text;
    const char *base = place_pointer(arena, at->up);
    return at->text ? pointer_key(arena, base, at->text) : pointer_index(arena, base, at->index);
}

bool logic_problem(struct logic_compiler *c, const struct logic_place *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *detail = arena_vprintf(c->arena, fmt, ap);
    va_end(ap);
    problems_add(c->problems, place_pointer(c->arena, at), "%s", detail);
    return false;
}

#define QUOTED_BYTES ((size_t)80)

const char *logic_quote(struct logic_compiler *c, const char *text)
{
    size_t len = strlen(text), n = 0;
    while (n < len && n < QUOTED_BYTES) {
        size_t step = utf8_sequence(text + n, len - n);
        n += step ? step : 1;
    }
    struct str quoted = STR_INIT;
    str_add_json(&quoted, text, n);
    if (n < len)
        str_add(&quoted, "...");
    const char *result = arena_strndup(c->arena, quoted.buf, quoted.len);
    str_release(&quoted);
    return result;
}

bool logic_count(struct logic_compiler *c, const struct logic_place *at, size_t n)
{
    if (c->nodes > LOGIC_NODES_MAX)
        return false; /* which was said */
    if (n <= LOGIC_NODES_MAX - c->nodes) {
        c->nodes += n;
        return true;
    }
    c->nodes = LOGIC_NODES_MAX + 1;
    return logic_problem(c, at, "the rule is too large: it may have %d operators and values",
                         LOGIC_NODES_MAX);
}

static size_t room_of(const struct logic *args, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (args[i].room > most)
            most = args[i].room;
    return most;
}

struct logic logic_value(struct value v)
{
    return (struct logic){.kind = LOGIC_LITERAL, .literal = v};
}

static struct logic call_of(const struct logic_operator *op, struct logic *args, size_t n)
{
    return (struct logic){
        .kind = LOGIC_CALL, .op = op, .args = args, .count = n, .room = n + room_of(args, n)};
}

struct logic logic_call(enum logic_op op, struct logic *args, size_t n)
{
    return call_of(&operators[op], args, n);
}

static struct value literal_scalar(struct logic_compiler *c, const struct json *v)
{
    struct value out = value_json(v);
    if (out.type == VALUE_STRING)
        out.text = arena_strndup(c->arena, out.text, out.length);
    return out;
}

static bool literal_array(struct logic_compiler *c, const struct json *v,
                          const struct logic_place *at, struct value *out)
{
    size_t n = json_array_size(v);
    if (!logic_count(c, at, n))
        return false;
    struct value *items = arena_array(c->arena, n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        const struct logic_place element = {.up = at, .index = i};
        if (!logic_literal(c, json_at(v, i), &element, &items[i]))
            return false;
    }
    *out = value_list(items, n);
    return true;
}

struct members {
    const char **keys;
    const struct json **values;
    size_t count;
};

static bool member_take(const char *key, const struct json *v, void *arg)
{
    struct members *m = arg;
    m->keys[m->count] = key;
    m->values[m->count++] = v;
    return true;
}

static struct members members_of(struct arena *arena, const struct json *object)
{
    size_t n = json_object_size(object);
    struct members m = {.keys = arena_array(arena, n, sizeof *m.keys),
                        .values = arena_array(arena, n, sizeof *m.values)};
    json_each(object, member_take, &m);
    return m;
}

static bool literal_members(struct logic_compiler *c, struct members *m,
                            const struct logic_place *at, struct value *out)
{
    struct value *items = arena_array(c->arena, m->count, sizeof *items);
    for (size_t i = 0; i < m->count; i++) {
        const struct logic_place member = {.up = at, .text = m->keys[i]};
        m->keys[i] = arena_strdup(c->arena, m->keys[i]);
        if (!logic_literal(c, m->values[i], &member, &items[i]))
            return false;
    }
    *out = value_object(m->keys, items, m->count);
    return true;
}

static bool literal_object(struct logic_compiler *c, const struct json *v,
                           const struct logic_place *at, struct value *out)
{
    if (!logic_count(c, at, json_object_size(v)))
        return false;
    struct members m = members_of(c->arena, v);
    return literal_members(c, &m, at, out);
}

/* Recursion as deep as the JSON is: JSON_DEPTH_MAX. */
bool logic_literal(struct logic_compiler *c, const struct json *v, const struct logic_place *at,
                   struct value *out)
{
    switch (json_type(v)) {
    case JSON_ARRAY:
        return literal_array(c, v, at, out);
    case JSON_OBJECT:
        return literal_object(c, v, at, out);
    default:
        *out = literal_scalar(c, v);
        return true;
    }
}

/* A list of values only is a value, made once. */
static struct logic list_of(struct logic_compiler *c, struct logic *args, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (args[i].kind != LOGIC_LITERAL)
            return (struct logic){
                .kind = LOGIC_LIST, .args = args, .count = n, .room = room_of(args, n)};
    struct value *items = arena_array(c->arena, n, sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = args[i].literal;
    return logic_value(value_list(items, n));
}

/* Goes on after a problem, so that all are named. */
static bool build_elements(struct logic_compiler *c, const struct json *array,
                           const struct logic_place *at, unsigned depth, struct logic *args)
{
    bool good = true;
    for (size_t i = 0; i < json_array_size(array); i++) {
        const struct logic_place element = {.up = at, .index = i};
        good = logic_build(c, json_at(array, i), &element, depth, &args[i]) && good;
    }
    return good;
}

static bool build_list(struct logic_compiler *c, const struct json *array,
                       const struct logic_place *at, unsigned depth, struct logic *out)
{
    size_t n = json_array_size(array);
    if (!logic_count(c, at, n))
        return false;
    struct logic *args = arena_array(c->arena, n, sizeof *args);
    if (!build_elements(c, array, at, depth, args))
        return false;
    *out = list_of(c, args, n);
    return true;
}

static bool arity_check(struct logic_compiler *c, const struct logic_operator *op, size_t n,
                        const struct logic_place *at)
{
    if (n >= op->min && n <= op->max)
        return true;
    if (op->max == LOGIC_ANY)
        return logic_problem(c, at, "\"%s\" takes at least %zu argument%s, not %zu", op->name,
                             op->min, op->min == 1 ? "" : "s", n);
    if (op->min == op->max)
        return logic_problem(c, at, "\"%s\" takes %zu argument%s, not %zu", op->name, op->min,
                             op->min == 1 ? "" : "s", n);
    return logic_problem(c, at, "\"%s\" takes %zu to %zu arguments, not %zu", op->name, op->min,
                         op->max, n);
}

static bool build_call(struct logic_compiler *c, const char *name, const struct json *given,
                       const struct logic_place *at, unsigned depth, struct logic *out)
{
    const struct logic_operator *op = logic_operator_named(name);
    if (!op)
        return logic_problem(c, at, "there is no operator \"%s\"", logic_quote(c, name));
    if (depth == LOGIC_DEPTH_MAX)
        return logic_problem(c, at, "operators may stand within operators %d deep",
                             LOGIC_DEPTH_MAX);
    bool many = json_type(given) == JSON_ARRAY;
    size_t n = many ? json_array_size(given) : 1;
    if (!logic_count(c, at, n))
        return false;
    struct logic *args = arena_array(c->arena, n, sizeof *args);
    bool good = many ? build_elements(c, given, at, depth + 1, args)
                     : logic_build(c, given, at, depth + 1, args);
    if (!arity_check(c, op, n, at) || !good)
        return false;
    *out = call_of(op, args, n);
    return true;
}

/* Several operators in one object would be a value, and true: never what was meant. */
static bool build_value(struct logic_compiler *c, const struct json *object,
                        const struct logic_place *at, struct logic *out)
{
    if (!logic_count(c, at, json_object_size(object)))
        return false;
    struct members m = members_of(c->arena, object);
    for (size_t i = 0; i < m.count; i++)
        if (logic_operator_named(m.keys[i])) {
            const struct logic_place member = {.up = at, .text = m.keys[i]};
            return logic_problem(c, &member, "\"%s\" must be the only member of its object",
                                 m.keys[i]);
        }
    *out = (struct logic){.kind = LOGIC_LITERAL};
    return literal_members(c, &m, at, &out->literal);
}

/* Recursion as deep as the JSON is: JSON_DEPTH_MAX. */
bool logic_build(struct logic_compiler *c, const struct json *rule, const struct logic_place *at,
                 unsigned depth, struct logic *out)
{
    if (json_type(rule) == JSON_ARRAY)
        return build_list(c, rule, at, depth, out);
    if (json_type(rule) != JSON_OBJECT) {
        *out = logic_value(literal_scalar(c, rule));
        return true;
    }
    if (json_object_size(rule) != 1)
        return build_value(c, rule, at, out);
    struct members m = members_of(c->arena, rule);
    const struct logic_place member = {.up = at, .text = m.keys[0]};
    return build_call(c, m.keys[0], m.values[0], &member, depth, out);
}

const struct logic *logic_compile(struct arena *arena, const struct json *rule, const char *at,
                                  struct problems *problems)
{
    struct logic_compiler c = {.arena = arena, .problems = problems};
    const struct logic_place place = {.text = at};
    struct logic *root = arena_make(arena, struct logic);
    bool good = logic_count(&c, &place, 1) && logic_build(&c, rule, &place, 0, root);
    return good ? root : NULL;
}
