/*
 * Errors: a kind, which decides the HTTP status and the exit code, and a
 * message written where the fact is known, for the person who will read it.
 *
 * Functions that can fail take a `struct err *` as their last parameter and
 * return 0 or -1 (look-ups: 1 found, 0 not there, -1 error). The pointer is
 * never NULL. After 0 the content of *e is not touched.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

/* The list of kinds; http/problem.c maps them to statuses, cli to exit codes. */
#define ERR_KINDS(X)                                                                    \
    X(NONE, "none")                                                                     \
    X(BAD_REQUEST, "bad-request")         /* the request makes no sense as it stands */ \
    X(UNAUTHENTICATED, "unauthenticated") /* nobody we know */                          \
    X(FORBIDDEN, "forbidden")             /* known, and may not */                      \
    X(NOT_FOUND, "not-found")             /* or not to be known of by the caller */     \
    X(METHOD, "method-not-allowed")                                                     \
    X(CONFLICT, "conflict") /* the state has moved on */                                \
    X(STALE, "stale")       /* decided on something that was not seen */                \
    X(LENGTH, "length-required")                                                        \
    X(TOO_LARGE, "too-large")                                                           \
    X(MEDIA_TYPE, "media-type")                                                         \
    X(INVALID, "invalid")         /* values that do not fit; see problems.h */          \
    X(TOO_MANY, "too-many")       /* not before retry_after */                          \
    X(UNAVAILABLE, "unavailable") /* try again: nothing was kept */                     \
    X(INTERNAL, "internal")       /* our fault */

enum err_kind {
#define X(name, text) ERR_##name,
    ERR_KINDS(X)
#undef X
        ERR_KIND_COUNT
};

struct problems;

struct err {
    enum err_kind kind;
    char message[512]; /* UTF-8, one sentence; cut at a character when too long */
    int retry_after;   /* seconds; set after err_set, which forgets it; 0: not said */
    /* Each bad field by itself, or NULL; lives as long as the collector's arena. */
    const struct problems *problems;
};

#define ERR_INIT                                          \
    {                                                     \
        .kind = ERR_NONE, .message = "", .problems = NULL \
    }

/* Sets kind and message (printf) and forgets any problems. Always returns -1. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int err_vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* Puts "<text>: " before the message; the kind stays. Always returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "not-found" for ERR_NOT_FOUND. */
const char *err_kind_name(enum err_kind kind);

#endif
