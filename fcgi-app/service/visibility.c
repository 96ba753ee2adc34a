#include "visibility.h"

#include "definitions.h"

/* Somebody with all that selectors can mean by him; loaded when it is first asked for. */
struct person {
    const char *id;
    unsigned roles;                /* that mean something here */
    const struct api_key_row *key; /* he has only the roles that it carries; NULL: all his */
    bool loaded;
    struct user_row row;
    const char *const *groups;
    size_t group_count;
};

static struct person caller(const struct principal *who)
{
    return (struct person){.id = who->subject, .roles = who->roles, .key = who->key};
}

static bool has(const struct person *p, enum role role)
{
    return p->roles & 1u << role;
}

static int load(struct session *s, struct arena *arena, struct person *p, struct err *e)
{
    if (p->loaded)
        return 0;
    int found = store_user_get(s, arena, p->id, &p->row, e);
    if (found < 0 || store_user_groups(s, arena, p->id, &p->groups, &p->group_count, e) < 0)
        return -1;
    if (!found || p->row.removed_at)
        p->row = (struct user_row){.id = p->id};
    p->loaded = true;
    return 0;
}

/* Who acts for another sees what that one sees, with that one's roles. */
static int person_of(struct session *s, struct arena *arena, const struct principal *who,
                     const char *user, struct person *out, struct err *e)
{
    *out = caller(who);
    if (!user || !strcmp(user, who->subject))
        return 0;
    *out = (struct person){.id = user};
    if (load(s, arena, out, e) < 0)
        return -1;
    out->roles = roles_of(out->row.roles, out->row.role_count);
    return 0;
}

static bool is_listed(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(ids[i], id))
            return true;
    return false;
}

static bool holds(const struct person *p, const char *role)
{
    return is_listed(p->row.roles, p->row.role_count, role) &&
           (!p->key || is_listed(p->key->roles, p->key->role_count, role));
}

/* Whether a selector's text means this person. Those that depend on a request mean nobody here. */
static bool means(const char *selector, const struct person *p)
{
    static const char user[] = "user:", group[] = "group:", role[] = "role:";
    if (!strncmp(selector, user, sizeof user - 1))
        return !strcmp(selector + sizeof user - 1, p->id);
    if (!strncmp(selector, group, sizeof group - 1))
        return is_listed(p->groups, p->group_count, selector + sizeof group - 1);
    if (!strncmp(selector, role, sizeof role - 1))
        return holds(p, selector + sizeof role - 1);
    return false;
}

/* Whether one of the selectors, a line each, means him. */
static int one_means(struct session *s, struct arena *arena, struct person *p, const char *lines,
                     struct err *e)
{
    if (load(s, arena, p, e) < 0)
        return -1;
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        if (means(arena_strndup(arena, lines, n), p))
            return 1;
        lines += n + (lines[n] == '\n');
    }
    return 0;
}

/* 1: the workflow is not limited, or to him among others. */
static int admits(struct session *s, struct arena *arena, struct person *p,
                  const struct workflow_row *w, struct err *e)
{
    if (!w->visible_to || has(p, ROLE_ADMIN) || has(p, ROLE_AUDITOR))
        return 1;
    return one_means(s, arena, p, w->visible_to, e);
}

int visibility_workflow(struct session *s, struct arena *arena, const struct principal *who,
                        const struct workflow_row *w, struct err *e)
{
    struct person p = caller(who);
    if (who->trusted)
        return 1;
    return principal_reaches(who, w->id) ? admits(s, arena, &p, w, e) : 0;
}

int visibility_viewer(struct session *s, struct arena *arena, const struct principal *who,
                      const struct viewer **out, struct err *e)
{
    struct person p = caller(who);
    struct workflow_row *limited = NULL;
    size_t n = 0;
    *out = NULL;
    if (who->trusted)
        return 0;
    if (store_workflow_limited(s, arena, &limited, &n, e) < 0)
        return -1;
    struct viewer *v = arena_make(arena, struct viewer);
    const char **hidden = arena_array(arena, n, sizeof *hidden);
    for (size_t i = 0; i < n; i++) {
        int may = admits(s, arena, &p, &limited[i], e);
        if (may < 0)
            return -1;
        if (!may)
            hidden[v->hidden_count++] = limited[i].id;
    }
    v->user = who->subject;
    v->sees_all = principal_may(who, MAY_OVERSEE);
    v->approver = has(&p, ROLE_APPROVER);
    v->admin = has(&p, ROLE_ADMIN);
    v->hidden = hidden;
    v->reached = who->key ? who->key->workflows : NULL;
    v->reached_count = who->key ? who->key->workflow_count : 0;
    *out = v;
    return 0;
}

static bool has_task(const struct approval *a, const char *user)
{
    for (size_t i = 0; i < a->task_count; i++)
        if (!strcmp(a->tasks[i].user, user))
            return true;
    return false;
}

static bool is_open_to(const struct approval *a, const struct person *p)
{
    if (!a->slate_role || a->status != STATUS_PENDING)
        return false;
    return !strcmp(a->slate_role, role_name(ROLE_APPROVER)) ? has(p, ROLE_APPROVER)
                                                            : has(p, ROLE_ADMIN);
}

static bool same(const char *a, const char *b)
{
    return a && !strcmp(a, b);
}

static bool concerns(const struct approval *a, const struct person *p)
{
    return same(a->requester_id, p->id) || same(a->submitted_by, p->id) ||
           same(a->owner_id, p->id) || has_task(a, p->id) || is_open_to(a, p);
}

/* 1, 0, -1: by his standing, not by what the approval has to do with him. */
static int oversees(struct session *s, struct arena *arena, struct person *p,
                    const struct approval *a, struct err *e)
{
    struct workflow_row w;
    if (has(p, ROLE_ADMIN) || has(p, ROLE_AUDITOR))
        return 1;
    if (!has(p, ROLE_VIEWER))
        return 0;
    int found = store_workflow_get(s, arena, a->workflow_id, &w, e);
    return found > 0 ? admits(s, arena, p, &w, e) : found;
}

static int owns(struct service *sv, struct session *s, struct arena *arena, struct person *p,
                const struct approval *a, struct err *e)
{
    const struct definition *d;
    if (definitions_get(sv->definitions, s, arena, a->workflow_id, a->revision, &d, e) < 0)
        return -1;
    if (d->owner_count && load(s, arena, p, e) < 0)
        return -1;
    for (size_t i = 0; i < d->owner_count; i++)
        if (means(d->owners[i].text, p))
            return 1;
    return 0;
}

int visibility_approval(struct service *sv, struct session *s, struct arena *arena,
                        const struct principal *who, const char *user, const struct approval *a,
                        struct err *e)
{
    struct person p;
    if (who->trusted)
        return 0;
    int sees = 0;
    if (principal_reaches(who, a->workflow_id)) {
        if (person_of(s, arena, who, user, &p, e) < 0)
            return -1;
        sees = concerns(a, &p);
        sees = sees ? sees : oversees(s, arena, &p, a, e);
        sees = sees ? sees : owns(sv, s, arena, &p, a, e);
    }
    if (sees)
        return sees < 0 ? -1 : 0;
    err_set(e, ERR_NOT_FOUND, "Approval not found");
    return -1;
}
