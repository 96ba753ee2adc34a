/*
 * Every statement the SQLite back end runs, by number. Values are only ever
 * bound, as ?1, ?2, … in the order of their numbers.
 */
#ifndef STORE_SQLITE_SQL_H
#define STORE_SQLITE_SQL_H

#include "sql_access.h"

#include "store/store.h"

/* The statements that lists share: what an item shows, and its order. */
#define SQL_ITEM_OF(from)                                                                      \
    "SELECT id, workflow_id, current_stage_id, status, created_at, updated_at, sla_due_at, no" \
    " FROM " from
#define SQL_ITEM SQL_ITEM_OF("approvals")
#define SQL_NEWEST_FIRST " ORDER BY created_at DESC, no DESC"

/* The list of everything merges one walk down the index per status, so that it needs neither a sort
 * nor an index of its own. No row has the status "", which ends the chain. */
#define SQL_OF_STATUS(name, text, terminal) SQL_ITEM " WHERE status = '" text "' UNION ALL "
#define SQL_OF_NO_STATUS SQL_ITEM " WHERE status = ''"

/* What ?2 has to do with, see store_approval_list: numbers of approvals. ?3 and ?4 are the roles
 * that he decides with, where a slate is open to one; NULL: not that one. Each part is pinned to
 * its index, which holds only what it asks for. */
#define SQL_MINE                                                                                \
    "WITH mine AS MATERIALIZED ("                                                               \
    "SELECT no FROM approvals INDEXED BY approvals_by_requester WHERE requester_id = ?2"        \
    " UNION SELECT no FROM approvals INDEXED BY approvals_by_submitter WHERE submitted_by = ?2" \
    " UNION SELECT no FROM approvals INDEXED BY approvals_by_owner WHERE owner_id = ?2"         \
    " UNION SELECT no FROM approvals INDEXED BY approvals_open_slates"                          \
    " WHERE status = 'pending' AND slate_role IN (?3, ?4)"                                      \
    " UNION SELECT a.no FROM approval_tasks AS t INDEXED BY approval_tasks_by_user"             \
    " CROSS JOIN approvals AS a WHERE t.user_id = ?2 AND a.id = t.approval_id)"
/* ?5: ids of the only workflows that are reached, a JSON array; NULL: all are. */
#define SQL_REACHED "(?5 IS NULL OR workflow_id IN (SELECT value FROM json_each(?5)))"
/* Who sees all: what is of no workflow of ?6, a JSON array of ids, or has to do with him. */
#define SQL_SEEN                                                                               \
    " AND " SQL_REACHED " AND (workflow_id NOT IN (SELECT value FROM json_each(?6)) OR no IN " \
    "mine)"
#define SQL_SEEN_OF_STATUS(name, text, terminal) \
    SQL_ITEM " WHERE status = '" text "'" SQL_SEEN " UNION ALL "

/* As in the index approvals_running: a partial index answers its own condition only. */
#define SQL_IS_RUNNING "status IN ('pending', 'returned', 'error')"
/* As in the index approval_tasks_kept. */
#define SQL_IS_KEPT "state IN ('waiting', 'handed_on', 'relieved')"

/* Running approvals in which ?1 has a task in such a state. */
#define SQL_HELD_BY(state)                                                                         \
    "SELECT approval_id FROM approval_tasks WHERE user_id = ?1 AND " state " AND approval_id > ?2" \
    " AND EXISTS (SELECT 1 FROM approvals WHERE id = approval_id AND " SQL_IS_RUNNING ")"

/* Of an approval, in the order that approvals.c binds and reads them. */
#define SQL_APPROVAL_COLUMNS                                                                \
    "id, workflow_id, revision, workflow_version, current_stage_id, status, updated_at,"    \
    " sla_due_at, seq, visit, needed, slate_role, round, fallback, believed, title, links," \
    " fault, carried, valid_for_us, valid_until, consumed_at, created_at, requester_id,"    \
    " submitted_by, owner_id, target_entity, payload_sha256, payload"
