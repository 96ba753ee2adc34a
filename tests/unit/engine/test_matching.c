#include "engine/matching.h"

#include "engine/bits.h"

#include "trees.h"

#define DEMANDS_MAX 5
#define RANDOM_CASES 20000

struct problem_of {
    unsigned may[DEMANDS_MAX], needed[DEMANDS_MAX], count, people;
};

/* The most places that can be filled from demand d on, its first `taken` places being done with. */
static unsigned brute_fill(const struct problem_of *p, unsigned d, unsigned taken, unsigned people)
{
    unsigned best = 0;
    if (d == p->count)
        return 0;
    best = brute_fill(p, d + 1, 0, people);
    for (unsigned i = 0; taken < p->needed[d] && i < p->people; i++)
        if ((people & p->may[d]) >> i & 1) {
            unsigned n = 1 + brute_fill(p, d, taken + 1, people & ~(1u << i));
            best = n > best ? n : best;
        }
    return best;
}

static struct problem_of problem_draw(uint64_t *state)
{
    struct problem_of p = {.count = below(state, DEMANDS_MAX + 1), .people = below(state, 6)};
    for (unsigned d = 0; d < p.count; d++) {
        p.may[d] = (unsigned)draw(state) & ((1u << p.people) - 1);
        p.needed[d] = below(state, 4);
    }
    return p;
}

/* Those of the shortage are too few, and one more of them would help; anybody else would not. */
static void check_shortage(struct matching *m, const struct problem_of *p, unsigned among,
                           unsigned filled)
{
    unsigned may = 0, needed = 0, all = 0;
    for (unsigned d = 0; d < p->count; d++) {
        all += p->needed[d];
        if (matching_is_short(m, d)) {
            may |= p->may[d];
            needed += p->needed[d];
        }
    }
    CHECK((filled < all) == (needed > 0));
    CHECK_INT(all - filled, needed - (needed ? bit_count(may & among) : 0));
    for (unsigned i = 0; i < p->people; i++)
        if (!(among >> i & 1))
            CHECK_INT(brute_fill(p, 0, 0, among | 1u << i), filled + (may >> i & 1));
}

/* One matching, filled again and again. */
static void test_random(void)
{
    uint64_t seed = UINT64_C(0x5eed0003), state = seed;
    printf("seed %#llx, %d cases", (unsigned long long)seed, RANDOM_CASES);
    for (unsigned i = 0; i < RANDOM_CASES / 4; i++) {
        struct arena *arena = arena_new();
        struct problem_of p = problem_draw(&state);
        struct matching *m = matching_new(arena, p.count, p.people);
        struct demand demands[DEMANDS_MAX];
        uint64_t may[DEMANDS_MAX];
        for (unsigned d = 0; d < p.count; d++) {
            may[d] = p.may[d];
            demands[d] = (struct demand){&may[d], p.needed[d]};
        }
        for (unsigned k = 0; k < 4; k++) {
            uint64_t among = draw(&state) & ((1u << p.people) - 1);
            unsigned want = brute_fill(&p, 0, 0, (unsigned)among);
            CHECK_INT(matching_fill(m, demands, p.count, &among), want);
            check_shortage(m, &p, (unsigned)among, want);
        }
        arena_free(&arena);
    }
}

/* A chain along which everybody has to move: the last demand takes only who is taken first. */
static void test_chain(void)
{
    enum { LONG = 150 };
    struct arena *arena = arena_new();
    uint64_t may[LONG][3] = {{0}}, among[3] = {0};
    struct demand demands[LONG];
    struct matching *m = matching_new(arena, LONG, LONG);
    for (size_t i = 0; i < LONG; i++) {
        bits_set(among, i);
        bits_set(may[i], i + 1 < LONG ? i : 0);
        if (i + 1 < LONG)
            bits_set(may[i], i + 1);
        demands[i] = (struct demand){may[i], 1};
    }
    CHECK_INT(matching_fill(m, demands, LONG, among), LONG);
    CHECK(!matching_is_short(m, 0));
    bits_clear(among, LONG - 1);
    CHECK_INT(matching_fill(m, demands, LONG, among), LONG - 1);
    CHECK(matching_is_short(m, 0) && matching_is_short(m, LONG - 1));
    arena_free(&arena);
}

static void test_nobody(void)
{
    struct arena *arena = arena_new();
    struct demand demand = {NULL, 2};
    struct matching *m = matching_new(arena, 1, 0);
    CHECK_INT(matching_fill(m, &demand, 1, NULL), 0);
    CHECK(matching_is_short(m, 0));
    demand.needed = 0;
    CHECK_INT(matching_fill(m, &demand, 1, NULL), 0);
    CHECK(!matching_is_short(m, 0));
    arena_free(&arena);
}

int main(void)
{
    static const struct test tests[] = {
        {"random demands against brute force", test_random},
        {"a long chain of moves", test_chain},
        {"nobody at all", test_nobody},
    };
    return check_main("matching", tests, sizeof tests / sizeof *tests);
}
