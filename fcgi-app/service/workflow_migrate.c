#include "workflow_migrate.h"

#include "definitions.h"
#include "facts.h"
#include "outside.h"

#define POSITION "position"

struct migrating {
    const struct workflow_migrate *in;
    struct workflow_migrated result;
    int64_t from;     /* the revision that same was found for; most are on the same one */
    const char *same; /* ids of the stages that are the same there; NULL: not looked up yet */
};

static int find_revision(struct call *c, struct session *s, struct migrating *m, struct err *e)
{
    struct workflow_row w;
    int found = store_workflow_get(s, c->arena, m->in->workflow_id, &w, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0)
        return -1;
    int64_t revision = m->in->revision ? m->in->revision : w.revision;
    if (revision < 1 || revision > w.revision)
        return err_set(e, ERR_NOT_FOUND, "workflow %s has no revision %lld", w.id,
                       (long long)revision);
    m->same = NULL;
    m->result = (struct workflow_migrated){
        .workflow_id = m->in->workflow_id,
        .revision = revision,
        .dry_run = m->in->dry_run,
        .approvals = arena_array(c->arena, MIGRATE_MAX, sizeof *m->result.approvals),
    };
    return 0;
}

static const struct stage_row *stage_in(const struct stage_row *rows, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].id, id))
            return &rows[i];
    return NULL;
}

struct likeness {
    const struct json *other;
    size_t members; /* of the one, without its position */
    bool same;
};

static bool values_equal(const struct json *a, const struct json *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    json_canonical(&x, a);
    json_canonical(&y, b);
    bool equal = x.len == y.len && !memcmp(x.buf, y.buf, x.len);
    str_release(&x);
    str_release(&y);
    return equal;
}

static bool compare_member(const char *key, const struct json *v, void *arg)
{
    struct likeness *l = arg;
    const struct json *other;
    if (!strcmp(key, POSITION))
        return true;
    l->members++;
    l->same = json_member(l->other, key, &other) && values_equal(v, other);
    return l->same;
}

/* Where it stands among the others does not make it another stage. */
static bool configs_equal(struct arena *arena, const char *one, const char *two)
{
    struct err why = ERR_INIT;
    const struct json *a = NULL, *b = NULL, *position;
    if (json_parse_kept(arena, one, &a, &why) < 0 || json_parse_kept(arena, two, &b, &why) < 0)
        return false;
    struct likeness l = {.other = b, .same = true};
    json_each(a, compare_member, &l);
    return l.same && l.members + json_member(b, POSITION, &position) == json_object_size(b);
}

int workflow_stages_same(struct session *s, struct arena *arena, const char *workflow_id,
                         int64_t from, int64_t to, const char **ids, struct err *e)
{
    struct stage_row *before, *after;
    size_t before_n, after_n;
    if (store_stage_list(s, arena, workflow_id, from, &before, &before_n, e) < 0 ||
        store_stage_list(s, arena, workflow_id, to, &after, &after_n, e) < 0)
        return -1;
    struct str lines = STR_INIT;
    for (size_t i = 0; i < before_n; i++) {
        const struct stage_row *x = &before[i], *y = stage_in(after, after_n, x->id);
        if (y && configs_equal(arena, x->config, y->config))
            str_addf(&lines, "%s%s", lines.len ? "\n" : "", x->id);
    }
    *ids = arena_strndup(arena, lines.buf, lines.len);
    str_release(&lines);
    return 0;
}

static int find_same(struct call *c, struct session *s, struct migrating *m, int64_t from,
                     struct err *e)
{
    if (m->same && m->from == from)
        return 0;
    m->from = from;
    return workflow_stages_same(s, c->arena, m->in->workflow_id, from, m->result.revision, &m->same,
                                e);
}

static int engine_part(struct service *sv, struct call *c, struct session *s, struct migrating *m,
                       struct facts *f, int64_t now, struct err *e)
{
    const struct definition *to;
    struct outside o;
    struct effects fx;
    if (definitions_get(sv->definitions, s, c->arena, m->in->workflow_id, m->result.revision, &to,
                        e) < 0 ||
        outside_now(sv, s, c->arena, to, f->payload, now, &o, e) < 0 ||
        engine_migrate(c->arena, to, m->same, &o, &f->approval, m->result.revision, c->who->subject,
                       &fx, e) < 0)
        return -1;
    if (m->in->dry_run)
        return 0;
    return facts_save(sv, c, s, f, &fx, "approval.migrated", c->who->subject, now, e);
}

/* 1: it is on that revision already. */
static int migrate_one(struct service *sv, struct call *c, struct session *s, struct migrating *m,
                       const char *id, int64_t now, struct migration *out, struct err *e)
{
    struct facts f = {.id = id, .wants_payload = true};
    struct err why = ERR_INIT;
    if (facts_load(sv, c, s, &f, e) < 0)
        return -1;
    const char *stage_id = f.approval.stage_id;
    *out = (struct migration){id, f.approval.revision, "stays", stage_id, NULL};
    if (f.approval.revision == m->result.revision)
        return 1;
    if (find_same(c, s, m, f.approval.revision, e) < 0)
        return -1;
    out->what = stage_id && !selector_in(stage_id, m->same) ? "enters_again" : "stays";
    if (engine_overdue(f.definition, &f.approval, now)) {
        out->what = "blocked";
        out->reason = "a deadline that decides has passed";
        return 0;
    }
    if (engine_part(sv, c, s, m, &f, now, &why) == 0)
        return 0;
    if (why.kind != ERR_CONFLICT) {
        *e = why;
        return -1;
    }
    out->what = "blocked";
    out->reason = arena_strdup(c->arena, why.message);
    return 0;
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct migrating *m = arg;
    const char *const *ids;
    size_t n;
    struct page page = {.after = m->in->after, .limit = MIGRATE_MAX};
    if (find_revision(c, s, m, e) < 0 ||
        store_approval_running(s, c->arena, m->in->workflow_id, &page, &ids, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int rc = migrate_one(sv, c, s, m, ids[i], now, &m->result.approvals[m->result.count], e);
        if (rc < 0)
            return -1;
        m->result.count += rc == 0;
    }
    m->result.next = n == MIGRATE_MAX ? ids[n - 1] : NULL;
    return 0;
}

int workflow_migrate(struct service *sv, struct call *c, const struct workflow_migrate *in,
                     struct answer *out, struct err *e)
{
    struct migrating *m = arena_make(c->arena, struct migrating);
    m->in = in;
    struct usecase u = {
        .entity_type = "workflow",
        .audit_action = "workflow.migrated",
        .entity_id = in->workflow_id,
        .actor_id = c->who->subject,
        .apply = apply,
        .arg = m,
        .result = &m->result,
    };
    return usecase_run(sv, c, &u, out, e);
}
