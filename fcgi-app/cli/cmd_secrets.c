#include "command.h"

#include "base/base64.h"
#include "crypto/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_BYTES 32

static int fail(struct err *e, const char *what, const char *path)
{
    return err_set(e, ERR_UNAVAILABLE, "cannot %s %s: %s", what, path, strerror(errno));
}

static int write_all(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t done = write(fd, data, n);
        if (done < 0 && errno != EINTR)
            return -1;
        data += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return 0;
}

/* New random text, on disk when this returns. */
static int secret_write(int fd)
{
    unsigned char bytes[SECRET_BYTES];
    struct str text = STR_INIT;
    str_reserve(&text, BASE64URL_LENGTH(sizeof bytes) + 1); /* grown, it would leave a copy */
    secret_random(bytes, sizeof bytes);
    base64url_add(&text, bytes, sizeof bytes);
    str_addch(&text, '\n');
    int rc = write_all(fd, text.buf, text.len);
    secret_wipe(bytes, sizeof bytes);
    secret_wipe(text.buf, text.len);
    str_release(&text);
    return rc < 0 || fsync(fd) < 0 ? -1 : 0;
}

/* Under another name first: whoever reads the file finds all of it, and a crash leaves no half of a
 * key. 1 made, 0 somebody else was faster. */
static int file_make(struct arena *arena, const char *path, struct err *e)
{
    char *draft = arena_printf(arena, "%s.XXXXXX", path);
    int fd = mkostemp(draft, O_CLOEXEC); /* O_EXCL, mode 0600 */
    if (fd < 0)
        return fail(e, "create", draft);
    int rc = 1;
    if (secret_write(fd) < 0)
        rc = fail(e, "write", draft);
    else if (link(draft, path) < 0)
        rc = errno == EEXIST ? 0 : fail(e, "create", path);
    close(fd);
    unlink(draft);
    return rc;
}

static int folder_make(const char *path, struct err *e)
{
    struct stat st;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return fail(e, "create the folder", path);
    if (stat(path, &st) < 0)
        return fail(e, "look at", path);
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return err_set(e, ERR_INVALID,
                       "others than its owner can get at the folder %s: chmod 700 %s", path, path);
    return 0;
}

static int folder_sync(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 || fsync(fd) < 0 ? fail(e, "write", path) : 0;
    if (fd >= 0)
        close(fd);
    return rc;
}

static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

/* 1 made, 0 it was there. */
static int secret_make(struct arena *arena, const char *path, struct err *e)
{
    const char *folder = folder_of(arena, path), *above = folder_of(arena, folder);
    if (folder_make(folder, e) < 0)
        return -1;
    int rc = file_make(arena, path, e);
    if (rc == 1 && (folder_sync(folder, e) < 0 || folder_sync(above, e) < 0))
        return -1;
    return rc;
}

static void report(const char *path, const struct setting *row)
{
    printf("made %s (%s). %s\n", path, row->name, row->help);
}

int cmd_secrets(struct command_call *call, struct err *e)
{
    bool any = false;
    if (call->argc)
        return err_set(e, ERR_BAD_REQUEST, "secrets takes no arguments");
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        if (!row->beside || call->origins[i] != SETTING_DEFAULT)
            continue;
        const char *path = settings_beside(call->arena, call->settings.db_path, row->beside);
        int made = secret_make(call->arena, path, e);
        if (made < 0)
            return -1;
        if (made)
            report(path, row);
        any = any || made;
    }
    if (any)
        printf("Keep a copy of these files in a safe place, apart from copies of the database. "
               "Without the audit\nkey nobody can prove the entries it was used for any longer; "
               "without the key of tokens those that\nwere issued are no longer taken.\n");
    return 0;
}
