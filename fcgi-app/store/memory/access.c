#include "operations.h"

/* ---- reading ---- */

int memory_password_get(struct session *s, struct arena *a, const char *user_id,
                        struct password_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, PASSWORDS, user_id, out);
}

static bool is_removed(struct memory_store *m, struct session *s, const char *user_id)
{
    const struct version *user = memory_find(m, s, USERS, user_id, ONLY);
    return ((const struct user_row *)user->row)->removed_at != 0;
}

int memory_password_any(struct session *s, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct arena *scratch = arena_new();
    struct selection sel = {.after = -1, .limit = SIZE_MAX};
    size_t n;
    const struct version *found = memory_select(m, s, scratch, PASSWORDS, &sel, &n);
    bool any = false;
    for (size_t i = 0; i < n && !any; i++)
        any = *((const struct password_row *)found[i].row)->hash && !is_removed(m, s, found[i].key);
    arena_free(&scratch);
    return memory_leave(m, any);
}

int memory_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                       const char *address, struct attempt_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, ATTEMPTS, memory_pair_key(a, name_sha256, address), out);
}

int memory_ticket_get(struct session *s, struct arena *a, const char *sha256,
                      struct ticket_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, TICKETS, sha256, out);
}

int memory_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                       struct err *e)
{
    (void)e;
    return memory_get(s, a, API_KEYS, id, out);
}

int memory_api_key_list(struct session *s, struct arena *a, const struct page *page,
                        struct api_key_row **rows, size_t *n, struct err *e)
{
    (void)e;
    struct selection sel = {
        .after = -1, .by_key = true, .above = page->after, .limit = page->limit};
    return memory_list(s, a, API_KEYS, &sel, rows, n);
}

int memory_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                        struct identity_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, IDENTITIES, memory_pair_key(a, issuer, subject), out);
}

int memory_key_set_get(struct session *s, struct arena *a, const char *issuer,
                       struct key_set_row *out, struct err *e)
{
    (void)e;
    return memory_get(s, a, KEY_SETS, issuer, out);
}

/* ---- writing ---- */

static int put(struct session *s, enum table_id id, const char *key, const void *row)
{
    struct memory_store *m = memory_enter(s);
    memory_put(m, s, id, key, ONLY, row);
    return memory_leave(m, 0);
}

/* The row of a user, whom there must be. */
static int put_of_user(struct session *s, enum table_id id, const char *user_id, const char *key,
                       const void *row, struct err *e)
{
    struct memory_store *m = memory_enter(s);
    if (!memory_find(m, s, USERS, user_id, ONLY))
        return memory_leave(m, memory_broken_key(e, "what is of a user it has not"));
    memory_put(m, s, id, key, ONLY, row);
    return memory_leave(m, 0);
}

static int put_of_pair(struct session *s, enum table_id id, const char *user_id, const char *first,
                       const char *second, const void *row, struct err *e)
{
    struct arena *scratch = arena_new();
    const char *key = memory_pair_key(scratch, first, second);
    int rc = user_id ? put_of_user(s, id, user_id, key, row, e) : put(s, id, key, row);
    arena_free(&scratch);
    return rc;
}

int memory_password_put(struct session *s, const struct password_row *r, struct err *e)
{
    return put_of_user(s, PASSWORDS, r->user_id, r->user_id, r, e);
}

int memory_attempt_put(struct session *s, const struct attempt_row *r, struct err *e)
{
    return put_of_pair(s, ATTEMPTS, NULL, r->name_sha256, r->address, r, e);
}

int memory_ticket_put(struct session *s, const struct ticket_row *r, struct err *e)
{
    return put_of_user(s, TICKETS, r->user_id, r->sha256, r, e);
}

int memory_api_key_put(struct session *s, const struct api_key_row *r, struct err *e)
{
    return put_of_user(s, API_KEYS, r->user_id, r->id, r, e);
}

int memory_identity_put(struct session *s, const struct identity_row *r, struct err *e)
{
    return put_of_pair(s, IDENTITIES, r->user_id, r->issuer, r->subject, r, e);
}

int memory_key_set_put(struct session *s, const struct key_set_row *r, struct err *e)
{
    (void)e;
    return put(s, KEY_SETS, r->issuer, r);
}

struct ending {
    const char *user_id, *family, *kind;
};

static bool is_to_end(const void *row, const void *arg)
{
    const struct ticket_row *t = row;
    const struct ending *ending = arg;
    return !t->ended_at && (!ending->kind || !strcmp(t->kind, ending->kind)) &&
           !strcmp(ending->family ? t->family : t->user_id,
                   ending->family ? ending->family : ending->user_id);
}

int memory_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                      int64_t now, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct arena *scratch = arena_new();
    struct ending ending = {.user_id = user_id, .family = family, .kind = kind};
    struct selection sel = {.after = -1, .keep = is_to_end, .arg = &ending, .limit = SIZE_MAX};
    size_t n;
    const struct version *found = memory_select(m, s, scratch, TICKETS, &sel, &n);
    for (size_t i = 0; i < n; i++) {
        struct ticket_row row = *(const struct ticket_row *)found[i].row;
        row.ended_at = now;
        memory_put(m, s, TICKETS, row.sha256, ONLY, &row);
    }
    arena_free(&scratch);
    return memory_leave(m, 0);
}

static bool is_expired(const void *row, const void *arg)
{
    const struct ticket_row *t = row;
    return t->expires_at && t->expires_at < *(const int64_t *)arg;
}

static bool is_long_ago(const void *row, const void *arg)
{
    return ((const struct attempt_row *)row)->last_at < *(const int64_t *)arg;
}

static void forget(struct memory_store *m, struct session *s, enum table_id id,
                   const struct selection *sel)
{
    struct arena *scratch = arena_new();
    size_t n;
    const struct version *found = memory_select(m, s, scratch, id, sel, &n);
    for (size_t i = 0; i < n; i++)
        memory_end(m, s, id, memory_find(m, s, id, found[i].key, ONLY));
    arena_free(&scratch);
}

int memory_access_forget(struct session *s, int64_t before, size_t limit, struct err *e)
{
    (void)e;
    struct memory_store *m = memory_enter(s);
    struct selection tickets = {.after = -1, .keep = is_expired, .arg = &before, .limit = limit};
    struct selection attempts = {.after = -1, .keep = is_long_ago, .arg = &before, .limit = limit};
    forget(m, s, TICKETS, &tickets);
    forget(m, s, ATTEMPTS, &attempts);
    return memory_leave(m, 0);
}
