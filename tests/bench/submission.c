#include "submission.h"

#include <string.h>

#define OUTBOX_MAX 1000000

/* The outbox has no look-up by approval: nobody else needs one. */
static int load_notices(struct session *s, struct arena *arena, struct submission *out,
                        struct err *e)
{
    size_t n, kept = 0;
    if (store_outbox_list(s, arena, 0, OUTBOX_MAX, &out->notices, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(out->notices[i].approval_id, out->approval.id))
            out->notices[kept++] = out->notices[i];
    out->notice_count = kept;
    return 0;
}

static int load_rows(struct session *s, struct arena *arena, const char *id, struct submission *out,
                     struct err *e)
{
    struct audit_filter filter = {.entity_id = id, .limit = AUDIT_SCAN_MAX};
    int64_t next;
    int found = store_approval_get(s, arena, id, &out->approval, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "There is no approval %s to copy.", id);
    if (found < 0 || store_event_list(s, arena, id, &out->events, &out->event_count, e) < 0 ||
        store_audit_list(s, arena, &filter, &out->audit, &out->audit_count, &next, e) < 0)
        return -1;
    return load_notices(s, arena, out, e);
}

int submission_load(struct store *st, struct arena *arena, const char *id, struct submission *out,
                    struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(st, &s, e) < 0)
        return -1;
    int rc = load_rows(s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}

static int write_events(struct session *s, const struct submission *what, const char *id,
                        int64_t now, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < what->event_count; i++) {
        struct event_row row = what->events[i];
        row.created_at = now;
        rc = store_event_add(s, id, &row, e);
    }
    return rc;
}

static int write_notices(struct session *s, const struct submission *what, const char *id,
                         int64_t now, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < what->notice_count; i++) {
        struct outbox_row row = what->notices[i];
        row.approval_id = id;
        row.created_at = now;
        rc = store_outbox_add(s, &row, e);
    }
    return rc;
}

static int newest_entry(struct session *s, int64_t *id, struct err *e)
{
    struct arena *arena = arena_new();
    struct audit_row newest = {0};
    int found = store_audit_head(s, arena, &newest, e);
    *id = newest.id;
    arena_free(&arena);
    return found < 0 ? -1 : 0;
}

/* With the sample's mac: the service goes on from there, though it is not the one that it would be.
 */
static int write_audit(struct session *s, const struct submission *what, const char *id,
                       int64_t now, struct err *e)
{
    int64_t newest;
    int rc = newest_entry(s, &newest, e);
    for (size_t i = 0; rc == 0 && i < what->audit_count; i++) {
        struct audit_row row = what->audit[i];
        row.id = newest + 1 + (int64_t)i;
        row.entry.entity_id = id;
        row.created_at = now;
        rc = store_audit_add(s, &row, e);
    }
    return rc;
}

/* The product's rows, at another time: indexes are then added to where a submission adds to them.
 */
static void shift_times(struct approval *a, int64_t by)
{
    a->created_at += by;
    a->updated_at += by;
    if (a->sla_due_at)
        a->sla_due_at += by;
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].opened_at)
            a->tasks[i].opened_at += by;
    for (size_t i = 0; i < a->visit_count; i++)
        a->visits[i].entered_at += by;
    for (size_t i = 0; i < a->timer_count; i++)
        a->timers[i].due_at += by;
}

int submission_write(struct session *s, struct submission *what, int64_t now, struct err *e)
{
    struct approval *approval = &what->approval;
    const char *id = id_new(what->id, "appr-", now);
    approval->id = id;
    shift_times(approval, now - approval->created_at);
    if (store_approval_insert(s, approval, e) < 0 || write_events(s, what, id, now, e) < 0 ||
        write_notices(s, what, id, now, e) < 0)
        return -1;
    return write_audit(s, what, id, now, e);
}
