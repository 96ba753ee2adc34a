#include "base/arena.h"

#include "check.h"

#include <stdint.h>

static void test_zeroed_and_aligned(void)
{
    struct arena *a = arena_new();
    for (size_t size = 1; size < 20000; size = size * 3 + 1) {
        unsigned char *p = arena_alloc(a, size);
        CHECK_INT((uintptr_t)p % _Alignof(max_align_t), 0);
        size_t sum = 0;
        for (size_t i = 0; i < size; i++)
            sum += p[i];
        CHECK_INT(sum, 0);
        memset(p, 0xFF, size);
    }
    arena_free(&a);
    CHECK(a == NULL);
}

static void test_reset_hands_out_zeroes_again(void)
{
    struct arena *a = arena_new();
    memset(arena_alloc(a, 1000), 0xAB, 1000);
    memset(arena_alloc(a, 100000), 0xAB, 100000);
    arena_reset(a);
    unsigned char *p = arena_alloc(a, 1000);
    CHECK_INT(p[0], 0);
    CHECK_INT(p[999], 0);
    arena_free(&a);
}

static char order[8];

static void note(void *p)
{
    size_t n = strlen(order);
    order[n] = *(const char *)p;
    order[n + 1] = '\0';
}

static void test_deferred_run_newest_first_once(void)
{
    struct arena *a = arena_new();
    order[0] = '\0';
    arena_defer(a, note, "1");
    arena_defer(a, note, "2");
    arena_reset(a);
    CHECK_STR(order, "21");
    arena_defer(a, note, "3");
    arena_free(&a);
    CHECK_STR(order, "213");
}

static void test_strings(void)
{
    struct arena *a = arena_new();
    CHECK(arena_strdup(a, NULL) == NULL);
    CHECK_STR(arena_strdup(a, "abc"), "abc");
    CHECK_STR(arena_strndup(a, "abcdef", 3), "abc");
    CHECK_STR(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    arena_free(&a);
    arena_free(&a); /* NULL is fine */
}

int main(void)
{
    static const struct test tests[] = {
        {"what it hands out is zeroed and aligned", test_zeroed_and_aligned},
        {"also after a reset", test_reset_hands_out_zeroes_again},
        {"deferred calls run once, newest first", test_deferred_run_newest_first_once},
        {"strings", test_strings},
    };
    return check_main("base/arena", tests, sizeof tests / sizeof *tests);
}
