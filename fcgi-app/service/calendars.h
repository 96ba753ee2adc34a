/*
 * Use cases: business calendars (engine/calendar.h says what one is).
 */
#ifndef SERVICE_CALENDARS_H
#define SERVICE_CALENDARS_H

#include "base/json.h"
#include "usecase.h"

struct calendar_list {
    const struct calendar_row *rows;
    size_t count;
};

/* All of them, in order of id. */
int calendar_read_list(struct service *sv, struct arena *arena, struct calendar_list *out,
                       struct err *e);
/* ERR_NOT_FOUND "Calendar not found". */
int calendar_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct calendar_row *out, struct err *e);

/* Creates or replaces it; *created says which. The body may leave out the id, else it is this one.
 * The result that is rendered is a struct calendar_row. ERR_INVALID with every problem. The same
 * content again leaves no entry. */
int calendar_put(struct service *sv, struct call *c, const char *id, const struct json *body,
                 struct answer *out, bool *created, struct err *e);

#endif
