/*
 * A connection to the database, set up as all of ours are, with its prepared
 * statements. Used by one thread at a time.
 */
#ifndef STORE_SQLITE_CONN_H
#define STORE_SQLITE_CONN_H

#include "sql.h"

#include "base/err.h"

#include <sqlite3.h>

#include <stdbool.h>

struct conn {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT]; /* prepared when first used */
    /* Nothing may be run outside a transaction. FULL, IOERR and NOMEM can end one at any statement,
     * and what came next would be committed by itself. */
    bool in_transaction_only;
};

enum conn_kind {
    CONN_READ, /* cannot change anything, not even the journal mode */
    CONN_WRITE
};

#define CONN_BUSY_MS 5000

/* The database must exist. vfs NULL: the default. */
int conn_open(const char *path, const char *vfs, enum conn_kind kind, struct conn **out,
              struct err *e);
/* Never checkpoints. NULL inside is fine; sets *c NULL. */
void conn_close(struct conn **c);

/* -1 with ERR_UNAVAILABLE when the file has been moved, replaced or deleted since it was opened:
 * what is written into it then would be gone with this process. */
int conn_in_place(struct conn *c, struct err *e);

/* The statement, ready to bind and step; NULL with *e set. Reset it when done with it.
 * ERR_UNAVAILABLE when in_transaction_only is set and the transaction has been lost. */
sqlite3_stmt *conn_statement(struct conn *c, enum sql n, struct err *e);

/* Sets *e for a result code of SQLite: ERR_UNAVAILABLE for what may pass, ERR_INTERNAL for the
 * rest. SQLite's own words, which may carry SQL, go to the log only. Call it before anything else
 * is asked of the connection. Returns -1. */
int conn_error(struct conn *c, int rc, struct err *e);

#endif
