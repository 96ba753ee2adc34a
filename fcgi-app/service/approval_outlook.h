/*
 * Use case: who can still finish the open stage of an approval?
 */
#ifndef SERVICE_APPROVAL_OUTLOOK_H
#define SERVICE_APPROVAL_OUTLOOK_H

#include "engine/forecast.h"
#include "auth/principal.h"
#include "service.h"

struct approval_outlook {
    const char *approval_id, *status;
    const char *stage_id; /* NULL: no stage is open */
    int64_t visit, seq;
    const char *role;          /* anybody with it can help to finish the stage; NULL: those asked */
    int64_t still_needed;      /* approvals; of a tree: 0 */
    struct outlook outlook;    /* of those asked */
    const char *const *absent; /* asked, away today and without a deputy: not in any set */
    size_t absent_count;
};

/* ERR_NOT_FOUND "Approval not found". */
int approval_outlook(struct service *sv, struct arena *arena, const struct principal *who,
                     const char *id, struct approval_outlook *out, struct err *e);

#endif
