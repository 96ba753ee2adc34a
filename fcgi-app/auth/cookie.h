/*
 * The session cookie (RFC 6265) and what protects requests that it signs:
 * the origin they come from, and a token in each form.
 */
#ifndef AUTH_COOKIE_H
#define AUTH_COOKIE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Where users reach the service. */
struct site {
    const char *origin; /* "https://approvals.example": scheme, host, port where not the default */
    bool secure;        /* https */
    bool loopback;      /* the host is 127.0.0.0/8, ::1 or localhost */
    bool assumed; /* not configured: the Host of a request says which loopback name and port */
};

/* url is APPROVAL_PUBLIC_URL (no path but "/", no query, no user); "" assumes
 * "http://127.0.0.1:<port>". The origin is as browsers write it, but an IPv6 address is taken as it
 * stands. ERR_INVALID naming what is wrong. */
int site_read(struct arena *arena, const char *url, int64_t port, struct site *out, struct err *e);

/* Why nobody can sign in to pages here (plain http beyond this machine); NULL: it is fine. */
const char *site_refusal(const struct site *s);

/* "__Host-approvals" on https, "approvals" on loopback http. */
const char *cookie_name(const struct site *s);

/* The value of the cookie of that name in a Cookie header (NULL: there is none), with any quotes,
 * as RFC 6265 has it. NULL: not there, there twice, or longer than 4096 bytes. In the arena. */
const char *cookie_find(struct arena *arena, const char *header, const char *name);

/* A Set-Cookie value; max_age in seconds, 0 takes the cookie away. */
void cookie_set(struct str *out, const struct site *s, const char *value, int64_t max_age);

/* Whether a request that changes something comes from our own pages: Origin is the site's (where
 * the site is assumed: http and the request's own Host). Without an Origin, Sec-Fetch-Site must be
 * same-origin. Where the site is assumed, Host must be loopback in any case. Headers may be NULL.
 */
bool site_is_origin(const struct site *s, const char *origin, const char *sec_fetch_site,
                    const char *host);

#define CSRF_SIZE 44
/* The token of a session's forms, made of the session cookie's value. */
void csrf_token(const char *session, char out[CSRF_SIZE]);
bool csrf_valid(const char *session, const char *token); /* token may be NULL */

#endif
