#include "base/mustache.h"
#include "../check.h"

static struct arena *arena;
static struct err err;
static const struct json_limits limits = JSON_LIMITS_DEFAULT;

static const struct json *json_of(const char *text, size_t n)
{
    const struct json *v = NULL;
    err = (struct err)ERR_INIT;
    CHECK_FATAL(json_parse(arena, text, n, &limits, &v, &err) == 0);
    return v;
}

static const struct mustache *compiled(const char *text, size_t n)
{
    const struct mustache *t = NULL;
    err = (struct err)ERR_INIT;
    /* Exactly its size, and gone before it is rendered. */
    char *copy = mem_alloc(n);
    memcpy(copy, text, n);
    int rc = mustache_compile(arena, copy, n, &t, &err);
    free(copy);
    CHECK_INT(rc, 0);
    if (rc < 0)
        fprintf(stderr, "%s\n", err.message);
    CHECK_FATAL(rc == 0);
    return t;
}

/* Partials as members of a JSON object, compiled when they are asked for. */
static const struct mustache *partial_of(void *arg, const char *name)
{
    const struct json *partials = arg;
    size_t n;
    const char *text = json_string(json_get(partials, name), &n);
    return text ? compiled(text, n) : NULL;
}

static struct mustache_options options_of(mustache_escape *escape, const struct json *partials)
{
    return (struct mustache_options){
        .escape = escape, .partial = partial_of, .arg = (void *)(uintptr_t)partials};
}

static const char *rendered_with(const char *template, const char *data, mustache_escape *escape,
                                 const char *partials)
{
    struct mustache_options options = options_of(escape, json_of(partials, strlen(partials)));
    struct str out = STR_INIT;
    const struct mustache *t = compiled(template, strlen(template));
    int rc = mustache_render(&out, t, json_of(data, strlen(data)), &options, &err);
    const char *text = arena_strndup(arena, out.buf, out.len);
    str_release(&out);
    return rc < 0 ? err.message : text;
}

static const char *rendered(const char *template, const char *data)
{
    return rendered_with(template, data, NULL, "{}");
}

static const char *refused(const char *template)
{
    const struct mustache *t = NULL;
    err = (struct err)ERR_INIT;
    CHECK_INT(mustache_compile(arena, template, strlen(template), &t, &err), -1);
    CHECK_INT(err.kind, ERR_INVALID);
    return err.message;
}

/*
 * The specification's own examples.
 */
static bool file_read(const char *path, struct str *out)
{
    FILE *f = fopen(path, "r");
    char buf[4096];
    size_t n;
    if (!f)
        return false;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        str_addn(out, buf, n);
    fclose(f);
    return true;
}

static void check_example(const char *file, const struct json *example)
{
    struct mustache_options options =
        options_of(mustache_escape_html, json_get(example, "partials"));
    size_t n;
    const char *template = json_string(json_get(example, "template"), &n);
    const char *expected = json_string(json_get(example, "expected"), NULL);
    CHECK_FATAL(template && expected);
    struct str out = STR_INIT;
    int rc =
        mustache_render(&out, compiled(template, n), json_get(example, "data"), &options, &err);
    CHECK_INT(rc, 0);
    if (strcmp(out.buf, expected) != 0)
        fprintf(stderr, "%s: %s\n", file, json_string(json_get(example, "name"), NULL));
    CHECK_STR(out.buf, expected);
    str_release(&out);
}

static void test_vectors(void)
{
    static const struct {
        const char *name;
        size_t count;
    } files[] = {{"comments", 12}, {"delimiters", 14}, {"interpolation", 42},
                 {"inverted", 22}, {"partials", 12},   {"sections", 34}};
    const char *root = getenv("VECTORS_DIR");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = arena_printf(arena, "%s/mustache/%s.json",
                                        root ? root : "../shared/vectors", files[i].name);
        struct str text = STR_INIT;
        if (!file_read(path, &text)) {
            printf("skipped: no file %s (VECTORS_DIR) ", path);
            continue;
        }
        const struct json *tests = json_get(json_of(text.buf, text.len), "tests");
        CHECK(json_array_size(tests) >= files[i].count);
        for (size_t j = 0; j < json_array_size(tests); j++)
            check_example(files[i].name, json_at(tests, j));
        str_release(&text);
    }
}

