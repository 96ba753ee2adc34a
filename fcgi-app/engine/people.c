#include "people.h"

#include "eligibility.h"

#include "base/fields.h"

static const char *first_of(struct reply reply)
{
    return reply.count ? reply.texts[0] : NULL;
}

static const char *ask_one(struct run *r, const char *word, const char *about)
{
    return first_of(run_ask(r, arena_printf(r->arena, "%s:%s", word, about)));
}

static const char *manager_of(struct run *r, const char *user, int steps)
{
    for (int i = 0; user && i < steps; i++)
        user = ask_one(r, "manager", user);
    return user ? ask_one(r, "user", user) : NULL;
}

/* The id that a JSON pointer (RFC 6901) into the payload names; NULL: none. */
static const char *named_in_payload(struct run *r, const char *pointer)
{
    size_t n = 0;
    const char *id = json_string(json_pointer(r->outside->payload, pointer), &n);
    if (!id || !fields_is_id(id, n, ID_MAX))
        return NULL;
    const char *text = !strncmp(id, "user:", 5) ? id + 5 : id;
    return ask_one(r, "user", arena_strdup(r->arena, text));
}

/* Who is barred cannot be the one with the least to do. */
static const char *least_loaded(struct run *r, const struct stage *s, const char *text)
{
    struct reply reply = run_ask(r, text);
    for (size_t i = 0; i < reply.count; i++)
        if (!eligibility_barred(s, r->approval, reply.texts[i]))
            return reply.texts[i];
    return NULL;
}

static struct reply reply_one(struct run *r, const char *user)
{
    const char **texts = arena_make(r->arena, const char *);
    *texts = user;
    return (struct reply){texts, user ? 1 : 0};
}

static struct reply resolve(struct run *r, const struct stage *s, const struct selector *sel)
{
    switch (sel->kind) {
    case SELECTOR_MANAGER:
        return reply_one(r, manager_of(r, r->approval->requester_id, sel->steps));
    case SELECTOR_PAYLOAD:
        return reply_one(r, named_in_payload(r, sel->name));
    case SELECTOR_LEAST_LOADED:
        return reply_one(r, s ? least_loaded(r, s, sel->text) : NULL);
    default:
        return run_ask(r, sel->text);
    }
}

static struct person *find(const struct people *p, const char *user)
{
    for (size_t i = 0; i < p->count; i++)
        if (!strcmp(p->list[i].user, user))
            return &p->list[i];
    return NULL;
}

bool people_add(struct run *r, struct people *out, const char *user, const char *via)
{
    struct person *known = find(out, user);
    if (known) {
        if (!selector_in(via, known->via))
            known->via = arena_printf(r->arena, "%s\n%s", known->via, via);
        return true;
    }
    if (out->count == SLATE_MAX)
        return false;
    out->list = run_grow(r->arena, out->list, out->count, &out->room, sizeof *out->list);
    out->list[out->count++] = (struct person){user, via};
    return true;
}

bool people_resolve(struct run *r, const struct stage *s, const struct selector *selectors,
                    size_t n, struct people *out)
{
    for (size_t i = 0; i < n; i++) {
        struct reply reply = resolve(r, s, &selectors[i]);
        for (size_t k = 0; k < reply.count; k++)
            if (!eligibility_barred(s, r->approval, reply.texts[k]) &&
                !people_add(r, out, reply.texts[k], selectors[i].text))
                return false;
    }
    return true;
}

static bool is_member(struct run *r, const char *selector, const char *user)
{
    return run_ask(r, arena_printf(r->arena, "member:%s\n%s", selector, user)).count > 0;
}

bool people_include(struct run *r, const struct selector *selectors, size_t n, const char *user)
{
    for (size_t i = 0; i < n; i++) {
        const struct selector *sel = &selectors[i];
        bool asked = sel->kind == SELECTOR_MANAGER || sel->kind == SELECTOR_PAYLOAD;
        const char *one = asked ? first_of(resolve(r, NULL, sel)) : NULL;
        if (sel->kind == SELECTOR_USER ? !strcmp(sel->name, user) && is_member(r, sel->text, user)
            : asked                    ? one && !strcmp(one, user)
                                       : is_member(r, sel->text, user))
            return true;
    }
    return false;
}

const char *people_standing(struct run *r, const char *via, const char *user)
{
    struct str kept = STR_INIT;
    const char *line = via;
    bool any = !*via;
    while (*line) {
        size_t n = strcspn(line, "\n");
        const char *text = arena_strndup(r->arena, line, n);
        if (is_member(r, text, user)) {
            str_addf(&kept, "%s%s", any ? "\n" : "", text);
            any = true;
        }
        line += n + (line[n] == '\n');
    }
    const char *standing = any ? arena_strndup(r->arena, kept.buf, kept.len) : NULL;
    str_release(&kept);
    return standing;
}
