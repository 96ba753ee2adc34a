/*
 * Many halves in one commit: neighbours do not disturb each other, a lost
 * transaction is lost for all of them, and one that waited too long is not run.
 */
#include "check.h"
#include "fault_vfs.h"
#include "fixture.h"

#include <sqlite3.h>

#include <pthread.h>

static struct scratch scratch;
static struct clock fake;
static struct store *st;

static void begin(int64_t patience_us)
{
    fake = clock_fake(NOON);
    fault_disarm();
    scratch_migrated(&scratch);
    st = scratch_open(&scratch, &fake, patience_us, "fault");
    save_workflow(st, "wf");
}

static void reopen(void)
{
    store_close(&st);
    st = scratch_open(&scratch, &fake, 0, "fault");
}

static void finish(void)
{
    fault_disarm();
    store_close(&st);
    scratch_remove(&scratch);
}

/* Halves of one commit are given the same now, those of two are not with this. */
static void tick(void *arg)
{
    (void)arg;
    fake.fixed++;
}

static void test_neighbours(void)
{
    begin(0);
    struct job jobs[] = {
        {.id = "a", .meanwhile = tick},
        {.id = "b", .end = OUTCOME_REFUSED, .meanwhile = tick},
        {.id = "c", .end = OUTCOME_BROKEN, .meanwhile = tick},
        {.id = "d", .meanwhile = tick},
        {.id = "e", .end = OUTCOME_REFUSED, .refusal_fails = true, .meanwhile = tick},
        {.id = "d", .meanwhile = tick}, /* its key is taken: broken by the database */
        {.id = "f", .meanwhile = tick},
    };
    static const struct {
        enum outcome outcome;
        int kept;
    } want[] = {
        {OUTCOME_DONE, KEPT_ALL}, {OUTCOME_REFUSED, KEPT_REFUSAL}, {OUTCOME_BROKEN, KEPT_NOTHING},
        {OUTCOME_DONE, KEPT_ALL}, {OUTCOME_BROKEN, KEPT_NOTHING},  {OUTCOME_BROKEN, KEPT_ALL},
        {OUTCOME_DONE, KEPT_ALL},
    };
    size_t n = sizeof jobs / sizeof *jobs;
    jobs_run_together(st, &scratch, jobs, n);
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(jobs[i].outcome, want[i].outcome);
        CHECK_INT(jobs[i].runs, 1);
        CHECK_INT(jobs[i].now, jobs[0].now);
    }
    reopen();
    for (size_t i = 0; i < n; i++)
        CHECK_INT(kept(st, jobs[i].id), want[i].kept);
    finish();
}

static void check_all_lost(const struct job *jobs, size_t n)
{
    CHECK(fault_hits() > 0);
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(jobs[i].outcome, OUTCOME_BROKEN);
        CHECK_INT(jobs[i].e.kind, ERR_UNAVAILABLE);
        CHECK_INT(kept(st, jobs[i].id), KEPT_NOTHING);
    }
}

static void check_works(const char *id)
{
    struct job j = {.id = id};
    CHECK_INT(job_run(st, &j), OUTCOME_DONE);
    CHECK_INT(kept(st, id), KEPT_ALL);
}

