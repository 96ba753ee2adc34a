/*
 * Running a use case: `prepare` on the caller's thread from a snapshot,
 * `apply` inside the write transaction, the answer kept under the caller's
 * Idempotency-Key in that same transaction.
 *
 * How a use case ends: done (all of it is kept); refused (ERR_FORBIDDEN,
 * ERR_CONFLICT, ERR_STALE, ERR_INVALID, from prepare or apply: only its audit
 * entry and its idempotency record are kept); anything else keeps nothing.
 */
#ifndef SERVICE_USECASE_H
#define SERVICE_USECASE_H

#include "auth/principal.h"
#include "base/log.h"
#include "base/str.h"
#include "service.h"

/* How a result becomes the answer that is sent and kept. */
struct render {
    int status; /* of success */
    void (*result)(struct str *out, const void *result);
    /* Returns the status. */
    int (*problem)(struct str *out, const struct err *e, const char *request_id);
};

/* Who calls, and how he wants it kept. Lives as long as the request. */
struct call {
    struct arena *arena;
    const struct principal *who;
    struct logctx *log; /* its approval_id and actor are filled in as they become known */
    const char *request_id;
    const char *client_address;  /* NULL: not by the network */
    const char *idempotency_key; /* NULL: none */
    const char *method, *target; /* what the key was used with: these and the body */
    const char *body;
    size_t body_len;
    const struct render *render;
};

struct answer {
    int status;
    bool problem; /* the body is problem+json */
    const char *body;
    bool replayed; /* the answer that was given before */
};

struct usecase {
    const char *entity_type;  /* of the audit entry a refusal leaves: "approval" */
    const char *audit_action; /* "approval.approve"; a refusal adds ".refused" */
    const char *entity_id;
    const char *actor_id;
    /* NULL: there is nothing to prepare. */
    int (*prepare)(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e);
    /* May run more than once, each time from the start. */
    int (*apply)(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e);
    /* Also written when it ends refused: what had fallen due, and was the reason. NULL: nothing. */
    int (*after_refusal)(struct service *sv, struct call *c, struct session *s, int64_t now,
                         void *arg, struct err *e);
    void *arg;
    const void *result; /* what render->result gets after apply */
};

/* 0 with *out filled (a replayed answer may be a problem), or -1 with e. */
int usecase_run(struct service *sv, struct call *c, const struct usecase *u, struct answer *out,
                struct err *e);

/* A refusal found before there was a use case, such as that the caller is not who he says: leaves
 * the audit entry that one of u's would leave. That it cannot be written is only logged. */
void usecase_refused(struct service *sv, struct call *c, const struct usecase *u,
                     const struct err *reason);

#endif
