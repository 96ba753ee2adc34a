/* What the tests of rules and conditions share: from JSON text to a value, and to text again. */
#ifndef TESTS_LOGIC_WORLD_H
#define TESTS_LOGIC_WORLD_H

#include "engine/value.h"
#include "../check.h"

static struct arena *arena;
static struct err err;
static struct problems problems;

static inline const struct json *parsed(const char *text)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *v = NULL;
    struct err e = ERR_INIT;
    CHECK_FATAL(json_parse(arena, text, strlen(text), &limits, &v, &e) == 0);
    return v;
}

static inline void show(struct str *out, const struct value *v)
{
    switch (v->type) {
    case VALUE_NULL:
        str_add(out, "null");
        break;
    case VALUE_BOOL:
        str_add(out, v->truth ? "true" : "false");
        break;
    case VALUE_NUMBER:
        number_add(out, v->number);
        break;
    case VALUE_STRING:
        CHECK(v->text[v->length] == '\0');
        str_addch(out, '"');
        str_add_json(out, v->text, v->length);
        str_addch(out, '"');
        break;
    case VALUE_ARRAY:
        str_addch(out, '[');
        for (size_t i = 0; i < value_count(v); i++) {
            const struct value item = value_at(v, i);
            str_add(out, i ? "," : "");
            show(out, &item);
        }
        str_addch(out, ']');
        break;
    case VALUE_OBJECT:
        str_add(out, "{}");
        break;
    }
}

/* As JSON without white space, an object as "{}". */
static inline const char *shown(const struct value *v)
{
    struct str out = STR_INIT;
    show(&out, v);
    const char *text = arena_strndup(arena, out.buf, out.len);
    str_release(&out);
    return text;
}

/* Every problem on a line, "pointer: detail". */
static inline const char *problems_shown(void)
{
    struct str out = STR_INIT;
    for (const struct problem *p = problems.first; p; p = p->next)
        str_addf(&out, "%s%s: %s", p == problems.first ? "" : "\n", p->pointer, p->detail);
    const char *text = arena_strndup(arena, out.buf, out.len);
    str_release(&out);
    return text;
}

#endif
