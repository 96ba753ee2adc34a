#include "password.h"

#include "base/json.h"
#include "base/problems.h"
#include "change.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "holder.h"
#include "user_record.h"

#define HERE_FREE 5 /* failures from an address before the next try waits */
#define HERE_WAIT_MAX 900
#define ANYWHERE "*"
#define ANYWHERE_FREE 100
#define ANYWHERE_WAIT_MAX 60
#define ANYWHERE_TOGETHER_US (INT64_C(3600) * US_PER_SECOND)

/* Attempts and tickets that are so old are forgotten, a few with each try. */
#define FORGET_AFTER_US (INT64_C(30) * 24 * 3600 * US_PER_SECOND)
#define FORGET_MAX 20

struct trying {
    const char *name;
    char name_sha256[SHA256_HEX_SIZE];
    const char *address;
    const char *hash;     /* that is stored; NULL: nobody of that name can sign in */
    const char *user_id;  /* NULL: there is no such user */
    const char *new_hash; /* to be kept in place of an outdated one; NULL: none */
    password_then *then;  /* NULL: nothing follows */
    void *arg;
};

/* ---- counting ---- */

static int64_t wait_after(int64_t failures, int64_t free, int64_t most)
{
    if (failures < free)
        return 0;
    int64_t doublings = failures - free;
    return doublings > 20 || (INT64_C(1) << doublings) > most ? most : INT64_C(1) << doublings;
}

static int find_attempt(struct session *s, struct call *c, const struct trying *t,
                        const char *address, struct attempt_row *out, struct err *e)
{
    int found = store_attempt_get(s, c->arena, t->name_sha256, address, out, e);
    if (found == 0)
        *out = (struct attempt_row){.name_sha256 = t->name_sha256, .address = address};
    return found < 0 ? -1 : 0;
}

static int refuse_for_now(int64_t until, int64_t now, struct err *e)
{
    int64_t seconds = (until - now + US_PER_SECOND - 1) / US_PER_SECOND;
    err_set(e, ERR_TOO_MANY, "Too many failed attempts; try again in %lld second%s",
            (long long)seconds, seconds == 1 ? "" : "s");
    e->retry_after = (int)seconds;
    return -1;
}

/* The try counts as a failure until it is known to be none. */
static int charge(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                  struct err *e)
{
    (void)sv;
    const struct trying *t = arg;
    struct attempt_row here, anywhere;
    if (find_attempt(s, c, t, t->address, &here, e) < 0 ||
        find_attempt(s, c, t, ANYWHERE, &anywhere, e) < 0)
        return -1;
    if (now < here.blocked_until)
        return refuse_for_now(here.blocked_until, now, e);
    if (now < anywhere.blocked_until && !here.succeeded_at)
        return refuse_for_now(anywhere.blocked_until, now, e);

    here.failures++;
    here.blocked_until = now + wait_after(here.failures, HERE_FREE, HERE_WAIT_MAX) * US_PER_SECOND;
    if (now - anywhere.last_at > ANYWHERE_TOGETHER_US)
        anywhere.failures = 0;
    anywhere.failures++;
    anywhere.blocked_until =
        now + wait_after(anywhere.failures, ANYWHERE_FREE, ANYWHERE_WAIT_MAX) * US_PER_SECOND;
    here.last_at = anywhere.last_at = now;
    if (store_attempt_put(s, &here, e) < 0 || store_attempt_put(s, &anywhere, e) < 0)
        return -1;
    return store_access_forget(s, now - FORGET_AFTER_US, FORGET_MAX, e);
}

/* ---- what comes of it ---- */

/* actor NULL: the caller, whoever that is. */
/* The name that was given only where it is a user's. */
static const char *tried_id(const struct trying *t)
{
    return t->user_id ? t->user_id : "unknown";
}

static int note_failure(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    return user_record_act(sv, s, c, tried_id(arg), NULL, "sign_in.failed", now, e);
}

