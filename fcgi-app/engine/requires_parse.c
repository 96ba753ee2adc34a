#include "requires_tree.h"

struct reader {
    struct arena *arena, *scratch; /* scratch: where pointers are made */
    struct problems *problems;
    struct requires *tree;
    struct selector *selectors;
    size_t nodes;
};

enum member { MEMBER_ALL, MEMBER_ANY, MEMBER_AT_LEAST, MEMBER_OF, MEMBER_COUNT };

static const char *const members[] = {
    [MEMBER_ALL] = "all",
    [MEMBER_ANY] = "any",
    [MEMBER_AT_LEAST] = "at_least",
    [MEMBER_OF] = "of",
};
_Static_assert(sizeof members / sizeof *members == MEMBER_COUNT, "a word for each");

size_t requires_slot(const struct requires *r, uint64_t hash, const char *text, size_t n)
{
    size_t slot = hash % REQUIRES_SLOTS;
    for (; r->slots[slot]; slot = (slot + 1) % REQUIRES_SLOTS) {
        size_t i = r->slots[slot] - 1u;
        const char *known = r->selectors[i].text;
        if (r->hashes[i] == hash && !strncmp(known, text, n) && !known[n])
            break;
    }
    return slot;
}

static uint16_t intern(struct reader *r, const struct selector *s)
{
    struct requires *tree = r->tree;
    uint64_t hash = REQUIRES_HASH_INIT;
    for (const char *c = s->text; *c; c++)
        hash = requires_hash_add(hash, *c);
    size_t slot = requires_slot(tree, hash, s->text, strlen(s->text));
    if (!tree->slots[slot]) {
        r->selectors[tree->selector_count] = *s;
        tree->hashes[tree->selector_count] = hash;
        tree->slots[slot] = (uint16_t)++tree->selector_count;
    }
    return (uint16_t)(tree->slots[slot] - 1);
}

/* Counts a part of the tree; false where there are too many, which is said once. */
static bool count_part(struct reader *r, const char *at)
{
    if (r->nodes == REQUIRES_NODES_MAX)
        problems_add(r->problems, at, "is more than the %d parts that \"requires\" may have",
                     REQUIRES_NODES_MAX);
    return r->nodes++ < REQUIRES_NODES_MAX;
}

/* An object with a word of ours is a rule; any other is the object form of a selector. */
static bool is_rule(const struct json *v)
{
    const struct json *ignored;
    for (int i = 0; i < MEMBER_COUNT; i++)
        if (json_member(v, members[i], &ignored))
            return true;
    return false;
}

static bool is_selector_object(const struct json *v)
{
    static const char *const words[] = {
#define X(name, text) text,
        SELECTOR_KINDS(X)
#undef X
    };
    const struct json *ignored;
    for (int i = 0; i < SELECTOR_KIND_COUNT; i++)
        if (json_member(v, words[i], &ignored))
            return true;
    return false;
}

static bool all_selectors(const struct json *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (is_rule(json_at(list, i)))
            return false;
    return true;
}

static bool is_list(struct reader *r, const struct json *v, const char *at)
{
    bool filled = json_array_size(v) > 0;
    if (!filled)
        problems_add(r->problems, at, "must be a list that is not empty");
    return filled;
}

/* How many of a list are worth reading: the part after the last one allowed is refused. */
static size_t readable(const struct json *list)
{
    size_t n = json_array_size(list);
    return n <= REQUIRES_NODES_MAX ? n : REQUIRES_NODES_MAX + 1;
}

static void read_selector(struct reader *r, const struct json *v, const char *at,
                          uint16_t *selectors, size_t *count)
{
    struct selector s;
    if (count_part(r, at) && selector_parse(r->arena, v, at, &s, r->problems) == 0)
        selectors[(*count)++] = intern(r, &s);
}

/* A selector, or a list of them where that may be; that many of the people are needed. */
static void read_people(struct reader *r, const struct json *v, const char *at, bool list,
                        size_t needed, struct rule *out)
{
    size_t n = list ? readable(v) : 1;
    uint16_t *selectors = arena_array(r->arena, n, sizeof *selectors);
    *out = (struct rule){.kind = RULE_PEOPLE, .needed = needed, .selectors = selectors};
    out->leaf = r->tree->leaf_count++;
    for (size_t i = 0; i < n; i++) {
        const struct json *one = list ? json_at(v, i) : v;
        const char *here = list ? pointer_index(r->scratch, at, i) : at;
        if (is_rule(one))
            problems_add(r->problems, here,
                         "must be a selector: \"at_least\" counts people, of all its selectors "
                         "together");
        else
            read_selector(r, one, here, selectors, &out->selector_count);
    }
}

