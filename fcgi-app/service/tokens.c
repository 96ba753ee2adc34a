#include "tokens.h"

#include "auth/bearer.h"
#include "base/base64.h"
#include "base/json.h"
#include "change.h"
#include "crypto/secret.h"
#include "holder.h"
#include "password.h"
#include "user_record.h"

#define TOKEN_ID_BYTES 16
#define DAY_US (INT64_C(24) * 3600 * US_PER_SECOND)

/* ---- access tokens ---- */

/* What an access token is given for: decided where the user is found good, so that what ends his
 * tokens right after that ends this one, too. */
struct issuing {
    int64_t issued_at;
    int64_t minutes; /* 0: as usual */
    const char *key; /* NULL: none */
};

/* Now, but not before the second from which the user's tokens are taken. */
static int64_t issue_time(const struct user_row *user, int64_t now)
{
    return user->tokens_from > now ? user->tokens_from : now;
}

static void write_claims(struct str *out, const struct service *sv, const struct tokens *t,
                         const struct issuing *g)
{
    unsigned char id[TOKEN_ID_BYTES];
    struct str jti = STR_INIT;
    struct jsonw w;
    secret_random(id, sizeof id);
    base64url_add(&jti, id, sizeof id);
    jsonw_init(&w, out);
    jsonw_object(&w);
    if (*sv->settings->jwt_issuer)
        jsonw_kstring(&w, "iss", sv->settings->jwt_issuer);
    jsonw_kstring(&w, "sub", t->user_id);
    if (*sv->settings->jwt_audience)
        jsonw_kstring(&w, "aud", sv->settings->jwt_audience);
    jsonw_kint(&w, "iat", g->issued_at / US_PER_SECOND);
    jsonw_kint(&w, "exp", g->issued_at / US_PER_SECOND + t->expires_in);
    jsonw_kstring(&w, "jti", jti.buf);
    if (g->key)
        jsonw_kstring(&w, TOKEN_KEY_CLAIM, g->key);
    jsonw_end(&w);
    str_release(&jti);
}

static int issue(struct service *sv, struct arena *arena, struct tokens *t, const struct issuing *g,
                 struct err *e)
{
    struct str claims = STR_INIT, token = STR_INIT;
    t->expires_in = (g->minutes ? g->minutes : sv->settings->token_expire_minutes) * 60;
    if (!sv->token_key.len)
        return err_set(e, ERR_CONFLICT,
                       "APPROVAL_JWT_SECRET is not set, so no token can be signed");
    write_claims(&claims, sv, t, g);
    int rc = token_sign(&token, &sv->token_key, claims.buf, e);
    if (rc == 0)
        t->access = arena_strndup(arena, token.buf, token.len);
    str_release(&claims);
    str_release(&token);
    return rc;
}

/* ---- refresh tokens ---- */

struct refreshing {
    const char *user_id;
    struct issuing issuing;
    const char *old;     /* sha256 of what was brought; NULL: somebody has just signed in */
    struct bearer fresh; /* what he gets */
    const char *refusal; /* what was brought is no good */
};

static int keep_first(struct service *sv, struct call *c, struct session *s, const char *user_id,
                      int64_t now, void *arg, struct err *e)
{
    struct refreshing *r = arg;
    struct user_row user = {0};
    if (store_user_get(s, c->arena, user_id, &user, e) < 0)
        return -1;
    r->issuing.issued_at = issue_time(&user, now);
    struct ticket_row ticket = {
        .sha256 = r->fresh.sha256,
        .kind = TICKET_REFRESH,
        .user_id = user_id,
        .family = r->fresh.sha256,
        .created_at = now,
        .expires_at = now + sv->settings->refresh_days * DAY_US,
    };
    return store_ticket_put(s, &ticket, e);
}

/* Somebody else has it, or the one who had it lost the answer: nobody can tell, so both sign in
 * again. */
static int end_reused(struct service *sv, struct call *c, struct session *s,
                      const struct ticket_row *t, int64_t now, struct err *e)
{
    if (t->ended_at)
        return 0;
    if (store_ticket_end(s, t->user_id, t->family, NULL, now, e) < 0)
        return -1;
    return user_record_act(sv, s, c, t->user_id, t->user_id, "refresh.reused", now, e);
}

static int rotate(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                  struct err *e)
{
    struct refreshing *r = arg;
    struct ticket_row t;
    struct user_row user;
    r->refusal = NULL;
    int found = store_ticket_get(s, c->arena, r->old, &t, e);
    if (found > 0 && !strcmp(t.kind, TICKET_REFRESH) && t.used_at) {
        r->refusal = "The refresh token was used before; sign in again";
        return end_reused(sv, c, s, &t, now, e);
    }
    if (found > 0)
        found = holder_of_ticket(s, c->arena, TICKET_REFRESH, r->old, now, &t, &user, e);
    if (found < 0)
        return -1;
    if (!found) {
        r->refusal = "The refresh token is unknown, ended or has expired; sign in again";
        return 0;
    }
    struct ticket_row next = t;
    next.sha256 = r->fresh.sha256;
    next.created_at = now;
    t.used_at = now;
    r->user_id = user.id;
    r->issuing.issued_at = issue_time(&user, now);
    return store_ticket_put(s, &t, e) < 0 || store_ticket_put(s, &next, e) < 0 ? -1 : 0;
}

