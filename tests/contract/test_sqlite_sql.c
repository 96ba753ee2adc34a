/*
 * Every statement is answered by an index, in order, whatever the tables hold.
 */
#include "check.h"
#include "fixture.h"

#include "base/str.h"
#include "store/sqlite/query.h"

static struct scratch scratch;

/* Statements that may read a whole table or a whole index, or the first row of one. */
static bool may_scan(enum sql n)
{
    static const enum sql allowed[] = {
        SQL_PIN,           SQL_MIGRATIONS_EXIST, SQL_TABLES_EXIST,     SQL_MIGRATION_LIST,
        SQL_WORKFLOW_LIST, SQL_CALENDAR_LIST,    SQL_WORKFLOW_LIMITED, SQL_PASSWORD_ANY,
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i] == n)
            return true;
    return false;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* What a list was given, and what somebody has to do with, is gone through as a whole. */
static bool is_his_own(enum sql n, const char *detail)
{
    if (begins(detail, "SCAN json_each ") || !strcmp(detail, "SCAN mine") ||
        !strcmp(detail, "UNION USING TEMP B-TREE"))
        return n == SQL_APPROVAL_LIST_SEEN || n == SQL_APPROVAL_LIST_SEEN_STATUS ||
               n == SQL_APPROVAL_LIST_MINE;
    return n == SQL_APPROVAL_LIST_MINE && !strcmp(detail, "USE TEMP B-TREE FOR ORDER BY");
}

static void check_step(enum sql n, const char *detail)
{
    if (is_his_own(n, detail))
        return;
    bool sorts = strstr(detail, "TEMP B-TREE") != NULL;
    bool scans = begins(detail, "SCAN");
    if (sorts || (scans && !may_scan(n)))
        fprintf(stderr, "%s\n  %s\n", sql_text(n), detail);
    CHECK(!sorts);
    CHECK(!scans || may_scan(n));
}

static sqlite3_stmt *plan_of(struct conn *c, enum sql n)
{
    struct str text = STR_INIT;
    sqlite3_stmt *plan;
    str_addf(&text, "EXPLAIN QUERY PLAN %s", sql_text(n));
    CHECK_FATAL(sqlite3_prepare_v2(c->db, text.buf, -1, &plan, NULL) == SQLITE_OK);
    str_release(&text);
    return plan;
}

static void check_plan(struct conn *c, enum sql n)
{
    sqlite3_stmt *plan = plan_of(c, n);
    while (sqlite3_step(plan) == SQLITE_ROW)
        check_step(n, (const char *)sqlite3_column_text(plan, 3));
    sqlite3_finalize(plan);
}

static void check_plans(void)
{
    struct err e = ERR_INIT;
    struct conn *c;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_WRITE, &c, &e) == 0);
    for (int n = 0; n < SQL_COUNT; n++)
        if (n != SQL_MIGRATIONS_CREATE) /* which is there already */
            check_plan(c, (enum sql)n);
    conn_close(&c);
}

static void fill(int from, int to)
{
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    if (from == 0)
        save_workflow(st, "wf");
    for (int i = from; i < to; i++) {
        char id[32];
        snprintf(id, sizeof id, "appr-%06d", i);
        struct job j = {.id = id, .end = i % 7 ? OUTCOME_DONE : OUTCOME_REFUSED};
        job_run(st, &j);
    }
    store_close(&st);
}

static void exec(const char *sql)
{
    struct err e = ERR_INIT;
    struct conn *c;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_WRITE, &c, &e) == 0);
    CHECK_INT(sqlite3_exec(c->db, sql, NULL, NULL, NULL), SQLITE_OK);
    conn_close(&c);
}

/* Many people; and few, of whom SQLite then thinks that looking at all of them is as good. */
static void fill_directory(int n)
{
    char sql[800];
    snprintf(
        sql, sizeof sql,
        "CREATE TEMP TABLE n AS"
        " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " SELECT i FROM n;"
        "INSERT OR IGNORE INTO users (id, created_at, updated_at) SELECT 'u' || i, 1, 1 FROM n;"
        "INSERT OR IGNORE INTO user_roles SELECT 'u' || i, 'r' || (i %% 3) FROM n;"
        "INSERT OR IGNORE INTO groups SELECT 'g' || i, NULL, 1, 1 FROM n;"
        "INSERT OR IGNORE INTO group_members SELECT 'g1', 'u' || i FROM n;"
        "INSERT OR IGNORE INTO calendars SELECT 'c' || i, 1, '{}' FROM n;"
        "INSERT OR IGNORE INTO switches SELECT 's' || i, 1, 'x', 1, NULL FROM n;"
        "ANALYZE;",
        n);
    exec(sql);
}

