#include "fields.h"

#include "str.h"

#include <math.h>

struct reader {
    const struct field *field;
    const struct json *value;
    const char *pointer;
    void *target; /* the struct's member */
    struct problems *problems;
};

static bool is_empty(const struct json *v)
{
    size_t n = 0;
    switch (json_type(v)) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return !json_bool(v);
    case JSON_STRING:
        json_string(v, &n);
        return n == 0;
    case JSON_ARRAY:
        return json_array_size(v) == 0;
    case JSON_OBJECT:
        return json_object_size(v) == 0;
    default:
        return false;
    }
}

static bool in_range(const struct field *f, size_t n)
{
    long long count = (long long)n;
    return count >= f->min && (!f->max || count <= f->max);
}

/* "must be <what> of 1 to 200 characters" */
static void wrong_count(const struct reader *r, const char *what, const char *unit)
{
    const struct field *f = r->field;
    struct str s = STR_INIT;
    str_addf(&s, "must be %s", what);
    if (f->max && f->min == f->max)
        str_addf(&s, " of exactly %lld %s", f->max, unit);
    else if (f->max && f->min > 0)
        str_addf(&s, " of %lld to %lld %s", f->min, f->max, unit);
    else if (f->max)
        str_addf(&s, " of at most %lld %s", f->max, unit);
    else if (f->min > 0)
        str_addf(&s, " of at least %lld %s", f->min, unit);
    if ((f->max ? f->max : f->min) > 1)
        str_addch(&s, 's');
    problems_add(r->problems, r->pointer, "%s", s.buf);
    str_release(&s);
}

/* What a text consists of. */
struct census {
    size_t characters;
    bool control; /* other than tab and line breaks */
    bool breaks;  /* tab and line breaks */
    bool visible;
};

static unsigned code_point(const char *p, size_t n)
{
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned code = (unsigned char)p[0] & first_bits[n];
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3Fu);
    return code;
}

/* Unicode's spaces, and the characters that show nothing at all. */
static bool is_blank(unsigned c)
{
    return c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x2064) || c == 0x3000 ||
           c == 0xFEFF;
}

static struct census text_census(const char *text, size_t n)
{
    struct census t = {0};
    for (size_t i = 0, step; i < n; i += step, t.characters++) {
        step = utf8_sequence(text + i, n - i);
        step = step ? step : 1;
        unsigned c = code_point(text + i, step);
        if (c == '\t' || c == '\n' || c == '\r')
            t.breaks = true;
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            t.control = true;
        else if (!is_blank(c))
            t.visible = true;
    }
    return t;
}

bool fields_is_id(const char *text, size_t n, size_t max)
{
    struct census t = text_census(text, n);
    return t.visible && !t.control && !t.breaks && t.characters <= max;
}

static void read_text(const struct reader *r, bool id)
{
    size_t n = 0;
    const char *text = json_string(r->value, &n);
    struct census t = text_census(text ? text : "", n);
    if (!text || !in_range(r->field, t.characters))
        wrong_count(r, "a string", "character");
    else if (id && (t.control || t.breaks))
        problems_add(r->problems, r->pointer, "must not contain control characters");
    else if (t.control)
        problems_add(r->problems, r->pointer,
                     "must not contain control characters other than tab and line breaks");
    else if (id && !t.visible)
        problems_add(r->problems, r->pointer, "must not be blank");
    else
        *(const char **)r->target = text;
}

static void read_string(const struct reader *r)
{
    read_text(r, false);
}

static void read_id(const struct reader *r)
{
    read_text(r, true);
}

static void read_int(const struct reader *r)
{
    const struct field *f = r->field;
    int64_t n = json_int(r->value);
    if (json_type(r->value) != JSON_INT || n < f->min || n > f->max)
        problems_add(r->problems, r->pointer, "must be a whole number from %lld to %lld", f->min,
                     f->max);
    else
        *(int64_t *)r->target = n;
}