static void read_at_least(struct reader *r, const struct json *v, const char *at, struct rule *out)
{
    const struct json *n = json_get(v, members[MEMBER_AT_LEAST]);
    const struct json *of = json_get(v, members[MEMBER_OF]);
    const char *here = pointer_key(r->scratch, at, members[MEMBER_OF]);
    bool fits = json_type(n) == JSON_INT && json_int(n) >= 1 && json_int(n) <= REQUIRES_PEOPLE_MAX;
    if (!fits)
        problems_add(r->problems, pointer_key(r->scratch, at, members[MEMBER_AT_LEAST]),
                     "must be a number of people from 1 to %d", REQUIRES_PEOPLE_MAX);
    if (!of)
        problems_add(r->problems, here, "must say whom: a selector or a list of selectors");
    else if (json_type(of) != JSON_ARRAY || is_list(r, of, here))
        read_people(r, of, here, json_type(of) == JSON_ARRAY, fits ? (size_t)json_int(n) : 1, out);
}

static void read_rule(struct reader *r, const struct json *v, const char *at, unsigned depth,
                      struct rule *out);

static void read_rules(struct reader *r, const struct json *list, const char *at, unsigned depth,
                       struct rule *out)
{
    size_t n = readable(list);
    struct rule *rules = arena_array(r->arena, n, sizeof *rules);
    out->rules = rules;
    out->rule_count = n;
    for (size_t i = 0; i < n; i++)
        read_rule(r, json_at(list, i), pointer_index(r->scratch, at, i), depth + 1, &rules[i]);
}

static void check_distinct(struct reader *r, const struct rule *all, const char *at)
{
    for (size_t i = 0; i < all->rule_count; i++)
        if (all->rules[i].kind != RULE_PEOPLE)
            problems_add(r->problems, pointer_index(r->scratch, at, i),
                         "must be a selector, a flat \"any\" or \"at_least\": with \"distinct\", "
                         "\"all\" holds nothing deeper, because to tell whether different people "
                         "can fill it is NP-hard");
}

static void read_all(struct reader *r, const struct json *list, const char *at, unsigned depth,
                     struct rule *out)
{
    out->kind = RULE_ALL;
    if (!is_list(r, list, at))
        return;
    read_rules(r, list, at, depth, out);
    if (r->tree->distinct)
        check_distinct(r, out, at);
}

static void read_any(struct reader *r, const struct json *list, const char *at, unsigned depth,
                     struct rule *out)
{
    out->kind = RULE_ANY;
    if (!is_list(r, list, at))
        return;
    if (all_selectors(list))
        read_people(r, list, at, true, 1, out);
    else
        read_rules(r, list, at, depth, out);
}

/* The one member that says what kind of rule it is; MEMBER_COUNT: there are others beside it. */
static enum member kind_of(const struct json *v)
{
    const struct json *ignored;
    size_t size = json_object_size(v);
    enum member kind = json_member(v, members[MEMBER_ALL], &ignored)   ? MEMBER_ALL
                       : json_member(v, members[MEMBER_ANY], &ignored) ? MEMBER_ANY
                                                                       : MEMBER_AT_LEAST;
    if (kind != MEMBER_AT_LEAST)
        return size == 1 ? kind : MEMBER_COUNT;
    size -= json_member(v, members[MEMBER_AT_LEAST], &ignored);
    size -= json_member(v, members[MEMBER_OF], &ignored);
    return size == 0 && json_object_size(v) ? kind : MEMBER_COUNT;
}

/* No deeper than REQUIRES_DEPTH_MAX. */
static void read_rule(struct reader *r, const struct json *v, const char *at, unsigned depth,
                      struct rule *out)
{
    *out = (struct rule){.kind = RULE_PEOPLE};
    if (!is_rule(v) && (json_type(v) != JSON_OBJECT || is_selector_object(v))) {
        read_people(r, v, at, false, 1, out);
        return;
    }
    if (!count_part(r, at))
        return;
    if (depth > REQUIRES_DEPTH_MAX) {
        problems_add(r->problems, at, "must not be nested deeper than %d", REQUIRES_DEPTH_MAX);
        return;
    }
    enum member kind = kind_of(v);
    const char *here = pointer_key(r->scratch, at, kind < MEMBER_COUNT ? members[kind] : "");
    if (kind == MEMBER_ALL)
        read_all(r, json_get(v, members[kind]), here, depth, out);
    else if (kind == MEMBER_ANY)
        read_any(r, json_get(v, members[kind]), here, depth, out);
    else if (kind == MEMBER_AT_LEAST)
        read_at_least(r, v, at, out);
    else
        problems_add(
            r->problems, at,
            "must hold \"all\", \"any\", or \"at_least\" with \"of\", and nothing else; or be a "
            "selector");
}

const struct requires *requires_parse(struct arena *arena, const struct json *body, bool distinct,
                                      const char *at, struct problems *problems)
{
    struct requires *tree = arena_make(arena, struct requires);
    size_t before = problems->count;
    struct reader r = {
        .arena = arena,
        .scratch = problems->arena,
        .problems = problems,
        .tree = tree,
        .selectors = arena_array(arena, REQUIRES_NODES_MAX, sizeof *r.selectors),
    };
    tree->distinct = distinct;
    tree->selectors = r.selectors;
    read_rule(&r, body, at, 1, &tree->root);
    return problems->count == before ? tree : NULL;
}
