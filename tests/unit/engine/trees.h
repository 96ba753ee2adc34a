/*
 * Random requires trees, slates for them, and what they mean by brute force:
 * for comparing with the real thing.
 */
#ifndef TESTS_ENGINE_TREES_H
#define TESTS_ENGINE_TREES_H

#include "quoted.h"

#include "engine/requires.h"

#define PEOPLE_MAX 7
#define KIDS_MAX 3

/* splitmix64 */
static inline uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline unsigned below(uint64_t *state, unsigned n)
{
    return (unsigned)(draw(state) % n);
}

static const char *const tree_selectors[] = {"group:a", "group:b",    "role:c",
                                             "user:u",  "payload:/x", "user:v"};
#define TREE_SELECTORS (sizeof tree_selectors / sizeof *tree_selectors)

enum tree_kind { TREE_PEOPLE, TREE_ALL, TREE_ANY };

struct tree {
    enum tree_kind kind;
    unsigned needed;    /* PEOPLE */
    unsigned selectors; /* PEOPLE: a bit each */
    struct tree *kids[KIDS_MAX];
    unsigned kid_count;
};

/* How the tree is drawn; with distinct, within an all only people. */
struct forest {
    struct arena *arena;
    uint64_t *state;
    bool distinct;
    unsigned needed_max;
};

static inline struct tree *tree_draw(const struct forest *f, unsigned depth, bool within_all)
{
    struct tree *t = arena_make(f->arena, struct tree);
    bool leaf = depth == 0 || (within_all && f->distinct) || below(f->state, 4) == 0;
    if (leaf) {
        t->needed = 1 + below(f->state, 2) * below(f->state, f->needed_max);
        for (unsigned i = 0, n = 1 + below(f->state, 2); i < n; i++)
            t->selectors |= 1u << below(f->state, TREE_SELECTORS);
        return t;
    }
    t->kind = below(f->state, 2) ? TREE_ALL : TREE_ANY;
    t->kid_count = 1 + below(f->state, KIDS_MAX);
    for (unsigned i = 0; i < t->kid_count; i++)
        t->kids[i] = tree_draw(f, depth - 1, within_all || t->kind == TREE_ALL);
    return t;
}

/* In any of the forms that mean it. */
static inline void tree_write(const struct tree *t, uint64_t *state, struct str *out)
{
    static const char *const open[] = {"", "{'all':[", "{'any':["};
    const char *comma = "";
    bool single = (t->selectors & (t->selectors - 1)) == 0;
    bool bare = t->kind == TREE_PEOPLE && single && t->needed == 1 && below(state, 2);
    if (t->kind == TREE_PEOPLE && !bare) {
        if (t->needed == 1 && below(state, 2))
            str_add(out, "{'any':[");
        else
            str_addf(out, "{'at_least':%u,'of':[", t->needed);
    }
    for (size_t i = 0; i < TREE_SELECTORS; i++)
        if (t->selectors >> i & 1) {
            str_addf(out, "%s'%s'", comma, tree_selectors[i]);
            comma = ",";
        }
    str_add(out, open[t->kind]);
    for (unsigned i = 0; i < t->kid_count; i++) {
        str_add(out, i ? "," : "");
        tree_write(t->kids[i], state, out);
    }
    str_add(out, bare ? "" : "]}");
}

/* The people of a slate: by person the selectors he stands for. */
struct crowd {
    unsigned standing[32];
    unsigned count;
};

static inline unsigned people_of(const struct crowd *c, unsigned selectors)
{
    unsigned people = 0;
    for (unsigned i = 0; i < c->count; i++)
        people |= c->standing[i] & selectors ? 1u << i : 0;
    return people;
}

/* Whether the places from `place` on can be filled with different people: every assignment. */
static inline bool tree_assign(const unsigned *places, unsigned place, unsigned count,
                               unsigned people)
{
    if (place == count)
        return true;
    for (unsigned i = 0; i < 32; i++)
        if ((places[place] & people) >> i & 1 &&
            tree_assign(places, place + 1, count, people & ~(1u << i)))
            return true;
    return false;
}

static inline unsigned bit_count(unsigned set)
{
    unsigned n = 0;
    for (; set; set &= set - 1)
        n++;
    return n;
}

static inline bool tree_holds(const struct tree *t, bool distinct, const struct crowd *c,
                              unsigned people)
{
    unsigned places[KIDS_MAX * 8], count = 0;
    if (t->kind == TREE_PEOPLE)
        return bit_count(people_of(c, t->selectors) & people) >= t->needed;
    if (t->kind == TREE_ALL && distinct) {
        for (unsigned i = 0; i < t->kid_count; i++)
            for (unsigned k = 0; k < t->kids[i]->needed; k++)
                places[count++] = people_of(c, t->kids[i]->selectors);
        return count <= bit_count(people) && tree_assign(places, 0, count, people);
    }
    for (unsigned i = 0; i < t->kid_count; i++)
        if (tree_holds(t->kids[i], distinct, c, people) == (t->kind == TREE_ANY))
            return t->kind == TREE_ANY;
    return t->kind == TREE_ALL;
}

static inline struct crowd crowd_draw(uint64_t *state)
{
    struct crowd c = {.count = below(state, PEOPLE_MAX + 1)};
    for (unsigned i = 0; i < c.count; i++)
        c.standing[i] = (unsigned)(draw(state) & draw(state)) & ((1u << TREE_SELECTORS) - 1);
    return c;
}

/* As the engine is given them; who is neither in approved nor in waiting has answered otherwise. */
static inline struct place *crowd_places(struct arena *arena, const struct crowd *c,
                                         unsigned approved, unsigned waiting)
{
    struct place *places = arena_array(arena, c->count, sizeof *places);
    for (unsigned i = 0; i < c->count; i++) {
        struct str via = STR_INIT;
        for (size_t k = 0; k < TREE_SELECTORS; k++)
            if (c->standing[i] >> k & 1)
                str_addf(&via, "%s%s", via.len ? "\n" : "", tree_selectors[k]);
        places[i].user = arena_printf(arena, "p%u", i);
        places[i].via = via.len ? arena_strndup(arena, via.buf, via.len) : NULL;
        places[i].answer = approved >> i & 1  ? ANSWER_APPROVED
                           : waiting >> i & 1 ? ANSWER_NONE
                                              : ANSWER_OTHER;
        str_release(&via);
    }
    return places;
}

static inline const struct requires *tree_parse(struct arena *arena, const struct tree *t,
                                                bool distinct, uint64_t *state)
{
    struct problems problems;
    struct str text = STR_INIT;
    problems_init(&problems, arena);
    tree_write(t, state, &text);
    const struct requires *r =
        requires_parse(arena, json_of(arena, text.buf), distinct, "", &problems);
    if (problems.first)
        fprintf(stderr, "%s: %s %s\n", text.buf, problems.first->pointer, problems.first->detail);
    str_release(&text);
    CHECK_FATAL(r != NULL);
    return r;
}

#endif