static void test_plans(void)
{
    scratch_migrated(&scratch);
    check_plans();
    fill_directory(1);
    check_plans();
    fill(0, 300);
    fill_directory(1000);
    exec("ANALYZE");
    check_plans();
    scratch_remove(&scratch);
}

/* Steps of SQLite's machine to run a statement to its end, which must have 50 rows. */
static int steps_of(struct query *q)
{
    int rows = 0;
    while (query_row(q) > 0)
        rows++;
    CHECK_INT(rows, 50);
    CHECK_INT(sqlite3_stmt_status(q->statement, SQLITE_STMTSTATUS_SORT, 0), 0);
    CHECK_INT(sqlite3_stmt_status(q->statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0), 0);
    return sqlite3_stmt_status(q->statement, SQLITE_STMTSTATUS_VM_STEP, 0);
}

static int cost(enum sql n, const char *status)
{
    struct err e = ERR_INIT;
    struct conn *c;
    struct query q;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    query_open(&q, c, n, &e);
    query_int(&q, 50);
    if (status)
        query_text(&q, status);
    int steps = steps_of(&q);
    conn_close(&c);
    return steps;
}

/* Adds rows of three statuses in turn. */
static void insert_rows(int from, int to)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO approvals (no, id, workflow_id, revision, workflow_version, status,"
             " created_at, updated_at, seq, visit, needed, requester_id, target_entity,"
             " payload_sha256, payload) SELECT i, 'a' || i, 'wf', 1, '1',"
             " CASE i %% 3 WHEN 0 THEN 'approved' WHEN 1 THEN 'pending' ELSE 'rejected' END,"
             " 1700000000000000 + i, 0, 1, 1, 1, 'r', 't', '', '{}' FROM n",
             from, to);
    exec(sql);
}

static void test_list_cost(void)
{
    scratch_migrated(&scratch);
    fill(0, 1);
    insert_rows(1000, 1300);
    int all = cost(SQL_APPROVAL_LIST, NULL);
    int pending = cost(SQL_APPROVAL_LIST_STATUS, "pending");
    insert_rows(2000, 32000);
    CHECK(abs(cost(SQL_APPROVAL_LIST, NULL) - all) < 100);
    CHECK_INT(cost(SQL_APPROVAL_LIST_STATUS, "pending"), pending);
    CHECK(all < 5000);
    scratch_remove(&scratch);
}

/* ---- what somebody holds ---- */

/* The approvals from..to, in each of which ann has a task in a state, and bob another. */
static void insert_held(int from, int to, const char *status, const char *state)
{
    char sql[1200];
    snprintf(sql, sizeof sql,
             "CREATE TEMP TABLE n AS"
             " WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " SELECT i, printf('a%%06d', i) AS id FROM n;"
             "INSERT INTO approvals (no, id, workflow_id, revision, workflow_version, status,"
             " created_at, updated_at, seq, visit, needed, requester_id, target_entity,"
             " payload_sha256, payload) SELECT i, id, 'wf', 1, '1', '%s', 1, 0, 1, 1, 1, 'r', 't',"
             " '', '{}' FROM n;"
             "INSERT INTO approval_tasks (approval_id, no, stage_id, visit, place, user_id, state,"
             " vote) SELECT id, 1, 's', 1, 1, 'ann', '%s', '' FROM n"
             " UNION ALL SELECT id, 2, 's', 1, 2, 'bob', 'open', '' FROM n",
             from, to, status, state);
    exec(sql);
}

static int cost_of_held(const char *after)
{
    struct err e = ERR_INIT;
    struct conn *c;
    struct query q;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    query_open(&q, c, SQL_APPROVAL_HELD_BY, &e);
    query_text(&q, "ann");
    query_page(&q, after, 50);
    int steps = steps_of(&q);
    conn_close(&c);
    return steps;
}

/* Whether a step of the plan names it. */
static bool plan_names(enum sql n, const char *what)
{
    struct err e = ERR_INIT;
    struct conn *c;
    bool found = false;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    sqlite3_stmt *plan = plan_of(c, n);
    while (sqlite3_step(plan) == SQLITE_ROW)
        found = found || strstr((const char *)sqlite3_column_text(plan, 3), what);
    sqlite3_finalize(plan);
    conn_close(&c);
    return found;
}

/* What he has answered, what others hold and what the page before had are not looked at. */
static void test_held_cost(void)
{
    scratch_migrated(&scratch);
    fill(0, 1);
    insert_held(100, 199, "pending", "open");
    insert_held(200, 299, "pending", "handed_on");
    insert_held(300, 399, "pending", "waiting");
    int first = cost_of_held(NULL), next = cost_of_held("a000200");
    insert_held(1000, 20000, "approved", "answered");
    insert_held(20001, 30000, "pending", "answered");
    insert_held(30001, 40000, "rejected", "closed");
    insert_held(40001, 50000, "pending", "handed_on");
    for (int analyzed = 0; analyzed < 2; analyzed++) {
        CHECK_INT(cost_of_held(NULL), first);
        CHECK(abs(cost_of_held("a000200") - next) < 100);
        CHECK(first < 3000 && next < 3000);
        CHECK(plan_names(SQL_APPROVAL_HELD_BY, "COVERING INDEX approval_tasks_open"));
        CHECK(plan_names(SQL_APPROVAL_HELD_BY, "COVERING INDEX approval_tasks_kept"));
        exec("ANALYZE");
    }
    scratch_remove(&scratch);
}

