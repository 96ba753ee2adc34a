#include "calendars.h"

#include "base/fields.h"
#include "engine/calendar.h"
#include "record.h"

int calendar_read_list(struct service *sv, struct arena *arena, struct calendar_list *out,
                       struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct calendar_row *rows = NULL;
    int rc = store_calendar_list(s, arena, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    return rc;
}

int calendar_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct calendar_row *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int found = store_calendar_get(s, arena, id, out, e);
    store_read_end(&s);
    if (found < 0)
        return -1;
    return found ? 0 : err_set(e, ERR_NOT_FOUND, "Calendar not found");
}

struct putting {
    struct calendar_row row;
    const char *before; /* the definition that it replaces; NULL: none */
    bool created;
};

/* The body with the id that the path gave it. */
static int with_id(struct arena *arena, const char *id, const struct json *body,
                   const struct json **out, const char **text, struct err *e)
{
    struct str s = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &s);
    jsonw_object(&w);
    if (!json_get(body, "id"))
        jsonw_kstring(&w, "id", id);
    jsonw_members(&w, body);
    jsonw_end(&w);
    int rc = json_parse_kept(arena, s.buf, out, e);
    *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return rc;
}

/* Says everything that is wrong with it at once. */
static int check(struct service *sv, struct arena *arena, const char *id, const struct json *whole,
                 struct err *e)
{
    struct problems *problems = problems_new(arena);
    const char *sent = json_string(json_get(whole, "id"), NULL);
    if (sent && strcmp(sent, id) != 0)
        problems_add(problems, "/id", "must be the id in the path, \"%s\", or left out", id);
    const struct calendar *parsed;
    struct err why = ERR_INIT;
    if (calendar_parse(arena, whole, sv->zones, &parsed, &why) < 0 && !why.problems)
        problems_add(problems, "", "%s", why.message);
    for (const struct problem *p = why.problems ? why.problems->first : NULL; p; p = p->next)
        problems_add(problems, p->pointer, "%s", p->detail);
    return problems_err(problems, e);
}

static int audit(struct service *sv, struct session *s, struct call *c, const struct putting *p,
                 int64_t now, struct err *e)
{
    struct str data = STR_INIT, old = STR_INIT, new = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kbool(&w, "created", p->created);
    str_add(&old, p->before ? p->before : "");
    str_add(&new, p->row.definition);
    record_digest(&w, "before_sha256", &old);
    record_digest(&w, "after_sha256", &new);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "calendar",
        .entity_id = p->row.id,
        .action = "calendar.updated",
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct putting *p = arg;
    struct calendar_row old;
    int found = store_calendar_get(s, c->arena, p->row.id, &old, e);
    if (found < 0)
        return -1;
    p->created = !found;
    p->before = found ? old.definition : NULL;
    if (found && !strcmp(old.definition, p->row.definition))
        return 0;
    p->row.updated_at = now;
    if (store_calendar_put(s, &p->row, e) < 0)
        return -1;
    return audit(sv, s, c, p, now, e);
}

int calendar_put(struct service *sv, struct call *c, const char *id, const struct json *body,
                 struct answer *out, bool *created, struct err *e)
{
    struct putting *p = arena_make(c->arena, struct putting);
    const struct json *whole;
    p->row.id = id;
    *created = false;
    if (with_id(c->arena, id, body, &whole, &p->row.definition, e) < 0 ||
        check(sv, c->arena, id, whole, e) < 0)
        return -1;
    struct usecase u = {
        .entity_type = "calendar",
        .audit_action = "calendar.updated",
        .entity_id = id,
        .actor_id = c->who->subject,
        .apply = apply,
        .arg = p,
        .result = &p->row,
    };
    int rc = usecase_run(sv, c, &u, out, e);
    *created = p->created;
    return rc;
}
