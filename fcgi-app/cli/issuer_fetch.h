/*
 * Fetching the keys of an OpenID Connect issuer (OpenID Connect Discovery
 * 1.0): its document says where they are.
 */
#ifndef CLI_ISSUER_FETCH_H
#define CLI_ISSUER_FETCH_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>

/*
 * *jwks is what the issuer gave as its keys, in the arena: text, not yet looked at. The document
 * must name exactly this issuer; the keys are where it says, at a URL that http_get takes, and at
 * https unless the issuer is http itself. stop as in net/http_client.h, given NULL. ERR_INVALID for
 * an issuer that is no such URL, ERR_UNAVAILABLE for all else, naming the URL that was asked.
 */
int issuer_fetch(struct arena *arena, const char *issuer, bool (*stop)(void *arg),
                 const char **jwks, struct err *e);

#endif
