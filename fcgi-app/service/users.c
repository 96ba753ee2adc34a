#include "users.h"

#include "approval_recheck.h"
#include "holder.h"
#include "id_set.h"
#include "user_form.h"
#include "user_record.h"

/* Managers above one: more is no hierarchy, and each is a look-up within the transaction. */
#define CHAIN_MAX 100
#define CHAIN_SHOWN 8 /* of a circle, in the sentence about it */

static void hide_contact(const struct principal *who, struct user_row *user)
{
    if (principal_may(who, MAY_AUDIT) || !strcmp(who->subject, user->id))
        return;
    user->email = user->phone = NULL;
}

int user_read_list(struct service *sv, struct arena *arena, const struct principal *who,
                   const struct page *page, struct user_list *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct page one_more = {.after = page->after, .limit = page->limit + 1};
    struct user_row *rows = NULL;
    size_t n = 0;
    int rc = store_user_list(s, arena, &one_more, &rows, &n, e);
    store_read_end(&s);
    for (size_t i = 0; i < n; i++)
        hide_contact(who, &rows[i]);
    *out = (struct user_list){
        .rows = rows,
        .count = n > page->limit ? page->limit : n,
        .more = n > page->limit,
    };
    return rc;
}

static int find(struct session *s, struct arena *arena, const char *id, struct user_row *out,
                struct err *e)
{
    int found = store_user_get(s, arena, id, out, e);
    if (found < 0)
        return -1;
    return found && !out->removed_at ? 0 : err_set(e, ERR_NOT_FOUND, "User not found");
}

int user_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                  const char *id, struct user_row *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(s, arena, id, out, e);
    store_read_end(&s);
    if (rc == 0)
        hide_contact(who, out);
    return rc;
}

/* ---- the chain of managers ---- */

static void refuse_circle(const struct user_row *user, const char *const *above, int n,
                          struct problems *problems)
{
    struct str circle = STR_INIT;
    str_add(&circle, user->id);
    for (int i = 0; i < n && i < CHAIN_SHOWN; i++)
        str_addf(&circle, " -> %s", above[i]);
    str_addf(&circle, "%s -> %s", n > CHAIN_SHOWN ? " -> ..." : "", user->id);
    problems_add(problems, "/manager", "would close a circle of managers: %s", circle.buf);
    str_release(&circle);
}

/* Walks up from the user's manager. Who is his own manager was told so by the form. */
static int check_chain(struct session *s, const struct user_row *user, struct problems *problems,
                       struct err *e)
{
    const char *above[CHAIN_MAX];
    int n = 0;
    const char *at = user->manager;
    if (!user->id || !at || !strcmp(at, user->id))
        return 0;
    while (at && n < CHAIN_MAX) {
        struct user_row row;
        above[n++] = at;
        int found = store_user_get(s, problems->arena, at, &row, e);
        if (found < 0)
            return -1;
        at = found && !row.removed_at ? row.manager : NULL;
        if (at && !strcmp(at, user->id)) {
            refuse_circle(user, above, n, problems);
            return 0;
        }
    }
    if (at)
        problems_add(problems, "/manager", "would put more than %d managers above the user",
                     CHAIN_MAX);
    return 0;
}

/* ---- creating and changing ---- */

struct change {
    const char *id; /* of the user that is changed; NULL: the body names a new one */
    const struct json *body;
    bool revived;
    struct user_row before, after;
    struct recheck left;
};

static struct problems *read_form(struct service *sv, struct call *c, struct change *g)
{
    struct problems *problems = problems_new(c->arena);
    g->after = g->before;
    user_form_read(&g->after, g->body, sv->zones, problems);
    return problems;
}

static bool names_manager(const struct change *g)
{
    return json_get(g->body, "manager") != NULL;
}

/* A body that does not fit is no request yet: it is refused before the use case begins, and the
 * chain is looked at only to name all that is wrong at once. */
static int look(struct service *sv, struct call *c, struct change *g, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = g->id ? find(s, c->arena, g->id, &g->before, e) : 0;
    if (rc == 0) {
        struct problems *problems = read_form(sv, c, g);
        if (problems->count && names_manager(g))
            rc = check_chain(s, &g->after, problems, e);
        if (rc == 0)
            rc = problems_err(problems, e);
    }
    store_read_end(&s);
    return rc;
}

static int audit(struct service *sv, struct session *s, struct call *c, const struct change *g,
                 const char *action, int64_t now, struct err *e)
{
    struct user_record r = {
        .action = action,
        .before = &g->before,
        .after = &g->after,
        .revived = g->revived,
    };
    return user_record_add(sv, s, c, &r, now, e);
}

