#include "authenticate.h"

#include "auth/bearer.h"
#include "auth/token_cache.h"
#include "change.h"
#include "holder.h"
#include "id_set.h"
#include "identity.h"
#include "issuer_keys.h"
#include "tokens.h"

#define TOUCH_AFTER_US (INT64_C(60) * US_PER_SECOND)
#define MINUTE_US (INT64_C(60) * US_PER_SECOND)

/* What has been found out so far, and what must be written when the snapshot is closed. */
struct finding {
    struct service *sv;
    struct arena *arena;
    const struct credentials *brought;
    int64_t now;
    struct principal *out;
    struct user_row user;
    struct vouched vouched;
    bool unseen;       /* vouched must be kept first */
    int64_t issued_at; /* of a token; -1: it is none */
    const char *fresh; /* a token of ours that was verified just now; NULL: none */
    struct cached_token token;
    struct api_key_row *key; /* it was used */
    struct ticket_row *ticket;
    const char *wanted; /* the issuer whose keys must be fetched again; NULL: none */
};

static int unknown(struct err *e, const char *why)
{
    return err_set(e, ERR_UNAUTHENTICATED, "%s", why);
}

static const char *const *common(struct arena *arena, const struct api_key_row *key,
                                 const struct user_row *user, size_t *n)
{
    struct id_set has = {user->roles, user->role_count};
    const char **roles = arena_array(arena, key->role_count, sizeof *roles);
    *n = 0;
    for (size_t i = 0; i < key->role_count; i++)
        if (id_set_has(&has, key->roles[i]))
            roles[(*n)++] = key->roles[i];
    return roles;
}

static void fill(struct finding *f)
{
    const struct user_row *u = &f->user;
    size_t n = u->role_count;
    const char *const *roles = f->key ? common(f->arena, f->key, u, &n) : u->roles;
    f->out->subject = u->id;
    f->out->roles = roles_of(roles, n);
    f->out->key = f->key;
    /* What administrators and auditors do belongs to no workflow. */
    if (f->key && f->key->workflow_count)
        f->out->roles &= ~(1u << ROLE_ADMIN | 1u << ROLE_AUDITOR);
}

/* ---- API keys and tokens ---- */

/* sha256 NULL: a token says that he has shown the key. */
static int find_key(struct finding *f, struct session *s, const char *id, const char *sha256,
                    struct err *e)
{
    f->key = arena_make(f->arena, struct api_key_row);
    int found = holder_of_key(s, f->arena, id, sha256, f->now, f->key, &f->user, e);
    if (found < 0)
        return -1;
    return found ? 0 : unknown(e, "The API key is unknown, revoked or has expired");
}

static int by_api_key(struct finding *f, struct session *s, const char *text, const char *id,
                      struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    if (!bearer_read(BEARER_API_KEY, text, sha256))
        return unknown(e, "The API key is not complete");
    return find_key(f, s, id, sha256, e);
}

/* Keys and rules for a token, by what it says of itself before anybody believes it. */
static int choose_keys(struct finding *f, struct session *s, const char *token,
                       struct token_keys *keys, struct token_rules *rules, const char **issuer,
                       struct err *e)
{
    const struct settings *set = f->sv->settings;
    const char *alg;
    if (token_peek(f->arena, token, &alg, issuer, e) < 0)
        return -1;
    *rules = (struct token_rules){
        .now = f->now,
        .audience = *set->jwt_audience ? set->jwt_audience : NULL,
    };
    if (strcmp(alg, "HS256") != 0)
        return *issuer ? issuer_keys_for(f->sv, s, f->arena, *issuer, keys, e)
                       : unknown(e, "The token does not say who issued it (iss)");
    *issuer = NULL;
    rules->issuer = *set->jwt_issuer ? set->jwt_issuer : NULL;
    *keys = (struct token_keys){&f->sv->token_key, 1};
    return 0;
}

static int check_token(struct finding *f, struct session *s, const char *token,
                       struct token_claims *claims, struct err *e)
{
    struct token_keys keys;
    struct token_rules rules;
    const char *issuer;
    enum token_trouble trouble = TOKEN_REFUSED;
    if (choose_keys(f, s, token, &keys, &rules, &issuer, e) < 0)
        return -1;
    if (token_verify(f->arena, token, &keys, &rules, claims, &trouble, e) < 0) {
        if (trouble == TOKEN_UNKNOWN_KID)
            f->wanted = issuer;
        return -1;
    }
    f->vouched = (struct vouched){
        .issuer = issuer,
        .subject = claims->subject,
        .claims = claims->all,
        .issued_at = claims->issued_at,
    };
    f->issued_at = claims->issued_at;
    return 0;
}

