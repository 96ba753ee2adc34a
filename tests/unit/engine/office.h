/*
 * What the tests of calendars share: a calendar written in JSON (with ' for ").
 */
#ifndef TESTS_ENGINE_OFFICE_H
#define TESTS_ENGINE_OFFICE_H

#include "../check.h"
#include "base/clock.h"
#include "engine/calendar.h"

#define MINUTE (60 * US_PER_SECOND)
#define HOUR (60 * MINUTE)

/* One arena, one set of zones, the calendar in hand. */
struct office {
    struct arena *arena;
    struct zones *zones;
    const struct calendar *calendar;
};

/* text is JSON with ' for ". */
static inline int office_parse(struct office *o, const char *text, struct err *e)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *body = NULL;
    char *quoted = arena_strdup(o->arena, text);
    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    struct err bad = ERR_INIT;
    struct arena *source = arena_new();
    if (json_parse(source, quoted, strlen(quoted), &limits, &body, &bad) < 0)
        fprintf(stderr, "%s: %s\n", bad.message, quoted);
    CHECK_FATAL(bad.kind == ERR_NONE);
    int rc = calendar_parse(o->arena, body, o->zones, &o->calendar, e);
    arena_free(&source); /* a calendar does not need it any more */
    return rc;
}

static inline struct office office_new(void)
{
    return (struct office){.arena = arena_new(), .zones = zones_new(NULL)};
}

static inline void office_free(struct office *o)
{
    arena_free(&o->arena);
    zones_free(&o->zones);
}

static inline void office_set(struct office *o, const char *text)
{
    struct err e = ERR_INIT;
    if (office_parse(o, text, &e) < 0)
        fprintf(stderr, "%s: %s\n", e.message, text);
    CHECK_FATAL(e.kind == ERR_NONE);
}

static inline int64_t us_of(const char *text)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    CHECK_FATAL(time_parse(text, &us, &e) == 0);
    return us;
}

#endif