/* Makes g->after of g->before and the body, or says everything that is wrong. */
static int evaluate(struct service *sv, struct call *c, struct session *s, struct change *g,
                    struct err *e)
{
    struct problems *problems = read_form(sv, c, g);
    if (names_manager(g) && check_chain(s, &g->after, problems, e) < 0)
        return -1;
    return problems_err(problems, e);
}

static int apply_create(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct change *g = arg;
    struct user_row old;
    int found = store_user_get(s, c->arena, g->after.id, &old, e);
    if (found < 0)
        return -1;
    if (found && !old.removed_at)
        return err_set(e, ERR_CONFLICT, "There is a user %s already", g->after.id);
    if (evaluate(sv, c, s, g, e) < 0)
        return -1;
    g->revived = found;
    g->after.tokens_from = found ? old.tokens_from : 0;
    g->after.created_at = g->after.updated_at = g->after.roles_at = now;
    if (store_user_put(s, &g->after, e) < 0)
        return -1;
    return audit(sv, s, c, g, "user.created", now, e);
}

static bool roles_differ(const struct user_row *a, const struct user_row *b)
{
    struct id_set one = {a->roles, a->role_count}, other = {b->roles, b->role_count};
    return !id_set_same(&one, &other);
}

static int apply_change(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct change *g = arg;
    if (find(s, c->arena, g->id, &g->before, e) < 0 || evaluate(sv, c, s, g, e) < 0)
        return -1;
    if (user_form_same(&g->before, &g->after))
        return 0;
    g->after.updated_at = now;
    if (roles_differ(&g->before, &g->after))
        g->after.roles_at = now;
    if (store_user_put(s, &g->after, e) < 0 || audit(sv, s, c, g, "user.updated", now, e) < 0)
        return -1;
    g->left = (struct recheck){.users = &g->id, .count = 1}; /* a role may be gone */
    return approval_recheck(sv, c, s, &g->left, now, e);
}

static int run(struct service *sv, struct call *c, struct change *g, struct answer *out,
               struct err *e)
{
    if (look(sv, c, g, e) < 0)
        return -1;
    struct usecase u = {
        .entity_type = "user",
        .audit_action = g->id ? "user.updated" : "user.created",
        .entity_id = g->after.id,
        .actor_id = c->who->subject,
        .apply = g->id ? apply_change : apply_create,
        .arg = g,
        .result = &g->after,
    };
    return approval_recheck_run(sv, c, &u, &g->left, out, e);
}

int user_create(struct service *sv, struct call *c, const struct json *body, struct answer *out,
                struct err *e)
{
    struct change *g = arena_make(c->arena, struct change);
    g->body = body;
    return run(sv, c, g, out, e);
}

int user_change(struct service *sv, struct call *c, const char *id, const struct json *body,
                struct answer *out, struct err *e)
{
    struct change *g = arena_make(c->arena, struct change);
    g->id = id;
    g->body = body;
    return run(sv, c, g, out, e);
}

/* ---- removing ---- */

struct removal {
    const char *id;
    struct user_row row;
    struct recheck left;
};

static int audit_removal(struct service *sv, struct session *s, struct call *c,
                         const struct removal *r, int64_t now, struct err *e)
{
    static const struct user_row nobody;
    struct user_record record = {.action = "user.removed", .before = &r->row, .after = &nobody};
    return user_record_add(sv, s, c, &record, now, e);
}

static int apply_remove(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    struct removal *r = arg;
    if (find(s, c->arena, r->id, &r->row, e) < 0)
        return -1;
    struct user_row gone = r->row;
    gone.removed_at = gone.updated_at = now;
    gone.tokens_from = holder_tokens_from(gone.tokens_from, now);
    if (store_user_put(s, &gone, e) < 0 || holder_forget(s, c->arena, r->id, now, e) < 0 ||
        audit_removal(sv, s, c, r, now, e) < 0)
        return -1;
    r->left = (struct recheck){.users = &r->id, .count = 1};
    return approval_recheck(sv, c, s, &r->left, now, e);
}

int user_remove(struct service *sv, struct call *c, const char *id, struct answer *out,
                struct err *e)
{
    struct removal *r = arena_make(c->arena, struct removal);
    r->id = id;
    struct usecase u = {
        .entity_type = "user",
        .audit_action = "user.removed",
        .entity_id = id,
        .actor_id = c->who->subject,
        .apply = apply_remove,
        .arg = r,
        .result = &r->row,
    };
    return approval_recheck_run(sv, c, &u, &r->left, out, e);
}
