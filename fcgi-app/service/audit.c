#include "audit.h"

#include "audit_chain.h"
#include "base/json.h"
#include "usecase.h"

/* ---- adding ---- */

/* Whether the newest entry is one that another can follow. */
static int check_newest(const struct audit_row *newest, const struct audit_key *key, struct err *e)
{
    if (!newest->mac || !newest->key_id)
        return err_set(e, ERR_INTERNAL,
                       "entry %lld of the audit log has no mac: the log must be sealed before "
                       "anything is added",
                       (long long)newest->id);
    if (strcmp(newest->key_id, key->id) != 0)
        return err_set(e, ERR_UNAVAILABLE,
                       "the audit log goes on under the key %s, and this process has %s: it must "
                       "be started again with the present keys",
                       newest->key_id, key->id);
    return 0;
}

static int add(struct service *sv, struct session *s, struct arena *arena,
               const struct audit_entry *entry, int64_t now, struct err *e)
{
    struct audit_row newest;
    if (!sv->audit_key_count)
        return err_set(e, ERR_INTERNAL, "there is no key for the audit log");
    int found = store_audit_head(s, arena, &newest, e);
    if (found < 0 || (found && check_newest(&newest, sv->audit_keys, e) < 0))
        return -1;
    return audit_append(s, sv->audit_keys, found ? &newest : NULL, entry, now, e);
}

int audit_add(struct service *sv, struct session *s, const struct audit_entry *entry, int64_t now,
              struct err *e)
{
    struct arena *arena = arena_new();
    int rc = add(sv, s, arena, entry, now, e);
    arena_free(&arena);
    return rc;
}

/* ---- reading ---- */

int audit_head_read(struct service *sv, struct arena *arena, struct audit_head *out, struct err *e)
{
    struct session *s = NULL;
    struct audit_row newest = {0};
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int found = store_audit_head(s, arena, &newest, e);
    store_read_end(&s);
    bool sealed = newest.mac != NULL;
    *out = (struct audit_head){
        .id = newest.id,
        .mac = sealed ? newest.mac : "",
        .unsealed = sealed ? 0 : newest.id,
    };
    return found < 0 ? -1 : 0;
}

int audit_read_list(struct service *sv, struct arena *arena, const struct audit_filter *f,
                    struct audit_list *out, struct err *e)
{
    struct session *s = NULL;
    struct audit_row *rows = NULL;
    *out = (struct audit_list){0};
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = store_audit_list(s, arena, f, &rows, &out->count, &out->next, e);
    store_read_end(&s);
    out->rows = rows;
    return rc;
}

static void optional(struct jsonw *w, const char *key, const char *value)
{
    if (value)
        jsonw_kstring(w, key, value);
}

static void write_filter(struct str *out, const struct audit_filter *f)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    optional(&w, "entity_type", f->entity_type);
    optional(&w, "entity_id", f->entity_id);
    optional(&w, "actor_id", f->actor_id);
    optional(&w, "action", f->action);
    if (f->from)
        jsonw_ktime(&w, "created_after", f->from);
    if (f->before)
        jsonw_ktime(&w, "created_before", f->before);
    if (f->after_id)
        jsonw_kint(&w, "cursor", f->after_id);
    jsonw_end(&w);
}

struct reading {
    struct service *sv;
    struct audit_entry entry;
};

static enum outcome add_reading(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct reading *r = arg;
    return audit_add(r->sv, s, &r->entry, now, e) < 0 ? OUTCOME_BROKEN : OUTCOME_DONE;
}

static int note_reading(struct service *sv, struct call *c, const char *entity_type,
                        const char *action, const char *payload, struct err *e)
{
    struct reading r = {
        .sv = sv,
        .entry = {.entity_type = entity_type,
                  .entity_id = AUDIT_LIST,
                  .action = action,
                  .actor_id = c->who->subject,
                  .payload = payload,
                  .request_id = c->request_id,
                  .client_address = c->client_address},
    };
    struct write w = {.apply = add_reading, .arg = &r};
    return store_write(sv->store, &w, e) == OUTCOME_DONE ? 0 : -1;
}

int audit_reading(struct service *sv, struct call *c, const char *entity_type, const char *action,
                  struct err *e)
{
    return note_reading(sv, c, entity_type, action, "{}", e);
}

int audit_show(struct service *sv, struct call *c, const struct audit_filter *f,
               struct audit_list *out, struct err *e)
{
    if (audit_read_list(sv, c->arena, f, out, e) < 0)
        return -1;
    struct str filter = STR_INIT;
    write_filter(&filter, f);
    int rc = note_reading(sv, c, AUDIT_ENTITY, AUDIT_READ, filter.buf, e);
    str_release(&filter);
    return rc;
}
