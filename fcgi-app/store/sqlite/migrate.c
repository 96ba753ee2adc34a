#include "lock.h"
#include "schema.h"

#include "base/clock.h"
#include "base/str.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct applied {
    int64_t number;
    const char *name, *sha256;
    int64_t at;
    int64_t oldest;
};

/* ---- what is there ---- */

static int create_folder(const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    struct str folder = STR_INIT;
    str_addn(&folder, path, (size_t)(slash - path));
    int rc = 0;
    if (mkdir(folder.buf, 0750) < 0 && errno != EEXIST)
        rc = err_set(e, ERR_UNAVAILABLE, "folder %s: %s", folder.buf, strerror(errno));
    str_release(&folder);
    return rc;
}

/* An empty file is an empty database. One that exists is not even opened here: closing it would
 * drop the locks that SQLite has on it for other connections of this process. */
static int create_file(const char *path, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd >= 0)
        close(fd);
    else if (errno != EEXIST)
        return err_set(e, ERR_UNAVAILABLE, "database %s: %s", path, strerror(errno));
    return 0;
}

static int read_applied(struct conn *c, struct arena *a, struct applied **rows, size_t *n,
                        struct err *e)
{
    *rows = NULL;
    *n = 0;
    int migrated = schema_has_migrations(c, e);
    if (migrated <= 0)
        return migrated;
    struct query q;
    query_open(&q, c, SQL_MIGRATION_LIST, e);
    int rc;
    while ((rc = query_row(&q)) > 0) {
        *rows = query_more(a, *rows, *n, sizeof **rows);
        (*rows)[(*n)++] = (struct applied){
            .number = query_get_int(&q, 0),
            .name = query_get_text(&q, a, 1),
            .sha256 = query_get_text(&q, a, 2),
            .at = query_get_int(&q, 3),
            .oldest = query_get_int(&q, 4),
        };
    }
    query_close(&q);
    return rc;
}

static const struct applied *find_applied(const struct applied *rows, size_t n, int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

static const struct migration *find_known(const struct migration *known, size_t n, int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (known[i].number == number)
            return &known[i];
    return NULL;
}

/* ---- up ---- */

/* Tables without a list of migrations are somebody else's, or 0.4's. Seen through a connection that
 * cannot change anything, before the journal mode is. */
static int refuse_foreign(const char *path, struct err *e)
{
    struct conn *c;
    if (conn_open(path, NULL, CONN_READ, &c, e) < 0)
        return -1;
    int rc = schema_has_migrations(c, e);
    if (rc == 0) {
        struct query q;
        query_open(&q, c, SQL_TABLES_EXIST, e);
        rc = query_row(&q);
        if (rc > 0 && query_get_int(&q, 0) > 0)
            rc = err_set(e, ERR_CONFLICT,
                         "database %s: has tables that this program did not make "
                         "(of version 0.4?); name a new file",
                         path);
        query_close(&q);
    }
    conn_close(&c);
    return rc < 0 ? -1 : 0;
}

static int check_applied(const struct migration *known, size_t n, const struct applied *rows,
                         size_t rows_n, struct err *e)
{
    for (size_t i = 0; i < rows_n; i++) {
        const struct migration *m = find_known(known, n, rows[i].number);
        if (!m && rows[i].oldest <= known[n - 1].number)
            continue; /* of a newer program, which this one may run beside */
        if (!m)
            return err_set(e, ERR_CONFLICT,
                           "the database is newer than this program, which does not know its "
                           "migration %s",
                           rows[i].name);
        if (strcmp(m->sha256, rows[i].sha256) != 0)
            return err_set(e, ERR_CONFLICT, "migration %s has changed since it was applied",
                           m->name);
    }
    return 0;
}

static int record(struct conn *c, const struct migration *m, struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_MIGRATION_INSERT, e);
    query_int(&q, m->number);
    query_text(&q, m->name);
    query_text(&q, m->sha256);
    query_int(&q, clock_now(&clock_real));
    query_int(&q, m->oldest);
    return query_run(&q);
}

static int apply(struct conn *c, const struct migration *m, struct err *e)
{
    if (query_exec(c, SQL_BEGIN_WRITE, e) < 0)
        return -1;
    int sqlite_rc = sqlite3_exec(c->db, m->text, NULL, NULL, NULL);
    int rc = sqlite_rc == SQLITE_OK ? record(c, m, e) : conn_error(c, sqlite_rc, e);
    if (rc == 0)
        rc = query_exec(c, SQL_COMMIT, e);
    if (rc < 0) {
        struct err ignored = ERR_INIT;
        if (!sqlite3_get_autocommit(c->db))
            query_exec(c, SQL_ROLLBACK, &ignored);
        return err_prefix(e, "migration %s", m->name);
    }
    return 0;
}

static int apply_missing(struct conn *c, struct arena *a, size_t *applied, struct err *e)
{
    size_t n, rows_n;
    const struct migration *known = schema_migrations(a, &n);
    struct applied *rows;
    int migrated = schema_has_migrations(c, e);
    if (migrated < 0 || (!migrated && query_exec(c, SQL_MIGRATIONS_CREATE, e) < 0) ||
        read_applied(c, a, &rows, &rows_n, e) < 0 || check_applied(known, n, rows, rows_n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (find_applied(rows, rows_n, known[i].number))
            continue;
        if (apply(c, &known[i], e) < 0)
            return -1;
        ++*applied;
    }
    return 0;
}

int migrate_up(const char *path, size_t *applied, struct err *e)
{
    struct writer_lock lock = WRITER_LOCK_INIT;
    struct arena *arena = arena_new();
    struct conn *c = NULL;
    int rc = -1;
    *applied = 0;
    if (create_folder(path, e) < 0 || create_file(path, e) < 0)
        goto out;
    if (writer_lock_open(&lock, path, e) < 0 || writer_lock_take(&lock, e) < 0)
        goto out;
    if (refuse_foreign(path, e) < 0 || conn_open(path, NULL, CONN_WRITE, &c, e) < 0)
        goto out;
    rc = apply_missing(c, arena, applied, e);
out:
    conn_close(&c);
    writer_lock_close(&lock);
    arena_free(&arena);
    return rc;
}

/* ---- status ---- */

static int read_status(struct arena *a, const char *path, struct applied **rows, size_t *n,
                       struct err *e)
{
    struct conn *c;
    *rows = NULL;
    *n = 0;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (conn_open(path, NULL, CONN_READ, &c, e) < 0)
        return -1;
    int rc = read_applied(c, a, rows, n, e);
    conn_close(&c);
    return rc;
}

static int by_number(const void *a, const void *b)
{
    const struct migration_state *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

int migrate_status(struct arena *arena, const char *path, struct migration_state **rows, size_t *n,
                   struct err *e)
{
    struct applied *done;
    size_t known_n, done_n;
    const struct migration *known = schema_migrations(arena, &known_n);
    if (read_status(arena, path, &done, &done_n, e) < 0)
        return -1;
    struct migration_state *states = arena_array(arena, known_n + done_n, sizeof *states);
    size_t count = 0;
    for (size_t i = 0; i < known_n; i++)
        if (!find_applied(done, done_n, known[i].number))
            states[count++] =
                (struct migration_state){.number = known[i].number, .name = known[i].name};
    for (size_t i = 0; i < done_n; i++)
        states[count++] = (struct migration_state){.number = done[i].number,
                                                   .name = done[i].name,
                                                   .applied = true,
                                                   .applied_at = done[i].at};
    qsort(states, count, sizeof *states, by_number);
    *rows = states;
    *n = count;
    return 0;
}
