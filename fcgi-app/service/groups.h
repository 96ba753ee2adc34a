/*
 * Use cases: groups of people.
 *
 *     {"id", "name", "members": [user ids]}
 *
 * A member may be somebody who is not registered.
 */
#ifndef SERVICE_GROUPS_H
#define SERVICE_GROUPS_H

#include "base/json.h"
#include "usecase.h"

#define GROUP_MEMBERS_MAX 1000

struct group_list {
    const struct group_row *rows;
    size_t count;
    bool more; /* the page is not the last */
};

/* In order of id. */
int group_read_list(struct service *sv, struct arena *arena, const struct page *page,
                    struct group_list *out, struct err *e);
/* ERR_NOT_FOUND "Group not found". */
int group_read_one(struct service *sv, struct arena *arena, const char *id, struct group_row *out,
                   struct err *e);

/* The result that is rendered is a struct group_row. ERR_INVALID with every problem; ERR_CONFLICT
 * where the group exists. A change that changes nothing leaves no entry. */
int group_create(struct service *sv, struct call *c, const struct json *body, struct answer *out,
                 struct err *e);
/* body is a merge patch; the members that it names replace all there were. ERR_NOT_FOUND as above.
 */
int group_change(struct service *sv, struct call *c, const char *id, const struct json *body,
                 struct answer *out, struct err *e);
/* ERR_NOT_FOUND as above. The result is the group as it was. */
int group_remove(struct service *sv, struct call *c, const char *id, struct answer *out,
                 struct err *e);

#endif
