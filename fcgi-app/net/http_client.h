/*
 * A client of others' HTTP servers (libcurl), for what is fetched now and
 * then: everything about it is bounded.
 */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_GET_US INT64_C(10000000)
#define HTTP_GET_BYTES ((size_t)1 << 20)
#define HTTP_GET_REDIRECTS 3

struct http_get {
    const char *url;
    int64_t within_us; /* for all of it, redirects too; 0: HTTP_GET_US */
    size_t max_bytes;  /* of the body; 0: HTTP_GET_BYTES */
    /* Asked about once a second; true: it is given up. NULL: nobody is asked. */
    bool (*stop)(void *arg);
    void *arg;
};

struct http_body {
    const char *bytes; /* NUL-terminated, in the arena; may hold others */
    size_t len;
};

/*
 * 0: the body of an answer with status 200. URLs are https, or http to a loopback address or
 * localhost, and name no user; so are those that at most HTTP_GET_REDIRECTS redirects lead to, and
 * from https none leads to http. Certificates are checked against the system's authorities. Proxies
 * are those of the environment (https_proxy, no_proxy), which loopback http passes by. Bodies are
 * taken as they are, not unpacked. ERR_INVALID for a URL that is not of that kind; ERR_UNAVAILABLE,
 * with a sentence about what went wrong, for all else. From any thread.
 */
int http_get(struct arena *arena, const struct http_get *get, struct http_body *out, struct err *e);

/* 0, or ERR_INVALID, saying why, for a URL that http_get would not take. *secure: it is https. */
int http_url_check(const char *url, bool *secure, struct err *e);

#endif
