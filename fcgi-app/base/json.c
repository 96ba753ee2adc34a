#include "json_text.h"

#include <inttypes.h>
#include <limits.h>

/* json-c has types of these names too. */
#define json_type jsonc_type
#define json_bool jsonc_bool
#include <json-c/json_object.h>
#include <json-c/json_tokener.h>
#include <json-c/linkhash.h>
#undef json_type
#undef json_bool

/* The value within the innermost container is one level more, and json-c wants one to spare. */
#define TOKENER_DEPTH (JSON_DEPTH_MAX + 2)

static struct json_object *node(const struct json *v)
{
    return (struct json_object *)(uintptr_t)v;
}

static const struct json *value(const struct json_object *o)
{
    return (const struct json *)o;
}

static int tree_build(const char *text, size_t len, struct json_object **tree, struct err *e)
{
    struct json_tokener *tok = json_tokener_new_ex(TOKENER_DEPTH);
    if (!tok)
        return err_set(e, ERR_UNAVAILABLE, "no memory to read the JSON");
    *tree = json_tokener_parse_ex(tok, text, (int)len);
    if (json_tokener_get_error(tok) == json_tokener_continue)
        /* A bare number is over only when something follows it. */
        *tree = json_tokener_parse_ex(tok, "", 1);
    enum json_tokener_error error = json_tokener_get_error(tok);
    json_tokener_free(tok);
    if (error != json_tokener_success)
        return err_set(e, ERR_INTERNAL, "json-c cannot read valid JSON: %s",
                       json_tokener_error_desc(error));
    return 0;
}

static size_t tree_members(struct json_object *o)
{
    size_t n = 0;
    if (json_object_is_type(o, json_type_object)) {
        struct lh_entry *entry;
        lh_foreach(json_object_get_object(o), entry) n += 1 + tree_members(lh_entry_v(entry));
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0, size = json_object_array_length(o); i < size; i++)
            n += tree_members(json_object_array_get_idx(o, i));
    }
    return n;
}

static void tree_free(void *tree)
{
    json_object_put(tree);
}

int json_parse(struct arena *arena, const char *text, size_t len, const struct json_limits *limits,
               const struct json **out, struct err *e)
{
    struct json_facts facts;
    struct json_object *tree = NULL;
    if (json_scan_facts(text, len, limits, &facts, e))
        return -1;
    if (len > INT_MAX / 2) /* json-c counts in int, and doubles its buffers */
        return err_set(e, ERR_TOO_LARGE, "%zu bytes of JSON are too many", len);

    struct str masked = STR_INIT;
    if (facts.nul_in_key)
        json_mask_nul_keys(&masked, text, len);
    int result = tree_build(facts.nul_in_key ? masked.buf : text,
                            facts.nul_in_key ? masked.len : len, &tree, e);
    str_release(&masked);
    if (result)
        return -1;
    /* json-c keeps the last of duplicates, so only they make the tree smaller than the text. */
    if (tree_members(tree) != facts.members) {
        json_object_put(tree);
        return json_refuse_duplicate(text, len, facts.members, e);
    }
    if (tree)
        arena_defer(arena, tree_free, tree);
    *out = value(tree);
    return 0;
}

int json_parse_kept(struct arena *arena, const char *text, const struct json **out, struct err *e)
{
    static const struct json_limits limits = {.max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX};
    return json_parse(arena, text, strlen(text), &limits, out, e);
}

enum json_type json_type(const struct json *v)
{
    switch (json_object_get_type(node(v))) {
    case json_type_null:
        return JSON_NULL;
    case json_type_boolean:
        return JSON_BOOL;
    case json_type_int:
        return JSON_INT;
    case json_type_double:
        return JSON_DOUBLE;
    case json_type_string:
        return JSON_STRING;
    case json_type_array:
        return JSON_ARRAY;
    case json_type_object:
        return JSON_OBJECT;
    }
    return JSON_NULL;
}

const char *json_type_name(enum json_type t)
{
    static const char *const names[] = {
#define X(name, text) [JSON_##name] = text,
        JSON_TYPES(X)
#undef X
    };
    return t < sizeof names / sizeof *names ? names[t] : "unknown";
}

bool json_member(const struct json *object, const char *key, const struct json **v)
{
    struct json_object *found = NULL;
    bool there =
        json_type(object) == JSON_OBJECT && json_object_object_get_ex(node(object), key, &found);
    *v = value(found);
    return there;
}