/* A token that was given for an API key is no better than the key is now. */
static int by_key_of_token(struct finding *f, struct session *s, struct err *e)
{
    if (find_key(f, s, f->token.key, NULL, e) < 0)
        return -1;
    return strcmp(f->user.id, f->token.subject) ? unknown(e, "The token is not the key's") : 0;
}

/* All that its claims say was written when it was first seen. */
static int by_cached_token(struct finding *f, struct session *s, struct err *e)
{
    f->issued_at = f->token.issued_at;
    if (f->token.key)
        return by_key_of_token(f, s, e);
    int found = holder_user(s, f->arena, f->token.subject, &f->user, e);
    if (found < 0)
        return -1;
    return found ? 0 : unknown(e, "This user was removed");
}

static int by_token(struct finding *f, struct session *s, const char *token, struct err *e)
{
    struct token_claims claims;
    if (token_cache_find(f->sv->tokens, f->arena, token, f->now, &f->token))
        return by_cached_token(f, s, e);
    if (check_token(f, s, token, &claims, e) < 0)
        return -1;
    f->token = (struct cached_token){
        .subject = claims.subject,
        .issued_at = claims.issued_at,
        .expires_at = claims.expires_at,
    };
    if (!f->vouched.issuer) {
        f->fresh = token;
        f->token.key = json_string(json_get(claims.all, TOKEN_KEY_CLAIM), NULL);
    }
    if (f->token.key)
        return by_key_of_token(f, s, e);
    int found = identity_find(f->sv, s, f->arena, &f->vouched, &f->user, e);
    f->unseen = found == 0;
    return found < 0 ? -1 : 0;
}

static int by_authorization(struct finding *f, struct session *s, struct err *e)
{
    char id[API_KEY_ID_SIZE];
    const char *header = f->brought->authorization;
    if (strncasecmp(header, "Bearer ", 7) != 0)
        return unknown(e, "Send \"Authorization: Bearer\" with an access token or an API key");
    const char *text = header + 7 + strspn(header + 7, " ");
    return bearer_id(text, id) ? by_api_key(f, s, text, id, e) : by_token(f, s, text, e);
}

/* ---- sessions and the proxy ---- */

static int check_origin(const struct finding *f, struct err *e)
{
    const struct credentials *c = f->brought;
    const struct site *site = &f->sv->site;
    if (!c->changes || site_is_origin(site, c->origin, c->sec_fetch_site, c->host))
        return 0;
    return err_set(e, ERR_FORBIDDEN, "This request does not come from a page of %s", site->origin);
}

static int by_session(struct finding *f, struct session *s, const char *cookie, struct err *e)
{
    char sha256[SHA256_HEX_SIZE];
    f->ticket = arena_make(f->arena, struct ticket_row);
    int found =
        bearer_read(BEARER_SESSION, cookie, sha256)
            ? holder_of_ticket(s, f->arena, TICKET_SESSION, sha256, f->now, f->ticket, &f->user, e)
            : 0;
    if (found < 0)
        return -1;
    if (!found || f->now - f->ticket->used_at >= f->sv->settings->session_idle_minutes * MINUTE_US)
        return unknown(e, "Your session has ended; sign in again");
    f->out->session = cookie;
    if (check_origin(f, e) < 0)
        return -1;
    if (f->brought->changes && !csrf_valid(cookie, f->brought->csrf))
        return err_set(e, ERR_FORBIDDEN,
                       "The form is from another session; load its page again and send it once "
                       "more (X-CSRF-Token, or the field csrf)");
    return 0;
}

static int by_proxy(struct finding *f, struct session *s, struct err *e)
{
    f->vouched = (struct vouched){.subject = f->brought->remote_user};
    if (check_origin(f, e) < 0)
        return -1;
    int found = identity_find(f->sv, s, f->arena, &f->vouched, &f->user, e);
    f->unseen = found == 0;
    return found < 0 ? -1 : 0;
}

