#include "issuer_keys.h"

#include "audit.h"
#include "base/log.h"
#include "crypto/public_key.h"
#include "record.h"
#include "store/access.h"
#include "user_form.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)
#define FILE_KEYS_MAX 100
#define SET_VALUES_MAX 10000
#define FRESH_US (INT64_C(600) * US_PER_SECOND)
#define WAIT_US (INT64_C(60) * US_PER_SECOND)

/* One state of the issuer's set; kept until nobody uses it. */
struct snapshot {
    struct arena *arena;
    struct token_keys keys;
    int64_t fetched_at;
    size_t users; /* one of them is the owner while this is the newest */
    struct issuer_keys *owner;
};

struct issuer_keys {
    struct arena *arena; /* of issuer and file */
    const char *issuer;  /* "": none */
    struct token_keys file;
    pthread_mutex_t mutex;   /* of what follows */
    struct snapshot *newest; /* NULL: none yet */
    int64_t wanted_at;       /* when this process last said so */
};

/* ---- the file ---- */

static int read_all(const char *path, struct str *out, struct err *e)
{
    /* What is no file might never answer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    struct stat st;
    ssize_t n = 0;
    char buf[8192];
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    while (regular && out->len <= FILE_MAX && (n = read(fd, buf, sizeof buf)) > 0)
        str_addn(out, buf, (size_t)n);
    close(fd);
    if (!regular || n < 0)
        return err_set(e, ERR_INVALID, "%s is not a file that can be read", path);
    if (out->len > FILE_MAX)
        return err_set(e, ERR_INVALID, "%s is larger than %zu bytes", path, FILE_MAX);
    return 0;
}

/* The tree is a hundred times what is kept of it. */
static int read_set(struct arena *arena, const char *text, size_t n, struct token_keys *out,
                    struct err *e)
{
    struct json_limits limits = {
        .max_bytes = FILE_MAX, .max_depth = JSON_DEPTH_MAX, .max_values = SET_VALUES_MAX};
    const struct json *set = NULL;
    struct arena *scratch = arena_new();
    int rc = json_parse(scratch, text, n, &limits, &set, e);
    if (rc == 0)
        rc = token_keys_read(arena, set, out, e);
    arena_free(&scratch);
    return rc;
}

static int read_pem(struct arena *arena, const char *text, struct token_keys *out, struct err *e)
{
    static const enum token_alg alg_of[] = {
        [PUBLIC_KEY_RSA] = TOKEN_RS256,
        [PUBLIC_KEY_P256] = TOKEN_ES256,
    };
    struct token_key *list = arena_array(arena, FILE_KEYS_MAX, sizeof *list);
    struct public_key key;
    size_t n = 0;
    int more;
    while ((more = public_key_from_pem(arena, &text, &key, e)) > 0) {
        if (n == FILE_KEYS_MAX)
            return err_set(e, ERR_INVALID, "there are more than %d keys", FILE_KEYS_MAX);
        list[n++] = (struct token_key){
            .alg = alg_of[key.kind],
            .bytes = key.pem,
            .len = strlen(key.pem),
        };
    }
    *out = (struct token_keys){list, n};
    return more;
}

static int file_read(struct arena *arena, const char *path, struct token_keys *out, struct err *e)
{
    struct str text = STR_INIT;
    int rc = read_all(path, &text, e);
    if (rc == 0 && strlen(text.buf) != text.len)
        rc = err_set(e, ERR_INVALID, "%s contains NUL bytes", path);
    if (rc == 0 && text.buf[strspn(text.buf, " \t\r\n")] == '{')
        rc = read_set(arena, text.buf, text.len, out, e);
    else if (rc == 0)
        rc = read_pem(arena, text.buf, out, e);
    if (rc == 0 && !out->count)
        rc = err_set(e, ERR_INVALID, "%s has no public key for RS256 or ES256", path);
    str_release(&text);
    return rc < 0 ? err_prefix(e, "APPROVAL_JWT_PUBLIC_KEYS") : 0;
}

int issuer_keys_open(const char *path, const char *issuer, struct issuer_keys **out, struct err *e)
{
    struct arena *arena = arena_new();
    struct token_keys file = {.list = NULL};
    *out = NULL;
    if (*path && file_read(arena, path, &file, e) < 0) {
        e->kind = ERR_INVALID;
        arena_free(&arena);
        return -1;
    }
    struct issuer_keys *k = mem_alloc(sizeof *k);
    k->arena = arena;
    k->issuer = arena_strdup(arena, issuer);
    k->file = file;
    pthread_mutex_init(&k->mutex, NULL);
    *out = k;
    return 0;
}

/* ---- snapshots ---- */

/* With the mutex held, or before anybody else knows of it. */
static void snapshot_drop(struct snapshot *p)
{
    if (--p->users)
        return;
    arena_free(&p->arena);
    free(p);
}

static void snapshot_release(void *arg)
{
    struct snapshot *p = arg;
    struct issuer_keys *k = p->owner;
    pthread_mutex_lock(&k->mutex);
    snapshot_drop(p);
    pthread_mutex_unlock(&k->mutex);
}

void issuer_keys_close(struct issuer_keys **k)
{
    if (!*k)
        return;
    if ((*k)->newest)
        snapshot_drop((*k)->newest);
    pthread_mutex_destroy(&(*k)->mutex);
    arena_free(&(*k)->arena);
    free(*k);
    *k = NULL;
}

static struct snapshot *snapshot_parse(struct issuer_keys *k, const struct key_set_row *row)
{
    struct snapshot *p = mem_alloc(sizeof *p);
    struct err why = ERR_INIT;
    p->arena = arena_new();
    p->users = 1;
    p->owner = k;
    p->fetched_at = row->fetched_at;
    /* It was usable when it was put; where it is no longer, nobody of that issuer signs in. */
    if (*row->keys && read_set(p->arena, row->keys, strlen(row->keys), &p->keys, &why) < 0)
        log_error(NULL, "issuer.keys", "the stored keys of %s cannot be used: %s", row->issuer,
                  why.message);
    return p;
}

/* The newest where it is of that time, with one more user. */
static struct snapshot *snapshot_find(struct issuer_keys *k, int64_t fetched_at)
{
    pthread_mutex_lock(&k->mutex);
    struct snapshot *p = k->newest;
    if (p && p->fetched_at == fetched_at)
        p->users++;
    else
        p = NULL;
    pthread_mutex_unlock(&k->mutex);
    return p;
}

/* Parsed without the lock. One from an older session than the newest is only for whoever asked. */
static struct snapshot *snapshot_make(struct issuer_keys *k, const struct key_set_row *row)
{
    struct snapshot *p = snapshot_parse(k, row);
    pthread_mutex_lock(&k->mutex);
    if (!k->newest || k->newest->fetched_at < p->fetched_at) {
        if (k->newest)
            snapshot_drop(k->newest);
        k->newest = p;
        p->users++;
    }
    pthread_mutex_unlock(&k->mutex);
    return p;
}

/* Without an issuer there is nothing to look up; *out is then left alone. */
static int fetched_keys(struct issuer_keys *k, struct session *s, struct arena *arena,
                        struct token_keys *out, struct err *e)
{
    struct key_set_row row;
    if (!*k->issuer)
        return 0;
    int found = store_key_set_get(s, arena, k->issuer, &row, e);
    if (found <= 0)
        return found;
    struct snapshot *p = snapshot_find(k, row.fetched_at);
    if (!p)
        p = snapshot_make(k, &row);
    arena_defer(arena, snapshot_release, p);
    *out = p->keys;
    return 0;
}

int issuer_keys_for(struct service *sv, struct session *s, struct arena *arena, const char *issuer,
                    struct token_keys *out, struct err *e)
{
    struct issuer_keys *k = sv->issuers;
    struct token_keys fetched = {.list = NULL};
    *out = fetched;
    if (*k->issuer && (!issuer || strcmp(issuer, k->issuer) != 0))
        return 0;
    if (fetched_keys(k, s, arena, &fetched, e) < 0)
        return -1;
    size_t n = k->file.count + fetched.count;
    struct token_key *list = arena_array(arena, n, sizeof *list);
    if (k->file.count)
        memcpy(list, k->file.list, k->file.count * sizeof *list);
    if (fetched.count)
        memcpy(list + k->file.count, fetched.list, fetched.count * sizeof *list);
    *out = (struct token_keys){list, n};
    return 0;
}

/* ---- the set in the database ---- */

struct put {
    struct service *sv;
    struct arena *arena;
    const char *issuer;
    const char *keys; /* NULL: only wanted */
};

/* A row that is not there is empty. */
static int row_get(struct session *s, struct arena *arena, const char *issuer,
                   struct key_set_row *row, struct err *e)
{
    int found = store_key_set_get(s, arena, issuer, row, e);
    if (found == 0)
        *row = (struct key_set_row){.issuer = issuer, .keys = ""};
    return found;
}

static enum outcome apply_want(struct session *s, int64_t now, void *arg, struct err *e)
{
    const struct put *p = arg;
    struct key_set_row row;
    if (row_get(s, p->arena, p->issuer, &row, e) < 0)
        return OUTCOME_BROKEN;
    row.wanted_at = now;
    return store_key_set_put(s, &row, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

static bool may_want(struct issuer_keys *k, const char *issuer, int64_t now)
{
    if (!*k->issuer || !issuer || strcmp(issuer, k->issuer) != 0)
        return false;
    pthread_mutex_lock(&k->mutex);
    bool may = !k->wanted_at || now < k->wanted_at || now - k->wanted_at >= WAIT_US;
    if (may)
        k->wanted_at = now;
    pthread_mutex_unlock(&k->mutex);
    return may;
}

void issuer_keys_want(struct service *sv, const char *issuer)
{
    if (!may_want(sv->issuers, issuer, clock_now(sv->clock)))
        return;
    struct put put = {.sv = sv, .arena = arena_new(), .issuer = issuer};
    struct write w = {.apply = apply_want, .arg = &put};
    struct err e = ERR_INIT;
    if (store_write(sv->store, &w, &e) != OUTCOME_DONE)
        log_error(NULL, "issuer.want", "that keys of %s are wanted cannot be noted: %s", issuer,
                  e.message);
    arena_free(&put.arena);
}

int issuer_keys_due(struct service *sv, const char *issuer, struct err *e)
{
    struct issuer_keys_kept kept;
    struct arena *arena = arena_new();
    int rc = issuer_keys_read(sv, arena, issuer, &kept, e);
    arena_free(&arena);
    if (rc < 0)
        return -1;
    int64_t age = clock_now(sv->clock) - kept.fetched_at;
    return !kept.fetched_at || age >= FRESH_US ||
           (kept.wanted_at > kept.fetched_at && age >= WAIT_US);
}

static void write_digest(struct jsonw *w, const char *key, const char *keys)
{
    struct str text = STR_INIT;
    str_add(&text, keys);
    record_digest(w, key, &text);
}

static int audit_changed(struct service *sv, struct session *s, const struct key_set_row *before,
                         const struct key_set_row *after, int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    write_digest(&w, "before_sha256", before->keys);
    write_digest(&w, "after_sha256", after->keys);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "issuer",
        .entity_id = after->issuer,
        .action = "issuer.keys_changed",
        .actor_id = USER_ID_SYSTEM,
        .payload = data.buf,
    };
    int rc = audit_add(sv, s, &entry, now, e);
    str_release(&data);
    return rc;
}

static enum outcome apply_put(struct session *s, int64_t now, void *arg, struct err *e)
{
    const struct put *p = arg;
    struct key_set_row before;
    if (row_get(s, p->arena, p->issuer, &before, e) < 0)
        return OUTCOME_BROKEN;
    struct key_set_row after = before;
    after.keys = p->keys;
    /* By it others see that the set is another one. */
    after.fetched_at = now > before.fetched_at ? now : before.fetched_at + 1;
    if (store_key_set_put(s, &after, e) < 0)
        return OUTCOME_BROKEN;
    if (strcmp(before.keys, after.keys) != 0 &&
        audit_changed(p->sv, s, &before, &after, now, e) < 0)
        return OUTCOME_BROKEN;
    return OUTCOME_DONE;
}

int issuer_keys_put(struct service *sv, struct arena *arena, const char *issuer, const char *jwks,
                    struct err *e)
{
    struct token_keys keys = {.list = NULL};
    struct err why = ERR_INIT;
    if (read_set(arena, jwks, strlen(jwks), &keys, &why) < 0)
        return err_set(e, ERR_INVALID, "what %s gave is no set of keys: %s", issuer, why.message);
    if (!keys.count)
        return err_set(e, ERR_INVALID,
                       "what %s gave has no key for RS256 (RSA of 2048 bits or more) or ES256 "
                       "(P-256)",
                       issuer);
    struct put put = {sv, arena, issuer, jwks};
    struct write w = {.apply = apply_put, .arg = &put};
    return store_write(sv->store, &w, e) == OUTCOME_DONE ? 0 : -1;
}

int issuer_keys_read(struct service *sv, struct arena *arena, const char *issuer,
                     struct issuer_keys_kept *out, struct err *e)
{
    struct session *s = NULL;
    struct key_set_row row;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = row_get(s, arena, issuer, &row, e);
    store_read_end(&s);
    if (rc < 0)
        return -1;
    *out = (struct issuer_keys_kept){.fetched_at = row.fetched_at, .wanted_at = row.wanted_at};
    return *row.keys ? read_set(arena, row.keys, strlen(row.keys), &out->keys, e) : 0;
}
