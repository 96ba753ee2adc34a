#include "approval_read.h"

int approval_read_list(struct service *sv, struct arena *arena, const struct approval_filter *f,
                       struct approval_list *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct approval_item *rows = NULL;
    int rc = store_approval_list(s, arena, f, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    return rc;
}

static int read_detail(struct session *s, struct arena *arena, const char *id,
                       struct approval_detail *out, struct err *e)
{
    int found = store_approval_get(s, arena, id, &out->approval, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    if (found < 0)
        return -1;
    struct event_row *events = NULL;
    int rc = store_event_list(s, arena, id, &events, &out->event_count, e);
    out->events = events;
    return rc;
}

int approval_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct approval_detail *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_detail(s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}
