/*
 * Signing in and out: OAuth 2.0's token endpoint (RFC 6749), whose errors are
 * its own, and what belongs to it.
 */
#include "handlers.h"

#include "auth/principal.h"
#include "base/base64.h"
#include "http/problem.h"
#include "posting.h"
#include "service/password.h"
#include "service/tokens.h"

#define VALUE_MAX 4096

/* As a form, which is what RFC 6749 asks, or as JSON. */
struct grant {
    const char *type, *username, *password, *client_id, *client_secret, *refresh_token, *scope;
};

static const struct field grant_fields[] = {
    {"grant_type", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, type)},
    {"username", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, username)},
    {"password", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, password)},
    {"client_id", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, client_id)},
    {"client_secret", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, client_secret)},
    {"refresh_token", FIELD_STRING, 0, 1, VALUE_MAX, offsetof(struct grant, refresh_token)},
    {"scope", FIELD_STRING, 0, 0, VALUE_MAX, offsetof(struct grant, scope)},
};
#define GRANT_FIELDS (sizeof grant_fields / sizeof *grant_fields)

static int read_form(struct request *req, struct grant *out, struct err *e)
{
    if (request_form(req, e) < 0)
        return -1;
    for (size_t i = 0; i < GRANT_FIELDS; i++) {
        const char *value = request_form_value(req, grant_fields[i].name);
        if (value && strlen(value) > VALUE_MAX)
            return err_set(e, ERR_INVALID, "%s is too long", grant_fields[i].name);
        /* RFC 6749, section 3.2: a parameter without a value was not sent. */
        *(const char **)(void *)((char *)out + grant_fields[i].offset) =
            value && *value ? value : NULL;
    }
    return 0;
}

static int read_fields(struct request *req, struct grant *out, struct err *e)
{
    const struct json *body;
    if (request_is_form(req))
        return read_form(req, out, e);
    return request_json(req, &body, e) < 0
               ? -1
               : request_fields(req, body, grant_fields, GRANT_FIELDS, out, e);
}

/* A client may say who it is by HTTP Basic, whose parts are form-encoded there; those of ours need
 * no encoding. */
static int read_basic(struct request *req, struct grant *out, struct err *e)
{
    const char *header = request_header(req, "authorization");
    if (!header || strncasecmp(header, "Basic ", 6) != 0)
        return 0;
    if (out->client_secret)
        return err_set(e, ERR_BAD_REQUEST, "The client says twice who it is");
    size_t n = 0;
    const char *text = header + 6;
    char *pair = (char *)base64_decode(req->arena, text, strlen(text), &n);
    char *colon = pair && strlen(pair) == n ? strchr(pair, ':') : NULL;
    if (!colon)
        return err_set(e, ERR_BAD_REQUEST, "The Authorization header is not what Basic asks for");
    *colon = '\0';
    out->client_id = pair;
    out->client_secret = colon + 1;
    return 0;
}

static void write_tokens(struct str *out, const struct tokens *t)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "access_token", t->access);
    jsonw_kstring(&w, "token_type", "Bearer");
    jsonw_kint(&w, "expires_in", t->expires_in);
    if (t->refresh)
        jsonw_kstring(&w, "refresh_token", t->refresh);
    jsonw_end(&w);
}

static void answer_json(struct response *r, int status)
{
    r->status = status;
    r->content_type = TYPE_JSON;
}

/* RFC 6749, section 5.2. */
static void answer_error(struct response *r, int status, const char *error, const char *text)
{
    struct jsonw w;
    answer_json(r, status);
    jsonw_init(&w, &r->body);
    jsonw_object(&w);
    jsonw_kstring(&w, "error", error);
    jsonw_kstring(&w, "error_description", text);
    jsonw_end(&w);
    if (status == 401)
        response_header(r, "WWW-Authenticate", "Basic realm=\"approvals\"");
}

/* What the body or the header is wrong in is told in the same form. */
static int answer_malformed(struct response *r, const struct err *e)
{
    if (e->kind != ERR_BAD_REQUEST && e->kind != ERR_INVALID)
        return -1;
    answer_error(r, 400, "invalid_request", e->message);
    return 0;
}

enum grant_type { GRANT_PASSWORD, GRANT_CLIENT, GRANT_REFRESH, GRANT_COUNT };

static const struct {
    const char *name, *missing;
} grants[] = {
    [GRANT_PASSWORD] = {"password", "username and password are needed"},
    [GRANT_CLIENT] = {"client_credentials", "client_id and client_secret are needed"},
    [GRANT_REFRESH] = {"refresh_token", "refresh_token is needed"},
};
_Static_assert(sizeof grants / sizeof *grants == GRANT_COUNT, "a row for each grant");

static bool is_complete(const struct grant *g, enum grant_type type)
{
    switch (type) {
    case GRANT_PASSWORD:
        return g->username && g->password;
    case GRANT_CLIENT:
        return g->client_id && g->client_secret;
    case GRANT_REFRESH:
        return g->refresh_token != NULL;
    case GRANT_COUNT:
        break;
    }
    return false;
}

