#include "crypto/password.h"

#include "check.h"

#include <pthread.h>
#include <time.h>

/* What Python's cryptography makes of "correct horse". */
static const char same_parameters[] = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$q+"
                                      "0sKARca/pubavMga31B1maRKtxs4flSqsDI1tWO84";
static const char fewer_passes[] = "$argon2id$v=19$m=65536,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                                   "K0OuGeqXkzosj2AshFZqi8OXh38JYrgOpu5ZUDtfjHM";
static const char less_memory[] = "$argon2id$v=19$m=8192,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                                  "wbFO6HMaSfz+q+xidHa4AkHi2VSDtWjesFSFre9OcLA";
static const char argon2i[] = "$argon2i$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                              "DRtHbW1oh1iJLbaEuuOiHJzUOLCoh4ECHclJUzn3VYY";

static char ours[PASSWORD_HASH_SIZE];

static void test_hash(void)
{
    struct err e = ERR_INIT;
    char again[PASSWORD_HASH_SIZE];
    CHECK_INT(password_hash("correct horse", ours, &e), 0);
    CHECK_INT(password_hash("correct horse", again, &e), 0);
    static const char start[] = "$argon2id$v=19$m=65536,t=2,p=1$";
    CHECK(strncmp(ours, start, strlen(start)) == 0);
    CHECK(strcmp(ours, again) != 0);
    CHECK(!password_outdated(ours));
}

static void test_verify(void)
{
    CHECK(password_verify(ours, "correct horse"));
    CHECK(!password_verify(ours, "correct horsf"));
    CHECK(!password_verify(ours, "correct horse "));
    CHECK(!password_verify(ours, "correct hors"));
    CHECK(!password_verify(ours, ""));
    CHECK(!password_verify(NULL, "correct horse"));
}

static void test_any_text(void)
{
    struct err e = ERR_INIT;
    char hash[PASSWORD_HASH_SIZE], longer[1001];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    CHECK_INT(password_hash(longer, hash, &e), 0);
    CHECK(password_verify(hash, longer));
    longer[999] = 'y';
    CHECK(!password_verify(hash, longer));
    CHECK_INT(password_hash("", hash, &e), 0);
    CHECK(password_verify(hash, ""));
    CHECK(!password_verify(hash, "x"));
}

static void test_of_others(void)
{
    CHECK(password_verify(same_parameters, "correct horse"));
    CHECK(!password_outdated(same_parameters));
    CHECK(password_verify(fewer_passes, "correct horse"));
    CHECK(password_outdated(fewer_passes));
    CHECK(password_verify(less_memory, "correct horse"));
    CHECK(!password_verify(less_memory, "correct cow"));
    CHECK(password_outdated(less_memory));
    CHECK(password_outdated(argon2i));
}

static void test_unreadable(void)
{
    static const char *const bad[] = {
        "",
        "!",
        "correct horse",
        "$argon2id$",
        "$argon2id$v=19$m=65536,t=2,p=1$",
        "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$",
        "$2y$10$abcdefghijklmnopqrstuuMkkR9eYcmUfYPPsCyvVhwOxQXcxqyPq",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!password_verify(bad[i], "correct horse"));
        CHECK(!password_verify(bad[i], ""));
        CHECK(password_outdated(bad[i]));
    }
}

static double cost(const char *hash)
{
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    CHECK(!password_verify(hash, "wrong"));
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

/* The least of some tries, since others use the machine, too. */
static double least_cost(const char *hash)
{
    double least = cost(hash);
    for (int i = 0; i < 2; i++) {
        double one = cost(hash);
        least = one < least ? one : least;
    }
    return least;
}

static void test_same_cost(void)
{
    double known = least_cost(ours), unknown = least_cost(NULL), unreadable = least_cost("!");
    CHECK(unknown > known / 1.5 && unknown < known * 1.5);
    CHECK(unreadable > known / 1.5 && unreadable < known * 1.5);
}

static void *verify_right_and_wrong(void *result)
{
    *(bool *)result = password_verify(ours, "correct horse") && !password_verify(ours, "wrong") &&
                      !password_verify(NULL, "correct horse");
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[4];
    bool good[4] = {false};
    for (int i = 0; i < 4; i++)
        CHECK_FATAL(pthread_create(&threads[i], NULL, verify_right_and_wrong, &good[i]) == 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK(good[i]);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"hashes are Argon2id and salted", test_hash},
        {"right and wrong passwords", test_verify},
        {"long and empty passwords", test_any_text},
        {"hashes that others made", test_of_others},
        {"a hash that cannot be read", test_unreadable},
        {"no hash costs the same", test_same_cost},
        {"several threads", test_threads},
    };
    return check_main("crypto/password", tests, sizeof tests / sizeof *tests);
}
