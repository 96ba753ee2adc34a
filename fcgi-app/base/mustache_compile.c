#include "mustache_tree.h"

static const char spaces[] = " \t\r\n\v\f";

struct span {
    const char *p;
    size_t n;
};

/* A section that has begun: where what follows it goes when it has ended. */
struct open_section {
    struct span name;
    size_t line;
    struct mustache_node **after;
};

struct parser {
    struct arena *arena;
    const char *text, *end;
    const char *p;       /* what has become nodes ends here */
    const char *counted; /* how far lines are counted: to the tag in hand */
    size_t line;
    struct span open, close;
    struct mustache_node **tail;
    struct open_section sections[MUSTACHE_DEPTH_MAX];
    size_t depth;
    struct err *e;
};

/* A tag in the text. */
struct tag {
    char sort; /* the character that says what it is; 0: a name */
    struct span content;
    const char *start, *end;
    bool starts_line, alone; /* nothing but blanks before it on its line; nor after it */
    const char *line_start;  /* where the blanks begin */
};

static int __attribute__((format(printf, 2, 3)))
wrong(const struct parser *in, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_vset(in->e, ERR_INVALID, fmt, ap);
    va_end(ap);
    return err_prefix(in->e, "line %zu", in->line);
}

static bool is_space(char c)
{
    return c && strchr(spaces, c);
}

