/*
 * One request as a handler sees it. Everything lives in its arena.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_METHODS(X) X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)

enum http_method {
#define X(name) HTTP_##name,
    HTTP_METHODS(X)
#undef X
        HTTP_METHOD_COUNT, /* also: one we do not know */
};

const char *http_method_name(enum http_method m); /* "GET" */

struct principal; /* who is calling; this folder only hands it on */

#define REQUEST_PATH_PARAMS_MAX 4

struct name_value {
    const char *name, *value;
};

struct request {
    struct arena *arena;
    enum http_method method;
    const char *method_name;     /* as sent */
    const char *target;          /* raw: path and query as sent */
    const char *path;            /* raw path */
    const char *const *segments; /* decoded path segments: "/a/b%2Fc" is {"a", "b/c"} */
    size_t segment_count;
    const struct name_value *query; /* decoded, in order */
    size_t query_count;
    const struct name_value *headers; /* lower-case names with "-": "content-type" */
    size_t header_count;
    const char *body; /* NUL-terminated after body_len bytes */
    size_t body_len;
    const struct name_value *form; /* decoded, in order; after request_form */
    size_t form_count;
    const char *id; /* request id: nginx's, or one of ours */
    const char *client_address;
    const char *remote_user; /* whom a trusted proxy names, as nginx says; NULL: nobody */
    struct logctx log;

    /* Filled by the router. */
    const struct name_value *path_params; /* "id" for "{id}" */
    size_t path_param_count;
    const struct principal *principal;
};

/* What the transport hands over: CGI variables as "NAME=value" and the raw body. */
struct request_source {
    char *const *env;
    const char *body;
    size_t body_len;
};

/*
 * Parses method, target, headers. ERR_BAD_REQUEST for a target that does not decode (bad escapes,
 * NUL, not UTF-8), and for a header that must come once and came twice (authorization,
 * idempotency-key, content-type, content-length, x-request-id).
 */
int request_parse(struct request *r, struct arena *arena, const struct request_source *src,
                  struct err *e);

/* NULL when absent. Names are lower case. */
const char *request_header(const struct request *r, const char *name);
const char *request_query(const struct request *r, const char *name);
const char *request_path_param(const struct request *r, const char *name);

/*
 * The body as a JSON object. ERR_MEDIA_TYPE unless Content-Type is application/json (any
 * parameters; charset must be utf-8) or absent; ERR_INVALID when it is empty, not JSON, has
 * duplicate keys, or is no object.
 */
int request_json(struct request *r, const struct json **out, struct err *e);
/* After request_json: the text of a top-level member, or of the whole body for NULL, as it was sent
 * but without insignificant white space; in the arena. NULL when there is no such member. */
const char *request_text(const struct request *r, const char *member);
/* Reads the body's members by table (base/fields.h); one error names every bad one. */
int request_fields(const struct request *r, const struct json *body, const struct field *fields,
                   size_t n, void *out, struct err *e);

/* Whether Content-Type says that the body is a form (application/x-www-form-urlencoded). */
bool request_is_form(const struct request *r);
/* The body as such a form. ERR_MEDIA_TYPE when it is none; ERR_BAD_REQUEST when it does not decode
 * to UTF-8 text without NUL, has more than 100 fields, or names a field twice. Again: nothing
 * happens. */
int request_form(struct request *r, struct err *e);
/* After request_form; NULL when absent. */
const char *request_form_value(const struct request *r, const char *name);

/* Query parameters declared as a table; every bad one is named (pointer: the parameter's name). */
enum query_type { QUERY_TEXT, QUERY_INT };
struct query_field {
    const char *name;
    enum query_type type;
    long long min, max; /* of an int: below min is refused, above max is clamped to it */
    size_t offset;      /* const char * or int64_t; left as it is when absent */
};
int request_query_read(const struct request *r, const struct query_field *fields, size_t n,
                       void *out, struct err *e);

#endif
