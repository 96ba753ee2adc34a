#include "backend.h"

int store_conflict_revision(const char *workflow_id, struct err *e)
{
    return err_set(e, ERR_CONFLICT, "Workflow %s has got another revision meanwhile", workflow_id);
}

int store_conflict_seq(const char *approval_id, struct err *e)
{
    return err_set(e, ERR_CONFLICT, "Approval %s has changed meanwhile", approval_id);
}

/* ---- sessions and writing ---- */

enum outcome store_write(struct store *st, const struct write *w, struct err *e)
{
    return st->ops->write(st, w, e);
}

int store_read_begin(struct store *st, struct session **s, struct err *e)
{
    return st->ops->read_begin(st, s, e);
}

void store_read_end(struct session **s)
{
    if (!*s)
        return;
    (*s)->store->ops->read_end(*s);
    *s = NULL;
}

int store_check(struct store *st, struct err *e)
{
    return st->ops->check(st, e);
}

void store_close(struct store **st)
{
    if (!*st)
        return;
    (*st)->ops->close(*st);
    *st = NULL;
}

/* ---- reading ---- */

int store_workflow_get(struct session *s, struct arena *a, const char *id, struct workflow_row *out,
                       struct err *e)
{
    return s->store->ops->workflow_get(s, a, id, out, e);
}

int store_workflow_list(struct session *s, struct arena *a, struct workflow_row **rows, size_t *n,
                        struct err *e)
{
    return s->store->ops->workflow_list(s, a, rows, n, e);
}

int store_version_get(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                      struct version_row *out, struct err *e)
{
    return s->store->ops->version_get(s, a, workflow_id, revision, out, e);
}

int store_stage_list(struct session *s, struct arena *a, const char *workflow_id, int64_t revision,
                     struct stage_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->stage_list(s, a, workflow_id, revision, rows, n, e);
}

int store_version_list(struct session *s, struct arena *a, const char *workflow_id,
                       struct version_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->version_list(s, a, workflow_id, rows, n, e);
}

int store_workflow_limited(struct session *s, struct arena *a, struct workflow_row **rows,
                           size_t *n, struct err *e)
{
    return s->store->ops->workflow_limited(s, a, rows, n, e);
}

int store_approval_get(struct session *s, struct arena *a, const char *id, struct approval *out,
                       struct err *e)
{
    return s->store->ops->approval_get(s, a, id, out, e);
}

int store_approval_seq(struct session *s, const char *id, int64_t *seq, struct err *e)
{
    return s->store->ops->approval_seq(s, id, seq, e);
}

int store_approval_list(struct session *s, struct arena *a, const struct approval_filter *f,
                        struct approval_item **rows, size_t *n, struct err *e)
{
    return s->store->ops->approval_list(s, a, f, rows, n, e);
}

int store_approval_running(struct session *s, struct arena *a, const char *workflow_id,
                           const struct page *page, const char *const **ids, size_t *n,
                           struct err *e)
{
    return s->store->ops->approval_running(s, a, workflow_id, page, ids, n, e);
}

int store_approval_held_by(struct session *s, struct arena *a, const char *user_id,
                           const struct page *page, const char *const **ids, size_t *n,
                           struct err *e)
{
    return s->store->ops->approval_held_by(s, a, user_id, page, ids, n, e);
}

int store_approval_ids(struct session *s, struct arena *a, const struct page *page,
                       const char *const **ids, size_t *n, struct err *e)
{
    return s->store->ops->approval_ids(s, a, page, ids, n, e);
}

int store_payload_list(struct session *s, struct arena *a, const char *approval_id,
                       struct payload_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->payload_list(s, a, approval_id, rows, n, e);
}

int store_event_list(struct session *s, struct arena *a, const char *approval_id,
                     struct event_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->event_list(s, a, approval_id, rows, n, e);
}

int store_audit_list(struct session *s, struct arena *a, const struct audit_filter *f,
                     struct audit_row **rows, size_t *n, int64_t *next, struct err *e)
{
    return s->store->ops->audit_list(s, a, f, rows, n, next, e);
}

int store_audit_head(struct session *s, struct arena *a, struct audit_row *out, struct err *e)
{
    return s->store->ops->audit_head(s, a, out, e);
}

static bool is_text(const char *asked, const char *text)
{
    return !asked || (text && !strcmp(text, asked));
}

