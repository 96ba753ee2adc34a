/*
 * Several processes on one database. Children are forked while this process has
 * the database closed: SQLite's connections do not survive a fork.
 */
#include "check.h"
#include "fixture.h"

#include "store/sqlite/conn.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct scratch scratch;

static void begin(void)
{
    scratch_migrated(&scratch);
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    save_workflow(st, "wf");
    store_close(&st);
}

static long long number(const char *sql)
{
    struct err e = ERR_INIT;
    struct conn *c;
    sqlite3_stmt *st;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    CHECK_FATAL(sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) == SQLITE_OK);
    CHECK_INT(sqlite3_step(st), SQLITE_ROW);
    long long n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    conn_close(&c);
    return n;
}

/* ---- fairness ---- */

enum { PROCESSES = 4, SECONDS = 3 };

struct tally {
    int32_t commits, failed;
};

static _Noreturn void write_for_a_while(int process, int start, int result)
{
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    struct tally tally = {0};
    char c;
    if (read(start, &c, 1) != 0) /* the end of the pipe, for all at once */
        _exit(1);
    int64_t until = clock_monotonic() + SECONDS * US_PER_SECOND;
    while (clock_monotonic() < until) {
        char id[32];
        snprintf(id, sizeof id, "p%d-%d", process, tally.commits + tally.failed);
        struct job j = {.id = id};
        if (job_run(st, &j) == OUTCOME_DONE)
            tally.commits++;
        else
            tally.failed++;
    }
    store_close(&st);
    _exit(write(result, &tally, sizeof tally) == sizeof tally ? 0 : 1);
}