/* ---- what somebody sees ---- */

/* The approvals from..to of a requester and a workflow. */
static void insert_requested(int from, int to, const char *requester, const char *workflow)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO approvals (no, id, workflow_id, revision, workflow_version, status,"
             " created_at, updated_at, seq, visit, needed, requester_id, target_entity,"
             " payload_sha256, payload) SELECT i, 'a' || i, '%s', 1, '1',"
             " iif(i %% 2, 'approved', 'pending'), i, 0, 1, 1, 1, '%s', 't', '', '{}' FROM n",
             from, to, workflow, requester);
    exec(sql);
}

/* Rows that vic sees, and how many steps that takes. */
struct sight {
    int rows, steps;
};

static struct sight look(enum sql n, const char *hidden, int sorts)
{
    struct err e = ERR_INIT;
    struct conn *c;
    struct query q;
    struct sight sight = {0};
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    query_open(&q, c, n, &e);
    query_int(&q, 50);
    query_text(&q, "vic");
    query_text(&q, "approver");
    query_text(&q, NULL);
    query_text(&q, NULL);
    query_text(&q, hidden);
    while (query_row(&q) > 0)
        sight.rows++;
    sight.steps = sqlite3_stmt_status(q.statement, SQLITE_STMTSTATUS_VM_STEP, 0);
    CHECK_INT(sqlite3_stmt_status(q.statement, SQLITE_STMTSTATUS_SORT, 0), sorts);
    conn_close(&c);
    return sight;
}

/* What is other people's costs nothing. */
static void test_own_cost(void)
{
    scratch_migrated(&scratch);
    fill(0, 1);
    insert_requested(1000, 1039, "vic", "wf");
    struct sight before = look(SQL_APPROVAL_LIST_MINE, NULL, 1);
    CHECK_INT(before.rows, 40);
    insert_requested(2000, 32000, "r", "wf");
    for (int analyzed = 0; analyzed < 2; analyzed++) {
        struct sight after = look(SQL_APPROVAL_LIST_MINE, NULL, 1);
        CHECK_INT(after.rows, 40);
        CHECK(abs(after.steps - before.steps) < 100);
        CHECK(after.steps < 4000);
        exec("ANALYZE");
    }
    scratch_remove(&scratch);
}

/* Hidden rows are passed over; what vic has to do with is looked up once, if at all. */
static void test_hidden_cost(void)
{
    scratch_migrated(&scratch);
    fill(0, 1);
    struct store *st = scratch_open(&scratch, &clock_real, 0, NULL);
    save_workflow(st, "secret");
    store_close(&st);
    insert_requested(2000, 32000, "r", "wf");
    insert_requested(40000, 45000, "vic", "wf");
    int none = look(SQL_APPROVAL_LIST_SEEN, "[\"secret\"]", 0).steps;
    insert_requested(50000, 50019, "r", "secret");
    insert_requested(50020, 50024, "vic", "secret");
    for (int analyzed = 0; analyzed < 2; analyzed++) {
        struct sight some = look(SQL_APPROVAL_LIST_SEEN, "[\"secret\"]", 0);
        CHECK_INT(some.rows, 50);
        CHECK(none < 8000);
        CHECK(some.steps < none + 5005 * 25);
        exec("ANALYZE");
    }
    scratch_remove(&scratch);
}

/* ---- the audit log ---- */

static int cost_of_audit(enum sql n, int64_t above, int64_t below, const char *key)
{
    struct err e = ERR_INIT;
    struct conn *c;
    struct query q;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    query_open(&q, c, n, &e);
    query_int(&q, above);
    query_int(&q, below);
    if (key)
        query_text(&q, key);
    int steps = steps_of(&q);
    conn_close(&c);
    return steps;
}

/* Every tenth entry is of the entity x, of the actor vic, and for vic. */
static void insert_entries(int from, int to)
{
    char sql[700];
    snprintf(sql, sizeof sql,
             "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
             " INSERT INTO audit_logs (id, entity_type, entity_id, action, actor_id, acting_for,"
             " created_at, payload) SELECT i, 't', iif(i %% 10, 'y' || i, 'x'), 'a',"
             " iif(i %% 10 = 1, 'vic', 'w'), iif(i %% 10 = 2, 'vic', NULL), i, '{}' FROM n",
             from, to);
    exec(sql);
}

