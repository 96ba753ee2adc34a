#include "outlook.h"

#include "bits.h"
#include "requires_tree.h"

#include <assert.h>

/*
 * A tree is satisfied in one of several ways: for each `any` one of its children is chosen, and
 * what is left is a list of demands that must all be met. For each way, the sets of one size are
 * looked for after the other, by branching over the people of a demand that is not met yet; a
 * branch is left when it takes more people than the size allows, and the smallest number that
 * would have been enough is the next size. So the smaller sets are found first, and where no
 * branch was left for its size, the way has no larger sets.
 */

#define WAYS_MAX 500
#define SET_SIZE_MAX 256 /* depth of the recursion */

struct found {
    uint64_t *people;
    size_t size;
};

/* Two sets for each depth of the search, made when it first gets there. */
struct level {
    uint64_t *allowed; /* who may still be chosen */
    uint64_t *helpers; /* with distinct: those of them who bring it further */
};

struct search {
    struct arena *arena;
    const struct need *need;
    const struct place *places;
    size_t count, words;
    struct poll poll;   /* where there is a tree */
    uint64_t *approved; /* people, as all the sets that follow */
    uint64_t *open;
    uint64_t *chosen; /* approved, and the set that is being tried */
    uint64_t *scratch;

    struct demand *demands; /* of the way that is being searched */
    size_t demand_count;
    struct level *levels; /* by depth */
    size_t smallest;      /* number of people for which a branch was left; SIZE_MAX: none */

    struct found found[OUTLOOK_SETS_MAX];
    size_t found_count;
    size_t steps, steps_max;
    bool stopped; /* there is more than can be told */
};

/* --- what is asked of a set --- */

static bool satisfies(const struct search *s, const uint64_t *people)
{
    if (s->need->requires)
        return poll_holds(&s->poll, people);
    return bits_count(people, s->words) >= s->need->needed;
}

/* Before each evaluation. */
static bool may_go_on(struct search *s)
{
    if (s->steps == s->steps_max)
        s->stopped = true;
    else
        s->steps++;
    return !s->stopped;
}

static bool is_known(const struct search *s)
{
    for (size_t i = 0; i < s->found_count; i++)
        if (!memcmp(s->scratch, s->found[i].people, s->words * sizeof *s->scratch))
            return true;
    return false;
}

/* Whether none of the chosen can be left out; not known when the search was stopped. */
static bool is_minimal(struct search *s, const uint64_t *set)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!bits_has(set, i))
            continue;
        if (!may_go_on(s))
            return false;
        bits_clear(s->chosen, i);
        bool needless = satisfies(s, s->chosen);
        bits_set(s->chosen, i);
        if (needless)
            return false;
    }
    return true;
}

static void keep_chosen(struct search *s)
{
    for (size_t w = 0; w < s->words; w++)
        s->scratch[w] = s->chosen[w] & ~s->approved[w];
    if (is_known(s) || !is_minimal(s, s->scratch))
        return;
    if (s->found_count == OUTLOOK_SETS_MAX) {
        s->stopped = true;
        return;
    }
    struct found *f = &s->found[s->found_count++];
    f->size = bits_count(s->scratch, s->words);
    f->people = arena_array(s->arena, s->words, sizeof *f->people);
    memcpy(f->people, s->scratch, s->words * sizeof *f->people);
}

/* --- the ways to satisfy a tree; no recursion goes deeper than REQUIRES_DEPTH_MAX --- */

/* More than WAYS_MAX count as one more. */
static size_t count_ways(const struct rule *rule)
{
    bool any = rule->kind == RULE_ANY;
    size_t ways = !any;
    for (size_t i = 0; i < rule->rule_count; i++) {
        size_t n = count_ways(&rule->rules[i]);
        ways = any ? ways + n : ways * n;
        ways = ways <= WAYS_MAX ? ways : WAYS_MAX + 1;
    }
    return ways;
}

static void take_way(struct search *s, const struct rule *rule, size_t way)
{
    if (rule->kind == RULE_PEOPLE) {
        s->demands[s->demand_count++] = s->poll.demands[rule->leaf];
        return;
    }
    for (size_t i = 0; i < rule->rule_count; i++) {
        size_t n = count_ways(&rule->rules[i]);
        assert(n > 0);
        if (rule->kind == RULE_ALL) {
            take_way(s, &rule->rules[i], way % n);
            way /= n;
        } else if (way < n) {
            take_way(s, &rule->rules[i], way);
            return;
        } else {
            way -= n;
        }
    }
}

