#include "sessions.h"

#include "change.h"
#include "password.h"

#define HOUR_US (INT64_C(3600) * US_PER_SECOND)

static int keep(struct service *sv, struct call *c, struct session *s, const char *user_id,
                int64_t now, void *arg, struct err *e)
{
    (void)c;
    const struct bearer *cookie = arg;
    struct ticket_row ticket = {
        .sha256 = cookie->sha256,
        .kind = TICKET_SESSION,
        .user_id = user_id,
        .family = cookie->sha256,
        .created_at = now,
        .used_at = now,
        .expires_at = now + sv->settings->session_hours * HOUR_US,
    };
    return store_ticket_put(s, &ticket, e);
}

struct starting {
    const char *user_id;
    struct bearer *cookie;
};

static int start(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    const struct starting *g = arg;
    return keep(sv, c, s, g->user_id, now, g->cookie, e);
}

int session_start(struct service *sv, struct call *c, const char *user_id, struct bearer *cookie,
                  struct err *e)
{
    struct starting g = {user_id, cookie};
    bearer_new(BEARER_SESSION, NULL, cookie);
    return change_run(sv, c, start, &g, e);
}

int session_by_password(struct service *sv, struct call *c, const char *name, const char *password,
                        struct bearer *cookie, struct err *e)
{
    const char *user_id;
    bearer_new(BEARER_SESSION, NULL, cookie);
    return password_check_then(sv, c, name, password, keep, cookie, &user_id, e);
}
