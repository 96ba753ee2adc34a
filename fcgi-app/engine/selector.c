#include "selector.h"

#include "base/fields.h"
#include "definition.h"

static const char *const words[] = {
#define X(name, text) [SELECTOR_##name] = text,
    SELECTOR_KINDS(X)
#undef X
};
_Static_assert(sizeof words / sizeof *words == SELECTOR_KIND_COUNT, "a word for each");

#define REQUESTER "requester"
#define WORD_LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* Where a selector is read from and what for. */
struct reader {
    struct arena *arena;
    const char *at;
    struct problems *problems;
};

static int refuse(const struct reader *r)
{
    problems_add(r->problems, r->at,
                 "must name people: \"alice\" or \"user:alice\", \"group:…\", \"role:…\", "
                 "\"manager:requester\" (\"manager:requester:2\" for two steps up), "
                 "\"payload:/pointer\" or \"least_loaded:group:…\"");
    return -1;
}

static int refuse_word(const struct reader *r, const char *word, size_t n)
{
    struct str known = STR_INIT;
    for (int i = 0; i < SELECTOR_KIND_COUNT; i++)
        str_addf(&known, "%s%s",
                 i == 0                         ? ""
                 : i == SELECTOR_KIND_COUNT - 1 ? " and "
                                                : ", ",
                 words[i]);
    problems_add(r->problems, r->at, "\"%.*s\" is no kind of selector; there are %s",
                 (int)(n < 100 ? n : 100), word, known.buf);
    str_release(&known);
    return -1;
}

static int refuse_id(const struct reader *r)
{
    problems_add(r->problems, r->at,
                 "must name an id of 1 to %d characters, not blank, without control characters",
                 ID_MAX);
    return -1;
}

/* Length of the word before the colon of "group:finance"; 0 for a plain id. */
static size_t word_length(const char *text)
{
    size_t n = strspn(text, WORD_LETTERS);
    return text[n] == ':' ? n : 0;
}

static int word_of(const char *text, size_t n)
{
    for (int i = 0; i < SELECTOR_KIND_COUNT; i++)
        if (strlen(words[i]) == n && !strncmp(words[i], text, n))
            return i;
    return -1;
}

static void make(const struct reader *r, enum selector_kind kind, const char *name,
                 struct selector *out)
{
    *out = (struct selector){
        .kind = kind,
        .text = arena_printf(r->arena, "%s:%s", words[kind], name),
        .name = arena_strdup(r->arena, name),
    };
}

/* Of a user, a group or a role. */
static int read_id(const struct reader *r, enum selector_kind kind, const char *id,
                   struct selector *out)
{
    if (!fields_is_id(id, strlen(id), ID_MAX))
        return refuse_id(r);
    make(r, kind, id, out);
    return 0;
}

static int make_manager(const struct reader *r, int64_t steps, struct selector *out)
{
    if (steps < 1 || steps > SELECTOR_STEPS_MAX) {
        problems_add(r->problems, r->at, "must go 1 to %d steps up from the requester",
                     SELECTOR_STEPS_MAX);
        return -1;
    }
    make(r, SELECTOR_MANAGER, REQUESTER, out);
    out->steps = (int)steps;
    if (steps > 1)
        out->text = arena_printf(r->arena, "%s:%d", out->text, out->steps);
    return 0;
}

/* "requester" or "requester:2" */
static int read_manager(const struct reader *r, const char *text, struct selector *out)
{
    size_t n = sizeof REQUESTER - 1;
    if (strncmp(text, REQUESTER, n) != 0)
        return refuse(r);
    if (!text[n])
        return make_manager(r, 1, out);
    const char *digits = text + n + 1;
    size_t length = strspn(digits, "0123456789");
    if (text[n] != ':' || !length || digits[length])
        return refuse(r);
    /* What is too long for a number is one too many. */
    return make_manager(r, length > 9 ? SELECTOR_STEPS_MAX + 1 : strtol(digits, NULL, 10), out);
}

/* RFC 6901, and not the whole payload: that is nobody. */
static bool is_pointer(const char *text)
{
    if (*text != '/')
        return false;
    for (const char *p = strchr(text, '~'); p; p = strchr(p + 1, '~'))
        if (p[1] != '0' && p[1] != '1')
            return false;
    return true;
}

static int read_pointer(const struct reader *r, const char *pointer, struct selector *out)
{
    if (is_pointer(pointer))
        return read_id(r, SELECTOR_PAYLOAD, pointer, out);
    problems_add(r->problems, r->at,
                 "must be a JSON pointer into the payload, such as \"payload:/owner\"");
    return -1;
}

