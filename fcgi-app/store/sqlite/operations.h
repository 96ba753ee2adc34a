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
int sqlite_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e);
int sqlite_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e);
int sqlite_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e);
int sqlite_event_list(struct session *s, struct arena *a, const char *approval_id,
                      struct event_row **rows, size_t *n, struct err *e);
int sqlite_audit_list(struct session *s, struct arena *a, const char *entity_id,
                      struct audit_row **rows, size_t *n, struct err *e);
int sqlite_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                       struct outbox_row **rows, size_t *n, struct err *e);
int sqlite_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                           int64_t now, struct idempotency_row *out, struct err *e);

int sqlite_workflow_save(struct session *s, const struct workflow_row *w,
                         const struct version_row *v, const struct stage_row *stages, size_t n,
                         struct err *e);
int sqlite_approval_insert(struct session *s, const struct approval *a, struct err *e);
int sqlite_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                           struct err *e);
int sqlite_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                     struct err *e);
int sqlite_audit_add(struct session *s, const struct audit_entry *r, int64_t now, struct err *e);
int sqlite_outbox_add(struct session *s, const struct outbox_row *r, struct err *e);
int sqlite_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e);

#endif