const struct json *json_get(const struct json *object, const char *key)
{
    const struct json *v;
    json_member(object, key, &v);
    return v;
}

size_t json_object_size(const struct json *object)
{
    return json_type(object) == JSON_OBJECT ? (size_t)json_object_object_length(node(object)) : 0;
}

void json_each(const struct json *object,
               bool (*fn)(const char *key, const struct json *v, void *arg), void *arg)
{
    if (json_type(object) != JSON_OBJECT)
        return;
    struct lh_entry *entry;
    lh_foreach(json_object_get_object(node(object)),
               entry) if (!fn(lh_entry_k(entry), lh_entry_v(entry), arg)) return;
}

size_t json_array_size(const struct json *array)
{
    return json_type(array) == JSON_ARRAY ? json_object_array_length(node(array)) : 0;
}

const struct json *json_at(const struct json *array, size_t i)
{
    return json_type(array) == JSON_ARRAY ? value(json_object_array_get_idx(node(array), i)) : NULL;
}

const char *json_string(const struct json *v, size_t *len)
{
    if (json_type(v) != JSON_STRING)
        return NULL;
    if (len)
        *len = (size_t)json_object_get_string_len(node(v));
    return json_object_get_string(node(v));
}

static bool is_number(const struct json *v)
{
    return json_type(v) == JSON_INT || json_type(v) == JSON_DOUBLE;
}

int64_t json_int(const struct json *v)
{
    return is_number(v) ? json_object_get_int64(node(v)) : 0;
}

double json_double(const struct json *v)
{
    return is_number(v) ? json_object_get_double(node(v)) : 0;
}

bool json_bool(const struct json *v)
{
    return json_type(v) == JSON_BOOL && json_object_get_boolean(node(v));
}

static int entry_compare(const void *left, const void *right)
{
    struct lh_entry *const *a = left, *const *b = right;
    return strcmp(lh_entry_k(*a), lh_entry_k(*b));
}

static void canonical_string(struct str *out, const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    str_addch(out, '"');
    str_add_json(out, text, n);
    str_addch(out, '"');
}

static void canonical_key(struct str *out, const char *key)
{
    const char *nul;
    str_addch(out, '"');
    for (; (nul = strstr(key, JSON_KEY_NUL)); key = nul + sizeof JSON_KEY_NUL - 1) {
        str_add_json(out, key, (size_t)(nul - key));
        str_add(out, "\\u0000");
    }
    str_add_json(out, key, strlen(key));
    str_add(out, "\":");
}

static void canonical_object(struct str *out, const struct json *v)
{
    size_t n = 0;
    struct lh_entry **sorted = mem_alloc(json_object_size(v) * sizeof *sorted), *entry;
    lh_foreach(json_object_get_object(node(v)), entry) sorted[n++] = entry;
    qsort(sorted, n, sizeof *sorted, entry_compare);
    str_addch(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            str_addch(out, ',');
        canonical_key(out, lh_entry_k(sorted[i]));
        json_canonical(out, lh_entry_v(sorted[i]));
    }
    str_addch(out, '}');
    free(sorted);
}

static void canonical_array(struct str *out, const struct json *v)
{
    str_addch(out, '[');
    for (size_t i = 0, n = json_array_size(v); i < n; i++) {
        if (i)
            str_addch(out, ',');
        json_canonical(out, json_at(v, i));
    }
    str_addch(out, ']');
}

static void canonical_int(struct str *out, const struct json *v)
{
    int64_t n = json_int(v);
    if (n == INT64_MAX) /* json-c holds up to twice that */
        str_addf(out, "%" PRIu64, json_object_get_uint64(node(v)));
    else
        str_add_int(out, n);
}

void json_canonical(struct str *out, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_NULL:
        str_add(out, "null");
        break;
    case JSON_BOOL:
        str_add(out, json_bool(v) ? "true" : "false");
        break;
    case JSON_INT:
        canonical_int(out, v);
        break;
    case JSON_DOUBLE:
        str_add(out, json_object_get_userdata(node(v))); /* where the tokener left the text */
        break;
    case JSON_STRING:
        canonical_string(out, v);
        break;
    case JSON_ARRAY:
        canonical_array(out, v);
        break;
    case JSON_OBJECT:
        canonical_object(out, v);
        break;
    }
}
