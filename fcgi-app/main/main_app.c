/*
 * approval-app: one process of the FastCGI pool. The listening socket is
 * descriptor 0, as spawn-fcgi leaves it.
 */
#include "api/routes.h"
#include "base/settings.h"
#include "crypto/secret.h"
#include "http/fcgi_io.h"
#include "pages/routes.h"
#include "service/audit.h"
#include "service/authenticate.h"
#include "service/service.h"
#include "store/sqlite/sqlite.h"

#include <unistd.h>

/* A form carries its token in a field. A body that is no form has none, and is looked at later. */
static const char *csrf_of(struct request *req)
{
    struct err ignored = ERR_INIT;
    const char *header = request_header(req, "x-csrf-token");
    if (header || !request_is_form(req) || request_form(req, &ignored) < 0)
        return header;
    return request_form_value(req, "csrf");
}

static int admit(void *app, struct request *req, unsigned any_of, struct err *e)
{
    bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;
    struct credentials c = {
        .authorization = request_header(req, "authorization"),
        .cookie = request_header(req, "cookie"),
        .remote_user = req->remote_user,
        .origin = request_header(req, "origin"),
        .sec_fetch_site = request_header(req, "sec-fetch-site"),
        .host = request_header(req, "host"),
        .csrf = reads ? NULL : csrf_of(req),
        .changes = !reads,
        .request_id = req->id,
        .client_address = req->client_address,
    };
    struct principal *who = arena_make(req->arena, struct principal);
    if (authenticate(app, req->arena, &c, who, e) < 0)
        return -1;
    req->principal = who;
    req->log.actor = who->subject;
    return principal_require(who, any_of, e);
}

static int serve(struct arena *arena, const struct settings *s, struct service *sv, struct err *e)
{
    struct router router = {
        .routes = api_routes,
        .route_count = api_route_count,
        .pages = page_routes,
        .page_count = page_route_count,
        .max_body = (size_t)s->max_body,
        .app = sv,
        .admit = admit,
        .page_problem = page_problem,
    };
    struct fcgi_options options = {
        .listen_fd = STDIN_FILENO,
        .threads = (int)s->threads,
        .router = &router,
    };
    if (audit_seal(sv, arena, e) < 0)
        return -1;
    return fcgi_serve(&options, e);
}

static void warn_of_settings(struct arena *arena, const struct settings *s)
{
    if (!s->auth)
        log_warn(NULL, "auth.off",
                 "APPROVAL_AUTH is off: every caller may do everything and is believed about who "
                 "he is; use it on a trusted network only");
    for (const char *const *name = settings_unknown(arena, environ); *name; name++)
        log_warn(NULL, "settings.unknown", "%s is not a setting of this program", *name);
}

static int run(struct arena *arena, struct err *e)
{
    struct settings s;
    secret_guard_memory();
    if (settings_read(arena, environ, &s, NULL, e) < 0)
        return -1;
    log_setup(s.log_level, "approval-app");
    warn_of_settings(arena, &s);

    struct store_sqlite_options options = {.path = s.db_path, .clock = &clock_real};
    struct store *store;
    if (store_sqlite_open(&options, &store, e) < 0)
        return -1;
    struct service sv;
    int rc = service_init(&sv, store, &clock_real, &s, e);
    if (rc == 0) {
        rc = serve(arena, &s, &sv, e);
        service_release(&sv);
    }
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
