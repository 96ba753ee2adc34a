#include "payload_schema_parts.h"

#define MULTIPLE_MAX (INT64_C(1) << 53)
#define TEXTS_SHOWN 10 /* values of an enum in a sentence */

struct definition_entry {
    const char *ref; /* "#/$defs/<name>" */
    struct payload_schema *node;
};

struct compiler {
    struct arena *arena;
    struct problems *problems;
    const char *at;
    struct definition_entry *defs;
    size_t def_count;
    size_t nodes;
    size_t before; /* problems that were there already */
};

/* One member of a schema object. */
struct reader {
    struct compiler *c;
    struct payload_schema *node;
    const struct keyword *keyword;
    const struct json *value;
    const struct schema_place *place; /* of value */
};

struct keyword {
    const char *name;
    void (*read)(const struct reader *r);
    enum schema_rule_kind kind;
};

static struct payload_schema *schema_new(struct compiler *c, const struct json *body,
                                         const struct schema_place *place);
static void schema_fill(struct compiler *c, struct payload_schema *node, const struct json *body,
                        const struct schema_place *place);

static void wrong(const struct reader *r, const char *sentence)
{
    schema_problem(r->c->problems, r->c->at, r->place, sentence);
}

static bool given_up(const struct compiler *c)
{
    return c->nodes > PAYLOAD_SCHEMA_NODES_MAX || c->problems->count - c->before > PROBLEMS_MAX;
}

/* The node's rule of the keyword's kind, made when it is the first of its keywords. */
static struct schema_rule *rule_of(const struct reader *r)
{
    struct schema_rule **end = &r->node->rules;
    for (; *end; end = &(*end)->next)
        if ((*end)->kind == r->keyword->kind)
            return *end;
    *end = arena_make(r->c->arena, struct schema_rule);
    (*end)->kind = r->keyword->kind;
    return *end;
}

static const char *kept(struct compiler *c, struct str *s)
{
    const char *text = arena_strndup(c->arena, s->buf, s->len);
    str_release(s);
    return text;
}

static void read_over(const struct reader *r)
{
    (void)r;
}

/* $id within a schema would change what the $refs below it mean. */
static void read_id(const struct reader *r)
{
    if (r->place->up->up)
        wrong(r, "\"$id\" is supported at the top of the schema only");
}

static int type_find(const char *name)
{
    static const char *const names[] = {
#define X(id, text, sentence) [SCHEMA_##id] = text,
        SCHEMA_TYPES(X)
#undef X
    };
    for (int t = 0; t < SCHEMA_TYPE_COUNT; t++)
        if (name && !strcmp(names[t], name))
            return t;
    return -1;
}

static const char *types_text(struct compiler *c, size_t types)
{
    static const char *const sentences[] = {
#define X(id, text, sentence) [SCHEMA_##id] = sentence,
        SCHEMA_TYPES(X)
#undef X
    };
    struct str s = STR_INIT;
    for (size_t t = 0; t < SCHEMA_TYPE_COUNT; t++)
        if (types >> t & 1) {
            bool last = types >> t == 1;
            str_addf(&s, "%s%s", !s.len ? "" : last ? " or " : ", ", sentences[t]);
        }
    return kept(c, &s);
}

static void read_type(const struct reader *r)
{
    size_t types = 0;
    bool list = json_type(r->value) == JSON_ARRAY, right = true;
    size_t n = list ? json_array_size(r->value) : 1;
    for (size_t i = 0; i < n && right; i++) {
        int t = type_find(json_string(list ? json_at(r->value, i) : r->value, NULL));
        right = t >= 0 && !(types >> t & 1);
        types |= right ? (size_t)1 << t : 0;
    }
    if (!right || !types) {
        wrong(r, "must be null, boolean, object, array, number, string or integer, or a list of "
                 "different ones");
        return;
    }
    struct schema_rule *rule = rule_of(r);
    rule->count = types;
    rule->text = types_text(r->c, types);
}

