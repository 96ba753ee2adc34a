/* The operators that read the data. */
#include "logic_node.h"

/* The index that a segment of a path names, as JavaScript writes indexes: no sign, no leading
 * zero. false: none that an array can have. */
static bool index_of(const char *key, size_t *out)
{
    size_t n = strlen(key);
    *out = 0;
    if (!n || n > 9 || (n > 1 && *key == '0'))
        return false;
    for (; *key; key++) {
        if (*key < '0' || *key > '9')
            return false;
        *out = *out * 10 + (size_t)(*key - '0');
    }
    return true;
}

/* A property: a member, an element, or how many elements there are. */
static bool property(const struct value *of, const char *key, struct value *out)
{
    size_t i, n = value_count(of);
    if (of->type != VALUE_ARRAY)
        return value_member(of, key, out);
    if (!strcmp(key, "length")) {
        *out = value_number((double)n);
        return true;
    }
    if (!index_of(key, &i) || i >= n)
        return false;
    *out = value_at(of, i);
    return true;
}

/* Keys hold a NUL as C0 80 (base/json.h). */
static void segment_add(struct str *key, const char *p, size_t n)
{
    str_clear(key);
    for (const char *nul; (nul = memchr(p, '\0', n)) && n;) {
        str_addn(key, p, (size_t)(nul - p));
        str_add(key, "\xC0\x80");
        n -= (size_t)(nul - p) + 1;
        p = nul + 1;
    }
    str_addn(key, p, n);
}

/* How far a path goes is bounded by how deep the data is. */
static bool walk(const struct value *data, const struct value *path, struct value *out)
{
    struct str key = STR_INIT;
    const char *p = path->text, *end = p + path->length;
    struct value at = *data;
    bool found = true;
    while (found && p <= end) {
        const char *dot = memchr(p, '.', (size_t)(end - p));
        const char *stop = dot ? dot : end;
        const struct value parent = at;
        segment_add(&key, p, (size_t)(stop - p));
        found = property(&parent, key.buf, &at);
        p = stop + 1;
    }
    str_release(&key);
    *out = found ? at : value_null();
    return found;
}

/* What reduce shows lasts as long as the step; what is kept of it has to be copied. */
static int whole_data(struct logic_eval *ev, struct value *out)
{
    *out = *ev->data;
    if (!out->items || out->items != ev->frame)
        return 1;
    struct value *kept = logic_take(ev, out->count, sizeof *kept);
    if (!kept)
        return -1;
    memcpy(kept, out->items, out->count * sizeof *kept);
    out->items = kept;
    return logic_height(ev, out) < 0 ? -1 : 1;
}

/* 1, 0 when there is nothing (and null in *out), -1. */
static int look_up(struct logic_eval *ev, const struct value *key, struct value *out)
{
    struct value path;
    if (key->type == VALUE_NULL || (key->type == VALUE_STRING && !key->length))
        return whole_data(ev, out);
    if (logic_text(ev, key, &path) < 0 || logic_spend_text(ev, path.length) < 0)
        return -1;
    return walk(ev->data, &path, out);
}

int logic_var(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    const struct value none = value_null();
    int found = look_up(ev, n ? &args[0] : &none, out);
    if (found == 0 && n > 1)
        *out = args[1];
    return found < 0 ? -1 : 0;
}

static bool is_blank(const struct value *v)
{
    return v->type == VALUE_NULL || (v->type == VALUE_STRING && !v->length);
}

/* Those keys under which the data has nothing. */
static int missing_of(struct logic_eval *ev, const struct value *keys, struct value *out)
{
    size_t n = value_count(keys), count = 0;
    struct value *items = logic_take(ev, n, sizeof *items);
    if (!items || logic_spend(ev, n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        struct value key = value_at(keys, i), found;
        if (look_up(ev, &key, &found) < 0)
            return -1;
        if (is_blank(&found))
            items[count++] = key;
    }
    return logic_list(ev, items, count, out);
}

int logic_missing(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    if (n && args[0].type == VALUE_ARRAY)
        return missing_of(ev, &args[0], out);
    const struct value keys = value_list(args, n);
    return missing_of(ev, &keys, out);
}

int logic_missing_some(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double needed;
    const struct value one = value_list(&args[1], 1);
    const struct value *keys = args[1].type == VALUE_ARRAY ? &args[1] : &one;
    (void)n;
    if (logic_number(ev, &args[0], &needed) < 0 || missing_of(ev, keys, out) < 0)
        return -1;
    if ((double)(value_count(keys) - value_count(out)) >= needed)
        *out = value_list(NULL, 0);
    return 0;
}