static size_t ways_of(const struct search *s)
{
    return s->need->requires ? count_ways(&s->need->requires->root) : 1;
}

static void choose_way(struct search *s, size_t way)
{
    s->demand_count = 0;
    if (s->need->requires)
        take_way(s, &s->need->requires->root, way);
    else
        s->demands[s->demand_count++] = (struct demand){s->poll.demands[0].people, s->need->needed};
}

/* --- the search within a way --- */

static void leave(struct search *s, size_t size)
{
    s->smallest = size < s->smallest ? size : s->smallest;
}

static struct level *level_at(struct search *s, size_t depth)
{
    struct level *level = &s->levels[depth];
    if (!level->allowed) {
        level->allowed = arena_array(s->arena, s->words, sizeof *level->allowed);
        level->helpers = arena_array(s->arena, s->words, sizeof *level->helpers);
    }
    return level;
}

static void search_sets(struct search *s, size_t depth, size_t budget);

/* Tries the person; from here on the set without him is all that is left to look for. */
static void try_person(struct search *s, size_t person, size_t depth, size_t budget)
{
    uint64_t *allowed = level_at(s, depth)->allowed;
    bits_clear(allowed, person);
    memcpy(level_at(s, depth + 1)->allowed, allowed, s->words * sizeof *allowed);
    bits_set(s->chosen, person);
    search_sets(s, depth + 1, budget - 1);
    bits_clear(s->chosen, person);
}

/* What the chosen do not meet. */
struct gap {
    size_t least;                /* how many more people it takes at least */
    const struct demand *demand; /* one that is not met: of whom the fewest may be chosen */
    size_t missing, there;       /* of that one */
};

/* false: not even all who may be chosen would meet every demand. A person may count in several
 * demands, unless nobody is in both. */
static bool measure(struct search *s, const uint64_t *allowed, struct gap *gap)
{
    uint64_t *apart = s->scratch;
    size_t sum = 0;
    *gap = (struct gap){.there = SIZE_MAX};
    memset(apart, 0, s->words * sizeof *apart);
    for (size_t i = 0; i < s->demand_count; i++) {
        const struct demand *d = &s->demands[i];
        size_t have = bits_common(d->people, s->chosen, s->words);
        if (have >= d->needed)
            continue;
        size_t missing = d->needed - have, there = bits_common(d->people, allowed, s->words);
        if (there < missing)
            return false;
        uint64_t shared = 0;
        for (size_t w = 0; w < s->words; w++)
            shared |= apart[w] & d->people[w] & allowed[w];
        for (size_t w = 0; !shared && w < s->words; w++)
            apart[w] |= d->people[w] & allowed[w];
        sum += shared ? 0 : missing;
        gap->least = missing > gap->least ? missing : gap->least;
        if (there < gap->there)
            *gap = (struct gap){gap->least, d, missing, there};
    }
    gap->least = sum > gap->least ? sum : gap->least;
    return true;
}

/* Where a person counts in every demand he may fill. Every set must hold somebody of the demand:
 * the sets with the first of them, then those with the second and without the first, and so on. */
static void search_shared(struct search *s, size_t depth, size_t budget)
{
    struct gap gap;
    const uint64_t *allowed = level_at(s, depth)->allowed;
    if (!may_go_on(s) || !measure(s, allowed, &gap))
        return;
    if (gap.least > budget) {
        leave(s, depth + gap.least);
        return;
    }
    /* With people to spare: the smaller sets were found before. */
    if (!gap.demand && budget == 0)
        keep_chosen(s);
    if (!gap.demand)
        return;
    for (size_t i = 0; i < s->count && gap.there >= gap.missing && !s->stopped; i++) {
        if (!bits_has(gap.demand->people, i) || !bits_has(allowed, i))
            continue;
        try_person(s, i, depth, budget);
        gap.there--;
    }
}

static size_t places_of(const struct search *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->demand_count; i++)
        n += s->demands[i].needed;
    return n;
}

static size_t fill(const struct search *s, const uint64_t *people)
{
    return matching_fill(s->poll.matching, s->demands, s->demand_count, people);
}

/* Notes those who, each by himself, would fill a place more than the last fill. */
static void note_helpers(const struct search *s, struct level *level)
{
    memset(level->helpers, 0, s->words * sizeof *level->helpers);
    for (size_t i = 0; i < s->demand_count; i++)
        if (matching_is_short(s->poll.matching, i))
            bits_add(level->helpers, s->demands[i].people, s->words);
    for (size_t w = 0; w < s->words; w++)
        level->helpers[w] &= level->allowed[w];
}