#define SQL_TASK_INTO                                                                          \
    "INSERT INTO approval_tasks (approval_id, no, stage_id, visit, place, parent, user_id,"    \
    " state, vote, opened_at, ended_at, via, consult, claimed_at) VALUES (?1, ?2, ?3, ?4, ?5," \
    " ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
#define SQL_VISIT_INTO                                                               \
    "INSERT INTO approval_visits (approval_id, no, stage_id, visit, round, outcome," \
    " entered_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"

#define SQL_USER                                                                                \
    "SELECT id, name, email, phone, manager, owner, time_zone, absent_from, absent_to, deputy," \
    " created_at, updated_at, removed_at, tokens_from, roles_at FROM users"
#define SQL_WORKFLOW                                                                 \
    "SELECT id, name, version, status, revision, created_at, updated_at, visible_to" \
    " FROM workflows"
/* Entries of ids between ?1 and ?2, neither included. */
#define SQL_AUDIT                                                                           \
    "SELECT id, entity_type, entity_id, action, actor_id, request_id, created_at, payload," \
    " acting_for, client_address, key_id, mac FROM audit_logs"
#define SQL_AUDIT_RANGE " id > ?1 AND id < ?2"
#define SQL_AUDIT_OF_ENTITY \
    SQL_AUDIT " INDEXED BY audit_logs_by_entity WHERE entity_id = ?3 AND" SQL_AUDIT_RANGE
#define SQL_AUDIT_OF_ACTOR                                                                         \
    SQL_AUDIT " INDEXED BY audit_logs_by_actor WHERE actor_id = ?3 AND" SQL_AUDIT_RANGE            \
              " UNION ALL " SQL_AUDIT " INDEXED BY audit_logs_by_acting_for WHERE acting_for = ?3" \
              " AND actor_id IS NOT ?3 AND" SQL_AUDIT_RANGE
#define SQL_GROUP "SELECT id, name, created_at, updated_at FROM groups"

