#include "console.h"

#include "base/clock.h"
#include "issuer_fetch.h"
#include "service/issuer_keys.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#define FETCH_EVERY_US (INT64_C(60) * US_PER_SECOND)

static int issuer_of(const struct console *c, const char **issuer, struct err *e)
{
    *issuer = c->sv.settings->oidc_issuer;
    return **issuer ? 0 : err_set(e, ERR_INVALID, "APPROVAL_OIDC_ISSUER is not set");
}

static int fetch_keys(struct console *c, struct arena *arena, const char *issuer,
                      bool (*stop)(void *arg), struct err *e)
{
    const char *jwks;
    if (issuer_fetch(arena, issuer, stop, &jwks, e) < 0)
        return -1;
    return issuer_keys_put(&c->sv, arena, issuer, jwks, e);
}

/* ---- fetch ---- */

static int fetch(struct console *c, const struct options *o, struct err *e)
{
    (void)o;
    const char *issuer;
    struct issuer_keys_kept kept;
    if (issuer_of(c, &issuer, e) < 0 || fetch_keys(c, c->arena, issuer, NULL, e) < 0 ||
        issuer_keys_read(&c->sv, c->arena, issuer, &kept, e) < 0)
        return -1;
    printf("%zu key%s of %s\n", kept.keys.count, kept.keys.count == 1 ? "" : "s", issuer);
    return 0;
}

/* ---- watch ---- */

/* Of the signals that are blocked: one has come, and stays for wait_told. */
static bool is_told(void *arg)
{
    sigset_t pending;
    (void)arg;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT);
}

/* A second passes, or it is told to stop. */
static bool wait_told(const sigset_t *stopping)
{
    static const struct timespec second = {.tv_sec = 1};
    return sigtimedwait(stopping, NULL, &second) > 0;
}

static void try_fetch(struct console *c, struct arena *arena, const char *issuer)
{
    struct err e = ERR_INIT;
    if (fetch_keys(c, arena, issuer, is_told, &e) == 0)
        log_info(NULL, "issuer.fetched", "the keys of %s were fetched", issuer);
    else if (!is_told(NULL))
        log_error(NULL, "issuer.failed",
                  "the keys of %s cannot be fetched, those from before stay: %s", issuer,
                  e.message);
}

/* The last good keys stay, whatever goes wrong. */
static void look(struct console *c, const char *issuer, int64_t *tried_at)
{
    struct err e = ERR_INIT;
    int64_t now = clock_monotonic();
    if (*tried_at && now - *tried_at < FETCH_EVERY_US)
        return;
    int due = issuer_keys_due(&c->sv, issuer, &e);
    if (due == 0)
        return;
    *tried_at = now;
    if (due < 0) {
        log_error(NULL, "issuer.failed", "whether keys are due cannot be told: %s", e.message);
        return;
    }
    struct arena *arena = arena_new();
    try_fetch(c, arena, issuer);
    arena_free(&arena);
}

static int watch(struct console *c, const struct options *o, struct err *e)
{
    (void)o;
    const char *issuer;
    sigset_t stopping, before;
    int64_t tried_at = 0;
    if (issuer_of(c, &issuer, e) < 0)
        return -1;
    log_setup(c->sv.settings->log_level, "approvalctl");
    log_to(STDOUT_FILENO);
    /* Blocked, so that they are only ever looked for; the store's own thread takes none. */
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stopping, &before);
    do
        look(c, issuer, &tried_at);
    while (!wait_told(&stopping));
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return 0;
}

/* ---- show ---- */

static int show(struct console *c, const struct options *o, struct err *e)
{
    (void)o;
    static const char *const algs[] = {
        [TOKEN_HS256] = "HS256",
        [TOKEN_RS256] = "RS256",
        [TOKEN_ES256] = "ES256",
    };
    const char *issuer;
    struct issuer_keys_kept kept;
    if (issuer_of(c, &issuer, e) < 0 || issuer_keys_read(&c->sv, c->arena, issuer, &kept, e) < 0)
        return -1;
    printf("issuer\t%s\nfetched\t", issuer);
    print_time(kept.fetched_at, '\n');
    for (size_t i = 0; i < kept.keys.count; i++) {
        printf("key\t%s\t", algs[kept.keys.list[i].alg]);
        print_text(kept.keys.list[i].kid, '\n');
    }
    return 0;
}

int cmd_issuer(struct command_call *call, struct err *e)
{
    static const struct verb verbs[] = {
        {"fetch", "", 0, 0, 0, fetch},
        {"watch", "", 0, 0, 0, watch},
        {"show", "", 0, 0, 0, show},
    };
    return console_run(call, "issuer", verbs, sizeof verbs / sizeof *verbs, e);
}
