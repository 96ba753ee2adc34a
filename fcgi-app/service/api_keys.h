/*
 * Use cases: API keys, with which services and agents sign in.
 */
#ifndef SERVICE_API_KEYS_H
#define SERVICE_API_KEYS_H

#include "base/json.h"
#include "usecase.h"

struct api_key_list {
    const struct api_key_row *rows;
    size_t count;
    bool more;
};

struct api_key_made {
    struct api_key_row row;
    const char *key; /* shown this once */
};

int api_key_read_list(struct service *sv, struct arena *arena, const struct page *page,
                      struct api_key_list *out, struct err *e);
/* ERR_NOT_FOUND "API key not found". */
int api_key_read_one(struct service *sv, struct arena *arena, const char *id,
                     struct api_key_row *out, struct err *e);

/*
 * body: {"user_id", "name", "roles": […], "workflows": […], "act_as": […], "expires_at"}: user_id
 * and name are needed. roles: of those the user has, which are carried (default: all that he has
 * when the key is made). workflows: those that it reaches (default: all). A
 * problem for each member that does not fit: roles he does not have, unknown users and workflows,
 * expires_at in the past. The secret cannot be shown again, so no answer is kept under an
 * Idempotency-Key; what the call would render is not rendered. Audited as api_key.created.
 */
int api_key_create(struct service *sv, struct call *c, const struct json *body,
                   struct api_key_made *out, struct err *e);
/* From now on it signs nobody in. Again: nothing happens. The result that is rendered is a struct
 * api_key_row. ERR_NOT_FOUND as above. Audited as api_key.revoked. */
int api_key_revoke(struct service *sv, struct call *c, const char *id, struct answer *out,
                   struct err *e);

#endif
