/*
 * JSON (RFC 8259), strictly. A scan of our own decides what is JSON: grammar,
 * UTF-8, depth, size. json-c, which accepts more than JSON, then only builds
 * the tree. Duplicate keys in an object are refused.
 *
 * A tree is read-only and lives as long as the arena it was parsed into; it
 * may be read by several threads at once. A node pointer of NULL is JSON null
 * (json_member tells "absent" from "null" where that matters).
 *
 * Keys are C strings. A NUL within a key is held as the bytes C0 80, which no
 * valid UTF-8 contains, so it neither cuts a key short nor equals another;
 * where a key is written out, json_canonical gives back "\u0000".
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "arena.h"
#include "err.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Jansson, which libjwt uses, has functions of some of these names: it must not find ours. */
#pragma GCC visibility push(hidden)

struct json;

#define JSON_TYPES(X)   \
    X(NULL, "null")     \
    X(BOOL, "boolean")  \
    X(INT, "integer")   \
    X(DOUBLE, "number") \
    X(STRING, "string") \
    X(ARRAY, "array")   \
    X(OBJECT, "object")

enum json_type {
#define X(name, text) JSON_##name,
    JSON_TYPES(X)
#undef X
};

struct json_limits {
    size_t max_bytes;
    unsigned max_depth; /* containers within containers; at most JSON_DEPTH_MAX */
    size_t max_values;  /* 0: no limit; a tree needs up to a kilobyte for each */
    bool int64_only;    /* refuse integers that do not fit an int64 (json-c would clamp them) */
};
#define JSON_DEPTH_MAX 64
#define JSON_LIMITS_DEFAULT                               \
    {                                                     \
        .max_bytes = 1 << 20, .max_depth = JSON_DEPTH_MAX \
    }

/* Is text exactly one JSON value? No allocation. ERR_TOO_LARGE for size, ERR_BAD_REQUEST with the
 * byte offset and what was expected for the rest. */
int json_scan(const char *text, size_t len, const struct json_limits *limits, struct err *e);

/* Scans, builds the tree, refuses duplicate keys (ERR_BAD_REQUEST naming the key). *out may be set
 * to NULL with 0: the text was "null". text need not outlive the call. */
int json_parse(struct arena *arena, const char *text, size_t len, const struct json_limits *limits,
               const struct json **out, struct err *e);

/* The same for text that was accepted before and has been kept since: of any length. */
int json_parse_kept(struct arena *arena, const char *text, const struct json **out, struct err *e);

enum json_type json_type(const struct json *v);
const char *json_type_name(enum json_type t);

/* Objects. json_get gives NULL for an absent member, a null one, and for what is no object. */
const struct json *json_get(const struct json *object, const char *key);
bool json_member(const struct json *object, const char *key, const struct json **v);
size_t json_object_size(const struct json *object);
/* Calls fn for each member in the order they were sent; stops when it returns false. */
void json_each(const struct json *object,
               bool (*fn)(const char *key, const struct json *v, void *arg), void *arg);

/* Arrays; 0 and NULL for what is no array. */
size_t json_array_size(const struct json *array);
const struct json *json_at(const struct json *array, size_t i);

/* The value that a JSON pointer (RFC 6901) leads to; NULL where it leads nowhere, to null, or is
 * none. "" is v itself. */
const struct json *json_pointer(const struct json *v, const char *pointer);

/* Scalars. json_string gives NULL for what is no string; it may contain NUL bytes: ask for the
 * length where that matters (len may be NULL). Numbers convert as json-c does. */
const char *json_string(const struct json *v, size_t *len);
int64_t json_int(const struct json *v);
double json_double(const struct json *v);
bool json_bool(const struct json *v);

/* Text of the value of a top-level member, within text, which must have passed json_scan. The key
 * is compared after unescaping. false: no such member or no object. */
bool json_span(const char *text, size_t len, const char *key, const char **start, size_t *n);
/* Appends text, which must have passed json_scan, without insignificant white space. */
void json_minify(struct str *out, const char *text, size_t len);
/* Appends the canonical form of a tree: members sorted by key bytes, no white space, numbers as
 * json-c writes them (a double keeps the text it was sent as). For comparing and hashing. */
void json_canonical(struct str *out, const struct json *v);

/*
 * Writing. A small writer that puts the commas in; misuse (a value without a key in an object, ends
 * that do not match) is an assertion. The text is appended to a str.
 */
struct jsonw {
    struct str *out;
    unsigned depth;
    uint64_t filled, object; /* a bit per level: has a value already; is an object */
    bool after_key;
};
void jsonw_init(struct jsonw *w, struct str *out);
void jsonw_object(struct jsonw *w);
void jsonw_array(struct jsonw *w);
void jsonw_end(struct jsonw *w); /* of the innermost object or array */
void jsonw_key(struct jsonw *w, const char *key);
void jsonw_string(struct jsonw *w, const char *s); /* NULL writes null */
void jsonw_int(struct jsonw *w, int64_t n);
void jsonw_bool(struct jsonw *w, bool b);
void jsonw_null(struct jsonw *w);
void jsonw_raw(struct jsonw *w, const char *json); /* a value that is JSON already; NULL: null */
void jsonw_time(struct jsonw *w, int64_t us);      /* RFC 3339; 0 writes null */
void jsonw_value(struct jsonw *w, const struct json *v); /* a tree, members in the order sent */
void jsonw_members(struct jsonw *w, const struct json *object); /* into the object being written */

/* key and value in one. */
void jsonw_kstring(struct jsonw *w, const char *key, const char *s);
void jsonw_kint(struct jsonw *w, const char *key, int64_t n);
void jsonw_kbool(struct jsonw *w, const char *key, bool b);
void jsonw_kraw(struct jsonw *w, const char *key, const char *json);
void jsonw_ktime(struct jsonw *w, const char *key, int64_t us);

#pragma GCC visibility pop

#endif
