#include "setup_link.h"

#include "base/fields.h"
#include "change.h"
#include "crypto/password.h"
#include "engine/definition.h"
#include "holder.h"
#include "id_set.h"
#include "password.h"
#include "user_form.h"
#include "user_record.h"

struct making {
    const char *user_id;
    struct bearer *link;
    bool done;
};

static int keep(struct service *sv, struct call *c, struct session *s, const struct making *m,
                int64_t now, struct err *e)
{
    struct ticket_row ticket = {
        .sha256 = m->link->sha256,
        .kind = TICKET_SETUP,
        .user_id = m->user_id,
        .family = m->link->sha256,
        .created_at = now,
        .expires_at = now + INT64_C(3600) * SETUP_HOURS * US_PER_SECOND,
    };
    if (store_ticket_end(s, m->user_id, NULL, TICKET_SETUP, now, e) < 0 ||
        store_ticket_put(s, &ticket, e) < 0)
        return -1;
    return user_record_act(sv, s, c, m->user_id, NULL, "setup_link.created", now, e);
}

static int make(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                struct err *e)
{
    const struct making *m = arg;
    struct user_row user;
    int found = holder_user(s, c->arena, m->user_id, &user, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "User not found");
    return keep(sv, c, s, m, now, e);
}

int setup_link_make(struct service *sv, struct call *c, const char *user_id, struct bearer *out,
                    struct err *e)
{
    struct making m = {.user_id = user_id, .link = out};
    bearer_new(BEARER_SETUP, NULL, out);
    return change_run(sv, c, make, &m, e);
}

/* ---- the first administrator ---- */

static void add_role(struct arena *arena, struct user_row *user, const char *role)
{
    struct id_set has = {user->roles, user->role_count};
    if (id_set_has(&has, role))
        return;
    const char **roles = arena_array(arena, has.count + 1, sizeof *roles);
    for (size_t i = 0; i < has.count; i++)
        roles[i] = has.ids[i];
    roles[has.count] = role;
    struct id_set after = id_set_of(roles, has.count + 1);
    user->roles = after.ids;
    user->role_count = after.count;
}

static int make_first(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                      struct err *e)
{
    struct making *m = arg;
    struct user_row user, before = {0};
    int any = store_password_any(s, e);
    m->done = false;
    if (any)
        return any < 0 ? -1 : 0;
    int found = store_user_get(s, c->arena, m->user_id, &user, e);
    if (found < 0)
        return -1;
    if (!found)
        user = (struct user_row){.id = m->user_id, .created_at = now};
    bool there = found && !user.removed_at;
    if (there)
        before = user;
    user.removed_at = 0;
    user.updated_at = user.roles_at = now;
    add_role(c->arena, &user, role_name(ROLE_ADMIN));
    m->done = true;
    struct user_record r = {
        .action = there ? "user.updated" : "user.created",
        .before = &before,
        .after = &user,
        .revived = found && !there,
    };
    if (store_user_put(s, &user, e) < 0 || user_record_add(sv, s, c, &r, now, e) < 0)
        return -1;
    return keep(sv, c, s, m, now, e);
}

int setup_link_first(struct service *sv, struct call *c, const char *user_id, struct bearer *out,
                     struct err *e)
{
    struct making m = {.user_id = user_id, .link = out};
    if (!fields_is_id(user_id, strlen(user_id), ID_MAX) || !strcmp(user_id, USER_ID_SYSTEM) ||
        !strcmp(user_id, USER_ID_ME))
        return err_set(e, ERR_INVALID, "'%s' cannot be a user's id", user_id);
    bearer_new(BEARER_SETUP, NULL, out);
    return change_run(sv, c, make_first, &m, e) < 0 ? -1 : m.done;
}

/* ---- using one ---- */

static int find(struct session *s, struct arena *arena, const char *sha256, int64_t now,
                struct user_row *user, struct err *e)
{
    struct ticket_row ticket;
    int found = holder_of_ticket(s, arena, TICKET_SETUP, sha256, now, &ticket, user, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_NOT_FOUND,
                       "This link is unknown, was used or has expired; ask for another");
    return 0;
}

int setup_link_user(struct service *sv, struct arena *arena, const char *token,
                    const char **user_id, struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    struct user_row user;
    struct session *s = NULL;
    if (!bearer_read(BEARER_SETUP, token, sha256))
        return err_set(e, ERR_NOT_FOUND, "This link is not complete");
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(s, arena, sha256, clock_now(sv->clock), &user, e);
    store_read_end(&s);
    if (rc == 0)
        *user_id = user.id;
    return rc;
}

struct using
{
    const char *sha256, *hash;
};

static int use(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
               struct err *e)
{
    const struct using *g = arg;
    struct user_row user;
    if (find(s, c->arena, g->sha256, now, &user, e) < 0 ||
        password_keep(s, c->arena, user.id, g->hash, now, e) < 0)
        return -1;
    return user_record_act(sv, s, c, user.id, user.id, "setup_link.used", now, e);
}

int setup_link_use(struct service *sv, struct call *c, const char *token, const char *password,
                   const char **user_id, struct err *e)
{
    char sha256[SHA256_HEX_SIZE], hash[PASSWORD_HASH_SIZE];
    struct using g = {sha256, hash};
    if (setup_link_user(sv, c->arena, token, user_id, e) < 0 ||
        password_acceptable(c->arena, *user_id, password, "/password", e) < 0 ||
        password_hash(password, hash, e) < 0 || !bearer_read(BEARER_SETUP, token, sha256))
        return -1;
    return change_run(sv, c, use, &g, e);
}