static void test_audit_cost(void)
{
    static const enum sql statements[] = {SQL_AUDIT_ENTITY, SQL_AUDIT_ENTITY_DOWN, SQL_AUDIT_ACTOR,
                                          SQL_AUDIT_ACTOR_DOWN};
    static const char *const keys[] = {"x", "x", "vic", "vic"};
    int before[4];
    scratch_migrated(&scratch);
    insert_entries(1, 2000);
    for (int i = 0; i < 4; i++)
        before[i] = cost_of_audit(statements[i], 1000, i < 2 ? 1501 : 1251, keys[i]);
    insert_entries(2001, 40000);
    for (int analyzed = 0; analyzed < 2; analyzed++) {
        for (int i = 0; i < 4; i++) {
            int cost = cost_of_audit(statements[i], 1000, i < 2 ? 1501 : 1251, keys[i]);
            CHECK(abs(cost - before[i]) < 50);
            CHECK(cost < 2500);
        }
        CHECK(cost_of_audit(SQL_AUDIT_LIST, 1000, 1051, NULL) < 1500);
        CHECK(cost_of_audit(SQL_AUDIT_LIST_DOWN, 1000, 1051, NULL) < 1500);
        exec("ANALYZE");
    }
    scratch_remove(&scratch);
}

/* A connection is set up as platform-facts.md wants every one. */
static long long pragma(struct conn *c, const char *sql)
{
    sqlite3_stmt *st;
    CHECK_FATAL(sqlite3_prepare_v2(c->db, sql, -1, &st, NULL) == SQLITE_OK);
    CHECK_INT(sqlite3_step(st), SQLITE_ROW);
    long long value = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return value;
}

static void check_settings(enum conn_kind kind)
{
    struct err e = ERR_INIT;
    struct conn *c;
    CHECK_FATAL(conn_open(scratch.path, NULL, kind, &c, &e) == 0);
    CHECK_INT(pragma(c, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
    CHECK_INT(pragma(c, "PRAGMA synchronous"), 2);
    CHECK_INT(pragma(c, "PRAGMA busy_timeout"), 5000);
    CHECK_INT(pragma(c, "PRAGMA foreign_keys"), 1);
    CHECK_INT(pragma(c, "PRAGMA cell_size_check"), 1);
    CHECK_INT(pragma(c, "PRAGMA wal_autocheckpoint"), 0);
    CHECK_INT(pragma(c, "PRAGMA trusted_schema"), 0);
    CHECK_INT(pragma(c, "PRAGMA analysis_limit"), 400);
    CHECK_INT(pragma(c, "PRAGMA query_only"), kind == CONN_READ);
    static const struct {
        int op, value;
    } switches[] = {{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
                    {SQLITE_DBCONFIG_DQS_DML, 0},
                    {SQLITE_DBCONFIG_DQS_DDL, 0},
                    {SQLITE_DBCONFIG_DEFENSIVE, 1}};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        int value = -1;
        sqlite3_db_config(c->db, switches[i].op, -1, &value);
        CHECK_INT(value, switches[i].value);
    }
    conn_close(&c);
}

static void test_settings(void)
{
    scratch_migrated(&scratch);
    check_settings(CONN_READ);
    check_settings(CONN_WRITE);
    scratch_remove(&scratch);
}

/* Expired answers do not pile up, although nobody cleans the table. */
static void test_answers_do_not_pile_up(void)
{
    scratch_migrated(&scratch);
    struct clock fake = clock_fake(NOON);
    struct store *st = scratch_open(&scratch, &fake, 0, NULL);
    save_workflow(st, "wf");
    for (int i = 0; i < 60; i++) {
        char id[32];
        snprintf(id, sizeof id, "k%d", i);
        struct job j = {.id = id};
        fake.fixed = NOON + i * (IDEMPOTENCY_KEPT_US / 10);
        job_run(st, &j);
    }
    store_close(&st);
    struct err e = ERR_INIT;
    struct conn *c;
    CHECK_FATAL(conn_open(scratch.path, NULL, CONN_READ, &c, &e) == 0);
    CHECK_INT(pragma(c, "SELECT count(*) FROM idempotency_keys"), 11);
    conn_close(&c);
    scratch_remove(&scratch);
}

int main(void)
{
    static const struct test tests[] = {
        {"every statement uses an index", test_plans},
        {"lists cost the same in a large table", test_list_cost},
        {"what somebody holds costs what it is", test_held_cost},
        {"what somebody sees costs what it is", test_own_cost},
        {"what is hidden costs what it is", test_hidden_cost},
        {"searches of the audit log cost what they find", test_audit_cost},
        {"settings of a connection", test_settings},
        {"expired answers do not pile up", test_answers_do_not_pile_up},
    };
    return check_main("sqlite statements", tests, sizeof tests / sizeof *tests);
}
