#include "mustache_tree.h"

/* What names are looked up in: the innermost value first. */
struct context {
    const struct context *up;
    const struct json *v;
};

/* What the lines of a partial begin with: that of the partial around it, then its own. */
struct indent {
    const struct indent *up;
    const char *text;
    size_t n;
};

struct rendering {
    struct str *out;
    size_t start; /* of what is added */
    const struct mustache_options *options;
    unsigned sections, partials;
    size_t steps;
    struct err *e;
};

/* Of the C stack, it takes no more than MUSTACHE_DEPTH_MAX sections and as many partials. */
static int nodes_render(struct rendering *r, const struct mustache_node *nodes,
                        const struct context *context, const struct indent *indent);

static int within_bounds(const struct rendering *r)
{
    if (r->out->len - r->start > MUSTACHE_OUTPUT_MAX)
        return err_set(r->e, ERR_INVALID, "the template gives more than %u bytes",
                       MUSTACHE_OUTPUT_MAX);
    if (r->steps > MUSTACHE_STEPS_MAX)
        return err_set(r->e, ERR_INVALID, "the template takes more than %d steps",
                       MUSTACHE_STEPS_MAX);
    return 0;
}

static const struct json *look_up(const struct mustache_node *node, const struct context *context)
{
    const struct json *v = context->v;
    if (!node->part_count)
        return v;
    while (!json_member(context->v, node->parts[0], &v)) {
        context = context->up;
        if (!context)
            return NULL;
    }
    for (size_t i = 1; i < node->part_count && v; i++)
        v = json_get(v, node->parts[i]);
    return v;
}

static void indent_add(struct str *out, const struct indent *indent)
{
    if (!indent)
        return;
    indent_add(out, indent->up);
    str_addn(out, indent->text, indent->n);
}

static int text_render(struct rendering *r, const struct mustache_node *node,
                       const struct indent *indent)
{
    const char *p = node->text, *end = p + node->len;
    if (!indent) {
        str_addn(r->out, p, node->len);
        return 0;
    }
    while (p < end) {
        const char *line = memchr(p, '\n', (size_t)(end - p));
        line = line ? line + 1 : end;
        str_addn(r->out, p, (size_t)(line - p));
        p = line;
        if (p < end)
            indent_add(r->out, indent);
        r->steps++;
        if (within_bounds(r) < 0)
            return -1;
    }
    return 0;
}

static void value_render(struct rendering *r, const struct mustache_node *node,
                         const struct context *context)
{
    const struct json *v = look_up(node, context);
    if (!v)
        return;
    mustache_escape *escape = node->kind == MUSTACHE_VALUE ? r->options->escape : NULL;
    struct str other = STR_INIT;
    size_t n = 0;
    const char *text = json_string(v, &n);
    if (!text) {
        json_canonical(&other, v);
        text = other.buf;
        n = other.len;
    }
    if (escape)
        escape(r->out, text, n);
    else
        str_addn(r->out, text, n);
    str_release(&other);
}

static bool is_true(const struct json *v)
{
    size_t n = 0;
    switch (json_type(v)) {
    case JSON_NULL:
        return false;
    case JSON_BOOL:
        return json_bool(v);
    case JSON_INT:
    case JSON_DOUBLE:
        return json_double(v) < 0 || json_double(v) > 0;
    case JSON_STRING:
        json_string(v, &n);
        return n > 0;
    case JSON_ARRAY:
        return json_array_size(v) > 0;
    case JSON_OBJECT:
        return true;
    }
    return false;
}

static int body_render(struct rendering *r, const struct mustache_node *node, const struct json *v,
                       const struct context *context, const struct indent *indent)
{
    struct context inner = {.up = context, .v = v};
    r->steps++;
    return within_bounds(r) < 0 ? -1 : nodes_render(r, node->body, &inner, indent);
}

static int section_render(struct rendering *r, const struct mustache_node *node,
                          const struct context *context, const struct indent *indent)
{
    const struct json *v = look_up(node, context);
    bool shown = is_true(v) == (node->kind == MUSTACHE_SECTION);
    int rc = 0;
    if (!shown)
        return 0;
    if (r->sections == MUSTACHE_DEPTH_MAX)
        return err_set(r->e, ERR_INVALID, "sections are more than %d deep", MUSTACHE_DEPTH_MAX);
    r->sections++;
    if (node->kind == MUSTACHE_INVERTED)
        rc = nodes_render(r, node->body, context, indent);
    else if (json_type(v) != JSON_ARRAY)
        rc = body_render(r, node, v, context, indent);
    else
        for (size_t i = 0, n = json_array_size(v); i < n && rc == 0; i++)
            rc = body_render(r, node, json_at(v, i), context, indent);
    r->sections--;
    return rc;
}

static int partial_render(struct rendering *r, const struct mustache_node *node,
                          const struct context *context, const struct indent *indent)
{
    const struct mustache_options *options = r->options;
    const struct mustache *t = options->partial ? options->partial(options->arg, node->name) : NULL;
    /* One that is not alone on its line is put in as it is. */
    struct indent own = {.up = indent, .text = node->text, .n = node->len};
    if (!t)
        return 0;
    if (r->partials == MUSTACHE_DEPTH_MAX)
        return err_set(r->e, ERR_INVALID, "partials are more than %d deep, at \"%.100s\"",
                       MUSTACHE_DEPTH_MAX, node->name);
    r->partials++;
    int rc = nodes_render(r, t->first, context, node->text ? &own : NULL);
    r->partials--;
    return rc;
}

static int node_render(struct rendering *r, const struct mustache_node *node,
                       const struct context *context, const struct indent *indent)
{
    if (node->starts_line)
        indent_add(r->out, indent);
    switch (node->kind) {
    case MUSTACHE_TEXT:
        return text_render(r, node, indent);
    case MUSTACHE_VALUE:
    case MUSTACHE_RAW:
        value_render(r, node, context);
        return 0;
    case MUSTACHE_SECTION:
    case MUSTACHE_INVERTED:
        return section_render(r, node, context, indent);
    case MUSTACHE_PARTIAL:
        return partial_render(r, node, context, indent);
    }
    return 0;
}

static int nodes_render(struct rendering *r, const struct mustache_node *nodes,
                        const struct context *context, const struct indent *indent)
{
    int rc = 0;
    for (const struct mustache_node *node = nodes; node && rc == 0; node = node->next) {
        rc = node_render(r, node, context, indent);
        r->steps++;
        if (rc == 0)
            rc = within_bounds(r);
    }
    return rc;
}

int mustache_render(struct str *out, const struct mustache *t, const struct json *data,
                    const struct mustache_options *options, struct err *e)
{
    static const struct mustache_options none = {0};
    struct rendering r = {
        .out = out, .start = out->len, .options = options ? options : &none, .e = e};
    struct context top = {.v = data};
    return nodes_render(&r, t->first, &top, NULL);
}

void mustache_escape_html(struct str *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '&')
            str_add(out, "&amp;");
        else if (text[i] == '<')
            str_add(out, "&lt;");
        else if (text[i] == '>')
            str_add(out, "&gt;");
        else if (text[i] == '"')
            str_add(out, "&quot;");
        else
            str_addch(out, text[i]);
    }
}
