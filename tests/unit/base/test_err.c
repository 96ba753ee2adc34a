#include "base/err.h"

#include "base/problems.h"
#include "base/str.h"
#include "check.h"

static void test_set_and_prefix(void)
{
    struct err e = ERR_INIT;
    CHECK_INT(err_set(&e, ERR_CONFLICT, "already %s", "approved"), -1);
    CHECK_INT(e.kind, ERR_CONFLICT);
    CHECK_STR(e.message, "already approved");
    CHECK_INT(err_prefix(&e, "approval %d", 7), -1);
    CHECK_INT(e.kind, ERR_CONFLICT);
    CHECK_STR(e.message, "approval 7: already approved");
    CHECK_STR(err_kind_name(e.kind), "conflict");
}

/* Long messages are cut, but never within a character. */
static void test_cut_at_character(void)
{
    for (int shift = 0; shift < 4; shift++) {
        struct str s = STR_INIT;
        str_addn(&s, "abc", (size_t)shift);
        while (s.len < 2000)
            str_add(&s, "\xf0\x9f\x98\x80");
        struct err e = ERR_INIT;
        err_set(&e, ERR_INVALID, "%s", s.buf);
        size_t n = strlen(e.message);
        CHECK(n > sizeof e.message - 8 && n < sizeof e.message);
        CHECK(utf8_valid(e.message, n));
        str_release(&s);
    }
}

static void test_problems(void)
{
    struct arena *a = arena_new();
    struct problems p;
    struct err e = ERR_INIT;
    problems_init(&p, a);
    CHECK_INT(problems_err(&p, &e), 0);
    problems_add(&p, "/name", "must be %s", "a string");
    CHECK_INT(problems_err(&p, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK_STR(e.message, "/name: must be a string");
    problems_add(&p, "", "second");
    CHECK_INT(problems_err(&p, &e), -1);
    CHECK_STR(e.message, "/name: must be a string (and 1 more)");
    CHECK_STR(e.problems->first->next->detail, "second");
    for (int i = 0; i < 2 * PROBLEMS_MAX; i++)
        problems_add(&p, "/x", "again");
    CHECK_INT(p.count, 2 + 2 * PROBLEMS_MAX);
    size_t kept = 0;
    for (const struct problem *one = p.first; one; one = one->next)
        kept++;
    CHECK_INT(kept, PROBLEMS_MAX);
    arena_free(&a);
}

static void test_pointers(void)
{
    struct arena *a = arena_new();
    CHECK_STR(pointer_key(a, "", "stages"), "/stages");
    CHECK_STR(pointer_index(a, "/stages", 3), "/stages/3");
    CHECK_STR(pointer_key(a, "/x", "a/b~c"), "/x/a~1b~0c");
    arena_free(&a);
}

int main(void)
{
    static const struct test tests[] = {
        {"set and prefix", test_set_and_prefix},
        {"a long message is cut at a character", test_cut_at_character},
        {"problems", test_problems},
        {"pointers", test_pointers},
    };
    return check_main("base/err", tests, sizeof tests / sizeof *tests);
}