static void test_title(void)
{
    CHECK_STR(rendered("Refund {{payload.amount}} for {{target_entity}}",
                       "{\"payload\":{\"amount\":12.50},\"target_entity\":\"R&D <1>\"}"),
              "Refund 12.50 for R&D <1>");
    CHECK_STR(rendered("", "null"), "");
    CHECK_STR(rendered("no tags {here} }}\n", "1"), "no tags {here} }}\n");
}

static void test_values(void)
{
    CHECK_STR(rendered("{{a}} {{b}} {{c}} {{d}} {{e}}",
                       "{\"a\":true,\"b\":false,\"c\":null,\"d\":[1,\"x\"],\"e\":{\"k\":-1}}"),
              "true false  [1,\"x\"] {\"k\":-1}");
    CHECK_STR(rendered("{{a}} {{b}}", "{\"a\":9223372036854775807,\"b\":1e3}"),
              "9223372036854775807 1e3");
    CHECK_STR(rendered("{{a.b}}{{a.length}}{{a.0}}", "{\"a\":[1]}"), "");
    CHECK_STR(rendered("{{#a}}{{b}}{{/a}}", "{\"a\":{\"b\":null},\"b\":1}"), "");
    CHECK_STR(rendered("{{é}} {{a-b}} {{\n a\n}}", "{\"é\":1,\"a-b\":2,\"a\":3}"), "1 2 3");

    struct str out = STR_INIT;
    struct mustache_options options = options_of(mustache_escape_html, NULL);
    const struct mustache *t = compiled("[{{a}}|{{{a}}}]", 15);
    CHECK_INT(mustache_render(&out, t, json_of("{\"a\":\"x\\u0000<\"}", 16), &options, &err), 0);
    CHECK_INT(out.len, 12);
    CHECK(!memcmp(out.buf, "[x\0&lt;|x\0<]", 12));
    str_release(&out);
}

static void test_what_is_false(void)
{
    static const char *const no[] = {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]"};
    static const char *const yes[] = {"true", "1", "-0.5", "\"0\"", "[0]", "{}", "\"false\""};
    const char *template = "{{#a}}yes{{/a}}{{^a}}no{{/a}}";
    CHECK_STR(rendered(template, "{}"), "no");
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        CHECK_STR(rendered(template, arena_printf(arena, "{\"a\":%s}", no[i])), "no");
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        CHECK_STR(rendered(template, arena_printf(arena, "{\"a\":%s}", yes[i])), "yes");
    CHECK_STR(rendered("{{#a}}{{b}};{{/a}}", "{\"b\":1,\"a\":[{},{\"b\":2},null,3]}"), "1;2;1;1;");
}

static void shout(struct str *out, const char *text, size_t n)
{
    str_addch(out, '!');
    str_addn(out, text, n);
}

static void test_escapers(void)
{
    const char *data = "{\"a\":\"<b c='\\\"'>&\",\"n\":1}";
    CHECK_STR(rendered_with("{{a}}", data, NULL, "{}"), "<b c='\"'>&");
    CHECK_STR(rendered_with("{{a}} {{{a}}}", data, mustache_escape_html, "{}"),
              "&lt;b c='&quot;'&gt;&amp; <b c='\"'>&");
    CHECK_STR(rendered_with("{{n}} {{&n}} {{>p}}", data, shout, "{\"p\":\"{{n}}{{{n}}}\"}"),
              "!1 1 !11");
    struct str out = STR_INIT;
    const struct mustache *t = compiled("<{{a}}{{>p}}>", 13);
    CHECK_INT(mustache_render(&out, t, json_of("{\"a\":\"&\"}", 9), NULL, &err), 0);
    CHECK_STR(out.buf, "<&>");
    CHECK_INT(mustache_render(&out, t, NULL, NULL, &err), 0);
    CHECK_STR(out.buf, "<&><>");
    str_release(&out);
}

