#include "base/json.h"
#include "../check.h"

#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <time.h>

static struct arena *arena;
static struct err err;
static const struct json_limits limits = JSON_LIMITS_DEFAULT;

static int parse(const char *text, const struct json **out)
{
    err = (struct err)ERR_INIT;
    return json_parse(arena, text, strlen(text), &limits, out, &err);
}

static const struct json *parsed(const char *text)
{
    const struct json *v = NULL;
    CHECK_INT(parse(text, &v), 0);
    return v;
}

static int scan(const char *text)
{
    err = (struct err)ERR_INIT;
    return json_scan(text, strlen(text), &limits, &err);
}

/* The message a text is refused with. */
static const char *refusal(const char *text)
{
    CHECK_INT(scan(text), -1);
    CHECK_INT(err.kind, ERR_BAD_REQUEST);
    return err.message;
}

static char canonical_text[8192];
static const char *canonical(const struct json *v)
{
    struct str s = STR_INIT;
    json_canonical(&s, v);
    snprintf(canonical_text, sizeof canonical_text, "%s", s.buf);
    str_release(&s);
    return canonical_text;
}

static void file_read(const char *path, struct str *out)
{
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    char buf[4096];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        str_addn(out, buf, n);
    fclose(f);
}

static void check_vector(const char *name, const char *text, size_t len)
{
    const struct json *v;
    struct err scanned = ERR_INIT, built = ERR_INIT;
    bool duplicate = !strncmp(name, "y_object_duplicated_key", 23);
    int scan_result = json_scan(text, len, &limits, &scanned);
    int parse_result = json_parse(arena, text, len, &limits, &v, &built);
    bool right = true;
    if (name[0] == 'y')
        right = scan_result == 0 && parse_result == (duplicate ? -1 : 0);
    else if (name[0] == 'n')
        right = scan_result == -1 && parse_result == -1;
    else
        right = scan_result == parse_result;
    if (!right)
        fprintf(stderr, "%s: scan %d (%s), parse %d (%s)\n", name, scan_result, scanned.message,
                parse_result, built.message);
    CHECK(right);
    CHECK(!parse_result || built.kind == ERR_BAD_REQUEST);
}

static void test_vectors(void)
{
    const char *root = getenv("VECTORS_DIR");
    const char *folder = arena_printf(arena, "%s/json-parsing", root ? root : "../shared/vectors");
    DIR *dir = opendir(folder);
    if (!dir) {
        printf("skipped: no folder %s (VECTORS_DIR) ", folder);
        return;
    }
    size_t seen = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t n = strlen(entry->d_name);
        if (n < 5 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        struct str text = STR_INIT;
        file_read(arena_printf(arena, "%s/%s", folder, entry->d_name), &text);
        /* A copy of exactly its size, so that reading past the end is seen by a sanitizer. */
        char *exact = mem_alloc(text.len);
        memcpy(exact, text.buf, text.len);
        check_vector(entry->d_name, exact, text.len);
        free(exact);
        str_release(&text);
        seen++;
    }
    closedir(dir);
    CHECK(seen > 300);
}

