/*
 * The store's contract: what is kept and what each operation promises. Back
 * ends (memory/, sqlite/) are a const table of operations and an embedded
 * struct store; tests/contract runs one suite on all of them.
 *
 * Reading happens in a session: a snapshot that does not change while it
 * lives. Writing happens in the session that an apply half is handed. The
 * read operations work in both.
 *
 * Look-ups return 1 found, 0 not there, -1 error. Rows and their strings live
 * in the arena that is passed. Errors of a store are ERR_UNAVAILABLE (try
 * again: full, I/O, busy) or ERR_INTERNAL (a bug); they never carry SQL.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "engine/approval.h"
#include "engine/step.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- rows ------------------------------------------------------------------------------- */

struct workflow_row {
    const char *id, *name, *version, *status; /* version: the author's, of the newest revision */
    const char *visible_to; /* selectors that it is limited to, a line each; NULL: it is not */
    int64_t revision;       /* the newest */
    int64_t created_at, updated_at;
};

struct version_row {
    const char *workflow_id;
    int64_t revision; /* from 1 */
    const char *version;
    const char *definition; /* as it was posted, without insignificant white space */
    const char *sha256;     /* of the canonical form, hex */
    const char *created_by; /* NULL: unknown */
    int64_t created_at;
};

/* Statuses of a workflow. Inactive: no new submissions; archived: hidden too. */
#define WORKFLOW_ACTIVE "active"
#define WORKFLOW_INACTIVE "inactive"
#define WORKFLOW_ARCHIVED "archived"

struct stage_row {
    const char *id, *name, *stage_type;
    int64_t position;   /* order of running, from 1 */
    const char *config; /* JSON object */
};

struct event_row {
    int64_t seq;
    const char *action, *stage_id, *actor_id;
    int64_t visit;
    const char *data; /* JSON object */
    int64_t created_at;
};

/* What an entry of the audit log says. */
struct audit_entry {
    const char *entity_type, *entity_id, *action, *actor_id;
    const char *acting_for; /* the user for whom the actor decided; NULL: for himself */
    const char *payload;    /* JSON object */
    const char *request_id, *client_address; /* NULL: not by a request */
};

/* As it is kept: numbered without gaps, and chained to the one before (service/audit.h). */
struct audit_row {
    int64_t id;
    struct audit_entry entry;
    int64_t created_at;
    const char *key_id, *mac; /* NULL: from before there was a key */
};

/* Members that are NULL or 0 ask nothing. Newest first, or in order of id. */
struct audit_filter {
    const char *entity_type, *entity_id, *action, *actor_id; /* actor_id: acting_for, too */
    int64_t from, before;                                    /* of created_at, half open */
    int64_t after_id; /* ids above it; newest first: below it, 0 for from the newest */
    bool newest_first;
    size_t limit; /* entries; at most AUDIT_SCAN_MAX are looked at for them */
};
#define AUDIT_SCAN_MAX 10000

struct outbox_row {
    int64_t id; /* given by the store */
    const char *event, *approval_id;
    int64_t seq;      /* of the approval */
    const char *data; /* JSON object: what channels deliver */
    int64_t created_at;
};

#define IDEMPOTENCY_KEPT_US (INT64_C(24) * 3600 * 1000000)

struct idempotency_row {
    const char *caller, *key;
    const char *request_sha256; /* of method, path and body */
    int64_t status;             /* of the answer that was given */
    const char *content_type, *body;
    int64_t created_at;
};

/* A person. Members that are unknown are NULL, times 0. */
struct user_row {
    const char *id, *name, *email, *phone;
    const char *manager; /* user id */
    const char *owner;   /* of an agent: the user who answers for it */
    const char *time_zone;
    const char *const *roles; /* sorted, distinct */
    size_t role_count;
    int64_t absent_from, absent_to; /* half open; 0 and 0: no absence */
    const char *deputy;
    int64_t created_at, updated_at;
    int64_t removed_at;  /* not 0: removed; such rows are found by id only */
    int64_t tokens_from; /* tokens issued before it are no longer taken */
    int64_t roles_at;    /* when an administrator gave them their roles; 0: never */
};

struct group_row {
    const char *id, *name;
    const char *const *members; /* user ids, sorted, distinct */
    size_t member_count;
    int64_t created_at, updated_at; /* joining and leaving by claims changes neither */
};

struct calendar_row {
    const char *id;
    const char *definition; /* JSON object */
    int64_t updated_at;
};