bool store_audit_matches(const struct audit_filter *f, const struct audit_entry *entry)
{
    return is_text(f->entity_type, entry->entity_type) && is_text(f->entity_id, entry->entity_id) &&
           is_text(f->action, entry->action) &&
           (is_text(f->actor_id, entry->actor_id) || is_text(f->actor_id, entry->acting_for));
}

int store_outbox_list(struct session *s, struct arena *a, int64_t after, size_t limit,
                      struct outbox_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->outbox_list(s, a, after, limit, rows, n, e);
}

int store_idempotency_get(struct session *s, struct arena *a, const char *caller, const char *key,
                          int64_t now, struct idempotency_row *out, struct err *e)
{
    return s->store->ops->idempotency_get(s, a, caller, key, now, out, e);
}

int store_user_get(struct session *s, struct arena *a, const char *id, struct user_row *out,
                   struct err *e)
{
    return s->store->ops->user_get(s, a, id, out, e);
}

int store_user_list(struct session *s, struct arena *a, const struct page *page,
                    struct user_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->user_list(s, a, page, rows, n, e);
}

int store_role_holders(struct session *s, struct arena *a, const char *role,
                       const char *const **ids, size_t *n, struct err *e)
{
    return s->store->ops->role_holders(s, a, role, ids, n, e);
}

int store_user_load(struct session *s, const char *user_id, struct load_row *out, struct err *e)
{
    return s->store->ops->user_load(s, user_id, out, e);
}

int store_user_groups(struct session *s, struct arena *a, const char *user_id,
                      const char *const **ids, size_t *n, struct err *e)
{
    return s->store->ops->user_groups(s, a, user_id, ids, n, e);
}

int store_group_get(struct session *s, struct arena *a, const char *id, struct group_row *out,
                    struct err *e)
{
    return s->store->ops->group_get(s, a, id, out, e);
}

int store_group_list(struct session *s, struct arena *a, const struct page *page,
                     struct group_row **rows, size_t *n, struct err *e)
{
    return s->store->ops->group_list(s, a, page, rows, n, e);
}

int store_calendar_get(struct session *s, struct arena *a, const char *id, struct calendar_row *out,
                       struct err *e)
{
    return s->store->ops->calendar_get(s, a, id, out, e);
}

int store_calendar_list(struct session *s, struct arena *a, struct calendar_row **rows, size_t *n,
                        struct err *e)
{
    return s->store->ops->calendar_list(s, a, rows, n, e);
}

int store_switch_get(struct session *s, struct arena *a, const char *name, struct switch_row *out,
                     struct err *e)
{
    return s->store->ops->switch_get(s, a, name, out, e);
}

/* ---- writing: only in the session of an apply half ---- */

int store_check_writing(const struct session *s, struct err *e)
{
    return s->writing ? 0 : err_set(e, ERR_INTERNAL, "The store was written to while reading");
}

int store_workflow_set_status(struct session *s, const char *id, const char *status, int64_t now,
                              struct err *e)
{
    return store_check_writing(s, e) < 0
               ? -1
               : s->store->ops->workflow_set_status(s, id, status, now, e);
}

int store_user_put(struct session *s, const struct user_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->user_put(s, r, e);
}

int store_group_put(struct session *s, const struct group_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->group_put(s, r, e);
}

int store_group_remove(struct session *s, const char *id, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->group_remove(s, id, e);
}

int store_calendar_put(struct session *s, const struct calendar_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->calendar_put(s, r, e);
}

int store_switch_put(struct session *s, const struct switch_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->switch_put(s, r, e);
}

int store_workflow_save(struct session *s, const struct workflow_row *w,
                        const struct version_row *v, const struct stage_row *stages, size_t n,
                        struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->workflow_save(s, w, v, stages, n, e);
}

int store_approval_insert(struct session *s, const struct approval *a, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->approval_insert(s, a, e);
}

int store_approval_update(struct session *s, const struct approval *a, int64_t expected_seq,
                          struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1
                                         : s->store->ops->approval_update(s, a, expected_seq, e);
}

int store_event_add(struct session *s, const char *approval_id, const struct event_row *r,
                    struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->event_add(s, approval_id, r, e);
}

int store_audit_add(struct session *s, const struct audit_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->audit_add(s, r, e);
}

int store_outbox_add(struct session *s, const struct outbox_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->outbox_add(s, r, e);
}

int store_idempotency_put(struct session *s, const struct idempotency_row *r, struct err *e)
{
    return store_check_writing(s, e) < 0 ? -1 : s->store->ops->idempotency_put(s, r, e);
}
