#include "check.h"
#include "fixture.h"

#include "store/sqlite/conn.h"
#include "store/migrate.h"
#include "store/sqlite/sqlite.h"

#include "base/str.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct scratch scratch;

static void exec(const char *path, const char *sql)
{
    sqlite3 *db;
    CHECK_FATAL(sqlite3_open(path, &db) == SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static size_t up(enum err_kind want)
{
    struct err e = ERR_INIT;
    size_t applied = 99;
    int rc = migrate_up(scratch.path, &applied, &e);
    CHECK_INT(rc, want == ERR_NONE ? 0 : -1);
    CHECK_INT(e.kind, want);
    return applied;
}

static enum err_kind open_kind(void)
{
    struct store_sqlite_options o = {.path = scratch.path, .clock = &clock_real};
    struct store *st = NULL;
    struct err e = ERR_INIT;
    if (store_sqlite_open(&o, &st, &e) == 0) {
        CHECK_INT(store_check(st, &e), 0);
        store_close(&st);
    }
    return e.kind;
}

static void test_up(void)
{
    scratch_new(&scratch);
    CHECK(up(ERR_NONE) > 0);
    CHECK_INT(open_kind(), ERR_NONE);
    CHECK_INT(up(ERR_NONE), 0);
    CHECK_INT(open_kind(), ERR_NONE);
    scratch_remove(&scratch);
}

static void test_makes_folder(void)
{
    struct err e = ERR_INIT;
    struct str path = STR_INIT;
    size_t applied;
    scratch_new(&scratch);
    str_addf(&path, "%s/data/a.db", scratch.dir);
    CHECK_INT(migrate_up(path.buf, &applied, &e), 0);
    CHECK_INT(access(path.buf, F_OK), 0);
    str_clear(&path);
    str_addf(&path, "%s/more/levels/a.db", scratch.dir);
    CHECK_INT(migrate_up(path.buf, &applied, &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    str_release(&path);
    scratch_remove(&scratch);
}

static void test_two_at_once(void)
{
    enum { PROCESSES = 4 };
    scratch_new(&scratch);
    int gate[2];
    CHECK_FATAL(pipe(gate) == 0);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        CHECK_FATAL(children[i] >= 0);
        if (children[i] == 0) {
            struct err e = ERR_INIT;
            size_t applied;
            char c;
            close(gate[1]);
            ssize_t got = read(gate[0], &c, 1); /* the end of the pipe, for all at once */
            _exit(got != 0 || migrate_up(scratch.path, &applied, &e) < 0 ? 99 : (int)applied);
        }
    }
    close(gate[0]);
    close(gate[1]);
    int sum = 0;
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        waitpid(children[i], &status, 0);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 99);
        sum += WEXITSTATUS(status);
    }
    struct err e = ERR_INIT;
    struct arena *a = arena_new();
    struct migration_state *rows;
    size_t n;
    CHECK_FATAL(migrate_status(a, scratch.path, &rows, &n, &e) == 0);
    CHECK_INT(sum, n);
    arena_free(&a);
    CHECK_INT(open_kind(), ERR_NONE);
    scratch_remove(&scratch);
}

static void test_changed(void)
{
    scratch_migrated(&scratch);
    exec(scratch.path, "UPDATE schema_migrations SET sha256 = 'ff' WHERE number = 1");
    up(ERR_CONFLICT);
    scratch_remove(&scratch);
}

static void test_newer(void)
{
    scratch_migrated(&scratch);
    exec(scratch.path, "INSERT INTO schema_migrations (number, name, sha256, oldest, applied_at)"
                       " VALUES (9999, '9999_future', 'ff', 9998, 5)");
    up(ERR_CONFLICT);
    CHECK_INT(open_kind(), ERR_UNAVAILABLE);
    scratch_remove(&scratch);
}

/* An old program goes on beside a new one where the new one's migrations allow it. */
static void test_newer_but_allowed(void)
{
    scratch_migrated(&scratch);
    exec(scratch.path, "INSERT INTO schema_migrations (number, name, sha256, oldest, applied_at)"
                       " SELECT 9999, '9999_future', 'ff', max(number), 5 FROM schema_migrations");
    up(ERR_NONE);
    CHECK_INT(open_kind(), ERR_NONE);
    scratch_remove(&scratch);
}

static void test_behind(void)
{
    scratch_new(&scratch);
    CHECK_INT(open_kind(), ERR_UNAVAILABLE);
    CHECK_INT(scratch_size(&scratch, ""), -1);
    scratch_remove(&scratch);
    scratch_migrated(&scratch);
    exec(scratch.path, "DELETE FROM schema_migrations");
    CHECK_INT(open_kind(), ERR_UNAVAILABLE);
    /* Its tables are in the way: a migration that fails changes nothing. */
    up(ERR_INTERNAL);
    CHECK_INT(open_kind(), ERR_UNAVAILABLE);
    scratch_remove(&scratch);
}

static char *contents(const char *path)
{
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    char *text = mem_alloc(65536);
    CHECK(fread(text, 1, 65535, f) > 0);
    fclose(f);
    return text;
}

static void test_not_ours(void)
{
    scratch_new(&scratch);
    exec(scratch.path, "CREATE TABLE workflows (id TEXT PRIMARY KEY, name TEXT)");
    char *before = contents(scratch.path);
    up(ERR_CONFLICT);
    CHECK_INT(open_kind(), ERR_UNAVAILABLE);
    char *after = contents(scratch.path);
    CHECK(memcmp(before, after, 65535) == 0);
    CHECK_INT(scratch_size(&scratch, "-wal"), -1);
    free(before);
    free(after);
    scratch_remove(&scratch);
}

static void test_not_a_database(void)
{
    scratch_new(&scratch);
    FILE *f = fopen(scratch.path, "w");
    CHECK_FATAL(f != NULL);
    for (int i = 0; i < 2000; i++)
        fputs("this is a letter ", f);
    fclose(f);
    up(ERR_INTERNAL);
    CHECK_INT(open_kind(), ERR_INTERNAL);
    scratch_remove(&scratch);
}

static void test_status(void)
{
    struct err e = ERR_INIT;
    struct arena *a = arena_new();
    struct migration_state *rows;
    size_t n;
    scratch_new(&scratch);
    CHECK_FATAL(migrate_status(a, scratch.path, &rows, &n, &e) == 0 && n > 0);
    CHECK_INT(rows[0].number, 1);
    CHECK_STR(rows[0].name, "0001_foundation");
    CHECK(!rows[0].applied && rows[0].applied_at == 0);
    CHECK_INT(scratch_size(&scratch, ""), -1);

    size_t known = n;
    up(ERR_NONE);
    exec(scratch.path, "INSERT INTO schema_migrations (number, name, sha256, oldest, applied_at)"
                       " VALUES (9999, '9999_future', 'ff', 9999, 5)");
    CHECK_FATAL(migrate_status(a, scratch.path, &rows, &n, &e) == 0);
    CHECK_INT(n, known + 1);
    CHECK_STR(rows[0].name, "0001_foundation");
    CHECK(rows[0].applied && rows[0].applied_at > NOON);
    CHECK_STR(rows[n - 1].name, "9999_future");
    CHECK(rows[n - 1].applied && rows[n - 1].applied_at == 5);
    arena_free(&a);
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct test tests[] = {
        {"up, and up again", test_up},
        {"makes the folder", test_makes_folder},
        {"several at once", test_two_at_once},
        {"a migration that has changed", test_changed},
        {"a database that is newer", test_newer},
        {"a database that is newer but allows this program", test_newer_but_allowed},
        {"a database that is behind, or missing", test_behind},
        {"a database of somebody else", test_not_ours},
        {"a file that is no database", test_not_a_database},
        {"status", test_status},
    };
    return check_main("sqlite migrations", tests, sizeof tests / sizeof *tests);
}
