#include "payload_schema_parts.h"

#include <math.h>

#define TWO_TO_63 9223372036854775808.0
#define BYTES_PER_STEP 256 /* of text that is read for one step */
#define TEXT_SHOWN 40      /* characters of a value in a sentence */

bool schema_is_number(const struct json *v)
{
    return json_type(v) == JSON_INT || json_type(v) == JSON_DOUBLE;
}

bool schema_integer_beyond(const struct json *v)
{
    int64_t n = json_type(v) == JSON_INT ? json_int(v) : 0;
    if (n != INT64_MAX)
        return n == INT64_MIN;
    struct str s = STR_INIT;
    json_canonical(&s, v);
    bool beyond = strcmp(s.buf, "9223372036854775807") != 0;
    str_release(&s);
    return beyond;
}

struct schema_number schema_number_of(const struct json *v)
{
    struct schema_number a = {.d = json_double(v)};
    if (json_type(v) == JSON_INT) {
        a.integer = !schema_integer_beyond(v);
        a.n = json_int(v);
    } else if (a.d > -TWO_TO_63 && a.d < TWO_TO_63) {
        a.n = (int64_t)a.d;
        a.integer = (double)a.n == a.d;
    }
    return a;
}

static int order(bool below, bool above)
{
    return (int)above - (int)below;
}

int schema_number_compare(struct schema_number a, struct schema_number b)
{
    if (a.integer && b.integer)
        return order(a.n<b.n, a.n> b.n);
    /* A double out of the integers' range must not meet an integer that was rounded up to it. */
    if (a.integer && fabs(b.d) >= TWO_TO_63)
        return b.d > 0 ? -1 : 1;
    if (b.integer && fabs(a.d) >= TWO_TO_63)
        return a.d > 0 ? 1 : -1;
    return order(a.d<b.d, a.d> b.d);
}

bool schema_number_is_whole(struct schema_number a)
{
    return a.integer || fabs(a.d) >= TWO_TO_63;
}

bool schema_number_divides(int64_t divisor, struct schema_number a)
{
    if (a.integer)
        return a.n % divisor == 0;
    if (fabs(a.d) < TWO_TO_63 || !isfinite(a.d))
        return false;
    int exponent;
    uint64_t rest = (uint64_t)ldexp(frexp(fabs(a.d), &exponent), 53) % (uint64_t)divisor;
    for (exponent -= 53; exponent > 0; exponent--)
        rest = rest * 2 % (uint64_t)divisor;
    return rest == 0;
}

