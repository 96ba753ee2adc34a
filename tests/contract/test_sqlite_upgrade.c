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

static void apply(sqlite3 *db, const struct migration *m)
{
    struct str record = STR_INIT;
    exec(db, m->text);
    str_addf(&record, "INSERT INTO schema_migrations VALUES (%d, '%s', '%s', 1, 5)", (int)m->number,
             m->name, m->sha256);
    exec(db, record.buf);
    str_release(&record);
}

/* A database of the first so many migrations, with rows in it as that version wrote them. */
static void make_old(size_t migrations, const char *rows, const char *more)
{
    sqlite3 *db = NULL;
    size_t n;
    const struct migration *all = schema_migrations(arena, &n);
    CHECK_FATAL(n > migrations && sqlite3_open(scratch.path, &db) == SQLITE_OK);
    exec(db, sql_text(SQL_MIGRATIONS_CREATE));
    for (size_t i = 0; i < migrations; i++)
        apply(db, &all[i]);
    exec(db, "PRAGMA foreign_keys = ON");
    exec(db, rows);
    exec(db, more);
    sqlite3_close(db);
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

/* Of the second. */
static const char later_rows[] =
    "INSERT INTO users (id, name, created_at, updated_at) VALUES ('olga', 'Olga', 1, 2);"
    "INSERT INTO workflows VALUES (1, 'wf', 'Refund', '1.0', 1, 'active', 1, 1);"
    "INSERT INTO workflow_versions VALUES ('wf', 1, '1.0', '00', NULL, 1, '{}');"
    "INSERT INTO approvals (id, workflow_id, revision, workflow_version, current_stage_id, status,"
    " created_at, updated_at, seq, visit, needed, slate_role, requester_id, target_entity,"
    " payload_sha256, round, fallback, believed, owner_id, title, valid_for_us, payload) VALUES"
    " ('second', 'wf', 1, '1.0', 'two', 'pending', 10, 20, 2, 1, 1, 'approver', 'bot', 'order-7',"
    "  'aa', 3, 1, 0, 'olga', 'Refund', 60, '\"' || replace(hex(zeroblob(9000)), '0', 'x') || "
    "'\"');";

/* Of both: these tables were the same. */
static const char limits[] =
    "INSERT INTO workflows (id, name, version, revision, status, created_at, updated_at)"
    " SELECT value, 'N', '1', 2, 'active', 1, 1 FROM json_each("
    " '[\"all\", \"null\", \"empty\", \"text\", \"group\", \"object\", \"list\", \"odd\"]');"
    "INSERT INTO workflow_versions (workflow_id, revision, version, sha256, created_at, definition)"
    " SELECT id, 1, '1', '', 1, '{\"visible_to\":\"before\"}' FROM workflows WHERE revision = 2;"
    "INSERT INTO workflow_versions (workflow_id, revision, version, sha256, created_at, definition)"
    " VALUES ('all', 2, '2', '', 1, '{}'),"
    " ('null', 2, '2', '', 1, '{\"visible_to\":null}'),"
    " ('empty', 2, '2', '', 1, '{\"visible_to\":[]}'),"
    " ('text', 2, '2', '', 1, '{\"visible_to\":\"J\\u00fcrgen\"}'),"
    " ('group', 2, '2', '', 1, '{\"visible_to\":\"group:leads\"}'),"
    " ('object', 2, '2', '', 1, '{\"visible_to\":{\"role\":\"cfo\"}}'),"
    " ('list', 2, '2', '', 1,"
    "  '{\"visible_to\":[\"ada\",\"user:bob\",{\"group\":\"leads\"},\"role:cfo\"]}'),"
    " ('odd', 2, '2', '', 1, '{\"visible_to\":[\"Dr:Who\",\":x\"]}');"
    "INSERT INTO audit_logs (entity_type, entity_id, action, actor_id, request_id, created_at,"
    " payload) VALUES ('approval', 'second', 'submit', 'carol', 'r1', 10, '{\"a\":1}'),"
    " ('approval', 'second', 'approve', 'alice', NULL, 20, '{}');";

static void begin_from(size_t migrations, const char *rows)
{
    struct err e = ERR_INIT;
    size_t applied = 0, all;
    arena = arena_new();
    scratch_new(&scratch);
    make_old(migrations, rows, limits);
    schema_migrations(arena, &all);
    CHECK_FATAL(migrate_up(scratch.path, &applied, &e) == 0);
    CHECK_INT(applied, all - migrations);
    store = scratch_open(&scratch, &clock_real, 0, NULL);
}

static void begin(void)
{
    begin_from(1, old_rows);
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

/* ---- of the second schema ---- */

static void test_second_schema(void)
{
    begin_from(2, later_rows);
    struct approval a = get("second");
    CHECK_STR(a.requester_id, "bot");
    CHECK_STR(a.submitted_by, NULL);
    CHECK_STR(a.owner_id, "olga");
    CHECK_STR(a.title, "Refund");
    CHECK_STR(a.slate_role, "approver");
    CHECK_STR(a.payload_sha256, "aa");
    CHECK_INT(strspn(a.payload + 1, "x"), 18000);
    CHECK_INT(strlen(a.payload), 18002);
    CHECK_INT(a.round, 3);
    CHECK_INT(a.valid_for_us, 60);
    CHECK(a.fallback && !a.believed);
    end();
}

static struct session *read_begin(void)
{
    struct err e = ERR_INIT;
    struct session *s;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    return s;
}

static void check_user(void)
{
    struct err e = ERR_INIT;
    struct user_row user;
    struct session *s = read_begin();
    CHECK_FATAL(store_user_get(s, arena, "olga", &user, &e) == 1);
    CHECK_STR(user.name, "Olga");
    CHECK_INT(user.tokens_from, 0);
    store_read_end(&s);
}

/* Somebody sees at once what he had to do with. */
static void check_seen(const char *user, bool approver, size_t want)
{
    struct err e = ERR_INIT;
    struct viewer v = {.user = user, .approver = approver};
    struct approval_filter f = {.status = -1, .limit = 9, .viewer = &v};
    struct approval_item *rows;
    size_t n = 99;
    struct session *s = read_begin();
    CHECK_INT(store_approval_list(s, arena, &f, &rows, &n, &e), 0);
    CHECK_INT(n, want);
    store_read_end(&s);
}

static void test_people(void)
{
    begin_from(2, later_rows);
    check_user();
    check_seen("bot", false, 1);
    check_seen("olga", false, 1);
    check_seen("carol", false, 0);
    check_seen("carol", true, 1);
    end();
    begin();
    check_seen("carol", false, 5);
    check_seen("alice", false, 1);
    end();
}

/* ---- of both ---- */

static void check_limit(const char *id, const char *want)
{
    struct err e = ERR_INIT;
    struct workflow_row w = {0};
    struct session *s = read_begin();
    CHECK_INT(store_workflow_get(s, arena, id, &w, &e), 1);
    CHECK_STR(w.visible_to, want);
    store_read_end(&s);
}

static void test_limits(void)
{
    for (size_t from = 1; from <= 2; from++) {
        begin_from(from, from == 1 ? old_rows : later_rows);
        check_limit("all", NULL);
        check_limit("null", NULL);
        check_limit("empty", NULL);
        check_limit("text", "user:J\xC3\xBCrgen");
        check_limit("group", "group:leads");
        check_limit("object", "role:cfo");
        check_limit("list", "user:ada\nuser:bob\ngroup:leads\nrole:cfo");
        check_limit("odd", "user:Dr:Who\nuser::x");
        end();
    }
}

static int add_entry(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct audit_row row = {
        .id = 3,
        .entry = {.entity_type = "audit", .entity_id = "audit", .action = "seal", .payload = "{}"},
        .created_at = now,
        .key_id = "k",
        .mac = "m"};
    (void)arg;
    return store_audit_add(s, &row, e);
}

static void check_log(void)
{
    struct err e = ERR_INIT;
    struct audit_filter all = {.limit = 9};
    struct audit_row *rows;
    size_t n;
    int64_t next;
    struct session *s = read_begin();
    CHECK_FATAL(store_audit_list(s, arena, &all, &rows, &n, &next, &e) == 0 && n == 3);
    CHECK_STR(rows[0].entry.action, "submit");
    CHECK_STR(rows[0].entry.actor_id, "carol");
    CHECK_STR(rows[0].entry.request_id, "r1");
    CHECK_STR(rows[0].entry.payload, "{\"a\":1}");
    CHECK_STR(rows[0].entry.acting_for, NULL);
    CHECK_STR(rows[0].entry.client_address, NULL);
    CHECK_INT(rows[0].created_at, 10);
    for (size_t i = 0; i < 2; i++)
        CHECK(!rows[i].key_id && !rows[i].mac);
    CHECK_STR(rows[2].mac, "m");
    store_read_end(&s);
}

static void test_log(void)
{
    for (size_t from = 1; from <= 2; from++) {
        struct err e = ERR_INIT;
        begin_from(from, from == 1 ? old_rows : later_rows);
        CHECK_INT(run_half(store, add_entry, NULL, &e), OUTCOME_DONE);
        check_log();
        end();
    }
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
        {"an approval of the second schema", test_second_schema},
        {"people, and what they see", test_people},
        {"what workflows are limited to", test_limits},
        {"entries of the audit log have no mac", test_log},
        {"the payload stays the last column", test_payload_is_last},
    };
    return check_main("sqlite upgrades", tests, sizeof tests / sizeof *tests);
}
