#include "service/issuer_keys.h"

#include "check.h"
#include "crypto/key_texts.h"
#include "office.h"
#include "store/access.h"
#include "store/memory/memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define NOW INT64_C(1767323045678901)
#define MINUTE (60 * US_PER_SECOND)
#define ISSUER "https://login.example/realms/main"
#define OTHER "https://other.example"

#define EC(kid, x, y) \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"" kid "\",\"x\":\"" x "\",\"y\":\"" y "\"}"
#define KEY_A                                              \
    EC("a", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", \
       "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWl"               \
       "bbM4IFyM")
#define KEY_B                                              \
    EC("b", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", \
       "x_FEzRu9m36HLN_tue659LNpXW6pCyStikY"               \
       "jKIWI5a0")
#define SECRET_KEY "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}"
#define SET(keys) "{\"keys\":[" keys "]}"

static struct clock fake;
static struct store *store;
static struct service sv;
static struct arena *arena;

static void set_up_with(const char *const *settings)
{
    fake = clock_fake(NOW);
    store = store_memory_open(&fake);
    arena = arena_new();
    office_open(&sv, store, &fake, settings);
}

static void set_up(void)
{
    static const char *const settings[] = {"APPROVAL_OIDC_ISSUER=" ISSUER, NULL};
    set_up_with(settings);
}

static void tear_down(void)
{
    arena_free(&arena);
    office_close(&sv);
    store_close(&store);
}

static struct token_keys keys_in(struct arena *a, const char *issuer)
{
    struct session *s = NULL;
    struct token_keys keys = {.count = 99};
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(issuer_keys_for(&sv, s, a, issuer, &keys, &e), 0);
    store_read_end(&s);
    return keys;
}

/* "a b": the kids, "-" for a key without. */
static const char *kids(const struct token_keys *keys)
{
    const char *text = "";
    for (size_t i = 0; i < keys->count; i++)
        text = arena_printf(arena, "%s%s%s", text, i ? " " : "",
                            keys->list[i].kid ? keys->list[i].kid : "-");
    return text;
}

static const char *kids_for(const char *issuer)
{
    struct token_keys keys = keys_in(arena, issuer);
    return kids(&keys);
}

/* "ok", or the message. */
static const char *put(const char *issuer, const char *jwks)
{
    struct err e = ERR_INIT;
    if (issuer_keys_put(&sv, arena, issuer, jwks, &e) == 0)
        return "ok";
    CHECK_INT(e.kind, ERR_INVALID);
    return arena_strdup(arena, e.message);
}

static int due(void)
{
    struct err e = ERR_INIT;
    return issuer_keys_due(&sv, ISSUER, &e);
}

static struct issuer_keys_kept kept(void)
{
    struct issuer_keys_kept out = {.fetched_at = -1};
    struct err e = ERR_INIT;
    CHECK_INT(issuer_keys_read(&sv, arena, ISSUER, &out, &e), 0);
    return out;
}

/* ---- the file ---- */

/* A file with that content for as long as the service is opened. */
static int open_file(const char *content, size_t n, const char *issuer, struct err *e)
{
    char path[] = "/tmp/test_issuer_keys.XXXXXX";
    int fd = mkstemp(path);
    struct issuer_keys *keys = NULL;
    CHECK_FATAL(fd >= 0 && write(fd, content, n) == (ssize_t)n);
    close(fd);
    *e = (struct err)ERR_INIT;
    int rc = issuer_keys_open(path, issuer, &keys, e);
    unlink(path);
    CHECK_INT(keys != NULL, rc == 0);
    if (rc == 0) {
        issuer_keys_close(&sv.issuers);
        sv.issuers = keys;
    }
    return rc;
}

static void test_pem_file(void)
{
    static const char text[] = "two keys\n" KEY_RSA_7517 "and\n" KEY_EC_7517;
    struct err e;
    set_up();
    CHECK_INT(open_file(text, strlen(text), "", &e), 0);
    struct token_keys keys = keys_in(arena, OTHER);
    CHECK_STR(kids(&keys), "- -");
    CHECK_INT(keys.list[0].alg, TOKEN_RS256);
    CHECK_STR(keys.list[0].bytes, KEY_RSA_7517);
    CHECK_INT(keys.list[0].len, strlen(KEY_RSA_7517));
    CHECK_INT(keys.list[1].alg, TOKEN_ES256);
    CHECK_STR(keys.list[1].bytes, KEY_EC_7517);
    CHECK_STR(kids_for(NULL), "- -");
    tear_down();
}

static void test_file_beside_an_issuer(void)
{
    static const char text[] = " \n" SET(KEY_A "," SECRET_KEY);
    struct err e;
    set_up();
    CHECK_INT(open_file(text, strlen(text), ISSUER, &e), 0);
    CHECK_STR(kids_for(ISSUER), "a");
    CHECK_STR(kids_for(ISSUER "/"), "");
    CHECK_STR(kids_for(OTHER), "");
    CHECK_STR(kids_for(NULL), "");
    CHECK_STR(put(ISSUER, SET(KEY_B)), "ok");
    CHECK_STR(kids_for(ISSUER), "a b");
    tear_down();
}

static void test_bad_files(void)
{
    static const struct {
        const char *content, *message;
    } rows[] = {
        {"", "has no public key"},
        {"nothing like a key\n", "has no public key"},
        {"{\"keys\":[", ""},
        {"{\"keys\":{}}", ""},
        {SET(""), "has no public key"},
        {SET(SECRET_KEY), "has no public key"},
        {KEY_EC_7517 KEY_RSA_1024, "2048"},
        {KEY_EC_7517 "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "private"},
    };
    struct err e;
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_INT(open_file(rows[i].content, strlen(rows[i].content), "", &e), -1);
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK(!strncmp(e.message, "APPROVAL_JWT_PUBLIC_KEYS: ", 26));
        CHECK(strstr(e.message, rows[i].message) != NULL);
    }
    static const char nul[] = KEY_EC_7517 "\0more";
    CHECK_INT(open_file(nul, sizeof nul, "", &e), -1);
    static char large[(1 << 20) + 1];
    memset(large, ' ', sizeof large);
    CHECK_INT(open_file(large, sizeof large, "", &e), -1);
    CHECK(strstr(e.message, "larger") != NULL);
    tear_down();
}

static void test_no_file(void)
{
    static const char *const paths[] = {"/nonexistent/keys.pem", "/tmp"};
    for (size_t i = 0; i < 2; i++) {
        struct issuer_keys *keys = NULL;
        struct err e = ERR_INIT;
        CHECK_INT(issuer_keys_open(paths[i], "", &keys, &e), -1);
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK(!strncmp(e.message, "APPROVAL_JWT_PUBLIC_KEYS: ", 26));
        CHECK(keys == NULL);
    }
}

/* ---- sets that are fetched ---- */

static void test_nothing_at_all(void)
{
    set_up_with(NULL);
    CHECK_STR(kids_for(ISSUER), "");
    CHECK_STR(kids_for(NULL), "");
    /* What another process keeps of an issuer that is not configured here counts for nothing. */
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_STR(kids_for(ISSUER), "");
    issuer_keys_want(&sv, ISSUER);
    CHECK_INT(kept().wanted_at, 0);
    tear_down();
}

static void test_a_set_that_is_replaced(void)
{
    set_up();
    CHECK_STR(kids_for(ISSUER), "");
    CHECK_STR(put(ISSUER, SET(KEY_A "," SECRET_KEY)), "ok");
    struct arena *early = arena_new();
    struct token_keys first = keys_in(early, ISSUER), again = keys_in(early, ISSUER);
    CHECK_STR(kids(&first), "a");
    CHECK(first.list[0].bytes == again.list[0].bytes); /* parsed once */
    CHECK_STR(kids_for(OTHER), "");
    CHECK_STR(kids_for(NULL), "");

    /* In the same microsecond. */
    int64_t before = kept().fetched_at;
    CHECK_INT(before, NOW);
    CHECK_STR(put(ISSUER, SET(KEY_B "," KEY_A)), "ok");
    CHECK(kept().fetched_at > before);
    CHECK_STR(kids_for(ISSUER), "b a");
    CHECK_STR(put(ISSUER, SET(KEY_B)), "ok");
    CHECK_STR(kids_for(ISSUER), "b");
    /* Whoever began with the first set has it still. */
    CHECK_STR(kids(&first), "a");
    CHECK_STR(first.list[0].bytes, KEY_EC_7517);
    arena_free(&early);
    struct token_keys now = kept().keys;
    CHECK_STR(kids(&now), "b");
    tear_down();
}

static void test_an_older_session(void)
{
    set_up();
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    struct session *s = NULL;
    struct token_keys keys;
    struct err e = ERR_INIT;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_STR(put(ISSUER, SET(KEY_B)), "ok");
    CHECK_STR(kids_for(ISSUER), "b");
    CHECK_INT(issuer_keys_for(&sv, s, arena, ISSUER, &keys, &e), 0);
    CHECK_STR(kids(&keys), "a");
    store_read_end(&s);
    CHECK_STR(kids_for(ISSUER), "b");
    tear_down();
}

static void test_what_is_no_set(void)
{
    static const struct {
        const char *jwks, *message;
    } rows[] = {
        {"", "what " ISSUER " gave is no set of keys: "},
        {"<html>", "what " ISSUER " gave is no set of keys: "},
        {"null", "what " ISSUER " gave is no set of keys: "},
        {"{\"keys\":[]", "what " ISSUER " gave is no set of keys: "},
        {"{\"keys\":7}", "what " ISSUER " gave is no set of keys: "},
        {"{\"keys\":[],\"keys\":[]}", "what " ISSUER " gave is no set of keys: "},
        {SET(""), "what " ISSUER " gave has no key for "},
        {SET(SECRET_KEY), "what " ISSUER " gave has no key for "},
    };
    set_up();
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    fake.fixed += MINUTE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *message = put(ISSUER, rows[i].jwks);
        CHECK_STR(arena_strndup(arena, message, strnlen(message, strlen(rows[i].message))),
                  rows[i].message);
    }
    struct str many = STR_INIT;
    str_add(&many, "{\"keys\":[" KEY_A "],\"x\":[0");
    for (int i = 0; i < 10000; i++)
        str_add(&many, ",0");
    str_add(&many, "]}");
    CHECK(strcmp(put(ISSUER, many.buf), "ok") != 0);
    str_release(&many);
    CHECK_STR(kids_for(ISSUER), "a");
    CHECK_INT(kept().fetched_at, NOW);
    tear_down();
}

static size_t changes(void)
{
    struct session *s = NULL;
    struct audit_row *rows;
    size_t n = 0;
    int64_t next;
    struct err e = ERR_INIT;
    struct audit_filter f = {.entity_type = "issuer", .limit = 100};
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    CHECK_INT(store_audit_list(s, arena, &f, &rows, &n, &next, &e), 0);
    store_read_end(&s);
    for (size_t i = 0; i < n; i++) {
        CHECK_STR(rows[i].entry.entity_id, ISSUER);
        CHECK_STR(rows[i].entry.action, "issuer.keys_changed");
        CHECK_STR(rows[i].entry.actor_id, "system");
        CHECK_INT(strstr(rows[i].entry.payload, "before_sha256") != NULL, i > 0);
        CHECK(strstr(rows[i].entry.payload, "after_sha256") != NULL);
    }
    return n;
}

static void test_changes_are_audited(void)
{
    set_up();
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(changes(), 1);
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(changes(), 1);
    CHECK_STR(put(ISSUER, SET(KEY_B)), "ok");
    CHECK_INT(changes(), 2);
    put(ISSUER, "");
    CHECK_INT(changes(), 2);
    tear_down();
}

static void test_when_they_are_due(void)
{
    set_up();
    CHECK_INT(due(), 1);
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(due(), 0);
    fake.fixed = NOW + 10 * MINUTE - 1;
    CHECK_INT(due(), 0);
    fake.fixed = NOW + 10 * MINUTE;
    CHECK_INT(due(), 1);
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(due(), 0);
    tear_down();
}

static void test_keys_that_are_wanted(void)
{
    set_up();
    issuer_keys_want(&sv, ISSUER); /* before there is anything */
    CHECK_INT(kept().wanted_at, NOW);
    CHECK_INT(due(), 1);
    fake.fixed = NOW + 2 * MINUTE;
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(kept().wanted_at, NOW);
    CHECK_INT(due(), 0);

    fake.fixed = NOW + 3 * MINUTE - US_PER_SECOND;
    issuer_keys_want(&sv, OTHER);
    issuer_keys_want(&sv, NULL);
    CHECK_INT(kept().wanted_at, NOW);
    issuer_keys_want(&sv, ISSUER);
    CHECK_INT(kept().wanted_at, fake.fixed);
    CHECK_INT(due(), 0); /* it was fetched less than a minute ago */
    CHECK_STR(kids_for(ISSUER), "a");
    fake.fixed = NOW + 3 * MINUTE;
    CHECK_INT(due(), 1);
    /* Once a minute. */
    issuer_keys_want(&sv, ISSUER);
    CHECK_INT(kept().wanted_at, NOW + 3 * MINUTE - US_PER_SECOND);
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    CHECK_INT(due(), 0);
    fake.fixed = NOW + 4 * MINUTE - US_PER_SECOND;
    issuer_keys_want(&sv, ISSUER);
    CHECK_INT(kept().wanted_at, fake.fixed);
    tear_down();
}

/* ---- threads ---- */

static atomic_bool over;

static void *look_up(void *arg)
{
    size_t *wrong = arg;
    while (!over) {
        struct arena *mine = arena_new();
        struct session *s = NULL;
        struct token_keys keys = {.count = 0};
        struct err e = ERR_INIT;
        store_read_begin(store, &s, &e);
        if (issuer_keys_for(&sv, s, mine, ISSUER, &keys, &e) < 0 || keys.count != 1)
            ++*wrong;
        store_read_end(&s);
        const char *pem = keys.count && !strcmp(keys.list[0].kid, "a") ? KEY_EC_7517 : KEY_EC_7515;
        *wrong += !keys.count || strcmp(keys.list[0].bytes, pem) != 0;
        arena_free(&mine);
    }
    return NULL;
}

static void test_many_threads(void)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    size_t wrong[THREADS] = {0};
    set_up();
    CHECK_STR(put(ISSUER, SET(KEY_A)), "ok");
    over = false;
    for (int i = 0; i < THREADS; i++)
        CHECK_FATAL(pthread_create(&threads[i], NULL, look_up, &wrong[i]) == 0);
    for (int i = 0; i < 200; i++)
        CHECK_STR(put(ISSUER, i % 2 ? SET(KEY_A) : SET(KEY_B)), "ok");
    over = true;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(wrong[i], 0);
    }
    CHECK_STR(kids_for(ISSUER), "a");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"a file of PEM keys", test_pem_file},
        {"a file holds for the issuer that is configured", test_file_beside_an_issuer},
        {"bad files", test_bad_files},
        {"no file", test_no_file},
        {"neither file nor issuer", test_nothing_at_all},
        {"a set that is replaced", test_a_set_that_is_replaced},
        {"an older session has the older set", test_an_older_session},
        {"what is no set leaves the one before", test_what_is_no_set},
        {"changes are audited", test_changes_are_audited},
        {"when they are due", test_when_they_are_due},
        {"keys that are wanted", test_keys_that_are_wanted},
        {"many threads", test_many_threads},
    };
    return check_main("service/issuer_keys", tests, sizeof tests / sizeof *tests);
}
