/*
 * Checkpoints: the one place where they are run. Two at once can corrupt a WAL
 * database (SQLite before 3.51.3), so they are only ever run under the writer
 * lock, which is asked for and asserted.
 */
#ifndef STORE_SQLITE_CHECKPOINT_H
#define STORE_SQLITE_CHECKPOINT_H

#include "conn.h"
#include "lock.h"

struct checkpoint {
    int frames; /* in the log after the last commit of this connection */
    int done;   /* frames at the last checkpoint of this process; they start again when the log does
                 */
};

/* Makes c follow the commits of conn. */
void checkpoint_watch(struct checkpoint *c, struct conn *conn);
/* The log has grown by about 4 MiB since the last one. */
bool checkpoint_due(const struct checkpoint *c);
/* PASSIVE; past 64 MiB TRUNCATE without waiting for anybody. Not getting all done is normal. */
void checkpoint_run(struct checkpoint *c, struct conn *conn, const struct writer_lock *held);

#endif
