/*
 * Use case: is this instance fit to serve? Never writes.
 */
#ifndef SERVICE_HEALTH_H
#define SERVICE_HEALTH_H

#include "service.h"

struct health {
    bool database;                  /* answers, with a schema this program can use */
    const char *database_complaint; /* NULL: none */
    const char *rules_complaint;    /* NULL: none; people decide, so this is a warning */
};

void health_check(struct service *sv, struct arena *arena, struct health *out);

#endif
