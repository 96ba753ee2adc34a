/*
 * The service: what use cases share. One per process; every thread uses it.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include "base/clock.h"
#include "base/zone.h"
#include "store/store.h"

struct definitions;
struct rules_file;

struct service {
    struct store *store;             /* borrowed */
    const struct clock *clock;       /* borrowed */
    struct definitions *definitions; /* parsed versions, see definitions.h */
    struct rules_file *rules;        /* see rules_file.h */
    struct zones *zones;             /* the system's time zones */
};

/* rules_path "" means no rules. */
void service_init(struct service *sv, struct store *store, const struct clock *clock,
                  const char *rules_path);
void service_release(struct service *sv); /* not the store */

#endif