static void test_lines_of_partials(void)
{
    const char *partials = "{\"p\":\"a\\n{{#x}}\\nb{{.}}\\n{{/x}}\\n  {{>q}}\\n\\n{{!c}} c\","
                           "\"q\":\"1\\n{{#x}}2{{/x}}\\n{{>r}}!\\n\",\"r\":\"3\\n4\"}";
    CHECK_STR(rendered_with(" {{>p}}\nend", "{\"x\":[7,8]}", NULL, partials),
              " a\n b7\n b8\n   1\n   22\n   3\n4!\n \n  cend");
    CHECK_STR(rendered_with("{{>p}} {{>p}}", "{}", NULL, "{\"p\":\"a\\nb\\n\"}"), "a\nb\n a\nb\n");
    CHECK_STR(rendered_with("\t{{>p}}", "{}", NULL, "{\"p\":\"{{x}}\\n{{^x}}y{{/x}}\"}"),
              "\t\n\ty");
    /* Two tags on a line are not alone. */
    CHECK_STR(rendered("{{#a}}{{/a}}\n{{!x}} {{!y}}\n", "{}"), "\n \n");
    CHECK_STR(rendered(" {{#a}} \r\n x\r\n {{/a}}\t\r\nend", "{\"a\":1}"), " x\r\nend");
    CHECK_STR(rendered("{{!a}}\rb", "{}"), "\rb");
}

static void test_errors_name_the_line(void)
{
    CHECK_STR(refused("a\nb {{name"), "line 2: a tag that is not closed");
    CHECK_STR(refused("{{{name}}"), "line 1: a tag that is not closed");
    CHECK_STR(refused("{{"), "line 1: a tag that is not closed");
    CHECK_STR(refused("{{!\n\n"), "line 1: a tag that is not closed");
    CHECK_STR(refused("{{=<% %>}}"), "line 1: a tag that is not closed");
    CHECK_STR(refused("x\n{{#a}}\n{{#b}}\n\n{{/a}}"),
              "line 5: \"a\" ends the section \"b\", which began on line 3");
    CHECK_STR(refused("\n{{#a}}{{#b}}{{/b}}\n"), "line 2: the section \"a\" is not closed");
    CHECK_STR(refused("\n\n{{/a}}"), "line 3: \"a\" ends a section that has not begun");
    CHECK_STR(refused("{{!\n\n}}{{ }}"), "line 3: a tag without a name");
    CHECK_STR(refused("{{}}"), "line 1: a tag without a name");
    CHECK_STR(refused("{{{}}}"), "line 1: a tag without a name");
    CHECK_STR(refused("{{# }}"), "line 1: a tag without a name");
    CHECK_STR(refused("{{>}}"), "line 1: a tag without a name");
    CHECK_STR(refused("{{a b}}"), "line 1: the name \"a b\" must not contain spaces");
    CHECK_STR(refused("{{>a b}}"), "line 1: the name \"a b\" must not contain spaces");
    CHECK_STR(refused("{{a..b}}"), "line 1: the name \"a..b\" has an empty part");
    CHECK_STR(refused("{{#.a}}"), "line 1: the name \".a\" has an empty part");
    CHECK_STR(refused("{{&a.}}"), "line 1: the name \"a.\" has an empty part");
    CHECK_STR(refused("\n{{<parent}}"), "line 2: tags that begin with \"<\" are not supported");
    CHECK_STR(refused("{{$block}}"), "line 1: tags that begin with \"$\" are not supported");
    static const char *const delimiters[] = {"{{==}}", "{{=<% =}}", "{{=a b c=}}", "{{=a= b=}}"};
    for (size_t i = 0; i < sizeof delimiters / sizeof *delimiters; i++)
        CHECK_STR(refused(delimiters[i]), "line 1: new delimiters are written as in {{=<% %>=}}");
    const char *long_name =
        "{{/aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggg}}";
    CHECK_STR(refused(long_name), "line 1: \"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeff"
                                  "ffffffff\" ends a section that has not begun");
}

