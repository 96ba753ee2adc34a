/*
 * How a requires tree is held, and how it is asked who satisfies it. Nobody
 * outside the engine includes it.
 */
#ifndef ENGINE_REQUIRES_TREE_H
#define ENGINE_REQUIRES_TREE_H

#include "matching.h"
#include "requires.h"

#include "base/str.h"

enum rule_kind { RULE_PEOPLE, RULE_ALL, RULE_ANY };

/* A selector and a flat any are people, too: one of those they name. */
struct rule {
    enum rule_kind kind;
    size_t needed;             /* PEOPLE: how many of those whom the selectors name */
    const uint16_t *selectors; /* PEOPLE: indexes */
    size_t selector_count;
    size_t leaf;              /* PEOPLE: its index among all of them, in the order of the text */
    const struct rule *rules; /* ALL, ANY: at least one */
    size_t rule_count;
};

/* Selectors by the hash of their text: open addressing, at most half full. */
#define REQUIRES_SLOTS 512
_Static_assert(REQUIRES_SLOTS >= 2 * REQUIRES_NODES_MAX, "room for every selector");

struct requires
{
    struct rule root;
    bool distinct;
    const struct selector *selectors;
    size_t selector_count;
    size_t leaf_count;
    uint64_t hashes[REQUIRES_NODES_MAX];
    uint16_t slots[REQUIRES_SLOTS]; /* index of a selector plus 1; 0: free */
};

/* FNV-1a */
#define REQUIRES_HASH_INIT UINT64_C(0xcbf29ce484222325)
static inline uint64_t requires_hash_add(uint64_t hash, char c)
{
    return (hash ^ (unsigned char)c) * UINT64_C(0x100000001b3);
}

/* The slot of the selector with that text of n bytes, or the free one where it belongs. */
size_t requires_slot(const struct requires *r, uint64_t hash, const char *text, size_t n);

/* A tree and the people of a slate: made once, asked about any set of them without more memory. */
struct poll {
    const struct requires *r;
    size_t people, words;
    struct demand *demands; /* by leaf: who may fill it, whatever they answered */
    struct matching *matching;
    bool *named; /* by selector: scratch */
};

void poll_init(struct poll *p, struct arena *arena, const struct requires *r,
               const struct place *places, size_t count);

/* Whether the approval of those people (a set of p->words words) satisfies the tree. */
bool poll_holds(const struct poll *p, const uint64_t *people);

/* Appends how many people of whom are missing, when those people do not satisfy the tree. by_name:
 * they are all that the tree names; otherwise those who have approved or still can. */
void poll_shortage(const struct poll *p, const uint64_t *people, bool by_name, struct str *out);

#endif
