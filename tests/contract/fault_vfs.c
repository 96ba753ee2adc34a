#include "fault_vfs.h"

#include <sqlite3.h>

#include <stdatomic.h>
#include <stdbool.h>

struct fault_file {
    sqlite3_file base;
    bool log, database;
    sqlite3_file *real; /* follows this struct */
};

static struct {
    atomic_int until[FAULT_COUNT]; /* calls that still succeed, plus one; 0 or less: failing */
    atomic_int times[FAULT_COUNT];
    atomic_int rc, hits, database_writes;
    void (*_Atomic watcher)(void);
} faults;

static sqlite3_vfs *usual;

static sqlite3_file *real(sqlite3_file *f)
{
    return ((struct fault_file *)f)->real;
}

static int strike(enum fault f)
{
    if (atomic_load(&faults.times[f]) <= 0 || atomic_fetch_sub(&faults.until[f], 1) > 1)
        return SQLITE_OK;
    atomic_fetch_sub(&faults.times[f], 1);
    atomic_fetch_add(&faults.hits, 1);
    return atomic_load(&faults.rc);
}

static int fault_close(sqlite3_file *f)
{
    return real(f)->pMethods ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}

static int fault_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return real(f)->pMethods->xRead(real(f), p, n, at);
}

static int fault_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    const struct fault_file *file = (struct fault_file *)f;
    int rc = file->log ? strike(FAULT_WAL_WRITE) : SQLITE_OK;
    if (rc != SQLITE_OK)
        return rc;
    if (file->database) {
        void (*watcher)(void) = atomic_load(&faults.watcher);
        atomic_fetch_add(&faults.database_writes, 1);
        if (watcher)
            watcher();
    }
    return real(f)->pMethods->xWrite(real(f), p, n, at);
}

static int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return real(f)->pMethods->xTruncate(real(f), size);
}

static int fault_sync(sqlite3_file *f, int flags)
{
    int rc = ((struct fault_file *)f)->log ? strike(FAULT_WAL_SYNC) : SQLITE_OK;
    return rc != SQLITE_OK ? rc : real(f)->pMethods->xSync(real(f), flags);
}

static int fault_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real(f)->pMethods->xFileSize(real(f), size);
}

static int fault_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int fault_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int fault_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int fault_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int fault_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int fault_device(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int fault_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int fault_shm_unmap(sqlite3_file *f, int remove)
{
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_device,
    .xShmMap = fault_shm_map,
    .xShmLock = fault_shm_lock,
    .xShmBarrier = fault_shm_barrier,
    .xShmUnmap = fault_shm_unmap,
};

static int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct fault_file *file = (struct fault_file *)f;
    (void)vfs;
    *file = (struct fault_file){
        .base.pMethods = &methods,
        .log = flags & SQLITE_OPEN_WAL,
        .database = flags & SQLITE_OPEN_MAIN_DB,
        .real = (sqlite3_file *)(file + 1),
    };
    return usual->xOpen(usual, name, file->real, flags, out);
}

void fault_register(void)
{
    static sqlite3_vfs vfs; /* the usual one's members but for these */
    if (usual)
        return;
    usual = sqlite3_vfs_find(NULL);
    vfs = *usual;
    vfs.zName = "fault";
    vfs.szOsFile = (int)sizeof(struct fault_file) + usual->szOsFile;
    vfs.xOpen = fault_open;
    vfs.pNext = NULL;
    sqlite3_vfs_register(&vfs, 0);
}

void fault_arm(enum fault f, int nth, int times, int rc)
{
    atomic_store(&faults.hits, 0);
    atomic_store(&faults.rc, rc);
    atomic_store(&faults.until[f], nth);
    atomic_store(&faults.times[f], times);
}

void fault_disarm(void)
{
    for (int f = 0; f < FAULT_COUNT; f++)
        atomic_store(&faults.times[f], 0);
}

int fault_hits(void)
{
    return atomic_load(&faults.hits);
}

void fault_watch(void (*fn)(void))
{
    atomic_store(&faults.database_writes, 0);
    atomic_store(&faults.watcher, fn);
}

int fault_database_writes(void)
{
    return atomic_load(&faults.database_writes);
}
