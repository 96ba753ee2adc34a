#include "manual_only.h"

#include "base/json.h"
#include "record.h"

static int read_switch(struct session *s, struct arena *arena, struct switch_row *out,
                       struct err *e)
{
    int found = store_switch_get(s, arena, MANUAL_ONLY_SWITCH, out, e);
    if (found == 0)
        *out = (struct switch_row){.name = MANUAL_ONLY_SWITCH};
    return found < 0 ? -1 : 0;
}

int manual_only_read(struct service *sv, struct arena *arena, struct switch_row *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_switch(s, arena, out, e);
    store_read_end(&s);
    return rc;
}

struct flipping {
    bool on;
    const char *reason;
    struct switch_row row;
};

static bool is_set(const struct flipping *g)
{
    const char *a = g->row.reason, *b = g->reason;
    return g->row.on == g->on && (a && b ? !strcmp(a, b) : a == b);
}

static int audit(struct service *sv, struct session *s, struct call *c, const struct flipping *g,
                 int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kbool(&w, "manual_only", g->on);
    if (g->reason)
        jsonw_kstring(&w, "reason", g->reason);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "rules",
        .entity_id = MANUAL_ONLY_SWITCH,
        .action = "rules.manual_only",
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct flipping *g = arg;
    if (read_switch(s, c->arena, &g->row, e) < 0)
        return -1;
    if (is_set(g))
        return 0;
    g->row = (struct switch_row){
        .name = MANUAL_ONLY_SWITCH,
        .on = g->on,
        .changed_by = c->who->subject,
        .reason = g->reason,
        .changed_at = now,
    };
    if (store_switch_put(s, &g->row, e) < 0)
        return -1;
    return audit(sv, s, c, g, now, e);
}

int manual_only_set(struct service *sv, struct call *c, bool on, const char *reason,
                    struct answer *out, struct err *e)
{
    struct flipping *g = arena_make(c->arena, struct flipping);
    g->on = on;
    g->reason = reason;
    struct usecase u = {
        .entity_type = "rules",
        .audit_action = "rules.manual_only",
        .entity_id = MANUAL_ONLY_SWITCH,
        .actor_id = c->who->subject,
        .apply = apply,
        .arg = g,
        .result = &g->row,
    };
    return usecase_run(sv, c, &u, out, e);
}
