#include "identity.h"

#include "approval_recheck.h"
#include "base/fields.h"
#include "change.h"
#include "engine/definition.h"
#include "groups.h"
#include "holder.h"
#include "id_set.h"
#include "record.h"
#include "user_form.h"
#include "user_record.h"

/* What a token says of roles, or of groups. */
struct claimed {
    bool said;
    struct id_set ids;
};

struct claims {
    struct claimed roles, groups;
};

/* Names in a text, separated by blanks. False: there are too many, or one cannot be a name. */
static bool read_words(struct arena *arena, const char *text, struct id_set *out)
{
    const char **ids = arena_array(arena, IDENTITY_CLAIMS_MAX, sizeof *ids);
    size_t n = 0, length;
    for (const char *p = text; *(p += strspn(p, " ")); p += length) {
        length = strcspn(p, " ");
        if (n == IDENTITY_CLAIMS_MAX || !fields_is_id(p, length, ID_MAX))
            return false;
        ids[n++] = arena_strndup(arena, p, length);
    }
    *out = id_set_of(ids, n);
    return true;
}

static bool is_name(const struct json *v)
{
    size_t n;
    const char *text = json_string(v, &n);
    return text && fields_is_id(text, n, ID_MAX);
}

/* An array of names, or a text; anything else says nothing: half of a list would take away what the
 * other half gives. */
static struct claimed read_claim(struct arena *arena, const struct json *claims, const char *name)
{
    const struct json *v = claims && *name ? json_get(claims, name) : NULL;
    size_t n = json_array_size(v), length;
    const char *text = json_string(v, &length);
    struct claimed words = {.said = false};
    if (text && strlen(text) == length)
        words.said = read_words(arena, text, &words.ids);
    if (json_type(v) != JSON_ARRAY || n > IDENTITY_CLAIMS_MAX)
        return words;
    const char **ids = arena_array(arena, n, sizeof *ids);
    for (size_t i = 0; i < n; i++) {
        if (!is_name(json_at(v, i)))
            return (struct claimed){.said = false};
        ids[i] = json_string(json_at(v, i), NULL);
    }
    return (struct claimed){true, id_set_of(ids, n)};
}

static struct claims read_claims(const struct service *sv, struct arena *arena,
                                 const struct vouched *v)
{
    const struct json *claims = v->issued_at ? v->claims : NULL;
    return (struct claims){
        .roles = read_claim(arena, claims, sv->settings->roles_claim),
        .groups = read_claim(arena, claims, sv->settings->groups_claim),
    };
}

static const char *issuer_of(const struct vouched *v)
{
    return v->issuer ? v->issuer : "";
}

static bool differs(const struct claimed *c, const struct id_set *stored)
{
    return c->said && !id_set_same(&c->ids, stored);
}

static struct id_set roles_in(const struct user_row *user)
{
    return (struct id_set){user->roles, user->role_count};
}

static int groups_in(struct session *s, struct arena *arena, const char *user, struct id_set *out,
                     struct err *e)
{
    return store_user_groups(s, arena, user, &out->ids, &out->count, e);
}

/* 1: the claims say something that is not stored; 0: they do not; -1: error. */
static int is_news(struct session *s, struct arena *arena, const struct claims *c,
                   const struct user_row *user, struct err *e)
{
    struct id_set roles = roles_in(user), groups = {0};
    if (c->groups.said && groups_in(s, arena, user->id, &groups, e) < 0)
        return -1;
    return differs(&c->roles, &roles) || differs(&c->groups, &groups);
}

/* Who was removed, or signed out everywhere since the token was made. */
static int check_user(const struct vouched *v, const struct user_row *user, struct err *e)
{
    if (user->removed_at)
        return err_set(e, ERR_UNAUTHENTICATED, "This user was removed");
    if (v->claims && v->issued_at < user->tokens_from)
        return err_set(e, ERR_UNAUTHENTICATED,
                       "The token is from before everything was ended; sign in again");
    return 0;
}

/* The id of the user that is meant: 1; 0: the issuer's subject is new; -1: error. *claims_at gets
 * when claims were written last. */
static int find_id(struct session *s, struct arena *arena, const struct vouched *v, const char **id,
                   int64_t *claims_at, struct err *e)
{
    struct identity_row row;
    int found = store_identity_get(s, arena, issuer_of(v), v->subject, &row, e);
    *id = found > 0 ? row.user_id : v->subject;
    *claims_at = found > 0 ? row.claims_at : 0;
    return found < 0 ? -1 : found || !v->issuer;
}

int identity_find(struct service *sv, struct session *s, struct arena *arena,
                  const struct vouched *v, struct user_row *out, struct err *e)
{
    struct claims claims = read_claims(sv, arena, v);
    const char *id = v->subject;
    int64_t claims_at = 0;
    bool looks = v->issuer || claims.roles.said || claims.groups.said;
    int found = looks ? find_id(s, arena, v, &id, &claims_at, e) : 1;
    if (found > 0)
        found = store_user_get(s, arena, id, out, e);
    if (found <= 0)
        return found;
    if (check_user(v, out, e) < 0)
        return -1;
    int news = v->issued_at > claims_at ? is_news(s, arena, &claims, out, e) : 0;
    return news < 0 ? -1 : !news;
}

