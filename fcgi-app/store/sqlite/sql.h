/*
 * Every statement the SQLite back end runs, by number. Values are only ever
 * bound, as ?1, ?2, … in the order of their numbers.
 */
#ifndef STORE_SQLITE_SQL_H
#define STORE_SQLITE_SQL_H

#include "engine/approval.h"

/* The statements that lists share: what an item shows, and its order. */
#define SQL_ITEM                                                                               \
    "SELECT id, workflow_id, current_stage_id, status, created_at, updated_at, sla_due_at, no" \
    " FROM approvals"
#define SQL_NEWEST_FIRST " ORDER BY created_at DESC, no DESC"

/* The list of everything merges one walk down the index per status, so that it needs neither a sort
 * nor an index of its own. No row has the status "", which ends the chain. */
#define SQL_OF_STATUS(name, text, terminal) SQL_ITEM " WHERE status = '" text "' UNION ALL "
#define SQL_OF_NO_STATUS SQL_ITEM " WHERE status = ''"

#define SQL_STATEMENTS(X)                                                                          \
    X(BEGIN_READ, "BEGIN")                                                                         \
    X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                                              \
    X(COMMIT, "COMMIT")                                                                            \
    X(ROLLBACK, "ROLLBACK")                                                                        \
    X(SAVEPOINT, "SAVEPOINT half")                                                                 \
    X(SAVEPOINT_RELEASE, "RELEASE half")                                                           \
    X(SAVEPOINT_ROLLBACK, "ROLLBACK TO half")                                                      \
    X(TOUCH, "PRAGMA user_version = 0")                                                            \
    X(OPTIMIZE, "PRAGMA optimize")                                                                 \
    X(PIN, "SELECT 1 FROM sqlite_schema LIMIT 1")                                                  \
                                                                                                   \
    X(MIGRATIONS_EXIST, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'")     \
    X(TABLES_EXIST, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'")                     \
    X(MIGRATIONS_CREATE, "CREATE TABLE schema_migrations ("                                        \
                         " number INTEGER PRIMARY KEY,"                                            \
                         " name TEXT NOT NULL,"                                                    \
                         " sha256 TEXT NOT NULL,"                                                  \
                         " oldest INTEGER NOT NULL,"                                               \
                         " applied_at INTEGER NOT NULL) STRICT")                                   \
    X(MIGRATION_LIST, "SELECT number, name, sha256, applied_at, oldest FROM schema_migrations"     \
                      " ORDER BY number")                                                          \
    X(MIGRATION_INSERT, "INSERT INTO schema_migrations (number, name, sha256, applied_at, oldest)" \
                        " VALUES (?1, ?2, ?3, ?4, ?5)")                                            \
    X(MIGRATION_LATEST, "SELECT max(number) FROM schema_migrations")                               \
    X(MIGRATION_OLDEST, "SELECT max(oldest) FROM schema_migrations")                               \
    X(LAST_NOW, "SELECT created_at FROM audit_logs"                                                \
                " WHERE id = (SELECT max(id) FROM audit_logs)")                                    \
                                                                                                   \
    X(WORKFLOW_GET, "SELECT id, name, version, status, revision, created_at, updated_at"           \
                    " FROM workflows WHERE id = ?1")                                               \
    X(WORKFLOW_LIST, "SELECT id, name, version, status, revision, created_at, updated_at"          \
                     " FROM workflows ORDER BY no")                                                \
    X(WORKFLOW_REVISION, "SELECT revision FROM workflows WHERE id = ?1")                           \
    X(WORKFLOW_INSERT, "INSERT INTO workflows"                                                     \
                       " (id, name, version, status, revision, created_at, updated_at)"            \
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                     \
    X(WORKFLOW_UPDATE, "UPDATE workflows SET name = ?2, version = ?3, status = ?4, revision = ?5," \
                       " updated_at = ?6 WHERE id = ?1")                                           \
    X(VERSION_GET, "SELECT workflow_id, revision, version, sha256, created_by, created_at,"        \
                   " definition FROM workflow_versions WHERE workflow_id = ?1 AND revision = ?2")  \
    X(VERSION_INSERT, "INSERT INTO workflow_versions"                                              \
                      " (workflow_id, revision, version, sha256, created_by, created_at,"          \
                      " definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                          \
    X(STAGE_LIST, "SELECT position, id, name, stage_type, config FROM workflow_stages"             \
                  " WHERE workflow_id = ?1 AND revision = ?2 ORDER BY position")                   \
    X(STAGE_INSERT, "INSERT INTO workflow_stages"                                                  \
                    " (workflow_id, revision, position, id, name, stage_type, config)"             \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                        \
                                                                                                   \
    X(APPROVAL_GET, "SELECT id, workflow_id, revision, workflow_version, current_stage_id,"        \
                    " status, created_at, updated_at, sla_due_at, seq, visit, needed,"             \
                    " slate_role, requester_id, target_entity, payload_sha256, payload"            \
                    " FROM approvals WHERE id = ?1")                                               \
    X(APPROVAL_SEQ, "SELECT seq FROM approvals WHERE id = ?1")                                     \
    X(APPROVAL_LIST,                                                                               \
      APPROVAL_STATUSES(SQL_OF_STATUS) SQL_OF_NO_STATUS SQL_NEWEST_FIRST " LIMIT ?1")              \
    X(APPROVAL_LIST_STATUS, SQL_ITEM " WHERE status = ?2" SQL_NEWEST_FIRST " LIMIT ?1")            \
    X(APPROVAL_INSERT, "INSERT INTO approvals"                                                     \
                       " (id, workflow_id, revision, workflow_version, current_stage_id, status,"  \
                       " created_at, updated_at, sla_due_at, seq, visit, needed, slate_role,"      \
                       " requester_id, target_entity, payload_sha256, payload) VALUES"             \
                       " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"       \
                       " ?16, ?17)")                                                               \
    X(APPROVAL_UPDATE, "UPDATE approvals SET current_stage_id = ?3, status = ?4, updated_at = ?5," \
                       " sla_due_at = ?6, seq = ?7, visit = ?8, needed = ?9, slate_role = ?10"     \
                       " WHERE id = ?1 AND seq = ?2")                                              \
    X(TASK_LIST, "SELECT no, stage_id, visit, place, parent, user_id, state, vote, opened_at,"     \
                 " ended_at FROM approval_tasks WHERE approval_id = ?1 ORDER BY no")               \
    X(TASK_INSERT, "INSERT INTO approval_tasks"                                                    \
                   " (approval_id, no, stage_id, visit, place, parent, user_id, state, vote,"      \
                   " opened_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")  \
    X(TASK_SAVE, "INSERT INTO approval_tasks"                                                      \
                 " (approval_id, no, stage_id, visit, place, parent, user_id, state, vote,"        \
                 " opened_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"     \
                 " ON CONFLICT (approval_id, no) DO UPDATE SET stage_id = excluded.stage_id,"      \
                 " visit = excluded.visit, place = excluded.place, parent = excluded.parent,"      \
                 " user_id = excluded.user_id, state = excluded.state, vote = excluded.vote,"      \
                 " opened_at = excluded.opened_at, ended_at = excluded.ended_at")                  \
                                                                                                   \
    X(EVENT_LIST, "SELECT seq, action, stage_id, visit, actor_id, created_at, data"                \
                  " FROM approval_events WHERE approval_id = ?1 ORDER BY seq")                     \
    X(EVENT_INSERT, "INSERT INTO approval_events"                                                  \
                    " (approval_id, seq, action, stage_id, visit, actor_id, created_at, data)"     \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                    \
    X(AUDIT_LIST, "SELECT id, entity_type, entity_id, action, actor_id, request_id, created_at,"   \
                  " payload FROM audit_logs WHERE entity_id = ?1 ORDER BY id")                     \
    X(AUDIT_INSERT, "INSERT INTO audit_logs"                                                       \
                    " (entity_type, entity_id, action, actor_id, request_id, created_at, payload)" \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                        \
    X(OUTBOX_LIST, "SELECT id, event, approval_id, seq, created_at, data FROM outbox"              \
                   " WHERE id > ?1 ORDER BY id LIMIT ?2")                                          \
    X(OUTBOX_INSERT, "INSERT INTO outbox (event, approval_id, seq, created_at, data)"              \
                     " VALUES (?1, ?2, ?3, ?4, ?5)")                                               \
    X(IDEMPOTENCY_GET, "SELECT caller, key, request_sha256, status, content_type, created_at,"     \
                       " body FROM idempotency_keys"                                               \
                       " WHERE caller = ?1 AND key = ?2 AND created_at >= ?3")                     \
    X(IDEMPOTENCY_PUT, "REPLACE INTO idempotency_keys"                                             \
                       " (caller, key, request_sha256, status, content_type, created_at, body)"    \
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                     \
    X(IDEMPOTENCY_FORGET, "DELETE FROM idempotency_keys"                                           \
                          " WHERE no < (SELECT min(no) FROM idempotency_keys) + 2"                 \
                          " AND created_at < ?1")

enum sql {
#define X(name, text) SQL_##name,
    SQL_STATEMENTS(X)
#undef X
        SQL_COUNT
};

const char *sql_text(enum sql n);

#endif
