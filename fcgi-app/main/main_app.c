/*
 * approval-app: one process of the FastCGI pool. The listening socket is
 * descriptor 0, as spawn-fcgi leaves it.
 */
#include "api/routes.h"
#include "auth/principal.h"
#include "base/settings.h"
#include "http/fcgi_io.h"
#include "pages/routes.h"
#include "service/service.h"
#include "store/sqlite/sqlite.h"

#include <unistd.h>

/* Nobody is asked who he is while authentication is off; the bodies say who acts. */
static int admit(void *app, struct request *req, int role, struct err *e)
{
    (void)app;
    req->principal = &principal_anonymous;
    return principal_require(req->principal, (enum role)role, e);
}

static const struct route *all_routes(struct arena *arena)
{
    struct route *all = arena_array(arena, api_route_count + page_route_count, sizeof *all);
    memcpy(all, api_routes, api_route_count * sizeof *all);
    memcpy(all + api_route_count, page_routes, page_route_count * sizeof *all);
    return all;
}

static int serve(struct arena *arena, const struct settings *s, struct service *sv, struct err *e)
{
    struct router router = {
        .routes = all_routes(arena),
        .route_count = api_route_count + page_route_count,
        .max_body = (size_t)s->max_body,
        .app = sv,
        .admit = admit,
    };
    struct fcgi_options options = {
        .listen_fd = STDIN_FILENO,
        .threads = (int)s->threads,
        .router = &router,
    };
    return fcgi_serve(&options, e);
}

static int run(struct arena *arena, struct err *e)
{
    struct settings s;
    if (settings_read(arena, environ, &s, NULL, e) < 0)
        return -1;
    log_setup(s.log_level, "approval-app");
    if (s.auth)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_AUTH: this version cannot sign anybody in yet; set it to off, on "
                       "a trusted network only, where every caller may do everything");
    log_warn(NULL, "auth.off",
             "APPROVAL_AUTH is off: every caller may do everything and is believed about who he "
             "is; use it on a trusted network only");
    for (const char *const *name = settings_unknown(arena, environ); *name; name++)
        log_warn(NULL, "settings.unknown", "%s is not a setting of this program", *name);

    struct store_sqlite_options options = {.path = s.db_path, .clock = &clock_real};
    struct store *store;
    if (store_sqlite_open(&options, &store, e) < 0)
        return -1;
    struct service sv;
    service_init(&sv, store, &clock_real, s.rules_path);
    int rc = serve(arena, &s, &sv, e);
    service_release(&sv);
    store_close(&store);
    return rc;
}

int main(void)
{
    struct arena *arena = arena_new();
    struct err e = ERR_INIT;
    int rc = run(arena, &e);
    if (rc < 0) {
        log_error(NULL, "start.failed", "%s", e.message);
        fprintf(stderr, "approval-app: %s\n", e.message);
        /* Whoever restarts us gives up after so many quick deaths; what is wrong may pass. */
        sleep(1);
    }
    arena_free(&arena);
    return rc < 0 ? 1 : 0;
}
