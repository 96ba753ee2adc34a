#include "trees.h"

static const struct requires *parse(struct arena *arena, const char *json, bool distinct,
                                    struct problems *problems)
{
    problems_init(problems, arena);
    return requires_parse(arena, json_of(arena, json), distinct, "/requires", problems);
}

static const struct requires *tree_of(struct arena *arena, const char *json, bool distinct)
{
    struct problems problems;
    const struct requires *r = parse(arena, json, distinct, &problems);
    if (problems.first)
        fprintf(stderr, "%s: %s %s\n", json, problems.first->pointer, problems.first->detail);
    CHECK_FATAL(r != NULL);
    return r;
}

/* "alice+ group:a role:b, bob? group:a": + has approved, ? has not answered, - has otherwise. */
static size_t slate_of(struct arena *arena, const char *text, struct place *places)
{
    size_t n = 0;
    char *word = arena_strdup(arena, text);
    for (char *next; *word; word = next, n++) {
        size_t length = strcspn(word, ",");
        next = word + length;
        next += *next == ',';
        next += strspn(next, " ");
        word[length] = '\0';
        char *mark = word + strcspn(word, "+?-");
        places[n].answer = *mark == '+'   ? ANSWER_APPROVED
                           : *mark == '?' ? ANSWER_NONE
                                          : ANSWER_OTHER;
        char *via = mark + (mark[1] == ' ' ? 2 : 1);
        places[n].via = via;
        for (char *c = via; *c; c++)
            *c = *c == ' ' ? '\n' : *c;
        *mark = '\0';
        places[n].user = word;
    }
    return n;
}