static bool has_beyond(const struct json *v);

static bool member_not_beyond(const char *key, const struct json *v, void *found)
{
    (void)key;
    *(bool *)found = has_beyond(v);
    return !*(bool *)found;
}

/* Recurses as deep as JSON. */
static bool has_beyond(const struct json *v)
{
    bool found = schema_integer_beyond(v);
    for (size_t i = 0, n = json_array_size(v); i < n && !found; i++)
        found = has_beyond(json_at(v, i));
    if (!found)
        json_each(v, member_not_beyond, &found);
    return found;
}

/* A copy of an array, for the tree it came from may be gone before the schema is. */
static const struct json *copied(struct compiler *c, struct str *text)
{
    const struct json *copy = NULL;
    struct err e = ERR_INIT;
    if (json_parse_kept(c->arena, text->buf, &copy, &e) < 0)
        problems_add(c->problems, c->at, "%s", e.message);
    str_release(text);
    return copy;
}

static const char *choice_text(struct compiler *c, const struct json *choice)
{
    struct str s = STR_INIT;
    size_t n = json_array_size(choice);
    for (size_t i = 0; i < n && i < TEXTS_SHOWN; i++) {
        str_add(&s, i ? ", " : "");
        schema_show(&s, json_at(choice, i));
    }
    if (n > TEXTS_SHOWN)
        str_addf(&s, " and %zu more", n - TEXTS_SHOWN);
    return kept(c, &s);
}

static void choice_set(const struct reader *r, struct str *text)
{
    const struct json *choice = copied(r->c, text);
    size_t n = json_array_size(choice), steps = 0;
    struct schema_element *elements = arena_array(r->c->arena, n, sizeof *elements);
    schema_elements_sort(elements, choice, &steps);
    struct schema_rule *rule = rule_of(r);
    rule->elements = elements;
    rule->element_count = n;
    rule->text = choice_text(r->c, choice);
}

static void read_enum(const struct reader *r)
{
    struct str text = STR_INIT;
    if (!json_array_size(r->value)) {
        wrong(r, "must be an array of at least 1 value");
    } else if (has_beyond(r->value)) {
        wrong(r, "must not contain whole numbers of more than 64 bits");
    } else {
        json_canonical(&text, r->value);
        choice_set(r, &text);
    }
}

static void read_const(const struct reader *r)
{
    struct str text = STR_INIT;
    if (has_beyond(r->value)) {
        wrong(r, "must not contain whole numbers of more than 64 bits");
        return;
    }
    str_addch(&text, '[');
    json_canonical(&text, r->value);
    str_addch(&text, ']');
    choice_set(r, &text);
}

static void read_number(const struct reader *r)
{
    if (!schema_is_number(r->value) || schema_integer_beyond(r->value)) {
        wrong(r, "must be a number (a whole one of 64 bits at most)");
        return;
    }
    struct str s = STR_INIT;
    schema_describe(&s, r->value);
    struct schema_rule *rule = rule_of(r);
    rule->number = schema_number_of(r->value);
    rule->text = kept(r->c, &s);
}

static void read_multiple(const struct reader *r)
{
    struct schema_number a = {0};
    if (schema_is_number(r->value))
        a = schema_number_of(r->value);
    if (a.integer && a.n >= 1 && a.n <= MULTIPLE_MAX)
        read_number(r);
    else
        wrong(r, "must be a whole number from 1 to 9007199254740992");
}

static void read_count(const struct reader *r)
{
    struct schema_number a = {0};
    if (schema_is_number(r->value))
        a = schema_number_of(r->value);
    if (a.integer && a.n >= 0)
        rule_of(r)->count = (size_t)a.n;
    else
        wrong(r, "must be a whole number of at least 0");
}

static void read_unique(const struct reader *r)
{
    if (json_type(r->value) == JSON_BOOL)
        rule_of(r)->count = json_bool(r->value);
    else
        wrong(r, "must be true or false");
}

