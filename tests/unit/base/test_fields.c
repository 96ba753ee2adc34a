#include "base/fields.h"
#include "../check.h"

struct body {
    const char *name, *id, *note;
    int64_t count;
    const struct json *amount, *object, *list, *any;
    bool flag;
};

static const struct field fields[] = {
    {"name", FIELD_STRING, FIELD_REQUIRED, 1, 5, offsetof(struct body, name)},
    {"id", FIELD_ID, 0, 1, 10, offsetof(struct body, id)},
    {"note", FIELD_STRING, 0, 0, 0, offsetof(struct body, note)},
    {"count", FIELD_INT, 0, -1, 100, offsetof(struct body, count)},
    {"amount", FIELD_NUMBER, 0, 0, 0, offsetof(struct body, amount)},
    {"flag", FIELD_BOOL, 0, 0, 0, offsetof(struct body, flag)},
    {"object", FIELD_OBJECT, 0, 1, 2, offsetof(struct body, object)},
    {"list", FIELD_ARRAY, 0, 1, 0, offsetof(struct body, list)},
    {"any", FIELD_ANY, 0, 0, 0, offsetof(struct body, any)},
    {"later", FIELD_ANY, FIELD_LATER, 0, 0, 0},
};

static struct arena *arena;
static struct problems problems;

static struct body read_at(const char *base, const char *text, const struct field *table, size_t n)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct body body = {.name = "unset", .count = -5};
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    CHECK_INT(json_parse(arena, text, strlen(text), &limits, &v, &e), 0);
    problems_init(&problems, arena);
    fields_read(v, base, table, n, &body, &problems);
    return body;
}

static struct body read_body(const char *text)
{
    return read_at("", text, fields, sizeof fields / sizeof *fields);
}

/* The only problem with a body that is right but for these members. */
static const char *problem_with(const char *members)
{
    read_body(arena_printf(arena, "{\"name\":\"ok\",%s}", members));
    CHECK_INT(problems.count, 1);
    return problems.first ? problems.first->detail : NULL;
}

/* The only problem with the value of a table of one field. */
static const char *problem_of(const struct field *one, const char *value)
{
    read_at("", arena_printf(arena, "{\"%s\":%s}", one->name, value), one, 1);
    CHECK_INT(problems.count, 1);
    return problems.first ? problems.first->detail : NULL;
}

static void check_fine(const char *members)
{
    read_body(arena_printf(arena, "{\"name\":\"ok\",%s}", members));
    CHECK_INT(problems.count, 0);
}

static void test_good_values(void)
{
    struct body b =
        read_body("{\"name\":\"\xC3\xA4\xE2\x82\xAC\xF0\x9D\x84\x9E+-\",\"id\":\"u 1\","
                  "\"note\":\"a\\tb\\r\\nc\",\"count\":100,\"amount\":1.5,\"flag\":true,"
                  "\"object\":{\"a\":1},\"list\":[1],\"any\":\"x\",\"unknown\":1}");
    CHECK_INT(problems.count, 0);
    CHECK_STR(b.name, "\xC3\xA4\xE2\x82\xAC\xF0\x9D\x84\x9E+-");
    CHECK_STR(b.id, "u 1");
    CHECK_STR(b.note, "a\tb\r\nc");
    CHECK_INT(b.count, 100);
    CHECK(json_double(b.amount) == 1.5);
    CHECK(b.flag);
    CHECK_INT(json_object_size(b.object), 1);
    CHECK_INT(json_array_size(b.list), 1);
    CHECK_STR(json_string(b.any, NULL), "x");
}

static void test_absent_and_null_leave_the_struct_alone(void)
{
    struct body b = read_body("{\"name\":\"n\",\"count\":null,\"any\":null}");
    CHECK_INT(problems.count, 0);
    CHECK_INT(b.count, -5);
    CHECK(b.any == NULL);
    CHECK(b.id == NULL);
}

static void test_required(void)
{
    struct body b = read_body("{}");
    CHECK_INT(problems.count, 1);
    CHECK_FATAL(problems.first != NULL);
    CHECK_STR(problems.first->pointer, "/name");
    CHECK_STR(problems.first->detail, "is required");
    CHECK_STR(b.name, "unset");
    read_body("{\"name\":null}");
    CHECK_INT(problems.count, 1);
    CHECK_STR(problems.first->detail, "is required");
}

static void test_all_bad_fields_at_once(void)
{
    struct body b = read_at(
        "/stages/0", "{\"name\":7,\"count\":1.5,\"flag\":\"true\",\"list\":{},\"id\":\"ok\"}",
        fields, sizeof fields / sizeof *fields);
    static const char *const want[][2] = {
        {"/stages/0/name", "must be a string of 1 to 5 characters"},
        {"/stages/0/count", "must be a whole number from -1 to 100"},
        {"/stages/0/flag", "must be true or false"},
        {"/stages/0/list", "must be an array"},
    };
    CHECK_INT(problems.count, 4);
    const struct problem *p = problems.first;
    for (size_t i = 0; i < 4 && p; i++, p = p->next) {
        CHECK_STR(p->pointer, want[i][0]);
        CHECK_STR(p->detail, want[i][1]);
    }
    CHECK_STR(b.id, "ok");
    CHECK_STR(b.name, "unset");
}

static void test_no_object(void)
{
    static const char *const texts[] = {"null", "[]", "\"x\"", "1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        read_at("/sla", texts[i], fields, sizeof fields / sizeof *fields);
        CHECK_INT(problems.count, 1);
        CHECK_FATAL(problems.first != NULL);
        CHECK_STR(problems.first->pointer, "/sla");
        CHECK_STR(problems.first->detail, "must be an object");
    }
}

