#include "bits.h"
#include "requires_tree.h"

#define NAMES_SHOWN 5
#define SHORTAGES_SHOWN 3

const struct selector *requires_selectors(const struct requires *r, size_t *count)
{
    *count = r->selector_count;
    return r->selectors;
}

/* --- who belongs where --- */

/* Notes the person in the row of every selector that a line of via names. */
static void mark_person(const struct requires *r, const char *via, size_t person, uint64_t *rows,
                        size_t words)
{
    while (via && *via) {
        const char *end = via;
        uint64_t hash = REQUIRES_HASH_INIT;
        for (; *end && *end != '\n'; end++)
            hash = requires_hash_add(hash, *end);
        size_t slot = requires_slot(r, hash, via, (size_t)(end - via));
        if (r->slots[slot])
            bits_set(rows + (r->slots[slot] - 1u) * words, person);
        via = end + (*end == '\n');
    }
}

/* Those whom the selectors name together. */
static const uint64_t *union_of(struct arena *arena, const struct rule *rule, const uint64_t *rows,
                                size_t words)
{
    if (rule->selector_count == 1)
        return rows + rule->selectors[0] * words;
    uint64_t *all = arena_array(arena, words, sizeof *all);
    for (size_t i = 0; i < rule->selector_count; i++)
        bits_add(all, rows + rule->selectors[i] * words, words);
    return all;
}

/* No deeper than REQUIRES_DEPTH_MAX, as everything that follows a tree. */
static void fill_demands(struct poll *p, struct arena *arena, const struct rule *rule,
                         const uint64_t *rows)
{
    if (rule->kind == RULE_PEOPLE)
        p->demands[rule->leaf] = (struct demand){
            .people = union_of(arena, rule, rows, p->words),
            .needed = rule->needed,
        };
    for (size_t i = 0; i < rule->rule_count; i++)
        fill_demands(p, arena, &rule->rules[i], rows);
}

static void poll_init_rows(struct poll *p, struct arena *arena, const struct requires *r,
                           const uint64_t *rows, size_t people)
{
    *p = (struct poll){
        .r = r,
        .people = people,
        .words = bits_words(people),
        .demands = arena_array(arena, r->leaf_count, sizeof *p->demands),
        .named = arena_array(arena, r->selector_count, sizeof *p->named),
    };
    if (r->distinct)
        p->matching = matching_new(arena, r->leaf_count, people);
    fill_demands(p, arena, &r->root, rows);
}

void poll_init(struct poll *p, struct arena *arena, const struct requires *r,
               const struct place *places, size_t count)
{
    size_t words = bits_words(count);
    uint64_t *rows = arena_array(arena, r->selector_count * words, sizeof *rows);
    for (size_t i = 0; i < count; i++)
        mark_person(r, places[i].via, i, rows, words);
    poll_init_rows(p, arena, r, rows, count);
}

/* --- whether it is satisfied --- */

static bool leaf_holds(const struct poll *p, const struct rule *leaf, const uint64_t *people)
{
    const struct demand *d = &p->demands[leaf->leaf];
    return bits_common(d->people, people, p->words) >= d->needed;
}

/* Whether different people fill all the places. The leaves of an all follow each other. */
static bool places_filled(const struct poll *p, const struct rule *all, const uint64_t *people)
{
    const struct demand *demands = &p->demands[all->rules[0].leaf];
    size_t needed = 0;
    for (size_t i = 0; i < all->rule_count; i++)
        needed += demands[i].needed;
    return matching_fill(p->matching, demands, all->rule_count, people) == needed;
}

static bool rule_holds(const struct poll *p, const struct rule *rule, const uint64_t *people)
{
    if (rule->kind == RULE_PEOPLE)
        return leaf_holds(p, rule, people);
    bool all = rule->kind == RULE_ALL;
    for (size_t i = 0; i < rule->rule_count; i++)
        if (rule_holds(p, &rule->rules[i], people) != all)
            return !all;
    return all && p->r->distinct ? places_filled(p, rule, people) : all;
}

bool poll_holds(const struct poll *p, const uint64_t *people)
{
    return rule_holds(p, &p->r->root, people);
}

enum stage_outcome requires_outcome(struct arena *arena, const struct requires *r,
                                    const struct place *places, size_t count)
{
    struct poll p;
    poll_init(&p, arena, r, places, count);
    uint64_t *people = arena_array(arena, p.words, sizeof *people);
    for (size_t i = 0; i < count; i++)
        if (places[i].answer == ANSWER_APPROVED)
            bits_set(people, i);
    if (poll_holds(&p, people))
        return STAGE_SATISFIED;
    for (size_t i = 0; i < count; i++)
        if (places[i].answer == ANSWER_NONE)
            bits_set(people, i);
    return poll_holds(&p, people) ? STAGE_OPEN : STAGE_IMPOSSIBLE;
}

/* --- why it is not --- */

static void name_selectors(const struct poll *p, const struct rule *leaf)
{
    for (size_t i = 0; i < leaf->selector_count; i++)
        p->named[leaf->selectors[i]] = true;
}

