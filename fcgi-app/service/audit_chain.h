/*
 * What the chain of the audit log consists of, for what adds to it, seals it
 * and checks it. Nobody else includes this; audit.h is the contract.
 */
#ifndef SERVICE_AUDIT_CHAIN_H
#define SERVICE_AUDIT_CHAIN_H

#include "audit.h"
#include "base/str.h"

#define AUDIT_ENTITY "audit"
#define AUDIT_LOG "log"   /* what seals and changes of the key are about */
#define AUDIT_LIST "list" /* what was read */
#define AUDIT_SEALED "audit.sealed"
#define AUDIT_KEY_CHANGED "audit.key_changed"
#define AUDIT_READ "audit.read"

/* Appends the canonical content: previous, then id, created_at (microseconds), actor_id,
 * acting_for, client_address, request_id, entity_type, entity_id, action, payload, key_id. */
void audit_canonical(struct str *out, const char *previous, const struct audit_row *row);

void audit_mac(const struct audit_key *key, const char *previous, const struct audit_row *row,
               char out[AUDIT_MAC_SIZE]);

/* The digest over entries that have no mac, one after the other: the SHA-256 of the canonical
 * content with the digest so far as the previous value ("": none yet). */
void audit_digest(char digest[AUDIT_MAC_SIZE], const struct audit_row *row);

/* Appends the payload of the entry that seals them. */
void audit_seal_payload(struct str *out, int64_t entries, const char *digest);

/* NULL: there is none of that id. */
const struct audit_key *audit_key_find(const struct service *sv, const char *id);

/* newest is the entry before, or NULL for the first. */
int audit_append(struct session *s, const struct audit_key *key, const struct audit_row *newest,
                 const struct audit_entry *entry, int64_t now, struct err *e);

#endif
