#include "holder.h"

#include "crypto/secret.h"

#define KEYS_PAGE 200

int64_t holder_tokens_from(int64_t before, int64_t now)
{
    int64_t latest = before > now ? before : now;
    return (latest / US_PER_SECOND + 1) * US_PER_SECOND;
}

int holder_user(struct session *s, struct arena *arena, const char *id, struct user_row *out,
                struct err *e)
{
    int found = store_user_get(s, arena, id, out, e);
    return found > 0 && out->removed_at ? 0 : found;
}

int holder_of_key(struct session *s, struct arena *arena, const char *id, const char *sha256,
                  int64_t now, struct api_key_row *key, struct user_row *user, struct err *e)
{
    int found = store_api_key_get(s, arena, id, key, e);
    if (found <= 0)
        return found;
    if ((sha256 && !secret_equal(sha256, key->sha256)) || key->revoked_at ||
        (key->expires_at && now >= key->expires_at))
        return 0;
    return holder_user(s, arena, key->user_id, user, e);
}

int holder_of_ticket(struct session *s, struct arena *arena, const char *kind, const char *sha256,
                     int64_t now, struct ticket_row *ticket, struct user_row *user, struct err *e)
{
    int found = store_ticket_get(s, arena, sha256, ticket, e);
    if (found <= 0)
        return found;
    if (strcmp(ticket->kind, kind) != 0 || ticket->ended_at || now >= ticket->expires_at)
        return 0;
    return holder_user(s, arena, ticket->user_id, user, e);
}

static int revoke_page(struct session *s, struct arena *arena, const char *user_id,
                       struct page *page, size_t *n, int64_t now, struct err *e)
{
    struct api_key_row *keys = NULL;
    if (store_api_key_list(s, arena, page, &keys, n, e) < 0)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(keys[i].user_id, user_id) != 0 || keys[i].revoked_at)
            continue;
        keys[i].revoked_at = now;
        if (store_api_key_put(s, &keys[i], e) < 0)
            return -1;
    }
    if (*n)
        page->after = keys[*n - 1].id;
    return 0;
}

int holder_forget(struct session *s, struct arena *arena, const char *user_id, int64_t now,
                  struct err *e)
{
    struct password_row password;
    struct page page = {.limit = KEYS_PAGE};
    size_t n = KEYS_PAGE;
    int found = store_password_get(s, arena, user_id, &password, e);
    if (found < 0)
        return -1;
    password.hash = ""; /* verifies nothing */
    password.changed_at = now;
    if ((found && store_password_put(s, &password, e) < 0) ||
        store_ticket_end(s, user_id, NULL, NULL, now, e) < 0)
        return -1;
    while (n == KEYS_PAGE)
        if (revoke_page(s, arena, user_id, &page, &n, now, e) < 0)
            return -1;
    return 0;
}
