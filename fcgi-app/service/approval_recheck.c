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
    return facts_save(sv, c, s, &f, &fx, "approval.slate_checked", c->who->subject, now, e);
}

/* A page of the first user's approvals. *n gets how many there were. */
static int recheck_page(struct service *sv, struct call *c, struct session *s, struct recheck *r,
                        const struct page *page, int64_t now, size_t *n, struct err *e)
{
    const char *const *ids = NULL;
    if (store_approval_held_by(s, c->arena, r->users[0], page, &ids, n, e) < 0)
        return -1;
    for (size_t i = 0; i < *n; i++)
        if (recheck_one(sv, c, s, ids[i], now, e) < 0)
            return -1;
    if (*n)
        r->after = ids[*n - 1];
    return 0;
}

int approval_recheck(struct service *sv, struct call *c, struct session *s, struct recheck *r,
                     int64_t now, struct err *e)
{
    size_t room = RECHECK_BATCH;
    while (r->count && room) {
        struct page page = {r->after, room};
        size_t n = 0;
        if (recheck_page(sv, c, s, r, &page, now, &n, e) < 0)
            return -1;
        room -= n;
        if (room)
            *r = (struct recheck){.users = r->users + 1, .count = r->count - 1};
    }
    return 0;
}

/* ---- the rest ---- */

struct batch {
    struct service *sv;
    struct call *call;
    struct recheck from, next;
};

static enum outcome run_batch(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct batch *b = arg;
    b->next = b->from;
    return approval_recheck(b->sv, b->call, s, &b->next, now, e) < 0 ? OUTCOME_BROKEN
                                                                     : OUTCOME_DONE;
}

/* In an arena of its own: how many there are is not bounded. */
static int recheck_batch(struct service *sv, const struct call *c, struct recheck *r, struct err *e)
{
    struct call own = *c;
    own.arena = arena_new();
    struct batch b = {.sv = sv, .call = &own, .from = *r};
    struct write w = {.apply = run_batch, .arg = &b};
    int rc = store_write(sv->store, &w, e) == OUTCOME_DONE ? 0 : -1;
    if (rc == 0) {
        *r = b.next;
        r->after = arena_strdup(c->arena, b.next.after);
    }
    arena_free(&own.arena);
    return rc;
}

void approval_recheck_rest(struct service *sv, struct call *c, struct recheck *r)
{
    struct err why = ERR_INIT;
    while (r->count)
        if (recheck_batch(sv, c, r, &why) < 0) {
            log_warn(c->log, "recheck.unfinished",
                     "Not all approvals of people who have left could be looked at; of those of %s "
                     "the last one was %s: %s",
                     r->users[0], r->after, why.message);
            return;
        }
}

int approval_recheck_run(struct service *sv, struct call *c, const struct usecase *u,
                         struct recheck *r, struct answer *out, struct err *e)
{
    if (usecase_run(sv, c, u, out, e) < 0)
        return -1;
    if (!out->replayed)
        approval_recheck_rest(sv, c, r);
    return 0;
}
