#include "rules_file.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_EVERY_US US_PER_SECOND
#define RULES_BYTES_MAX ((size_t)1 << 20)

/* One good state of the file; kept until nobody uses it. */
struct generation {
    struct arena *arena;
    const struct autorules *rules;
    char sha256[SHA256_HEX_SIZE];
    size_t users; /* one of them is the file itself while this is in force */
    struct rules_file *owner;
};

struct rules_file {
    char *path;
    struct zones *zones; /* borrowed */

    /* Held by who looks, while he reads the file; nobody waits for it. */
    pthread_mutex_t looking;
    struct stat seen; /* of the last look; all zero: the file was not there, or could not be read */
    int64_t looked_at;

    /* Held for a moment only, also by the writer thread. */
    pthread_mutex_t mutex;
    struct generation *now; /* NULL: no rules */
    struct err complaint;   /* ERR_NONE: what is on disk is in force */
};

static void generation_drop(struct generation *g)
{
    if (--g->users)
        return;
    arena_free(&g->arena);
    free(g);
}

static int read_all(const char *path, struct str *out, struct err *e)
{
    /* What is no file might never answer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(e, ERR_INVALID, "it cannot be read: %s", strerror(errno));
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return err_set(e, ERR_INVALID, "it is not a regular file");
    }
    char buf[16384];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0 && out->len <= RULES_BYTES_MAX)
        str_addn(out, buf, (size_t)n);
    int error = errno;
    close(fd);
    if (n < 0)
        return err_set(e, ERR_INVALID, "it cannot be read: %s", strerror(error));
    return 0;
}

static struct generation *generation_parse(struct rules_file *f, const struct str *text,
                                           struct err *e)
{
    struct generation *g = mem_alloc(sizeof *g);
    g->arena = arena_new();
    g->users = 1;
    g->owner = f;
    struct json_limits limits = {.max_bytes = RULES_BYTES_MAX, .max_depth = JSON_DEPTH_MAX};
    const struct json *tree = NULL;
    if (json_parse(g->arena, text->buf, text->len, &limits, &tree, e) == 0 &&
        (g->rules = autorules_parse(g->arena, f->zones, tree, e))) {
        hash_sha256_hex(text->buf, text->len, g->sha256);
        return g;
    }
    e->problems = NULL; /* they end with the arena; the message says the first */
    generation_drop(g);
    return NULL;
}

/* Puts g, which may be NULL, in force; with a complaint, only that. */
static void settle(struct rules_file *f, struct generation *g, const struct err *complaint)
{
    pthread_mutex_lock(&f->mutex);
    f->complaint = *complaint;
    if (complaint->kind == ERR_NONE) {
        if (f->now)
            generation_drop(f->now);
        f->now = g;
    }
    pthread_mutex_unlock(&f->mutex);
}

static void load(struct rules_file *f)
{
    struct str text = STR_INIT;
    struct err e = ERR_INIT;
    struct generation *g = NULL;
    if (read_all(f->path, &text, &e) < 0)
        f->seen = (struct stat){0}; /* it is tried again at the next look */
    else
        g = generation_parse(f, &text, &e);
    str_release(&text);
    if (g) {
        log_info(NULL, "rules.loaded", "The rules file %s is in force, SHA-256 %s", f->path,
                 g->sha256);
    } else {
        log_error(NULL, "rules.refused",
                  "The rules file %s is refused, what was in force stays: %s", f->path, e.message);
    }
    settle(f, g, &e);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Called by the one who is looking. */
static void look(struct rules_file *f)
{
    int64_t now = clock_monotonic();
    if (!*f->path || (f->looked_at && now - f->looked_at < LOOK_EVERY_US))
        return;
    bool first = !f->looked_at;
    f->looked_at = now;
    struct stat st = {0};
    if (stat(f->path, &st) < 0)
        st = (struct stat){0};
    if (!first && same_file(&st, &f->seen))
        return;
    f->seen = st;
    if (st.st_ino) {
        load(f);
        return;
    }
    struct err none = ERR_INIT;
    settle(f, NULL, &none);
    log_warn(NULL, "rules.missing", "There is no rules file at %s: people decide everything",
             f->path);
}

struct rules_file *rules_file_open(const char *path, struct zones *zones)
{
    struct rules_file *f = mem_alloc(sizeof *f);
    pthread_mutex_init(&f->mutex, NULL);
    pthread_mutex_init(&f->looking, NULL);
    f->path = mem_strdup(path);
    f->zones = zones;
    look(f);
    return f;
}

void rules_file_close(struct rules_file **f)
{
    if (!*f)
        return;
    struct err none = ERR_INIT;
    settle(*f, NULL, &none);
    pthread_mutex_destroy(&(*f)->mutex);
    pthread_mutex_destroy(&(*f)->looking);
    free((*f)->path);
    free(*f);
    *f = NULL;
}

static void release(void *p)
{
    struct generation *g = p;
    struct rules_file *f = g->owner;
    pthread_mutex_lock(&f->mutex);
    generation_drop(g);
    pthread_mutex_unlock(&f->mutex);
}

void rules_file_look(struct rules_file *f)
{
    if (pthread_mutex_trylock(&f->looking) != 0)
        return; /* somebody does */
    look(f);
    pthread_mutex_unlock(&f->looking);
}

struct rules_now rules_file_now(struct rules_file *f, struct arena *arena)
{
    struct rules_now out = {0};
    pthread_mutex_lock(&f->mutex);
    if (f->now) {
        f->now->users++;
        arena_defer(arena, release, f->now);
        out = (struct rules_now){.rules = f->now->rules, .sha256 = f->now->sha256};
    }
    pthread_mutex_unlock(&f->mutex);
    return out;
}

const char *rules_file_complaint(struct rules_file *f, struct arena *arena)
{
    rules_file_look(f);
    pthread_mutex_lock(&f->mutex);
    const char *text =
        f->complaint.kind == ERR_NONE
            ? NULL
            : arena_printf(arena, "the rules file is refused: %s", f->complaint.message);
    pthread_mutex_unlock(&f->mutex);
    return text;
}