static const char *times(const char *text, size_t n)
{
    struct str s = STR_INIT;
    while (n--)
        str_add(&s, text);
    const char *result = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return result;
}

static void test_bound_of_sections(void)
{
    const char *most = arena_printf(arena, "%sx%s", times("{{#a}}", MUSTACHE_DEPTH_MAX),
                                    times("{{/a}}", MUSTACHE_DEPTH_MAX));
    CHECK_STR(rendered(most, "{\"a\":1}"), "x");
    CHECK_STR(refused(arena_printf(arena, "\n{{^a}}%s{{/a}}", most)),
              "line 2: sections are more than 32 deep");
    /* Over partials they are counted together. */
    CHECK_STR(rendered_with("{{#a}}{{>p}}{{/a}}", "{\"a\":1}", NULL,
                            arena_printf(arena, "{\"p\":\"%s\"}", most)),
              "sections are more than 32 deep");
}

static void test_bound_of_partials(void)
{
    CHECK_STR(rendered_with("{{>p}}", "{}", NULL, "{\"p\":\"x{{>p}}\"}"),
              "partials are more than 32 deep, at \"p\"");
    CHECK_INT(err.kind, ERR_INVALID);
    struct str data = STR_INIT;
    for (int i = 0; i < 31; i++)
        str_add(&data, "{\"n\":");
    str_add(&data, "{}");
    for (int i = 0; i < 31; i++)
        str_addch(&data, '}');
    const char *partials = "{\"p\":\"{{#n}}x{{>p}}{{/n}}\"}";
    /* Looking outward, a name that is there further out is found again: never an end. */
    CHECK_STR(rendered_with("{{>p}}", data.buf, NULL, partials),
              "partials are more than 32 deep, at \"p\"");
    str_release(&data);
}

static void test_bound_of_output(void)
{
    const char *kilobyte = times("0123456789abcdef", 64);
    const char *data = arena_printf(arena, "{\"k\":\"%s\",\"l\":[%s1]}", kilobyte, times("1,", 63));
    CHECK_INT(strlen(rendered("{{#l}}{{#l}}{{k}}{{/l}}{{/l}}", data)), 4 << 20);
    CHECK_STR(rendered("{{#l}}{{#l}}{{k}}{{/l}}{{/l}}!", data),
              "the template gives more than 4194304 bytes");
    /* The bound is of what is added, and holds for the space before lines too. */
    const char *lines = arena_printf(arena, "{\"p\":\"%s\"}", times("\\n", 30000));
    CHECK_STR(rendered_with(arena_printf(arena, "%s{{>p}}", times(" ", 1000)), "{}", NULL, lines),
              "the template gives more than 4194304 bytes");
}

static void test_bound_of_steps(void)
{
    const char *data = arena_printf(arena, "{\"l\":[%s1]}", times("1,", 999));
    CHECK_STR(rendered("{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}", data),
              "the template takes more than 1000000 steps");
    CHECK_STR(rendered("{{#l}}{{^l}}{{/l}}{{/l}}", data), "");
}

int main(void)
{
    static const struct test tests[] = {
        {"the specification's examples", test_vectors},
        {"a title", test_title},
        {"values", test_values},
        {"what is false", test_what_is_false},
        {"escapers", test_escapers},
        {"lines of partials", test_lines_of_partials},
        {"errors name the line", test_errors_name_the_line},
        {"bound of sections", test_bound_of_sections},
        {"bound of partials", test_bound_of_partials},
        {"bound of output", test_bound_of_output},
        {"bound of steps", test_bound_of_steps},
    };
    arena = arena_new();
    int code = check_main("mustache", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return code;
}
