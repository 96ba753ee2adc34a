#include "engine/outlook.h"

#include "trees.h"

#define RANDOM_CASES 20000

/* Of a set of an outlook: the people as bits; their order is that of the places. */
static unsigned set_of(const struct outlook *o, size_t i)
{
    unsigned set = 0, last = 0;
    for (size_t k = 0; k < o->sizes[i]; k++) {
        unsigned person = (unsigned)strtoul(o->sets[i][k] + 1, NULL, 10);
        CHECK(k == 0 || person > last);
        last = person;
        set |= 1u << person;
    }
    CHECK_INT(bit_count(set), o->sizes[i]);
    return set;
}

struct brute {
    unsigned sets[128], count; /* minimal ones, smaller first, then by whoever comes first */
    bool possible;
};

struct question {
    const struct tree *tree; /* NULL: needed */
    bool distinct;
    unsigned needed;
    const struct crowd *crowd;
    unsigned approved, waiting;
};

static bool completes(const struct question *q, unsigned set)
{
    if (!q->tree)
        return bit_count(q->approved | set) >= q->needed;
    return tree_holds(q->tree, q->distinct, q->crowd, q->approved | set);
}

static bool brute_minimal(const struct question *q, unsigned set)
{
    for (unsigned i = 0; i < q->crowd->count; i++)
        if (set >> i & 1 && completes(q, set & ~(1u << i)))
            return false;
    return true;
}

/* Whether a comes before b, which has as many people. */
static bool comes_first(unsigned a, unsigned b)
{
    unsigned differ = a ^ b;
    return (a & (differ & ~(differ - 1))) != 0;
}

static struct brute brute_outlook(const struct question *q)
{
    struct brute b = {.possible = completes(q, q->waiting)};
    for (unsigned size = 0; size <= q->crowd->count; size++) {
        unsigned first = b.count;
        for (unsigned set = 0; set < 1u << q->crowd->count; set++) {
            if (bit_count(set) != size || set & ~q->waiting || !completes(q, set) ||
                !brute_minimal(q, set))
                continue;
            unsigned at = b.count++;
            for (; at > first && comes_first(set, b.sets[at - 1]); at--)
                b.sets[at] = b.sets[at - 1];
            b.sets[at] = set;
        }
    }
    return b;
}

static bool is_among(const struct brute *b, unsigned set)
{
    for (unsigned i = 0; i < b->count; i++)
        if (b->sets[i] == set)
            return true;
    return false;
}

/* All of them in their order; or, where there are too many, the smallest sizes there are. */
static void check_sets(const struct outlook *o, const struct brute *b)
{
    bool all = b->count <= OUTLOOK_SETS_MAX;
    CHECK_INT(o->count, all ? b->count : OUTLOOK_SETS_MAX);
    CHECK_INT(o->complete, all);
    for (size_t i = 0; i < o->count && i < b->count; i++) {
        unsigned set = set_of(o, i);
        CHECK_INT(o->sizes[i], bit_count(b->sets[i]));
        CHECK(all ? set == b->sets[i] : is_among(b, set));
        CHECK(i == 0 || o->sizes[i] > o->sizes[i - 1] || comes_first(set_of(o, i - 1), set));
    }
}

static void check_outlook(struct arena *arena, const struct question *q, const struct need *need,
                          unsigned i)
{
    struct outlook o;
    const struct brute b = brute_outlook(q);
    unsigned failures = CU_get_number_of_failures();
    outlook_find(arena, need, crowd_places(arena, q->crowd, q->approved, q->waiting),
                 q->crowd->count, &o);
    CHECK_INT(o.reason == NULL, b.possible);
    CHECK(!o.reason || (o.reason[0] && o.complete && o.count == 0));
    if (!o.reason)
        check_sets(&o, &b);
    if (CU_get_number_of_failures() != failures)
        fprintf(stderr, "case %u\n", i);
}

static struct question question_draw(uint64_t *state, const struct crowd *crowd)
{
    unsigned everybody = (1u << crowd->count) - 1;
    unsigned approved = (unsigned)(draw(state) & draw(state)) & everybody;
    unsigned waiting = (unsigned)(draw(state) | draw(state)) & everybody & ~approved;
    return (struct question){.crowd = crowd, .approved = approved, .waiting = waiting};
}