static int refuse(struct err *e)
{
    return err_set(e, ERR_UNAUTHENTICATED, "The user or the password is wrong");
}

/* The password may have been replaced, or its user removed, while it was verified. */
static int check_still(struct session *s, struct call *c, const struct trying *t, struct err *e)
{
    struct user_row user;
    struct password_row row;
    int found = holder_user(s, c->arena, t->user_id, &user, e);
    if (found > 0)
        found = store_password_get(s, c->arena, t->user_id, &row, e);
    if (found < 0)
        return -1;
    return found && !strcmp(row.hash, t->hash) ? 0 : refuse(e);
}

static int note_success(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    const struct trying *t = arg;
    struct attempt_row here, anywhere;
    if (check_still(s, c, t, e) < 0 || find_attempt(s, c, t, t->address, &here, e) < 0 ||
        find_attempt(s, c, t, ANYWHERE, &anywhere, e) < 0)
        return -1;
    here.failures = here.blocked_until = 0;
    here.succeeded_at = now;
    if (anywhere.failures)
        anywhere.failures--;
    if (store_attempt_put(s, &here, e) < 0 || store_attempt_put(s, &anywhere, e) < 0)
        return -1;
    struct password_row row = {.user_id = t->user_id, .hash = t->new_hash, .changed_at = now};
    if (t->new_hash && store_password_put(s, &row, e) < 0)
        return -1;
    if (user_record_act(sv, s, c, t->user_id, t->user_id, "sign_in.succeeded", now, e) < 0)
        return -1;
    return t->then ? t->then(sv, c, s, t->user_id, now, t->arg, e) : 0;
}

/* ---- checking ---- */

static int find_password(struct session *s, struct arena *arena, struct trying *t, struct err *e)
{
    struct user_row user;
    struct password_row password;
    int found = store_user_get(s, arena, t->name, &user, e);
    if (found <= 0)
        return found;
    t->user_id = user.id;
    found = store_password_get(s, arena, user.id, &password, e);
    if (found > 0 && !user.removed_at)
        t->hash = password.hash;
    return found < 0 ? -1 : 0;
}

static int look(struct service *sv, struct call *c, struct trying *t, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find_password(s, c->arena, t, e);
    store_read_end(&s);
    return rc;
}

/* A hash of today's parameters in place of an older one. */
static void renew(struct call *c, struct trying *t, const char *password)
{
    char hash[PASSWORD_HASH_SIZE];
    struct err why = ERR_INIT;
    if (!password_outdated(t->hash))
        return;
    if (password_hash(password, hash, &why) == 0)
        t->new_hash = arena_strdup(c->arena, hash);
    else
        log_warn(c->log, "password.kept", "An outdated password hash stays: %s", why.message);
}

static int try_in_turn(struct service *sv, struct call *c, const char *name, const char *password,
                       struct trying *t, struct err *e)
{
    t->name = name;
    t->address = c->client_address ? c->client_address : "";
    hash_sha256_hex(name, strlen(name), t->name_sha256);
    if (look(sv, c, t, e) < 0 || change_run(sv, c, charge, t, e) < 0)
        return -1;
    bool right = strlen(password) <= PASSWORD_MAX && password_verify(t->hash, password);
    if (right) {
        renew(c, t, password);
        return change_run(sv, c, note_success, t, e);
    }
    if (change_run(sv, c, note_failure, t, e) < 0)
        return -1;
    return refuse(e);
}

static int try(struct service *sv, struct call *c, const char *name, const char *password,
               struct trying *t, struct err *e)
{
    if (!password_queue_enter()) {
        err_set(e, ERR_TOO_MANY, "Too many are signing in at this moment; try again in a second");
        e->retry_after = 1;
        return -1;
    }
    int rc = try_in_turn(sv, c, name, password, t, e);
    password_queue_leave();
    return rc;
}

