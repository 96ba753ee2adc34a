/*
 * Use cases: the people. Somebody who was removed is not there for any of
 * them, but his id stays his: creating it again brings him back, as what the
 * body says.
 */
#ifndef SERVICE_USERS_H
#define SERVICE_USERS_H

#include "base/json.h"
#include "usecase.h"

struct user_list {
    const struct user_row *rows;
    size_t count;
    bool more; /* the page is not the last */
};

/* In order of id. E-mail and phone are for administrators, auditors and the user himself: others
 * get NULL there. */
int user_read_list(struct service *sv, struct arena *arena, const struct principal *who,
                   const struct page *page, struct user_list *out, struct err *e);
/* The same. ERR_NOT_FOUND "User not found". */
int user_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                  const char *id, struct user_row *out, struct err *e);

/*
 * The result that is rendered is a struct user_row. Bodies: see user_form.h. ERR_INVALID with every
 * problem; a manager that would close a circle of managers is one. ERR_CONFLICT where the user
 * exists. A change that changes nothing leaves no entry.
 */
int user_create(struct service *sv, struct call *c, const struct json *body, struct answer *out,
                struct err *e);
/* body is a merge patch. ERR_NOT_FOUND as above. */
int user_change(struct service *sv, struct call *c, const char *id, const struct json *body,
                struct answer *out, struct err *e);
/* ERR_NOT_FOUND as above. The result is the row as it was. */
int user_remove(struct service *sv, struct call *c, const char *id, struct answer *out,
                struct err *e);

#endif
