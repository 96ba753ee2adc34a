#include "crypto/secret.h"

#include "check.h"

static void test_random(void)
{
    unsigned char a[64] = {0}, b[64] = {0}, zero[64] = {0};
    secret_random(a, sizeof a);
    secret_random(b, sizeof b);
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK(memcmp(a, zero, sizeof a) != 0);
}

/* All of it and nothing beyond is written; more than the 256 bytes that the kernel gives at once.
 */
static void test_random_extent(void)
{
    unsigned char data[1002] = {0};
    unsigned char seen[1002] = {0};
    for (int round = 0; round < 4; round++) {
        secret_random(data + 1, sizeof data - 2);
        for (size_t i = 0; i < sizeof data; i++)
            seen[i] |= data[i];
    }
    CHECK_INT(seen[0], 0);
    CHECK_INT(seen[sizeof seen - 1], 0);
    for (size_t i = 1; i < sizeof seen - 1; i++)
        CHECK(seen[i] != 0);
    secret_random(data, 0);
    CHECK_INT(data[0], 0);
}

static void test_equal(void)
{
    CHECK(secret_equal("", ""));
    CHECK(secret_equal("abc", "abc"));
    CHECK(!secret_equal("abc", "abd"));
    CHECK(!secret_equal("abc", "bbc"));
    CHECK(!secret_equal("abc", "ab"));
    CHECK(!secret_equal("ab", "abc"));
    CHECK(!secret_equal("", "a"));
    CHECK(!secret_equal("abc", "ABC"));
}

static void test_wipe(void)
{
    char text[] = "a secret!";
    secret_wipe(text, 8);
    CHECK(memcmp(text, "\0\0\0\0\0\0\0\0!", sizeof text) == 0);
}

int main(void)
{
    static const struct test tests[] = {
        {"random bytes differ", test_random},
        {"exactly what was asked for is random", test_random_extent},
        {"comparing", test_equal},
        {"wiping", test_wipe},
    };
    return check_main("crypto/secret", tests, sizeof tests / sizeof *tests);
}