int password_check(struct service *sv, struct call *c, const char *name, const char *password,
                   const char **user_id, struct err *e)
{
    return password_check_then(sv, c, name, password, NULL, NULL, user_id, e);
}

int password_check_then(struct service *sv, struct call *c, const char *name, const char *password,
                        password_then *then, void *arg, const char **user_id, struct err *e)
{
    struct trying *t = arena_make(c->arena, struct trying);
    t->then = then;
    t->arg = arg;
    if (try(sv, c, name, password, t, e) < 0)
        return -1;
    *user_id = t->user_id;
    return 0;
}

/* ---- setting ---- */

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

int password_acceptable(struct arena *arena, const char *user_id, const char *password,
                        const char *pointer, struct err *e)
{
    struct problems *problems = problems_new(arena);
    if (characters(password) < PASSWORD_MIN)
        problems_add(problems, pointer, "must have at least %d characters", PASSWORD_MIN);
    else if (strlen(password) > PASSWORD_MAX)
        problems_add(problems, pointer, "must have at most %d bytes", PASSWORD_MAX);
    else if (!strcmp(password, user_id))
        problems_add(problems, pointer, "must not be the user's own id");
    return problems_err(problems, e);
}

int password_keep(struct session *s, struct arena *arena, const char *user_id, const char *hash,
                  int64_t now, struct err *e)
{
    struct user_row user;
    struct password_row row = {.user_id = user_id, .hash = hash, .changed_at = now};
    int found = store_user_get(s, arena, user_id, &user, e);
    if (found < 0)
        return -1;
    if (!found || user.removed_at)
        return err_set(e, ERR_NOT_FOUND, "User not found");
    user.tokens_from = holder_tokens_from(user.tokens_from, now);
    if (store_user_put(s, &user, e) < 0 || store_password_put(s, &row, e) < 0)
        return -1;
    return store_ticket_end(s, user_id, NULL, NULL, now, e);
}

struct changing {
    const char *user_id, *hash;
    const char *proven; /* the hash that the present password has */
};

static int find_hash(struct session *s, struct arena *arena, const char *user_id, const char **hash,
                     struct err *e)
{
    struct password_row row = {.hash = ""};
    int found = store_password_get(s, arena, user_id, &row, e);
    *hash = row.hash;
    return found < 0 ? -1 : 0;
}

static int note_proven(struct service *sv, struct call *c, struct session *s, const char *user_id,
                       int64_t now, void *arg, struct err *e)
{
    (void)sv, (void)now;
    struct changing *g = arg;
    return find_hash(s, c->arena, user_id, &g->proven, e);
}

static int refuse_present(struct err *e)
{
    return err_set(e, ERR_FORBIDDEN, "The present password is wrong");
}

static int keep_changed(struct service *sv, struct call *c, struct session *s, int64_t now,
                        void *arg, struct err *e)
{
    const struct changing *g = arg;
    const char *present;
    if (find_hash(s, c->arena, g->user_id, &present, e) < 0)
        return -1;
    if (strcmp(present, g->proven) != 0) /* it was replaced while the new hash was made */
        return refuse_present(e);
    if (password_keep(s, c->arena, g->user_id, g->hash, now, e) < 0)
        return -1;
    return user_record_act(sv, s, c, g->user_id, NULL, "password.changed", now, e);
}

int password_change(struct service *sv, struct call *c, const char *present, const char *wanted,
                    struct err *e)
{
    char hash[PASSWORD_HASH_SIZE];
    const char *user_id;
    struct changing g = {.user_id = c->who->subject, .hash = hash};
    if (password_acceptable(c->arena, c->who->subject, wanted, "/password", e) < 0)
        return -1;
    if (password_check_then(sv, c, c->who->subject, present, note_proven, &g, &user_id, e) < 0)
        return e->kind == ERR_UNAUTHENTICATED ? refuse_present(e) : -1;
    if (password_hash(wanted, hash, e) < 0)
        return -1;
    return change_run(sv, c, keep_changed, &g, e);
}