/* ---- writing ---- */

struct keeping {
    const struct vouched *vouched;
    struct claims claims;
    struct user_row user;
    struct principal himself;
    struct recheck left;
};

static int audit(struct service *sv, struct session *s, struct call *c, const struct user_row *old,
                 const struct user_row *user, const char *action, int64_t now, struct err *e)
{
    struct user_record r = {.action = action, .actor = user->id, .before = old, .after = user};
    return user_record_add(sv, s, c, &r, now, e);
}

static const char *text_claim(const struct keeping *k, const char *name)
{
    const struct json *v = k->vouched->claims ? json_get(k->vouched->claims, name) : NULL;
    return is_name(v) ? json_string(v, NULL) : NULL;
}

static int create(struct service *sv, struct call *c, struct session *s, struct keeping *k,
                  int64_t now, struct err *e)
{
    static const struct user_row nobody;
    struct id_set roles = {0};
    read_words(c->arena, sv->settings->default_roles, &roles);
    k->user = (struct user_row){
        .id = k->vouched->subject,
        .name = text_claim(k, "name"),
        .email = text_claim(k, "email"),
        .roles = roles.ids,
        .role_count = roles.count,
        .created_at = now,
        .updated_at = now,
    };
    if (store_user_put(s, &k->user, e) < 0)
        return -1;
    return audit(sv, s, c, &nobody, &k->user, "user.created", now, e);
}

/* A new subject of an issuer, or a new user of ours. */
static int first_sight(struct service *sv, struct call *c, struct session *s, struct keeping *k,
                       bool known, int64_t now, struct err *e)
{
    const struct vouched *v = k->vouched;
    struct user_row other;
    size_t n = strlen(v->subject);
    if (!fields_is_id(v->subject, n, ID_MAX) || !strcmp(v->subject, USER_ID_SYSTEM) ||
        !strcmp(v->subject, USER_ID_ME))
        return err_set(e, ERR_UNAUTHENTICATED, "The token's sub cannot be a user's id here");
    int taken = known ? 0 : store_user_get(s, c->arena, v->subject, &other, e);
    if (taken < 0)
        return -1;
    if (taken)
        return err_set(e, ERR_FORBIDDEN,
                       "There is a user %s already; an administrator must link %s of %s to a user",
                       v->subject, v->subject, issuer_of(v));
    return create(sv, c, s, k, now, e);
}

/* An administrator has said something else since the token was issued. Only that counts: what users
 * can change of themselves, or bring about by signing in, must not keep a claim from being heard.
 */
static bool is_older(const struct keeping *k, int64_t changed_at)
{
    return k->vouched->issued_at < changed_at;
}

static int write_roles(struct service *sv, struct call *c, struct session *s, struct keeping *k,
                       int64_t now, struct err *e)
{
    struct user_row old = k->user;
    struct id_set has = roles_in(&k->user);
    if (!differs(&k->claims.roles, &has) || is_older(k, k->user.roles_at))
        return 0;
    k->user.roles = k->claims.roles.ids.ids;
    k->user.role_count = k->claims.roles.ids.count;
    k->user.updated_at = now;
    if (store_user_put(s, &k->user, e) < 0)
        return -1;
    return audit(sv, s, c, &old, &k->user, "user.updated", now, e);
}