static void read_format(const struct reader *r)
{
    const char *name = json_string(r->value, NULL);
    const struct payload_format *format = name ? payload_format_find(name) : NULL;
    if (format) {
        rule_of(r)->format = format;
        return;
    }
    struct str s = STR_INIT;
    str_add(&s, "must be one of the formats ");
    payload_format_names(&s);
    wrong(r, s.buf);
    str_release(&s);
}

/* A string without NUL: keys are C strings. */
static bool is_name(const struct json *v)
{
    size_t n = 0;
    const char *text = json_string(v, &n);
    return text && !memchr(text, 0, n);
}

/* false, and a problem at its place, for what is no list of different strings. */
static bool names_read(struct compiler *c, const struct json *v, const struct schema_place *place,
                       struct schema_names *out)
{
    size_t n = json_array_size(v), first, second, steps = 0;
    bool right = json_type(v) == JSON_ARRAY;
    for (size_t i = 0; i < n && right; i++)
        right = is_name(json_at(v, i));
    if (!right || schema_repeated(v, &first, &second, &steps)) {
        schema_problem(c->problems, c->at, place, "must be a list of different strings");
        return false;
    }
    out->count = n;
    out->names = arena_array(c->arena, n, sizeof *out->names);
    for (size_t i = 0; i < n; i++)
        out->names[i] = arena_strdup(c->arena, json_string(json_at(v, i), NULL));
    return true;
}

static void read_required(const struct reader *r)
{
    struct schema_names names;
    if (names_read(r->c, r->value, r->place, &names))
        rule_of(r)->names = names;
}

/* The members of an object, as they are read. */
struct member_reading {
    struct compiler *c;
    const struct schema_place *place;
    struct schema_member *members;
    size_t count;
};

static bool read_dependency(const char *key, const struct json *v, void *arg)
{
    struct member_reading *m = arg;
    struct schema_place place = {.up = m->place, .key = key};
    struct schema_member *one = &m->members[m->count++];
    one->name = arena_strdup(m->c->arena, key);
    names_read(m->c, v, &place, &one->needs);
    return !given_up(m->c);
}

static bool read_property(const char *key, const struct json *v, void *arg)
{
    struct member_reading *m = arg;
    struct schema_place place = {.up = m->place, .key = key};
    struct schema_member *one = &m->members[m->count++];
    one->name = arena_strdup(m->c->arena, key);
    one->schema = schema_new(m->c, v, &place);
    return !given_up(m->c);
}

