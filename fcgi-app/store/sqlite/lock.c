#include "lock.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int writer_lock_open(struct writer_lock *l, const char *database, struct err *e)
{
    char *real = realpath(database, NULL);
    if (!real)
        return err_set(e, ERR_UNAVAILABLE, "database %s: %s", database, strerror(errno));
    struct str path = STR_INIT;
    str_addf(&path, "%s.lock", real);
    free(real);
    *l = (struct writer_lock){.fd = open(path.buf, O_RDWR | O_CREAT | O_CLOEXEC, 0660)};
    int rc = 0;
    if (l->fd < 0)
        rc = err_set(e, ERR_UNAVAILABLE, "lock file %s: %s", path.buf, strerror(errno));
    str_release(&path);
    return rc;
}

void writer_lock_close(struct writer_lock *l)
{
    if (l->fd >= 0)
        close(l->fd);
    *l = (struct writer_lock)WRITER_LOCK_INIT;
}

int writer_lock_take(struct writer_lock *l, struct err *e)
{
    while (flock(l->fd, LOCK_EX) < 0) {
        if (errno != EINTR)
            return err_set(e, ERR_UNAVAILABLE, "writer lock: %s", strerror(errno));
    }
    l->held = true;
    return 0;
}

bool writer_lock_try(struct writer_lock *l)
{
    l->held = flock(l->fd, LOCK_EX | LOCK_NB) == 0;
    return l->held;
}

void writer_lock_drop(struct writer_lock *l)
{
    l->held = false;
    flock(l->fd, LOCK_UN);
}
