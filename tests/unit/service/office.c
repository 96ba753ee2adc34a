#include "office.h"

#include "check.h"

static const char *const ours[] = {
    "APPROVAL_DB_PATH=/nonexistent/approvals.db",
    "APPROVAL_RULES_PATH=none",
    "APPROVAL_AUTH=off",
    "APPROVAL_JWT_SECRET=" OFFICE_JWT_SECRET,
    "APPROVAL_AUDIT_KEY=" OFFICE_AUDIT_KEY,
};
#define OURS (sizeof ours / sizeof *ours)

struct office {
    struct settings settings; /* first, so that the service's settings lead here */
    struct arena *arena;
};

/* The first that has a name is the one that counts. */
const struct settings *office_settings(struct arena *arena, const char *const *more)
{
    struct office *office = arena_make(arena, struct office);
    struct err e = ERR_INIT;
    size_t n = 0;
    while (more && more[n])
        n++;
    char **env = arena_array(arena, n + OURS + 1, sizeof *env);
    for (size_t i = 0; i < n + OURS; i++)
        env[i] = arena_strdup(arena, i < n ? more[i] : ours[i - n]);
    settings_read(arena, env, &office->settings, NULL, &e);
    CHECK_STR(e.message, "");
    office->arena = arena;
    return &office->settings;
}

void office_open(struct service *sv, struct store *store, const struct clock *clock,
                 const char *const *more)
{
    struct err e = ERR_INIT;
    int rc = service_init(sv, store, clock, office_settings(arena_new(), more), &e);
    CHECK_STR(e.message, "");
    CHECK_FATAL(rc == 0);
}

void office_close(struct service *sv)
{
    struct arena *arena = ((const struct office *)sv->settings)->arena;
    service_release(sv);
    arena_free(&arena);
}
