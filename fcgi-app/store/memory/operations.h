/*
 * The memory side of a session, and the operations of store.h on it.
 */
#ifndef STORE_MEMORY_OPERATIONS_H
#define STORE_MEMORY_OPERATIONS_H

#include "tables.h"

#include "store/backend.h"

#include <pthread.h>

struct memory_store {
    struct store base;
    const struct clock *clock;
    pthread_mutex_t writing; /* held for a whole half */
    int64_t now;             /* of the last commit; under writing */

    pthread_mutex_t mutex; /* of all below; held for one operation */
    struct tables tables;
    int64_t commits;
};

/* The store of a session, its mutex taken; leave gives it back and returns rc. Between the two only
 * the functions that take a struct memory_store may be called. */
struct memory_store *memory_enter(struct session *s);
int memory_leave(struct memory_store *m, int rc);
/* The newest commit the session sees; of a half, its own to be. */
int64_t memory_sees(const struct session *s);

/* As tables_find and so on say, for a session. */
struct version *memory_find(struct memory_store *m, const struct session *s, enum table_id id,
                            const char *key, int64_t no);
void *memory_add(struct memory_store *m, const struct session *s, enum table_id id, const char *key,
                 int64_t no, const void *row);
void memory_end(struct memory_store *m, const struct session *s, enum table_id id,
                struct version *v);
struct version *memory_select(struct memory_store *m, const struct session *s, struct arena *a,
                              enum table_id id, const struct selection *sel, size_t *n);
/* Adds the row, in the place of the one there is of that key and number. */
void *memory_put(struct memory_store *m, const struct session *s, enum table_id id, const char *key,
                 int64_t no, const void *row);

/* Whole operations. The row of a key: 1 or 0. */
int memory_get(struct session *s, struct arena *a, enum table_id id, const char *key, void *out);
/* rows is where to put the array of the table's rows. Always 0. */
int memory_list(struct session *s, struct arena *a, enum table_id id, const struct selection *sel,
                void *rows, size_t *n);
int memory_list_of_key(struct session *s, struct arena *a, enum table_id id, const char *key,
                       void *rows, size_t *n);
/* The keys of the rows instead of the rows, those that follow each other once. Always 0. */
int memory_keys(struct session *s, struct arena *a, enum table_id id, const struct selection *sel,
                const char *const **keys, size_t *n);

/* What the keys of SQLite's tables would refuse. Returns -1. */
int memory_broken_key(struct err *e, const char *what);

/* The key of a version and its stages, and one of two texts. */
const char *memory_revision_key(struct arena *a, const char *workflow_id, int64_t revision);
const char *memory_pair_key(struct arena *a, const char *first, const char *second);

/* The number of rows whose key is theirs alone. */
#define ONLY 0

/* As store.h says of each. */
int memory_workflow_get(struct session *s, struct arena *a, const char *id,
                        struct workflow_row *out, struct err *e);
int memory_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                         struct err *e);
int memory_version_get(struct session *s, struct arena *a, const char *workflow_id,
                       int64_t revision, struct version_row *out, struct err *e);
int memory_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct stage_row **rows, size_t *n, struct err *e);
int memory_version_list(struct session *s, struct arena *a, const char *workflow_id,
                        struct version_row **rows, size_t *n, struct err *e);
int memory_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                            size_t *n, struct err *e);

int memory_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                        struct err *e);
int memory_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e);
int memory_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                         struct approval_item **rows, size_t *n, struct err *e);
int memory_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e);
int memory_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                            const struct page *page, const char *const **ids, size_t *n,
                            struct err *e);
int memory_approval_ids(struct session *s, struct arena *a, const struct page *page,
                        const char *const **ids, size_t *n, struct err *e);
int memory_payload_list(struct session *s, struct arena *a, const char *approval_id,
                        struct payload_row **rows, size_t *n, struct err *e);

int memory_event_list(struct session *s, struct arena *a, const char *approval_id,
                      struct event_row **rows, size_t *n, struct err *e);
int memory_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                      struct audit_row **rows, size_t *n, int64_t *next, struct err *e);
int memory_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e);
int memory_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                       struct outbox_row **rows, size_t *n, struct err *e);
int memory_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                           int64_t now, struct idempotency_row *out, struct err *e);

int memory_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                    struct err *e);
int memory_user_list(struct session *s, struct arena *a, const struct page *page,
                     struct user_row **rows, size_t *n, struct err *e);
int memory_role_holders(struct session *s, struct arena *a, const char *role,
                        const char *const **ids, size_t *n, struct err *e);
int memory_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e);
int memory_user_groups(struct session *s, struct arena *a, const char *user_id,
                       const char *const **ids, size_t *n, struct err *e);
int memory_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                     struct err *e);
int memory_group_list(struct session *s, struct arena *a, const struct page *page,
                      struct group_row **rows, size_t *n, struct err *e);
int memory_calendar_get(struct session *s, struct arena *a, const char *id,
                        struct calendar_row *out, struct err *e);
int memory_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                         struct err *e);
int memory_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                      struct err *e);

int memory_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                               struct err *e);
int memory_user_put(struct session *s, const struct user_row *r, struct err *e);
int memory_group_put(struct session *s, const struct group_row *r, struct err *e);
int memory_group_remove(struct session *s, const char *id, struct err *e);
int memory_calendar_put(struct session *s, const struct calendar_row *r, struct err *e);
int memory_switch_put(struct session *s, const struct switch_row *r, struct err *e);
int memory_workflow_save(struct session *s, const struct workflow_row *w,
                         const struct version_row *v, const struct stage_row *stages, size_t n,
                         struct err *e);
int memory_approval_insert(struct session *s, const struct approval *a, struct err *e);
int memory_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                           struct err *e);
int memory_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                     struct err *e);
int memory_audit_add(struct session *s, const struct audit_row *r, struct err *e);
int memory_outbox_add(struct session *s, const struct outbox_row *r, struct err *e);
int memory_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e);

int memory_password_get(struct session *s, struct arena *a, const char *user_id,
                        struct password_row *out, struct err *e);
int memory_password_any(struct session *s, struct err *e);
int memory_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                       const char *address, struct attempt_row *out, struct err *e);
int memory_ticket_get(struct session *s, struct arena *a, const char *sha256,
                      struct ticket_row *out, struct err *e);
int memory_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                       struct err *e);
int memory_api_key_list(struct session *s, struct arena *a, const struct page *page,
                        struct api_key_row **rows, size_t *n, struct err *e);
int memory_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                        struct identity_row *out, struct err *e);
int memory_key_set_get(struct session *s, struct arena *a, const char *issuer,
                       struct key_set_row *out, struct err *e);
int memory_password_put(struct session *s, const struct password_row *r, struct err *e);
int memory_attempt_put(struct session *s, const struct attempt_row *r, struct err *e);
int memory_ticket_put(struct session *s, const struct ticket_row *r, struct err *e);
int memory_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                      int64_t now, struct err *e);
int memory_api_key_put(struct session *s, const struct api_key_row *r, struct err *e);
int memory_identity_put(struct session *s, const struct identity_row *r, struct err *e);
int memory_key_set_put(struct session *s, const struct key_set_row *r, struct err *e);
int memory_access_forget(struct session *s, int64_t before, size_t limit, struct err *e);

#endif
