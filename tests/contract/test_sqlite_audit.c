/*
 * The audit log in the hands of somebody who has the database file and the
 * sqlite3 shell: the schema refuses what changes it, and what is written past
 * the schema cannot hide.
 */
#include "check.h"
#include "fixture.h"

#include <sqlite3.h>

static struct scratch scratch;
static struct arena *arena;
static struct store *store;

static int add_entries(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)arg;
    for (int64_t i = 1; i <= 9; i++) {
        struct audit_row row = {
            .id = i,
            .entry = {.entity_type = "t", .entity_id = "x", .action = "a", .payload = "{}"},
            .created_at = now + i,
        };
        if (store_audit_add(s, &row, e) < 0)
            return -1;
    }
    return 0;
}

static void begin(void)
{
    static struct clock clock;
    struct err e = ERR_INIT;
    clock = clock_fake(NOON);
    arena = arena_new();
    scratch_migrated(&scratch);
    store = scratch_open(&scratch, &clock, 0, NULL);
    CHECK_FATAL(run_half(store, add_entries, NULL, &e) == OUTCOME_DONE);
}

static void end(void)
{
    store_close(&store);
    arena_free(&arena);
    scratch_remove(&scratch);
}

/* As the shell would: a connection without settings of ours. */
static int shell(const char *sql)
{
    sqlite3 *db;
    CHECK_FATAL(sqlite3_open(scratch.path, &db) == SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

static struct audit_row *entries(const struct audit_filter *f, size_t *n)
{
    struct err e = ERR_INIT;
    struct audit_row *rows = NULL;
    struct session *s;
    int64_t next;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(store_audit_list(s, arena, f, &rows, n, &next, &e), 0);
    store_read_end(&s);
    return rows;
}

static void check_untouched(void)
{
    size_t n = 0;
    struct audit_filter all = {.limit = 20};
    struct audit_row *rows = entries(&all, &n);
    CHECK_INT(n, 9);
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(rows[i].id, i + 1);
        CHECK_STR(rows[i].entry.action, "a");
        CHECK_STR(rows[i].entry.payload, "{}");
        CHECK_INT(rows[i].created_at, NOON + rows[i].id);
    }
}

#define INTO "INTO audit_logs (id, entity_type, entity_id, action, created_at, payload) VALUES "

static void test_append_only(void)
{
    static const char *const statements[] = {
        "UPDATE audit_logs SET action = 'b'",
        "UPDATE audit_logs SET payload = '[]' WHERE id = 4",
        "UPDATE OR REPLACE audit_logs SET id = 4 WHERE id = 5",
        "UPDATE OR IGNORE audit_logs SET mac = 'm' WHERE id = 9",
        "DELETE FROM audit_logs",
        "DELETE FROM audit_logs WHERE id = 9",
        "INSERT OR REPLACE " INTO "(4, 't', 'x', 'b', 1, '')",
        "INSERT OR REPLACE " INTO "(9, 't', 'x', 'b', 1, '')",
        "INSERT OR IGNORE " INTO "(12, 't', 'x', 'b', 1, '')",
        "REPLACE " INTO "(1, 't', 'x', 'b', 1, '')",
        "INSERT " INTO "(11, 't', 'x', 'b', 1, '')",
        "INSERT " INTO "(0, 't', 'x', 'b', 1, '')",
        "INSERT " INTO "(NULL, 't', 'x', 'b', 1, '')",
        "INSERT " INTO "(4, 't', 'x', 'b', 1, '') ON CONFLICT (id) DO UPDATE SET action = 'b'",
        "INSERT " INTO "(10, 't', 'x', 'b', 1, ''), (10, 't', 'x', 'c', 1, '')",
        "PRAGMA recursive_triggers = ON; REPLACE " INTO "(9, 't', 'x', 'b', 1, '')",
    };
    begin();
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        int rc = shell(statements[i]);
        if (rc != SQLITE_CONSTRAINT)
            fprintf(stderr, "%s: %s\n", statements[i], sqlite3_errstr(rc));
        CHECK_INT(rc, SQLITE_CONSTRAINT);
    }
    check_untouched();
    CHECK_INT(shell("INSERT " INTO "(10, 't', 'x', 'b', 1, '')"), SQLITE_OK);
    end();
}

/* A text ends at its first NUL for C, but not for who wrote something behind it. */
static void test_nothing_behind_a_nul(void)
{
    begin();
    size_t n;
    struct audit_filter f = {.limit = 1};
    CHECK_INT(shell("DROP TRIGGER audit_logs_no_update;"
                    "UPDATE audit_logs SET entity_id = 'x' || char(0) || 'y', actor_id = char(0),"
                    " payload = payload || char(0) WHERE id = 1"),
              SQLITE_OK);
    struct audit_row *rows = entries(&f, &n);
    CHECK_FATAL(n == 1);
    CHECK_STR(rows[0].entry.entity_id, "x\x1ay");
    CHECK_STR(rows[0].entry.actor_id, "\x1a");
    CHECK_STR(rows[0].entry.payload, "{}\x1a");
    end();
}

/* Searches by time do not depend on what is missing. */
static void test_gaps(void)
{
    begin();
    CHECK_INT(shell("DROP TRIGGER audit_logs_no_delete;"
                    "DELETE FROM audit_logs WHERE id IN (1, 2, 4, 5, 6, 9)"),
              SQLITE_OK);
    for (int64_t from = 0; from <= 10; from++)
        for (int64_t before = 0; before <= 10; before++) {
            static const int64_t left[] = {3, 7, 8};
            struct audit_filter f = {.limit = 20, .from = NOON + from, .before = NOON + before};
            size_t n = 99, want = 0;
            entries(&f, &n);
            for (size_t i = 0; i < 3; i++)
                want += left[i] >= from && left[i] < before;
            CHECK_INT(n, want);
        }
    end();
}

int main(void)
{
    static const struct test tests[] = {
        {"the log is append-only", test_append_only},
        {"nothing hides behind a NUL", test_nothing_behind_a_nul},
        {"times in a log with gaps", test_gaps},
    };
    return check_main("sqlite audit log", tests, sizeof tests / sizeof *tests);
}