static void test_string_lengths(void)
{
    static const struct field exact = {"s", FIELD_STRING, 0, 3, 3, offsetof(struct body, name)};
    static const struct field most = {"s", FIELD_STRING, 0, 0, 2, offsetof(struct body, name)};
    static const struct field least = {"s", FIELD_STRING, 0, 1, 0, offsetof(struct body, name)};
    CHECK_STR(problem_of(&exact, "\"ab\""), "must be a string of exactly 3 characters");
    CHECK_STR(problem_of(&most, "\"abc\""), "must be a string of at most 2 characters");
    CHECK_STR(problem_of(&least, "\"\""), "must be a string of at least 1 character");
    read_at("", "{\"s\":\"\xE2\x82\xAC\xE2\x82\xAC\"}", &most, 1);
    CHECK_INT(problems.count, 0);
    CHECK_STR(problem_with("\"note\":5"), "must be a string");
}

static void test_control_characters(void)
{
    static const char not_other[] = "must not contain control characters other than tab and line "
                                    "breaks";
    static const char none[] = "must not contain control characters";
    CHECK_STR(problem_with("\"note\":\"a\\u0000b\""), not_other);
    CHECK_STR(problem_with("\"note\":\"\\u001b\""), not_other);
    CHECK_STR(problem_with("\"note\":\"\x7f\""), not_other);
    CHECK_STR(problem_with("\"note\":\"\\u0085\""), not_other);
    check_fine("\"note\":\"\\u00a0\"");
    CHECK_STR(problem_with("\"id\":\"a\\nb\""), none);
    CHECK_STR(problem_with("\"id\":\"\\u0000\""), none);
}

static void test_blank_ids(void)
{
    CHECK_STR(problem_with("\"id\":\"  \""), "must not be blank");
    CHECK_STR(problem_with("\"id\":\"\\u00a0\\u3000\\u200b\""), "must not be blank");
    CHECK_STR(problem_with("\"id\":\"\""), "must be a string of 1 to 10 characters");
    check_fine("\"id\":\" x\"");
    check_fine("\"note\":\"  \"");
}

static void test_numbers(void)
{
    static const char range[] = "must be a whole number from -1 to 100";
    CHECK_STR(problem_with("\"count\":101"), range);
    CHECK_STR(problem_with("\"count\":-2"), range);
    CHECK_STR(problem_with("\"count\":\"5\""), range);
    CHECK_STR(problem_with("\"count\":99999999999999999999999"), range);
    check_fine("\"count\":-1");
    CHECK_STR(problem_with("\"amount\":\"1\""), "must be a number");
    CHECK_STR(problem_with("\"amount\":1e999"), "must be a number between -1.7e308 and 1.7e308");
    check_fine("\"amount\":0");
}

static void test_counts(void)
{
    CHECK_STR(problem_with("\"object\":{}"), "must be an object of 1 to 2 members");
    CHECK_STR(problem_with("\"object\":{\"a\":1,\"b\":2,\"c\":3}"),
              "must be an object of 1 to 2 members");
    CHECK_STR(problem_with("\"object\":[]"), "must be an object");
    CHECK_STR(problem_with("\"list\":[]"), "must be an array of at least 1 element");
    check_fine("\"list\":[1,2,3,4,5,6,7,8,9]");
}

static void test_later(void)
{
    static const char *const empty[] = {"null", "{}", "[]", "\"\"", "false"};
    static const char *const filled[] = {"{\"a\":1}", "[0]", "\" \"", "true", "0", "\"\\u0000\""};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        check_fine(arena_printf(arena, "\"later\":%s", empty[i]));
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++)
        CHECK_STR(problem_with(arena_printf(arena, "\"later\":%s", filled[i])),
                  "\"later\" is not supported by this version yet");
}

static void test_unknown_members(void)
{
    static const struct field two[] = {
        {"name", FIELD_STRING, 0, 1, 5, offsetof(struct body, name)},
        {"id", FIELD_ID, 0, 1, 10, offsetof(struct body, id)},
    };
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    static const char text[] = "{\"name\":1,\"nmae\":null,\"a/b\":{\"name\":1},\"ID\":0}";
    static const char *const want[] = {"/x/nmae", "/x/a~1b", "/x/ID"};
    const struct json *v = NULL;
    struct err e = ERR_INIT;
    CHECK_INT(json_parse(arena, text, strlen(text), &limits, &v, &e), 0);
    problems_init(&problems, arena);
    fields_refuse_unknown(v, "/x", two, 2, &problems);
    CHECK_INT(problems.count, 3);
    const struct problem *p = problems.first;
    for (size_t i = 0; i < 3 && p; i++, p = p->next) {
        CHECK_STR(p->pointer, want[i]);
        CHECK_STR(p->detail, "is not known here; what may be given is name and id");
    }
    fields_refuse_unknown(NULL, "", two, 2, &problems); /* no object: somebody else says so */
    fields_refuse_unknown(json_get(v, "name"), "", two, 2, &problems);
    CHECK_INT(problems.count, 3);
}

static const struct test tests[] = {
    {"good values", test_good_values},
    {"absent and null", test_absent_and_null_leave_the_struct_alone},
    {"required", test_required},
    {"all bad fields at once", test_all_bad_fields_at_once},
    {"what is no object", test_no_object},
    {"lengths of strings", test_string_lengths},
    {"control characters", test_control_characters},
    {"blank ids", test_blank_ids},
    {"numbers", test_numbers},
    {"members and elements", test_counts},
    {"members for later", test_later},
    {"unknown members", test_unknown_members},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("fields", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
