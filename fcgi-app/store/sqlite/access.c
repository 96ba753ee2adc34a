#include "operations.h"

#include "base/json.h"

/* ---- passwords ---- */

static int password_row(struct query *q, struct arena *a, void *out)
{
    *(struct password_row *)out = (struct password_row){
        .user_id = query_get_text(q, a, 0),
        .hash = query_get_text(q, a, 1),
        .changed_at = query_get_int(q, 2),
    };
    return 0;
}

int sqlite_password_get(struct session *s, struct arena *a, const char *user_id,
                        struct password_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_PASSWORD_GET, e);
    query_text(&q, user_id);
    return query_one(&q, a, password_row, out);
}

int sqlite_password_any(struct session *s, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_PASSWORD_ANY, e);
    int rc = query_row(&q);
    query_close(&q);
    return rc;
}

int sqlite_password_put(struct session *s, const struct password_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_PASSWORD_PUT, e);
    query_text(&q, r->user_id);
    query_text(&q, r->hash);
    query_int(&q, r->changed_at);
    return query_run(&q);
}

/* ---- attempts ---- */

static int attempt_row(struct query *q, struct arena *a, void *out)
{
    *(struct attempt_row *)out = (struct attempt_row){
        .name_sha256 = query_get_text(q, a, 0),
        .address = query_get_text(q, a, 1),
        .failures = query_get_int(q, 2),
        .last_at = query_get_int(q, 3),
        .blocked_until = query_get_int(q, 4),
        .succeeded_at = query_get_int(q, 5),
    };
    return 0;
}

int sqlite_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                       const char *address, struct attempt_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_ATTEMPT_GET, e);
    query_text(&q, name_sha256);
    query_text(&q, address);
    return query_one(&q, a, attempt_row, out);
}

int sqlite_attempt_put(struct session *s, const struct attempt_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_ATTEMPT_PUT, e);
    query_text(&q, r->name_sha256);
    query_text(&q, r->address);
    query_int(&q, r->failures);
    query_int(&q, r->last_at);
    query_int(&q, r->blocked_until);
    query_int(&q, r->succeeded_at);
    return query_run(&q);
}

/* ---- tickets ---- */

static int ticket_row(struct query *q, struct arena *a, void *out)
{
    *(struct ticket_row *)out = (struct ticket_row){
        .sha256 = query_get_text(q, a, 0),
        .kind = query_get_text(q, a, 1),
        .user_id = query_get_text(q, a, 2),
        .family = query_get_text(q, a, 3),
        .created_at = query_get_int(q, 4),
        .used_at = query_get_int(q, 5),
        .expires_at = query_get_int(q, 6),
        .ended_at = query_get_int(q, 7),
    };
    return 0;
}

int sqlite_ticket_get(struct session *s, struct arena *a, const char *sha256,
                      struct ticket_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_TICKET_GET, e);
    query_text(&q, sha256);
    return query_one(&q, a, ticket_row, out);
}

int sqlite_ticket_put(struct session *s, const struct ticket_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_TICKET_PUT, e);
    query_text(&q, r->sha256);
    query_text(&q, r->kind);
    query_text(&q, r->user_id);
    query_text(&q, r->family);
    query_int(&q, r->created_at);
    query_int(&q, r->used_at);
    query_int(&q, r->expires_at);
    query_int(&q, r->ended_at);
    return query_run(&q);
}

int sqlite_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                      int64_t now, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), family ? SQL_TICKETS_END_FAMILY : SQL_TICKETS_END_USER, e);
    query_text(&q, family ? family : user_id);
    query_int(&q, now);
    query_text(&q, kind);
    return query_run(&q);
}

/* ---- API keys ---- */

/* The texts of a JSON array. */
static int texts_get(struct query *q, struct arena *a, int column, const char *const **texts,
                     size_t *n)
{
    const struct json *array;
    struct err ignored = ERR_INIT;
    if (json_parse_kept(a, query_peek_text(q, column), &array, &ignored) < 0 ||
        json_type(array) != JSON_ARRAY)
        return err_set(q->e, ERR_INTERNAL, "The database holds a list that is none.");
    *n = json_array_size(array);
    const char **list = arena_array(a, *n, sizeof *list);
    for (size_t i = 0; i < *n; i++) {
        list[i] = json_string(json_at(array, i), NULL);
        if (!list[i])
            return err_set(q->e, ERR_INTERNAL, "The database holds a list of what is no text.");
    }
    *texts = list;
    return 0;
}

