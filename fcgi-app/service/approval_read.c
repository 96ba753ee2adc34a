#include "approval_read.h"

#include "definitions.h"
#include "outside.h"
#include "visibility.h"

int approval_read_list(struct service *sv, struct arena *arena, const struct principal *who,
                       const struct approval_filter *f, struct approval_list *out, struct err *e)
{
    struct session *s = NULL;
    struct approval_filter his = *f;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct approval_item *rows = NULL;
    int rc = visibility_viewer(s, arena, who, &his.viewer, e);
    if (rc == 0)
        rc = store_approval_list(s, arena, &his, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    return rc;
}

/* user: as whose eyes; NULL: the caller's. */
static int read_detail(struct service *sv, struct session *s, struct arena *arena,
                       const struct principal *who, const char *user, const char *id,
                       struct approval_detail *out, struct err *e)
{
    int found = store_approval_get(s, arena, id, &out->approval, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    if (found < 0 || visibility_approval(sv, s, arena, who, user, &out->approval, e) < 0)
        return -1;
    struct event_row *events = NULL;
    int rc = store_event_list(s, arena, id, &events, &out->event_count, e);
    out->events = events;
    return rc;
}

static int ask_permissions(struct service *sv, struct session *s, struct arena *arena,
                           const struct principal *who, const char *actor,
                           struct approval_detail *out, struct err *e)
{
    bool admin =
        principal_has(who, ROLE_ADMIN) && (who->trusted || (actor && !strcmp(actor, who->subject)));
    const struct approval *a = &out->approval;
    const struct definition *d;
    const struct json *payload = NULL;
    struct outside o;
    out->asked = actor != NULL;
    if (!actor)
        return 0;
    if (definitions_get(sv->definitions, s, arena, a->workflow_id, a->revision, &d, e) < 0 ||
        (definition_reads_payload(d) && json_parse_kept(arena, a->payload, &payload, e) < 0) ||
        outside_now(sv, s, arena, d, payload, clock_now(sv->clock), &o, e) < 0)
        return -1;
    return engine_permissions(arena, d, &o, a, actor, admin, out->reasons, e);
}

int approval_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                      const char *id, const char *actor, struct approval_detail *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    /* Who oversees everything asks about somebody; who acts for somebody sees what that one sees.
     */
    const char *user = principal_may(who, MAY_OVERSEE) ? NULL : actor;
    int rc = read_detail(sv, s, arena, who, user, id, out, e);
    if (rc == 0)
        rc = ask_permissions(sv, s, arena, who, actor, out, e);
    store_read_end(&s);
    return rc;
}
