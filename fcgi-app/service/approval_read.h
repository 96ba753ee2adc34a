/*
 * Use cases: looking at approvals.
 */
#ifndef SERVICE_APPROVAL_READ_H
#define SERVICE_APPROVAL_READ_H

#include "auth/principal.h"
#include "engine/step.h"
#include "service.h"

#define APPROVAL_LIST_DEFAULT 50
#define APPROVAL_LIST_MAX 200

struct approval_list {
    const struct approval_item *rows;
    size_t count;
};

struct approval_detail {
    struct approval approval;
    const struct event_row *events;
    size_t event_count;
    bool asked;                        /* what somebody may do was asked, too */
    const char *reasons[ACTION_COUNT]; /* why he may not do each of these; NULL: he may */
};

/* Those that he may know of; f->viewer is filled in. */
int approval_read_list(struct service *sv, struct arena *arena, const struct principal *who,
                       const struct approval_filter *f, struct approval_list *out, struct err *e);
/* actor is who it is asked for what he may do; NULL: nobody. ERR_NOT_FOUND "Approval not found". */
int approval_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                      const char *id, const char *actor, struct approval_detail *out,
                      struct err *e);

#endif