static int api_key_row(struct query *q, struct arena *a, void *out)
{
    struct api_key_row *row = out;
    *row = (struct api_key_row){
        .id = query_get_text(q, a, 0),
        .sha256 = query_get_text(q, a, 1),
        .user_id = query_get_text(q, a, 2),
        .name = query_get_text(q, a, 3),
        .created_by = query_get_text(q, a, 7),
        .created_at = query_get_int(q, 8),
        .expires_at = query_get_int(q, 9),
        .used_at = query_get_int(q, 10),
        .revoked_at = query_get_int(q, 11),
    };
    if (texts_get(q, a, 4, &row->roles, &row->role_count) < 0 ||
        texts_get(q, a, 5, &row->workflows, &row->workflow_count) < 0)
        return -1;
    return texts_get(q, a, 6, &row->act_as, &row->act_as_count);
}

int sqlite_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                       struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_API_KEY_GET, e);
    query_text(&q, id);
    return query_one(&q, a, api_key_row, out);
}

int sqlite_api_key_list(struct session *s, struct arena *a, const struct page *page,
                        struct api_key_row **rows, size_t *n, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_API_KEY_LIST, e);
    query_page(&q, page->after, page->limit);
    return query_all(&q, a, sizeof **rows, api_key_row, rows, n);
}

static int api_key_write(struct conn *c, struct arena *a, const struct api_key_row *r,
                         struct err *e)
{
    struct query q;
    query_open(&q, c, SQL_API_KEY_PUT, e);
    query_text(&q, r->id);
    query_text(&q, r->sha256);
    query_text(&q, r->user_id);
    query_text(&q, r->name);
    query_texts_array(&q, a, r->roles, r->role_count);
    query_texts_array(&q, a, r->workflows, r->workflow_count);
    query_texts_array(&q, a, r->act_as, r->act_as_count);
    query_text(&q, r->created_by);
    query_int(&q, r->created_at);
    query_int(&q, r->expires_at);
    query_int(&q, r->used_at);
    query_int(&q, r->revoked_at);
    return query_run(&q);
}

int sqlite_api_key_put(struct session *s, const struct api_key_row *r, struct err *e)
{
    struct arena *arena = arena_new();
    int rc = api_key_write(sqlite_conn(s), arena, r, e);
    arena_free(&arena);
    return rc;
}

/* ---- identities and key sets ---- */

static int identity_row(struct query *q, struct arena *a, void *out)
{
    *(struct identity_row *)out = (struct identity_row){
        .issuer = query_get_text(q, a, 0),
        .subject = query_get_text(q, a, 1),
        .user_id = query_get_text(q, a, 2),
        .claims_at = query_get_int(q, 3),
        .created_at = query_get_int(q, 4),
    };
    return 0;
}

int sqlite_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                        struct identity_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_IDENTITY_GET, e);
    query_text(&q, issuer);
    query_text(&q, subject);
    return query_one(&q, a, identity_row, out);
}

int sqlite_identity_put(struct session *s, const struct identity_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_IDENTITY_PUT, e);
    query_text(&q, r->issuer);
    query_text(&q, r->subject);
    query_text(&q, r->user_id);
    query_int(&q, r->claims_at);
    query_int(&q, r->created_at);
    return query_run(&q);
}

static int key_set_row(struct query *q, struct arena *a, void *out)
{
    *(struct key_set_row *)out = (struct key_set_row){
        .issuer = query_get_text(q, a, 0),
        .keys = query_get_text(q, a, 1),
        .fetched_at = query_get_int(q, 2),
        .wanted_at = query_get_int(q, 3),
    };
    return 0;
}

int sqlite_key_set_get(struct session *s, struct arena *a, const char *issuer,
                       struct key_set_row *out, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_KEY_SET_GET, e);
    query_text(&q, issuer);
    return query_one(&q, a, key_set_row, out);
}

int sqlite_key_set_put(struct session *s, const struct key_set_row *r, struct err *e)
{
    struct query q;
    query_open(&q, sqlite_conn(s), SQL_KEY_SET_PUT, e);
    query_text(&q, r->issuer);
    query_text(&q, r->keys);
    query_int(&q, r->fetched_at);
    query_int(&q, r->wanted_at);
    return query_run(&q);
}

/* ---- what is over ---- */

static int forget(struct conn *c, enum sql n, int64_t before, size_t limit, struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    query_int(&q, before);
    query_limit(&q, limit);
    return query_run(&q);
}

int sqlite_access_forget(struct session *s, int64_t before, size_t limit, struct err *e)
{
    struct conn *c = sqlite_conn(s);
    if (forget(c, SQL_TICKETS_FORGET, before, limit, e) < 0)
        return -1;
    return forget(c, SQL_ATTEMPTS_FORGET, before, limit, e);
}
