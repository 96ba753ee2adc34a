#include "scenario.h"

#include "base/fields.h"
#include "engine/calendar.h"

struct cast_body {
    const struct json *groups, *roles, *load, *managers, *owners, *deputies, *gone;
};

#define BODY(member) offsetof(struct cast_body, member)

static const struct field fields[] = {
    {"groups", FIELD_OBJECT, 0, 0, 0, BODY(groups)},
    {"roles", FIELD_OBJECT, 0, 0, 0, BODY(roles)},
    {"load", FIELD_OBJECT, 0, 0, 0, BODY(load)},
    {"managers", FIELD_OBJECT, 0, 0, 0, BODY(managers)},
    {"owners", FIELD_OBJECT, 0, 0, 0, BODY(owners)},
    {"deputies", FIELD_OBJECT, 0, 0, 0, BODY(deputies)},
    {"gone", FIELD_ARRAY, 0, 0, 0, BODY(gone)},
};

struct shape {
    struct play *play;
    bool lists; /* else one person or null */
    bool fits;
};

static bool check_value(const char *key, const struct json *v, void *arg)
{
    struct shape *s = arg;
    if (s->lists)
        for (size_t i = 0; i < json_array_size(v); i++)
            s->fits = s->fits && json_string(json_at(v, i), NULL);
    s->fits = s->fits && (s->lists ? json_type(v) == JSON_ARRAY : !v || json_string(v, NULL));
    if (!s->fits)
        play_fail(s->play, "people: %s must be %s", key, s->lists ? "a list of ids" : "an id");
    return s->fits;
}

bool cast_add(struct play *p, const struct json *people)
{
    struct cast_body body = {0};
    if (!play_read(p, people, "people", fields, sizeof fields / sizeof *fields, &body))
        return false;
    struct shape lists = {p, true, true}, ones = {p, false, true};
    json_each(body.groups, check_value, &lists);
    json_each(body.roles, check_value, &lists);
    json_each(body.load, check_value, &lists);
    json_each(body.managers, check_value, &ones);
    json_each(body.owners, check_value, &ones);
    json_each(body.deputies, check_value, &ones);
    p->cast.stack[p->cast.count++] = people;
    return lists.fits && ones.fits;
}

/* What the newest object says that says something. */
static bool look_up(const struct cast *c, const char *kind, const char *key,
                    const struct json **out)
{
    for (size_t i = c->count; i-- > 0;)
        if (json_member(json_get(c->stack[i], kind), key, out))
            return true;
    *out = NULL;
    return false;
}

static bool lists(const struct json *list, const char *user)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!strcmp(json_string(json_at(list, i), NULL), user))
            return true;
    return false;
}

static bool is_gone(const struct cast *c, const char *user)
{
    const struct json *gone = NULL;
    for (size_t i = c->count; i-- > 0 && !json_member(c->stack[i], "gone", &gone);)
        ;
    return lists(gone, user);
}

static struct reply reply_one(struct arena *arena, const char *text)
{
    const char **texts = arena_make(arena, const char *);
    *texts = text;
    return (struct reply){texts, text ? 1 : 0};
}

static struct reply reply_list(const struct cast *c, struct arena *arena, const struct json *list)
{
    size_t n = 0;
    const char **texts = arena_array(arena, json_array_size(list), sizeof *texts);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *user = json_string(json_at(list, i), NULL);
        if (!is_gone(c, user))
            texts[n++] = user;
    }
    return (struct reply){texts, n};
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) ? NULL : text + n;
}

/* The list that "group:…" or "role:…" names; NULL: it names none. */
static const struct json *list_of(const struct cast *c, const char *selector)
{
    const char *group = after(selector, "group:"), *role = after(selector, "role:");
    const struct json *list = NULL;
    if (group || role)
        look_up(c, group ? "groups" : "roles", group ? group : role, &list);
    return list;
}

static bool is_list(const char *selector)
{
    return after(selector, "group:") || after(selector, "role:");
}

