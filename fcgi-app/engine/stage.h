/*
 * One stage of a definition, read from JSON. Nobody outside the engine
 * includes it.
 */
#ifndef ENGINE_STAGE_H
#define ENGINE_STAGE_H

#include "definition.h"

#include "base/fields.h"

/* A row of a table of fields: a member of the language that this version does not have. */
#define LATER(name)                           \
    {                                         \
        name, FIELD_ANY, FIELD_LATER, 0, 0, 0 \
    }

/* at is the pointer of the stage, number its place in the author's list from 1. Problems are added
 * for whatever does not fit; *out may be used only where there are none. */
void stage_parse(const struct json *body, const char *at, const char *workflow_id, size_t number,
                 struct stage *out, struct problems *problems);

/* That a member which is kept for later is an object or a list. */
void kept_check(const struct json *object, const char *at, const char *member,
                struct problems *problems);

#endif
