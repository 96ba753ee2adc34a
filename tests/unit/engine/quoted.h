/*
 * JSON that is written in a test: with ' for ".
 */
#ifndef TESTS_ENGINE_QUOTED_H
#define TESTS_ENGINE_QUOTED_H

#include "../check.h"
#include "base/arena.h"
#include "base/json.h"

static inline const struct json *json_of(struct arena *arena, const char *text)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    char *quoted = arena_strdup(arena, text);
    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (json_parse(arena, quoted, strlen(quoted), &limits, &v, &e) < 0)
        fprintf(stderr, "%s: %s\n", e.message, quoted);
    CHECK_FATAL(e.kind == ERR_NONE);
    return v;
}

#endif
