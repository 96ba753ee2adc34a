#include "approval_recheck.h"

#include "facts.h"
#include "outside.h"

static int recheck_one(struct service *sv, struct call *c, struct session *s, const char *id,
                       int64_t now, struct err *e)
{
    struct facts f = {.id = id};
    struct outside o;
    struct effects fx;
    if (facts_load(sv, c, s, &f, e) < 0 ||
        outside_now(sv, s, c->arena, f.definition, f.payload, now, &o, e) < 0 ||
        engine_recheck(c->arena, f.definition, &o, &f.approval, &fx, e) < 0)
        return -1;
    return facts_save(c, s, &f, &fx, "approval.slate_checked", c->who->subject, now, e);
}

int approval_recheck(struct service *sv, struct call *c, struct session *s, const char *user_id,
                     int64_t now, struct err *e)
{
    const char *const *ids = NULL;
    size_t n = 0;
    if (store_approval_held_by(s, c->arena, user_id, RECHECK_MAX, &ids, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (recheck_one(sv, c, s, ids[i], now, e) < 0)
            return -1;
    return 0;
}
