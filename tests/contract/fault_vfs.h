/*
 * A SQLite VFS named "fault": the usual one, whose log can be made to fail and
 * whose writes to the database file can be watched. In WAL mode only a
 * checkpoint writes to the database file.
 */
#ifndef TESTS_CONTRACT_FAULT_VFS_H
#define TESTS_CONTRACT_FAULT_VFS_H

enum fault { FAULT_WAL_WRITE, FAULT_WAL_SYNC, FAULT_COUNT };

void fault_register(void);

/* The nth such call from now (1: the next) fails with the result code rc, and so do the times - 1
 * after it. */
void fault_arm(enum fault f, int nth, int times, int rc);
void fault_disarm(void);
int fault_hits(void); /* calls that failed since armed */

/* Called before every write to the database file; NULL: nobody is. */
void fault_watch(void (*fn)(void));
int fault_database_writes(void); /* since watched */

#endif
