#include "change.h"

struct change {
    struct service *sv;
    struct call *call;
    int (*apply)(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e);
    void *arg;
};

static enum outcome run(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct change *g = arg;
    return g->apply(g->sv, g->call, s, now, g->arg, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

int change_run(struct service *sv, struct call *c,
               int (*apply)(struct service *sv, struct call *c, struct session *s, int64_t now,
                            void *arg, struct err *e),
               void *arg, struct err *e)
{
    struct change g = {sv, c, apply, arg};
    struct write w = {.apply = run, .arg = &g};
    return store_write(sv->store, &w, e) == OUTCOME_DONE ? 0 : -1;
}
