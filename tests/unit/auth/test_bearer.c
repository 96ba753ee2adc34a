#include "auth/bearer.h"

#include "check.h"

#define ID "abc123xyz789"
#define RANDOM "0123456789abcdefghijABCDEFGHIJ-_-_-_-_-_-_A"

static const char *const prefixes[] = {
#define X(name, prefix) prefix,
    BEARERS(X)
#undef X
};

static const char *id_of(enum bearer_kind kind)
{
    return kind == BEARER_API_KEY ? ID : NULL;
}

static void test_new(void)
{
    for (enum bearer_kind kind = 0; kind < BEARER_COUNT; kind++) {
        struct bearer b, other;
        bearer_new(kind, id_of(kind), &b);
        bearer_new(kind, id_of(kind), &other);
        CHECK(strncmp(b.text, prefixes[kind], strlen(prefixes[kind])) == 0);
        CHECK_INT(strlen(b.text), 4 + 43 + (kind == BEARER_API_KEY ? API_KEY_ID_SIZE : 0));
        CHECK(strcmp(b.text, other.text) != 0);
        char sha256[SHA256_HEX_SIZE];
        hash_sha256_hex(b.text, strlen(b.text), sha256);
        CHECK_STR(b.sha256, sha256);
    }
}

/* What is read is of its own kind only. */
static void test_read(void)
{
    for (enum bearer_kind kind = 0; kind < BEARER_COUNT; kind++) {
        struct bearer b;
        bearer_new(kind, id_of(kind), &b);
        for (enum bearer_kind as = 0; as < BEARER_COUNT; as++) {
            char sha256[SHA256_HEX_SIZE] = "untouched";
            CHECK_INT(bearer_read(as, b.text, sha256), as == kind);
            CHECK_STR(sha256, as == kind ? b.sha256 : "untouched");
        }
    }
}

static void test_known_hash(void)
{
    char sha256[SHA256_HEX_SIZE];
    CHECK(bearer_read(BEARER_SESSION, "aps_" RANDOM, sha256));
    CHECK_STR(sha256, "fb34d256ae7d98addb4de2e3d0014608fcd8bbc6df619ab059aceefde9e77fa4");
}

static void test_refused(void)
{
    static const char *const bad[] = {
        "",
        "aps_",
        "aps",
        RANDOM,
        "APS_" RANDOM,
        " aps_" RANDOM,
        "aps_" RANDOM " ",
        "aps_" RANDOM "A",
        "aps_" RANDOM "=",
        "aps_0123456789abcdefghijABCDEFGHIJ-_-_-_-_-_-_",
        "aps_0123456789abcdefghijABCDEFGHIJ+/-_-_-_-_-_A",
        "aps_0123456789abcdefghijABCDEFGHIJ -_-_-_-_-_A",
        "\"aps_" RANDOM "\"",
        "aps_" ID "_" RANDOM,
        "eyJhbGciOiJIUzI1NiJ9.e30.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    };
    char sha256[SHA256_HEX_SIZE];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!bearer_read(BEARER_SESSION, bad[i], sha256));
}

static void test_id(void)
{
    char id[API_KEY_ID_SIZE], sha256[SHA256_HEX_SIZE];
    struct bearer b;
    bearer_new(BEARER_API_KEY, ID, &b);
    CHECK(bearer_id(b.text, id));
    CHECK_STR(id, ID);
    /* A random part may begin with what parts id and random. */
    CHECK(!bearer_id("apk_" ID "__" RANDOM, id));
    CHECK(bearer_id("apk_" ID "__123456789abcdefghijABCDEFGHIJ-_-_-_-_-_-_A", id));
    CHECK_STR(id, ID);

    static const char *const bad[] = {
        "",
        "apk_",
        "apk_" RANDOM,
        "apk_" ID,
        "apk_" ID "_",
        "apk_" ID "-" RANDOM,
        "apk_abc123xyz78_" RANDOM,
        "apk_abc123xyz7890_" RANDOM,
        "apk_ABC123xyz789_" RANDOM,
        "apk_abc123xyz78._" RANDOM,
        "apk__abc123xyz78_" RANDOM,
        "aps_" ID "_" RANDOM,
        "apk_" ID "_" RANDOM "A",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!bearer_id(bad[i], id));
        CHECK(!bearer_read(BEARER_API_KEY, bad[i], sha256));
    }
}

static void test_new_id(void)
{
    char id[API_KEY_ID_SIZE], other[API_KEY_ID_SIZE], found[API_KEY_ID_SIZE];
    struct bearer b;
    for (int i = 0; i < 100; i++) {
        bearer_new_id(id);
        bearer_new_id(other);
        CHECK_INT(strlen(id), API_KEY_ID_SIZE - 1);
        CHECK_INT(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789"), API_KEY_ID_SIZE - 1);
        CHECK(strcmp(id, other) != 0);
        bearer_new(BEARER_API_KEY, id, &b);
        CHECK(bearer_id(b.text, found));
        CHECK_STR(found, id);
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"made anew", test_new},
        {"read as its own kind only", test_read},
        {"the hash is of the whole text", test_known_hash},
        {"texts that are none", test_refused},
        {"the id of an API key", test_id},
        {"new ids", test_new_id},
    };
    return check_main("auth/bearer", tests, sizeof tests / sizeof *tests);
}
