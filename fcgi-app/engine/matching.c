#include "matching.h"

#include "bits.h"

struct matching {
    size_t words;
    uint64_t *free; /* people who fill no place yet */
    uint64_t *seen; /* people whom the search has come across */
    size_t *owner;  /* by person who is not free: the demand he fills */
    size_t *filled; /* by demand, as what follows */
    bool *reached;  /* by the search */
    bool *is_short; /* no search that comes here finds anybody */
    size_t *from;   /* the demand from which it was reached, and who would go there */
    size_t *mover;
    size_t *queue;
};

struct matching *matching_new(struct arena *arena, size_t demands, size_t people)
{
    struct matching *m = arena_make(arena, struct matching);
    m->words = bits_words(people);
    m->free = arena_array(arena, m->words, sizeof *m->free);
    m->seen = arena_array(arena, m->words, sizeof *m->seen);
    m->owner = arena_array(arena, people, sizeof *m->owner);
    m->filled = arena_array(arena, demands, sizeof *m->filled);
    m->reached = arena_array(arena, demands, sizeof *m->reached);
    m->is_short = arena_array(arena, demands, sizeof *m->is_short);
    m->from = arena_array(arena, demands, sizeof *m->from);
    m->mover = arena_array(arena, demands, sizeof *m->mover);
    m->queue = arena_array(arena, demands, sizeof *m->queue);
    return m;
}

static void take_free(struct matching *m, const struct demand *demand, size_t d)
{
    m->filled[d] = 0;
    for (size_t w = 0; w < m->words; w++) {
        for (uint64_t there = demand->people[w] & m->free[w];
             there && m->filled[d] < demand->needed; there &= there - 1) {
            size_t person = w * BITS_PER_WORD + bits_lowest(there);
            bits_clear(m->free, person);
            m->owner[person] = d;
            m->filled[d]++;
        }
    }
}

/* The person fills d, whose mover fills the demand before it, and so on back to the first. */
static void move_along(struct matching *m, size_t person, size_t d, size_t first)
{
    bits_clear(m->free, person);
    for (; d != first; d = m->from[d]) {
        m->owner[person] = d;
        person = m->mover[d];
    }
    m->owner[person] = first;
}

/* Queues the demands that these people fill. */
static size_t reach(struct matching *m, uint64_t people, size_t w, size_t from, size_t queued)
{
    for (; people; people &= people - 1) {
        size_t person = w * BITS_PER_WORD + bits_lowest(people);
        size_t d = m->owner[person];
        if (m->reached[d] || m->is_short[d])
            continue;
        m->reached[d] = true;
        m->from[d] = from;
        m->mover[d] = person;
        m->queue[queued++] = d;
    }
    return queued;
}

/* Fills one place more of the first demand, by moving people between the others. */
static bool augment(struct matching *m, const struct demand *demands, size_t n, size_t first,
                    const uint64_t *among)
{
    size_t queued = 1;
    memset(m->seen, 0, m->words * sizeof *m->seen);
    memset(m->reached, 0, n * sizeof *m->reached);
    m->queue[0] = first;
    m->reached[first] = true;
    for (size_t i = 0; i < queued; i++) {
        size_t d = m->queue[i];
        for (size_t w = 0; w < m->words; w++) {
            uint64_t there = demands[d].people[w] & among[w] & ~m->seen[w];
            if (there & m->free[w]) {
                size_t person = w * BITS_PER_WORD + bits_lowest(there & m->free[w]);
                move_along(m, person, d, first);
                return true;
            }
            m->seen[w] |= there;
            queued = reach(m, there, w, d, queued);
        }
    }
    /* Nor will any later search find somebody from here. */
    for (size_t i = 0; i < queued; i++)
        m->is_short[m->queue[i]] = true;
    return false;
}

size_t matching_fill(struct matching *m, const struct demand *demands, size_t n,
                     const uint64_t *among)
{
    size_t total = 0;
    if (m->words)
        memcpy(m->free, among, m->words * sizeof *m->free);
    for (size_t d = 0; d < n; d++) {
        m->is_short[d] = false;
        take_free(m, &demands[d], d);
    }
    for (size_t d = 0; d < n; d++) {
        while (m->filled[d] < demands[d].needed && !m->is_short[d] &&
               augment(m, demands, n, d, among))
            m->filled[d]++;
        total += m->filled[d];
    }
    return total;
}

bool matching_is_short(const struct matching *m, size_t demand)
{
    return m->is_short[demand];
}