static struct span trimmed(struct span s)
{
    for (; s.n && is_space(*s.p); s.n--)
        s.p++;
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

static bool same(struct span a, struct span b)
{
    return a.n == b.n && !memcmp(a.p, b.p, a.n);
}

/* For sentences: a name that is not too long. */
static int shown(struct span s)
{
    size_t n = 0, step;
    while (n < s.n && n < 60 && (step = utf8_sequence(s.p + n, s.n - n)))
        n += step;
    return (int)n;
}

static const char *find(const char *from, const char *end, struct span what)
{
    return memmem(from, (size_t)(end - from), what.p, what.n);
}

static struct mustache_node *node_add(struct parser *in, enum mustache_kind kind, bool starts_line)
{
    struct mustache_node *node = arena_make(in->arena, struct mustache_node);
    node->kind = kind;
    node->starts_line = starts_line;
    *in->tail = node;
    in->tail = &node->next;
    return node;
}

static bool at_line_start(const struct parser *in, const char *p)
{
    return p == in->text || p[-1] == '\n';
}

static void text_add(struct parser *in, const char *from, const char *end)
{
    if (from == end)
        return;
    struct mustache_node *node = node_add(in, MUSTACHE_TEXT, at_line_start(in, from));
    node->text = from;
    node->len = (size_t)(end - from);
}

/*
 * Where a tag stands.
 */
static void look_before(const struct parser *in, struct tag *t)
{
    const char *p = t->start;
    while (p > in->text && (p[-1] == ' ' || p[-1] == '\t'))
        p--;
    t->line_start = p;
    t->alone = at_line_start(in, p);
    t->starts_line = at_line_start(in, t->start);
}

/* The end of the line, its break included, when nothing but blanks is left of it; else NULL. */
static const char *rest_of_line(const struct parser *in, const char *p)
{
    while (p < in->end && (*p == ' ' || *p == '\t'))
        p++;
    if (p == in->end)
        return p;
    if (*p == '\r' && p + 1 < in->end)
        p++;
    return *p == '\n' ? p + 1 : NULL;
}

/* A tag that stands alone takes its line with it. Interpolations never do. */
static void settle_line(struct parser *in, struct tag *t)
{
    const char *rest = t->alone ? rest_of_line(in, t->end) : NULL;
    t->alone = rest != NULL;
    if (t->alone) {
        text_add(in, in->p, t->line_start);
        in->p = rest;
        return;
    }
    text_add(in, in->p, t->start);
    in->p = t->end;
    if (t->starts_line && t->sort != '#' && t->sort != '^' && t->sort != '>')
        node_add(in, MUSTACHE_TEXT, true)->text = t->start; /* an empty text that starts a line */
}

/*
 * Names.
 */
static int name_check(const struct parser *in, struct span name)
{
    if (!name.n)
        return wrong(in, "a tag without a name");
    for (size_t i = 0; i < name.n; i++)
        if (is_space(name.p[i]) || !name.p[i])
            return wrong(in, "the name \"%.*s\" must not contain spaces", shown(name), name.p);
    return 0;
}

static int name_set(const struct parser *in, struct span name, struct mustache_node *node)
{
    if (name_check(in, name) < 0)
        return -1;
    if (same(name, (struct span){".", 1}))
        return 0;
    size_t count = 1;
    for (size_t i = 0; i < name.n; i++)
        count += name.p[i] == '.';
    const char **parts = arena_array(in->arena, count, sizeof *parts);
    const char *p = name.p, *end = name.p + name.n;
    for (size_t i = 0; i < count; i++) {
        const char *dot = memchr(p, '.', (size_t)(end - p));
        size_t n = (size_t)((dot ? dot : end) - p);
        if (!n)
            return wrong(in, "the name \"%.*s\" has an empty part", shown(name), name.p);
        parts[i] = arena_strndup(in->arena, p, n);
        p += n + 1;
    }
    node->parts = parts;
    node->part_count = count;
    return 0;
}

/*
 * Tags, by sort.
 */
static int interpolation(struct parser *in, struct tag *t)
{
    text_add(in, in->p, t->start);
    struct mustache_node *node =
        node_add(in, t->sort ? MUSTACHE_RAW : MUSTACHE_VALUE, t->starts_line);
    if (name_set(in, trimmed(t->content), node) < 0)
        return -1;
    in->p = t->end;
    return 0;
}

static int section_begin(struct parser *in, struct tag *t)
{
    struct span name = trimmed(t->content);
    if (in->depth == MUSTACHE_DEPTH_MAX)
        return wrong(in, "sections are more than %d deep", MUSTACHE_DEPTH_MAX);
    struct open_section *section = &in->sections[in->depth];
    section->name = name;
    section->line = in->line;
    struct mustache_node named = {0};
    if (name_set(in, name, &named) < 0)
        return -1;
    settle_line(in, t);
    struct mustache_node *node = node_add(in, t->sort == '#' ? MUSTACHE_SECTION : MUSTACHE_INVERTED,
                                          t->starts_line && !t->alone);
    node->parts = named.parts;
    node->part_count = named.part_count;
    section->after = &node->next;
    in->tail = &node->body;
    in->depth++;
    return 0;
}

static int section_end(struct parser *in, struct tag *t)
{
    struct span name = trimmed(t->content);
    if (!in->depth)
        return wrong(in, "\"%.*s\" ends a section that has not begun", shown(name), name.p);
    const struct open_section *section = &in->sections[in->depth - 1];
    if (!same(name, section->name))
        return wrong(in, "\"%.*s\" ends the section \"%.*s\", which began on line %zu", shown(name),
                     name.p, shown(section->name), section->name.p, section->line);
    settle_line(in, t);
    in->tail = section->after;
    in->depth--;
    return 0;
}

static int comment(struct parser *in, struct tag *t)
{
    settle_line(in, t);
    return 0;
}

static int partial(struct parser *in, struct tag *t)
{
    struct span name = trimmed(t->content);
    if (name_check(in, name) < 0)
        return -1;
    settle_line(in, t);
    struct mustache_node *node = node_add(in, MUSTACHE_PARTIAL, t->starts_line && !t->alone);
    node->name = arena_strndup(in->arena, name.p, name.n);
    if (t->alone) {
        node->text = t->line_start;
        node->len = (size_t)(t->start - t->line_start);
    }
    return 0;
}

static int delimiters(struct parser *in, struct tag *t)
{
    struct span both = trimmed(t->content);
    size_t first = 0;
    while (first < both.n && !is_space(both.p[first]))
        first++;
    struct span open = {both.p, first};
    struct span close = trimmed((struct span){both.p + first, both.n - first});
    bool right = open.n && close.n && !memchr(both.p, '=', both.n);
    for (size_t i = 0; i < close.n; i++)
        right = right && !is_space(close.p[i]);
    if (!right)
        return wrong(in, "new delimiters are written as in {{=<%% %%>=}}");
    settle_line(in, t);
    in->open = open;
    in->close = close;
    return 0;
}

static int inheritance(struct parser *in, struct tag *t)
{
    return wrong(in, "tags that begin with \"%c\" are not supported", t->sort);
}

static const struct sort {
    char sort;
    const char *before_close; /* what stands before the closing delimiter */
    int (*read)(struct parser *in, struct tag *t);
} sorts[] = {
    {'!', "", comment},        {'#', "", section_begin}, {'^', "", section_begin},
    {'/', "", section_end},    {'>', "", partial},       {'&', "", interpolation},
    {'{', "}", interpolation}, {'=', "=", delimiters},   {'<', "", inheritance},
    {'$', "", inheritance},
};

static const struct sort *sort_find(char c)
{
    static const struct sort name = {0, "", interpolation};
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        if (sorts[i].sort == c)
            return &sorts[i];
    return &name;
}

static int tag_read(struct parser *in, const char *start)
{
    struct tag t = {.start = start};
    for (; in->counted < start; in->counted++)
        in->line += *in->counted == '\n';
    const char *p = start + in->open.n;
    const struct sort *sort = sort_find(p < in->end ? *p : 0);
    t.sort = sort->sort;
    p += sort->sort ? 1 : 0;
    struct str close = STR_INIT;
    str_add(&close, sort->before_close);
    str_addn(&close, in->close.p, in->close.n);
    const char *end = find(p, in->end, (struct span){close.buf, close.len});
    if (end) {
        t.content = (struct span){p, (size_t)(end - p)};
        t.end = end + close.len;
    }
    str_release(&close);
    if (!end)
        return wrong(in, "a tag that is not closed");
    look_before(in, &t);
    return sort->read(in, &t);
}

int mustache_compile(struct arena *arena, const char *text, size_t n, const struct mustache **out,
                     struct err *e)
{
    struct mustache *t = arena_make(arena, struct mustache);
    struct parser in = {.arena = arena, .line = 1, .open = {"{{", 2}, .close = {"}}", 2}, .e = e};
    in.text = in.p = in.counted = arena_strndup(arena, text, n);
    in.end = in.text + n;
    in.tail = &t->first;
    for (const char *start; (start = find(in.p, in.end, in.open));)
        if (tag_read(&in, start) < 0)
            return -1;
    if (in.depth) {
        const struct open_section *section = &in.sections[in.depth - 1];
        in.line = section->line;
        return wrong(&in, "the section \"%.*s\" is not closed", shown(section->name),
                     section->name.p);
    }
    text_add(&in, in.p, in.end);
    *out = t;
    return 0;
}