int tokens_by_password(struct service *sv, struct call *c, const char *name, const char *password,
                       struct tokens *out, struct err *e)
{
    struct refreshing *r = arena_make(c->arena, struct refreshing);
    *out = (struct tokens){0};
    bearer_new(BEARER_REFRESH, NULL, &r->fresh);
    if (password_check_then(sv, c, name, password, keep_first, r, &out->user_id, e) < 0)
        return -1;
    out->refresh = r->fresh.text;
    return issue(sv, c->arena, out, &r->issuing, e);
}

int tokens_by_refresh(struct service *sv, struct call *c, const char *refresh, struct tokens *out,
                      struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    struct refreshing *r = arena_make(c->arena, struct refreshing);
    *out = (struct tokens){0};
    if (!bearer_read(BEARER_REFRESH, refresh, sha256))
        return err_set(e, ERR_UNAUTHENTICATED, "That is no refresh token");
    bearer_new(BEARER_REFRESH, NULL, &r->fresh);
    r->old = sha256;
    if (change_run(sv, c, rotate, r, e) < 0)
        return -1;
    if (r->refusal)
        return err_set(e, ERR_UNAUTHENTICATED, "%s", r->refusal);
    out->user_id = r->user_id;
    out->refresh = r->fresh.text;
    return issue(sv, c->arena, out, &r->issuing, e);
}

/* ---- by key, by the operator ---- */

int tokens_by_key(struct service *sv, struct call *c, const char *client_id,
                  const char *client_secret, struct tokens *out, struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    struct api_key_row key;
    struct user_row user;
    struct session *s = NULL;
    int64_t now = clock_now(sv->clock);
    *out = (struct tokens){0};
    if (!bearer_read(BEARER_API_KEY, client_secret, sha256))
        return err_set(e, ERR_UNAUTHENTICATED, "client_secret must be the whole API key");
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int found = holder_of_key(s, c->arena, client_id, sha256, now, &key, &user, e);
    store_read_end(&s);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_UNAUTHENTICATED, "The API key is unknown, revoked or has expired");
    out->user_id = user.id;
    struct issuing g = {.issued_at = issue_time(&user, now), .key = key.id};
    return issue(sv, c->arena, out, &g, e);
}

struct asking {
    const char *user_id;
    struct issuing issuing;
};

static int note_issued(struct service *sv, struct call *c, struct session *s, int64_t now,
                       void *arg, struct err *e)
{
    struct asking *a = arg;
    struct user_row user;
    int found = holder_user(s, c->arena, a->user_id, &user, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "User not found");
    a->issuing.issued_at = issue_time(&user, now);
    return user_record_act(sv, s, c, user.id, NULL, "token.issued", now, e);
}

int tokens_by_operator(struct service *sv, struct call *c, const char *user_id, int64_t minutes,
                       struct tokens *out, struct err *e)
{
    *out = (struct tokens){.user_id = user_id};
    struct asking a = {user_id, {.minutes = minutes}};
    return change_run(sv, c, note_issued, &a, e) < 0 ? -1 : issue(sv, c->arena, out, &a.issuing, e);
}

/* ---- ending ---- */

struct ending {
    const char *sha256, *kind;
};

static int end_family(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                      struct err *e)
{
    const struct ending *g = arg;
    struct ticket_row t;
    int found = store_ticket_get(s, c->arena, g->sha256, &t, e);
    if (found <= 0 || t.ended_at || strcmp(t.kind, g->kind) != 0)
        return found < 0 ? -1 : 0;
    if (store_ticket_end(s, t.user_id, t.family, NULL, now, e) < 0)
        return -1;
    return user_record_act(sv, s, c, t.user_id, t.user_id, "sign_out", now, e);
}

static int end(struct service *sv, struct call *c, enum bearer_kind bearer, const char *kind,
               const char *text, struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    if (!text || !bearer_read(bearer, text, sha256))
        return 0;
    struct ending g = {sha256, kind};
    return change_run(sv, c, end_family, &g, e);
}

int tokens_end(struct service *sv, struct call *c, const char *refresh, struct err *e)
{
    if (end(sv, c, BEARER_REFRESH, TICKET_REFRESH, refresh, e) < 0)
        return -1;
    return end(sv, c, BEARER_SESSION, TICKET_SESSION, c->who->session, e);
}

static int end_all(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                   struct err *e)
{
    struct user_row user;
    int found = store_user_get(s, c->arena, arg, &user, e);
    if (found < 0)
        return -1;
    if (!found)
        return err_set(e, ERR_NOT_FOUND, "User not found");
    user.tokens_from = holder_tokens_from(user.tokens_from, now);
    if (store_user_put(s, &user, e) < 0 || store_ticket_end(s, user.id, NULL, NULL, now, e) < 0)
        return -1;
    return user_record_act(sv, s, c, user.id, NULL, "tokens.ended", now, e);
}

int tokens_end_all(struct service *sv, struct call *c, const char *user_id, struct err *e)
{
    return change_run(sv, c, end_all, arena_strdup(c->arena, user_id), e);
}
