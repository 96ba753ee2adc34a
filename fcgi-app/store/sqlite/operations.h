/*
 * The SQLite side of a session, and the operations of store.h on it.
 */
#ifndef STORE_SQLITE_OPERATIONS_H
#define STORE_SQLITE_OPERATIONS_H

#include "query.h"

#include "store/backend.h"

struct sqlite_session {
    struct session base;
    struct conn *conn;
    struct sqlite_session *next; /* in the list of idle ones */
};

/* The session's connection; asserts that it is one of this back end. */
struct conn *sqlite_conn(struct session *s);

/* As store.h says of each. */
int sqlite_workflow_get(struct session *s, struct arena *a, const char *id,
                        struct workflow_row *out, struct err *e);
int sqlite_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                         struct err *e);
int sqlite_version_get(struct session *s, struct arena *a, const char *workflow_id,
                       int64_t revision, struct version_row *out, struct err *e);
int sqlite_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct stage_row **rows, size_t *n, struct err *e);
int sqlite_version_list(struct session *s, struct arena *a, const char *workflow_id,
                        struct version_row **rows, size_t *n, struct err *e);
int sqlite_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                            size_t *n, struct err *e);

int sqlite_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e);
int sqlite_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e);
int sqlite_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e);
int sqlite_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e);
int sqlite_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e);
int sqlite_approval_ids(struct session *s, struct arena *a, const struct page *page,
                        const char *const **ids, size_t *n, struct err *e);
int sqlite_payload_list(struct session *s, struct arena *a, const char *approval_id,
                        struct payload_row **rows, size_t *n, struct err *e);

int sqlite_event_list(struct session *s, struct arena *a, const char *approval_id,
                      struct event_row **rows, size_t *n, struct err *e);
int sqlite_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                      struct audit_row **rows, size_t *n, int64_t *next, struct err *e);
int sqlite_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e);
int sqlite_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                       struct outbox_row **rows, size_t *n, struct err *e);
int sqlite_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                           int64_t now, struct idempotency_row *out, struct err *e);

int sqlite_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                    struct err *e);
int sqlite_user_list(struct session *s, struct arena *a, const struct page *page,
                     struct user_row **rows, size_t *n, struct err *e);
int sqlite_role_holders(struct session *s, struct arena *a, const char *role,
                        const char *const **ids, size_t *n, struct err *e);
int sqlite_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e);
int sqlite_user_groups(struct session *s, struct arena *a, const char *user_id,
                       const char *const **ids, size_t *n, struct err *e);
int sqlite_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                     struct err *e);
int sqlite_group_list(struct session *s, struct arena *a, const struct page *page,
                      struct group_row **rows, size_t *n, struct err *e);
int sqlite_calendar_get(struct session *s, struct arena *a, const char *id,
                        struct calendar_row *out, struct err *e);
int sqlite_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                         struct err *e);
int sqlite_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                      struct err *e);

int sqlite_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                               struct err *e);
int sqlite_user_put(struct session *s, const struct user_row *r, struct err *e);
int sqlite_group_put(struct session *s, const struct group_row *r, struct err *e);
int sqlite_group_remove(struct session *s, const char *id, struct err *e);
int sqlite_calendar_put(struct session *s, const struct calendar_row *r, struct err *e);
int sqlite_switch_put(struct session *s, const struct switch_row *r, struct err *e);
int sqlite_workflow_save(struct session *s, const struct workflow_row *w,
                         const struct version_row *v, const struct stage_row *stages, size_t n,
                         struct err *e);
int sqlite_approval_insert(struct session *s, const struct approval *a, struct err *e);
int sqlite_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                           struct err *e);
int sqlite_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                     struct err *e);
int sqlite_audit_add(struct session *s, const struct audit_row *r, struct err *e);
int sqlite_outbox_add(struct session *s, const struct outbox_row *r, struct err *e);
int sqlite_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e);

int sqlite_password_get(struct session *s, struct arena *a, const char *user_id,
                        struct password_row *out, struct err *e);
int sqlite_password_any(struct session *s, struct err *e);
int sqlite_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                       const char *address, struct attempt_row *out, struct err *e);
int sqlite_ticket_get(struct session *s, struct arena *a, const char *sha256,
                      struct ticket_row *out, struct err *e);
int sqlite_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                       struct err *e);
int sqlite_api_key_list(struct session *s, struct arena *a, const struct page *page,
                        struct api_key_row **rows, size_t *n, struct err *e);
int sqlite_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                        struct identity_row *out, struct err *e);
int sqlite_key_set_get(struct session *s, struct arena *a, const char *issuer,
                       struct key_set_row *out, struct err *e);
int sqlite_password_put(struct session *s, const struct password_row *r, struct err *e);
int sqlite_attempt_put(struct session *s, const struct attempt_row *r, struct err *e);
int sqlite_ticket_put(struct session *s, const struct ticket_row *r, struct err *e);
int sqlite_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                      int64_t now, struct err *e);
int sqlite_api_key_put(struct session *s, const struct api_key_row *r, struct err *e);
int sqlite_identity_put(struct session *s, const struct identity_row *r, struct err *e);
int sqlite_key_set_put(struct session *s, const struct key_set_row *r, struct err *e);
int sqlite_access_forget(struct session *s, int64_t before, size_t limit, struct err *e);

#endif