static int take(struct service *sv, struct call *c, const struct grant *g, enum grant_type type,
                struct tokens *out, struct err *e)
{
    switch (type) {
    case GRANT_PASSWORD:
        return tokens_by_password(sv, c, g->username, g->password, out, e);
    case GRANT_CLIENT:
        return tokens_by_key(sv, c, g->client_id, g->client_secret, out, e);
    case GRANT_REFRESH:
        return tokens_by_refresh(sv, c, g->refresh_token, out, e);
    case GRANT_COUNT:
        break;
    }
    return err_set(e, ERR_INTERNAL, "no such grant");
}

/* Nobody has signed in yet: it is the one who is about to. */
static void call_of_nobody(struct request *req, struct call *c)
{
    static const struct principal nobody = {.subject = "anonymous"};
    posting_call_unkeyed(req, NULL, c);
    c->who = &nobody;
}

static int give_tokens(struct service *sv, struct request *req, struct response *r,
                       const struct grant *g, enum grant_type type, struct err *e)
{
    struct call c;
    struct tokens tokens;
    call_of_nobody(req, &c);
    if (take(sv, &c, g, type, &tokens, e) == 0) {
        answer_json(r, 200);
        write_tokens(&r->body, &tokens);
        return 0;
    }
    if (e->kind != ERR_UNAUTHENTICATED)
        return -1;
    if (type == GRANT_CLIENT)
        answer_error(r, 401, "invalid_client", e->message);
    else
        answer_error(r, 400, "invalid_grant", e->message);
    return 0;
}

static int find_grant(const char *name)
{
    for (int i = 0; i < GRANT_COUNT; i++)
        if (!strcmp(grants[i].name, name))
            return i;
    return -1;
}

int api_auth_token(void *app, struct request *req, struct response *r, struct err *e)
{
    struct grant g = {0};
    if (posting_no_key(req, e) < 0)
        return -1;
    if (read_fields(req, &g, e) < 0 || read_basic(req, &g, e) < 0)
        return answer_malformed(r, e);
    int type = g.type ? find_grant(g.type) : GRANT_COUNT;
    if (type < 0)
        answer_error(r, 400, "unsupported_grant_type",
                     "grant_type must be password, client_credentials or refresh_token");
    else if (type == GRANT_COUNT)
        answer_error(r, 400, "invalid_request", "grant_type is needed");
    else if (!is_complete(&g, (enum grant_type)type))
        answer_error(r, 400, "invalid_request", grants[type].missing);
    else
        return give_tokens(app, req, r, &g, (enum grant_type)type, e);
    return 0;
}

int api_auth_refresh(void *app, struct request *req, struct response *r, struct err *e)
{
    struct grant g = {0};
    if (posting_no_key(req, e) < 0)
        return -1;
    if (read_fields(req, &g, e) < 0)
        return answer_malformed(r, e);
    if (g.refresh_token)
        return give_tokens(app, req, r, &g, GRANT_REFRESH, e);
    answer_error(r, 400, "invalid_request", grants[GRANT_REFRESH].missing);
    return 0;
}

int api_auth_logout(void *app, struct request *req, struct response *r, struct err *e)
{
    struct grant g = {0};
    struct call c;
    call_of_nobody(req, &c);
    if (read_fields(req, &g, e) < 0)
        return answer_malformed(r, e);
    if (!g.refresh_token) {
        answer_error(r, 400, "invalid_request", grants[GRANT_REFRESH].missing);
        return 0;
    }
    if (tokens_end(app, &c, g.refresh_token, e) < 0)
        return -1;
    r->status = 204;
    return 0;
}

struct new_password {
    const char *current, *password;
};

static const struct field password_fields[] = {
    {"current", FIELD_STRING, FIELD_REQUIRED, 1, VALUE_MAX, offsetof(struct new_password, current)},
    {"password", FIELD_STRING, FIELD_REQUIRED, 1, VALUE_MAX,
     offsetof(struct new_password, password)},
};

int api_auth_password(void *app, struct request *req, struct response *r, struct err *e)
{
    size_t n = sizeof password_fields / sizeof *password_fields;
    const struct json *body;
    struct new_password in = {0};
    struct call c;
    posting_call_unkeyed(req, NULL, &c);
    if (posting_no_key(req, e) < 0 || request_json(req, &body, e) < 0)
        return -1;
    struct problems *problems = problems_new(req->arena);
    fields_read(body, "", password_fields, n, &in, problems);
    fields_refuse_unknown(body, "", password_fields, n, problems);
    if (problems_err(problems, e) < 0 || password_change(app, &c, in.current, in.password, e) < 0)
        return -1;
    r->status = 204;
    return 0;
}

/* Our own tokens are signed with a secret (HS256), so there is no public key to publish. */
int api_jwks(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    answer_json(r, 200);
    str_add(&r->body, "{\"keys\":[]}");
    return 0;
}
