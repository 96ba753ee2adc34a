/* One evaluation: its nodes, its bounds, and the conversions of JavaScript. */
#include "logic_node.h"

#include <math.h>

int logic_spend(struct logic_eval *ev, size_t steps)
{
    if (steps > LOGIC_STEPS_MAX - ev->steps)
        return err_set(ev->e, ERR_INVALID, "the rule takes more than %d steps on these values",
                       LOGIC_STEPS_MAX);
    ev->steps += steps;
    return 0;
}

#define BYTES_PER_STEP 256

int logic_spend_text(struct logic_eval *ev, size_t bytes)
{
    return logic_spend(ev, bytes / BYTES_PER_STEP);
}

int logic_spend_bytes(struct logic_eval *ev, size_t bytes)
{
    if (bytes > LOGIC_BYTES_MAX - ev->bytes)
        return err_set(ev->e, ERR_INVALID,
                       "the rule makes more than %d bytes of text and lists of these values",
                       LOGIC_BYTES_MAX);
    ev->bytes += bytes;
    return 0;
}

/* The arena rounds up. */
#define OVERHEAD sizeof(max_align_t)

void *logic_take(struct logic_eval *ev, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes) || bytes > LOGIC_BYTES_MAX)
        bytes = LOGIC_BYTES_MAX;
    if (logic_spend_bytes(ev, bytes + OVERHEAD) < 0)
        return NULL;
    return arena_array(ev->arena, n, size);
}

int logic_height(struct logic_eval *ev, const struct value *v)
{
    if (v->height <= LOGIC_HEIGHT_MAX)
        return 0;
    return err_set(ev->e, ERR_INVALID, "the rule makes lists within lists more than %d deep",
                   LOGIC_HEIGHT_MAX);
}

int logic_list(struct logic_eval *ev, const struct value *items, size_t n, struct value *out)
{
    *out = value_list(items, n);
    return logic_height(ev, out);
}

static int list_node(struct logic_eval *ev, const struct logic *node, struct value *out)
{
    struct value *items = logic_take(ev, node->count, sizeof *items);
    if (!items)
        return -1;
    for (size_t i = 0; i < node->count; i++)
        if (logic_node(ev, &node->args[i], &items[i]) < 0)
            return -1;
    return logic_list(ev, items, node->count, out);
}

static int eager_call(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    struct value *args = ev->stack + ev->top;
    ev->top += call->count;
    for (size_t i = 0; i < call->count; i++)
        if (logic_node(ev, &call->args[i], &args[i]) < 0)
            return -1;
    ev->top -= call->count;
    return call->op->eager(ev, args, call->count, out);
}

/* Recursion as deep as the rule is: LOGIC_DEPTH_MAX operators, JSON_DEPTH_MAX in all. */
int logic_node(struct logic_eval *ev, const struct logic *node, struct value *out)
{
    if (logic_spend(ev, 1) < 0)
        return -1;
    switch (node->kind) {
    case LOGIC_LIST:
        return list_node(ev, node, out);
    case LOGIC_CALL:
        return node->op->lazy ? node->op->lazy(ev, node, out) : eager_call(ev, node, out);
    case LOGIC_LITERAL:
        break;
    }
    *out = node->literal;
    return 0;
}

int logic_evaluate(struct arena *arena, const struct logic *rule, const struct value *data,
                   struct value *out, struct err *e)
{
    struct logic_eval ev = {.arena = arena, .data = data, .e = e};
    ev.stack = arena_array(arena, rule->room, sizeof *ev.stack);
    return logic_node(&ev, rule, out);
}

static int add_bytes(struct logic_eval *ev, struct str *text, const char *more, size_t n)
{
    if (logic_spend_bytes(ev, n) < 0)
        return -1;
    str_addn(text, more, n);
    return 0;
}

/* Array.prototype.join: null adds nothing. Recursion as deep as lists nest: LOGIC_HEIGHT_MAX of
 * the rule's, then JSON_DEPTH_MAX. */
static int add_list(struct logic_eval *ev, struct str *text, const struct value *list)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value item = value_at(list, i);
        if (logic_spend(ev, 1) < 0 || (i && add_bytes(ev, text, ",", 1) < 0))
            return -1;
        if (item.type != VALUE_NULL && logic_add_text(ev, text, &item) < 0)
            return -1;
    }
    return 0;
}

