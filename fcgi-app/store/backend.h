/*
 * What a back end implements. Only store.c and the back ends include this.
 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store.h"

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
    int (*audit_list)(struct session *, struct arena *, const char *, struct audit_row **, size_t *,
                      struct err *);
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
    int (*audit_add)(struct session *, const struct audit_entry *, int64_t, struct err *);
    int (*outbox_add)(struct session *, const struct outbox_row *, struct err *);
    int (*idempotency_put)(struct session *, const struct idempotency_row *, struct err *);
};

/* The two conflicts of store.h, in the same words everywhere. Both return -1. */
int store_conflict_revision(const char *workflow_id, struct err *e);
int store_conflict_seq(const char *approval_id, struct err *e);

struct store {
    const struct store_ops *ops;
};

struct session {
    struct store *store;
    bool writing; /* the session of an apply half */
};

#endif
