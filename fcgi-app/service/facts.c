#include "facts.h"

#include "definitions.h"
#include "outside.h"
#include "record.h"

static int load(struct call *c, struct session *s, struct facts *f, struct err *e)
{
    f->spent = false;
    int found = store_approval_get(s, c->arena, f->id, &f->approval, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    f->seq = f->approval.seq;
    return found < 0 ? -1 : 0;
}

static int parse_payload(struct call *c, struct facts *f, struct err *e)
{
    const char *text = f->approval.payload;
    if (!f->wants_payload && !definition_reads_payload(f->definition))
        return 0;
    if (json_parse_kept(c->arena, text, &f->payload, e) < 0)
        return err_set(e, ERR_INTERNAL, "the stored payload of %s is not JSON", f->id);
    return 0;
}

/* What belongs to the version and the payload of the facts that were loaded. */
static int complete(struct service *sv, struct call *c, struct session *s, struct facts *f,
                    struct err *e)
{
    const struct approval *a = &f->approval;
    if (definitions_get(sv->definitions, s, c->arena, a->workflow_id, a->revision, &f->definition,
                        e) < 0)
        return -1;
    return parse_payload(c, f, e);
}

int facts_load(struct service *sv, struct call *c, struct session *s, struct facts *f,
               struct err *e)
{
    return load(c, s, f, e) < 0 ? -1 : complete(sv, c, s, f, e);
}

int facts_refresh(struct service *sv, struct call *c, struct session *s, struct facts *f,
                  struct err *e)
{
    int64_t seq = 0;
    int found = store_approval_seq(s, f->id, &seq, e);
    if (found < 0)
        return -1;
    if (!found || f->spent || seq != f->seq) {
        if (load(c, s, f, e) < 0 || complete(sv, c, s, f, e) < 0)
            return -1;
    }
    f->spent = true;
    return 0;
}

int facts_save(struct service *sv, struct call *c, struct session *s, struct facts *f,
               const struct effects *fx, const char *audit_action, const char *actor, int64_t now,
               struct err *e)
{
    if (!fx->event_count)
        return 0;
    if (store_approval_update(s, &f->approval, f->seq, e) < 0)
        return -1;
    return record_effects(sv, s, c, &f->approval, fx, audit_action, actor, now, e);
}

int facts_tick(struct service *sv, struct call *c, struct session *s, struct facts *f, int64_t now,
               struct err *e)
{
    struct outside o;
    struct effects fx;
    if (facts_refresh(sv, c, s, f, e) < 0)
        return -1;
    if (!engine_overdue(f->definition, &f->approval, now))
        return 0;
    if (outside_now(sv, s, c->arena, f->definition, f->payload, now, &o, e) < 0 ||
        engine_tick(c->arena, f->definition, &o, &f->approval, &fx, e) < 0)
        return -1;
    return facts_save(sv, c, s, f, &fx, "approval.due", ACTOR_SYSTEM, now, e);
}
