#include "payload_schema_parts.h"

#define BYTES_PER_STEP 256 /* of a string whose characters are counted */

struct check {
    struct problems *problems; /* NULL: only whether it fits is asked */
    const char *at;
    size_t steps;
    unsigned depth;
    const char *stopped; /* why the check ended early; nothing that follows counts */
};

/* A value on its way through the rules of a schema. */
struct visit {
    struct check *c;
    const struct json *v;
    const struct schema_place *place;
};

static bool fits(struct check *c, const struct payload_schema *s, const struct json *v,
                 const struct schema_place *place);

static bool spend(struct check *c, size_t steps)
{
    c->steps += steps;
    if (c->steps > PAYLOAD_SCHEMA_STEPS_MAX && !c->stopped)
        c->stopped = "cannot be checked: that would take more than 100000 steps";
    return !c->stopped;
}
_Static_assert(PAYLOAD_SCHEMA_STEPS_MAX == 100000, "what the sentence says");

static bool is_quiet(const struct check *c)
{
    return !c->problems || c->stopped;
}

static void add_problem(const struct visit *at, struct str *sentence)
{
    schema_problem(at->c->problems, at->c->at, at->place, sentence->buf);
    str_release(sentence);
}

/* Always false. */
static bool __attribute__((format(printf, 2, 3)))
wrong(const struct visit *at, const char *fmt, ...)
{
    if (is_quiet(at->c))
        return false;
    struct str s = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    add_problem(at, &s);
    return false;
}

/* The same with ", not <the value>". */
static bool differs(const struct visit *at, const char *what, const char *text)
{
    if (is_quiet(at->c))
        return false;
    struct str s = STR_INIT;
    str_addf(&s, "%s %s, not ", what, text);
    schema_describe(&s, at->v);
    add_problem(at, &s);
    return false;
}

static bool fits_quietly(struct check *c, const struct payload_schema *s, const struct json *v,
                         const struct schema_place *place)
{
    struct problems *problems = c->problems;
    c->problems = NULL;
    bool fit = fits(c, s, v, place);
    c->problems = problems;
    return fit;
}

static size_t types_of(const struct json *v)
{
    static const size_t types[] = {
        [JSON_NULL] = 1 << SCHEMA_NULL,     [JSON_BOOL] = 1 << SCHEMA_BOOL,
        [JSON_INT] = 1 << SCHEMA_NUMBER,    [JSON_DOUBLE] = 1 << SCHEMA_NUMBER,
        [JSON_STRING] = 1 << SCHEMA_STRING, [JSON_ARRAY] = 1 << SCHEMA_ARRAY,
        [JSON_OBJECT] = 1 << SCHEMA_OBJECT,
    };
    size_t found = types[json_type(v)];
    if (schema_is_number(v) && schema_number_is_whole(schema_number_of(v)))
        found |= 1 << SCHEMA_INTEGER;
    return found;
}

static bool check_type(const struct visit *at, const struct schema_rule *r)
{
    return (types_of(at->v) & r->count) || differs(at, "must be", r->text);
}

static bool has_choice(const struct visit *at, const struct schema_rule *r)
{
    bool found = schema_elements_have(r->elements, r->element_count, at->v, &at->c->steps);
    return spend(at->c, 0) && found;
}

static bool check_choice(const struct visit *at, const struct schema_rule *r)
{
    const char *words = r->kind == RULE_ENUM ? "must be one of" : "must be";
    if (has_choice(at, r))
        return true;
    if (json_type(at->v) == JSON_ARRAY || json_type(at->v) == JSON_OBJECT)
        return wrong(at, "%s %s", words, r->text);
    return differs(at, words, r->text);
}

static bool check_number(const struct visit *at, const struct schema_rule *r)
{
    static const struct {
        const char *words;
        bool below, same, above; /* what the value may be, compared with the keyword's */
    } bounds[] = {
        [RULE_MINIMUM] = {"must be at least", false, true, true},
        [RULE_MAXIMUM] = {"must be at most", true, true, false},
        [RULE_EXCLUSIVE_MINIMUM] = {"must be more than", false, false, true},
        [RULE_EXCLUSIVE_MAXIMUM] = {"must be less than", true, false, false},
    };
    if (!schema_is_number(at->v))
        return true;
    int order = schema_number_compare(schema_number_of(at->v), r->number);
    bool right = order < 0   ? bounds[r->kind].below
                 : order > 0 ? bounds[r->kind].above
                             : bounds[r->kind].same;
    return right || differs(at, bounds[r->kind].words, r->text);
}

static bool check_multiple(const struct visit *at, const struct schema_rule *r)
{
    return !schema_is_number(at->v) ||
           schema_number_divides(r->number.n, schema_number_of(at->v)) ||
           differs(at, "must be a multiple of", r->text);
}

static bool count_fits(const struct visit *at, const struct schema_rule *r, bool least, size_t n,
                       const char *unit)
{
    if (least ? n >= r->count : n <= r->count)
        return true;
    return wrong(at, "must have at %s %zu %s%s, not %zu", least ? "least" : "most", r->count, unit,
                 r->count == 1 ? "" : "s", n);
}

