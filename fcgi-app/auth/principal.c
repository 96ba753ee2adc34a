#include "principal.h"

static const char *const role_names[] = {
#define X(name, text) [ROLE_##name] = text,
    ROLES(X)
#undef X
};
_Static_assert(sizeof role_names / sizeof *role_names == ROLE_COUNT, "a name for each role");

const struct principal principal_anonymous = {.subject = "anonymous", .trusted = true};

bool principal_has(const struct principal *p, enum role role)
{
    return role == ROLE_NONE || p->trusted;
}

int principal_require(const struct principal *p, enum role role, struct err *e)
{
    if (principal_has(p, role))
        return 0;
    return err_set(e, ERR_FORBIDDEN, "This needs the role %s, which you do not have",
                   role_names[role]);
}