/* "NOT INDEXED" where rows are wanted in the table's own order: without it SQLite sorts a list that
 * it takes for short. */
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
    X(WORKFLOW_GET, SQL_WORKFLOW " WHERE id = ?1")                                                 \
    X(WORKFLOW_LIST,                                                                               \
      SQL_WORKFLOW " NOT INDEXED WHERE status <> '" WORKFLOW_ARCHIVED "' ORDER BY no")             \
    X(WORKFLOW_LIMITED, "SELECT id, visible_to FROM workflows INDEXED BY workflows_limited"        \
                        " WHERE visible_to IS NOT NULL ORDER BY id")                               \
    X(WORKFLOW_REVISION, "SELECT revision FROM workflows WHERE id = ?1")                           \
    X(WORKFLOW_INSERT,                                                                             \
      "INSERT INTO workflows"                                                                      \
      " (id, name, version, status, revision, updated_at, visible_to, created_at)"                 \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                                  \
    X(WORKFLOW_UPDATE, "UPDATE workflows SET name = ?2, version = ?3, status = ?4, revision = ?5," \
                       " updated_at = ?6, visible_to = ?7 WHERE id = ?1")                          \
    X(WORKFLOW_SET_STATUS, "UPDATE workflows SET status = ?2, updated_at = ?3 WHERE id = ?1")      \
    X(VERSION_GET, "SELECT workflow_id, revision, version, sha256, created_by, created_at,"        \
                   " definition FROM workflow_versions WHERE workflow_id = ?1 AND revision = ?2")  \
    X(VERSION_LIST, "SELECT workflow_id, revision, version, sha256, created_by, created_at"        \
                    " FROM workflow_versions WHERE workflow_id = ?1 ORDER BY revision DESC")       \
    X(VERSION_INSERT, "INSERT INTO workflow_versions"                                              \
                      " (workflow_id, revision, version, sha256, created_by, created_at,"          \
                      " definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                          \
    X(STAGE_LIST, "SELECT position, id, name, stage_type, config FROM workflow_stages"             \
                  " WHERE workflow_id = ?1 AND revision = ?2 ORDER BY position")                   \
    X(STAGE_INSERT, "INSERT INTO workflow_stages"                                                  \
                    " (workflow_id, revision, position, id, name, stage_type, config)"             \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")                                        \
                                                                                                   \
    X(APPROVAL_GET, "SELECT " SQL_APPROVAL_COLUMNS " FROM approvals WHERE id = ?1")                \
    X(APPROVAL_SEQ, "SELECT seq FROM approvals WHERE id = ?1")                                     \
    X(APPROVAL_LIST,                                                                               \
      APPROVAL_STATUSES(SQL_OF_STATUS) SQL_OF_NO_STATUS SQL_NEWEST_FIRST " LIMIT ?1")              \
    X(APPROVAL_LIST_STATUS, SQL_ITEM " WHERE status = ?2" SQL_NEWEST_FIRST " LIMIT ?1")            \
    X(APPROVAL_LIST_SEEN, SQL_MINE APPROVAL_STATUSES(SQL_SEEN_OF_STATUS)                           \
                              SQL_OF_NO_STATUS SQL_NEWEST_FIRST " LIMIT ?1")                       \
    X(APPROVAL_LIST_SEEN_STATUS,                                                                   \
      SQL_MINE SQL_ITEM " WHERE status = ?7" SQL_SEEN SQL_NEWEST_FIRST " LIMIT ?1")                \
    X(APPROVAL_LIST_MINE,                                                                          \
      SQL_MINE SQL_ITEM_OF("mine CROSS JOIN approvals USING (no)") " WHERE " SQL_REACHED           \
                                                                   " AND (?6 IS NULL OR status = " \
                                                                   "?6)" SQL_NEWEST_FIRST          \
                                                                   " LIMIT ?1")                    \
    X(APPROVAL_RUNNING, "SELECT id FROM approvals WHERE workflow_id = ?1 AND " SQL_IS_RUNNING      \
                        " AND no > coalesce((SELECT no FROM approvals WHERE id = ?2), 0)"          \
                        " ORDER BY no LIMIT ?3")                                                   \
    X(APPROVAL_HELD_BY, SQL_HELD_BY("state = 'open'") " UNION " SQL_HELD_BY(                       \
                            SQL_IS_KEPT) " ORDER BY approval_id LIMIT ?3")                         \
    X(APPROVAL_IDS, "SELECT id FROM approvals WHERE id > ?1 ORDER BY id LIMIT ?2")                 \
    X(APPROVAL_INSERT, "INSERT INTO approvals (" SQL_APPROVAL_COLUMNS ") VALUES"                   \
                       " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"       \
                       " ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)")   \
    X(APPROVAL_UPDATE, "UPDATE approvals SET revision = ?3, workflow_version = ?4,"                \
                       " current_stage_id = ?5, status = ?6, updated_at = ?7, sla_due_at = ?8,"    \
                       " seq = ?9, visit = ?10, needed = ?11, slate_role = ?12, round = ?13,"      \
                       " fallback = ?14, believed = ?15, title = ?16, links = ?17, fault = ?18,"   \
                       " carried = ?19, valid_for_us = ?20, valid_until = ?21, consumed_at = ?22"  \
                       " WHERE id = ?1 AND seq = ?2")                                              \
    X(PAYLOAD_LIST, "SELECT round, sha256, payload FROM approval_payloads"                         \
                    " WHERE approval_id = ?1 ORDER BY round")                                      \
    X(PAYLOAD_KEEP, "INSERT INTO approval_payloads (approval_id, round, sha256, payload)"          \
                    " SELECT id, round, payload_sha256, payload FROM approvals"                    \
                    " WHERE id = ?1 AND seq = ?2")                                                 \
    X(PAYLOAD_SET, "UPDATE approvals SET payload_sha256 = ?2, payload = ?3 WHERE id = ?1")         \
    X(TASK_LIST, "SELECT no, stage_id, visit, place, parent, user_id, state, vote, opened_at,"     \
                 " ended_at, via, consult, claimed_at FROM approval_tasks"                         \
                 " WHERE approval_id = ?1 ORDER BY no")                                            \
    X(TASK_INSERT, SQL_TASK_INTO)                                                                  \
    X(TASK_SAVE, SQL_TASK_INTO                                                                     \
      " ON CONFLICT (approval_id, no) DO UPDATE SET stage_id = excluded.stage_id,"                 \
      " visit = excluded.visit, place = excluded.place, parent = excluded.parent,"                 \
      " user_id = excluded.user_id, state = excluded.state, vote = excluded.vote,"                 \
      " opened_at = excluded.opened_at, ended_at = excluded.ended_at, via = excluded.via,"         \
      " consult = excluded.consult, claimed_at = excluded.claimed_at")                             \
    X(VISIT_LIST, "SELECT no, stage_id, visit, round, outcome, entered_at, ended_at"               \
                  " FROM approval_visits WHERE approval_id = ?1 ORDER BY no")                      \
    X(VISIT_INSERT, SQL_VISIT_INTO)                                                                \
    X(VISIT_SAVE, SQL_VISIT_INTO                                                                   \
      " ON CONFLICT (approval_id, no) DO UPDATE SET stage_id = excluded.stage_id,"                 \
      " visit = excluded.visit, round = excluded.round, outcome = excluded.outcome,"               \
      " entered_at = excluded.entered_at, ended_at = excluded.ended_at")                           \
    X(TIMER_LIST, "SELECT kind, level, due_at FROM timers WHERE approval_id = ?1")                 \
    X(TIMER_INSERT, "INSERT INTO timers (approval_id, kind, level, due_at)"                        \
                    " VALUES (?1, ?2, ?3, ?4)")                                                    \
    X(TIMERS_DELETE, "DELETE FROM timers WHERE approval_id = ?1")                                  \
                                                                                                   \
    X(EVENT_LIST, "SELECT seq, action, stage_id, visit, actor_id, created_at, data"                \
                  " FROM approval_events WHERE approval_id = ?1 ORDER BY seq")                     \
    X(EVENT_INSERT, "INSERT INTO approval_events"                                                  \
                    " (approval_id, seq, action, stage_id, visit, actor_id, created_at, data)"     \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                    \
    X(AUDIT_LIST, SQL_AUDIT " WHERE" SQL_AUDIT_RANGE " ORDER BY id")                               \
    X(AUDIT_LIST_DOWN, SQL_AUDIT " WHERE" SQL_AUDIT_RANGE " ORDER BY id DESC")                     \
    X(AUDIT_ENTITY, SQL_AUDIT_OF_ENTITY " ORDER BY id")                                            \
    X(AUDIT_ENTITY_DOWN, SQL_AUDIT_OF_ENTITY " ORDER BY id DESC")                                  \
    X(AUDIT_ACTOR, SQL_AUDIT_OF_ACTOR " ORDER BY id")                                              \
    X(AUDIT_ACTOR_DOWN, SQL_AUDIT_OF_ACTOR " ORDER BY id DESC")                                    \
    X(AUDIT_HEAD, SQL_AUDIT " WHERE id = (SELECT max(id) FROM audit_logs)")                        \
    X(AUDIT_FROM, "SELECT id, created_at FROM audit_logs WHERE id >= ?1 ORDER BY id LIMIT 1")      \
    X(AUDIT_INSERT, "INSERT INTO audit_logs (id, entity_type, entity_id, action, actor_id,"        \
                    " acting_for, request_id, client_address, created_at, payload, key_id, mac)"   \
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")                 \
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
                          " AND created_at < ?1")                                                  \
                                                                                                   \
    X(USER_GET, SQL_USER " WHERE id = ?1")                                                         \
    X(USER_LIST, SQL_USER " WHERE id > ?1 AND removed_at IS NULL ORDER BY id LIMIT ?2")            \
    X(USER_PUT, "INSERT INTO users (id, name, email, phone, manager, owner, time_zone,"            \
                " absent_from, absent_to, deputy, created_at, updated_at, removed_at,"             \
                " tokens_from, roles_at)"                                                          \
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"       \
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email,"    \
                " phone = excluded.phone, manager = excluded.manager, owner = excluded.owner,"     \
                " time_zone = excluded.time_zone, absent_from = excluded.absent_from,"             \
                " absent_to = excluded.absent_to, deputy = excluded.deputy,"                       \
                " updated_at = excluded.updated_at, removed_at = excluded.removed_at,"             \
                " tokens_from = excluded.tokens_from, roles_at = excluded.roles_at")               \
    X(USER_LOAD, "SELECT count(*), (SELECT max(ended_at) FROM approval_tasks"                      \
                 " WHERE user_id = ?1 AND state = 'answered')"                                     \
                 " FROM approval_tasks WHERE user_id = ?1 AND state = 'open'")                     \
    X(USER_GROUPS, "SELECT group_id FROM group_members WHERE user_id = ?1 AND NOT EXISTS"          \
                   " (SELECT 1 FROM users WHERE id = ?1 AND removed_at IS NOT NULL)"               \
                   " ORDER BY group_id")                                                           \
    X(ROLE_LIST, "SELECT role FROM user_roles WHERE user_id = ?1 ORDER BY role")                   \
    X(ROLE_HOLDERS, "SELECT r.user_id FROM user_roles AS r CROSS JOIN users AS u"                  \
                    " WHERE r.role = ?1 AND u.id = r.user_id AND u.removed_at IS NULL"             \
                    " ORDER BY r.user_id")                                                         \
    X(ROLE_INSERT, "INSERT INTO user_roles (user_id, role) VALUES (?1, ?2)")                       \
    X(ROLES_DELETE, "DELETE FROM user_roles WHERE user_id = ?1")                                   \
    X(GROUP_GET, SQL_GROUP " WHERE id = ?1")                                                       \
    X(GROUP_LIST, SQL_GROUP " WHERE id > ?1 ORDER BY id LIMIT ?2")                                 \
    X(GROUP_PUT, "INSERT INTO groups (id, name, created_at, updated_at)"                           \
                 " VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET"                         \
                 " name = excluded.name, updated_at = excluded.updated_at")                        \
    X(GROUP_DELETE, "DELETE FROM groups WHERE id = ?1")                                            \
    X(MEMBER_LIST, "SELECT m.user_id FROM group_members AS m"                                      \
                   " LEFT JOIN users AS u ON u.id = m.user_id"                                     \
                   " WHERE m.group_id = ?1 AND u.removed_at IS NULL ORDER BY m.user_id")           \
    X(MEMBER_INSERT, "INSERT INTO group_members (group_id, user_id) VALUES (?1, ?2)")              \
    X(MEMBERS_DELETE, "DELETE FROM group_members WHERE group_id = ?1")                             \
    X(CALENDAR_GET, "SELECT id, definition, updated_at FROM calendars WHERE id = ?1")              \
    X(CALENDAR_LIST, "SELECT id, definition, updated_at FROM calendars ORDER BY id")               \
    X(CALENDAR_PUT, "INSERT INTO calendars (id, definition, updated_at) VALUES (?1, ?2, ?3)"       \
                    " ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,"            \
                    " updated_at = excluded.updated_at")                                           \
    X(SWITCH_GET, "SELECT name, value, changed_by, changed_at, reason FROM switches"               \
                  " WHERE name = ?1")                                                              \
    X(SWITCH_PUT, "INSERT INTO switches (name, value, changed_by, changed_at, reason)"             \
                  " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET"                  \
                  " value = excluded.value, changed_by = excluded.changed_by,"                     \
                  " changed_at = excluded.changed_at, reason = excluded.reason")                   \
                                                                                                   \
    SQL_ACCESS_STATEMENTS(X)

enum sql {
#define X(name, text) SQL_##name,
    SQL_STATEMENTS(X)
#undef X
        SQL_COUNT
};

const char *sql_text(enum sql n);

#endif
