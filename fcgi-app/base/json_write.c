#include "json.h"

#include "clock.h"

#include <assert.h>

#define LEVELS 64u /* bits of filled and object; the outermost is the text itself */

static uint64_t level_bit(const struct jsonw *w)
{
    return UINT64_C(1) << w->depth;
}

/* Puts in the comma that is due, and notes that the level is not empty any more. */
static void before_item(struct jsonw *w)
{
    if (w->filled & level_bit(w)) {
        assert(w->depth > 0);
        str_addch(w->out, ',');
    }
    w->filled |= level_bit(w);
}

static void before_value(struct jsonw *w)
{
    bool in_object = w->object & level_bit(w);
    assert(in_object == w->after_key);
    if (!in_object)
        before_item(w);
    w->after_key = false;
}

static void open_level(struct jsonw *w, bool object)
{
    before_value(w);
    assert(w->depth + 1 < LEVELS);
    w->depth++;
    w->filled &= ~level_bit(w);
    w->object = object ? w->object | level_bit(w) : w->object & ~level_bit(w);
    str_addch(w->out, object ? '{' : '[');
}

static void add_quoted(struct str *out, const char *s)
{
    str_addch(out, '"');
    str_add_json(out, s, strlen(s));
    str_addch(out, '"');
}

void jsonw_init(struct jsonw *w, struct str *out)
{
    *w = (struct jsonw){.out = out};
}

void jsonw_object(struct jsonw *w)
{
    open_level(w, true);
}

void jsonw_array(struct jsonw *w)
{
    open_level(w, false);
}

void jsonw_end(struct jsonw *w)
{
    assert(w->depth > 0 && !w->after_key);
    str_addch(w->out, w->object & level_bit(w) ? '}' : ']');
    w->depth--;
}

void jsonw_key(struct jsonw *w, const char *key)
{
    assert((w->object & level_bit(w)) && !w->after_key);
    before_item(w);
    add_quoted(w->out, key);
    str_addch(w->out, ':');
    w->after_key = true;
}

void jsonw_raw(struct jsonw *w, const char *json)
{
    before_value(w);
    str_add(w->out, json ? json : "null");
}

void jsonw_string(struct jsonw *w, const char *s)
{
    if (!s) {
        jsonw_null(w);
        return;
    }
    before_value(w);
    add_quoted(w->out, s);
}

void jsonw_int(struct jsonw *w, int64_t n)
{
    before_value(w);
    str_add_int(w->out, n);
}

void jsonw_bool(struct jsonw *w, bool b)
{
    jsonw_raw(w, b ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
    jsonw_raw(w, NULL);
}

void jsonw_time(struct jsonw *w, int64_t us)
{
    char text[TIME_TEXT_SIZE];
    jsonw_string(w, us ? time_text(us, text) : NULL);
}

void jsonw_kstring(struct jsonw *w, const char *key, const char *s)
{
    jsonw_key(w, key);
    jsonw_string(w, s);
}

void jsonw_kint(struct jsonw *w, const char *key, int64_t n)
{
    jsonw_key(w, key);
    jsonw_int(w, n);
}

void jsonw_kbool(struct jsonw *w, const char *key, bool b)
{
    jsonw_key(w, key);
    jsonw_bool(w, b);
}

void jsonw_kraw(struct jsonw *w, const char *key, const char *json)
{
    jsonw_key(w, key);
    jsonw_raw(w, json);
}

void jsonw_ktime(struct jsonw *w, const char *key, int64_t us)
{
    jsonw_key(w, key);
    jsonw_time(w, us);
}

static bool write_member(const char *key, const struct json *v, void *arg)
{
    jsonw_key(arg, key);
    jsonw_value(arg, v);
    return true;
}

void jsonw_members(struct jsonw *w, const struct json *object)
{
    json_each(object, write_member, w);
}

void jsonw_value(struct jsonw *w, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_OBJECT:
        jsonw_object(w);
        jsonw_members(w, v);
        jsonw_end(w);
        break;
    case JSON_ARRAY:
        jsonw_array(w);
        for (size_t i = 0, n = json_array_size(v); i < n; i++)
            jsonw_value(w, json_at(v, i));
        jsonw_end(w);
        break;
    default: /* a scalar has one form */
        before_value(w);
        json_canonical(w->out, v);
    }
}