struct switch_row {
    const char *name;
    bool on;
    const char *changed_by, *reason; /* reason may be NULL */
    int64_t changed_at;
};

/* How busy somebody is. */
struct load_row {
    int64_t open_tasks;
    int64_t last_answered_at; /* 0: never */
};

/* A page of a list in order of id. */
struct page {
    const char *after; /* ids above it; NULL: from the start */
    size_t limit;
};

struct payload_row {
    int64_t round;
    const char *sha256, *payload;
};

struct approval_item {                       /* what a list shows */
    const char *id, *workflow_id, *stage_id; /* stage_id NULL once ended */
    enum approval_status status;
    int64_t created_at, updated_at, sla_due_at;
};

/* Who looks at approvals, and so which of them there are for him. */
struct viewer {
    const char *user;
    bool sees_all;             /* but those of `hidden`, unless he has to do with them */
    bool approver;             /* slates that are open to the role approver are his, too */
    bool admin;                /* and those that are open to administrators */
    const char *const *hidden; /* workflows that are limited to others */
    size_t hidden_count;
    const char *const *reached; /* the only workflows that his key reaches; none: all */
    size_t reached_count;
};

struct approval_filter {
    int status; /* enum approval_status, or -1 for all */
    size_t limit;
    const struct viewer *viewer; /* NULL: everything is seen */
};

/* ---- sessions and writing ----------------------------------------------------------------- */

struct store;
struct session;

/* How an apply half ends. */
enum outcome {
    OUTCOME_DONE,    /* all of it is kept */
    OUTCOME_REFUSED, /* its changes are rolled back, then what `refused` writes is kept */
    OUTCOME_BROKEN   /* nothing is kept; e says why */
};

/*
 * The apply half of a use case. It runs on a thread of the store while the caller waits, so it may
 * use the caller's arena; it may be run again from the start (never after it was reported done).
 * now is the commit's time in microseconds and never decreases from commit to commit, across
 * processes. Callbacks answer refused/broken with *e set.
 */
struct write {
    enum outcome (*apply)(struct session *s, int64_t now, void *arg, struct err *e);
    /* Writes what a refusal leaves (audit entry, idempotency record); e is the reason and is kept.
     * 0, or -1 with *why set: then the whole is broken. May be NULL: nothing is left. */
    int (*refused)(struct session *s, int64_t now, void *arg, const struct err *e, struct err *why);
    void *arg;
};

/*
 * Runs it in a transaction, possibly together with others, each under its own savepoint: what one
 * does or how it ends disturbs no other. Returns after the commit is durable. If the transaction or
 * its commit is lost, all in it get OUTCOME_BROKEN with ERR_UNAVAILABLE and nothing of it is kept.
 * One that could not start within the store's patience (5 s) gets the same and is never run.
 */
enum outcome store_write(struct store *st, const struct write *w, struct err *e);

/* A snapshot for reading; never blocks writers. Short: a long one keeps the log from shrinking. */
int store_read_begin(struct store *st, struct session **s, struct err *e);
void store_read_end(struct session **s); /* NULL inside is fine */

/* 0 when the database answers and its schema is one this binary can use. Never writes. */
int store_check(struct store *st, struct err *e);
/* Waits for writes in hand, then frees; sets *st NULL. */
void store_close(struct store **st);

/* ---- operations ------------------------------------------------------------------------- */

int store_workflow_get(struct session *s, struct arena *a, const char *id, struct workflow_row *out,
                       struct err *e);
/* All but the archived ones, in order of creation. */
int store_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                        struct err *e);
int store_version_get(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct version_row *out, struct err *e);
int store_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                     struct stage_row **rows, size_t *n, struct err *e);
/* Those that are limited to somebody, in order of id: only id and visible_to are filled in. */
int store_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                           size_t *n, struct err *e);

/* Newest first, without their definitions (NULL). */
int store_version_list(struct session *s, struct arena *a, const char *workflow_id,
                       struct version_row **rows, size_t *n, struct err *e);

/* The whole approval with its tasks, visits and timers; and only its seq. */
int store_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                       struct err *e);
int store_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e);
/* Newest first (created_at, then the order they were written in). Who does not see all sees those
 * that he requested or sent, whose requester he answers for (owner_id), that he has or had a task
 * in, and pending ones whose open slate (slate_role) admits him. */
