#include "workflow_status.h"

#include "base/json.h"
#include "record.h"

static const char *const names[] = {WORKFLOW_ACTIVE, WORKFLOW_INACTIVE, WORKFLOW_ARCHIVED};
_Static_assert(sizeof names / sizeof *names == WORKFLOW_STATUS_COUNT, "all of them");

int workflow_status_parse(const char *text)
{
    for (int i = 0; i < WORKFLOW_STATUS_COUNT; i++)
        if (!strcmp(names[i], text))
            return i;
    return -1;
}

const char *workflow_status_name(int status)
{
    return names[status];
}

struct changing {
    const char *id, *status;
    struct workflow_row row; /* the result */
};

static int audit(struct service *sv, struct session *s, struct call *c, const struct changing *set,
                 int64_t now, struct err *e)
{
    struct str data = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &data);
    jsonw_object(&w);
    jsonw_kstring(&w, "from", set->row.status);
    jsonw_kstring(&w, "to", set->status);
    jsonw_end(&w);
    struct audit_entry entry = {
        .entity_type = "workflow",
        .entity_id = set->id,
        .action = "workflow.status",
    };
    return record_change(sv, s, c, &entry, &data, now, e);
}

static int apply(struct service *sv, struct call *c, struct session *s, int64_t now, void *arg,
                 struct err *e)
{
    struct changing *set = arg;
    int found = store_workflow_get(s, c->arena, set->id, &set->row, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0 || !strcmp(set->row.status, set->status))
        return found < 0 ? -1 : 0;
    if (store_workflow_set_status(s, set->id, set->status, now, e) < 0 ||
        audit(sv, s, c, set, now, e) < 0)
        return -1;
    set->row.status = set->status;
    set->row.updated_at = now;
    return 0;
}

int workflow_status_set(struct service *sv, struct call *c, const char *id, int status,
                        struct answer *out, struct err *e)
{
    struct changing *set = arena_make(c->arena, struct changing);
    set->id = id;
    set->status = names[status];
    struct usecase u = {
        .entity_type = "workflow",
        .audit_action = "workflow.status",
        .entity_id = id,
        .actor_id = c->who->subject,
        .apply = apply,
        .arg = set,
        .result = &set->row,
    };
    return usecase_run(sv, c, &u, out, e);
}