static void keep_node(const struct reader *r)
{
    *(const struct json **)r->target = r->value;
}

static void read_number(const struct reader *r)
{
    enum json_type type = json_type(r->value);
    if (type != JSON_INT && type != JSON_DOUBLE)
        problems_add(r->problems, r->pointer, "must be a number");
    else if (!isfinite(json_double(r->value)))
        problems_add(r->problems, r->pointer, "must be a number between -1.7e308 and 1.7e308");
    else
        keep_node(r);
}

static void read_bool(const struct reader *r)
{
    if (json_type(r->value) != JSON_BOOL)
        problems_add(r->problems, r->pointer, "must be true or false");
    else
        *(bool *)r->target = json_bool(r->value);
}

static void read_object(const struct reader *r)
{
    if (json_type(r->value) != JSON_OBJECT)
        problems_add(r->problems, r->pointer, "must be an object");
    else if (!in_range(r->field, json_object_size(r->value)))
        wrong_count(r, "an object", "member");
    else
        keep_node(r);
}

static void read_array(const struct reader *r)
{
    if (json_type(r->value) != JSON_ARRAY)
        problems_add(r->problems, r->pointer, "must be an array");
    else if (!in_range(r->field, json_array_size(r->value)))
        wrong_count(r, "an array", "element");
    else
        keep_node(r);
}

static void (*const readers[])(const struct reader *r) = {
    [FIELD_STRING] = read_string, [FIELD_ID] = read_id,     [FIELD_INT] = read_int,
    [FIELD_NUMBER] = read_number, [FIELD_BOOL] = read_bool, [FIELD_OBJECT] = read_object,
    [FIELD_ARRAY] = read_array,   [FIELD_ANY] = keep_node,
};
_Static_assert(sizeof readers / sizeof *readers == FIELD_ANY + 1, "a reader for each type");

static void read_field(const struct reader *r)
{
    const struct field *f = r->field;
    if (f->flags & FIELD_LATER) {
        if (!is_empty(r->value))
            problems_add(r->problems, r->pointer, "\"%s\" is not supported by this version yet",
                         f->name);
    } else if (r->value) {
        readers[f->type](r);
    } else if (f->flags & FIELD_REQUIRED) {
        problems_add(r->problems, r->pointer, "is required");
    }
}

void fields_read(const struct json *object, const char *base, const struct field *fields, size_t n,
                 void *out, struct problems *problems)
{
    if (json_type(object) != JSON_OBJECT) {
        problems_add(problems, base, "must be an object");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct reader r = {
            .field = &fields[i],
            .value = json_get(object, fields[i].name),
            .pointer = pointer_key(problems->arena, base, fields[i].name),
            .target = (char *)out + fields[i].offset,
            .problems = problems,
        };
        read_field(&r);
    }
}

struct stranger_search {
    const struct field *fields;
    size_t n;
    const char *base;
    struct problems *problems;
};

/* "id, name and members" */
static void add_names(struct str *s, const struct field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(s, "%s%s", i == 0 ? "" : i == n - 1 ? " and " : ", ", fields[i].name);
}

static bool refuse_stranger(const char *key, const struct json *v, void *arg)
{
    (void)v;
    const struct stranger_search *search = arg;
    for (size_t i = 0; i < search->n; i++)
        if (!strcmp(search->fields[i].name, key))
            return true;
    struct str known = STR_INIT;
    add_names(&known, search->fields, search->n);
    problems_add(search->problems, pointer_key(search->problems->arena, search->base, key),
                 "is not known here; what may be given is %s", known.buf);
    str_release(&known);
    return search->problems->count <= PROBLEMS_MAX;
}

void fields_refuse_unknown(const struct json *object, const char *base, const struct field *fields,
                           size_t n, struct problems *problems)
{
    struct stranger_search search = {.fields = fields, .n = n, .base = base, .problems = problems};
    json_each(object, refuse_stranger, &search);
}
