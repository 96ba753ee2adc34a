/*
 * Use case: who am I?
 */
#ifndef SERVICE_ME_H
#define SERVICE_ME_H

#include "auth/principal.h"
#include "service.h"

struct me {
    struct user_row user; /* only the id, where nobody is registered under it */
    const char *const *groups;
    size_t group_count;
    const struct principal *who;
};

int me_read(struct service *sv, struct arena *arena, const struct principal *who, struct me *out,
            struct err *e);

#endif
