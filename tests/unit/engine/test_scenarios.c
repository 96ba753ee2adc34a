#include "../check.h"
#include "scenario.h"

#include <dirent.h>
#include <stdlib.h>

/*
 * One test for each scenario of tests/scenarios (SCENARIOS_DIR), and one that
 * finds the rule that each of them names in the specification (SPEC_DIR).
 */

#define FOLDER_DEFAULT "tests/scenarios"
#define SPEC_DEFAULT "../shared/spec"
#define SCENARIOS_LEAST 150

struct book {
    struct arena *arena;
    struct scenario *scenarios;
    size_t count, room;
};

static struct book book; /* CUnit's tests take no argument */

static bool read_file(const char *path, struct str *out)
{
    FILE *f = fopen(path, "r");
    char buf[4096];
    if (!f)
        return false;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_addn(out, buf, n);
    bool good = !ferror(f);
    fclose(f);
    return good;
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < book.count; i++)
        if (!strcmp(book.scenarios[i].name, name))
            return true;
    return false;
}

static bool add_scenario(const char *file, const struct json *v)
{
    const char *name = json_string(json_get(v, "name"), NULL);
    const char *rule = json_string(json_get(v, "rule"), NULL);
    if (!name || !rule || is_known(name)) {
        fprintf(stderr, "%s: a scenario without name or rule, or two of one name: %s\n", file,
                name ? name : "?");
        return false;
    }
    if (book.count == book.room) {
        book.room = book.room ? book.room * 2 : 64;
        struct scenario *grown = arena_array(book.arena, book.room, sizeof *grown);
        for (size_t i = 0; i < book.count; i++)
            grown[i] = book.scenarios[i];
        book.scenarios = grown;
    }
    book.scenarios[book.count++] = (struct scenario){file, name, rule, v};
    return true;
}

static bool add_file(const char *folder, const char *name)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    const char *path = arena_printf(book.arena, "%s/%s", folder, name);
    struct str text = STR_INIT;
    struct err e = ERR_INIT;
    const struct json *list = NULL;
    bool good = read_file(path, &text);
    if (!good)
        fprintf(stderr, "%s cannot be read\n", path);
    else if (json_parse(book.arena, text.buf, text.len, &limits, &list, &e) < 0)
        fprintf(stderr, "%s: %s\n", path, e.message);
    good = good && json_array_size(list);
    for (size_t i = 0; good && i < json_array_size(list); i++)
        good = add_scenario(path, json_at(list, i));
    str_release(&text);
    return good;
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && !strcmp(entry->d_name + n - 5, ".json");
}

static bool read_book(const char *folder)
{
    struct dirent **files = NULL;
    int n = scandir(folder, &files, is_json, alphasort);
    bool good = n > 0;
    if (!good)
        fprintf(stderr, "no scenarios in %s (SCENARIOS_DIR)\n", folder);
    for (int i = 0; i < n; i++) {
        good = good && add_file(folder, files[i]->d_name);
        free(files[i]);
    }
    free(files);
    return good;
}

static void test_scenario(void)
{
    const char *name = CU_get_current_test()->pName;
    for (size_t i = 0; i < book.count; i++)
        if (!strcmp(book.scenarios[i].name, name)) {
            CHECK(scenario_play(&book.scenarios[i]));
            return;
        }
    CU_FAIL("no scenario of this name");
}

static void test_enough(void)
{
    CHECK(book.count >= SCENARIOS_LEAST);
}

/* Whether the pieces between "…" are in text, one behind the other. */
static bool is_said(const char *rule, const char *text)
{
    static const char gap[] = " … ";
    while (text && *rule) {
        const char *end = strstr(rule, gap);
        size_t n = end ? (size_t)(end - rule) : strlen(rule);
        const char *piece = arena_strndup(book.arena, rule, n);
        text = strstr(text, piece);
        text = text ? text + n : NULL;
        rule += end ? n + sizeof gap - 1 : n;
    }
    return text != NULL;
}

static void test_rules(void)
{
    const char *folder = getenv("SPEC_DIR");
    struct str text = STR_INIT;
    folder = folder ? folder : SPEC_DEFAULT;
    if (!read_file(arena_printf(book.arena, "%s/workflows.md", folder), &text) ||
        !read_file(arena_printf(book.arena, "%s/wire-v0.4.md", folder), &text)) {
        printf("skipped: no specification in %s (SPEC_DIR) ", folder);
        str_release(&text);
        return;
    }
    for (size_t i = 0; i < book.count; i++) {
        const struct scenario *s = &book.scenarios[i];
        bool said = is_said(s->rule, text.buf);
        if (!said)
            fprintf(stderr, "%s: \"%s\": the specification does not say \"%s\"\n", s->file, s->name,
                    s->rule);
        CHECK(said);
    }
    str_release(&text);
}

int main(void)
{
    const char *folder = getenv("SCENARIOS_DIR");
    book = (struct book){.arena = arena_new()};
    int code = 2;
    if (read_book(folder ? folder : FOLDER_DEFAULT)) {
        struct test *tests = arena_array(book.arena, book.count + 2, sizeof *tests);
        tests[0] = (struct test){"there are as many scenarios as there should be", test_enough};
        tests[1] = (struct test){"each names words of the specification", test_rules};
        for (size_t i = 0; i < book.count; i++)
            tests[i + 2] = (struct test){book.scenarios[i].name, test_scenario};
        code = check_main("scenarios", tests, book.count + 2);
    }
    arena_free(&book.arena);
    return code;
}