int logic_add_text(struct logic_eval *ev, struct str *text, const struct value *v)
{
    size_t before = text->len;
    switch (v->type) {
    case VALUE_NULL:
        str_add(text, "null");
        break;
    case VALUE_BOOL:
        str_add(text, v->truth ? "true" : "false");
        break;
    case VALUE_NUMBER:
        number_add(text, v->number);
        break;
    case VALUE_OBJECT:
        str_add(text, "[object Object]");
        break;
    case VALUE_STRING:
        return add_bytes(ev, text, v->text, v->length);
    case VALUE_ARRAY:
        return add_list(ev, text, v);
    }
    return logic_spend_bytes(ev, text->len - before);
}

int logic_keep_text(struct logic_eval *ev, const struct str *text, struct value *out)
{
    if (logic_spend_bytes(ev, OVERHEAD) < 0)
        return -1;
    *out = value_text(arena_strndup(ev->arena, text->buf, text->len), text->len);
    return 0;
}

int logic_text(struct logic_eval *ev, const struct value *v, struct value *out)
{
    if (v->type == VALUE_STRING) {
        *out = *v;
        return 0;
    }
    struct str text = STR_INIT;
    *out = value_null();
    int result = logic_add_text(ev, &text, v);
    if (result == 0)
        result = logic_keep_text(ev, &text, out);
    str_release(&text);
    return result;
}

static int text_number(struct logic_eval *ev, const struct value *text, double *out)
{
    if (logic_spend_text(ev, text->length) < 0)
        return -1;
    *out = number_of_text(text->text, text->length);
    return 0;
}

int logic_number(struct logic_eval *ev, const struct value *v, double *out)
{
    struct value text;
    switch (v->type) {
    case VALUE_NULL:
        *out = 0;
        return 0;
    case VALUE_BOOL:
        *out = v->truth ? 1 : 0;
        return 0;
    case VALUE_NUMBER:
        *out = v->number;
        return 0;
    case VALUE_STRING:
        return text_number(ev, v, out);
    case VALUE_OBJECT:
        *out = NAN;
        return 0;
    case VALUE_ARRAY:
        break;
    }
    return logic_text(ev, v, &text) < 0 ? -1 : text_number(ev, &text, out);
}

static bool is_thing(const struct value *v)
{
    return v->type == VALUE_ARRAY || v->type == VALUE_OBJECT;
}

/* ToPrimitive: lists and objects become text. */
static int primitive(struct logic_eval *ev, const struct value *v, struct value *out)
{
    if (is_thing(v))
        return logic_text(ev, v, out);
    *out = *v;
    return 0;
}

/* Reading the text of both as far as the shorter goes. */
static int spend_compare(struct logic_eval *ev, const struct value *a, const struct value *b)
{
    return logic_spend_text(ev, a->length < b->length ? a->length : b->length);
}

/* Of two values with different types, neither of them null. */
static int mixed_equal(struct logic_eval *ev, const struct value *a, const struct value *b,
                       bool *out)
{
    struct value left, right;
    double x, y;
    if (primitive(ev, a, &left) < 0 || primitive(ev, b, &right) < 0)
        return -1;
    if (left.type == right.type) {
        *out = value_same(&left, &right);
        return spend_compare(ev, &left, &right);
    }
    if (logic_number(ev, &left, &x) < 0 || logic_number(ev, &right, &y) < 0)
        return -1;
    *out = x == y;
    return 0;
}

int logic_loosely_equal(struct logic_eval *ev, const struct value *a, const struct value *b,
                        bool *out)
{
    *out = a->type == b->type && value_same(a, b);
    if (a->type == b->type)
        return spend_compare(ev, a, b);
    if (a->type == VALUE_NULL || b->type == VALUE_NULL || (is_thing(a) && is_thing(b)))
        return 0;
    return mixed_equal(ev, a, b, out);
}

int logic_before(struct logic_eval *ev, const struct value *a, const struct value *b, bool or_equal,
                 bool *out)
{
    struct value left, right;
    double x, y;
    if (primitive(ev, a, &left) < 0 || primitive(ev, b, &right) < 0)
        return -1;
    if (left.type == VALUE_STRING && right.type == VALUE_STRING) {
        int order = value_text_compare(&left, &right);
        *out = order < 0 || (or_equal && !order);
        return spend_compare(ev, &left, &right);
    }
    if (logic_number(ev, &left, &x) < 0 || logic_number(ev, &right, &y) < 0)
        return -1;
    *out = x < y || (or_equal && x == y);
    return 0;
}