/* "group:finance, role:cfo or user:alice": the named ones, which are forgotten. */
static void add_names(const struct poll *p, struct str *out)
{
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < p->r->selector_count; i++)
        count += p->named[i];
    for (size_t i = 0; i < p->r->selector_count; i++) {
        if (p->named[i] && ++shown <= NAMES_SHOWN)
            str_addf(out, "%s%s",
                     shown == 1       ? ""
                     : shown == count ? " or "
                                      : ", ",
                     p->r->selectors[i].text);
        p->named[i] = false;
    }
    if (count > NAMES_SHOWN)
        str_addf(out, " or %zu more", count - NAMES_SHOWN);
}

struct shortage {
    size_t needed, there;
    bool different; /* people, for several places */
    bool by_name;
};

static void add_shortage(const struct poll *p, const struct shortage *s, struct str *out)
{
    if (s->needed == 1)
        str_add(out, "somebody of ");
    else
        str_addf(out, "%zu %speople of ", s->needed, s->different ? "different " : "");
    add_names(p, out);
    str_add(out, " must approve, ");
    if (s->by_name)
        str_addf(out, "but it names only %zu", s->there);
    else if (!s->there)
        str_add(out, "but nobody of them has or still can");
    else
        str_addf(out, "but only %zu of them %s or still can", s->there,
                 s->there == 1 ? "has" : "have");
}

static void add_leaf_shortage(const struct poll *p, const struct rule *leaf, const uint64_t *people,
                              bool by_name, struct str *out)
{
    const struct demand *d = &p->demands[leaf->leaf];
    struct shortage s = {
        .needed = d->needed,
        .there = bits_common(d->people, people, p->words),
        .by_name = by_name,
    };
    name_selectors(p, leaf);
    add_shortage(p, &s, out);
}

/* Every place could be filled by itself, but not all of them by different people: those places that
 * contend for too few of them. */
static void add_contention(const struct poll *p, const struct rule *all, const uint64_t *people,
                           bool by_name, struct str *out)
{
    const struct demand *demands = &p->demands[all->rules[0].leaf];
    size_t filled = matching_fill(p->matching, demands, all->rule_count, people);
    struct shortage s = {.there = filled, .different = true, .by_name = by_name};
    for (size_t i = 0; i < all->rule_count; i++) {
        if (matching_is_short(p->matching, i)) {
            s.needed += demands[i].needed;
            name_selectors(p, &all->rules[i]);
        } else {
            s.there -= demands[i].needed;
        }
    }
    add_shortage(p, &s, out);
}

static void add_reason(const struct poll *p, const struct rule *rule, const uint64_t *people,
                       bool by_name, struct str *out)
{
    size_t shown = 0;
    if (rule->kind == RULE_PEOPLE) {
        add_leaf_shortage(p, rule, people, by_name, out);
        return;
    }
    for (size_t i = 0; i < rule->rule_count && shown < SHORTAGES_SHOWN; i++) {
        if (rule_holds(p, &rule->rules[i], people))
            continue;
        str_add(out, shown++ ? "; and " : "");
        add_reason(p, &rule->rules[i], people, by_name, out);
        if (rule->kind == RULE_ALL)
            return;
    }
    if (!shown)
        add_contention(p, rule, people, by_name, out);
}

void poll_shortage(const struct poll *p, const uint64_t *people, bool by_name, struct str *out)
{
    add_reason(p, &p->r->root, people, by_name, out);
}

/* --- what it takes, whoever the people are --- */

/* As if nobody counted twice. */
static size_t people_of(const struct rule *rule)
{
    size_t fewest = SIZE_MAX, sum = 0;
    if (rule->kind == RULE_PEOPLE)
        return rule->needed;
    for (size_t i = 0; i < rule->rule_count; i++) {
        size_t n = people_of(&rule->rules[i]);
        fewest = n < fewest ? n : fewest;
        sum += n;
    }
    return rule->kind == RULE_ANY ? fewest : sum;
}

size_t requires_people(const struct requires *r)
{
    return people_of(&r->root);
}

static bool names_many(const struct requires *r, const struct rule *leaf)
{
    for (size_t i = 0; i < leaf->selector_count; i++) {
        enum selector_kind kind = r->selectors[leaf->selectors[i]].kind;
        if (kind == SELECTOR_GROUP || kind == SELECTOR_ROLE)
            return true;
    }
    return false;
}

/* A group has as many members as are asked for, who are nobody that is named elsewhere. */
static void satisfy_groups(struct poll *p, const struct rule *rule)
{
    if (rule->kind == RULE_PEOPLE && names_many(p->r, rule))
        p->demands[rule->leaf].needed = 0;
    for (size_t i = 0; i < rule->rule_count; i++)
        satisfy_groups(p, &rule->rules[i]);
}

/* Every selector stands for one person of its own; that two of them may be the same person never
 * makes more possible. */
int requires_possible(struct arena *arena, const struct requires *r, struct err *e)
{
    struct poll p;
    size_t n = r->selector_count, words = bits_words(n);
    uint64_t *rows = arena_array(arena, n * words, sizeof *rows);
    uint64_t *people = arena_array(arena, words, sizeof *people);
    for (size_t i = 0; i < n; i++) {
        bits_set(rows + i * words, i);
        bits_set(people, i);
    }
    poll_init_rows(&p, arena, r, rows, n);
    satisfy_groups(&p, &r->root);
    if (poll_holds(&p, people))
        return 0;
    struct str reason = STR_INIT;
    poll_shortage(&p, people, true, &reason);
    err_set(e, ERR_INVALID, "%s", reason.buf);
    str_release(&reason);
    return -1;
}
