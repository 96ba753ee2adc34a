/*
 * Who is calling. With APPROVAL_AUTH=off everybody is the anonymous
 * administrator, and the ids in a body are believed.
 */
#ifndef AUTH_PRINCIPAL_H
#define AUTH_PRINCIPAL_H

#include "base/err.h"

#include <stdbool.h>

/* What a route row asks for. ROLE_NONE: anybody, signed in or not. */
#define ROLES(X)              \
    X(NONE, "none")           \
    X(VIEWER, "viewer")       \
    X(REQUESTER, "requester") \
    X(APPROVER, "approver")   \
    X(ADMIN, "admin")

enum role {
#define X(name, text) ROLE_##name,
    ROLES(X)
#undef X
        ROLE_COUNT
};

struct principal {
    const char *subject; /* "anonymous" when nobody is asked who he is */
    bool trusted;        /* the ids in a body are believed (authentication is off) */
};

extern const struct principal principal_anonymous;

bool principal_has(const struct principal *p, enum role role);
/* 0, or -1 with ERR_FORBIDDEN naming the role. */
int principal_require(const struct principal *p, enum role role, struct err *e);

#endif