static int member_compare(const void *left, const void *right)
{
    const struct schema_member *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static void members_read(const struct reader *r,
                         bool (*read)(const char *key, const struct json *v, void *arg))
{
    if (json_type(r->value) != JSON_OBJECT) {
        wrong(r, "must be an object");
        return;
    }
    struct member_reading m = {.c = r->c, .place = r->place};
    m.members = arena_array(r->c->arena, json_object_size(r->value), sizeof(struct schema_member));
    json_each(r->value, read, &m);
    if (m.count > 1)
        qsort(m.members, m.count, sizeof *m.members, member_compare);
    struct schema_rule *rule = rule_of(r);
    rule->members = m.members;
    rule->member_count = m.count;
}

static void read_dependent(const struct reader *r)
{
    members_read(r, read_dependency);
}

static void read_properties(const struct reader *r)
{
    members_read(r, read_property);
}

static void read_rest(const struct reader *r)
{
    rule_of(r)->rest = schema_new(r->c, r->value, r->place);
}

static void read_schemas(const struct reader *r)
{
    size_t n = json_array_size(r->value);
    if (!n) {
        wrong(r, "must be an array of at least 1 schema");
        return;
    }
    struct schema_rule *rule = rule_of(r);
    rule->schemas = arena_array(r->c->arena, n, sizeof(struct payload_schema *));
    rule->schema_count = n;
    for (size_t i = 0; i < n && !given_up(r->c); i++) {
        struct schema_place place = {.up = r->place, .index = i};
        rule->schemas[i] = schema_new(r->c, json_at(r->value, i), &place);
    }
}

static void read_schema(const struct reader *r)
{
    rule_of(r)->schema = schema_new(r->c, r->value, r->place);
}

static void read_then(const struct reader *r)
{
    rule_of(r)->then = schema_new(r->c, r->value, r->place);
}

static void read_else(const struct reader *r)
{
    rule_of(r)->otherwise = schema_new(r->c, r->value, r->place);
}

static void read_ref(const struct reader *r)
{
    const char *ref = json_string(r->value, NULL);
    for (size_t i = 0; ref && i < r->c->def_count; i++)
        if (!strcmp(r->c->defs[i].ref, ref)) {
            rule_of(r)->schema = r->c->defs[i].node;
            return;
        }
    if (ref && !strncmp(ref, "#/$defs/", 8))
        wrong(r, "refers to a schema that \"$defs\" does not have");
    else
        wrong(r, "must be \"#/$defs/<name>\": other references are not supported");
}

static bool read_definition(const char *key, const struct json *v, void *arg)
{
    struct member_reading *m = arg;
    struct schema_place place = {.up = m->place, .key = key};
    schema_fill(m->c, m->c->defs[m->count++].node, v, &place);
    return !given_up(m->c);
}

static void read_defs(const struct reader *r)
{
    struct member_reading m = {.c = r->c, .place = r->place};
    if (r->place->up->up)
        wrong(r, "\"$defs\" is supported at the top of the schema only");
    else if (json_type(r->value) != JSON_OBJECT)
        wrong(r, "must be an object");
    else
        json_each(r->value, read_definition, &m);
}

static const struct keyword keywords[] = {
    {"type", read_type, RULE_TYPE},
    {"enum", read_enum, RULE_ENUM},
    {"const", read_const, RULE_CONST},
    {"minimum", read_number, RULE_MINIMUM},
    {"maximum", read_number, RULE_MAXIMUM},
    {"exclusiveMinimum", read_number, RULE_EXCLUSIVE_MINIMUM},
    {"exclusiveMaximum", read_number, RULE_EXCLUSIVE_MAXIMUM},
    {"multipleOf", read_multiple, RULE_MULTIPLE_OF},
    {"minLength", read_count, RULE_MIN_LENGTH},
    {"maxLength", read_count, RULE_MAX_LENGTH},
    {"minItems", read_count, RULE_MIN_ITEMS},
    {"maxItems", read_count, RULE_MAX_ITEMS},
    {"minProperties", read_count, RULE_MIN_PROPERTIES},
    {"maxProperties", read_count, RULE_MAX_PROPERTIES},
    {"uniqueItems", read_unique, RULE_UNIQUE_ITEMS},
    {"prefixItems", read_schemas, RULE_ITEMS},
    {"items", read_rest, RULE_ITEMS},
    {"properties", read_properties, RULE_PROPERTIES},
    {"additionalProperties", read_rest, RULE_PROPERTIES},
    {"required", read_required, RULE_REQUIRED},
    {"dependentRequired", read_dependent, RULE_DEPENDENT_REQUIRED},
    {"allOf", read_schemas, RULE_ALL_OF},
    {"anyOf", read_schemas, RULE_ANY_OF},
    {"oneOf", read_schemas, RULE_ONE_OF},
    {"not", read_schema, RULE_NOT},
    {"if", read_schema, RULE_IF},
    {"then", read_then, RULE_IF},
    {"else", read_else, RULE_IF},
    {"$ref", read_ref, RULE_REF},
    {"format", read_format, RULE_FORMAT},
    {"$defs", read_defs, 0},
    {"$id", read_id, 0},
    {"$schema", read_over, 0},
    {"$comment", read_over, 0},
    {"title", read_over, 0},
    {"description", read_over, 0},
    {"default", read_over, 0},
    {"examples", read_over, 0},
    {"deprecated", read_over, 0},
    {"readOnly", read_over, 0},
    {"writeOnly", read_over, 0},
};

static const struct keyword *keyword_find(const char *name)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (!strcmp(keywords[i].name, name))
            return &keywords[i];
    return NULL;
}

