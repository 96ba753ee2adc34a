#include "flow.h"

#include "check.h"
#include "service/approval_act.h"
#include "service/approval_submit.h"
#include "service/calendars.h"
#include "service/groups.h"
#include "service/users.h"
#include "service/workflow_publish.h"

struct err refusal;
struct workflow_migrated migrated;

const char *quoted(const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return copy;
}

const struct json *json_of(const char *text)
{
    return parse(quoted(text));
}

static const char *ended(int rc, const struct err *e)
{
    if (rc < 0)
        refusal = *e;
    return outcome(rc, e);
}

/* ---- the directory ---- */

const char *add_user(const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(user_create(&sv, &c, json_of(body), &out, &e), &e);
}

const char *change_user(const char *id, const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(user_change(&sv, &c, id, json_of(body), &out, &e), &e);
}

const char *remove_user(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(user_remove(&sv, &c, id, &out, &e), &e);
}

/* {"id": id, "members": ["ann", "bob"]} */
static const struct json *group_body(const char *id, const char *members)
{
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_object(&w);
    jsonw_kstring(&w, "id", id);
    jsonw_key(&w, "members");
    jsonw_array(&w);
    for (const char *at = members; *at;) {
        size_t n = strcspn(at, " ");
        jsonw_string(&w, arena_strndup(arena, at, n));
        at += n + (at[n] == ' ');
    }
    jsonw_end(&w);
    jsonw_end(&w);
    const struct json *body = parse(s.buf);
    str_release(&s);
    return body;
}

const char *add_group(const char *id, const char *members)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(group_create(&sv, &c, group_body(id, members), &out, &e), &e);
}

const char *change_group(const char *id, const char *members)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(group_change(&sv, &c, id, group_body(id, members), &out, &e), &e);
}

const char *remove_group(const char *id)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    return ended(group_remove(&sv, &c, id, &out, &e), &e);
}

const char *add_calendar(const char *id, const char *body)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    bool created;
    return ended(calendar_put(&sv, &c, id, json_of(body), &out, &created, &e), &e);
}

/* ---- workflows and approvals ---- */

static void render_revision(struct str *out, const void *result)
{
    str_add_int(out, ((const struct workflow_published *)result)->revision);
}

int64_t publish(const char *definition)
{
    struct call c = call();
    struct render render = *c.render;
    struct answer out;
    struct err e = ERR_INIT;
    const char *text = quoted(definition);
    struct workflow_publish in = {.body = parse(text), .text = text};
    render.result = render_revision;
    c.render = &render;
    if (strcmp(ended(workflow_publish(&sv, &c, &in, &out, &e), &e), "ok") != 0)
        return 0;
    return strtoll(out.body, NULL, 10);
}

const char *submit_titled(const char *workflow, const char *requester, const char *payload,
                          const char *title, int64_t valid_for)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    const char *text = quoted(payload);
    struct approval_submit in = {
        .workflow_id = workflow,
        .target_entity = "the thing",
        .requester_id = requester,
        .payload = parse(text),
        .payload_text = text,
        .title = title,
        .valid_for_us = valid_for,
    };
    if (strcmp(ended(approval_submit(&sv, &c, &in, &out, &e), &e), "ok") != 0)
        return NULL;
    return c.log->approval_id;
}

const char *submit(const char *workflow, const char *requester, const char *payload)
{
    const char *id = submit_titled(workflow, requester, payload, NULL, 0);
    if (!id)
        CHECK_STR(refusal.message, "");
    return id;
}

const char *act(const char *id, const struct action *action)
{
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    struct action a = *action;
    if (a.payload_text) {
        a.payload_text = quoted(a.payload_text);
        a.payload = parse(a.payload_text);
    }
    return ended(approval_act(&sv, &c, id, &a, &out, &e), &e);
}

const char *act_as(const char *id, enum action_kind kind, const char *actor)
{
    return act(id, &(struct action){.kind = kind, .actor = actor});
}

static void keep_migrated(struct str *out, const void *result)
{
    (void)out;
    migrated = *(const struct workflow_migrated *)result;
}

static const char *migrated_text(void)
{
    const char **texts = arena_array(arena, migrated.count, sizeof *texts);
    for (size_t i = 0; i < migrated.count; i++) {
        const struct migration *m = &migrated.approvals[i];
        texts[i] = arena_printf(arena, "%s %s%s", m->what, m->stage_id ? m->stage_id : "-",
                                i + 1 < migrated.count ? "," : "");
    }
    return arena_printf(arena, "%lld: %s", (long long)migrated.revision,
                        joined(texts, migrated.count));
}

