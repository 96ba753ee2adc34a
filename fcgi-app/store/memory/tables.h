/*
 * Tables in memory. Each is a list of row versions that is only added to; a
 * session sees the versions that its commit number lies within, so a snapshot
 * is a number. What a half did is undone by cutting the lists off where they
 * ended before it and by giving back the versions it ended (the undo log).
 *
 * Not thread-safe.
 */
#ifndef STORE_MEMORY_TABLES_H
#define STORE_MEMORY_TABLES_H

#include "store/access.h"

enum table_id {
    WORKFLOWS,
    VERSIONS,
    STAGES,
    APPROVALS,
    TASKS,
    VISITS,
    TIMERS,
    PAYLOADS,
    EVENTS,
    AUDIT,
    OUTBOX,
    IDEMPOTENCY,
    USERS,
    GROUPS,
    CALENDARS,
    SWITCHES,
    PASSWORDS,
    ATTEMPTS,
    TICKETS,
    API_KEYS,
    IDENTITIES,
    KEY_SETS,
    TABLE_COUNT
};

struct version {
    const char *key; /* what rows are looked up by */
    int64_t no;      /* order; with the key it names the row */
    void *row;
    int64_t from, until; /* commits: seen from the one on, until before the other */
};

struct table {
    struct version *versions;
    size_t n, room;
    size_t mark; /* where it ended before the half in hand */
};

struct ended {
    enum table_id table;
    size_t index;
};

struct tables {
    struct arena *arena; /* rows; grows until all is released */
    struct table table[TABLE_COUNT];
    struct ended *undo;
    size_t undo_n, undo_room;
};

void tables_init(struct tables *t);
void tables_release(struct tables *t);

/* A half begins; undo goes back to there. */
void tables_mark(struct tables *t);
void tables_undo(struct tables *t);

/* sees is the commit number of the session, or of the half: its own to be. */
bool version_visible(const struct version *v, int64_t sees);

#define ANY_NO (-1) /* where a key has one row only */
struct version *tables_find(struct tables *t, int64_t sees, enum table_id id, const char *key,
                            int64_t no);
/* Copies the row; returns the copy. Versions found before are no longer valid. */
void *tables_add(struct tables *t, int64_t sees, enum table_id id, const char *key, int64_t no,
                 const void *row);
void tables_end(struct tables *t, int64_t sees, enum table_id id, struct version *v);
/* The number of the next row in the order of writing. */
int64_t tables_next(const struct tables *t, enum table_id id);

struct selection {
    const char *key;                                /* NULL: any */
    int64_t after;                                  /* no above it */
    bool by_key;                                    /* in order of key, not of no */
    const char *above;                              /* keys above it; NULL: any */
    bool (*keep)(const void *row, const void *arg); /* NULL: all */
    const void *arg;
    size_t limit;
};
/* Copies of the versions (not of their rows), in order; in arena. */
struct version *tables_select(const struct tables *t, int64_t sees, struct arena *arena,
                              enum table_id id, const struct selection *s, size_t *n);

/* Fills *to, of the table's row type, with strings and lists of them in arena. */
void row_copy(struct arena *arena, enum table_id id, void *to, const void *from);
size_t row_size(enum table_id id);

#endif