static void test_random_trees(void)
{
    uint64_t seed = UINT64_C(0x5eed0004), state = seed;
    printf("seed %#llx, %d cases", (unsigned long long)seed, RANDOM_CASES);
    struct arena *arena = arena_new();
    for (unsigned i = 0; i < RANDOM_CASES; i++, arena_reset(arena)) {
        struct forest f = {arena, &state, i % 2, 3};
        struct crowd c = crowd_draw(&state);
        struct question q = question_draw(&state, &c);
        q.tree = tree_draw(&f, 1 + i % 3, false);
        q.distinct = f.distinct;
        struct need need = {.requires = tree_parse(arena, q.tree, f.distinct, &state)};
        check_outlook(arena, &q, &need, i);
    }
    arena_free(&arena);
}

static void test_random_counts(void)
{
    uint64_t seed = UINT64_C(0x5eed0005), state = seed;
    printf("seed %#llx, %d cases", (unsigned long long)seed, RANDOM_CASES / 10);
    struct arena *arena = arena_new();
    for (unsigned i = 0; i < RANDOM_CASES / 10; i++, arena_reset(arena)) {
        struct crowd c = crowd_draw(&state);
        struct question q = question_draw(&state, &c);
        q.needed = below(&state, c.count + 2);
        struct need need = {.needed = q.needed};
        check_outlook(arena, &q, &need, i);
    }
    arena_free(&arena);
}

/* --- told --- */

/* A slate where what a letter does is its answer: p0, p1, … "+?-". */
static struct place *slate_of(struct arena *arena, const char *answers, const char *const *vias)
{
    struct place *places = arena_array(arena, strlen(answers), sizeof *places);
    for (size_t i = 0; answers[i]; i++)
        places[i] = (struct place){
            .user = arena_printf(arena, "p%zu", i),
            .via = vias ? vias[i] : NULL,
            .answer = answers[i] == '+'   ? ANSWER_APPROVED
                      : answers[i] == '?' ? ANSWER_NONE
                                          : ANSWER_OTHER,
        };
    return places;
}