const char *migrate(const char *workflow, int64_t revision, const char *after, bool dry_run)
{
    struct call c = call();
    struct render render = *c.render;
    struct answer out;
    struct err e = ERR_INIT;
    struct workflow_migrate in = {workflow, revision, after, dry_run};
    render.result = keep_migrated;
    c.render = &render;
    const char *text = ended(workflow_migrate(&sv, &c, &in, &out, &e), &e);
    return e.kind == ERR_NONE ? migrated_text() : text;
}

struct writing {
    int (*fn)(struct session *s, int64_t now, void *arg, struct err *e);
    void *arg;
};

static enum outcome apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    const struct writing *w = arg;
    return w->fn(s, now, w->arg, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

void write_with(int (*fn)(struct session *s, int64_t now, void *arg, struct err *e), void *arg)
{
    struct writing writing = {fn, arg};
    struct write w = {.apply = apply, .arg = &writing};
    struct err e = ERR_INIT;
    store_write(store, &w, &e);
    CHECK_STR(e.message, "");
}

/* ---- what is stored ---- */

static struct session *reading(void)
{
    struct session *s = NULL;
    struct err e = ERR_INIT;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    return s;
}

const struct approval *stored(const char *id)
{
    struct approval *a = arena_make(arena, struct approval);
    struct err e = ERR_INIT;
    struct session *s = reading();
    int found = id ? store_approval_get(s, arena, id, a, &e) : 0;
    store_read_end(&s);
    CHECK_FATAL(found == 1);
    return a;
}

const char *standing(const char *id)
{
    const struct approval *a = stored(id);
    const char *status = approval_status_name(a->status);
    return a->stage_id ? arena_printf(arena, "%s in %s", status, a->stage_id) : status;
}

/* "a b, c d" of a list of a b c d */
static const char *in_pairs(const char *const *texts, size_t n)
{
    const char **pairs = arena_array(arena, n, sizeof *pairs);
    for (size_t i = 0; i < n; i++)
        pairs[i] =
            arena_printf(arena, "%s %s%s", texts[2 * i], texts[2 * i + 1], i + 1 < n ? "," : "");
    return joined(pairs, n);
}

const char *slate(const char *id)
{
    const struct approval *a = stored(id);
    const char **texts = arena_array(arena, 2 * a->task_count, sizeof *texts);
    for (size_t i = 0; i < a->task_count; i++) {
        texts[2 * i] = a->tasks[i].user;
        texts[2 * i + 1] = task_state_name(a->tasks[i].state);
    }
    return in_pairs(texts, a->task_count);
}

const char *path(const char *id)
{
    const struct approval *a = stored(id);
    const char **texts = arena_array(arena, 2 * a->visit_count, sizeof *texts);
    for (size_t i = 0; i < a->visit_count; i++) {
        texts[2 * i] = a->visits[i].stage_id;
        texts[2 * i + 1] = visit_outcome_name(a->visits[i].outcome);
    }
    return in_pairs(texts, a->visit_count);
}

static struct event_row *events_of(const char *id, size_t *n)
{
    struct event_row *rows = NULL;
    struct err e = ERR_INIT;
    struct session *s = reading();
    CHECK_INT(store_event_list(s, arena, id, &rows, n, &e), 0);
    store_read_end(&s);
    return rows;
}

const char *history(const char *id)
{
    size_t n = 0;
    const struct event_row *rows = events_of(id, &n);
    const char **actions = arena_array(arena, n, sizeof *actions);
    for (size_t i = 0; i < n; i++)
        actions[i] = rows[i].action;
    return joined(actions, n);
}

const char *event_data(const char *id, const char *action)
{
    size_t n = 0;
    const struct event_row *rows = events_of(id, &n);
    const char *data = "";
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].action, action))
            data = rows[i].data;
    return data;
}

const char *audit_payload(const char *entity_id, const char *action)
{
    struct audit_row *rows = NULL;
    size_t n = 0;
    const char *payload = "";
    struct err e = ERR_INIT;
    struct session *s = reading();
    struct audit_filter f = {.entity_id = entity_id, .limit = 1000};
    int64_t next;
    CHECK_INT(store_audit_list(s, arena, &f, &rows, &n, &next, &e), 0);
    store_read_end(&s);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(rows[i].entry.action, action))
            payload = rows[i].entry.payload;
    return payload;
}
