#include "workflow_publish.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "engine/definition.h"
#include "record.h"
#include "workflow_check.h"

#define GENERATED_ID_DIGITS 8

struct publishing {
    const struct workflow_publish *in;
    struct definition definition;
    char sha256[SHA256_HEX_SIZE]; /* of the canonical form */
    const char *before;           /* that of the newest version; NULL: there is none */
    struct stage_row *stages;
    const char
        *author; /* whom the definition names, where the caller is believed; else the caller */
    struct workflow_published result;
};

/* The stage as it was posted, with what was left to defaults filled in before it. */
static const char *stage_config(struct arena *arena, const struct stage *st,
                                const struct json *source)
{
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_object(&w);
    if (!json_get(source, "id"))
        jsonw_kstring(&w, "id", st->id);
    if (!json_get(source, "name"))
        jsonw_kstring(&w, "name", st->name);
    if (!json_get(source, "type"))
        jsonw_kstring(&w, "type", stage_type_name(st->type));
    if (!json_get(source, "position"))
        jsonw_kint(&w, "position", st->position);
    jsonw_members(&w, source);
    jsonw_end(&w);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static void make_stages(struct arena *arena, struct publishing *p)
{
    const struct definition *d = &p->definition;
    const struct json *posted = json_get(p->in->body, "stages");
    p->stages = arena_array(arena, d->stage_count, sizeof *p->stages);
    for (size_t i = 0; i < d->stage_count; i++)
        p->stages[i] = (struct stage_row){
            .id = d->stages[i].id,
            .name = d->stages[i].name,
            .stage_type = stage_type_name(d->stages[i].type),
            .position = (int64_t)i + 1,
            .config = stage_config(arena, &d->stages[i], json_at(posted, d->stages[i].index)),
        };
}

/* 1: the newest version says the same; 0: it does not, or there is none; -1: error. *revision gets
 * the newest, *status what the workflow has or will have. */
static int same_as_newest(struct call *c, struct session *s, struct publishing *p,
                          int64_t *revision, const char **status, struct err *e)
{
    struct workflow_row w;
    struct version_row v;
    p->before = NULL;
    *revision = 0;
    *status = WORKFLOW_ACTIVE;
    int found = store_workflow_get(s, c->arena, p->definition.id, &w, e);
    if (found <= 0)
        return found;
    *revision = w.revision;
    *status = w.status;
    found = store_version_get(s, c->arena, w.id, w.revision, &v, e);
    if (found <= 0)
        return found;
    p->before = v.sha256;
    return strcmp(v.sha256, p->sha256) == 0;
}

/* Who the definition says wrote it is believed only where everybody is. */
static const char *publisher(const struct call *c, const struct publishing *p)
{
    const char *by = p->definition.created_by;
    return by && c->who->trusted ? by : c->who->subject;
}

static int audit(struct service *sv, struct session *s, struct call *c, const struct publishing *p,
                 int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kint(&w, "revision", p->result.revision);
    if (p->before)
        jsonw_kstring(&w, "before_sha256", p->before);
    jsonw_kstring(&w, "after_sha256", p->sha256);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "workflow",
        .entity_id = p->definition.id,
        .action = p->result.revision == 1 ? "workflow.created" : "workflow.updated",
        .actor_id = publisher(c, p),
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

/* Their texts, a line each; NULL: nobody is named. */
static const char *selector_lines(struct arena *arena, const struct selector *list, size_t n)
{
    struct str lines = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&lines, "%s%s", i ? "\n" : "", list[i].text);
    const char *text = n ? arena_strndup(arena, lines.buf, lines.len) : NULL;
    str_release(&lines);
    return text;
}

static int prepare(struct service *sv, struct call *c, struct session *s, void *arg, struct err *e)
{
    struct publishing *p = arg;
    struct problems *problems = problems_new(c->arena);
    struct problems *warnings = problems_new(c->arena);
    if (workflow_check(sv, s, c->arena, &p->definition, problems, warnings, e) < 0)
        return -1;
    p->result.warnings = warnings;
    return problems_err(problems, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct publishing *p = arg;
    const struct definition *d = &p->definition;
    int64_t newest;
    const char *status;
    int same = same_as_newest(c, s, p, &newest, &status, e);
    if (same < 0)
        return -1;
    p->result = (struct workflow_published){
        .workflow_id = d->id,
        .revision = same ? newest : newest + 1,
        .stored = !same,
        .warnings = p->result.warnings,
    };
    if (same)
        return 0;
    struct workflow_row w = {
        .id = d->id,
        .name = d->name,
        .version = d->version,
        .status = status,
        .visible_to = selector_lines(c->arena, d->visible_to, d->visible_to_count),
        .revision = p->result.revision,
        .created_at = now,
        .updated_at = now,
    };
    struct version_row v = {
        .workflow_id = d->id,
        .revision = p->result.revision,
        .version = d->version,
        .definition = p->in->text,
        .sha256 = p->sha256,
        .created_by = c->who->trusted ? d->created_by : c->who->subject,
        .created_at = now,
    };
    if (store_workflow_save(s, &w, &v, p->stages, d->stage_count, e) < 0)
        return -1;
    return audit(sv, s, c, p, now, e);
}

static const char *generated_id(struct arena *arena)
{
    char hex[GENERATED_ID_DIGITS + 1];
    id_random_hex(hex, GENERATED_ID_DIGITS);
    return arena_printf(arena, "workflow-%s", hex);
}

/* Versions are told apart by their canonical form, so no number may be changed by reading it. */
static int check_numbers(const char *text, struct err *e)
{
    struct json_limits limits = {
        .max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX, .int64_only = true};
    struct err why = ERR_INIT;
    if (json_scan(text, strlen(text), &limits, &why) < 0)
        return err_set(e, ERR_INVALID, "%s", why.message);
    return 0;
}

int workflow_publish(struct service *sv, struct call *c, const struct workflow_publish *in,
                     struct answer *out, struct err *e)
{
    struct publishing *p = arena_make(c->arena, struct publishing);
    p->in = in;
    if (check_numbers(in->text, e) < 0 ||
        definition_parse(c->arena, in->body, generated_id(c->arena), &p->definition, NULL, e) < 0)
        return -1;
    make_stages(c->arena, p);
    struct str canonical = STR_INIT;
    json_canonical(&canonical, in->body);
    hash_sha256_hex(canonical.buf, canonical.len, p->sha256);
    str_release(&canonical);

    struct usecase u = {
        .entity_type = "workflow",
        .audit_action = "workflow.published",
        .entity_id = p->definition.id,
        .actor_id = publisher(c, p),
        .prepare = prepare,
        .apply = apply,
        .arg = p,
        .result = &p->result,
    };
    return usecase_run(sv, c, &u, out, e);
}