static void test_outcomes(void)
{
    static const struct {
        const char *tree;
        bool distinct;
        const char *slate;
        enum stage_outcome outcome;
    } rows[] = {
        /* a bare selector is one of the people it names */
        {"'group:a'", false, "al? group:a, bo? group:a", STAGE_OPEN},
        {"'group:a'", false, "al? group:a, bo+ group:a", STAGE_SATISFIED},
        {"'group:a'", false, "al- group:a, bo- group:a", STAGE_IMPOSSIBLE},
        {"'group:a'", false, "al+ group:b, bo? group:a", STAGE_OPEN},
        {"'group:a'", false, "al+ group:ab, bo- group:a", STAGE_IMPOSSIBLE},
        {"'group:a'", false, "", STAGE_IMPOSSIBLE},
        {"'al'", false, "al+ user:al", STAGE_SATISFIED},
        {"{'user':'al'}", false, "al+ user:al", STAGE_SATISFIED},
        /* he counts for what he was resolved from, not for his name */
        {"'al'", false, "al+", STAGE_IMPOSSIBLE},
        {"'payload:/o'", false, "al+ group:a payload:/o", STAGE_SATISFIED},

        /* at_least counts people of the union */
        {"{'at_least':2,'of':'group:a'}", false, "al+ group:a, bo? group:a", STAGE_OPEN},
        {"{'at_least':2,'of':'group:a'}", false, "al+ group:a, bo+ group:a", STAGE_SATISFIED},
        {"{'at_least':2,'of':'group:a'}", false, "al+ group:a, bo- group:a", STAGE_IMPOSSIBLE},
        {"{'at_least':2,'of':['group:a','role:b']}", false, "al+ group:a role:b", STAGE_IMPOSSIBLE},
        {"{'at_least':2,'of':['group:a','role:b']}", false, "al+ group:a role:b, bo+ role:b",
         STAGE_SATISFIED},

        /* any */
        {"{'any':['group:a','role:b']}", false, "al- group:a, bo? role:b", STAGE_OPEN},
        {"{'any':['group:a','role:b']}", false, "al- group:a, bo+ role:b", STAGE_SATISFIED},
        {"{'any':['group:a',{'at_least':2,'of':'role:b'}]}", false, "al- group:a, bo+ role:b",
         STAGE_IMPOSSIBLE},

        /* all, where a person counts everywhere he belongs */
        {"{'all':['group:a','role:b']}", false, "al+ group:a role:b", STAGE_SATISFIED},
        {"{'all':['group:a','role:b']}", false, "al+ group:a, bo? role:b", STAGE_OPEN},
        {"{'all':['group:a','role:b']}", false, "al- group:a, bo? role:b", STAGE_IMPOSSIBLE},
        {"{'all':['group:a',{'any':['role:b',{'all':['x','y']}]}]}", false,
         "al+ group:a, x+ user:x, y+ user:y", STAGE_SATISFIED},
        {"{'all':['group:a',{'any':['role:b',{'all':['x','y']}]}]}", false,
         "al+ group:a, x+ user:x, y- user:y", STAGE_IMPOSSIBLE},

        /* distinct: one person, one place */
        {"{'all':['group:a','role:b']}", true, "al+ group:a role:b", STAGE_IMPOSSIBLE},
        {"{'all':['group:a','role:b']}", true, "al+ group:a role:b, bo? group:a", STAGE_OPEN},
        {"{'all':['group:a','role:b']}", true, "al+ group:a role:b, bo+ group:a", STAGE_SATISFIED},
        {"{'all':['group:a','group:a']}", true, "al+ group:a", STAGE_IMPOSSIBLE},
        {"{'all':['group:a','group:a']}", true, "al+ group:a, bo+ group:a", STAGE_SATISFIED},
        {"{'all':['group:a','group:a']}", false, "al+ group:a", STAGE_SATISFIED},
        /* whoever is first in the list and fits first would be taken, and must move */
        {"{'all':['group:a','group:b','group:c']}", true,
         "al+ group:a group:b, bo+ group:a group:c, cy+ group:a", STAGE_SATISFIED},
        {"{'all':['group:a','group:b','group:c','group:d']}", true,
         "al+ group:a group:b, bo+ group:b group:c, cy+ group:c group:d, di+ group:a",
         STAGE_SATISFIED},
        {"{'all':[{'at_least':2,'of':['group:a','group:b']},'group:a']}", true,
         "al+ group:a, bo+ group:b, cy+ group:b", STAGE_SATISFIED},
        {"{'all':[{'at_least':2,'of':'group:a'},{'at_least':2,'of':'group:b'}]}", true,
         "al+ group:a group:b, bo+ group:a group:b, cy+ group:a, di? group:c", STAGE_IMPOSSIBLE},
        {"{'all':[{'at_least':2,'of':'group:a'},{'at_least':2,'of':'group:b'}]}", true,
         "al+ group:a group:b, bo+ group:a group:b, cy+ group:a, di? group:b", STAGE_OPEN},
        {"{'all':[{'at_least':2,'of':'group:a'},{'any':['role:b','role:c']}]}", true,
         "al+ group:a role:b, bo+ group:a, cy+ role:c", STAGE_SATISFIED},
        /* at_least and any as they are without it */
        {"{'at_least':2,'of':['group:a','role:b']}", true, "al+ group:a role:b, bo+ role:b",
         STAGE_SATISFIED},
        {"{'any':['group:a','role:b']}", true, "al+ role:b", STAGE_SATISFIED},
        /* the ways of an any are judged each by itself */
        {"{'any':['ceo',{'all':['group:a','role:b']}]}", true, "al+ group:a role:b, ceo? user:ceo",
         STAGE_OPEN},
        {"{'any':['ceo',{'all':['group:a','role:b']}]}", true, "al+ group:a role:b, ceo+ user:ceo",
         STAGE_SATISFIED},
        {"{'any':['ceo',{'any':[{'all':['group:a','role:b']},'x']}]}", true,
         "al+ group:a role:b, bo+ role:b, ceo- user:ceo", STAGE_SATISFIED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct place places[8];
        const struct requires *r = tree_of(arena, rows[i].tree, rows[i].distinct);
        size_t n = slate_of(arena, rows[i].slate, places);
        enum stage_outcome outcome = requires_outcome(arena, r, places, n);
        if (outcome != rows[i].outcome)
            fprintf(stderr, "%s of %s\n", rows[i].tree, rows[i].slate);
        CHECK_INT(outcome, rows[i].outcome);
        arena_free(&arena);
    }
}

#define NESTED "must be a selector, a flat \"any\" or \"at_least\": with \"distinct\""
#define ONE_RULE "must hold \"all\", \"any\", or \"at_least\" with \"of\", and nothing else"
#define NO_LIST "must be a list that is not empty"
#define NUMBER "must be a number of people from 1 to 1000"
#define WHOM "must say whom"
#define SELECTOR "must be a selector: \"at_least\" counts people"

static void test_refused(void)
{
    static const struct {
        const char *tree;
        bool distinct;
        const char *pointer, *detail;
    } rows[] = {
        {"null", false, "", "must name people"},
        {"7", false, "", "must name people"},
        {"[]", false, "", "must name people"},
        {"'team:x'", false, "", "\"team\" is no kind of selector"},
        {"{}", false, "", ONE_RULE},
        {"{'every':['a']}", false, "", ONE_RULE},
        {"{'all':['a'],'any':['b']}", false, "", ONE_RULE},
        {"{'all':['a'],'of':'b'}", false, "", ONE_RULE},
        {"{'any':['a'],'user':'b'}", false, "", ONE_RULE},
        {"{'at_least':1,'of':'a','weight':2}", false, "", ONE_RULE},
        {"{'user':'a','group':'b'}", false, "", "must name people"},
        {"{'all':[]}", false, "/all", NO_LIST},
        {"{'all':null}", false, "/all", NO_LIST},
        {"{'all':'a'}", false, "/all", NO_LIST},
        {"{'any':[]}", false, "/any", NO_LIST},
        {"{'any':{'user':'a'}}", false, "/any", NO_LIST},
        {"{'all':['a',{'any':[]}]}", false, "/all/1/any", NO_LIST},
        {"{'all':['a',null]}", false, "/all/1", "must name people"},
        {"{'all':['a',{'foo':1}]}", false, "/all/1", ONE_RULE},
        {"{'any':['a','group:']}", false, "/any/1", "must name an id"},
        {"{'at_least':0,'of':'a'}", false, "/at_least", NUMBER},
        {"{'at_least':1001,'of':'group:a'}", false, "/at_least", NUMBER},
        {"{'at_least':1.5,'of':'group:a'}", false, "/at_least", NUMBER},
        {"{'at_least':'2','of':'group:a'}", false, "/at_least", NUMBER},
        {"{'at_least':null,'of':'group:a'}", false, "/at_least", NUMBER},
        {"{'of':'group:a'}", false, "/at_least", NUMBER},
        {"{'at_least':1}", false, "/of", WHOM},
        {"{'at_least':1,'of':null}", false, "/of", WHOM},
        {"{'at_least':1,'of':[]}", false, "/of", NO_LIST},
        {"{'at_least':1,'of':7}", false, "/of", "must name people"},
        {"{'at_least':1,'of':['a',7]}", false, "/of/1", "must name people"},
        {"{'at_least':1,'of':{'any':['a']}}", false, "/of", SELECTOR},
        {"{'at_least':1,'of':['a',{'all':['b','c']}]}", false, "/of/1", SELECTOR},
        {"{'all':[{'at_least':1,'of':[['a']]}]}", false, "/all/0/of/0", "must name people"},
        {"{'all':['a',{'all':['b']}]}", true, "/all/1", NESTED},
        {"{'all':['a',{'any':['b',{'at_least':2,'of':'group:c'}]}]}", true, "/all/1", NESTED},
        {"{'any':['a',{'all':[{'any':['b',{'any':['c']}]}]}]}", true, "/any/1/all/0", NESTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct problems problems;
        const char *pointer = arena_printf(arena, "/requires%s", rows[i].pointer);
        CHECK(parse(arena, rows[i].tree, rows[i].distinct, &problems) == NULL);
        if (problems.count != 1)
            fprintf(stderr, "%s\n", rows[i].tree);
        CHECK_INT(problems.count, 1);
        CHECK_FATAL(problems.first != NULL);
        CHECK_STR(problems.first->pointer, pointer);
        if (strncmp(problems.first->detail, rows[i].detail, strlen(rows[i].detail)) != 0)
            CHECK_STR(problems.first->detail, rows[i].detail);
        arena_free(&arena);
    }
}

/* The reason is in the sentence; and every problem is told, not only the first. */
static void test_refusals_in_full(void)
{
    struct arena *arena = arena_new();
    struct problems problems;
    CHECK(parse(arena, "{'all':[{'all':['a']},{'any':['b',{'all':['c']}]}]}", true, &problems) ==
          NULL);
    CHECK_INT(problems.count, 2);
    CHECK(strstr(problems.first->detail, "NP-hard") != NULL);
    CHECK_STR(problems.last->pointer, "/requires/all/1");
    CHECK(parse(arena, "{'all':['x:y',{'at_least':0},{'any':[]}]}", false, &problems) == NULL);
    CHECK_INT(problems.count, 4);
    arena_free(&arena);
}

static void add_times(struct str *s, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        str_addf(s, "%s%s", i ? "," : "", text);
}

static void test_limits(void)
{
    for (size_t more = 0; more <= 1; more++) {
        struct arena *arena = arena_new();
        struct problems problems;
        struct str wide = STR_INIT, deep = STR_INIT;
        str_add(&wide, "{'all':[{'at_least':1,'of':['a','b']},");
        add_times(&wide, "'a'", REQUIRES_NODES_MAX - 4 + more);
        str_add(&wide, "]}");
        CHECK((parse(arena, wide.buf, false, &problems) == NULL) == (more == 1));
        CHECK_INT(problems.count, more);
        for (size_t i = 0; i < REQUIRES_DEPTH_MAX + more; i++)
            str_add(&deep, "{'all':[");
        str_add(&deep, "'a'");
        for (size_t i = 0; i < REQUIRES_DEPTH_MAX + more; i++)
            str_add(&deep, "]}");
        CHECK((parse(arena, deep.buf, false, &problems) == NULL) == (more == 1));
        CHECK_INT(problems.count, more);
        if (problems.first)
            CHECK_STR(problems.first->detail, "must not be nested deeper than 8");
        str_release(&wide);
        str_release(&deep);
        arena_free(&arena);
    }
}

/* However much is sent: one problem says that it is too much. */
static void test_far_too_much(void)
{
    struct arena *arena = arena_new();
    struct problems problems;
    struct str s = STR_INIT;
    str_add(&s, "{'all':[");
    for (size_t i = 0; i < 300; i++) {
        str_add(&s, i ? ",{'any':[" : "{'any':[");
        add_times(&s, "'group:a'", 100);
        str_add(&s, "]}");
    }
    str_add(&s, "]}");
    CHECK(parse(arena, s.buf, true, &problems) == NULL);
    CHECK_INT(problems.count, 1);
    CHECK_STR(problems.first->detail, "is more than the 200 parts that \"requires\" may have");
    CHECK_STR(problems.first->pointer, "/requires/all/1/any/97");
    str_release(&s);
    arena_free(&arena);
}

static void test_selectors(void)
{
    struct arena *arena = arena_new(), *source = arena_new();
    struct problems problems;
    size_t n = 0;
    problems_init(&problems, source);
    const struct requires *r = requires_parse(
        arena,
        json_of(source, "{'all':['group:a',{'at_least':2,'of':['user:b','group:a',{'user':'b'}]},"
                        "'manager:requester:1']}"),
        false, "", &problems);
    arena_free(&source);
    CHECK_FATAL(r != NULL);
    const struct selector *s = requires_selectors(r, &n);
    CHECK_INT(n, 3);
    CHECK_STR(s[0].text, "group:a");
    CHECK_STR(s[1].text, "user:b");
    CHECK_STR(s[2].text, "manager:requester");
    CHECK_INT(s[2].steps, 1);
    arena_free(&arena);
}

static void test_people(void)
{
    static const struct {
        const char *tree;
        size_t people;
    } rows[] = {
        {"'group:a'", 1},
        {"{'at_least':3,'of':'group:a'}", 3},
        {"{'any':['a',{'at_least':3,'of':'group:a'}]}", 1},
        {"{'all':['group:a','group:b']}", 2},
        {"{'all':['group:a',{'at_least':3,'of':'group:b'}]}", 4},
        {"{'all':['a','b']}", 2},
        {"{'all':['a','b','role:c']}", 3},
        {"{'all':['a','manager:requester']}", 2},
        {"{'all':[{'any':['a','b']},{'any':['b','c']},'d']}", 3},
        {"{'all':[{'at_least':2,'of':['a','b']},'c']}", 3},
        {"{'all':['group:a',{'any':[{'all':['x','y']},{'at_least':3,'of':'group:b'}]}]}", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        CHECK_INT(requires_people(tree_of(arena, rows[i].tree, false)), rows[i].people);
        arena_free(&arena);
    }
}

static void test_possible(void)
{
    static const struct {
        const char *tree;
        bool distinct;
        const char *why; /* NULL: possible */
    } rows[] = {
        {"{'at_least':1000,'of':'group:a'}", true, NULL},
        {"{'at_least':2,'of':['a','role:b']}", true, NULL},
        {"{'at_least':2,'of':['a','manager:requester']}", true, NULL},
        {"{'all':['a','group:a','group:a']}", true, NULL},
        {"{'all':['a','a']}", false, NULL},
        {"{'all':[{'any':['a','b']},{'any':['b','c']},{'any':['a','c']}]}", true, NULL},
        {"{'any':[{'at_least':2,'of':'a'},'b']}", true, NULL},
        {"{'at_least':2,'of':'alice'}", false,
         "2 people of user:alice must approve, but it names only 1"},
        {"{'at_least':2,'of':'least_loaded:group:ops'}", false,
         "2 people of least_loaded:group:ops must approve, but it names only 1"},
        {"{'at_least':3,'of':['a',{'user':'a'},'payload:/b']}", false,
         "3 people of user:a or payload:/b must approve, but it names only 2"},
        {"{'all':['group:x',{'at_least':3,'of':['a','b']}]}", false,
         "3 people of user:a or user:b must approve, but it names only 2"},
        {"{'all':['a','a']}", true,
         "2 different people of user:a must approve, but it names only 1"},
        {"{'all':['x',{'any':['a','b']},'group:g',{'at_least':2,'of':['b','a']}]}", true,
         "3 different people of user:a or user:b must approve, but it names only 2"},
        {"{'any':[{'at_least':2,'of':'a'},{'all':['b','b']}]}", true,
         "2 people of user:a must approve, but it names only 1; and 2 different people of user:b "
         "must approve, but it names only 1"},
        {"{'any':[{'at_least':2,'of':'a'},{'at_least':2,'of':'b'},{'at_least':2,'of':'c'},"
         "{'at_least':2,'of':'d'}]}",
         false,
         "2 people of user:a must approve, but it names only 1; and 2 people of user:b must "
         "approve, but it names only 1; and 2 people of user:c must approve, but it names only 1"},
        {"{'at_least':9,'of':['a','b','c','d','e','f','g']}", false,
         "9 people of user:a, user:b, user:c, user:d, user:e or 2 more must approve, but it names "
         "only 7"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct err e = ERR_INIT;
        const struct requires *r = tree_of(arena, rows[i].tree, rows[i].distinct);
        CHECK_INT(requires_possible(arena, r, &e), rows[i].why ? -1 : 0);
        CHECK_STR(e.message, rows[i].why ? rows[i].why : "");
        CHECK_INT(e.kind, rows[i].why ? ERR_INVALID : ERR_NONE);
        arena_free(&arena);
    }
}

#define RANDOM_CASES 60000

static enum stage_outcome brute_outcome(const struct tree *t, bool distinct, const struct crowd *c,
                                        unsigned approved, unsigned waiting)
{
    if (tree_holds(t, distinct, c, approved))
        return STAGE_SATISFIED;
    return tree_holds(t, distinct, c, approved | waiting) ? STAGE_OPEN : STAGE_IMPOSSIBLE;
}

/* Outcomes against every assignment of people to places. */
static void test_random_outcomes(void)
{
    uint64_t seed = UINT64_C(0x5eed0001), state = seed;
    unsigned seen[STAGE_IMPOSSIBLE + 1] = {0};
    printf("seed %#llx, %d cases", (unsigned long long)seed, RANDOM_CASES);
    struct arena *arena = arena_new();
    for (unsigned i = 0; i < RANDOM_CASES; i++, arena_reset(arena)) {
        struct forest f = {arena, &state, i % 2, 3};
        const struct tree *t = tree_draw(&f, 1 + i % 3, false);
        struct crowd c = crowd_draw(&state);
        unsigned approved = (unsigned)draw(&state) & 0x7f & ((1u << c.count) - 1);
        unsigned waiting = (unsigned)draw(&state) & ~approved & ((1u << c.count) - 1);
        const struct requires *r = tree_parse(arena, t, f.distinct, &state);
        const struct place *places = crowd_places(arena, &c, approved, waiting);
        enum stage_outcome want = brute_outcome(t, f.distinct, &c, approved, waiting);
        enum stage_outcome got = requires_outcome(arena, r, places, c.count);
        seen[want]++;
        if (got != want)
            fprintf(stderr, "case %u\n", i);
        CHECK_INT(got, want);
    }
    arena_free(&arena);
    for (unsigned i = 0; i <= STAGE_IMPOSSIBLE; i++)
        CHECK(seen[i] > RANDOM_CASES / 20);
}

/* Every single person may be in every group; the groups have many more members. */
static struct crowd widest_crowd(void)
{
    struct crowd c = {.count = 12};
    unsigned groups = 7;
    for (unsigned i = 0; i < c.count; i++)
        c.standing[i] = groups | (i >= 3 && i < 6 ? 1u << i : 0);
    return c;
}

static void test_random_possible(void)
{
    uint64_t seed = UINT64_C(0x5eed0002), state = seed;
    unsigned impossible = 0;
    printf("seed %#llx, %d cases", (unsigned long long)seed, RANDOM_CASES / 3);
    struct arena *arena = arena_new();
    struct crowd c = widest_crowd();
    for (unsigned i = 0; i < RANDOM_CASES / 3; i++, arena_reset(arena)) {
        struct forest f = {arena, &state, i % 2, 2};
        struct err e = ERR_INIT;
        const struct tree *t = tree_draw(&f, 1 + i % 3, false);
        bool want = tree_holds(t, f.distinct, &c, (1u << c.count) - 1);
        const struct requires *r = tree_parse(arena, t, f.distinct, &state);
        CHECK_INT(requires_possible(arena, r, &e), want ? 0 : -1);
        CHECK(want || e.message[0]);
        impossible += !want;
    }
    arena_free(&arena);
    CHECK(impossible > RANDOM_CASES / 60);
}

/* More people than a word has bits. */
static void test_many_people(void)
{
    struct arena *arena = arena_new();
    struct place places[300];
    const struct requires *r = tree_of(arena,
                                       "{'all':[{'at_least':150,'of':['group:a','group:b']},"
                                       "{'at_least':150,'of':['group:a','group:c']}]}",
                                       true);
    for (size_t i = 0; i < 300; i++) {
        const char *via = i < 100 ? "group:a" : i < 200 ? "group:b" : "group:c";
        places[i] = (struct place){arena_printf(arena, "p%zu", i), via, ANSWER_APPROVED};
    }
    CHECK_INT(requires_outcome(arena, r, places, 300), STAGE_SATISFIED);
    places[299].answer = ANSWER_NONE;
    CHECK_INT(requires_outcome(arena, r, places, 300), STAGE_OPEN);
    CHECK_INT(requires_outcome(arena, r, places, 299), STAGE_IMPOSSIBLE);
    for (size_t i = 200; i < 251; i++)
        places[i].via = "group:b";
    places[299].answer = ANSWER_APPROVED;
    CHECK_INT(requires_outcome(arena, r, places, 300), STAGE_IMPOSSIBLE);
    arena_free(&arena);
}

int main(void)
{
    static const struct test tests[] = {
        {"outcomes", test_outcomes},
        {"what is refused, and where", test_refused},
        {"refusals in full", test_refusals_in_full},
        {"limits", test_limits},
        {"far too much", test_far_too_much},
        {"selectors, each once", test_selectors},
        {"how many people at least", test_people},
        {"what nobody can satisfy, and why", test_possible},
        {"random outcomes against brute force", test_random_outcomes},
        {"random possibility against brute force", test_random_possible},
        {"many people", test_many_people},
    };
    return check_main("requires", tests, sizeof tests / sizeof *tests);
}