static void test_scan_accepts(void)
{
    static const char *const good[] = {
        "0",          "-0",
        "1.5e-7",     " [ ] ",
        "{}",         "\"\"",
        "true",       "null\n",
        "[[]]",       "1E+400",
        "\"\x7f\"",   "{\"\":{\"\":0}}",
        "[1,2 ,\t3]", "\"\\ud834\\udd1e\"",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_INT(scan(good[i]), 0);
    CHECK_INT(json_scan("12x", 2, &limits, &err), 0);
}

static void test_scan_refuses_with_place_and_reason(void)
{
    CHECK_STR(refusal(""), "not JSON: expected a value at byte 0, where the text ends");
    CHECK_STR(refusal("[1,]"), "not JSON: expected a value at byte 3");
    CHECK_STR(refusal("[1 2]"), "not JSON: expected ',' or ']' at byte 3");
    CHECK_STR(refusal("{\"a\" 1}"), "not JSON: expected ':' at byte 5");
    CHECK_STR(refusal("{\"a\":1 \"b\"}"), "not JSON: expected ',' or '}' at byte 7");
    CHECK_STR(refusal("{a:1}"), "not JSON: expected a key in double quotes at byte 1");
    CHECK_STR(refusal("{\"a\":1,}"), "not JSON: expected a key in double quotes at byte 7");
    CHECK_STR(refusal("1 1"), "not JSON: expected nothing more at byte 2");
    CHECK_STR(refusal("nul"), "not JSON: expected null at byte 0");
    CHECK_STR(refusal("-"), "not JSON: expected a digit at byte 1, where the text ends");
    CHECK_STR(refusal("01"), "not JSON: expected nothing more at byte 1");
    CHECK_STR(refusal("1.e3"), "not JSON: expected a digit after the decimal point at byte 2");
    CHECK_STR(refusal("1e+"),
              "not JSON: expected a digit of the exponent at byte 3, where the text ends");
    CHECK_STR(refusal("\"ab"),
              "not JSON: expected the closing quote of a string at byte 3, where the text ends");
    CHECK_STR(refusal("\"a\nb\""),
              "not JSON: expected an escape instead of a control character at byte 2");
    CHECK_STR(refusal("\"\\x\""),
              "not JSON: expected one of \" \\ / b f n r t u after a backslash at byte 2");
    CHECK_STR(refusal("\"\\u12g4\""), "not JSON: expected u and four hex digits at byte 2");
    CHECK_STR(refusal("\"\xC0\x80\""), "not JSON: expected valid UTF-8 at byte 1");
    CHECK_STR(refusal("'a'"), "not JSON: expected a value at byte 0");
    CHECK_STR(refusal("NaN"), "not JSON: expected a value at byte 0");
    CHECK_INT(json_scan("[\0]", 3, &limits, &err), -1);
    CHECK_INT(json_scan("\"\\\0\"", 4, &limits, &err), -1);
}

static void test_scan_refuses_half_surrogates(void)
{
    CHECK_STR(refusal("\"\\ud800\""),
              "not JSON: expected the second half of a surrogate pair at byte 7");
    CHECK_INT(scan("\"\\ud800\\ud800\""), -1);
    CHECK_INT(scan("\"\\ud800\\u0041\""), -1);
    CHECK_STR(refusal("\"\\udc00\""), "not JSON: expected the first half of a surrogate pair "
                                      "before its second at byte 2");
}

static void test_limits(void)
{
    struct json_limits small = {.max_bytes = 4, .max_depth = 2};
    CHECK_INT(json_scan("[[]]", 4, &small, &err), 0);
    CHECK_INT(json_scan("[[ ]]", 5, &small, &err), -1);
    CHECK_INT(err.kind, ERR_TOO_LARGE);
    CHECK_STR(err.message, "5 bytes of JSON are more than the 4 allowed");
    small.max_bytes = 100;
    CHECK_INT(json_scan("[{\"a\":[]}]", 10, &small, &err), -1);
    CHECK_INT(err.kind, ERR_BAD_REQUEST);
    CHECK_STR(err.message, "more than 2 levels of objects and arrays within each other at byte 6");
    CHECK_INT(json_scan("[[],[]]", 7, &small, &err), 0);
}

static void test_depth_64_is_built_and_65_refused(void)
{
    char text[2 * 65 + 2];
    const struct json *v = NULL;
    memset(text, '[', 64);
    text[64] = '1';
    memset(text + 65, ']', 64);
    CHECK_INT(json_parse(arena, text, 129, &limits, &v, &err), 0);
    for (int i = 0; i < 64; i++)
        v = json_at(v, 0);
    CHECK_INT(json_int(v), 1);

    struct json_limits boundless = {.max_bytes = 1000, .max_depth = 1000};
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    CHECK_INT(json_parse(arena, text, 130, &boundless, &v, &err), -1);
    CHECK_INT(err.kind, ERR_BAD_REQUEST);
}

static int scan_int64(const char *text)
{
    struct json_limits l = {.max_bytes = 100, .max_depth = 2, .int64_only = true};
    return json_scan(text, strlen(text), &l, &err);
}

static void test_int64_only(void)
{
    CHECK_INT(scan_int64("[9223372036854775807,-9223372036854775808,-0,0]"), 0);
    CHECK_INT(scan_int64("9223372036854775808"), -1);
    CHECK_INT(err.kind, ERR_BAD_REQUEST);
    CHECK_STR(err.message, "the integer at byte 0 does not fit 64 bits; send it as a string");
    CHECK_INT(scan_int64("-9223372036854775809"), -1);
    CHECK_INT(scan_int64("[1, 99999999999999999999999]"), -1);
    CHECK_INT(scan_int64("99999999999999999999999.5"), 0);
    CHECK_INT(scan_int64("1e99"), 0);
    CHECK_INT(scan("99999999999999999999999"), 0);
}

static void test_values(void)
{
    const struct json *v = parsed("{\"s\":\"a\\u0000b\",\"i\":-7,\"d\":2.5,\"t\":true,\"f\":false,"
                                  "\"n\":null,\"a\":[1,null,\"x\"],\"o\":{\"k\":1}}");
    size_t n = 0;
    CHECK_INT(json_type(v), JSON_OBJECT);
    CHECK_INT(json_object_size(v), 8);
    const char *s = json_string(json_get(v, "s"), &n);
    CHECK_INT(n, 3);
    CHECK_FATAL(s != NULL);
    CHECK(!memcmp(s, "a\0b", 4));
    CHECK_INT(json_int(json_get(v, "i")), -7);
    CHECK(json_double(json_get(v, "i")) == -7.0);
    CHECK(json_double(json_get(v, "d")) == 2.5);
    CHECK_INT(json_int(json_get(v, "d")), 2);
    CHECK_INT(json_type(json_get(v, "d")), JSON_DOUBLE);
    CHECK(json_bool(json_get(v, "t")));
    CHECK(!json_bool(json_get(v, "f")));
    CHECK_INT(json_type(json_get(v, "f")), JSON_BOOL);
    CHECK_INT(json_array_size(json_get(v, "a")), 3);
    CHECK_INT(json_int(json_at(json_get(v, "a"), 0)), 1);
    CHECK(json_at(json_get(v, "a"), 1) == NULL);
    CHECK_STR(json_string(json_at(json_get(v, "a"), 2), NULL), "x");
    CHECK(json_at(json_get(v, "a"), 3) == NULL);
    CHECK_INT(json_int(json_get(json_get(v, "o"), "k")), 1);
}

static void test_absent_and_null_differ(void)
{
    const struct json *v = parsed("{\"n\":null}"), *m = v;
    CHECK(json_member(v, "n", &m));
    CHECK(m == NULL);
    m = v;
    CHECK(!json_member(v, "x", &m));
    CHECK(m == NULL);
    CHECK(json_get(v, "n") == NULL);
    CHECK(parsed("null") == NULL);
    CHECK_INT(json_type(NULL), JSON_NULL);
    CHECK_STR(json_type_name(JSON_NULL), "null");
    CHECK_STR(json_type_name(JSON_OBJECT), "object");
    CHECK_STR(json_type_name(JSON_DOUBLE), "number");
}

static void test_wrong_types_read_as_nothing(void)
{
    const struct json *string = parsed("\"12\""), *array = parsed("[1]"), *m = string;
    CHECK(json_get(string, "a") == NULL);
    CHECK(!json_member(array, "a", &m));
    CHECK(json_at(string, 0) == NULL);
    CHECK_INT(json_array_size(string), 0);
    CHECK_INT(json_object_size(array), 0);
    CHECK_INT(json_int(string), 0);
    CHECK(json_double(string) == 0);
    CHECK(!json_bool(parsed("1")));
    CHECK(json_string(array, NULL) == NULL);
}

static void test_numbers_at_the_edge(void)
{
    CHECK_INT(json_int(parsed("9223372036854775807")), INT64_MAX);
    CHECK_INT(json_int(parsed("-9223372036854775808")), INT64_MIN);
    CHECK_INT(json_int(parsed("18446744073709551615")), INT64_MAX);
    CHECK_INT(json_int(parsed("-99999999999999999999")), INT64_MIN);
    CHECK(isinf(json_double(parsed("1e400"))));
    CHECK(json_double(parsed("1e-400")) == 0);
}

static bool collect_keys(const char *key, const struct json *v, void *arg)
{
    (void)v;
    str_addf(arg, "%s,", key);
    return strcmp(key, "stop") != 0;
}

static void test_each_keeps_order_and_stops(void)
{
    struct str keys = STR_INIT;
    json_each(parsed("{\"z\":1,\"a\":null,\"stop\":2,\"b\":3}"), collect_keys, &keys);
    CHECK_STR(keys.buf, "z,a,stop,");
    json_each(parsed("[1]"), collect_keys, &keys);
    CHECK_STR(keys.buf, "z,a,stop,");
    str_release(&keys);
}

static const char *duplicate_refusal(const char *text)
{
    const struct json *v;
    CHECK_INT(scan(text), 0);
    CHECK_INT(parse(text, &v), -1);
    CHECK_INT(err.kind, ERR_BAD_REQUEST);
    return err.message;
}

static void test_duplicate_keys(void)
{
    static const char a_twice[] = "the key \"a\" occurs twice in the same object";
    CHECK_STR(duplicate_refusal("{\"a\":1,\"a\":2}"), a_twice);
    CHECK_STR(duplicate_refusal("{\"a\":1,\"\\u0061\":1}"), a_twice);
    CHECK_STR(duplicate_refusal("[{\"b\":{\"x\":1,\"y\":[{\"a\":\"}\",\"a\":[]}]}},{\"a\":1}]"),
              a_twice);
    CHECK_STR(duplicate_refusal("{\"b\":0,\"a\":{\"p\":{\"q\":1}},\"a\":{},\"b\":0}"), a_twice);
    CHECK_STR(duplicate_refusal("{\"a\":1,\"b\":[{\"a\":1}],\"a\":2}"), a_twice);
    CHECK_STR(duplicate_refusal("{\"\":1,\"\":2}"), "the key \"\" occurs twice in the same object");
    CHECK_STR(duplicate_refusal("{\"\\n\\\"\":1,\"\\u000a\\\"\":2}"),
              "the key \"\\n\\\"\" occurs twice in the same object");
    CHECK_STR(duplicate_refusal("{\"\xC3\xA4\xE2\x82\xAC\xF0\x9D\x84\x9E\":1,"
                                "\"\\u00e4\\u20ac\\ud834\\udd1e\":2}"),
              "the key \"\xC3\xA4\xE2\x82\xAC\xF0\x9D\x84\x9E\" occurs twice in the same object");
    parsed("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}");
}

static void test_long_duplicate_is_shown_cut(void)
{
    struct str text = STR_INIT, key = STR_INIT;
    for (int i = 0; i < 300; i++)
        str_add(&key, "\xE2\x82\xAC");
    str_addf(&text, "{\"%s\":1,\"%s\":2}", key.buf, key.buf);
    const char *message = duplicate_refusal(text.buf);
    CHECK(strlen(message) < 200);
    CHECK(utf8_valid(message, strlen(message)));
    CHECK(strstr(message, "\xE2\x82\xAC...\" occurs twice") != NULL);
    str_release(&text);
    str_release(&key);
}

static void test_nul_in_keys(void)
{
    const struct json *v = parsed("{\"foo\\u0000bar\":1,\"foo\":2,\"foo\\u0000\":3,"
                                  "\"\\\\u0000\":\"\\u0000\"}");
    CHECK_INT(json_object_size(v), 4);
    CHECK_INT(json_int(json_get(v, "foo")), 2);
    CHECK_STR(canonical(v), "{\"\\\\u0000\":\"\\u0000\",\"foo\":2,\"foo\\u0000\":3,"
                            "\"foo\\u0000bar\":1}");
    CHECK_STR(duplicate_refusal("{\"a\\u0000b\":1,\"a\\u0000b\":2}"),
              "the key \"a\xEF\xBF\xBD\xEF\xBF\xBD"
              "b\" occurs twice in the same object");
}

static double seconds_to_parse(const char *text, size_t len, int want)
{
    const struct json *v;
    clock_t from = clock();
    CHECK_INT(json_parse(arena, text, len, &limits, &v, &err), want);
    return (double)(clock() - from) / CLOCKS_PER_SEC;
}

static void test_many_keys_take_linear_time(void)
{
    struct str text = STR_INIT;
    str_addch(&text, '{');
    for (int i = 0; i < 100000; i++)
        str_addf(&text, "\"%x\":1,", (unsigned)i);
    size_t open = text.len;
    str_add(&text, "\"last\":1}");
    CHECK(text.len <= limits.max_bytes);
    /* Milliseconds in truth; comparing each with each would take minutes under a sanitizer. */
    CHECK(seconds_to_parse(text.buf, text.len, 0) < 5);
    text.len = open;
    str_add(&text, "\"1869f\":1}");
    CHECK(seconds_to_parse(text.buf, text.len, -1) < 5);
    CHECK_STR(err.message, "the key \"1869f\" occurs twice in the same object");
    str_release(&text);
}

static const char *span(const char *text, const char *key)
{
    const char *start;
    size_t n;
    CHECK_INT(scan(text), 0);
    return json_span(text, strlen(text), key, &start, &n) ? arena_strndup(arena, start, n) : NULL;
}

static void test_span(void)
{
    const char *text =
        " { \"a\" : [1, {\"b\":\"]}\"} ] , \"b\":{ }, \"q\\\"\":\"\\\\\\\"\",\"c\": -1.50e3\n,"
        "\"d\":null , \"\\u0065\":true, \"\":0 } ";
    CHECK_STR(span(text, "a"), "[1, {\"b\":\"]}\"} ]");
    CHECK_STR(span(text, "b"), "{ }");
    CHECK_STR(span(text, "q\""), "\"\\\\\\\"\"");
    CHECK_STR(span(text, "c"), "-1.50e3");
    CHECK_STR(span(text, "d"), "null");
    CHECK_STR(span(text, "e"), "true");
    CHECK_STR(span(text, ""), "0");
    CHECK_STR(span(text, "f"), NULL);
    CHECK_STR(span("{}", "a"), NULL);
    CHECK_STR(span("[\"a\",1]", "a"), NULL);
    CHECK_STR(span("\"a\"", "a"), NULL);
    CHECK_STR(span("{\"a\\u0000\":1,\"a\":2}", "a"), "2");
    CHECK_STR(span("{\"a\":1}", "a"), "1");
}

static const char *minified(const char *text)
{
    struct str s = STR_INIT;
    str_add(&s, ">");
    json_minify(&s, text, strlen(text));
    const char *copy = arena_strdup(arena, s.buf);
    str_release(&s);
    return copy;
}

static void test_minify(void)
{
    CHECK_STR(minified(" { \"a b\" :\t[ 1 , 2.50 ]\r\n, \"\\\" \" : \" x\" } "),
              ">{\"a b\":[1,2.50],\"\\\" \":\" x\"}");
    CHECK_STR(minified("1"), ">1");
    CHECK_STR(minified(" \" \" "), ">\" \"");
}

static void test_canonical(void)
{
    CHECK_STR(canonical(parsed(" { \"b\" : [ 1.50 , -0, 1e2, 1E400 ] , \"a\" : \"\\u00e4\\/\\n\" ,"
                               "\"\xC3\xA4\":null, \"B\":{ }, \"aa\":[ true, false ] } ")),
              "{\"B\":{},\"a\":\"\xC3\xA4/\\n\",\"aa\":[true,false],\"b\":[1.50,0,1e2,1E400],"
              "\"\xC3\xA4\":null}");
    CHECK_STR(canonical(parsed("[9223372036854775807,18446744073709551615,-9223372036854775808]")),
              "[9223372036854775807,18446744073709551615,-9223372036854775808]");
    CHECK_STR(canonical(NULL), "null");
}

static void *read_often(void *tree)
{
    struct str s = STR_INIT;
    size_t wrong = 0;
    for (int i = 0; i < 200; i++) {
        str_clear(&s);
        json_canonical(&s, tree);
        wrong += strcmp(s.buf, "{\"a\":[1,2.5,\"x\"],\"b\":true}") != 0;
        wrong += json_double(json_at(json_get(tree, "a"), 1)) < 2.5;
    }
    str_release(&s);
    return wrong ? tree : NULL;
}

static void test_threads_read_one_tree(void)
{
    pthread_t threads[4];
    const struct json *v = parsed("{\"b\":true,\"a\":[1,2.5,\"x\"]}");
    for (size_t i = 0; i < 4; i++)
        CHECK_FATAL(!pthread_create(&threads[i], NULL, read_often, (void *)(uintptr_t)v));
    for (size_t i = 0; i < 4; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        CHECK(wrong == NULL);
    }
}

static void test_writer(void)
{
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_object(&w);
    jsonw_kstring(&w, "s", "a\"\n");
    jsonw_kstring(&w, "none", NULL);
    jsonw_kint(&w, "i", INT64_MIN);
    jsonw_kbool(&w, "b\\", true);
    jsonw_kraw(&w, "raw", "[1]");
    jsonw_kraw(&w, "nothing", NULL);
    jsonw_ktime(&w, "t", 1);
    jsonw_ktime(&w, "never", 0);
    jsonw_key(&w, "list");
    jsonw_array(&w);
    jsonw_array(&w);
    jsonw_end(&w);
    jsonw_object(&w);
    jsonw_end(&w);
    jsonw_bool(&w, false);
    jsonw_null(&w);
    jsonw_int(&w, 7);
    jsonw_time(&w, 0);
    jsonw_end(&w);
    jsonw_end(&w);
    CHECK_STR(s.buf,
              "{\"s\":\"a\\\"\\n\",\"none\":null,\"i\":-9223372036854775808,\"b\\\\\":true,"
              "\"raw\":[1],\"nothing\":null,\"t\":\"1970-01-01T00:00:00.000001Z\",\"never\":null,"
              "\"list\":[[],{},false,null,7,null]}");
    CHECK_INT(scan(s.buf), 0);
    CHECK_INT(w.depth, 0);
    str_release(&s);
}

static void test_value_limit(void)
{
    struct json_limits few = {.max_bytes = 1000, .max_depth = 10, .max_values = 4};
    struct err e = ERR_INIT;
    CHECK_INT(json_scan("[1,2,{}]", 8, &few, &e), 0);
    CHECK_INT(json_scan("{\"a\":[1,2]}", 11, &few, &e), 0);
    CHECK_INT(json_scan("[1,2,{},4]", 10, &few, &e), -1);
    CHECK_INT(e.kind, ERR_BAD_REQUEST);
}

/* A tree goes out as it came in: members in their order, numbers as they were. */
static void test_writer_takes_trees(void)
{
    static const char text[] = "{\"b\":[1,2.50,\"x\\n\",null,true,{}],\"a\":{\"z\":[],\"y\":-7}}";
    struct arena *a = arena_new();
    const struct json *v = NULL;
    struct err e = ERR_INIT;
    CHECK_INT(json_parse(a, text, strlen(text), &limits, &v, &e), 0);
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_value(&w, v);
    CHECK_STR(s.buf, text);
    str_clear(&s);
    jsonw_init(&w, &s);
    jsonw_object(&w);
    jsonw_kint(&w, "first", 1);
    jsonw_members(&w, json_get(v, "a"));
    jsonw_end(&w);
    CHECK_STR(s.buf, "{\"first\":1,\"z\":[],\"y\":-7}");
    str_release(&s);
    arena_free(&a);
}

static void test_writer_nests_as_deep_as_the_scanner(void)
{
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    for (int i = 0; i < 63; i++)
        jsonw_array(&w);
    for (int i = 0; i < 63; i++) {
        jsonw_int(&w, i);
        jsonw_end(&w);
    }
    CHECK_INT(scan(s.buf), 0);
    str_release(&s);
}

static void test_kept(void)
{
    struct arena *a = arena_new();
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    struct str text = STR_INIT;
    str_add(&text, "[\"");
    for (size_t i = 0; i < (2u << 20); i++)
        str_addch(&text, 'x');
    str_add(&text, "\"]");
    CHECK_INT(json_parse_kept(a, text.buf, &v, &e), 0);
    CHECK_INT(json_array_size(v), 1);
    CHECK_INT(json_parse_kept(a, "{", &v, &e), -1);
    CHECK_INT(e.kind, ERR_BAD_REQUEST);
    str_release(&text);
    arena_free(&a);
}

static const struct test tests[] = {
    {"text that is kept may be of any length", test_kept},
    {"JSONTestSuite", test_vectors},
    {"scan accepts JSON", test_scan_accepts},
    {"scan says where and why not", test_scan_refuses_with_place_and_reason},
    {"scan refuses half surrogate pairs", test_scan_refuses_half_surrogates},
    {"size and depth limits", test_limits},
    {"64 levels are built, 65 refused", test_depth_64_is_built_and_65_refused},
    {"integers beyond 64 bits", test_int64_only},
    {"values of every type", test_values},
    {"absent and null differ", test_absent_and_null_differ},
    {"wrong types read as nothing", test_wrong_types_read_as_nothing},
    {"numbers at the edge", test_numbers_at_the_edge},
    {"each keeps order and stops", test_each_keeps_order_and_stops},
    {"duplicate keys are named", test_duplicate_keys},
    {"a long duplicate is cut", test_long_duplicate_is_shown_cut},
    {"NUL in keys", test_nul_in_keys},
    {"100,000 keys in linear time", test_many_keys_take_linear_time},
    {"span of a member", test_span},
    {"minify", test_minify},
    {"canonical form", test_canonical},
    {"threads read one tree", test_threads_read_one_tree},
    {"writer", test_writer},
    {"a limit of values", test_value_limit},
    {"writer takes trees", test_writer_takes_trees},
    {"writer nests deeply", test_writer_nests_as_deep_as_the_scanner},
};

int main(void)
{
    arena = arena_new();
    int result = check_main("json", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return result;
}
