#include "engine/people.h"
#include "world.h"

/* Selectors turned into people, for a request of rita. */

#define SELECTORS_MOST 8

struct list {
    const struct selector *of;
    size_t count;
};

static struct list selectors_of(struct world *w, const char *text)
{
    struct list list = {0};
    struct problems problems;
    problems_init(&problems, w->arena);
    selector_list_parse(w->arena, json_of(w->arena, text), "", SELECTORS_MOST, &list.of,
                        &list.count, &problems);
    CHECK_FATAL(problems.count == 0);
    return list;
}

static struct world world_of_people(const char *stage)
{
    struct world w = world_of(stage);
    world_knows(&w, "group:a", "ann ben");
    world_knows(&w, "group:b", "ben cyn rita");
    world_knows(&w, "role:r", "dan");
    world_knows(&w, "manager:rita", "mo");
    world_knows(&w, "manager:mo", "max");
    world_knows(&w, "least_loaded:group:b", "rita cyn ben");
    world_knows(&w, "user:gone", "");
    w.o.payload = json_of(w.arena, "{'owner':'olga','deep':{'er':['user:pat']},'n':7,'blank':' ',"
                                   "'self':'rita','gone':'gone'}");
    return w;
}

/* "ann(group:a) ben(group:a|group:b)" */
static const char *people_text(const struct world *w, const struct people *people)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < people->count; i++) {
        str_addf(&s, "%s%s(", i ? " " : "", people->list[i].user);
        for (const char *c = people->list[i].via; *c; c++)
            str_addch(&s, *c == '\n' ? '|' : *c);
        str_addch(&s, ')');
    }
    const char *text = arena_strndup(w->arena, s.buf ? s.buf : "", s.len);
    str_release(&s);
    return text;
}

static void test_resolve(void)
{
    static const struct {
        const char *selectors, *people;
    } rows[] = {
        {"[]", ""},
        {"'ann'", "ann(user:ann)"},
        {"['cyn','ann']", "cyn(user:cyn) ann(user:ann)"},
        {"'gone'", ""},
        {"'group:a'", "ann(group:a) ben(group:a)"},
        {"'group:unknown'", ""},
        {"['group:a','group:b']", "ann(group:a) ben(group:a|group:b) cyn(group:b)"},
        {"['ben','group:a','role:r']", "ben(user:ben|group:a) ann(group:a) dan(role:r)"},
        {"'rita'", ""},
        {"'manager:requester'", "mo(manager:requester)"},
        {"'manager:requester:2'", "max(manager:requester:2)"},
        {"'manager:requester:3'", ""},
        {"'payload:/owner'", "olga(payload:/owner)"},
        {"'payload:/deep/er/0'", "pat(payload:/deep/er/0)"},
        {"['payload:/n','payload:/blank','payload:/deep','payload:/none','payload:/gone']", ""},
        {"'payload:/self'", ""},
        {"'least_loaded:group:b'", "cyn(least_loaded:group:b)"},
        {"'least_loaded:group:none'", ""},
    };
    struct world w = world_of_people("{'id':'s'}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        struct list list = selectors_of(&w, rows[i].selectors);
        struct people people = {0};
        CHECK(people_resolve(&r, w.d.stages, list.of, list.count, &people));
        CHECK_STR(people_text(&w, &people), rows[i].people);
    }
    world_end(&w);
}

/* Who is barred leaves the slate there and then, unless the stage allows it. */
static void test_barred(void)
{
    static const struct {
        const char *stage, *people;
    } rows[] = {
        {"{'id':'s'}", "ann(group:a)"},
        {"{'id':'s','allow_self_approval':true}",
         "ann(group:a) ben(group:a|least_loaded:group:b) rita(user:rita)"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct world w = world_of_people(rows[i].stage);
        world_knows(&w, "least_loaded:group:b", "ben");
        w.a.owner_id = "ben";
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        struct list list = selectors_of(&w, "['group:a','rita','least_loaded:group:b']");
        struct people people = {0};
        CHECK(people_resolve(&r, w.d.stages, list.of, list.count, &people));
        CHECK_STR(people_text(&w, &people), rows[i].people);
        world_end(&w);
    }
}

/* Only what nobody would have guessed is recorded. */
static void test_recorded(void)
{
    struct world w = world_of_people("{'id':'s'}");
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    struct list list = selectors_of(&w, "['ann','gone','group:a','group:unknown']");
    struct people people = {0};
    people_resolve(&r, w.d.stages, list.of, list.count, &people);
    CHECK_FATAL(w.fx.asked_count == 2);
    CHECK_STR(w.fx.asked[0].question, "user:gone");
    CHECK_INT(w.fx.asked[0].reply.count, 0);
    CHECK_STR(w.fx.asked[1].question, "group:a");
    CHECK_INT(w.fx.asked[1].reply.count, 2);
    world_end(&w);
}

static void test_limit(void)
{
    struct world w = world_of("{'id':'s'}");
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    struct people people = {0};
    for (size_t i = 0; i < SLATE_MAX; i++)
        CHECK(people_add(&r, &people, arena_printf(w.arena, "u%zu", i), "group:a"));
    CHECK(!people_add(&r, &people, "one more", "group:a"));
    CHECK(people_add(&r, &people, "u7", "group:b"));
    CHECK_INT(people.count, SLATE_MAX);
    CHECK_STR(people.list[7].via, "group:a\ngroup:b");
    CHECK(people_add(&r, &people, "u7", "group:a"));
    CHECK_STR(people.list[7].via, "group:a\ngroup:b");
    world_end(&w);
}

static void test_include(void)
{
    static const struct {
        const char *selectors, *user;
        bool named;
    } rows[] = {
        {"[]", "ann", false},
        {"'ann'", "ann", true},
        {"'ann'", "ben", false},
        {"'gone'", "gone", false},
        {"'group:a'", "ann", true},
        {"'group:a'", "cyn", false},
        {"['group:a','cyn']", "cyn", true},
        {"'manager:requester'", "mo", true},
        {"'manager:requester'", "max", false},
        {"'payload:/owner'", "olga", true},
        {"'payload:/none'", "olga", false},
        {"'payload:/self'", "rita", false},
    };
    struct world w = world_of_people("{'id':'s'}");
    world_knows(&w, "member:group:a\ncyn", "");
    world_knows(&w, "member:user:gone\ngone", "");
    world_knows(&w, "user:rita", "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        struct list list = selectors_of(&w, rows[i].selectors);
        CHECK_INT(people_include(&r, list.of, list.count, rows[i].user), rows[i].named);
    }
    world_end(&w);
}

static void test_standing(void)
{
    static const struct {
        const char *via, *standing;
    } rows[] = {
        {"", ""},
        {"group:a", "group:a"},
        {"group:lost", NULL},
        {"group:a\ngroup:lost\nrole:r", "group:a\nrole:r"},
        {"group:lost\ngroup:a", "group:a"},
        {"group:lost\nrole:lost", NULL},
    };
    struct world w = world_of_people("{'id':'s'}");
    world_knows(&w, "member:group:lost\nann", "");
    world_knows(&w, "member:role:lost\nann", "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        CHECK_STR(people_standing(&r, rows[i].via, "ann"), rows[i].standing);
    }
    world_end(&w);
}

static const struct test tests[] = {
    {"whom selectors name", test_resolve},
    {"who is barred is not among them", test_barred},
    {"answers are recorded", test_recorded},
    {"a slate has a limit", test_limit},
    {"whether somebody is named", test_include},
    {"what is left of somebody's standing", test_standing},
};

int main(void)
{
    return check_main("people", tests, sizeof tests / sizeof *tests);
}
