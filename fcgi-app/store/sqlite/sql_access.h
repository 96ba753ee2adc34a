/*
 * The statements of what signing in needs (store/access.h). Part of sql.h.
 */
#ifndef STORE_SQLITE_SQL_ACCESS_H
#define STORE_SQLITE_SQL_ACCESS_H

#define SQL_API_KEY                                                                       \
    "SELECT id, sha256, user_id, name, roles, workflows, act_as, created_by, created_at," \
    " expires_at, used_at, revoked_at FROM api_keys"
/* Of tickets: ended at ?2 where they are of one kind, or of any where that is NULL. */
#define SQL_TICKETS_END "UPDATE tickets SET ended_at = ?2 WHERE ended_at = 0"
#define SQL_OF_KIND " AND (?3 IS NULL OR kind = ?3)"

#define SQL_ACCESS_STATEMENTS(X)                                                                 \
    X(PASSWORD_GET, "SELECT user_id, hash, changed_at FROM passwords WHERE user_id = ?1")        \
    X(PASSWORD_ANY, "SELECT 1 FROM passwords AS p CROSS JOIN users AS u"                         \
                    " WHERE u.id = p.user_id AND u.removed_at IS NULL AND p.hash <> '' LIMIT 1") \
    X(PASSWORD_PUT, "REPLACE INTO passwords (user_id, hash, changed_at) VALUES (?1, ?2, ?3)")    \
    X(ATTEMPT_GET, "SELECT name_sha256, address, failures, last_at, blocked_until, succeeded_at" \
                   " FROM sign_in_attempts WHERE name_sha256 = ?1 AND address = ?2")             \
    X(ATTEMPT_PUT, "REPLACE INTO sign_in_attempts (name_sha256, address, failures, last_at,"     \
                   " blocked_until, succeeded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")              \
    X(ATTEMPTS_FORGET, "DELETE FROM sign_in_attempts WHERE (name_sha256, address) IN"            \
                       " (SELECT name_sha256, address FROM sign_in_attempts"                     \
                       " WHERE last_at < ?1 ORDER BY last_at LIMIT ?2)")                         \
    X(TICKET_GET, "SELECT sha256, kind, user_id, family, created_at, used_at, expires_at,"       \
                  " ended_at FROM tickets WHERE sha256 = ?1")                                    \
    X(TICKET_PUT, "REPLACE INTO tickets (sha256, kind, user_id, family, created_at, used_at,"    \
                  " expires_at, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")              \
    X(TICKETS_END_FAMILY, SQL_TICKETS_END " AND family = ?1" SQL_OF_KIND)                        \
    X(TICKETS_END_USER, SQL_TICKETS_END " AND user_id = ?1" SQL_OF_KIND)                         \
    X(TICKETS_FORGET, "DELETE FROM tickets WHERE sha256 IN (SELECT sha256 FROM tickets"          \
                      " WHERE expires_at > 0 AND expires_at < ?1 ORDER BY expires_at LIMIT ?2)") \
    X(API_KEY_GET, SQL_API_KEY " WHERE id = ?1")                                                 \
    X(API_KEY_LIST, SQL_API_KEY " WHERE id > ?1 ORDER BY id LIMIT ?2")                           \
    X(API_KEY_PUT, "REPLACE INTO api_keys (id, sha256, user_id, name, roles, workflows, act_as," \
                   " created_by, created_at, expires_at, used_at, revoked_at)"                   \
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")                \
    X(IDENTITY_GET, "SELECT issuer, subject, user_id, claims_at, created_at FROM identities"     \
                    " WHERE issuer = ?1 AND subject = ?2")                                       \
    X(IDENTITY_PUT, "REPLACE INTO identities (issuer, subject, user_id, claims_at, created_at)"  \
                    " VALUES (?1, ?2, ?3, ?4, ?5)")                                              \
    X(KEY_SET_GET, "SELECT issuer, keys, fetched_at, wanted_at FROM key_sets WHERE issuer = ?1") \
    X(KEY_SET_PUT, "REPLACE INTO key_sets (issuer, keys, fetched_at, wanted_at)"                 \
                   " VALUES (?1, ?2, ?3, ?4)")

#endif
