/*
 * What a back end implements. Only store.c and the back ends include this.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "access.h"

struct store_ops {
    const char *name; /* "sqlite" */
    void (*close)(struct store *st);
    int (*check)(struct store *st, struct err *e);
    int (*read_begin)(struct store *st, struct session **s, struct err *e);
    void (*read_end)(struct session *s);
    enum outcome (*write)(struct store *st, const struct write *w, struct err *e);

    int (*workflow_get)(struct session *, struct arena *, const char *, struct workflow_row *,
                        struct err *);
    int (*workflow_list)(struct session *, struct arena *, struct workflow_row **, size_t *,
                         struct err *);
    int (*version_get)(struct session *, struct arena *, const char *, int64_t,
                       struct version_row *, struct err *);
    int (*stage_list)(struct session *, struct arena *, const char *, int64_t, struct stage_row **,
                      size_t *, struct err *);
    int (*version_list)(struct session *, struct arena *, const char *, struct version_row **,
                        size_t *, struct err *);
    int (*workflow_limited)(struct session *, struct arena *, struct workflow_row **, size_t *,
                            struct err *);

    int (*approval_get)(struct session *, struct arena *, const char *, struct approval *,
                        struct err *);
    int (*approval_seq)(struct session *, const char *, int64_t *, struct err *);
    int (*approval_list)(struct session *, struct arena *, const struct approval_filter *,
                         struct approval_item **, size_t *, struct err *);
    int (*approval_running)(struct session *, struct arena *, const char *, const struct page *,
                            const char *const **, size_t *, struct err *);
    int (*approval_held_by)(struct session *, struct arena *, const char *, const struct page *,
                            const char *const **, size_t *, struct err *);
    int (*approval_ids)(struct session *, struct arena *, const struct page *, const char *const **,
                        size_t *, struct err *);
    int (*payload_list)(struct session *, struct arena *, const char *, struct payload_row **,
                        size_t *, struct err *);

    int (*event_list)(struct session *, struct arena *, const char *, struct event_row **, size_t *,
                      struct err *);
    int (*audit_list)(struct session *, struct arena *, const struct audit_filter *,
                      struct audit_row **, size_t *, int64_t *, struct err *);
    int (*audit_head)(struct session *, struct arena *, struct audit_row *, struct err *);
    int (*outbox_list)(struct session *, struct arena *, int64_t, size_t, struct outbox_row **,
                       size_t *, struct err *);
    int (*idempotency_get)(struct session *, struct arena *, const char *, const char *, int64_t,
                           struct idempotency_row *, struct err *);

    int (*user_get)(struct session *, struct arena *, const char *, struct user_row *,
                    struct err *);
    int (*user_list)(struct session *, struct arena *, const struct page *, struct user_row **,
                     size_t *, struct err *);
    int (*role_holders)(struct session *, struct arena *, const char *, const char *const **,
                        size_t *, struct err *);
    int (*user_load)(struct session *, const char *, struct load_row *, struct err *);
    int (*user_groups)(struct session *, struct arena *, const char *, const char *const **,
                       size_t *, struct err *);
    int (*group_get)(struct session *, struct arena *, const char *, struct group_row *,
                     struct err *);
    int (*group_list)(struct session *, struct arena *, const struct page *, struct group_row **,
                      size_t *, struct err *);
    int (*calendar_get)(struct session *, struct arena *, const char *, struct calendar_row *,
                        struct err *);
    int (*calendar_list)(struct session *, struct arena *, struct calendar_row **, size_t *,
                         struct err *);
    int (*switch_get)(struct session *, struct arena *, const char *, struct switch_row *,
                      struct err *);

    int (*workflow_set_status)(struct session *, const char *, const char *, int64_t, struct err *);
    int (*user_put)(struct session *, const struct user_row *, struct err *);
    int (*group_put)(struct session *, const struct group_row *, struct err *);
    int (*group_remove)(struct session *, const char *, struct err *);
    int (*calendar_put)(struct session *, const struct calendar_row *, struct err *);
    int (*switch_put)(struct session *, const struct switch_row *, struct err *);

    int (*workflow_save)(struct session *, const struct workflow_row *, const struct version_row *,
                         const struct stage_row *, size_t, struct err *);
    int (*approval_insert)(struct session *, const struct approval *, struct err *);
    int (*approval_update)(struct session *, const struct approval *, int64_t, struct err *);
    int (*event_add)(struct session *, const char *, const struct event_row *, struct err *);
    int (*audit_add)(struct session *, const struct audit_row *, struct err *);
    int (*outbox_add)(struct session *, const struct outbox_row *, struct err *);
    int (*idempotency_put)(struct session *, const struct idempotency_row *, struct err *);

    int (*password_get)(struct session *, struct arena *, const char *, struct password_row *,
                        struct err *);
    int (*password_any)(struct session *, struct err *);
    int (*attempt_get)(struct session *, struct arena *, const char *, const char *,
                       struct attempt_row *, struct err *);
    int (*ticket_get)(struct session *, struct arena *, const char *, struct ticket_row *,
                      struct err *);
    int (*api_key_get)(struct session *, struct arena *, const char *, struct api_key_row *,
                       struct err *);
    int (*api_key_list)(struct session *, struct arena *, const struct page *,
                        struct api_key_row **, size_t *, struct err *);
    int (*identity_get)(struct session *, struct arena *, const char *, const char *,
                        struct identity_row *, struct err *);
    int (*key_set_get)(struct session *, struct arena *, const char *, struct key_set_row *,
                       struct err *);
    int (*password_put)(struct session *, const struct password_row *, struct err *);
    int (*attempt_put)(struct session *, const struct attempt_row *, struct err *);
    int (*ticket_put)(struct session *, const struct ticket_row *, struct err *);
    int (*ticket_end)(struct session *, const char *, const char *, const char *, int64_t,
                      struct err *);
    int (*api_key_put)(struct session *, const struct api_key_row *, struct err *);
    int (*identity_put)(struct session *, const struct identity_row *, struct err *);
    int (*key_set_put)(struct session *, const struct key_set_row *, struct err *);
    int (*access_forget)(struct session *, int64_t, size_t, struct err *);
};

/* The two conflicts of store.h, in the same words everywhere. Both return -1. */
int store_conflict_revision(const char *workflow_id, struct err *e);
int store_conflict_seq(const char *approval_id, struct err *e);

/* 0, or -1 where the session is one that reads. */
int store_check_writing(const struct session *s, struct err *e);
/* Whether the entry is one that the filter's texts ask for. */
bool store_audit_matches(const struct audit_filter *f, const struct audit_entry *entry);

struct store {
    const struct store_ops *ops;
};

struct session {
    struct store *store;
    bool writing; /* the session of an apply half */
};

#endif
