#include "engine/selector.h"

#include "engine/definition.h"

#include "check.h"

/* JSON with ' for ". */
static const struct json *json_of(struct arena *arena, const char *text)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    char *json = arena_strdup(arena, text);
    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    CHECK_INT(json_parse(arena, json, strlen(json), &limits, &v, &e), 0);
    CHECK_STR(e.message, "");
    return v;
}

static void test_accepted(void)
{
    static const struct {
        const char *json, *text;
        enum selector_kind kind;
        const char *name;
        int steps;
    } rows[] = {
        {"'alice'", "user:alice", SELECTOR_USER, "alice", 0},
        {"'user:alice'", "user:alice", SELECTOR_USER, "alice", 0},
        {"'Alice:x'", "user:Alice:x", SELECTOR_USER, "Alice:x", 0},
        {"'a1:x'", "user:a1:x", SELECTOR_USER, "a1:x", 0},
        {"':x'", "user::x", SELECTOR_USER, ":x", 0},
        {"'user:team:x'", "user:team:x", SELECTOR_USER, "team:x", 0},
        {"{'user':'team:x'}", "user:team:x", SELECTOR_USER, "team:x", 0},
        {"'group:finance'", "group:finance", SELECTOR_GROUP, "finance", 0},
        {"{'group':'finance'}", "group:finance", SELECTOR_GROUP, "finance", 0},
        {"'group:Ops team'", "group:Ops team", SELECTOR_GROUP, "Ops team", 0},
        {"'role:cfo'", "role:cfo", SELECTOR_ROLE, "cfo", 0},
        {"{'role':'cfo'}", "role:cfo", SELECTOR_ROLE, "cfo", 0},
        {"'manager:requester'", "manager:requester", SELECTOR_MANAGER, "requester", 1},
        {"'manager:requester:1'", "manager:requester", SELECTOR_MANAGER, "requester", 1},
        {"'manager:requester:01'", "manager:requester", SELECTOR_MANAGER, "requester", 1},
        {"'manager:requester:10'", "manager:requester:10", SELECTOR_MANAGER, "requester", 10},
        {"{'manager':'requester'}", "manager:requester", SELECTOR_MANAGER, "requester", 1},
        {"{'steps':2,'manager':'requester'}", "manager:requester:2", SELECTOR_MANAGER, "requester",
         2},
        {"'payload:/owner'", "payload:/owner", SELECTOR_PAYLOAD, "/owner", 0},
        {"'payload:/a~1b/~0/0'", "payload:/a~1b/~0/0", SELECTOR_PAYLOAD, "/a~1b/~0/0", 0},
        {"{'payload':'/owner'}", "payload:/owner", SELECTOR_PAYLOAD, "/owner", 0},
        {"'least_loaded:group:ops'", "least_loaded:group:ops", SELECTOR_LEAST_LOADED, "group:ops",
         0},
        {"{'least_loaded':'group:ops'}", "least_loaded:group:ops", SELECTOR_LEAST_LOADED,
         "group:ops", 0},
        {"{'least_loaded':{'group':'ops'}}", "least_loaded:group:ops", SELECTOR_LEAST_LOADED,
         "group:ops", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct problems problems;
        struct selector s = {0};
        problems_init(&problems, arena);
        CHECK_INT(selector_parse(arena, json_of(arena, rows[i].json), "/a", &s, &problems), 0);
        CHECK_INT(problems.count, 0);
        CHECK_STR(s.text, rows[i].text);
        CHECK_STR(s.name, rows[i].name);
        CHECK_INT(s.kind, rows[i].kind);
        CHECK_INT(s.steps, rows[i].steps);
        arena_free(&arena);
    }
}

#define NAMES "must name people: "
#define KINDS \
    "is no kind of selector; there are user, group, role, manager, payload and least_loaded"
#define ID_WRONG "must name an id of 1 to 200 characters"
#define STEPS_WRONG "must go 1 to 10 steps up from the requester"
#define GROUP_WRONG "must name a group, as in \"least_loaded:group:finance\""
#define POINTER_WRONG "must be a JSON pointer into the payload, such as \"payload:/owner\""

static void test_refused(void)
{
    static const struct {
        const char *json, *detail;
    } rows[] = {
        {"null", NAMES},
        {"1", NAMES},
        {"true", NAMES},
        {"['alice']", NAMES},
        {"{}", NAMES},
        {"''", ID_WRONG},
        {"'  '", ID_WRONG},
        {"'a\\nb'", ID_WRONG},
        {"'a\\u0000b'", NAMES},
        {"'user:'", ID_WRONG},
        {"'group:'", ID_WRONG},
        {"'group:a\\nrole:b'", ID_WRONG},
        {"'role: '", ID_WRONG},
        {"'team:x'", "\"team\" " KINDS},
        {"'_:x'", "\"_\" " KINDS},
        {"'manager:'", NAMES},
        {"'manager:alice'", NAMES},
        {"'manager:requesters'", NAMES},
        {"'manager:requester:'", NAMES},
        {"'manager:requester:2x'", NAMES},
        {"'manager:requester:-1'", NAMES},
        {"'manager:requester:0'", STEPS_WRONG},
        {"'manager:requester:11'", STEPS_WRONG},
        {"'manager:requester:99999999999999999999'", STEPS_WRONG},
        {"'payload:'", POINTER_WRONG},
        {"'payload:owner'", POINTER_WRONG},
        {"'payload:/a~2'", POINTER_WRONG},
        {"'payload:/a~'", POINTER_WRONG},
        {"'payload:/a\\n'", ID_WRONG},
        {"'least_loaded:'", GROUP_WRONG},
        {"'least_loaded:finance'", GROUP_WRONG},
        {"'least_loaded:role:cfo'", GROUP_WRONG},
        {"'least_loaded:least_loaded:group:x'", GROUP_WRONG},
        {"'least_loaded:group:'", ID_WRONG},
        {"{'team':'x'}", "\"team\" " KINDS},
        {"{'a\\u0000':'x'}", NAMES},
        {"{'user':null}", NAMES},
        {"{'user':1}", NAMES},
        {"{'user':'a\\u0000b'}", NAMES},
        {"{'user':''}", ID_WRONG},
        {"{'user':'a','group':'b'}", NAMES},
        {"{'user':'a','steps':1}", NAMES},
        {"{'steps':1}", NAMES},
        {"{'manager':'alice'}", NAMES},
        {"{'manager':'requester:2'}", NAMES},
        {"{'manager':'requester','steps':0}", STEPS_WRONG},
        {"{'manager':'requester','steps':11}", STEPS_WRONG},
        {"{'manager':'requester','steps':'1'}", NAMES},
        {"{'manager':'requester','steps':null}", NAMES},
        {"{'payload':'owner'}", POINTER_WRONG},
        {"{'least_loaded':'ops'}", GROUP_WRONG},
        {"{'least_loaded':{'role':'ops'}}", NAMES},
        {"{'least_loaded':{'group':'ops','user':'a'}}", NAMES},
        {"{'least_loaded':{'group':1}}", NAMES},
        {"{'least_loaded':{'least_loaded':{'group':'x'}}}", NAMES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new();
        struct problems problems;
        struct selector s;
        problems_init(&problems, arena);
        CHECK_INT(selector_parse(arena, json_of(arena, rows[i].json), "/a/7", &s, &problems), -1);
        CHECK_INT(problems.count, 1);
        CHECK_FATAL(problems.first != NULL);
        CHECK_STR(problems.first->pointer, "/a/7");
        if (strncmp(problems.first->detail, rows[i].detail, strlen(rows[i].detail)) != 0)
            CHECK_STR(problems.first->detail, rows[i].detail);
        arena_free(&arena);
    }
}

/* Ids are counted in characters, and an id of full length fits behind every word. */
static void test_length(void)
{
    static const char *const words[] = {"", "user:", "group:", "least_loaded:group:"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (int more = 0; more <= 1; more++) {
            struct arena *arena = arena_new();
            struct problems problems;
            struct selector s = {0};
            struct str text = STR_INIT;
            problems_init(&problems, arena);
            str_addf(&text, "'%s", words[i]);
            for (int n = 0; n < ID_MAX + more; n++)
                str_add(&text, "é");
            str_add(&text, "'");
            CHECK_INT(selector_parse(arena, json_of(arena, text.buf), "", &s, &problems), -more);
            CHECK_INT(problems.count, more);
            str_release(&text);
            arena_free(&arena);
        }
    }
}

/* A selector outlives the JSON it was read from. */
static void test_lifetime(void)
{
    struct arena *arena = arena_new(), *source = arena_new();
    struct problems problems;
    struct selector s = {0};
    problems_init(&problems, source);
    CHECK_INT(selector_parse(arena, json_of(source, "{'group':'finance'}"), "", &s, &problems), 0);
    arena_free(&source);
    CHECK_STR(s.text, "group:finance");
    CHECK_STR(s.name, "finance");
    arena_free(&arena);
}

struct list {
    struct arena *arena;
    struct problems problems;
    const struct selector *all;
    size_t count;
};

static struct list list_of(const char *json, size_t max)
{
    struct list l = {.arena = arena_new()};
    problems_init(&l.problems, l.arena);
    selector_list_parse(l.arena, json_of(l.arena, json), "/approvers", max, &l.all, &l.count,
                        &l.problems);
    return l;
}

static void test_list(void)
{
    struct list l = list_of("['bob','user:alice',{'user':'bob'},'alice','role:cfo']", 5);
    CHECK_INT(l.problems.count, 0);
    CHECK_INT(l.count, 3);
    CHECK_STR(l.all[0].text, "user:bob");
    CHECK_STR(l.all[1].text, "user:alice");
    CHECK_STR(l.all[2].text, "role:cfo");
    arena_free(&l.arena);

    l = list_of("{'group':'finance'}", 1);
    CHECK_INT(l.count, 1);
    CHECK_STR(l.all[0].text, "group:finance");
    arena_free(&l.arena);

    l = list_of("null", 1);
    CHECK_INT(l.count + l.problems.count, 0);
    arena_free(&l.arena);

    l = list_of("[]", 1);
    CHECK_INT(l.count + l.problems.count, 0);
    arena_free(&l.arena);
}

static void test_list_refused(void)
{
    struct list l = list_of("['bob',1,'team:x','alice']", 5);
    CHECK_INT(l.problems.count, 2);
    CHECK_STR(l.problems.first->pointer, "/approvers/1");
    CHECK_STR(l.problems.last->pointer, "/approvers/2");
    arena_free(&l.arena);

    l = list_of("['a','b','c']", 2);
    CHECK_INT(l.problems.count, 1);
    CHECK_INT(l.count, 0);
    CHECK_STR(l.problems.first->pointer, "/approvers");
    CHECK_STR(l.problems.first->detail, "must have at most 2 selectors");
    arena_free(&l.arena);

    l = list_of("7", 2);
    CHECK_INT(l.problems.count, 1);
    CHECK_INT(l.count, 0);
    CHECK_STR(l.problems.first->pointer, "/approvers");
    arena_free(&l.arena);
}

static void test_in(void)
{
    CHECK(selector_in("group:a", "group:a"));
    CHECK(selector_in("group:a", "role:x\ngroup:a"));
    CHECK(selector_in("group:a", "role:x\ngroup:a\nuser:b"));
    CHECK(!selector_in("group:a", "group:ab"));
    CHECK(!selector_in("group:ab", "group:a"));
    CHECK(!selector_in("group:a", "xgroup:a\ngroup:b"));
    CHECK(!selector_in("group:a", ""));
    CHECK(!selector_in("group:a\ngroup:b", "group:a\ngroup:b"));
}

int main(void)
{
    static const struct test tests[] = {
        {"every form and its canonical text", test_accepted},
        {"what is refused, and why", test_refused},
        {"length of ids", test_length},
        {"a selector outlives its source", test_lifetime},
        {"lists keep each once, in order", test_list},
        {"what lists refuse", test_list_refused},
        {"selector_in", test_in},
    };
    return check_main("selector", tests, sizeof tests / sizeof *tests);
}