/* "p1 p2, p1 p3 …": the sets, with " …" when it is not complete; or the reason. */
static const char *outlook_text(struct arena *arena, const struct need *need,
                                const struct place *places, size_t count)
{
    struct outlook o;
    struct str s = STR_INIT;
    outlook_find(arena, need, places, count, &o);
    for (size_t i = 0; i < o.count; i++) {
        str_add(&s, i ? ", " : "");
        for (size_t k = 0; k < o.sizes[i]; k++)
            str_addf(&s, "%s%s", k ? " " : "", o.sets[i][k]);
        str_add(&s, o.sizes[i] ? "" : "nobody");
    }
    str_add(&s, o.reason ? o.reason : "");
    str_add(&s, o.complete ? "" : " …");
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static void test_counts(void)
{
    static const struct {
        size_t needed;
        bool in_order;
        const char *answers, *text;
    } rows[] = {
        {1, false, "???", "p0, p1, p2"},
        {2, false, "???", "p0 p1, p0 p2, p1 p2"},
        {2, false, "+-??", "p2, p3"},
        {2, false, "++??", "nobody"},
        {0, false, "??", "nobody"},
        {3, false, "???", "p0 p1 p2"},
        {3, false, "+-?", "3 approvals are needed, but only 2 have been given or still can be"},
        {2, false, "-?", "2 approvals are needed, but only 1 has been given or still can be"},
        {1, false, "", "1 approval is needed, but nobody has or still can approve"},
        {2, false, "--", "2 approvals are needed, but nobody has or still can approve"},
        {3, true, "????", "p0 p1 p2"},
        {3, true, "+???", "p1 p2"},
        {3, true, "+-???", "p2 p3"},
        {3, true, "+++?", "nobody"},
        {3, true, "+-?", "3 approvals are needed, but only 2 have been given or still can be"},
        {2, false, "????????",
         "p0 p1, p0 p2, p0 p3, p0 p4, p0 p5, p0 p6, p0 p7, p1 p2, p1 p3, p1 p4, p1 p5, p1 p6, "
         "p1 p7, p2 p3, p2 p4, p2 p5, p2 p6, p2 p7, p3 p4, p3 p5 …"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct need need = {.needed = rows[i].needed, .in_order = rows[i].in_order};
        struct place *places = slate_of(arena, rows[i].answers, NULL);
        CHECK_STR(outlook_text(arena, &need, places, strlen(rows[i].answers)), rows[i].text);
        arena_free(&arena);
    }
}

static const struct requires *requires_of(struct arena *arena, const char *json, bool distinct)
{
    struct problems problems;
    problems_init(&problems, arena);
    const struct requires *r = requires_parse(arena, json_of(arena, json), distinct, "", &problems);
    CHECK_FATAL(r != NULL);
    return r;
}

static void test_trees(void)
{
    static const struct {
        const char *tree;
        bool distinct;
        const char *answers, *vias[6], *text;
    } rows[] = {
        {"{'all':['group:a','group:b']}",
         false,
         "???",
         {"group:a", "group:b", "group:a\ngroup:b"},
         "p2, p0 p1"},
        {"{'all':['group:a','group:b']}",
         true,
         "???",
         {"group:a", "group:b", "group:a\ngroup:b"},
         "p0 p1, p0 p2, p1 p2"},
        {"{'any':['role:ceo',{'at_least':2,'of':'group:a'}]}",
         false,
         "???",
         {"group:a", "group:a\nrole:ceo", "group:a"},
         "p1, p0 p2"},
        {"{'all':['group:a',{'at_least':2,'of':'group:b'}]}",
         true,
         "+?-?",
         {"group:a\ngroup:b", "group:b", "group:a", "group:b"},
         "p1 p3"},
        {"'group:a'", false, "+?", {"group:a", "group:a"}, "nobody"},
        {"{'any':['group:a',{'at_least':2,'of':'group:a'}]}",
         false,
         "+??",
         {"group:a", "group:a", "group:a"},
         "nobody"},
        /* why not */
        {"'group:a'",
         false,
         "-?",
         {"group:a", "group:b"},
         "somebody of group:a must approve, but nobody of them has or still can"},
        {"{'all':['group:b',{'at_least':3,'of':['group:a','role:c']}]}",
         false,
         "+-??",
         {"group:a", "group:a", "role:c", "group:b"},
         "3 people of group:a or role:c must approve, but only 2 of them have or still can"},
        {"{'all':['group:a','group:b']}",
         true,
         "+",
         {"group:a\ngroup:b"},
         "2 different people of group:a or group:b must approve, but only 1 of them has or still "
         "can"},
        {"{'any':['x',{'at_least':2,'of':'group:a'}]}",
         false,
         "-?",
         {"user:x", "group:a"},
         "somebody of user:x must approve, but nobody of them has or still can; and 2 people of "
         "group:a must approve, but only 1 of them has or still can"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct need need = {.requires = requires_of(arena, rows[i].tree, rows[i].distinct)};
        struct place *places = slate_of(arena, rows[i].answers, rows[i].vias);
        CHECK_STR(outlook_text(arena, &need, places, strlen(rows[i].answers)), rows[i].text);
        arena_free(&arena);
    }
}

/* --- large slates: within the bound, and still minimal --- */

struct large {
    struct arena *arena;
    struct place *places;
    size_t count;
};

/* Person i is in group i modulo the number of groups, and in one drawn. */
static struct large large_slate(size_t count, unsigned groups, uint64_t *state)
{
    struct large l = {.arena = arena_new(), .count = count};
    l.places = arena_array(l.arena, count, sizeof *l.places);
    for (size_t i = 0; i < count; i++)
        l.places[i] = (struct place){
            .user = arena_printf(l.arena, "p%zu", i),
            .via = arena_printf(l.arena, "group:g%u\ngroup:g%u", (unsigned)i % groups,
                                below(state, groups)),
        };
    return l;
}

static enum stage_outcome outcome_with(const struct large *l, const struct requires *r,
                                       const struct outlook *o, size_t set, size_t without)
{
    for (size_t i = 0; i < l->count; i++)
        l->places[i].answer = ANSWER_NONE;
    for (size_t i = 0, k = 0; i < l->count && k < o->sizes[set]; i++)
        if (l->places[i].user == o->sets[set][k] && k++ != without)
            l->places[i].answer = ANSWER_APPROVED;
    return requires_outcome(l->arena, r, l->places, l->count);
}

static void check_large(const struct large *l, const char *tree, bool distinct, size_t smallest,
                        size_t count)
{
    struct outlook o;
    struct need need = {.requires = requires_of(l->arena, tree, distinct)};
    for (size_t i = 0; i < l->count; i++)
        l->places[i].answer = ANSWER_NONE;
    outlook_find(l->arena, &need, l->places, l->count, &o);
    CHECK_STR(o.reason, NULL);
    CHECK(!o.complete);
    CHECK_INT(o.count, count);
    CHECK_INT(o.count ? o.sizes[0] : 0, smallest);
    for (size_t i = 0; i < o.count; i++) {
        CHECK_INT(outcome_with(l, need.requires, &o, i, SIZE_MAX), STAGE_SATISFIED);
        for (size_t k = 0; k < o.sizes[i]; k++)
            CHECK_INT(outcome_with(l, need.requires, &o, i, k), STAGE_OPEN);
    }
}

static void test_large(void)
{
    uint64_t state = UINT64_C(0x5eed0006);
    struct large l = large_slate(200, 20, &state);
    check_large(&l, "{'at_least':3,'of':['group:g1','group:g2']}", false, 3, 20);
    check_large(&l, "{'at_least':60,'of':['group:g1','group:g2','group:g3','group:g4','group:g5']}",
                true, 60, 20);
    check_large(&l,
                "{'all':['group:g1','group:g2','group:g3','group:g4','group:g5','group:g6',"
                "'group:g7','group:g8',{'at_least':3,'of':'group:g9'}]}",
                true, 11, 20);
    check_large(&l, "{'all':['group:g1','group:g2',{'at_least':2,'of':['group:g1','group:g9']}]}",
                false, 2, 20);
    check_large(&l, "{'any':['user:nobody',{'at_least':4,'of':'group:g1'},'group:g2']}", false, 1,
                20);
    arena_free(&l.arena);
}

/* Sets larger than the search goes: one is told all the same. */
static void test_larger_than_told(void)
{
    uint64_t state = UINT64_C(0x5eed0007);
    struct large l = large_slate(700, 1, &state);
    check_large(&l, "{'at_least':300,'of':'group:g0'}", false, 300, 1);
    check_large(&l, "{'at_least':300,'of':'group:g0'}", true, 300, 1);
    arena_free(&l.arena);
}

/* More ways than are looked at: what is told is true, and not said to be all. */
static void test_many_ways(void)
{
    struct str tree = STR_INIT;
    uint64_t state = UINT64_C(0x5eed0008);
    struct large l = large_slate(40, 20, &state);
    str_add(&tree, "{'all':[");
    for (int i = 0; i < 10; i++)
        str_addf(&tree, "%s{'any':['group:g%d',{'at_least':2,'of':'group:g%d'}]}", i ? "," : "", i,
                 i + 10);
    str_add(&tree, "]}");
    struct outlook o;
    struct need need = {.requires = requires_of(l.arena, tree.buf, false)};
    outlook_find(l.arena, &need, l.places, l.count, &o);
    CHECK(!o.complete);
    CHECK(o.count >= 1);
    for (size_t i = 0; i < o.count; i++)
        CHECK_INT(outcome_with(&l, need.requires, &o, i, SIZE_MAX), STAGE_SATISFIED);
    str_release(&tree);
    arena_free(&l.arena);
}

int main(void)
{
    static const struct test tests[] = {
        {"numbers of approvals", test_counts},
        {"trees", test_trees},
        {"random trees against every subset", test_random_trees},
        {"random numbers against every subset", test_random_counts},
        {"large slates", test_large},
        {"sets larger than the search goes", test_larger_than_told},
        {"more ways than are looked at", test_many_ways},
    };
    return check_main("outlook", tests, sizeof tests / sizeof *tests);
}