/* Whether all places are filled when everybody approves who may be chosen. */
static bool is_in_reach(struct search *s, const uint64_t *allowed, size_t places)
{
    for (size_t w = 0; w < s->words; w++)
        s->scratch[w] = s->chosen[w] | allowed[w];
    return may_go_on(s) && fill(s, s->scratch) == places;
}

/* Where one person fills one place. The sets of people who can fill places at the same time are a
 * matroid: who fills no place more now never will, and every minimal set has as many people as
 * places are missing. */
static void search_distinct(struct search *s, size_t depth, size_t budget)
{
    if (!may_go_on(s))
        return;
    size_t places = places_of(s), missing = places - fill(s, s->chosen);
    if (missing > budget)
        leave(s, depth + missing);
    else if (!missing && !budget)
        keep_chosen(s);
    if (!missing || missing > budget)
        return;
    struct level *level = level_at(s, depth);
    note_helpers(s, level);
    for (size_t i = 0; i < s->count && !s->stopped; i++) {
        if (!bits_has(level->helpers, i))
            continue;
        if (!is_in_reach(s, level->allowed, places))
            return;
        try_person(s, i, depth, budget);
    }
}

/* No deeper than SET_SIZE_MAX. */
static void search_sets(struct search *s, size_t depth, size_t budget)
{
    if (s->need->requires && s->need->requires->distinct)
        search_distinct(s, depth, budget);
    else
        search_shared(s, depth, budget);
}

/* Gives the next size at which the way may have sets; SIZE_MAX: none. */
static size_t search_way(struct search *s, size_t way, size_t size)
{
    choose_way(s, way);
    s->smallest = SIZE_MAX;
    memcpy(s->chosen, s->approved, s->words * sizeof *s->chosen);
    memcpy(level_at(s, 0)->allowed, s->open, s->words * sizeof *s->open);
    search_sets(s, 0, size);
    return s->smallest;
}

static void search_all(struct search *s)
{
    size_t all = ways_of(s), ways = all <= WAYS_MAX ? all : WAYS_MAX;
    size_t *next = arena_array(s->arena, ways, sizeof *next);
    while (!s->stopped) {
        size_t size = SIZE_MAX;
        for (size_t i = 0; i < ways; i++)
            size = next[i] < size ? next[i] : size;
        if (size > SET_SIZE_MAX) {
            s->stopped = size != SIZE_MAX || ways < all;
            return;
        }
        for (size_t i = 0; i < ways && !s->stopped; i++)
            if (next[i] == size)
                next[i] = search_way(s, i, size);
    }
}

/* One minimal set, where the search was stopped before it found any: everybody, less one after
 * another for as long as the others are enough. */
static void search_one(struct search *s)
{
    struct found *f = &s->found[s->found_count++];
    f->people = arena_array(s->arena, s->words, sizeof *f->people);
    for (size_t w = 0; w < s->words; w++)
        s->chosen[w] = s->approved[w] | s->open[w];
    for (size_t i = s->count; i-- > 0;) {
        if (!bits_has(s->open, i))
            continue;
        bits_clear(s->chosen, i);
        if (!satisfies(s, s->chosen))
            bits_set(s->chosen, i);
    }
    for (size_t w = 0; w < s->words; w++)
        f->people[w] = s->chosen[w] & s->open[w];
    f->size = bits_count(f->people, s->words);
}

static void search_nobody(struct search *s)
{
    s->found[s->found_count++].people = arena_array(s->arena, s->words, sizeof(uint64_t));
}

/* Those who come next, as many as are missing. */
static void search_in_order(struct search *s)
{
    struct found *f = &s->found[s->found_count++];
    size_t missing = s->need->needed - bits_count(s->approved, s->words);
    f->people = arena_array(s->arena, s->words, sizeof *f->people);
    for (size_t i = 0; i < s->count && f->size < missing; i++)
        if (bits_has(s->open, i)) {
            bits_set(f->people, i);
            f->size++;
        }
}

/* --- the answer --- */

