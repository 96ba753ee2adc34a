#include "conn.h"

#include "base/arena.h"
#include "base/log.h"

#include <pthread.h>

/* "optimize" costs at most so many rows of each index. */
#define ANALYSIS_LIMIT "400"

static const char common_settings[] = "PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = ON;"
                                      "PRAGMA cell_size_check = ON;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA trusted_schema = OFF;"
                                      /* No files outside the database's folder. */
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA analysis_limit = " ANALYSIS_LIMIT ";";

static const char *const kind_settings[] = {
    [CONN_READ] = "PRAGMA query_only = ON;",
    /* Room for the pages of a whole batch. */
    [CONN_WRITE] = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -8192;",
};

static int apply_switches(sqlite3 *db)
{
    static const struct {
        int op, value;
    } switches[] = {
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
    };
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        int rc = sqlite3_db_config(db, switches[i].op, switches[i].value, NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

static int set_up(sqlite3 *db, enum conn_kind kind)
{
    sqlite3_extended_result_codes(db, 1);
    int rc = apply_switches(db);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, CONN_BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, common_settings, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, kind_settings[kind], NULL, NULL, NULL);
    return rc;
}

/* SQLite would count its memory under one lock for the whole process; nobody asks for the counts.
 */
static void no_memory_statistics(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int conn_open(const char *path, const char *vfs, enum conn_kind kind, struct conn **out,
              struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, no_memory_statistics);
    struct conn *c = mem_alloc(sizeof *c);
    int rc = sqlite3_open_v2(path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs);
    if (rc == SQLITE_OK)
        rc = set_up(c->db, kind);
    if (rc != SQLITE_OK) {
        conn_error(c, rc, e);
        err_prefix(e, "database %s", path);
        conn_close(&c);
        return -1;
    }
    *out = c;
    return 0;
}

int conn_in_place(struct conn *c, struct err *e)
{
    int moved = 0;
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (!moved)
        return 0;
    return err_set(e, ERR_UNAVAILABLE, "The database file is not where it was.");
}

void conn_close(struct conn **c)
{
    if (!*c)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize((*c)->statements[i]);
    sqlite3_close((*c)->db);
    free(*c);
    *c = NULL;
}

sqlite3_stmt *conn_statement(struct conn *c, enum sql n, struct err *e)
{
    sqlite3_stmt **st = &c->statements[n];
    if (c->in_transaction_only && sqlite3_get_autocommit(c->db)) {
        err_set(e, ERR_UNAVAILABLE, "The transaction was lost.");
        return NULL;
    }
    if (*st)
        return *st;
    int rc = sqlite3_prepare_v3(c->db, sql_text(n), -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
    if (rc != SQLITE_OK)
        conn_error(c, rc, e);
    return *st;
}

static enum err_kind error_kind(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return ERR_UNAVAILABLE;
    default:
        return ERR_INTERNAL;
    }
}

int conn_error(struct conn *c, int rc, struct err *e)
{
    log_error(NULL, "store.error", "SQLite: %s (%d)", c->db ? sqlite3_errmsg(c->db) : "no memory",
              rc);
    return err_set(e, error_kind(rc), "The database answered: %s.", sqlite3_errstr(rc));
}
