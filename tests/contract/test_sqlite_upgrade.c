/*
 * A database that an earlier version wrote, brought up to this one: what is in
 * it reads as if this version had written it.
 */
#include "check.h"
#include "fixture.h"

#include "base/str.h"
#include "store/migrate.h"
#include "store/sqlite/schema.h"

static struct scratch scratch;
static struct arena *arena;
static struct store *store;

static void exec(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK);
    if (why)
        fprintf(stderr, "%s\n", why);
    sqlite3_free(why);
}

/* A database of the first schema, with rows in it as that version wrote them. */
static void make_old(const char *rows)
{
    sqlite3 *db;
    struct str record = STR_INIT;
    size_t n;
    const struct migration *first = schema_migrations(arena, &n);
    CHECK_FATAL(sqlite3_open(scratch.path, &db) == SQLITE_OK);
    exec(db, sql_text(SQL_MIGRATIONS_CREATE));
    exec(db, first->text);
    str_addf(&record, "INSERT INTO schema_migrations VALUES (1, '%s', '%s', 1, 5)", first->name,
             first->sha256);
    exec(db, record.buf);
    exec(db, "PRAGMA foreign_keys = ON");
    exec(db, rows);
    sqlite3_close(db);
    str_release(&record);
}

static const char old_rows[] =
    "INSERT INTO workflows VALUES (1, 'wf', 'Refund', '1.0', 1, 'active', 1, 1);"
    "INSERT INTO workflow_versions VALUES ('wf', 1, '1.0', '00', NULL, 1, '{}');"
    "INSERT INTO approvals VALUES"
    " (1, 'second', 'wf', 1, '1.0', 'two', 'pending', 10, 20, 900, 2, 1, 2, NULL, 'carol',"
    "  'order-7', 'aa', '\"' || replace(hex(zeroblob(9000)), '0', 'x') || '\"'),"
    " (2, 'rules', 'wf', 1, '1.0', NULL, 'approved', 10, 30, NULL, 3, 0, 0, NULL, 'carol',"
    "  'order-8', 'bb', '{\"n\":2}'),"
    " (3, 'gone', 'wf', 1, '1.0', NULL, 'withdrawn', 10, 40, NULL, 2, 0, 0, NULL, 'carol',"
    "  'order-9', 'cc', '{}'),"
    " (4, 'no', 'wf', 1, '1.0', NULL, 'rejected', 10, 50, NULL, 2, 0, 0, NULL, 'carol', 't',"
    "  'dd', '{}'),"
    " (5, 'stuck', 'wf', 1, '1.0', 'one', 'pending', 10, 10, NULL, 2, 1, 3, 'admin', 'carol',"
    "  't', 'ee', '{}');"
    "INSERT INTO approval_tasks VALUES"
    " ('second', 1, 'one', 1, 1, NULL, 'alice', 'answered', 'approve', 10, 20),"
    " ('second', 2, 'two', 1, 1, NULL, 'bob', 'open', '', 20, NULL),"
    " ('second', 3, 'two', 1, 2, NULL, 'dora', 'waiting', '', NULL, NULL);"
    "INSERT INTO approval_events VALUES"
    " ('second', 1, 'submitted', 'one', 1, 'carol', 10, '{}'),"
    " ('second', 2, 'approve', 'one', 1, 'alice', 20, '{}'),"
    " ('rules', 1, 'submitted', 'one', 1, 'carol', 10, '{}'),"
    " ('rules', 2, 'approve', 'one', 1, 'system', 10, '{}'),"
    " ('rules', 3, 'approve', 'two', 1, 'bob', 30, '{}'),"
    " ('gone', 1, 'submitted', 'one', 1, 'carol', 10, '{}'),"
    " ('gone', 2, 'withdraw', 'one', 1, 'carol', 40, '{}'),"
    " ('no', 1, 'submitted', 'one', 1, 'carol', 10, '{}'),"
    " ('no', 2, 'reject', 'one', 1, 'bob', 50, '{}'),"
    " ('stuck', 1, 'submitted', 'one', 1, 'carol', 10, '{}'),"
    " ('stuck', 2, 'escalated', 'one', 1, 'system', 10, '{}');";

static void begin(void)
{
    struct err e = ERR_INIT;
    size_t applied = 0;
    arena = arena_new();
    scratch_new(&scratch);
    make_old(old_rows);
    CHECK_FATAL(migrate_up(scratch.path, &applied, &e) == 0);
    CHECK(applied > 0);
    store = scratch_open(&scratch, &clock_real, 0, NULL);
}

static void end(void)
{
    store_close(&store);
    arena_free(&arena);
    scratch_remove(&scratch);
}

static struct approval get(const char *id)
{
    struct err e = ERR_INIT;
    struct session *s;
    struct approval a = {0};
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    int found = store_approval_get(s, arena, id, &a, &e);
    store_read_end(&s);
    CHECK_FATAL(found == 1);
    return a;
}

static void check_visit(const struct approval *a, size_t i, const char *stage_id,
                        enum visit_outcome outcome, int64_t entered_at, int64_t ended_at)
{
    CHECK_FATAL(i < a->visit_count);
    const struct visit *v = &a->visits[i];
    CHECK_INT(v->no, i + 1);
    CHECK_STR(v->stage_id, stage_id);
    CHECK_INT(v->visit, 1);
    CHECK_INT(v->round, 1);
    CHECK_INT(v->outcome, outcome);
    CHECK_INT(v->entered_at, entered_at);
    CHECK_INT(v->ended_at, ended_at);
}

