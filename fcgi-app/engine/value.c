#include "value.h"

struct value value_null(void)
{
    return (struct value){.type = VALUE_NULL};
}

struct value value_bool(bool truth)
{
    return (struct value){.type = VALUE_BOOL, .truth = truth};
}

struct value value_number(double number)
{
    return (struct value){.type = VALUE_NUMBER, .number = number};
}

struct value value_text(const char *text, size_t n)
{
    return (struct value){.type = VALUE_STRING, .text = text, .length = n};
}

struct value value_string(const char *text)
{
    return text ? value_text(text, strlen(text)) : value_null();
}

struct value value_json(const struct json *v)
{
    size_t n = 0;
    const char *text;
    switch (json_type(v)) {
    case JSON_BOOL:
        return value_bool(json_bool(v));
    case JSON_INT:
    case JSON_DOUBLE:
        return value_number(json_double(v));
    case JSON_STRING:
        text = json_string(v, &n);
        return value_text(text, n);
    case JSON_ARRAY:
        return (struct value){.type = VALUE_ARRAY, .json = v};
    case JSON_OBJECT:
        return (struct value){.type = VALUE_OBJECT, .json = v};
    default:
        return value_null();
    }
}

static unsigned char height_over(const struct value *items, size_t count)
{
    unsigned char height = 0;
    for (size_t i = 0; i < count; i++)
        if (items[i].height > height)
            height = items[i].height;
    return height < UINT8_MAX ? (unsigned char)(height + 1) : UINT8_MAX;
}

struct value value_list(const struct value *items, size_t count)
{
    return (struct value){
        .type = VALUE_ARRAY, .items = items, .count = count, .height = height_over(items, count)};
}

struct value value_object(const char *const *keys, const struct value *items, size_t count)
{
    return (struct value){.type = VALUE_OBJECT,
                          .keys = keys,
                          .items = items,
                          .count = count,
                          .height = height_over(items, count)};
}

size_t value_count(const struct value *v)
{
    if (v->type != VALUE_ARRAY)
        return 0;
    return v->json ? json_array_size(v->json) : v->count;
}

struct value value_at(const struct value *v, size_t i)
{
    return v->json ? value_json(json_at(v->json, i)) : v->items[i];
}

bool value_member(const struct value *v, const char *key, struct value *out)
{
    const struct json *member;
    if (v->type != VALUE_OBJECT)
        return false;
    if (v->json) {
        if (!json_member(v->json, key, &member))
            return false;
        *out = value_json(member);
        return true;
    }
    for (size_t i = 0; i < v->count; i++)
        if (!strcmp(v->keys[i], key)) {
            *out = v->items[i];
            return true;
        }
    return false;
}

bool value_truthy(const struct value *v)
{
    switch (v->type) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOL:
        return v->truth;
    case VALUE_NUMBER:
        return v->number < 0 || v->number > 0; /* neither zero nor NaN */
    case VALUE_STRING:
        return v->length > 0;
    case VALUE_ARRAY:
        return value_count(v) > 0;
    case VALUE_OBJECT:
        break;
    }
    return true;
}

int value_text_compare(const struct value *a, const struct value *b)
{
    size_t n = a->length < b->length ? a->length : b->length;
    int order = n ? memcmp(a->text, b->text, n) : 0;
    if (order)
        return order;
    return a->length < b->length ? -1 : a->length > b->length;
}

/* Lists that were made apart are two; empty ones have no items to tell them by and are taken so. */
static bool same_thing(const struct value *a, const struct value *b)
{
    if (a->json || b->json)
        return a->json == b->json;
    return a->count && a->items == b->items && a->count == b->count;
}

bool value_same(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a->truth == b->truth;
    case VALUE_NUMBER:
        return a->number == b->number;
    case VALUE_STRING:
        return a->length == b->length && !value_text_compare(a, b);
    case VALUE_ARRAY:
    case VALUE_OBJECT:
        break;
    }
    return same_thing(a, b);
}
