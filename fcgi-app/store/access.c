#include "backend.h"

/* ---- reading ---- */

int store_password_get(struct session *s, struct arena *a, const char *user_id,
                       struct password_row *out, struct err *e)
{
    return s->store->ops->password_get(s, a, user_id, out, e);
}

int store_attempt_get(struct session *s, struct arena *a, const char *name_sha256,
                      const char *address, struct attempt_row *out, struct err *e)
{
    return s->store->ops->attempt_get(s, a, name_sha256, address, out, e);
}

int store_ticket_get(struct session *s, struct arena *a, const char *sha256, struct ticket_row *out,
                     struct err *e)
{
    return s->store->ops->ticket_get(s, a, sha256, out, e);
}

int store_api_key_get(struct session *s, struct arena *a, const char *id, struct api_key_row *out,
                      struct err *e)
{
    return s->store->ops->api_key_get(s, a, id, out, e);
}

int store_identity_get(struct session *s, struct arena *a, const char *issuer, const char *subject,
                       struct identity_row *out, struct err *e)
{
    return s->store->ops->identity_get(s, a, issuer, subject, out, e);
}

int store_key_set_get(struct session *s, struct arena *a, const char *issuer,
                      struct key_set_row *out, struct err *e)
{
    return s->store->ops->key_set_get(s, a, issuer, out, e);
}

int store_api_key_list(struct session *s, struct arena *a, const struct page *page,
                       struct api_key_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->api_key_list(s, a, page, rows, n, e);
}

int store_password_any(struct session *s, struct err *e)
{
    return s->store->ops->password_any(s, e);
}

/* ---- writing: only in the session of an apply half ---- */

int store_password_put(struct session *s, const struct password_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->password_put(s, r, e);
}

int store_attempt_put(struct session *s, const struct attempt_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->attempt_put(s, r, e);
}

int store_ticket_put(struct session *s, const struct ticket_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->ticket_put(s, r, e);
}

int store_api_key_put(struct session *s, const struct api_key_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->api_key_put(s, r, e);
}

int store_identity_put(struct session *s, const struct identity_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->identity_put(s, r, e);
}

int store_key_set_put(struct session *s, const struct key_set_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->key_set_put(s, r, e);
}

int store_ticket_end(struct session *s, const char *user_id, const char *family, const char *kind,
                     int64_t now, struct err *e)
{
    return store_check_writing(s, e) < 0
               ? -1
               : s->store->ops->ticket_end(s, user_id, family, kind, now, e);
}

int store_access_forget(struct session *s, int64_t before, size_t limit, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->access_forget(s, before, limit, e);
}
