/*
 * What a service needs besides a store: settings with keys in them. Shared by
 * all tests of services.
 */
#ifndef TESTS_SERVICE_OFFICE_H
#define TESTS_SERVICE_OFFICE_H

#include "service/service.h"

#define OFFICE_JWT_SECRET "a secret for tokens, only for tests"
#define OFFICE_AUDIT_KEY "a key for the audit log, only for tests"

/* The settings' defaults, these two keys, no rules, APPROVAL_AUTH=off, and what more says over
 * them: "NAME=value" up to a NULL; NULL: nothing. In the arena. */
const struct settings *office_settings(struct arena *arena, const char *const *more);

/* A service by such settings; must not fail. */
void office_open(struct service *sv, struct store *store, const struct clock *clock,
                 const char *const *more);
/* After what was asked of it has been given back; not the store. */
void office_close(struct service *sv);

#endif