static bool check_length(const struct visit *at, const struct schema_rule *r)
{
    size_t n = 0, characters = 0;
    const char *text = json_string(at->v, &n);
    if (!text || !spend(at->c, n / BYTES_PER_STEP))
        return true;
    for (size_t i = 0; i < n; i++)
        characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count_fits(at, r, r->kind == RULE_MIN_LENGTH, characters, "character");
}

static bool check_item_count(const struct visit *at, const struct schema_rule *r)
{
    return json_type(at->v) != JSON_ARRAY ||
           count_fits(at, r, r->kind == RULE_MIN_ITEMS, json_array_size(at->v), "element");
}

static bool check_member_count(const struct visit *at, const struct schema_rule *r)
{
    return json_type(at->v) != JSON_OBJECT ||
           count_fits(at, r, r->kind == RULE_MIN_PROPERTIES, json_object_size(at->v), "member");
}

static bool check_unique(const struct visit *at, const struct schema_rule *r)
{
    size_t first, second;
    if (!r->count || !schema_repeated(at->v, &first, &second, &at->c->steps))
        return spend(at->c, 0);
    spend(at->c, 0);
    return wrong(at, "must not have an element twice, as at %zu and %zu", first, second);
}

static bool check_items(const struct visit *at, const struct schema_rule *r)
{
    bool right = true;
    for (size_t i = 0, n = json_array_size(at->v); i < n && !at->c->stopped; i++) {
        struct schema_place place = {.up = at->place, .index = i};
        const struct payload_schema *s = i < r->schema_count ? r->schemas[i] : r->rest;
        if (!s)
            break;
        right &= fits(at->c, s, json_at(at->v, i), &place);
    }
    return right;
}

