/*
 * One stage of a definition, read from JSON. Nobody outside the engine
 * includes it.
 */
#ifndef ENGINE_STAGE_H
#define ENGINE_STAGE_H

#include "definition.h"

#include "base/fields.h"

#define DURATION_TEXT_MAX 100
#define STAGE_LEVELS_MAX 20 /* of escalation; also reminders */

/* What the parts of a definition's parser share. */
struct parsing {
    struct arena *arena;       /* of the definition */
    struct problems *problems; /* in an arena of their own */
    struct problems *warnings; /* NULL: nobody wants them */
    const char *calendar;      /* of the definition; NULL: none */
};

/* at is the pointer of the stage, number its place in the author's list from 1. Problems are added
 * for whatever does not fit; *out may be used only where there are none. */
void stage_parse(const struct parsing *p, const struct json *body, const char *at,
                 const char *workflow_id, size_t number, struct stage *out);

/* sla and escalations of a stage. */
void stage_parse_times(const struct parsing *p, const struct json *sla,
                       const struct json *escalations, const char *at, struct stage *out);

/* A duration that may need a calendar. NULL text: none. */
void duration_member(const struct parsing *p, const char *text, const char *calendar,
                     const char *at, struct duration *out);

/* That a member which is kept as it is is an object or a list. */
void kept_check(const struct json *object, const char *at, const char *member,
                struct problems *problems);

/* The index of text among names, def where text is NULL; a problem naming all of them otherwise. */
int word_read(const char *text, const char *const *names, int count, int def, const char *at,
              struct problems *problems);

/* Warns of every member that none of the tables names. */
void unknown_members_warn(const struct parsing *p, const struct json *object, const char *at,
                          const struct field *fields, size_t n, const char *const *others);

#endif
