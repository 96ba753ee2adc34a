#include "checkpoint.h"

#include "base/log.h"

#include <assert.h>

/* A frame is a page of 4096 bytes and its header of 24. */
#define FRAMES_PASSIVE 1018   /* 4 MiB */
#define FRAMES_TRUNCATE 16289 /* 64 MiB */

static int committed(void *arg, sqlite3 *db, const char *schema, int frames)
{
    struct checkpoint *c = arg;
    (void)db;
    (void)schema;
    if (frames < c->done) /* the log has started again */
        c->done = 0;
    c->frames = frames;
    return SQLITE_OK;
}

void checkpoint_watch(struct checkpoint *c, struct conn *conn)
{
    *c = (struct checkpoint){0};
    sqlite3_wal_hook(conn->db, committed, c);
}

bool checkpoint_due(const struct checkpoint *c)
{
    return c->frames - c->done >= FRAMES_PASSIVE;
}

void checkpoint_run(struct checkpoint *c, struct conn *conn, const struct writer_lock *held)
{
    assert(held->held);
    int mode =
        c->frames >= FRAMES_TRUNCATE ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    /* A reader would otherwise hold up all writers for as long as a busy timeout. */
    sqlite3_busy_timeout(conn->db, 0);
    int rc = sqlite3_wal_checkpoint_v2(conn->db, "main", mode, NULL, NULL);
    sqlite3_busy_timeout(conn->db, CONN_BUSY_MS);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
        log_warn(NULL, "store.checkpoint", "SQLite: %s (%d)", sqlite3_errmsg(conn->db), rc);
    c->done = c->frames;
}
