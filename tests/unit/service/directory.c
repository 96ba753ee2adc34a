#include "directory.h"

#include "check.h"
#include "office.h"
#include "store/memory/memory.h"

struct clock fake;
struct store *store;
struct service sv;
struct arena *arena;
static struct logctx nobody;

void set_up(void)
{
    fake = clock_fake(NOW);
    store = store_memory_open(&fake);
    arena = arena_new();
    office_open(&sv, store, &fake, NULL);
}

void tear_down(void)
{
    arena_free(&arena);
    office_close(&sv);
    store_close(&store);
}

static void render_nothing(struct str *out, const void *result)
{
    (void)out, (void)result;
}

static int render_problem(struct str *out, const struct err *e, const char *request_id)
{
    (void)request_id;
    str_add(out, e->message);
    return 422;
}

struct call call(void)
{
    static const struct render render = {200, render_nothing, render_problem};
    return (struct call){.arena = arena,
                         .who = &principal_anonymous,
                         .log = &nobody,
                         .request_id = "req-1",
                         .client_address = "192.0.2.1",
                         .method = "POST",
                         .target = "/here",
                         .body = "",
                         .render = &render};
}

const struct json *parse(const char *text)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *body = NULL;
    struct err e = ERR_INIT;
    if (json_parse(arena, text, strlen(text), &limits, &body, &e) < 0)
        CHECK_STR(e.message, "");
    return body;
}

const char *outcome(int rc, const struct err *e)
{
    if (rc == 0)
        return "ok";
    if (!e->problems)
        return err_kind_name(e->kind);
    CHECK_INT(e->kind, ERR_INVALID);
    struct str s = STR_INIT;
    for (const struct problem *p = e->problems->first; p; p = p->next)
        str_addf(&s, "%s%s", s.len ? " " : "", p->pointer);
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

const char *joined(const char *const *ids, size_t n)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n; i++)
        str_addf(&s, "%s%s", i ? " " : "", ids[i]);
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static size_t audit_rows(const char *entity_id, struct audit_row **rows)
{
    struct session *s = NULL;
    struct err e = ERR_INIT;
    size_t n = 0;
    CHECK_INT(store_read_begin(store, &s, &e), 0);
    struct audit_filter f = {.entity_id = entity_id, .limit = 1000};
    int64_t next;
    CHECK_INT(store_audit_list(s, arena, &f, rows, &n, &next, &e), 0);
    CHECK_INT(next, 0);
    store_read_end(&s);
    return n;
}

const char *audited(const char *entity_id)
{
    struct audit_row *rows = NULL;
    size_t n = audit_rows(entity_id, &rows);
    const char **actions = arena_array(arena, n, sizeof *actions);
    for (size_t i = 0; i < n; i++)
        actions[i] = rows[i].entry.action;
    return joined(actions, n);
}

static const struct audit_row *last_row(const char *entity_id)
{
    struct audit_row *rows = NULL;
    size_t n = audit_rows(entity_id, &rows);
    if (!n)
        return NULL;
    CHECK_STR(rows[n - 1].entry.actor_id, "anonymous");
    CHECK_STR(rows[n - 1].entry.request_id, "req-1");
    CHECK_STR(rows[n - 1].entry.client_address, "192.0.2.1");
    return &rows[n - 1];
}

static bool keep_other(const char *key, const struct json *v, void *arg)
{
    struct jsonw *w = arg;
    if (strcmp(key, "before_sha256") != 0 && strcmp(key, "after_sha256") != 0) {
        jsonw_key(w, key);
        jsonw_value(w, v);
    }
    return true;
}

const char *last_audit(const char *entity_id)
{
    const struct audit_row *row = last_row(entity_id);
    if (!row)
        return NULL;
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_object(&w);
    json_each(parse(row->entry.payload), keep_other, &w);
    jsonw_end(&w);
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

const char *last_digest(const char *entity_id, const char *key)
{
    const struct audit_row *row = last_row(entity_id);
    return row ? json_string(json_get(parse(row->entry.payload), key), NULL) : NULL;
}
