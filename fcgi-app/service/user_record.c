#include "user_record.h"

#include "record.h"
#include "user_form.h"

static void write_digest(struct jsonw *w, const char *key, const struct user_row *user)
{
    struct str text = STR_INIT;
    user_form_write(&text, user);
    record_digest(w, key, &text);
}

int user_record_add(struct service *sv, struct session *s, struct call *c,
                    const struct user_record *r, int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    if (r->after->id)
        user_form_write_change(&w, r->before, r->after);
    if (r->revived)
        jsonw_kbool(&w, "revived", true);
    write_digest(&w, "before_sha256", r->before);
    write_digest(&w, "after_sha256", r->after);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "user",
        .entity_id = r->after->id ? r->after->id : r->before->id,
        .action = r->action,
        .actor_id = r->actor,
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

int user_record_act(struct service *sv, struct session *s, struct call *c, const char *user_id,
                    const char *actor, const char *action, int64_t now, struct err *e)
{
    struct str nothing = STR_INIT;
    struct audit_entry entry = {
        .entity_type = "user",
        .entity_id = user_id,
        .action = action,
        .actor_id = actor,
    };
    return record_change(sv, s, c, &entry, &nothing, now, e);
}
