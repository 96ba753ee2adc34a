#include "outside.h"

#include "engine/calendar.h"
#include "manual_only.h"
#include "rules_file.h"

#define DEPUTY_CHAIN_MAX 16

struct source {
    struct service *sv;
    struct session *s;
    int64_t now;
};

static struct reply reply_none(void)
{
    return (struct reply){NULL, 0};
}

static struct reply reply_one(struct arena *arena, const char *text)
{
    const char **texts = arena_make(arena, const char *);
    *texts = text;
    return (struct reply){texts, text ? 1 : 0};
}

/* 1: somebody of this id may act; 0: nobody. With authentication off, ids that are not registered
 * count as people. row may be NULL. */
static int is_active(const struct source *src, struct arena *arena, const char *id,
                     struct user_row *row, struct err *e)
{
    struct user_row own;
    struct user_row *user = row ? row : &own;
    int found = store_user_get(src->s, arena, id, user, e);
    if (found < 0)
        return -1;
    if (!found)
        *user = (struct user_row){.id = id};
    return found ? !user->removed_at : !src->sv->settings->auth;
}

static int ask_user(const struct source *src, struct arena *arena, const char *id,
                    struct reply *out, struct err *e)
{
    int active = is_active(src, arena, id, NULL, e);
    *out = active > 0 ? reply_one(arena, id) : reply_none();
    return active < 0 ? -1 : 0;
}

static int ask_group(const struct source *src, struct arena *arena, const char *id,
                     struct reply *out, struct err *e)
{
    struct group_row g;
    int found = store_group_get(src->s, arena, id, &g, e);
    *out = reply_none();
    if (found <= 0)
        return found;
    const char **members = arena_array(arena, g.member_count, sizeof *members);
    for (size_t i = 0; i < g.member_count; i++) {
        int active = is_active(src, arena, g.members[i], NULL, e);
        if (active < 0)
            return -1;
        if (active)
            members[out->count++] = g.members[i];
    }
    out->texts = members;
    return 0;
}

static int ask_role(const struct source *src, struct arena *arena, const char *role,
                    struct reply *out, struct err *e)
{
    return store_role_holders(src->s, arena, role, &out->texts, &out->count, e);
}

static int ask_manager(const struct source *src, struct arena *arena, const char *id,
                       struct reply *out, struct err *e)
{
    struct user_row user;
    int active = is_active(src, arena, id, &user, e);
    *out = active > 0 ? reply_one(arena, user.manager) : reply_none();
    return active < 0 ? -1 : 0;
}

static int ask_owner(const struct source *src, struct arena *arena, const char *id,
                     struct reply *out, struct err *e)
{
    struct user_row user;
    int active = is_active(src, arena, id, &user, e);
    *out = active > 0 ? reply_one(arena, user.owner) : reply_none();
    return active < 0 ? -1 : 0;
}

static bool was_seen(const char *const *seen, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(seen[i], id))
            return true;
    return false;
}

/* Along the chain of deputies to the one who is there; nobody where it goes round or too far. */
static int ask_deputy(const struct source *src, struct arena *arena, const char *id,
                      struct reply *out, struct err *e)
{
    const char *seen[DEPUTY_CHAIN_MAX];
    const char *at = id;
    *out = reply_none();
    for (size_t n = 0; n < DEPUTY_CHAIN_MAX; n++) {
        struct user_row user;
        int active = is_active(src, arena, at, &user, e);
        if (active <= 0)
            return active;
        if (src->now < user.absent_from || src->now >= user.absent_to) {
            *out = n ? reply_one(arena, at) : reply_none();
            return 0;
        }
        seen[n] = at;
        if (!user.deputy || was_seen(seen, n + 1, user.deputy))
            return 0;
        at = user.deputy;
    }
    return 0;
}

struct loaded {
    const char *user;
    struct load_row load;
};

static int by_load(const void *a, const void *b)
{
    const struct loaded *x = a, *y = b;
    if (x->load.open_tasks != y->load.open_tasks)
        return x->load.open_tasks < y->load.open_tasks ? -1 : 1;
    if (x->load.last_answered_at != y->load.last_answered_at)
        return x->load.last_answered_at < y->load.last_answered_at ? -1 : 1;
    return strcmp(x->user, y->user);
}

#define GROUP "group:"
#define ROLE "role:"
#define LEAST_LOADED "least_loaded:"

static const char *after(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) ? NULL : text + n;
}

static int ask_people(const struct source *src, struct arena *arena, const char *selector,
                      struct reply *out, struct err *e)
{
    const char *group = after(selector, GROUP), *role = after(selector, ROLE);
    *out = reply_none();
    return group  ? ask_group(src, arena, group, out, e)
           : role ? ask_role(src, arena, role, out, e)
                  : 0;
}

static int ask_least_loaded(const struct source *src, struct arena *arena, const char *selector,
                            struct reply *out, struct err *e)
{
    if (ask_people(src, arena, selector, out, e) < 0)
        return -1;
    struct loaded *all = arena_array(arena, out->count, sizeof *all);
    const char **users = arena_array(arena, out->count, sizeof *users);
    for (size_t i = 0; i < out->count; i++) {
        all[i].user = out->texts[i];
        if (store_user_load(src->s, all[i].user, &all[i].load, e) < 0)
            return -1;
    }
    if (out->count)
        qsort(all, out->count, sizeof *all, by_load);
    for (size_t i = 0; i < out->count; i++)
        users[i] = all[i].user;
    out->texts = users;
    return 0;
}