static void test_none_starves(void)
{
    begin();
    int start[2], result[2];
    CHECK_FATAL(pipe(start) == 0 && pipe(result) == 0);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        CHECK_FATAL(children[i] >= 0);
        if (children[i] == 0) {
            close(start[1]);
            write_for_a_while(i, start[0], result[1]);
        }
    }
    close(start[0]);
    sleep_ms(100);
    close(start[1]);
    int least = INT32_MAX, most = 0, sum = 0;
    for (int i = 0; i < PROCESSES; i++) {
        struct tally t = {0};
        int status;
        CHECK_FATAL(read(result[0], &t, sizeof t) == sizeof t);
        CHECK_INT(t.failed, 0);
        least = t.commits < least ? t.commits : least;
        most = t.commits > most ? t.commits : most;
        sum += t.commits;
        waitpid(children[i], &status, 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    close(result[0]);
    close(result[1]);
    printf("commits of the slowest process %d, of the fastest %d, together %d\n", least, most, sum);
    CHECK(least * 2 >= most);
    CHECK(sum > 0);
    CHECK_INT(number("SELECT count(*) FROM approvals"), sum);
    CHECK_INT(number("SELECT max(id) - count(*) FROM audit_logs"), 0);
    /* now never decreases from commit to commit, whichever process made it. */
    CHECK_INT(number("SELECT count(*) FROM audit_logs a JOIN audit_logs b ON b.id = a.id + 1"
                     " WHERE b.created_at < a.created_at"),
              0);
    scratch_remove(&scratch);
}

/* ---- a holder that dies ---- */

static void tell_and_hang(void *arg)
{
    ssize_t written = write(*(int *)arg, "x", 1);
    (void)written;
    for (;;)
        pause();
}

/* A child that holds the writer lock, in the middle of a transaction. */
static pid_t start_holder(void)
{
    int told[2];
    CHECK_FATAL(pipe(told) == 0);
    pid_t child = fork();
    CHECK_FATAL(child >= 0);
    if (child == 0) {
        struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
        struct job j = {.id = "child", .meanwhile = tell_and_hang, .arg = &told[1]};
        job_run(st, &j);
        _exit(1);
    }
    char c;
    CHECK_FATAL(read(told[0], &c, 1) == 1);
    close(told[0]);
    close(told[1]);
    return child;
}

static void end_holder(pid_t child)
{
    int status;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
}

static void test_killed_holder(void)
{
    begin();
    pid_t child = start_holder();
    struct store *st = scratch_open(&scratch, &clock_real, 200 * US_PER_MS, NULL);
    struct job late = {.id = "late"}, after = {.id = "after"};
    CHECK_INT(job_run(st, &late), OUTCOME_BROKEN);
    CHECK_INT(late.e.kind, ERR_UNAVAILABLE);
    CHECK_INT(kept(st, "late"), KEPT_NOTHING);
    end_holder(child);
    CHECK_INT(job_run(st, &after), OUTCOME_DONE);
    CHECK_INT(late.runs, 0);
    CHECK_INT(kept(st, "child"), KEPT_NOTHING);
    CHECK_INT(kept(st, "late"), KEPT_NOTHING);
    CHECK_INT(kept(st, "after"), KEPT_ALL);
    store_close(&st);
    scratch_remove(&scratch);
}

struct waiting {
    struct store *st;
    struct job job;
};

static void *run_one(void *arg)
{
    struct waiting *w = arg;
    job_run(w->st, &w->job);
    return NULL;
}

static void test_killed_while_waited_for(void)
{
    begin();
    pid_t child = start_holder();
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    struct waiting w = {.st = st, .job = {.id = "patient"}};
    pthread_t thread;
    CHECK_FATAL(pthread_create(&thread, NULL, run_one, &w) == 0);
    sleep_ms(100);
    CHECK_INT(w.job.runs, 0);
    end_holder(child);
    pthread_join(thread, NULL);
    CHECK_INT(w.job.outcome, OUTCOME_DONE);
    CHECK_INT(kept(st, "patient"), KEPT_ALL);
    store_close(&st);
    scratch_remove(&scratch);
}

/* Somebody with the sqlite3 shell, who knows nothing of our lock. */
static void test_foreign_writer(void)
{
    begin();
    struct store *st = scratch_open(&scratch, &clock_real, 300 * US_PER_MS, NULL);
    sqlite3 *shell;
    CHECK_FATAL(sqlite3_open(scratch.path, &shell) == SQLITE_OK);
    sqlite3_db_config(shell, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    CHECK_INT(sqlite3_exec(shell, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct job late = {.id = "late"}, after = {.id = "after"};
    CHECK_INT(job_run(st, &late), OUTCOME_BROKEN);
    CHECK_INT(late.e.kind, ERR_UNAVAILABLE);
    CHECK_INT(sqlite3_exec(shell, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(shell);
    CHECK_INT(job_run(st, &after), OUTCOME_DONE);
    CHECK_INT(late.runs, 0);
    CHECK_INT(kept(st, "after"), KEPT_ALL);
    store_close(&st);
    scratch_remove(&scratch);
}

/* Another process whose clock is ahead has committed: now follows it. */
static void test_now_across_processes(void)
{
    begin();
    pid_t child = fork();
    CHECK_FATAL(child >= 0);
    if (child == 0) {
        struct clock ahead = clock_fake(clock_now(&clock_real) + 3600 * US_PER_SECOND);
        struct store *st = scratch_open(&scratch, &ahead, 0, NULL);
        struct job j = {.id = "ahead"};
        int rc = job_run(st, &j) == OUTCOME_DONE ? 0 : 1;
        store_close(&st);
        _exit(rc);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    struct job j = {.id = "behind"};
    CHECK_INT(job_run(st, &j), OUTCOME_DONE);
    CHECK(j.now > clock_now(&clock_real) + 3000 * US_PER_SECOND);
    store_close(&st);
    scratch_remove(&scratch);
}

/* What is committed is there for whoever opens the database after a kill. */
static void test_killed_after_commit(void)
{
    begin();
    int told[2];
    CHECK_FATAL(pipe(told) == 0);
    pid_t child = fork();
    CHECK_FATAL(child >= 0);
    if (child == 0) {
        struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
        for (int i = 0;; i++) {
            char id[32];
            snprintf(id, sizeof id, "k%d", i);
            struct job j = {.id = id};
            if (job_run(st, &j) != OUTCOME_DONE || write(told[1], &i, sizeof i) != sizeof i)
                _exit(1);
        }
    }
    int last = 0;
    for (int i = 0; i < 200; i++)
        CHECK_FATAL(read(told[0], &last, sizeof last) == sizeof last);
    end_holder(child);
    close(told[1]);
    while (read(told[0], &last, sizeof last) == sizeof last)
        ;
    close(told[0]);
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    for (int i = 0; i <= last; i++) {
        char id[32];
        snprintf(id, sizeof id, "k%d", i);
        CHECK_INT(kept(st, id), KEPT_ALL);
    }
    store_close(&st);
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct test tests[] = {
        {"four processes write, none starves", test_none_starves},
        {"a holder of the lock that is killed", test_killed_holder},
        {"killed while others wait", test_killed_while_waited_for},
        {"a foreign writer", test_foreign_writer},
        {"now never decreases across processes", test_now_across_processes},
        {"killed after its commits", test_killed_after_commit},
    };
    return check_main("sqlite processes", tests, sizeof tests / sizeof *tests);
}
