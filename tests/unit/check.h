/*
 * The frame of a unit test program: a table of named tests, run by CUnit.
 *
 *     static const struct test tests[] = {{"adds numbers", test_add}};
 *     int main(void) { return check_main("calculator", tests, sizeof tests / sizeof *tests); }
 *
 * Checks are CUnit's own assertions; these add what the value was.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <CUnit/Basic.h>

#include <stdio.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
};

#define CHECK(cond) CU_ASSERT(cond)

#define CHECK_INT(got, want)                                                                      \
    do {                                                                                          \
        long long check_got = (long long)(got), check_want = (long long)(want);                   \
        if (check_got != check_want)                                                              \
            fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, check_got, \
                    check_want);                                                                  \
        CU_ASSERT_EQUAL(check_got, check_want);                                                   \
    } while (0)

#define CHECK_STR(got, want)                                                               \
    do {                                                                                   \
        const char *check_got = (got), *check_want = (want);                               \
        int check_same = check_got && check_want ? strcmp(check_got, check_want) == 0      \
                                                 : check_got == check_want;                \
        if (!check_same)                                                                   \
            fprintf(stderr, "%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #got, \
                    check_got ? check_got : "(null)", check_want ? check_want : "(null)"); \
        CU_ASSERT(check_same);                                                             \
    } while (0)

/* For what the rest of a test cannot do without: ends the test. */
#define CHECK_FATAL(cond) CU_ASSERT_FATAL(cond)

static inline int check_main(const char *suite_name, const struct test *tests, size_t n)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < n; i++)
        if (!CU_add_test(suite, tests[i].name, tests[i].run))
            suite = NULL;
    if (!suite) {
        fprintf(stderr, "%s: cannot be set up: %s\n", suite_name, CU_get_error_msg());
        return 2;
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    unsigned run = CU_get_number_of_asserts();
    CU_cleanup_registry();
    return failed || !run ? 1 : 0;
}

#endif
