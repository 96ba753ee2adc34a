#include "view_audit.h"

#include "base/json.h"

static void add_entry(struct jsonw *w, const struct audit_row *row)
{
    const struct audit_entry *entry = &row->entry;
    jsonw_kint(w, "id", row->id);
    jsonw_ktime(w, "created_at", row->created_at);
    jsonw_kstring(w, "actor_id", entry->actor_id);
    jsonw_kstring(w, "acting_for", entry->acting_for);
    jsonw_kstring(w, "client_address", entry->client_address);
    jsonw_kstring(w, "request_id", entry->request_id);
    jsonw_kstring(w, "entity_type", entry->entity_type);
    jsonw_kstring(w, "entity_id", entry->entity_id);
    jsonw_kstring(w, "action", entry->action);
    jsonw_kstring(w, "key_id", row->key_id);
    jsonw_kstring(w, "mac", row->mac);
}

/* Somebody who wrote into the database by hand need not have written JSON. */
static void add_payload(struct jsonw *w, const char *payload)
{
    struct json_limits limits = {.max_bytes = SIZE_MAX, .max_depth = JSON_DEPTH_MAX};
    struct err why = ERR_INIT;
    if (payload && json_scan(payload, strlen(payload), &limits, &why) == 0)
        jsonw_kraw(w, "payload", payload);
    else
        jsonw_kstring(w, "payload", payload);
}

void view_audit_list(struct str *out, const struct audit_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++) {
        jsonw_object(&w);
        add_entry(&w, &list->rows[i]);
        add_payload(&w, list->rows[i].entry.payload);
        jsonw_end(&w);
    }
    jsonw_end(&w);
}

void view_audit_line(struct str *out, const struct audit_row *row)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    add_entry(&w, row);
    jsonw_kint(&w, "created_us", row->created_at);
    jsonw_kstring(&w, "payload", row->entry.payload);
    jsonw_end(&w);
    str_addch(out, '\n');
}

static void add_head(struct jsonw *w, const struct audit_head *head)
{
    jsonw_object(w);
    jsonw_kint(w, "id", head->id);
    jsonw_kstring(w, "mac", *head->mac ? head->mac : NULL);
    jsonw_kint(w, "unsealed", head->unsealed);
    jsonw_end(w);
}

void view_audit_head(struct str *out, const struct audit_head *head)
{
    struct jsonw w;
    jsonw_init(&w, out);
    add_head(&w, head);
}

static void add_first_bad(struct jsonw *w, const struct audit_check *check)
{
    jsonw_key(w, "first_bad");
    if (check->ok) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_kint(w, "id", check->first_bad);
    jsonw_kstring(w, "reason", check->reason);
    jsonw_end(w);
}

void view_audit_check(struct str *out, const struct audit_check *check)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kbool(&w, "ok", check->ok);
    jsonw_kint(&w, "entries", check->entries);
    add_first_bad(&w, check);
    jsonw_key(&w, "next_from");
    if (check->next_from)
        jsonw_int(&w, check->next_from);
    else
        jsonw_null(&w);
    jsonw_key(&w, "head");
    add_head(&w, &check->head);
    jsonw_end(&w);
}
