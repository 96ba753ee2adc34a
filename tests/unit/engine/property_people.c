#include "property.h"

static const char *const names[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6"};
static const char *const roles[] = {"r0", "r1", "approver", "admin"};
_Static_assert(sizeof names / sizeof *names == PEOPLE, "a name for each");
_Static_assert(sizeof roles / sizeof *roles == ROLES, "a name for each");

const char *person_name(unsigned i)
{
    return names[i];
}

/* NOBODY for a name that is none of theirs. */
static int person_of(const char *name)
{
    for (int i = 0; i < PEOPLE; i++)
        if (!strcmp(names[i], name))
            return i;
    return NOBODY;
}

static unsigned some(struct dice *dice)
{
    return dice_below(dice, 1u << PEOPLE) & dice_below(dice, 1u << PEOPLE);
}

static int somebody(struct dice *dice, unsigned percent)
{
    return dice_hit(dice, percent) ? (int)dice_below(dice, PEOPLE) : NOBODY;
}

void crowd_make(struct crowd *c, struct dice *dice)
{
    for (int i = 0; i < GROUPS; i++)
        c->groups[i] = some(dice) | (dice_hit(dice, 70) ? 2u << dice_below(dice, 6) : 0);
    for (int i = 0; i < ROLES; i++)
        c->roles[i] = some(dice) | some(dice) | 2u << dice_below(dice, 6);
    for (int i = 0; i < PEOPLE; i++) {
        c->manager[i] = somebody(dice, 70);
        c->deputy[i] = somebody(dice, 10);
    }
    c->owner = somebody(dice, 25);
    c->gone = dice_hit(dice, 20) ? 1u << dice_below(dice, PEOPLE) : 0;
    c->turn = dice_below(dice, PEOPLE);
}

void crowd_change(struct crowd *c, struct dice *dice)
{
    unsigned bit = 1u << dice_below(dice, PEOPLE);
    switch (dice_below(dice, 5)) {
    case 0:
        c->groups[dice_below(dice, GROUPS)] ^= bit;
        break;
    case 1:
        c->roles[dice_below(dice, ROLES)] ^= bit;
        break;
    case 2:
        c->gone ^= bit;
        break;
    case 3:
        c->deputy[dice_below(dice, PEOPLE)] = somebody(dice, 50);
        break;
    default:
        c->manager[dice_below(dice, PEOPLE)] = somebody(dice, 70);
        c->turn = dice_below(dice, PEOPLE);
    }
}

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) ? NULL : text + n;
}

/* Those whom "group:g1" or "role:r0" names; *is_list is false for what names one person. */
static unsigned set_of(const struct crowd *c, const char *selector, bool *is_list)
{
    const char *group = after(selector, "group:"), *role = after(selector, "role:");
    *is_list = group || role;
    if (group)
        return c->groups[group[1] - '0'] & ~c->gone;
    for (int i = 0; role && i < ROLES; i++)
        if (!strcmp(roles[i], role))
            return c->roles[i] & ~c->gone;
    return 0;
}

static bool is_there(const struct crowd *c, const char *user)
{
    int i = person_of(user);
    return i == NOBODY || !(c->gone & 1u << i);
}

static struct reply reply_set(struct arena *arena, unsigned set, unsigned from)
{
    const char **texts = arena_array(arena, PEOPLE, sizeof *texts);
    size_t n = 0;
    for (unsigned k = 0; k < PEOPLE; k++) {
        unsigned i = (from + k) % PEOPLE;
        if (set & 1u << i)
            texts[n++] = names[i];
    }
    return (struct reply){texts, n};
}

static struct reply reply_one(struct arena *arena, const char *user)
{
    const char **texts = arena_make(arena, const char *);
    *texts = user;
    return (struct reply){texts, user ? 1 : 0};
}

static struct reply reply_person(struct arena *arena, const int *of, const char *user)
{
    int i = person_of(user);
    return reply_one(arena, i == NOBODY || of[i] == NOBODY ? NULL : names[of[i]]);
}

static bool is_named(const struct crowd *c, const char *selector, const char *user)
{
    const char *inner = after(selector, "least_loaded:");
    bool is_list;
    unsigned set = set_of(c, inner ? inner : selector, &is_list);
    int i = person_of(user);
    return is_list ? i != NOBODY && set & 1u << i : is_there(c, user);
}

bool crowd_admits(const struct crowd *c, const char *role, const char *user)
{
    char selector[32];
    snprintf(selector, sizeof selector, "role:%s", role);
    return is_named(c, selector, user);
}

const char *crowd_deputy(const struct crowd *c, const char *user)
{
    int i = person_of(user), deputy = i == NOBODY ? NOBODY : c->deputy[i];
    return deputy == NOBODY || c->gone & 1u << deputy ? NULL : names[deputy];
}

/* Of "group:g1\np3" and the like. */
static struct reply ask_two(const struct crowd *c, struct arena *arena, const char *rest,
                            bool is_role)
{
    size_t n = strcspn(rest, "\n");
    const char *what = arena_strndup(arena, rest, n), *user = rest + n + 1;
    bool is = is_role ? crowd_admits(c, what, user) : is_named(c, what, user);
    return reply_one(arena, is ? user : NULL);
}

/* Business time is three times as long. */
static struct reply ask_due(struct arena *arena, const char *rest)
{
    const char *text = strchr(rest, '\n') + 1, *from = strchr(text, '\n') + 1;
    long long due = strtoll(from, NULL, 10) + 3 * strtoll(text, NULL, 10);
    return reply_one(arena, arena_printf(arena, "%lld", due));
}

int crowd_ask(void *arg, struct arena *arena, const char *question, struct reply *out,
              struct err *e)
{
    const struct crowd *c = arg;
    const char *rest;
    bool is_list;
    unsigned set = set_of(c, question, &is_list);
    if (is_list)
        *out = reply_set(arena, set, 0);
    else if ((rest = after(question, "user:")))
        *out = reply_one(arena, is_there(c, rest) ? rest : NULL);
    else if ((rest = after(question, "manager:")))
        *out = reply_person(arena, c->manager, rest);
    else if ((rest = after(question, "deputy:")))
        *out = reply_one(arena, crowd_deputy(c, rest));
    else if (after(question, "owner:"))
        *out = reply_one(arena, c->owner == NOBODY ? NULL : names[c->owner]);
    else if ((rest = after(question, "least_loaded:")))
        *out = reply_set(arena, set_of(c, rest, &is_list), c->turn);
    else if ((rest = after(question, "member:")))
        *out = ask_two(c, arena, rest, false);
    else if ((rest = after(question, "admits:")))
        *out = ask_two(c, arena, rest, true);
    else if ((rest = after(question, "due:")))
        *out = ask_due(arena, rest);
    else
        return err_set(e, ERR_INTERNAL, "nobody answers the question %s", question);
    return 0;
}
