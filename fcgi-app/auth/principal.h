/*
 * Who is calling, and what he may do. With APPROVAL_AUTH=off everybody is the
 * anonymous administrator, and the ids in a body are believed.
 */
#ifndef AUTH_PRINCIPAL_H
#define AUTH_PRINCIPAL_H

#include "base/err.h"
#include "store/access.h"

#include <stdbool.h>

/* Roles that mean something here; users may have others, which only workflows ask for. */
#define ROLES(X)              \
    X(VIEWER, "viewer")       \
    X(REQUESTER, "requester") \
    X(APPROVER, "approver")   \
    X(AUDITOR, "auditor")     \
    X(SERVICE, "service")     \
    X(ADMIN, "admin")

enum role {
#define X(name, text) ROLE_##name,
    ROLES(X)
#undef X
        ROLE_COUNT
};

/* What a route row asks for: any one of these. */
enum may {
    MAY_EVERYBODY = 0, /* nobody is asked who he is */
    MAY_SIGNED_IN = 1 << ROLE_COUNT,
    MAY_ADMIN = 1 << ROLE_ADMIN,
    MAY_SUBMIT = 1 << ROLE_ADMIN | 1 << ROLE_REQUESTER | 1 << ROLE_SERVICE,
    MAY_AUDIT = 1 << ROLE_ADMIN | 1 << ROLE_AUDITOR,
    MAY_OVERSEE = 1 << ROLE_ADMIN | 1 << ROLE_AUDITOR | 1 << ROLE_VIEWER, /* sees every approval */
};

struct principal {
    const char *subject;           /* "anonymous" when nobody is asked who he is */
    unsigned roles;                /* a bit for each enum role */
    bool trusted;                  /* the ids in a body are believed (authentication is off) */
    const struct api_key_row *key; /* how he signed in limits him; NULL: it does not */
    const char *session;           /* the session cookie's value; NULL: by other means */
};

extern const struct principal principal_anonymous;

const char *role_name(enum role r);
/* The bits of those of the names that mean something here. */
unsigned roles_of(const char *const *names, size_t n);

bool principal_has(const struct principal *p, enum role role);
bool principal_may(const struct principal *p, unsigned any_of);
/* 0, or -1 with ERR_FORBIDDEN naming the roles. */
int principal_require(const struct principal *p, unsigned any_of, struct err *e);

/* Whose act it is: *actor is named, or the subject where named is NULL. Where they differ, *through
 * is the subject: he needs a key that lets him act as that user; else ERR_FORBIDDEN. Otherwise
 * NULL. Looks nothing up. With authentication off named is believed, and NULL is ERR_INVALID. */
int principal_actor(const struct principal *p, const char *named, const char **actor,
                    const char **through, struct err *e);
/* The same for whom a request is made for: the role service may name anybody. */
int principal_requester(const struct principal *p, const char *named, const char **requester,
                        const char **through, struct err *e);

/* Whether his key reaches that workflow. */
bool principal_reaches(const struct principal *p, const char *workflow_id);

#endif