static void lose_a_batch(enum fault f, int nth, int rc)
{
    begin(0);
    check_works("before");
    struct job jobs[] = {{.id = "a"},
                         {.id = "b", .end = OUTCOME_REFUSED},
                         {.id = "c", .end = OUTCOME_BROKEN},
                         {.id = "d"}};
    fault_arm(f, nth, 1, rc);
    jobs_run_together(st, &scratch, jobs, 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(jobs[i].runs, 1);
    check_all_lost(jobs, 4);
    check_works("after");
    reopen();
    check_all_lost(jobs, 4);
    CHECK_INT(kept(st, "before"), KEPT_ALL);
    CHECK_INT(kept(st, "after"), KEPT_ALL);
    finish();
}

static void test_commit_full(void)
{
    lose_a_batch(FAULT_WAL_WRITE, 1, SQLITE_FULL);
}

static void test_commit_write_error(void)
{
    lose_a_batch(FAULT_WAL_WRITE, 5, SQLITE_IOERR_WRITE);
}

static void test_commit_sync_error(void)
{
    lose_a_batch(FAULT_WAL_SYNC, 1, SQLITE_IOERR_FSYNC);
}

/* More than the page cache holds has to be written before the commit. */
#define LARGE (20 << 20)

static void lose_in_the_middle(int rc)
{
    begin(0);
    struct job jobs[] = {{.id = "a"}, {.id = "b", .payload = LARGE}, {.id = "c"}};
    fault_arm(FAULT_WAL_WRITE, 9, 1, rc);
    jobs_run_together(st, &scratch, jobs, 3);
    CHECK_INT(jobs[0].runs, 1);
    CHECK_INT(jobs[1].runs, 1);
    check_all_lost(jobs, 3);
    check_works("after");
    reopen();
    check_all_lost(jobs, 3);
    CHECK_INT(kept(st, "after"), KEPT_ALL);
    finish();
}

static void test_full_in_the_middle(void)
{
    lose_in_the_middle(SQLITE_FULL);
}

static void test_error_in_the_middle(void)
{
    lose_in_the_middle(SQLITE_IOERR_WRITE);
}

/* A half that takes no notice: what it writes after the loss must not be committed by itself. */
static enum outcome go_on(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct audit_row entry = {
        .id = 1, .entry = {.entity_type = "t", .entity_id = "a", .action = "x", .payload = "{}"}};
    struct approval a = sample_approval("a", now);
    a.payload = arg;
    CHECK_INT(store_approval_insert(s, &a, e), -1);
    CHECK_INT(store_audit_add(s, &entry, e), -1);
    return OUTCOME_DONE;
}

static void test_going_on_after_the_loss(void)
{
    begin(0);
    struct err e = ERR_INIT;
    char *large = mem_alloc(LARGE + 1);
    memset(large, 'x', LARGE);
    struct write w = {.apply = go_on, .arg = large};
    fault_arm(FAULT_WAL_WRITE, 9, 1, SQLITE_IOERR_WRITE);
    CHECK_INT(store_write(st, &w, &e), OUTCOME_BROKEN);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    CHECK(fault_hits() > 0);
    CHECK_INT(kept(st, "a"), KEPT_NOTHING);
    check_works("after");
    free(large);
    finish();
}

/* The log then holds the whole commit, valid but for never having been told durable. Whoever opens
 * the database next must not find it there. */
static void test_unsynced_commit_stays_lost(void)
{
    begin(0);
    struct job j = {.id = "a"};
    fault_arm(FAULT_WAL_SYNC, 1, 1, SQLITE_IOERR_FSYNC);
    CHECK_INT(job_run(st, &j), OUTCOME_BROKEN);
    reopen();
    check_all_lost(&j, 1);
    finish();
}

/* A disk that stays full: every write is answered, reads go on, and afterwards all is well. */
static void test_full_for_a_while(void)
{
    begin(0);
    check_works("before");
    fault_arm(FAULT_WAL_WRITE, 1, 1000000, SQLITE_FULL);
    struct job lost[] = {{.id = "a"}, {.id = "b"}, {.id = "c"}};
    for (size_t i = 0; i < 3; i++)
        job_run(st, &lost[i]);
    check_all_lost(lost, 3);
    CHECK_INT(kept(st, "before"), KEPT_ALL);
    fault_disarm();
    check_works("after");
    reopen();
    check_all_lost(lost, 3);
    CHECK_INT(kept(st, "after"), KEPT_ALL);
    finish();
}

static void test_patience(void)
{
    begin(100 * US_PER_MS);
    struct job late = {.id = "late"};
    int lock = lock_hold(&scratch);
    int64_t start = clock_monotonic();
    CHECK_INT(job_run(st, &late), OUTCOME_BROKEN);
    CHECK(clock_monotonic() - start >= 100 * US_PER_MS);
    CHECK_INT(late.e.kind, ERR_UNAVAILABLE);
    lock_release(lock);
    check_works("after");
    CHECK_INT(late.runs, 0);
    CHECK_INT(kept(st, "late"), KEPT_NOTHING);
    finish();
}

static void slow(void *arg)
{
    (void)arg;
    sleep_ms(300);
}

static void test_patience_ends_when_it_runs(void)
{
    begin(100 * US_PER_MS);
    struct job j = {.id = "a", .meanwhile = slow};
    CHECK_INT(job_run(st, &j), OUTCOME_DONE);
    CHECK_INT(kept(st, "a"), KEPT_ALL);
    finish();
}

static void *run_late(void *arg)
{
    job_run(st, arg);
    return NULL;
}

/* The one in the middle of the queue leaves; those before and behind it are run. */
static void test_leaving_the_middle(void)
{
    begin(400 * US_PER_MS);
    struct job jobs[] = {{.id = "a"}, {.id = "b"}};
    pthread_t threads[2];
    int lock = lock_hold(&scratch);
    CHECK_FATAL(pthread_create(&threads[0], NULL, run_late, &jobs[0]) == 0);
    sleep_ms(250);
    CHECK_FATAL(pthread_create(&threads[1], NULL, run_late, &jobs[1]) == 0);
    sleep_ms(250); /* the first has left, the second still waits */
    lock_release(lock);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK_INT(jobs[0].outcome, OUTCOME_BROKEN);
    CHECK_INT(jobs[0].runs, 0);
    CHECK_INT(jobs[1].outcome, OUTCOME_DONE);
    CHECK_INT(kept(st, "a"), KEPT_NOTHING);
    CHECK_INT(kept(st, "b"), KEPT_ALL);
    finish();
}

static void test_close_while_locked_out(void)
{
    int before = threads_alive();
    begin(50 * US_PER_MS);
    struct job late = {.id = "late"};
    int lock = lock_hold(&scratch);
    CHECK_INT(job_run(st, &late), OUTCOME_BROKEN);
    int64_t start = clock_monotonic();
    store_close(&st);
    CHECK(clock_monotonic() - start < 2 * US_PER_SECOND);
    CHECK_INT(threads_alive(), before + 1);
    lock_release(lock);
    for (int i = 0; i < 500 && threads_alive() > before; i++)
        sleep_ms(10);
    CHECK_INT(threads_alive(), before);
    scratch_remove(&scratch);
}

static void test_close_waits_for_writes(void)
{
    begin(0);
    struct job j = {.id = "a", .meanwhile = slow};
    pthread_t thread;
    CHECK_FATAL(pthread_create(&thread, NULL, run_late, &j) == 0);
    while (j.runs == 0)
        sleep_ms(1);
    struct store *closing = st;
    store_close(&closing);
    pthread_join(thread, NULL);
    CHECK_INT(j.outcome, OUTCOME_DONE);
    st = scratch_open(&scratch, &fake, 0, "fault");
    CHECK_INT(kept(st, "a"), KEPT_ALL);
    finish();
}

/* As many as one commit takes. */
static void test_full_batch(void)
{
    enum { N = 64 };
    begin(0);
    static struct job jobs[N];
    static char ids[N][32];
    for (int i = 0; i < N; i++) {
        snprintf(ids[i], sizeof ids[i], "j%d", i);
        jobs[i] = (struct job){.id = ids[i]};
    }
    jobs_run_together(st, &scratch, jobs, N);
    for (int i = 0; i < N; i++) {
        CHECK_INT(jobs[i].outcome, OUTCOME_DONE);
        CHECK_INT(jobs[i].now, jobs[0].now);
    }
    finish();
}

/* What is written into a file that nobody will find again must not be called kept. */
static void test_moved_file(void)
{
    struct err e = ERR_INIT;
    scratch_migrated(&scratch);
    st = scratch_open(&scratch, &clock_real, 0, NULL);
    struct job before = {.id = "before"}, meanwhile = {.id = "meanwhile"}, after = {.id = "after"};
    save_workflow(st, "wf");
    CHECK_INT(job_run(st, &before), OUTCOME_DONE);
    char moved[sizeof scratch.path + 8];
    snprintf(moved, sizeof moved, "%s.moved", scratch.path);
    CHECK_FATAL(rename(scratch.path, moved) == 0);
    CHECK_INT(job_run(st, &meanwhile), OUTCOME_BROKEN);
    CHECK_INT(store_check(st, &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    CHECK_FATAL(rename(moved, scratch.path) == 0);
    CHECK_INT(store_check(st, &e), 0);
    CHECK_INT(job_run(st, &after), OUTCOME_DONE);
    store_close(&st);
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct test tests[] = {
        {"neighbours in one commit", test_neighbours},
        {"a full batch is one commit", test_full_batch},
        {"FULL at commit", test_commit_full},
        {"IOERR at commit", test_commit_write_error},
        {"failed fsync at commit", test_commit_sync_error},
        {"FULL in the middle of a batch", test_full_in_the_middle},
        {"IOERR in the middle of a batch", test_error_in_the_middle},
        {"a half that goes on after the loss", test_going_on_after_the_loss},
        {"a commit that was not synced does not come back", test_unsynced_commit_stays_lost},
        {"a disk that is full for a while", test_full_for_a_while},
        {"one that waited too long is not run", test_patience},
        {"one that is being run has no time limit", test_patience_ends_when_it_runs},
        {"leaving the middle of the queue", test_leaving_the_middle},
        {"closing while another holds the lock", test_close_while_locked_out},
        {"closing waits for writes in hand", test_close_waits_for_writes},
        {"a file that was moved away", test_moved_file},
    };
    fault_register();
    return check_main("sqlite batch", tests, sizeof tests / sizeof *tests);
}
