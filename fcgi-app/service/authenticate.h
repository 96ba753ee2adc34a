/*
 * From what a request brings along to who sends it. Writes only at first
 * sight of somebody, when his claims have changed, and now and then when a
 * key or a session was used.
 */
#ifndef SERVICE_AUTHENTICATE_H
#define SERVICE_AUTHENTICATE_H

#include "auth/principal.h"
#include "service.h"

/* Members are NULL where the request has no such thing. */
struct credentials {
    const char *authorization; /* the header: "Bearer" with an access token or an API key */
    const char *cookie;        /* the header */
    const char *remote_user;   /* whom a trusted proxy names; from nginx, never from a header */
    const char *csrf;          /* X-CSRF-Token, or the field `csrf` of a form */
    const char *origin, *sec_fetch_site, *host;
    bool changes; /* the method is none of GET, HEAD, OPTIONS */
    const char *request_id, *client_address;
};

/*
 * ERR_UNAUTHENTICATED: nothing that we know, or no longer. ERR_FORBIDDEN: signed in by cookie or
 * proxy, and a request that changes something does not come from our own pages, or (cookie) its
 * token is missing. An Authorization header counts alone; then a session that has
 * not ended; then the proxy. Roles are
 * the store's, now. With authentication off: principal_anonymous.
 */
int authenticate(struct service *sv, struct arena *arena, const struct credentials *c,
                 struct principal *out, struct err *e);

#endif