static bool read_member(const char *key, const struct json *v, void *arg)
{
    struct reader r = *(const struct reader *)arg;
    struct schema_place place = {.up = r.place, .key = key};
    r.keyword = keyword_find(key);
    r.value = v;
    r.place = &place;
    if (r.keyword)
        r.keyword->read(&r);
    else if (strncmp(key, "x-", 2) != 0)
        wrong(&r, "is not one of the keywords that a payload schema may use");
    return !given_up(r.c);
}

/* Recurses as deep as JSON. */
static void schema_fill(struct compiler *c, struct payload_schema *node, const struct json *body,
                        const struct schema_place *place)
{
    struct reader r = {.c = c, .node = node, .place = place};
    if (++c->nodes > PAYLOAD_SCHEMA_NODES_MAX) {
        if (c->nodes == PAYLOAD_SCHEMA_NODES_MAX + 1)
            problems_add(c->problems, c->at, "must not contain more than %d schemas",
                         PAYLOAD_SCHEMA_NODES_MAX);
        return;
    }
    if (json_type(body) == JSON_BOOL)
        node->refuses = !json_bool(body);
    else if (json_type(body) == JSON_OBJECT)
        json_each(body, read_member, &r);
    else
        schema_problem(c->problems, c->at, place, "must be a schema: an object, true or false");
}

static struct payload_schema *schema_new(struct compiler *c, const struct json *body,
                                         const struct schema_place *place)
{
    struct payload_schema *node = arena_make(c->arena, struct payload_schema);
    schema_fill(c, node, body, place);
    return node;
}

static bool announce_definition(const char *key, const struct json *v, void *arg)
{
    (void)v;
    struct compiler *c = arg;
    struct definition_entry *entry = &c->defs[c->def_count++];
    entry->ref = pointer_key(c->arena, "#/$defs", key);
    entry->node = arena_make(c->arena, struct payload_schema);
    return true;
}

/* Before anything is read, because schemas refer to definitions that follow. */
static int definitions_announce(struct compiler *c, const struct json *body)
{
    const struct json *defs = json_get(body, "$defs");
    size_t n = json_object_size(defs);
    if (n > PAYLOAD_SCHEMA_NODES_MAX) {
        problems_add(c->problems, c->at, "must not contain more than %d schemas",
                     PAYLOAD_SCHEMA_NODES_MAX);
        return -1;
    }
    c->defs = arena_array(c->arena, n, sizeof *c->defs);
    json_each(defs, announce_definition, c);
    return 0;
}

/* Every circle leads through a definition. */
static void refuse_circles(struct compiler *c)
{
    for (size_t i = 0; i < c->def_count; i++)
        if (schema_goes_round(c->defs[i].node))
            problems_add(
                c->problems, arena_printf(c->arena, "%s%s", c->at, c->defs[i].ref + 1),
                "refers to itself for the same value, or is more than 64 schemas deep for it");
}

_Static_assert(PAYLOAD_SCHEMA_DEPTH_MAX == 64, "what the sentence says");

const struct payload_schema *payload_schema_compile(struct arena *arena, const struct json *body,
                                                    const char *at, struct problems *problems)
{
    struct compiler c = {.arena = arena, .problems = problems, .at = at, .before = problems->count};
    const struct schema_place top = {0};
    if (definitions_announce(&c, body) < 0)
        return NULL;
    struct payload_schema *root = schema_new(&c, body, &top);
    if (problems->count == c.before)
        refuse_circles(&c);
    return problems->count == c.before ? root : NULL;
}
