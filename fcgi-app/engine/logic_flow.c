/* The operators that evaluate their arguments when they need them: choices and lists. */
#include "logic_node.h"

int logic_if(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    size_t i = 0;
    for (; i + 1 < call->count; i += 2) {
        struct value test;
        if (logic_node(ev, &call->args[i], &test) < 0)
            return -1;
        if (value_truthy(&test))
            return logic_node(ev, &call->args[i + 1], out);
    }
    *out = value_null();
    return i < call->count ? logic_node(ev, &call->args[i], out) : 0;
}

/* The first argument of that truth, else the last one. */
static int first_of(struct logic_eval *ev, const struct logic *call, bool truth, struct value *out)
{
    for (size_t i = 0; i < call->count; i++) {
        if (logic_node(ev, &call->args[i], out) < 0)
            return -1;
        if (value_truthy(out) == truth)
            break;
    }
    return 0;
}

int logic_and(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    return first_of(ev, call, false, out);
}

int logic_or(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    return first_of(ev, call, true, out);
}

/* Evaluates the second argument with data of its own. */
static int body(struct logic_eval *ev, const struct logic *call, const struct value *data,
                struct value *out)
{
    const struct value *outer = ev->data;
    ev->data = data;
    int result = logic_spend(ev, 1) < 0 ? -1 : logic_node(ev, &call->args[1], out);
    ev->data = outer;
    return result;
}

int logic_map(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    struct value list;
    if (logic_node(ev, &call->args[0], &list) < 0)
        return -1;
    size_t n = value_count(&list);
    struct value *items = logic_take(ev, n, sizeof *items);
    if (!items)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct value item = value_at(&list, i);
        if (body(ev, call, &item, &items[i]) < 0)
            return -1;
    }
    return logic_list(ev, items, n, out);
}

int logic_filter(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    struct value list, test;
    if (logic_node(ev, &call->args[0], &list) < 0)
        return -1;
    size_t n = value_count(&list), kept = 0;
    struct value *items = logic_take(ev, n, sizeof *items);
    if (!items)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const struct value item = value_at(&list, i);
        if (body(ev, call, &item, &test) < 0)
            return -1;
        if (value_truthy(&test))
            items[kept++] = item;
    }
    return logic_list(ev, items, kept, out);
}

/* One step: the accumulator in *out is replaced by what the body makes of it and of item. */
static int fold(struct logic_eval *ev, const struct logic *call, const struct value *item,
                struct value *out)
{
    static const char *const keys[] = {"current", "accumulator"};
    const struct value shown[] = {*item, *out}, *outer = ev->frame;
    const struct value data = value_object(keys, shown, 2);
    ev->frame = shown;
    int result = body(ev, call, &data, out);
    ev->frame = outer;
    return result;
}

int logic_reduce(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    struct value list;
    *out = value_null();
    if (logic_node(ev, &call->args[0], &list) < 0 ||
        (call->count > 2 && logic_node(ev, &call->args[2], out) < 0))
        return -1;
    for (size_t i = 0; i < value_count(&list); i++) {
        const struct value item = value_at(&list, i);
        if (fold(ev, call, &item, out) < 0)
            return -1;
    }
    return 0;
}

/* Whether the body has that truth for an element; *count is how many there are. */
static int search(struct logic_eval *ev, const struct logic *call, bool truth, size_t *count,
                  bool *found)
{
    struct value list, test;
    *found = false;
    if (logic_node(ev, &call->args[0], &list) < 0)
        return -1;
    *count = value_count(&list);
    for (size_t i = 0; i < *count && !*found; i++) {
        const struct value item = value_at(&list, i);
        if (body(ev, call, &item, &test) < 0)
            return -1;
        *found = value_truthy(&test) == truth;
    }
    return 0;
}

/* Of an empty list nothing is said: false. */
int logic_all(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    size_t n;
    bool found;
    if (search(ev, call, false, &n, &found) < 0)
        return -1;
    *out = value_bool(n > 0 && !found);
    return 0;
}

int logic_none(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    size_t n;
    bool found;
    if (search(ev, call, true, &n, &found) < 0)
        return -1;
    *out = value_bool(!found);
    return 0;
}

int logic_some(struct logic_eval *ev, const struct logic *call, struct value *out)
{
    size_t n;
    bool found;
    if (search(ev, call, true, &n, &found) < 0)
        return -1;
    *out = value_bool(found);
    return 0;
}