static int read_least_loaded(const struct reader *r, const char *group, struct selector *out)
{
    size_t n = word_length(group);
    struct selector inner;
    if (!n || word_of(group, n) != SELECTOR_GROUP) {
        problems_add(r->problems, r->at, "must name a group, as in \"least_loaded:group:finance\"");
        return -1;
    }
    if (read_id(r, SELECTOR_GROUP, group + n + 1, &inner) < 0)
        return -1;
    make(r, SELECTOR_LEAST_LOADED, inner.text, out);
    return 0;
}

static int read_kind(const struct reader *r, enum selector_kind kind, const char *name,
                     struct selector *out)
{
    switch (kind) {
    case SELECTOR_MANAGER:
        return read_manager(r, name, out);
    case SELECTOR_PAYLOAD:
        return read_pointer(r, name, out);
    case SELECTOR_LEAST_LOADED:
        return read_least_loaded(r, name, out);
    default:
        return read_id(r, kind, name, out);
    }
}

static int read_text(const struct reader *r, const char *text, struct selector *out)
{
    size_t n = word_length(text);
    if (!n)
        return read_id(r, SELECTOR_USER, text, out);
    int kind = word_of(text, n);
    return kind < 0 ? refuse_word(r, text, n)
                    : read_kind(r, (enum selector_kind)kind, text + n + 1, out);
}

/* The members of an object form. */
struct members {
    const char *word;
    const struct json *name, *steps;
    bool other;
};

static bool keep_member(const char *key, const struct json *v, void *arg)
{
    struct members *m = arg;
    if (!strcmp(key, "steps") && json_type(v) == JSON_INT) {
        m->steps = v;
    } else if (!m->word && strcmp(key, "steps") != 0) {
        m->word = key;
        m->name = v;
    } else {
        m->other = true;
    }
    return true;
}

/* A text without NUL bytes; NULL: something else. */
static const char *plain_text(const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    return text && strlen(text) == n ? text : NULL;
}

/* {"group": "finance"} as the value of least_loaded */
static const char *inner_text(const struct reader *r, const struct json *v)
{
    const char *group =
        json_object_size(v) == 1 ? plain_text(json_get(v, words[SELECTOR_GROUP])) : NULL;
    return group ? arena_printf(r->arena, "%s:%s", words[SELECTOR_GROUP], group) : plain_text(v);
}

static int read_manager_object(const struct reader *r, const struct members *m,
                               struct selector *out)
{
    const char *whom = plain_text(m->name);
    if (!whom || strcmp(whom, REQUESTER) != 0)
        return refuse(r);
    return make_manager(r, m->steps ? json_int(m->steps) : 1, out);
}

static int read_object(const struct reader *r, const struct json *v, struct selector *out)
{
    struct members m = {0};
    json_each(v, keep_member, &m);
    if (!m.word || m.other)
        return refuse(r);
    size_t n = strlen(m.word);
    int kind = word_of(m.word, n);
    if (kind < 0)
        return strspn(m.word, WORD_LETTERS) == n ? refuse_word(r, m.word, n) : refuse(r);
    if (kind == SELECTOR_MANAGER)
        return read_manager_object(r, &m, out);
    const char *name = kind == SELECTOR_LEAST_LOADED ? inner_text(r, m.name) : plain_text(m.name);
    if (!name || m.steps)
        return refuse(r);
    return read_kind(r, (enum selector_kind)kind, name, out);
}

int selector_parse(struct arena *arena, const struct json *v, const char *at, struct selector *out,
                   struct problems *problems)
{
    const struct reader r = {arena, at, problems};
    const char *text = plain_text(v);
    if (json_type(v) == JSON_OBJECT)
        return read_object(&r, v, out);
    return text ? read_text(&r, text, out) : refuse(&r);
}

static bool is_listed(const struct selector *list, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].text, text))
            return true;
    return false;
}

void selector_list_parse(struct arena *arena, const struct json *v, const char *at, size_t max,
                         const struct selector **out, size_t *count, struct problems *problems)
{
    bool list = json_type(v) == JSON_ARRAY;
    size_t n = list ? json_array_size(v) : v ? 1 : 0;
    *count = 0;
    *out = NULL;
    if (n > max) {
        problems_add(problems, at, "must have at most %zu selectors", max);
        return;
    }
    struct selector *all = arena_array(arena, n, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        const char *here = list ? pointer_index(problems->arena, at, i) : at;
        struct selector *s = &all[*count];
        if (selector_parse(arena, list ? json_at(v, i) : v, here, s, problems) == 0 &&
            !is_listed(all, *count, s->text))
            ++*count;
    }
    *out = all;
}

bool selector_in(const char *text, const char *via)
{
    size_t n = strlen(text);
    for (const char *line = via; *line;) {
        size_t length = strcspn(line, "\n");
        if (length == n && !strncmp(line, text, n))
            return true;
        line += length + (line[length] == '\n');
    }
    return false;
}
