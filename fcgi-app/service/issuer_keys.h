/*
 * The keys that tokens of others are verified with: from a file, and from an
 * OpenID Connect issuer, whose set is fetched by approvalctl and kept in the
 * database.
 */
#ifndef SERVICE_ISSUER_KEYS_H
#define SERVICE_ISSUER_KEYS_H

#include "auth/token.h"
#include "service.h"

struct issuer_keys; /* parsed sets, shared by all threads */

/* path "" : no file. The file is PEM public keys one after the other, or a JWKS; it is read now.
 * ERR_INVALID naming APPROVAL_JWT_PUBLIC_KEYS. issuer "": none. */
int issuer_keys_open(const char *path, const char *issuer, struct issuer_keys **out, struct err *e);
void issuer_keys_close(struct issuer_keys **k);

/* For a token of that iss (NULL: it has none): its keys, in the arena, which must be given back
 * before the service is. Keys of the file hold for every issuer but, where one is configured, for
 * that one only. */
int issuer_keys_for(struct service *sv, struct session *s, struct arena *arena, const char *issuer,
                    struct token_keys *out, struct err *e);

/* Notes that a token came with a key that is not in the set, so that it is fetched again: at most
 * once a minute for each process, and only for the issuer that is configured. It writes, so not
 * within a session. What goes wrong is logged. */
void issuer_keys_want(struct service *sv, const char *issuer);

/* Whether the set should be fetched: never fetched, older than 10 minutes, or wanted since and not
 * fetched within the last minute: 1, 0, -1. */
int issuer_keys_due(struct service *sv, const char *issuer, struct err *e);
/* Keeps a set that was fetched. ERR_INVALID where it is none or has no key that we can use: then
 * the one from before stays. Audited as issuer.keys_changed where it is not the same text. */
int issuer_keys_put(struct service *sv, struct arena *arena, const char *issuer, const char *jwks,
                    struct err *e);

/* What is kept of an issuer. */
struct issuer_keys_kept {
    struct token_keys keys; /* those that we can use, in the arena */
    int64_t fetched_at;     /* 0: never */
    int64_t wanted_at;      /* 0: never */
};
int issuer_keys_read(struct service *sv, struct arena *arena, const char *issuer,
                     struct issuer_keys_kept *out, struct err *e);

#endif