static int write_group(struct service *sv, struct call *c, struct session *s,
                       const struct keeping *k, const char *id, bool member, int64_t now,
                       struct err *e)
{
    struct group_row g;
    struct str data = STR_INIT;
    struct jsonw w;
    int found = store_group_get(s, c->arena, id, &g, e);
    if (found < 0)
        return -1;
    if (found && g.updated_at > g.created_at && is_older(k, g.updated_at))
        return 0;
    if (found && member && g.member_count >= GROUP_MEMBERS_MAX) {
        log_warn(c->log, "claims.ignored", "The group %s has %d members, so a claim adds nobody",
                 id, GROUP_MEMBERS_MAX);
        return 0;
    }
    if (!found)
        g = (struct group_row){.id = id, .created_at = now, .updated_at = now};
    const char **members = arena_array(c->arena, g.member_count + 1, sizeof *members);
    size_t n = 0;
    for (size_t i = 0; i < g.member_count; i++)
        if (strcmp(g.members[i], k->user.id) != 0)
            members[n++] = g.members[i];
    if (member)
        members[n++] = k->user.id;
    struct id_set after = id_set_of(members, n), before = {g.members, g.member_count};
    jsonw_init(&w, &data);
    jsonw_object(&w);
    id_set_write_change(&w, "members", &before, &after);
    jsonw_end(&w);
    g.members = after.ids;
    g.member_count = after.count;
    struct audit_entry entry = {
        .entity_type = "group",
        .entity_id = id,
        .action = found ? "group.updated" : "group.created",
        .actor_id = k->user.id,
    };
    if (store_group_put(s, &g, e) < 0) {
        str_release(&data);
        return -1;
    }
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int write_groups(struct service *sv, struct call *c, struct session *s,
                        const struct keeping *k, int64_t now, struct err *e)
{
    const struct id_set *said = &k->claims.groups.ids;
    struct id_set has;
    if (!k->claims.groups.said)
        return 0;
    if (groups_in(s, c->arena, k->user.id, &has, e) < 0)
        return -1;
    for (size_t i = 0; i < said->count; i++)
        if (!id_set_has(&has, said->ids[i]) &&
            write_group(sv, c, s, k, said->ids[i], true, now, e) < 0)
            return -1;
    for (size_t i = 0; i < has.count; i++)
        if (!id_set_has(said, has.ids[i]) &&
            write_group(sv, c, s, k, has.ids[i], false, now, e) < 0)
            return -1;
    return 0;
}

/* What follows from claims is the user's doing, whatever his name is elsewhere. */
static struct call call_of(const struct call *c, struct keeping *k)
{
    struct call own = *c;
    k->himself = (struct principal){.subject = k->user.id};
    own.who = &k->himself;
    return own;
}

static int write_claims(struct service *sv, struct call *c, struct session *s, struct keeping *k,
                        int64_t now, struct err *e)
{
    struct call own = call_of(c, k);
    const char **users = arena_make(c->arena, const char *);
    *users = k->user.id;
    k->left = (struct recheck){.users = users, .count = 1};
    if (write_roles(sv, c, s, k, now, e) < 0 || write_groups(sv, c, s, k, now, e) < 0)
        return -1;
    return approval_recheck(sv, &own, s, &k->left, now, e);
}

static int keep_identity(struct session *s, const struct vouched *v, const char *user_id,
                         int64_t claims_at, int64_t now, struct err *e)
{
    struct identity_row row = {
        .issuer = issuer_of(v),
        .subject = v->subject,
        .user_id = user_id,
        .claims_at = claims_at,
        .created_at = now,
    };
    return store_identity_put(s, &row, e);
}

static int keep(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                struct err *e)
{
    struct keeping *k = arg;
    const struct vouched *v = k->vouched;
    const char *id;
    int64_t claims_at;
    int known = find_id(s, c->arena, v, &id, &claims_at, e);
    int found = known > 0 ? store_user_get(s, c->arena, id, &k->user, e) : known;
    k->left = (struct recheck){0};
    if (found < 0)
        return -1;
    if (found && check_user(v, &k->user, e) < 0)
        return -1;
    if (!found && first_sight(sv, c, s, k, known, now, e) < 0)
        return -1;
    bool writes = (k->claims.roles.said || k->claims.groups.said) && v->issued_at > claims_at;
    if (writes && write_claims(sv, c, s, k, now, e) < 0)
        return -1;
    if (!writes && (!v->issuer || known))
        return 0;
    return keep_identity(s, v, k->user.id, writes ? v->issued_at : claims_at, now, e);
}

static void warn_of(const struct call *c, const struct vouched *v, const char *name,
                    const struct claimed *claimed)
{
    if (!claimed->said && *name && v->issued_at && json_get(v->claims, name))
        log_warn(c->log, "claims.ignored",
                 "The claim %s of a token says nothing: it is neither a list of at most %d names "
                 "nor a text of them",
                 name, IDENTITY_CLAIMS_MAX);
}

int identity_keep(struct service *sv, struct call *c, const struct vouched *v, struct user_row *out,
                  struct err *e)
{
    struct keeping *k = arena_make(c->arena, struct keeping);
    k->vouched = v;
    k->claims = read_claims(sv, c->arena, v);
    warn_of(c, v, sv->settings->roles_claim, &k->claims.roles);
    warn_of(c, v, sv->settings->groups_claim, &k->claims.groups);
    if (change_run(sv, c, keep, k, e) < 0)
        return -1;
    struct call own = call_of(c, k);
    approval_recheck_rest(sv, &own, &k->left);
    *out = k->user;
    return 0;
}

/* ---- linking ---- */

struct linking {
    struct vouched vouched;
    const char *user_id;
};

static int link_user(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                     struct err *e)
{
    const struct linking *l = arg;
    struct user_row user;
    struct str data = STR_INIT;
    struct jsonw w;
    int found = holder_user(s, c->arena, l->user_id, &user, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "User not found");
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kstring(&w, "issuer", l->vouched.issuer);
    jsonw_kstring(&w, "subject", l->vouched.subject);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "user",
        .entity_id = user.id,
        .action = "user.linked",
    };
    int rc = keep_identity(s, &l->vouched, user.id, 0, now, e);
    if (rc < 0)
        str_release(&data);
    return rc < 0 ? -1 : record_change(sv, s, c, &entry, &data, now, e);
}

int identity_link(struct service *sv, struct call *c, const char *issuer, const char *subject,
                  const char *user_id, struct err *e)
{
    struct linking l = {{.issuer = issuer, .subject = subject}, user_id};
    if (!*issuer || !*subject)
        return err_set(e, ERR_INVALID, "The issuer and its subject must not be empty");
    return change_run(sv, c, link_user, &l, e);
}
