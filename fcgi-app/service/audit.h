/*
 * The audit log: append-only, and chained, so that what is changed, removed,
 * inserted or put in another order afterwards is found. Each entry holds the
 * HMAC-SHA-256 of the previous entry's value and its own canonical content:
 * each part as its length in decimal, ":" and its bytes ("-" where there is
 * none), beginning with the previous value in hex. audit_chain.h has the
 * order, docs/audit.md what this proves.
 *
 * Keys are outside the database. Entries carry their key's id, so that a key
 * can be replaced; those from before the first key are sealed by one entry
 * over their digest.
 */
#ifndef SERVICE_AUDIT_H
#define SERVICE_AUDIT_H

#include "service.h"
#include "store/store.h"

#define AUDIT_MAC_SIZE 65 /* 64 lower-case hex digits */
#define AUDIT_KEY_ID_SIZE 17

struct call;

struct audit_key {
    char id[AUDIT_KEY_ID_SIZE]; /* of the key: the beginning of an HMAC under it */
    const char *bytes;
    size_t len;
};

/* The keys an audit log is checked with; new entries are made with the first. */
struct audit_keys {
    const struct audit_key *list;
    size_t count;
};

/* key, and old ones a line each (may be ""). key "": there are none at all. */
struct audit_keys audit_keys_read(struct arena *arena, const char *key, const char *old_keys);

/* For an apply half: the entry is added to the chain. ERR_INTERNAL without a key, and where the log
 * has entries from before there was one that are not sealed; ERR_UNAVAILABLE where the log goes on
 * under another key, because it was replaced while this process ran. */
int audit_add(struct service *sv, struct session *s, const struct audit_entry *entry, int64_t now,
              struct err *e);

/* Makes the log one that entries can be added to: seals those that have no mac, and notes that the
 * present key replaces the newest entry's. Nothing to do where the newest is under the present key.
 * Once at start, before anything is written. ERR_INVALID where the newest entry's key is not among
 * the keys, or the present one was replaced before; ERR_INTERNAL where entries without a mac follow
 * others. */
int audit_seal(struct service *sv, struct arena *arena, struct err *e);
/* The same where the newest entry's key is lost: what it was under can be verified no more. */
int audit_rekey(struct service *sv, struct arena *arena, struct err *e);

/* The newest entry's number and mac, to be kept elsewhere: "<id>:<mac>". */
struct audit_head {
    int64_t id;       /* 0: there is none, and mac is "" */
    const char *mac;  /* "": it is not sealed */
    int64_t unsealed; /* entries without a mac, where the newest has none */
};
int audit_head_read(struct service *sv, struct arena *arena, struct audit_head *out, struct err *e);

struct audit_span {
    int64_t from;     /* that entry is taken for good, with all before it; 0: nothing is */
    int64_t limit;    /* entries that may be looked at; 0: all */
    const char *kept; /* a head from earlier, which must be part of the log; NULL: none */
};

struct audit_check {
    bool ok;
    int64_t entries;    /* that were looked at */
    int64_t first_bad;  /* id of the entry that is wrong, or is not there; 0: none */
    const char *reason; /* a sentence that names it; NULL when ok */
    int64_t next_from;  /* from where to go on, the limit being reached; 0: it was all */
    struct audit_head head;
};

/* Goes through the log. Reads in many short sessions. Entries whose key is not among the keys are
 * bad, as are those under a key that was replaced before, and a newest one that is not under the
 * present key. ERR_INVALID: kept is no head; from is one of the entries that are sealed together;
 * there are more of those than may be looked at. Strings are in the arena. */
int audit_verify(struct service *sv, struct arena *arena, const struct audit_span *span,
                 struct audit_check *out, struct err *e);

struct audit_list {
    const struct audit_row *rows;
    size_t count;
    int64_t next; /* 0: no more */
};
int audit_read_list(struct service *sv, struct arena *arena, const struct audit_filter *f,
                    struct audit_list *out, struct err *e);
/* That the caller has read a list which only some may see becomes an entry, about entity "list". */
int audit_reading(struct service *sv, struct call *c, const char *entity_type, const char *action,
                  struct err *e);
/* The log for somebody who asks: that he has read it, and by what filter, becomes an entry itself.
 */
int audit_show(struct service *sv, struct call *c, const struct audit_filter *f,
               struct audit_list *out, struct err *e);

#endif
