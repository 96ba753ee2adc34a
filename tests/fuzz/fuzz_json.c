/*
 * What json_scan accepts, json_parse accepts too, unless a key occurs twice;
 * what json_scan refuses, both refuse. Minified and canonical text is JSON
 * again, means the same, and does not change when treated once more.
 */
#include "base/json.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits limits = JSON_LIMITS_DEFAULT;

struct whole {
    const char *text;
    size_t len;
    int left; /* members still to be looked at: spans cost the length of the text each */
};

/* Each member is found in the text, and its text is the same value. */
static bool check_span(const char *key, const struct json *v, void *arg)
{
    struct whole *w = arg;
    const char *start;
    size_t n;
    struct err e = ERR_INIT;
    const struct json *again;
    struct arena *arena = arena_new();
    struct str a = STR_INIT, b = STR_INIT;
    REQUIRE(json_span(w->text, w->len, key, &start, &n));
    REQUIRE(json_parse(arena, start, n, &limits, &again, &e) == 0);
    json_canonical(&a, v);
    json_canonical(&b, again);
    REQUIRE(!strcmp(a.buf, b.buf));
    str_release(&a);
    str_release(&b);
    arena_free(&arena);
    return --w->left > 0;
}

static void check_canonical(struct arena *arena, const struct str *minified, const struct json *v)
{
    struct err e = ERR_INIT;
    const struct json *again;
    struct str a = STR_INIT, b = STR_INIT, c = STR_INIT;
    json_canonical(&a, v);
    REQUIRE(json_parse(arena, minified->buf, minified->len, &limits, &again, &e) == 0);
    json_canonical(&b, again);
    REQUIRE(!strcmp(a.buf, b.buf));
    struct json_limits wide = {.max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX};
    REQUIRE(json_parse(arena, a.buf, a.len, &wide, &again, &e) == 0);
    json_canonical(&c, again);
    REQUIRE(!strcmp(a.buf, c.buf));
    str_release(&a);
    str_release(&b);
    str_release(&c);
}

static void check_minified(const char *text, size_t len, struct str *minified)
{
    struct err e = ERR_INIT;
    struct str again = STR_INIT;
    json_minify(minified, text, len);
    REQUIRE(minified->len <= len);
    REQUIRE(json_scan(minified->buf, minified->len, &limits, &e) == 0);
    json_minify(&again, minified->buf, minified->len);
    REQUIRE(!strcmp(again.buf, minified->buf));
    str_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct err scanned = ERR_INIT, built = ERR_INIT;
    const struct json *v = NULL;
    struct arena *arena = arena_new();
    struct str minified = STR_INIT;
    bool is_json = json_scan(text, size, &limits, &scanned) == 0;
    bool is_tree = json_parse(arena, text, size, &limits, &v, &built) == 0;
    if (!is_json) {
        REQUIRE(!is_tree && built.kind == scanned.kind);
        REQUIRE(!strcmp(built.message, scanned.message));
        REQUIRE(utf8_valid(scanned.message, strlen(scanned.message)));
    } else {
        check_minified(text, size, &minified);
    }
    if (is_json && !is_tree) {
        REQUIRE(built.kind == ERR_BAD_REQUEST && strstr(built.message, "occurs twice"));
        REQUIRE(!strstr(built.message, "the key \"\" ") || strstr(minified.buf, "\"\":"));
    }
    if (is_tree) {
        check_canonical(arena, &minified, v);
        struct whole w = {.text = text, .len = size, .left = 8};
        json_each(v, check_span, &w);
    }
    str_release(&minified);
    arena_free(&arena);
    return 0;
}
