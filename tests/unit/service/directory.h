/*
 * A service over the store in memory, and what it is asked: shared by the
 * tests of the directory's use cases.
 */
#ifndef TESTS_SERVICE_DIRECTORY_H
#define TESTS_SERVICE_DIRECTORY_H

#include "base/clock.h"
#include "base/json.h"
#include "service/usecase.h"

#define NOW INT64_C(1767323045678901)

extern struct clock fake;
extern struct store *store;
extern struct service sv;
extern struct arena *arena; /* of the test in hand */

void set_up(void); /* NOW, and nothing in the store */
void tear_down(void);

/* By nobody in particular, from 192.0.2.1, in the request "req-1". */
struct call call(void);
const struct json *parse(const char *text);
/* "ok"; "not-found", …; of what does not fit, every pointer: "/email /absence/to". */
const char *outcome(int rc, const struct err *e);
/* "a b c" */
const char *joined(const char *const *ids, size_t n);

/* "user.created user.updated": what the audit log has of it. */
const char *audited(const char *entity_id);
/* The payload of the last entry, which must be nobody's in particular, without the digests that it
 * ends with; NULL: there is none. */
const char *last_audit(const char *entity_id);
/* A digest in the payload of the last entry: "before_sha256"; NULL: there is none. */
const char *last_digest(const char *entity_id, const char *key);

#endif