int store_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                        struct approval_item **rows, size_t *n, struct err *e);
/* Ids of approvals of the workflow that have not ended, oldest first; after is an id of that list
 * or NULL. */
int store_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                           const struct page *page, const char *const **ids, size_t *n,
                           struct err *e);
/* Ids of approvals that have not ended and in which the user has a task that is neither answered
 * nor closed: his own to do, or one that somebody else does with his standing. In order of id. */
int store_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                           const struct page *page, const char *const **ids, size_t *n,
                           struct err *e);
/* Ids of all approvals, in order of id. */
int store_approval_ids(struct session *s, struct arena *a, const struct page *page,
                       const char *const **ids, size_t *n, struct err *e);
/* Those of earlier rounds, in order of round. */
int store_payload_list(struct session *s, struct arena *a, const char *approval_id,
                       struct payload_row **rows, size_t *n, struct err *e);
/* In order of seq. */
int store_event_list(struct session *s, struct arena *a, const char *approval_id,
                     struct event_row **rows, size_t *n, struct err *e);
/* *next is the id to go on after where not all were looked at or given, else 0. */
int store_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                     struct audit_row **rows, size_t *n, int64_t *next, struct err *e);
/* The newest entry. */
int store_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e);
/* Ids above after, in order, at most limit. */
int store_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                      struct outbox_row **rows, size_t *n, struct err *e);
/* Records older than IDEMPOTENCY_KEPT_US before now count as not there. */
int store_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                          int64_t now, struct idempotency_row *out, struct err *e);

/* People. Removed users are found by get and by nothing else. */
int store_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                   struct err *e);
int store_user_list(struct session *s, struct arena *a, const struct page *page,
                    struct user_row **rows, size_t *n, struct err *e);
/* Ids of those who hold the role, sorted. */
int store_role_holders(struct session *s, struct arena *a, const char *role,
                       const char *const **ids, size_t *n, struct err *e);
/* 0 or -1; whoever never had a task has zeros. */
int store_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e);
/* Ids of the groups that he is a member of, sorted. */
int store_user_groups(struct session *s, struct arena *a, const char *user_id,
                      const char *const **ids, size_t *n, struct err *e);
/* Members are those that were put, without users who were removed. */
int store_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                    struct err *e);
int store_group_list(struct session *s, struct arena *a, const struct page *page,
                     struct group_row **rows, size_t *n, struct err *e);
int store_calendar_get(struct session *s, struct arena *a, const char *id, struct calendar_row *out,
                       struct err *e);
int store_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                        struct err *e);
int store_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                     struct err *e);

/* Writing: only in the session of an apply half. */

/* ERR_NOT_FOUND is not reported: 1 changed, 0 no such workflow. */
int store_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                              struct err *e);
/* Creates or replaces the row with its roles; created_at of an existing one stays. */
int store_user_put(struct session *s, const struct user_row *r, struct err *e);
/* Creates or replaces the row with its members; created_at of an existing one stays. */
int store_group_put(struct session *s, const struct group_row *r, struct err *e);
/* 1 removed, 0 no such group. */
int store_group_remove(struct session *s, const char *id, struct err *e);
int store_calendar_put(struct session *s, const struct calendar_row *r, struct err *e);
int store_switch_put(struct session *s, const struct switch_row *r, struct err *e);

/* Creates the workflow or moves it to a new revision: w->revision is v->revision, one above the
 * stored one (1 for a new id), else ERR_CONFLICT. w->created_at of an existing one stays. */
int store_workflow_save(struct session *s, const struct workflow_row *w,
                        const struct version_row *v, const struct stage_row *stages, size_t n,
                        struct err *e);
/* With all its tasks, visits and timers. */
int store_approval_insert(struct session *s, const struct approval *a, struct err *e);
/* Facts that change, the tasks and visits marked changed, all timers where timers_changed says so
 * (those that are gone are removed). Immutable: ids, requester, owner, target, created_at. Where
 * payload_changed says so, the stored payload is kept in the list of earlier ones, under its round,
 * before it is replaced. ERR_CONFLICT unless the stored seq is expected_seq. */
int store_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                          struct err *e);
int store_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                    struct err *e);
/* ERR_INTERNAL unless its id is one above the newest. */
int store_audit_add(struct session *s, const struct audit_row *r, struct err *e);
int store_outbox_add(struct session *s, const struct outbox_row *r, struct err *e);
/* Replaces a record of the same caller and key; may forget some that have expired. */
int store_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e);

#endif