bool cast_has_role(const struct cast *c, const char *role, const char *user)
{
    const struct json *list;
    look_up(c, "roles", role, &list);
    return lists(list, user);
}

static struct reply ask_member(const struct cast *c, struct arena *arena, const char *rest)
{
    const char *user = strrchr(rest, '\n') + 1;
    const char *selector = arena_strndup(arena, rest, (size_t)(user - 1 - rest));
    const char *inner = after(selector, "least_loaded:");
    if (inner)
        selector = inner;
    bool is = !is_gone(c, user) && (!is_list(selector) || lists(list_of(c, selector), user));
    return reply_one(arena, is ? user : NULL);
}

/* A role that the scenario does not speak of is everybody's: nobody signs in. */
static struct reply ask_admits(const struct cast *c, struct arena *arena, const char *rest)
{
    const char *user = strrchr(rest, '\n') + 1;
    const char *role = arena_strndup(arena, rest, (size_t)(user - 1 - rest));
    const struct json *list;
    bool is = !is_gone(c, user) && (!look_up(c, "roles", role, &list) || lists(list, user));
    return reply_one(arena, is ? user : NULL);
}

static int ask_due(const struct cast *c, struct arena *arena, const char *rest, struct reply *out,
                   struct err *e)
{
    const char *text = strchr(rest, '\n') + 1, *from = strchr(text, '\n') + 1;
    const char *id = arena_strndup(arena, rest, (size_t)(text - 1 - rest));
    const struct json *body = json_get(c->calendars, id);
    const struct calendar *calendar;
    char *unit;
    int64_t n = strtoll(text, &unit, 10);
    bool days = !strncmp(unit, "bd\n", 3);
    if (!days && strncmp(unit, "us\n", 3) != 0)
        return err_set(e, ERR_INTERNAL, "what duration is in %s?", rest);
    struct duration d = {
        .unit = days ? DURATION_BUSINESS_DAYS : DURATION_BUSINESS_HOURS,
        .us = days ? 0 : n,
        .days = days ? n : 0,
    };
    if (!body)
        return err_set(e, ERR_CONFLICT, "there is no calendar \"%s\"", id);
    if (calendar_parse(arena, body, c->zones, &calendar, e) < 0)
        return -1;
    int64_t due = calendar_add(calendar, strtoll(from, NULL, 10), &d);
    *out = reply_one(arena, arena_printf(arena, "%lld", (long long)due));
    return 0;
}

static struct reply ask_one(const struct cast *c, struct arena *arena, const char *kind,
                            const char *user)
{
    const struct json *one;
    look_up(c, kind, user, &one);
    return reply_one(arena, json_string(one, NULL));
}

int cast_ask(void *arg, struct arena *arena, const char *question, struct reply *out, struct err *e)
{
    const struct cast *c = arg;
    const char *rest;
    if ((rest = after(question, "user:")))
        *out = reply_one(arena, is_gone(c, rest) ? NULL : rest);
    else if (is_list(question))
        *out = reply_list(c, arena, list_of(c, question));
    else if ((rest = after(question, "manager:")))
        *out = ask_one(c, arena, "managers", rest);
    else if ((rest = after(question, "owner:")))
        *out = ask_one(c, arena, "owners", rest);
    else if ((rest = after(question, "deputy:")))
        *out = ask_one(c, arena, "deputies", rest);
    else if ((rest = after(question, "member:")))
        *out = ask_member(c, arena, rest);
    else if ((rest = after(question, "admits:")))
        *out = ask_admits(c, arena, rest);
    else if ((rest = after(question, "due:")))
        return ask_due(c, arena, rest, out, e);
    else if ((rest = after(question, "least_loaded:"))) {
        const struct json *list;
        *out = reply_list(c, arena, look_up(c, "load", rest, &list) ? list : list_of(c, rest));
    } else {
        return err_set(e, ERR_INTERNAL, "nobody answers the question %s", question);
    }
    return 0;
}
