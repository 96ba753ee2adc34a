/*
 * Checkpoints: only under the writer lock, often enough, and never in anybody's
 * way. In WAL mode only a checkpoint writes to the database file.
 */
#include "check.h"
#include "fault_vfs.h"
#include "fixture.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1 << 20)

static struct scratch scratch;
static int lock_file = -1;
static atomic_int unlocked_writes;

/* Whoever writes to the database file must hold the lock; then nobody else gets it. */
static void check_locked(void)
{
    if (flock(lock_file, LOCK_EX | LOCK_NB) == 0) {
        flock(lock_file, LOCK_UN);
        unlocked_writes++;
    }
}

static void begin(void)
{
    scratch_migrated(&scratch);
    struct str name = STR_INIT;
    str_addf(&name, "%s.lock", scratch.path);
    lock_file = open(name.buf, O_RDWR | O_CLOEXEC);
    str_release(&name);
    CHECK_FATAL(lock_file >= 0);
    unlocked_writes = 0;
    fault_watch(check_locked);
}

static void finish(void)
{
    fault_watch(NULL);
    close(lock_file);
    CHECK_INT(unlocked_writes, 0);
    scratch_remove(&scratch);
}

static struct store *open_store(void)
{
    return scratch_open(&scratch, &clock_real, 0, "fault");
}

static void put(struct store *st, int n, size_t payload)
{
    char id[32];
    snprintf(id, sizeof id, "appr-%d", n);
    struct job j = {.id = id, .payload = payload};
    CHECK_INT(job_run(st, &j), OUTCOME_DONE);
}

struct writing {
    struct store *st;
    int first;
};

enum { JOBS_EACH = 40 };

static void *writing_thread(void *arg)
{
    struct writing *w = arg;
    for (int i = 0; i < JOBS_EACH; i++) {
        char id[32];
        snprintf(id, sizeof id, "appr-%d", w->first + i);
        struct job j = {.id = id, .payload = MIB / 4};
        job_run(w->st, &j);
        kept(w->st, id);
    }
    return NULL;
}

/* Two stores are as two processes: each has its connections, its thread and its handle of the lock.
 */
static void test_only_under_the_lock(void)
{
    begin();
    struct store *stores[2] = {open_store(), open_store()};
    save_workflow(stores[0], "wf");
    pthread_t threads[4];
    struct writing w[4];
    for (int i = 0; i < 4; i++) {
        w[i] = (struct writing){.st = stores[i % 2], .first = i * JOBS_EACH};
        CHECK_FATAL(pthread_create(&threads[i], NULL, writing_thread, &w[i]) == 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK(fault_database_writes() > 1000);
    CHECK_INT(kept(stores[1], "appr-0"), KEPT_ALL);
    store_close(&stores[0]);
    store_close(&stores[1]);
    finish();
}

static void test_log_stays_small(void)
{
    begin();
    struct store *st = open_store();
    save_workflow(st, "wf");
    for (int i = 0; i < 40; i++)
        put(st, i, MIB);
    CHECK(scratch_size(&scratch, "-wal") < 8 * MIB);
    CHECK(scratch_size(&scratch, "") > 30 * MIB);
    store_close(&st);
    finish();
}

/* With a reader that stays, the log grows and nobody waits; when he has gone it shrinks. */
static void test_long_reader(void)
{
    begin();
    struct err e = ERR_INIT;
    struct session *reader;
    struct store *st = open_store();
    save_workflow(st, "wf");
    put(st, 0, 0);
    CHECK_FATAL(store_read_begin(st, &reader, &e) == 0);
    int64_t longest = 0;
    for (int i = 1; i <= 72; i++) {
        int64_t start = clock_monotonic();
        put(st, i, MIB);
        int64_t took = clock_monotonic() - start;
        longest = took > longest ? took : longest;
    }
    CHECK(scratch_size(&scratch, "-wal") > 70 * MIB);
    CHECK(longest < 4 * US_PER_SECOND);
    int64_t seq;
    CHECK_INT(store_approval_seq(reader, "appr-0", &seq, &e), 1);
    CHECK_INT(store_approval_seq(reader, "appr-1", &seq, &e), 0);
    store_read_end(&reader);
    for (int i = 73; i <= 79; i++)
        put(st, i, MIB);
    CHECK(scratch_size(&scratch, "-wal") < 16 * MIB);
    CHECK_INT(kept(st, "appr-79"), KEPT_ALL);
    store_close(&st);
    finish();
}

static void read_file(const char *suffix, struct str *out)
{
    struct str name = STR_INIT;
    str_addf(&name, "%s%s", scratch.path, suffix);
    FILE *f = fopen(name.buf, "r");
    CHECK_FATAL(f != NULL);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
        str_addn(out, part, n);
    fclose(f);
    str_release(&name);
}

static void test_closing_leaves_the_log(void)
{
    begin();
    struct store *st = open_store();
    save_workflow(st, "wf");
    for (int i = 0; i < 20; i++)
        put(st, i, 1000);
    store_close(&st);
    static struct str log[2] = {STR_INIT, STR_INIT}, database[2] = {STR_INIT, STR_INIT};
    read_file("-wal", &log[0]);
    read_file("", &database[0]);
    for (int i = 0; i < 20; i++) {
        struct store *two[2] = {open_store(), open_store()};
        CHECK_INT(kept(two[0], "appr-7"), KEPT_ALL);
        CHECK_INT(kept(two[1], "appr-19"), KEPT_ALL);
        store_close(&two[0]);
        store_close(&two[1]);
    }
    read_file("-wal", &log[1]);
    read_file("", &database[1]);
    CHECK(log[0].len > 20000);
    CHECK(log[0].len == log[1].len && memcmp(log[0].buf, log[1].buf, log[0].len) == 0);
    CHECK(database[0].len == database[1].len &&
          memcmp(database[0].buf, database[1].buf, database[0].len) == 0);
    CHECK_INT(fault_database_writes(), 0);
    for (int i = 0; i < 2; i++) {
        str_release(&log[i]);
        str_release(&database[i]);
    }
    finish();
}

/* The programs call for a checkpoint in one place, which asks for the lock. Run from the root of
 * the tree, as make does. */
static void test_one_caller(void)
{
    CHECK_FATAL(access("fcgi-app/store/sqlite/checkpoint.c", R_OK) == 0);
    FILE *found = popen("grep -rlE 'wal_checkpoint' fcgi-app", "r");
    CHECK_FATAL(found != NULL);
    char line[256];
    int n = 0;
    while (fgets(line, sizeof line, found)) {
        CHECK_STR(line, "fcgi-app/store/sqlite/checkpoint.c\n");
        n++;
    }
    pclose(found);
    CHECK_INT(n, 1);
}

int main(void)
{
    static const struct test tests[] = {
        {"only under the writer lock", test_only_under_the_lock},
        {"the log stays small", test_log_stays_small},
        {"a reader that stays", test_long_reader},
        {"opening and closing leaves the log alone", test_closing_leaves_the_log},
        {"one caller", test_one_caller},
    };
    fault_register();
    return check_main("sqlite checkpoints", tests, sizeof tests / sizeof *tests);
}