/* Text up to the line break, and what comes after it. */
static const char *first_line(struct arena *arena, const char *text, const char **rest)
{
    size_t n = strcspn(text, "\n");
    *rest = text[n] ? text + n + 1 : text + n;
    return arena_strndup(arena, text, n);
}

static int ask_member(const struct source *src, struct arena *arena, const char *question,
                      struct reply *out, struct err *e)
{
    const char *user;
    const char *selector = first_line(arena, question, &user);
    const char *inner = after(selector, LEAST_LOADED);
    selector = inner ? inner : selector;
    if (!after(selector, GROUP) && !after(selector, ROLE))
        return ask_user(src, arena, user, out, e);
    struct reply people;
    if (ask_people(src, arena, selector, &people, e) < 0)
        return -1;
    *out = was_seen(people.texts, people.count, user) ? reply_one(arena, user) : reply_none();
    return 0;
}

/* A slate that is open to a role. With authentication off everybody has the roles of the API. */
static int ask_admits(const struct source *src, struct arena *arena, const char *question,
                      struct reply *out, struct err *e)
{
    const char *user;
    struct user_row row;
    const char *role = first_line(arena, question, &user);
    int active = is_active(src, arena, user, &row, e);
    if (active > 0 && src->sv->settings->auth && !was_seen(row.roles, row.role_count, role))
        active = 0;
    *out = active > 0 ? reply_one(arena, user) : reply_none();
    return active < 0 ? -1 : 0;
}

static int read_duration(const char *text, struct duration *out, struct err *e)
{
    char *unit;
    int64_t n = strtoll(text, &unit, 10);
    bool days = !strcmp(unit, "bd");
    *out = (struct duration){
        .unit = days ? DURATION_BUSINESS_DAYS : DURATION_BUSINESS_HOURS,
        .us = days ? 0 : n,
        .days = days ? n : 0,
    };
    return days || !strcmp(unit, "us")
               ? 0
               : err_set(e, ERR_INTERNAL, "\"%s\" is no business duration", text);
}

static int find_calendar(const struct source *src, struct arena *arena, const char *id,
                         const struct calendar **out, struct err *e)
{
    struct calendar_row row;
    const struct json *body;
    int found = store_calendar_get(src->s, arena, id, &row, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_CONFLICT,
                       "there is no calendar \"%s\", which this workflow counts in", id);
    if (json_parse_kept(arena, row.definition, &body, e) < 0)
        return -1;
    return calendar_parse(arena, body, src->sv->zones, out, e);
}

static int ask_due(const struct source *src, struct arena *arena, const char *question,
                   struct reply *out, struct err *e)
{
    const char *rest, *from;
    const char *id = first_line(arena, question, &rest);
    const char *text = first_line(arena, rest, &from);
    const struct calendar *calendar = NULL;
    struct duration d;
    if (read_duration(text, &d, e) < 0 || find_calendar(src, arena, id, &calendar, e) < 0)
        return -1;
    int64_t due = calendar_add(calendar, strtoll(from, NULL, 10), &d);
    *out = reply_one(arena, arena_printf(arena, "%lld", (long long)due));
    return 0;
}

static const struct {
    const char *word;
    int (*ask)(const struct source *src, struct arena *arena, const char *rest, struct reply *out,
               struct err *e);
} questions[] = {
    {"user:", ask_user},     {GROUP, ask_group},
    {ROLE, ask_role},        {"manager:", ask_manager},
    {"owner:", ask_owner},   {"deputy:", ask_deputy},
    {"member:", ask_member}, {LEAST_LOADED, ask_least_loaded},
    {"admits:", ask_admits}, {"due:", ask_due},
};

static int ask(void *arg, struct arena *arena, const char *question, struct reply *out,
               struct err *e)
{
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const char *rest = after(question, questions[i].word);
        if (rest)
            return questions[i].ask(arg, arena, rest, out, e);
    }
    return err_set(e, ERR_INTERNAL, "nobody answers the question %s", question);
}

int outside_now(struct service *sv, struct session *s, struct arena *arena,
                const struct definition *d, const struct json *payload, int64_t now,
                struct outside *out, struct err *e)
{
    struct source *src = arena_make(arena, struct source);
    *src = (struct source){sv, s, now};
    *out = (struct outside){
        .now = now,
        .ask = ask,
        .ask_arg = src,
        .payload = payload,
    };
    if (!definition_asks_rules(d))
        return 0;
    struct rules_now rules = rules_file_now(sv->rules, arena);
    out->rules = rules.rules;
    out->rules_sha256 = rules.sha256;
    struct switch_row row;
    int found = store_switch_get(s, arena, MANUAL_ONLY_SWITCH, &row, e);
    out->manual_only = found > 0 && row.on;
    return found < 0 ? -1 : 0;
}