static int find(struct finding *f, struct session *s, struct err *e)
{
    const struct credentials *c = f->brought;
    bool proxied = c->remote_user && *f->sv->settings->trusted_user_header;
    if (c->authorization)
        return by_authorization(f, s, e);
    const char *cookie = cookie_find(f->arena, c->cookie, cookie_name(&f->sv->site));
    if (cookie) {
        int rc = by_session(f, s, cookie, e);
        if (rc == 0 || e->kind != ERR_UNAUTHENTICATED || !proxied)
            return rc;
        f->ticket = NULL; /* a session that has ended does not hide whom the proxy names */
    }
    if (proxied)
        return by_proxy(f, s, e);
    return unknown(e, "Sign in first: send \"Authorization: Bearer\" with an access token or an "
                      "API key");
}

/* ---- writing ---- */

static int touch(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    (void)sv;
    const struct finding *f = arg;
    struct api_key_row key;
    struct ticket_row ticket;
    if (f->key) {
        int found = store_api_key_get(s, c->arena, f->key->id, &key, e);
        key.used_at = now;
        return found <= 0 ? found : store_api_key_put(s, &key, e);
    }
    int found = store_ticket_get(s, c->arena, f->ticket->sha256, &ticket, e);
    ticket.used_at = now;
    return found <= 0 ? found : store_ticket_put(s, &ticket, e);
}

/* Often enough that a session in use does not look idle. */
static int64_t touch_after(const struct finding *f)
{
    int64_t idle = f->sv->settings->session_idle_minutes * MINUTE_US;
    return f->ticket && idle / 4 < TOUCH_AFTER_US ? idle / 4 : TOUCH_AFTER_US;
}

/* When a key or a session was used last is good to know, and no reason to refuse anybody. */
static void note_use(struct finding *f, struct call *c)
{
    int64_t used_at = f->key ? f->key->used_at : f->ticket ? f->ticket->used_at : f->now;
    struct err why = ERR_INIT;
    if (f->now - used_at >= touch_after(f) && change_run(f->sv, c, touch, f, &why) < 0)
        log_warn(c->log, "sign_in.untouched", "When it was used last was not kept: %s",
                 why.message);
}

static int complete(struct finding *f, struct err *e)
{
    const struct credentials *brought = f->brought;
    struct logctx log = {.request_id = brought->request_id, .actor = f->user.id};
    struct principal himself = {.subject = f->vouched.subject};
    struct call c = {
        .arena = f->arena,
        .who = &himself,
        .log = &log,
        .request_id = brought->request_id,
        .client_address = brought->client_address,
    };
    if (f->unseen && identity_keep(f->sv, &c, &f->vouched, &f->user, e) < 0)
        return -1;
    if (f->issued_at >= 0 && f->issued_at < f->user.tokens_from)
        return unknown(e, "The token is from before everything was ended; sign in again");
    if (f->fresh)
        token_cache_keep(f->sv->tokens, f->fresh, &f->token);
    note_use(f, &c);
    fill(f);
    return 0;
}

/* Where everybody is believed, a browser must not carry what a page of others says. Programs send
 * neither header. */
static int check_own_page(const struct credentials *c, struct err *e)
{
    const char *host = c->origin ? strstr(c->origin, "://") : NULL;
    bool same = c->origin ? host && c->host && !strcasecmp(host + 3, c->host)
                          : !c->sec_fetch_site || !strcmp(c->sec_fetch_site, "same-origin") ||
                                !strcmp(c->sec_fetch_site, "none");
    if (!c->changes || same)
        return 0;
    return err_set(e, ERR_FORBIDDEN, "This request comes from a page of another site");
}

int authenticate(struct service *sv, struct arena *arena, const struct credentials *c,
                 struct principal *out, struct err *e)
{
    struct session *s = NULL;
    struct finding f = {
        .sv = sv,
        .arena = arena,
        .brought = c,
        .now = clock_now(sv->clock),
        .out = out,
        .issued_at = -1,
    };
    *out = principal_anonymous;
    if (!sv->settings->auth)
        return check_own_page(c, e);
    *out = (struct principal){0};
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(&f, s, e);
    store_read_end(&s);
    if (f.wanted)
        issuer_keys_want(sv, f.wanted);
    return rc < 0 ? -1 : complete(&f, e);
}
