#include "workflow_check.h"

#include "engine/quorum.h"
#include "engine/step.h"
#include "outside.h"

#define GROUP "group:"

struct checking {
    struct session *s;
    struct arena *arena;
    const struct outside *outside;
    struct problems *problems, *warnings;
};

static const char *stage_at(struct arena *arena, const struct stage *s)
{
    return pointer_index(arena, "/stages", s->index);
}

static int check_calendar(const struct checking *c, const char *id, const char *at, struct err *e)
{
    struct calendar_row row;
    int found = id ? store_calendar_get(c->s, c->arena, id, &row, e) : 1;
    if (found == 0)
        problems_add(c->problems, pointer_key(c->arena, at, "calendar"),
                     "there is no calendar \"%s\"", id);
    return found < 0 ? -1 : 0;
}

static int check_group(const struct checking *c, const char *id, const char *at, struct err *e)
{
    struct group_row row;
    int found = store_group_get(c->s, c->arena, id, &row, e);
    if (found == 0)
        problems_add(c->warnings, at, "there is no group \"%s\"", id);
    return found < 0 ? -1 : 0;
}

struct crowd {
    struct place *places;
    size_t count, room;
};

static int add_person(const struct checking *c, struct crowd *crowd, const char *user,
                      const char *via)
{
    for (size_t i = 0; i < crowd->count; i++)
        if (!strcmp(crowd->places[i].user, user)) {
            crowd->places[i].via = arena_printf(c->arena, "%s\n%s", crowd->places[i].via, via);
            return 0;
        }
    if (crowd->count == crowd->room) {
        size_t room = crowd->room ? 2 * crowd->room : 16;
        struct place *more = arena_array(c->arena, room, sizeof *more);
        if (crowd->count)
            memcpy(more, crowd->places, crowd->count * sizeof *more);
        crowd->places = more;
        crowd->room = room;
    }
    crowd->places[crowd->count++] = (struct place){user, via, ANSWER_NONE};
    return 0;
}

/* Those whom the selector names today. Whom a requester's manager or a payload names is not known:
 * somebody. */
static int add_people(const struct checking *c, struct crowd *crowd, const struct selector *sel,
                      const char *at, struct err *e)
{
    struct reply reply = {NULL, 0};
    bool least = sel->kind == SELECTOR_LEAST_LOADED;
    const char *text = least ? sel->name : sel->text;
    if (sel->kind == SELECTOR_MANAGER || sel->kind == SELECTOR_PAYLOAD)
        return add_person(c, crowd, sel->text, sel->text);
    if (c->outside->ask(c->outside->ask_arg, c->arena, text, &reply, e) < 0)
        return -1;
    if (least && reply.count)
        return add_person(c, crowd, sel->text, sel->text);
    for (size_t i = 0; i < reply.count; i++)
        add_person(c, crowd, reply.texts[i], sel->text);
    bool group = !strncmp(text, GROUP, strlen(GROUP));
    return group && !reply.count ? check_group(c, text + strlen(GROUP), at, e) : 0;
}

static int add_list(const struct checking *c, struct crowd *crowd, const struct selector *list,
                    size_t n, const char *at, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (add_people(c, crowd, &list[i], at, e) < 0)
            return -1;
    return 0;
}

static bool can_complete(const struct checking *c, const struct stage *s, const struct crowd *crowd)
{
    if (s->requires)
        return requires_outcome(c->arena, s->requires, crowd->places, crowd->count) !=
               STAGE_IMPOSSIBLE;
    return crowd->count >= quorum_needed(s, crowd->count);
}

static int check_people(const struct checking *c, const struct stage *s, struct err *e)
{
    struct crowd crowd = {0};
    size_t n = 0;
    const struct selector *required = s->requires ? requires_selectors(s->requires, &n) : NULL;
    if (!s->approver_count && !s->requires)
        return 0;
    const char *at = stage_at(c->arena, s);
    if (add_list(c, &crowd, s->approvers, s->approver_count, at, e) < 0 ||
        add_list(c, &crowd, required, n, at, e) < 0)
        return -1;
    if (crowd.count > SLATE_MAX)
        problems_add(c->warnings, at, "it names %zu people today, and at most %d can be asked",
                     crowd.count, SLATE_MAX);
    if (!can_complete(c, s, &crowd))
        problems_add(c->warnings, at, "the %zu people whom it names today could not complete it",
                     crowd.count);
    return 0;
}

int workflow_check(struct service *sv, struct session *s, struct arena *arena,
                   const struct definition *d, struct problems *problems, struct problems *warnings,
                   struct err *e)
{
    struct outside o;
    if (outside_now(sv, s, arena, d, NULL, clock_now(sv->clock), &o, e) < 0)
        return -1;
    struct checking c = {s, arena, &o, problems, warnings};
    if (check_calendar(&c, d->calendar, "", e) < 0)
        return -1;
    for (size_t i = 0; i < d->stage_count; i++) {
        const struct stage *st = &d->stages[i];
        bool own = st->calendar && (!d->calendar || strcmp(st->calendar, d->calendar) != 0);
        if ((own && check_calendar(&c, st->calendar, stage_at(arena, st), e) < 0) ||
            check_people(&c, st, e) < 0)
            return -1;
    }
    return 0;
}
