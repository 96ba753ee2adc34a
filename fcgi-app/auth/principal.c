#include "principal.h"

#include "base/str.h"

static const char *const role_names[] = {
#define X(name, text) [ROLE_##name] = text,
    ROLES(X)
#undef X
};
_Static_assert(sizeof role_names / sizeof *role_names == ROLE_COUNT, "a name for each role");

const struct principal principal_anonymous = {.subject = "anonymous", .trusted = true};

const char *role_name(enum role r)
{
    return role_names[r];
}

unsigned roles_of(const char *const *names, size_t n)
{
    unsigned roles = 0;
    for (size_t i = 0; i < n; i++)
        for (int r = 0; r < ROLE_COUNT; r++)
            if (!strcmp(names[i], role_names[r]))
                roles |= 1u << r;
    return roles;
}

bool principal_has(const struct principal *p, enum role role)
{
    return p->trusted || (p->roles & 1u << role);
}

bool principal_may(const struct principal *p, unsigned any_of)
{
    return p->trusted || !any_of || any_of & MAY_SIGNED_IN || p->roles & any_of;
}

int principal_require(const struct principal *p, unsigned any_of, struct err *e)
{
    if (principal_may(p, any_of))
        return 0;
    struct str names = STR_INIT;
    for (int r = 0; r < ROLE_COUNT; r++)
        if (any_of & 1u << r)
            str_addf(&names, "%s%s", names.len ? " or " : "", role_names[r]);
    err_set(e, ERR_FORBIDDEN, "This needs the role %s, which you do not have", names.buf);
    str_release(&names);
    return -1;
}

static bool is_listed(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(ids[i], id))
            return true;
    return false;
}

/* Whether it is his own act, or he is believed. */
static bool is_own(const struct principal *p, const char *named, const char **who,
                   const char **through)
{
    *who = named ? named : p->subject;
    *through = p->trusted || !strcmp(*who, p->subject) ? NULL : p->subject;
    return !*through;
}

static bool may_act_as(const struct principal *p, const char *user)
{
    return p->key && is_listed(p->key->act_as, p->key->act_as_count, user);
}

int principal_actor(const struct principal *p, const char *named, const char **actor,
                    const char **through, struct err *e)
{
    if (is_own(p, named, actor, through) || may_act_as(p, named))
        return 0;
    return err_set(e, ERR_FORBIDDEN,
                   "%s is not you, and you have no API key that lets you act as %s", named, named);
}

int principal_requester(const struct principal *p, const char *named, const char **requester,
                        const char **through, struct err *e)
{
    if (is_own(p, named, requester, through) || principal_has(p, ROLE_SERVICE) ||
        may_act_as(p, named))
        return 0;
    return err_set(e, ERR_FORBIDDEN, "%s is not you, and only the role service may ask for others",
                   named);
}

bool principal_reaches(const struct principal *p, const char *workflow_id)
{
    return !p->key || !p->key->workflow_count ||
           is_listed(p->key->workflows, p->key->workflow_count, workflow_id);
}
