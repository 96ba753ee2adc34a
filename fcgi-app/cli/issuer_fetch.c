#include "issuer_fetch.h"

#include "base/json.h"
#include "net/http_client.h"

#define DOCUMENT "/.well-known/openid-configuration"
#define DOCUMENT_VALUES_MAX 10000

struct fetch {
    struct arena *arena;
    const char *issuer;
    bool (*stop)(void *arg);
    bool secure; /* the issuer is https */
};

static int get(const struct fetch *f, const char *url, struct http_body *out, struct err *e)
{
    struct http_get asked = {.url = url, .stop = f->stop};
    if (http_get(f->arena, &asked, out, e) < 0)
        return err_prefix(e, "%s", url);
    if (memchr(out->bytes, '\0', out->len))
        return err_set(e, ERR_UNAVAILABLE, "%s: the answer is no text", url);
    return 0;
}

/* Section 4: a slash at the end of the issuer is left out here, and nowhere else. */
static const char *document_url(const struct fetch *f)
{
    size_t n = strlen(f->issuer);
    int kept = (int)(n && f->issuer[n - 1] == '/' ? n - 1 : n);
    return arena_printf(f->arena, "%.*s" DOCUMENT, kept, f->issuer);
}

/* A member that is a string without NUL; NULL: it is none. */
static const char *text_member(const struct json *object, const char *key)
{
    size_t n;
    const char *text = json_string(json_get(object, key), &n);
    return text && strlen(text) == n ? text : NULL;
}

static int document_read(const struct fetch *f, const char *url, const struct http_body *body,
                         const char **jwks_uri, struct err *e)
{
    struct json_limits limits = {
        .max_bytes = HTTP_GET_BYTES,
        .max_depth = JSON_DEPTH_MAX,
        .max_values = DOCUMENT_VALUES_MAX,
    };
    const struct json *document = NULL;
    struct err why = ERR_INIT;
    if (json_parse(f->arena, body->bytes, body->len, &limits, &document, &why) < 0)
        return err_set(e, ERR_UNAVAILABLE, "%s: the answer is no JSON: %s", url, why.message);
    /* Section 4.3: one that could speak for another issuer would decide who signs in. */
    const char *issuer = text_member(document, "issuer");
    if (!issuer || strcmp(issuer, f->issuer) != 0)
        return err_set(e, ERR_UNAVAILABLE, "%s: it names %s%s as its issuer, not exactly %s", url,
                       issuer ? "" : "nobody", issuer ? issuer : "", f->issuer);
    *jwks_uri = text_member(document, "jwks_uri");
    if (!*jwks_uri)
        return err_set(e, ERR_UNAVAILABLE, "%s: it does not say where the keys are (jwks_uri)",
                       url);
    return 0;
}

static int keys_url_check(const struct fetch *f, const char *url, struct err *e)
{
    struct err why = ERR_INIT;
    bool secure = false;
    if (http_url_check(url, &secure, &why) < 0)
        return err_set(e, ERR_UNAVAILABLE, "the jwks_uri %s is not taken: %s", url, why.message);
    if (f->secure && !secure)
        return err_set(e, ERR_UNAVAILABLE, "the jwks_uri %s is not taken: it must be https", url);
    return 0;
}

int issuer_fetch(struct arena *arena, const char *issuer, bool (*stop)(void *arg),
                 const char **jwks, struct err *e)
{
    struct fetch f = {.arena = arena, .issuer = issuer, .stop = stop};
    struct http_body body;
    const char *url = document_url(&f), *keys_url = NULL;
    if (http_url_check(issuer, &f.secure, e) < 0)
        return err_prefix(e, "%s", issuer);
    if (get(&f, url, &body, e) < 0 || document_read(&f, url, &body, &keys_url, e) < 0 ||
        keys_url_check(&f, keys_url, e) < 0 || get(&f, keys_url, &body, e) < 0)
        return -1;
    *jwks = body.bytes;
    return 0;
}