static const struct schema_member *member_find(const struct schema_rule *r, const char *name)
{
    size_t low = 0, high = r->member_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, r->members[middle].name);
        if (!order)
            return &r->members[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct member_check {
    const struct visit *at;
    const struct schema_rule *rule;
    bool right;
};

static bool check_member(const char *key, const struct json *v, void *arg)
{
    struct member_check *m = arg;
    struct check *c = m->at->c;
    struct schema_place place = {.up = m->at->place, .key = key};
    const struct schema_member *known = member_find(m->rule, key);
    const struct payload_schema *s = known ? known->schema : m->rule->rest;
    m->right &= spend(c, 1) && (!s || fits(c, s, v, &place));
    return !c->stopped;
}

static bool check_properties(const struct visit *at, const struct schema_rule *r)
{
    struct member_check m = {.at = at, .rule = r, .right = true};
    json_each(at->v, check_member, &m);
    return m.right;
}

static bool has_member(const struct visit *at, const char *name)
{
    const struct json *v;
    return json_member(at->v, name, &v);
}

/* Always false. cause is the member that asks for it, NULL: the object does. */
static bool missing(const struct visit *at, const char *name, const char *cause)
{
    if (is_quiet(at->c))
        return false;
    struct str s = STR_INIT;
    schema_quote(&s, name, strlen(name));
    str_add(&s, " is required");
    if (cause) {
        str_add(&s, " when ");
        schema_quote(&s, cause, strlen(cause));
        str_add(&s, " is given");
    }
    add_problem(at, &s);
    return false;
}

static bool check_required(const struct visit *at, const struct schema_rule *r)
{
    bool right = true;
    if (json_type(at->v) != JSON_OBJECT)
        return true;
    for (size_t i = 0; i < r->names.count && spend(at->c, 1); i++)
        if (!has_member(at, r->names.names[i]))
            right = missing(at, r->names.names[i], NULL);
    return right;
}

static bool check_needs(const struct visit *at, const struct schema_member *m)
{
    bool right = true;
    for (size_t i = 0; i < m->needs.count && spend(at->c, 1); i++)
        if (!has_member(at, m->needs.names[i]))
            right = missing(at, m->needs.names[i], m->name);
    return right;
}

static bool check_dependent(const struct visit *at, const struct schema_rule *r)
{
    bool right = true;
    if (json_type(at->v) != JSON_OBJECT)
        return true;
    for (size_t i = 0; i < r->member_count && spend(at->c, 1); i++)
        if (has_member(at, r->members[i].name))
            right &= check_needs(at, &r->members[i]);
    return right;
}

static bool check_all(const struct visit *at, const struct schema_rule *r)
{
    bool right = true;
    for (size_t i = 0; i < r->schema_count && !at->c->stopped; i++)
        right &= fits(at->c, r->schemas[i], at->v, at->place);
    return right;
}

static bool check_any(const struct visit *at, const struct schema_rule *r)
{
    for (size_t i = 0; i < r->schema_count && !at->c->stopped; i++)
        if (fits_quietly(at->c, r->schemas[i], at->v, at->place))
            return true;
    return wrong(at, "must fit at least one of the %zu alternatives, and fits none",
                 r->schema_count);
}

static bool check_one(const struct visit *at, const struct schema_rule *r)
{
    size_t fitting = 0;
    for (size_t i = 0; i < r->schema_count && !at->c->stopped; i++)
        fitting += fits_quietly(at->c, r->schemas[i], at->v, at->place);
    if (fitting == 1)
        return true;
    if (!fitting)
        return wrong(at, "must fit one of the %zu alternatives, and fits none", r->schema_count);
    return wrong(at, "must fit exactly one of the %zu alternatives, and fits %zu", r->schema_count,
                 fitting);
}

static bool check_not(const struct visit *at, const struct schema_rule *r)
{
    return !fits_quietly(at->c, r->schema, at->v, at->place) ||
           wrong(at, "has a form that is not allowed here");
}

static bool check_ref(const struct visit *at, const struct schema_rule *r)
{
    return fits(at->c, r->schema, at->v, at->place);
}

static bool check_if(const struct visit *at, const struct schema_rule *r)
{
    if (!r->schema)
        return true;
    bool holds = fits_quietly(at->c, r->schema, at->v, at->place);
    const struct payload_schema *follows = holds ? r->then : r->otherwise;
    return !follows || fits(at->c, follows, at->v, at->place);
}

static bool check_format(const struct visit *at, const struct schema_rule *r)
{
    size_t n = 0;
    const char *text = json_string(at->v, &n);
    if (!text || !spend(at->c, n / BYTES_PER_STEP) || r->format->fits(text, n))
        return true;
    return differs(at, "must be", r->format->what);
}

static bool (*const checks[])(const struct visit *at, const struct schema_rule *r) = {
    [RULE_TYPE] = check_type,
    [RULE_ENUM] = check_choice,
    [RULE_CONST] = check_choice,
    [RULE_MINIMUM] = check_number,
    [RULE_MAXIMUM] = check_number,
    [RULE_EXCLUSIVE_MINIMUM] = check_number,
    [RULE_EXCLUSIVE_MAXIMUM] = check_number,
    [RULE_MULTIPLE_OF] = check_multiple,
    [RULE_MIN_LENGTH] = check_length,
    [RULE_MAX_LENGTH] = check_length,
    [RULE_MIN_ITEMS] = check_item_count,
    [RULE_MAX_ITEMS] = check_item_count,
    [RULE_MIN_PROPERTIES] = check_member_count,
    [RULE_MAX_PROPERTIES] = check_member_count,
    [RULE_UNIQUE_ITEMS] = check_unique,
    [RULE_ITEMS] = check_items,
    [RULE_PROPERTIES] = check_properties,
    [RULE_REQUIRED] = check_required,
    [RULE_DEPENDENT_REQUIRED] = check_dependent,
    [RULE_ALL_OF] = check_all,
    [RULE_ANY_OF] = check_any,
    [RULE_ONE_OF] = check_one,
    [RULE_NOT] = check_not,
    [RULE_REF] = check_ref,
    [RULE_IF] = check_if,
    [RULE_FORMAT] = check_format,
};
_Static_assert(sizeof checks / sizeof *checks == SCHEMA_RULE_KIND_COUNT, "a check for each rule");

static bool rules_fit(const struct visit *at, const struct schema_rule *rules)
{
    bool right = true;
    for (const struct schema_rule *r = rules; r && spend(at->c, 1); r = r->next)
        right &= checks[r->kind](at, r);
    return right;
}

/* Recurses to PAYLOAD_SCHEMA_DEPTH_MAX. */
static bool fits(struct check *c, const struct payload_schema *s, const struct json *v,
                 const struct schema_place *place)
{
    struct visit at = {.c = c, .v = v, .place = place};
    if (!spend(c, 1))
        return false;
    if (s->refuses)
        return wrong(&at, "is not allowed here");
    if (s->rules && schema_integer_beyond(v))
        return wrong(&at, "must be a whole number of 64 bits at most");
    if (c->depth == PAYLOAD_SCHEMA_DEPTH_MAX) {
        c->stopped = "cannot be checked: values and schemas are more than 64 deep";
        return false;
    }
    c->depth++;
    bool right = rules_fit(&at, s->rules);
    c->depth--;
    return right;
}
_Static_assert(PAYLOAD_SCHEMA_DEPTH_MAX == 64, "what the sentence says");

void payload_schema_check(const struct payload_schema *s, const struct json *v, const char *at,
                          struct problems *problems)
{
    const struct schema_place top = {0};
    struct check c = {.problems = problems, .at = at};
    fits(&c, s, v, &top);
    if (c.stopped)
        problems_add(problems, at, "%s", c.stopped);
}

int payload_schema_require(struct arena *arena, const struct payload_schema *s,
                           const struct json *payload, struct err *e)
{
    if (!s)
        return 0;
    struct problems *problems = problems_new(arena);
    payload_schema_check(s, payload, "/payload", problems);
    return problems_err(problems, e);
}