static uint64_t mix(uint64_t hash, uint64_t more)
{
    hash = (hash ^ more) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

static uint64_t bytes_hash(const char *p, size_t n, size_t *steps)
{
    uint64_t hash = n;
    for (size_t i = 0; i < n; i++)
        hash = mix(hash, (unsigned char)p[i]);
    *steps += n / BYTES_PER_STEP;
    return hash;
}

static uint64_t number_hash(struct schema_number a)
{
    uint64_t bits;
    if (a.integer)
        return mix(JSON_INT, (uint64_t)a.n);
    memcpy(&bits, &a.d, sizeof bits);
    return mix(JSON_DOUBLE, bits);
}

struct hashing {
    uint64_t hash;
    size_t *steps;
};

static bool member_hash(const char *key, const struct json *v, void *arg)
{
    struct hashing *h = arg;
    /* A sum, because the order of members does not matter. */
    h->hash += mix(bytes_hash(key, strlen(key), h->steps), schema_hash(v, h->steps));
    return true;
}

uint64_t schema_hash(const struct json *v, size_t *steps)
{
    ++*steps;
    struct hashing h = {.hash = json_type(v), .steps = steps};
    size_t n = 0;
    const char *text;
    switch (json_type(v)) {
    case JSON_NULL:
        break;
    case JSON_BOOL:
        return mix(h.hash, json_bool(v));
    case JSON_INT:
    case JSON_DOUBLE:
        return number_hash(schema_number_of(v));
    case JSON_STRING:
        text = json_string(v, &n);
        return mix(h.hash, bytes_hash(text, n, steps));
    case JSON_ARRAY:
        for (size_t i = 0; i < json_array_size(v); i++)
            h.hash = mix(h.hash, schema_hash(json_at(v, i), steps));
        break;
    case JSON_OBJECT:
        json_each(v, member_hash, &h);
        break;
    }
    return h.hash;
}

static bool strings_equal(const struct json *a, const struct json *b, size_t *steps)
{
    size_t n = 0, m = 0;
    const char *left = json_string(a, &n), *right = json_string(b, &m);
    *steps += n / BYTES_PER_STEP;
    return n == m && !memcmp(left, right, n);
}

static bool arrays_equal(const struct json *a, const struct json *b, size_t *steps)
{
    size_t n = json_array_size(a);
    bool equal = n == json_array_size(b);
    for (size_t i = 0; equal && i < n; i++)
        equal = schema_equal(json_at(a, i), json_at(b, i), steps);
    return equal;
}

struct comparison {
    const struct json *other;
    bool equal;
    size_t *steps;
};

static bool member_equal(const char *key, const struct json *v, void *arg)
{
    struct comparison *c = arg;
    const struct json *other;
    c->equal = json_member(c->other, key, &other) && schema_equal(v, other, c->steps);
    return c->equal;
}

static bool objects_equal(const struct json *a, const struct json *b, size_t *steps)
{
    struct comparison c = {
        .other = b, .equal = json_object_size(a) == json_object_size(b), .steps = steps};
    if (c.equal)
        json_each(a, member_equal, &c);
    return c.equal;
}

bool schema_equal(const struct json *a, const struct json *b, size_t *steps)
{
    ++*steps;
    if (schema_is_number(a) && schema_is_number(b))
        return !schema_number_compare(schema_number_of(a), schema_number_of(b));
    if (json_type(a) != json_type(b))
        return false;
    switch (json_type(a)) {
    case JSON_BOOL:
        return json_bool(a) == json_bool(b);
    case JSON_STRING:
        return strings_equal(a, b, steps);
    case JSON_ARRAY:
        return arrays_equal(a, b, steps);
    case JSON_OBJECT:
        return objects_equal(a, b, steps);
    default:
        return true;
    }
}

static int element_compare(const void *left, const void *right)
{
    const struct schema_element *a = left, *b = right;
    int by_hash = order(a->hash<b->hash, a->hash> b->hash);
    return by_hash ? by_hash : order(a->index<b->index, a->index> b->index);
}

void schema_elements_sort(struct schema_element *elements, const struct json *array, size_t *steps)
{
    size_t n = json_array_size(array);
    for (size_t i = 0; i < n; i++)
        elements[i] = (struct schema_element){
            .hash = schema_hash(json_at(array, i), steps), .index = i, .v = json_at(array, i)};
    if (n > 1)
        qsort(elements, n, sizeof *elements, element_compare);
}

bool schema_repeated(const struct json *array, size_t *first, size_t *second, size_t *steps)
{
    size_t n = json_array_size(array);
    struct schema_element *elements = mem_alloc((n + 1) * sizeof *elements);
    schema_elements_sort(elements, array, steps);
    bool found = false;
    for (size_t i = 0; i + 1 < n && !found; i++)
        for (size_t j = i + 1; j < n && elements[j].hash == elements[i].hash && !found &&
                               *steps <= PAYLOAD_SCHEMA_STEPS_MAX;
             j++) {
            found = schema_equal(elements[i].v, elements[j].v, steps);
            *first = elements[i].index;
            *second = elements[j].index;
        }
    free(elements);
    return found;
}

bool schema_elements_have(const struct schema_element *elements, size_t n, const struct json *v,
                          size_t *steps)
{
    uint64_t hash = schema_hash(v, steps);
    size_t low = 0;
    for (size_t high = n; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (elements[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n && elements[low].hash == hash && *steps <= PAYLOAD_SCHEMA_STEPS_MAX; low++)
        if (schema_equal(elements[low].v, v, steps))
            return true;
    return false;
}

/* Bytes of the first characters of a text. */
static size_t beginning(const char *text, size_t n, size_t characters)
{
    size_t end = 0;
    for (; end < n && characters; characters--) {
        size_t step = utf8_sequence(text + end, n - end);
        end += step ? step : 1;
    }
    return end;
}

void schema_quote(struct str *out, const char *text, size_t n)
{
    size_t shown = beginning(text, n, TEXT_SHOWN);
    str_addch(out, '"');
    str_add_json(out, text, shown);
    str_add(out, shown < n ? "…\"" : "\"");
}

void schema_show(struct str *out, const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    if (text) {
        schema_quote(out, text, n);
        return;
    }
    struct str s = STR_INIT;
    json_canonical(&s, v);
    size_t shown = beginning(s.buf, s.len, TEXT_SHOWN);
    str_addn(out, s.buf, shown);
    str_add(out, shown < s.len ? "…" : "");
    str_release(&s);
}

void schema_describe(struct str *out, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_ARRAY:
        str_add(out, "an array");
        break;
    case JSON_OBJECT:
        str_add(out, "an object");
        break;
    default:
        schema_show(out, v);
    }
}

static void add_token(struct str *out, const struct schema_place *place)
{
    str_addch(out, '/');
    if (!place->key)
        str_addf(out, "%zu", place->index);
    for (const char *c = place->key; c && *c; c++) {
        if (*c == '~')
            str_add(out, "~0");
        else if (*c == '/')
            str_add(out, "~1");
        else
            str_addch(out, *c);
    }
}

void schema_problem(struct problems *problems, const char *at, const struct schema_place *place,
                    const char *sentence)
{
    /* Places know only what is above them, and the values within a value are as deep as JSON. */
    const struct schema_place *down[JSON_DEPTH_MAX * 2];
    size_t n = 0;
    if (problems->count >= PROBLEMS_MAX) /* it will only be counted */
        place = NULL;
    for (; place && place->up && n < sizeof down / sizeof *down; place = place->up)
        down[n++] = place;
    struct str pointer = STR_INIT;
    str_add(&pointer, at);
    while (n--) {
        struct str token = STR_INIT;
        add_token(&token, down[n]);
        bool fits = pointer.len + token.len <= SCHEMA_POINTER_MAX;
        if (fits)
            str_addn(&pointer, token.buf, token.len);
        str_release(&token);
        if (!fits)
            break;
    }
    problems_add(problems, pointer.buf, "%s", sentence);
    str_release(&pointer);
}