static void search_init(struct search *s)
{
    size_t n = s->words;
    s->approved = arena_array(s->arena, n, sizeof *s->approved);
    s->open = arena_array(s->arena, n, sizeof *s->open);
    s->chosen = arena_array(s->arena, n, sizeof *s->chosen);
    s->scratch = arena_array(s->arena, n, sizeof *s->scratch);
    s->levels = arena_array(s->arena, SET_SIZE_MAX + 1, sizeof *s->levels);
    size_t open = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (s->places[i].answer == ANSWER_APPROVED)
            bits_set(s->approved, i);
        if (s->places[i].answer == ANSWER_NONE)
            bits_set(s->open, i);
        open += s->places[i].answer == ANSWER_NONE;
    }
    /* Enough is left for search_one. */
    s->steps_max = open < OUTLOOK_STEPS_MAX ? OUTLOOK_STEPS_MAX - open : 0;
}

/* Of a stage without a tree: one demand, which everybody may fill. */
static void init_count(struct search *s)
{
    uint64_t *everybody = arena_array(s->arena, s->words, sizeof *everybody);
    bits_add(everybody, s->approved, s->words);
    bits_add(everybody, s->open, s->words);
    s->poll.demands = arena_make(s->arena, struct demand);
    s->poll.demands->people = everybody;
    s->demands = arena_make(s->arena, struct demand);
}

static void init_tree(struct search *s)
{
    poll_init(&s->poll, s->arena, s->need->requires, s->places, s->count);
    s->demands = arena_array(s->arena, s->need->requires->leaf_count, sizeof *s->demands);
}

static const char *reason_of(const struct search *s, const uint64_t *people)
{
    struct str text = STR_INIT;
    size_t there = bits_count(people, s->words);
    if (s->need->requires)
        poll_shortage(&s->poll, people, false, &text);
    else if (!there)
        str_addf(&text, "%zu %s needed, but nobody has or still can approve", s->need->needed,
                 s->need->needed == 1 ? "approval is" : "approvals are");
    else
        str_addf(&text, "%zu approvals are needed, but only %zu %s been given or still can be",
                 s->need->needed, there, there == 1 ? "has" : "have");
    const char *reason = arena_strndup(s->arena, text.buf, text.len);
    str_release(&text);
    return reason;
}

/* Smaller sets first; among equals, the one with whoever comes first where they differ. */
static bool comes_before(const struct search *s, const struct found *a, const struct found *b)
{
    if (a->size != b->size)
        return a->size < b->size;
    for (size_t w = 0; w < s->words; w++) {
        uint64_t differ = a->people[w] ^ b->people[w];
        if (differ)
            return a->people[w] >> bits_lowest(differ) & 1;
    }
    return false;
}

static void sort_found(struct search *s)
{
    for (size_t i = 1; i < s->found_count; i++)
        for (size_t k = i; k > 0 && comes_before(s, &s->found[k], &s->found[k - 1]); k--) {
            struct found f = s->found[k];
            s->found[k] = s->found[k - 1];
            s->found[k - 1] = f;
        }
}

static const char *const *users_of(const struct search *s, const struct found *f)
{
    const char **users = arena_array(s->arena, f->size, sizeof *users);
    for (size_t i = 0, n = 0; i < s->count; i++)
        if (bits_has(f->people, i))
            users[n++] = s->places[i].user;
    return users;
}

static void tell(struct search *s, struct outlook *out)
{
    const char *const **sets = arena_array(s->arena, s->found_count, sizeof *sets);
    size_t *sizes = arena_array(s->arena, s->found_count, sizeof *sizes);
    sort_found(s);
    for (size_t i = 0; i < s->found_count; i++) {
        sets[i] = users_of(s, &s->found[i]);
        sizes[i] = s->found[i].size;
    }
    *out = (struct outlook){sets, sizes, s->found_count, !s->stopped, NULL};
}

void outlook_find(struct arena *arena, const struct need *need, const struct place *places,
                  size_t count, struct outlook *out)
{
    struct search s = {
        .arena = arena,
        .need = need,
        .places = places,
        .count = count,
        .words = bits_words(count),
    };
    search_init(&s);
    if (need->requires)
        init_tree(&s);
    else
        init_count(&s);
    for (size_t w = 0; w < s.words; w++)
        s.chosen[w] = s.approved[w] | s.open[w];
    if (!satisfies(&s, s.chosen)) {
        *out = (struct outlook){.complete = true, .reason = reason_of(&s, s.chosen)};
        return;
    }
    if (satisfies(&s, s.approved))
        search_nobody(&s);
    else if (need->in_order && !need->requires)
        search_in_order(&s);
    else
        search_all(&s);
    if (!s.found_count)
        search_one(&s);
    tell(&s, out);
}
