#include "directory.h"

#include "check.h"
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
    service_init(&sv, store, &fake, "");
    arena = arena_new();
}

void tear_down(void)
{
    arena_free(&arena);
    service_release(&sv);
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
    CHECK_INT(store_audit_list(s, arena, entity_id, rows, &n, &e), 0);
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

const char *last_audit(const char *entity_id)
{
    struct audit_row *rows = NULL;
    size_t n = audit_rows(entity_id, &rows);
    if (!n)
        return NULL;
    CHECK_STR(rows[n - 1].entry.actor_id, "anonymous");
    CHECK_STR(rows[n - 1].entry.request_id, "req-1");
    return rows[n - 1].entry.payload;
}
