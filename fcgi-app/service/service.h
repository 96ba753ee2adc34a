/*
 * The service: what use cases share. One per process; every thread uses it.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "auth/cookie.h"
#include "auth/token.h"
#include "base/clock.h"
#include "base/settings.h"
#include "base/zone.h"
#include "store/store.h"

struct audit_key;
struct definitions;
struct issuer_keys;
struct rules_file;
struct token_cache;

struct service {
    struct store *store;             /* borrowed */
    const struct clock *clock;       /* borrowed */
    const struct settings *settings; /* borrowed */
    struct definitions *definitions; /* parsed versions, see definitions.h */
    struct rules_file *rules;        /* see rules_file.h */
    struct zones *zones;             /* the system's time zones */
    struct issuer_keys *issuers;     /* see issuer_keys.h */
    struct token_cache *tokens;      /* see auth/token_cache.h */
    struct arena *arena;             /* of what follows */
    struct site site;
    struct token_key token_key;         /* that our tokens are signed with; len 0: none */
    const struct audit_key *audit_keys; /* see audit.h; the first is the present one */
    size_t audit_key_count;
};

/* ERR_INVALID naming the setting that is missing or does not fit: APPROVAL_AUDIT_KEY always,
 * APPROVAL_JWT_SECRET with authentication on. */
int service_init(struct service *sv, struct store *store, const struct clock *clock,
                 const struct settings *settings, struct err *e);
void service_release(struct service *sv); /* not the store */

#endif
