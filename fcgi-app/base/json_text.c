#include "json_text.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_space(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

/* p at the opening quote; gives what follows the closing one. */
static const char *skip_string(const char *p)
{
    for (p++; *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p + 1;
}

/* Only a key has a colon behind it. */
static bool is_key(const char *after, const char *end)
{
    after = skip_space(after, end);
    return after < end && *after == ':';
}

static void add_code_point(struct str *out, unsigned code)
{
    char b[4];
    size_t n;
    if (!code) {
        str_add(out, JSON_KEY_NUL);
        return;
    }
    if (code < 0x80) {
        b[0] = (char)code;
        n = 1;
    } else if (code < 0x800) {
        b[0] = (char)(0xC0 | code >> 6);
        n = 2;
    } else if (code < 0x10000) {
        b[0] = (char)(0xE0 | code >> 12);
        n = 3;
    } else {
        b[0] = (char)(0xF0 | code >> 18);
        n = 4;
    }
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        b[i] = (char)(0x80 | (code & 0x3F));
    str_addn(out, b, n);
}

/* p at the backslash; gives what follows the escape, of a surrogate pair all of it. */
static const char *add_escape(struct str *out, const char *p)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    if (p[1] != 'u') {
        const char *found = strchr(letters, p[1]);
        str_addch(out, found ? meanings[found - letters] : p[1]);
        return p + 2;
    }
    unsigned code = 0, low = 0;
    json_hex4(p + 2, 4, &code);
    p += 6;
    if (code >= 0xD800 && code <= 0xDBFF) {
        json_hex4(p + 2, 4, &low);
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    add_code_point(out, code);
    return p;
}

/* The key between the quotes p and close, as it stands in the tree. */
static void add_key(struct str *out, const char *p, const char *close)
{
    for (p++; p < close;) {
        const char *escape = memchr(p, '\\', (size_t)(close - p));
        const char *plain = escape ? escape : close;
        str_addn(out, p, (size_t)(plain - p));
        p = escape ? add_escape(out, escape) : close;
    }
}

static void mask_key(struct str *out, const char *p, const char *after)
{
    while (p < after) {
        size_t n = *p == '\\' ? 2 : 1;
        if (n == 2 && after - p >= 6 && memcmp(p, "\\u0000", 6) == 0) {
            str_add(out, JSON_KEY_NUL);
            p += 6;
            continue;
        }
        str_addn(out, p, n);
        p += n;
    }
}

void json_mask_nul_keys(struct str *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len, *quote;
    while (p < end && (quote = memchr(p, '"', (size_t)(end - p)))) {
        const char *after = skip_string(quote);
        str_addn(out, p, (size_t)(quote - p));
        if (is_key(after, end))
            mask_key(out, quote, after);
        else
            str_addn(out, quote, (size_t)(after - quote));
        p = after;
    }
    str_addn(out, p, (size_t)(end - p));
}

struct member {
    size_t object, order;
    const char *key;
};

static int member_compare(const void *left, const void *right)
{
    const struct member *a = left, *b = right;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    int order = strcmp(a->key, b->key);
    if (order)
        return order;
    return a->order < b->order ? -1 : a->order > b->order;
}

static struct member member_make(struct arena *arena, const char *quote, const char *after)
{
    struct str key = STR_INIT;
    add_key(&key, quote, after - 1);
    struct member m = {.key = arena_strndup(arena, key.buf, key.len)};
    str_release(&key);
    return m;
}

/* Every member of every object, each object by a number of its own. */
static size_t members_collect(struct arena *arena, const char *text, size_t len, struct member *out)
{
    size_t open[JSON_DEPTH_MAX + 1] = {0}, depth = 0, objects = 0, n = 0;
    const char *end = text + len;
    for (const char *p = text; p < end; p++) {
        if (*p == '{' || *p == '[') {
            open[++depth] = ++objects;
        } else if (*p == '}' || *p == ']') {
            depth--;
        } else if (*p == '"') {
            const char *after = skip_string(p);
            if (is_key(after, end)) {
                out[n] = member_make(arena, p, after);
                out[n].object = open[depth];
                out[n].order = n;
                n++;
            }
            p = after - 1;
        }
    }
    return n;
}

static const char *first_duplicate(struct member *members, size_t n)
{
    const struct member *first = NULL;
    qsort(members, n, sizeof *members, member_compare);
    for (size_t i = 1; i < n; i++) {
        const struct member *m = &members[i];
        if (m[-1].object == m->object && !strcmp(m[-1].key, m->key) &&
            (!first || m->order < first->order))
            first = m;
    }
    return first ? first->key : "";
}

#define SHOWN_BYTES ((size_t)80)

int json_refuse_duplicate(const char *text, size_t len, size_t members, struct err *e)
{
    struct arena *arena = arena_new();
    struct member *all = arena_array(arena, members, sizeof *all);
    const char *key = first_duplicate(all, members_collect(arena, text, len, all));

    size_t n = strlen(key), shown = 0;
    while (shown < n && shown < SHOWN_BYTES) {
        size_t step = utf8_sequence(key + shown, n - shown);
        shown += step ? step : 1;
    }
    struct str name = STR_INIT;
    str_add_json(&name, key, shown);
    err_set(e, ERR_BAD_REQUEST, "the key \"%s%s\" occurs twice in the same object", name.buf,
            shown < n ? "..." : "");
    str_release(&name);
    arena_free(&arena);
    return -1;
}

static const char *skip_value(const char *p, const char *end)
{
    unsigned depth = 0;
    do {
        if (*p == '"') {
            p = skip_string(p);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth--;
            p++;
        } else if (depth) {
            p++;
        } else {
            while (p < end && !is_space(*p) && !strchr(",]}", *p))
                p++;
        }
    } while (depth);
    return p;
}

static bool key_equals(const char *quote, const char *after, const char *key, struct str *scratch)
{
    size_t n = (size_t)(after - quote) - 2;
    if (!memchr(quote + 1, '\\', n))
        return strlen(key) == n && !memcmp(quote + 1, key, n);
    str_clear(scratch);
    add_key(scratch, quote, after - 1);
    return !strcmp(scratch->buf, key);
}

bool json_span(const char *text, size_t len, const char *key, const char **start, size_t *n)
{
    const char *end = text + len, *p = skip_space(text, end);
    struct str scratch = STR_INIT;
    bool found = false;
    if (p == end || *p != '{')
        return false;
    p = skip_space(p + 1, end);
    while (!found && p < end && *p == '"') {
        const char *after = skip_string(p);
        const char *value = skip_space(skip_space(after, end) + 1, end);
        const char *value_end = skip_value(value, end);
        found = key_equals(p, after, key, &scratch);
        if (found) {
            *start = value;
            *n = (size_t)(value_end - value);
        }
        p = skip_space(skip_space(value_end, end) + 1, end);
    }
    str_release(&scratch);
    return found;
}

void json_minify(struct str *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    str_reserve(out, len);
    while ((p = skip_space(p, end)) < end) {
        const char *from = p;
        while (p < end && !is_space(*p))
            p = *p == '"' ? skip_string(p) : p + 1;
        str_addn(out, from, (size_t)(p - from));
    }
}
