#include "service/rules_file.h"

#include "base/clock.h"
#include "base/log.h"
#include "check.h"
#include "crypto/hash.h"

#include <sys/stat.h>
#include <unistd.h>

#define GOOD "{\"auto_approval_rules\":{\"by_action_type\":{\"query\":{\"enabled\":true}}}}"
#define OTHER "{\"auto_approval_rules\":{}}"

static char path[] = "/tmp/test_rules.XXXXXX";
static struct zones *zones;

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");
    CHECK_FATAL(f != NULL);
    fputs(text, f);
    fclose(f);
}

/* The file is looked at once a second: waits until the answer has the wanted hash (or none). */
static bool becomes(struct rules_file *f, const char *sha256)
{
    int64_t end = clock_monotonic() + 5 * US_PER_SECOND;
    while (clock_monotonic() < end) {
        struct arena *a = arena_new();
        rules_file_look(f);
        struct rules_now now = rules_file_now(f, a);
        bool same = sha256 ? now.sha256 && !strcmp(now.sha256, sha256) : !now.rules;
        arena_free(&a);
        if (same)
            return true;
        usleep(50 * 1000);
    }
    return false;
}

static bool complains(struct rules_file *f, bool wanted)
{
    int64_t end = clock_monotonic() + 5 * US_PER_SECOND;
    while (clock_monotonic() < end) {
        struct arena *a = arena_new();
        const char *complaint = rules_file_complaint(f, a);
        bool does = complaint != NULL;
        CHECK(!does || strstr(complaint, path) == NULL); /* it is shown to strangers */
        arena_free(&a);
        if (does == wanted)
            return true;
        usleep(50 * 1000);
    }
    return false;
}

static void test_life_of_a_file(void)
{
    char good[SHA256_HEX_SIZE], other[SHA256_HEX_SIZE];
    hash_sha256_hex(GOOD, strlen(GOOD), good);
    hash_sha256_hex(OTHER, strlen(OTHER), other);
    write_file(GOOD);
    struct rules_file *f = rules_file_open(path, zones);
    CHECK(becomes(f, good));

    struct arena *held = arena_new();
    struct rules_now before = rules_file_now(f, held);
    write_file(OTHER);
    CHECK(becomes(f, other));
    CHECK_STR(before.sha256, good); /* what was handed out stays what it was */
    arena_free(&held);

    write_file("{\"auto_approval_rules\": 7}");
    CHECK(complains(f, true));
    CHECK(becomes(f, other)); /* the last good one stays in force */

    write_file(GOOD);
    CHECK(becomes(f, good));
    CHECK(complains(f, false));

    unlink(path);
    CHECK(becomes(f, NULL));
    CHECK(complains(f, false));
    rules_file_close(&f);
    CHECK(f == NULL);
}

#define WINDOW(zone)                                                                      \
    "{\"auto_approval_rules\":{\"by_time_window\":{\"business_hours\":{\"enabled\":true," \
    "\"start\":\"09:00\",\"end\":\"17:00\",\"timezone\":\"" zone "\"}}}}"

/* Zones are looked for while the file is read. */
static void test_time_zone(void)
{
    char good[SHA256_HEX_SIZE];
    hash_sha256_hex(WINDOW("Europe/Berlin"), strlen(WINDOW("Europe/Berlin")), good);
    write_file(WINDOW("Europe/Berlin"));
    struct rules_file *f = rules_file_open(path, zones);
    CHECK(becomes(f, good));
    write_file(WINDOW("Europe/Nowhere"));
    CHECK(complains(f, true));
    CHECK(becomes(f, good));
    rules_file_close(&f);
    unlink(path);
}

static void test_bad_from_the_start(void)
{
    write_file("{");
    struct rules_file *f = rules_file_open(path, zones);
    CHECK(becomes(f, NULL));
    CHECK(complains(f, true));
    rules_file_close(&f);
    unlink(path);
}

/* Opening a pipe would wait for whoever writes into it. */
static void test_not_a_file(void)
{
    unlink(path);
    CHECK_FATAL(mkfifo(path, 0600) == 0);
    struct rules_file *f = rules_file_open(path, zones);
    CHECK(becomes(f, NULL));
    CHECK(complains(f, true));
    unlink(path);
    write_file(GOOD);
    CHECK(complains(f, false));
    rules_file_close(&f);
    unlink(path);
}

static void test_no_file_wanted(void)
{
    struct rules_file *f = rules_file_open("", zones);
    CHECK(becomes(f, NULL));
    CHECK(complains(f, false));
    rules_file_close(&f);
}

int main(void)
{
    static const struct test tests[] = {
        {"loaded, replaced, refused, gone", test_life_of_a_file},
        {"a window's time zone", test_time_zone},
        {"bad from the start", test_bad_from_the_start},
        {"no file at all", test_not_a_file},
        {"no file wanted", test_no_file_wanted},
    };
    int fd = mkstemp(path);
    if (fd < 0)
        return 2;
    close(fd);
    zones = zones_new(NULL);
    log_setup(LOG_LEVEL_COUNT, "test"); /* its complaints are expected */
    int rc = check_main("service/rules_file", tests, sizeof tests / sizeof *tests);
    zones_free(&zones);
    unlink(path);
    return rc;
}
