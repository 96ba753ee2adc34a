#include "record.h"

#include "audit.h"
#include "crypto/hash.h"

static void optional(struct jsonw *w, const char *key, const char *value)
{
    if (value)
        jsonw_kstring(w, key, value);
}

/* What was asked of the outside, so that the history can be run again. */
static void write_asked(struct jsonw *w, const struct effects *fx)
{
    jsonw_key(w, "asked");
    jsonw_object(w);
    for (size_t i = 0; i < fx->asked_count; i++) {
        jsonw_key(w, fx->asked[i].question);
        jsonw_array(w);
        for (size_t k = 0; k < fx->asked[i].reply.count; k++)
            jsonw_string(w, fx->asked[i].reply.texts[k]);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_kint(w, "engine", ENGINE_REVISION);
}

static int record_event(struct session *s, const struct approval *a, const struct effects *fx,
                        const struct event *ev, struct str *data, int64_t now, struct err *e)
{
    struct jsonw w;
    str_clear(data);
    jsonw_init(&w, data);
    jsonw_object(&w);
    optional(&w, "through", ev->through);
    optional(&w, "assignee", ev->assignee);
    optional(&w, "from", ev->from);
    optional(&w, "comment", ev->comment);
    optional(&w, "reason", ev->reason);
    optional(&w, "rule", ev->rule);
    optional(&w, "rule_value", ev->rule_value);
    optional(&w, "rules_sha256", ev->rules_sha256);
    optional(&w, "payload_sha256", ev->payload_sha256);
    if (ev->metadata)
        jsonw_kraw(&w, "metadata", ev->metadata);
    if (ev->revision) {
        jsonw_kint(&w, "from_revision", ev->from_revision);
        jsonw_kint(&w, "revision", ev->revision);
    }
    if (ev->first)
        write_asked(&w, fx);
    jsonw_end(&w);
    struct event_row row = {
        .seq = ev->seq,
        .action = ev->action,
        .stage_id = ev->stage_id,
        .actor_id = ev->actor,
        .visit = ev->visit,
        .data = data->buf,
        .created_at = now,
    };
    return store_event_add(s, a->id, &row, e);
}

/* The `data` of what channels deliver later. */
static void notice_data(struct str *out, const struct approval *a, const struct notice *n)
{
    struct jsonw w;
    str_clear(out);
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "event", n->event);
    jsonw_kstring(&w, "approval_id", a->id);
    jsonw_kstring(&w, "workflow_id", a->workflow_id);
    jsonw_kstring(&w, "status", approval_status_name(a->status));
    jsonw_kstring(&w, "actor_id", n->actor);
    jsonw_key(&w, "metadata");
    jsonw_object(&w);
    jsonw_kstring(&w, "target_entity", a->target_entity);
    optional(&w, "stage_id", n->stage_id);
    jsonw_kstring(&w, "requester_id", a->requester_id);
    jsonw_key(&w, "to");
    jsonw_array(&w);
    for (size_t i = 0; i < n->to_count; i++)
        jsonw_string(&w, n->to[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_end(&w);
}

static int record_notice(struct session *s, const struct approval *a, const struct notice *n,
                         struct str *data, int64_t now, struct err *e)
{
    notice_data(data, a, n);
    struct outbox_row row = {
        .event = n->event,
        .approval_id = a->id,
        .seq = n->seq,
        .data = data->buf,
        .created_at = now,
    };
    return store_outbox_add(s, &row, e);
}

/* Who did in the actor's name what the entry is about; NULL: he himself. */
static const char *through_of(const struct effects *fx, const char *actor)
{
    for (size_t i = 0; i < fx->event_count; i++)
        if (fx->events[i].through && !strcmp(fx->events[i].actor, actor))
            return fx->events[i].through;
    return NULL;
}

static int record_audit(struct service *sv, struct session *s, struct call *c,
                        const struct approval *a, struct audit_entry *entry, struct str *data,
                        int64_t now, struct err *e)
{
    struct jsonw w;
    str_clear(data);
    jsonw_init(&w, data);
    jsonw_object(&w);
    jsonw_kstring(&w, "status", approval_status_name(a->status));
    optional(&w, "stage_id", a->stage_id);
    jsonw_kint(&w, "seq", a->seq);
    jsonw_kstring(&w, "payload_sha256", a->payload_sha256);
    jsonw_end(&w);
    entry->payload = data->buf;
    entry->request_id = c->request_id;
    entry->client_address = c->client_address;
    return audit_add(sv, s, entry, now, e);
}

int record_effects(struct service *sv, struct session *s, struct call *c, const struct approval *a,
                   const struct effects *fx, const char *audit_action, const char *actor,
                   int64_t now, struct err *e)
{
    const char *through = through_of(fx, actor);
    struct audit_entry entry = {
        .entity_type = "approval",
        .entity_id = a->id,
        .action = audit_action,
        .actor_id = through ? through : actor,
        .acting_for = through ? actor : NULL,
    };
    struct str data = STR_INIT;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < fx->event_count; i++)
        rc = record_event(s, a, fx, &fx->events[i], &data, now, e);
    for (size_t i = 0; rc == 0 && i < fx->notice_count; i++)
        rc = record_notice(s, a, &fx->notices[i], &data, now, e);
    if (rc == 0)
        rc = record_audit(sv, s, c, a, &entry, &data, now, e);
    str_release(&data);
    return rc;
}

int record_change(struct service *sv, struct session *s, struct call *c,
                  const struct audit_entry *entry, struct str *data, int64_t now, struct err *e)
{
    struct audit_entry complete = *entry;
    complete.actor_id = entry->actor_id ? entry->actor_id : c->who->subject;
    complete.payload = data->len ? data->buf : "{}";
    complete.request_id = c->request_id;
    complete.client_address = c->client_address;
    int rc = audit_add(sv, s, &complete, now, e);
    str_release(data);
    return rc;
}

void record_digest(struct jsonw *w, const char *key, struct str *content)
{
    char sha256[SHA256_HEX_SIZE];
    hash_sha256_hex(content->buf, content->len, sha256);
    if (content->len)
        jsonw_kstring(w, key, sha256);
    str_release(content);
}
