/*
 * Bit sets of a known number of words, such as the people of a slate.
 */
#ifndef ENGINE_BITS_H
#define ENGINE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITS_PER_WORD 64

/* Words for a set of n members. */
static inline size_t bits_words(size_t n)
{
    return (n + BITS_PER_WORD - 1) / BITS_PER_WORD;
}

static inline void bits_set(uint64_t *set, size_t i)
{
    set[i / BITS_PER_WORD] |= UINT64_C(1) << i % BITS_PER_WORD;
}

static inline void bits_clear(uint64_t *set, size_t i)
{
    set[i / BITS_PER_WORD] &= ~(UINT64_C(1) << i % BITS_PER_WORD);
}

static inline bool bits_has(const uint64_t *set, size_t i)
{
    return set[i / BITS_PER_WORD] >> i % BITS_PER_WORD & 1;
}

/* The lowest member of a word that is not 0. */
static inline size_t bits_lowest(uint64_t word)
{
    return (size_t)__builtin_ctzll(word);
}

static inline void bits_add(uint64_t *set, const uint64_t *more, size_t words)
{
    for (size_t w = 0; w < words; w++)
        set[w] |= more[w];
}

/* How many members both have. */
static inline size_t bits_common(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (size_t)__builtin_popcountll(a[w] & b[w]);
    return n;
}

static inline size_t bits_count(const uint64_t *set, size_t words)
{
    return bits_common(set, set, words);
}

#endif