static void test_running(void)
{
    begin();
    struct approval a = get("second");
    CHECK_INT(a.status, STATUS_PENDING);
    CHECK_STR(a.stage_id, "two");
    CHECK_STR(a.target_entity, "order-7");
    CHECK_STR(a.payload_sha256, "aa");
    CHECK_INT(strlen(a.payload), 18002);
    CHECK_INT(strspn(a.payload + 1, "x"), 18000);
    CHECK_INT(a.seq, 2);
    CHECK_INT(a.needed, 2);
    CHECK_INT(a.round, 1);
    CHECK(a.believed && !a.fallback);
    CHECK(!a.owner_id && !a.title && !a.links && !a.fault && !a.carried);
    CHECK_INT(a.valid_for_us, 0);
    CHECK_INT(a.valid_until, 0);
    CHECK_INT(a.consumed_at, 0);
    CHECK_INT(a.visit_count, 2);
    check_visit(&a, 0, "one", VISIT_APPROVED, 10, 20);
    check_visit(&a, 1, "two", VISIT_OPEN, 20, 0);
    CHECK_FATAL(a.timer_count == 1);
    CHECK_INT(a.timers[0].kind, TIMER_SLA);
    CHECK_INT(a.timers[0].level, 0);
    CHECK_INT(a.timers[0].due_at, 900);
    end();
}

static void test_tasks(void)
{
    begin();
    struct approval a = get("second");
    CHECK_FATAL(a.task_count == 3);
    CHECK_STR(a.tasks[0].user, "alice");
    CHECK_INT(a.tasks[0].vote, VOTE_APPROVE);
    CHECK_INT(a.tasks[1].state, TASK_OPEN);
    CHECK_STR(a.tasks[1].via, "");
    CHECK(!a.tasks[1].consult);
    CHECK_INT(a.tasks[1].claimed_at, 0);
    end();
}

static void test_ended(void)
{
    begin();
    struct approval a = get("rules");
    CHECK_INT(a.visit_count, 2);
    check_visit(&a, 0, "one", VISIT_AUTO, 10, 10);
    check_visit(&a, 1, "two", VISIT_APPROVED, 10, 30);
    CHECK_INT(a.timer_count, 0);
    CHECK_STR(a.payload, "{\"n\":2}");
    a = get("gone");
    CHECK_INT(a.visit_count, 1);
    check_visit(&a, 0, "one", VISIT_LEFT, 10, 40);
    a = get("no");
    CHECK_INT(a.visit_count, 1);
    check_visit(&a, 0, "one", VISIT_REJECTED, 10, 50);
    end();
}

static void test_opened_to_administrators(void)
{
    begin();
    struct approval a = get("stuck");
    CHECK(a.fallback);
    CHECK_STR(a.slate_role, "admin");
    CHECK_INT(a.needed, 3);
    CHECK_INT(a.visit_count, 1);
    check_visit(&a, 0, "one", VISIT_OPEN, 10, 0);
    CHECK_INT(a.timer_count, 0);
    end();
}

static int vote(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct approval *a = arg;
    (void)now;
    a->seq++;
    a->title = "Refund";
    a->tasks[1].state = TASK_ANSWERED;
    a->tasks[1].vote = VOTE_APPROVE;
    a->tasks[1].ended_at = 30;
    a->tasks[1].changed = true;
    return store_approval_update(s, a, a->seq - 1, e);
}

static void test_goes_on(void)
{
    begin();
    struct err e = ERR_INIT;
    struct approval a = get("second");
    CHECK_INT(run_half(store, vote, &a, &e), OUTCOME_DONE);
    a = get("second");
    CHECK_INT(a.seq, 3);
    CHECK_STR(a.title, "Refund");
    CHECK_INT(a.tasks[1].vote, VOTE_APPROVE);
    CHECK_INT(strlen(a.payload), 18002);
    end();
}

/* The payload is last, so that what lists read is never behind a long one. */
static void test_payload_is_last(void)
{
    begin();
    struct err e = ERR_INIT;
    struct conn *c;
    sqlite3_stmt *st;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    CHECK_FATAL(sqlite3_prepare_v2(c->db,
                                   "SELECT name FROM pragma_table_info('approvals')"
                                   " ORDER BY cid DESC LIMIT 1",
                                   -1, &st, NULL) == SQLITE_OK);
    CHECK_INT(sqlite3_step(st), SQLITE_ROW);
    CHECK_STR((const char *)sqlite3_column_text(st, 0), "payload");
    sqlite3_finalize(st);
    conn_close(&c);
    end();
}

int main(void)
{
    static const struct test tests[] = {
        {"an approval in its second stage", test_running},
        {"its tasks", test_tasks},
        {"approvals that have ended", test_ended},
        {"one that was opened to administrators", test_opened_to_administrators},
        {"a running one goes on", test_goes_on},
        {"the payload stays the last column", test_payload_is_last},
    };
    return check_main("sqlite upgrades", tests, sizeof tests / sizeof *tests);
}
