#include "workflow_read.h"

int workflow_read_all(struct service *sv, struct arena *arena, struct workflow_list *out,
                      struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct workflow_row *rows = NULL;
    int rc = store_workflow_list(s, arena, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    return rc;
}

static int read_newest(struct session *s, struct arena *arena, const char *id,
                       struct workflow_detail *out, struct err *e)
{
    struct workflow_row w;
    int found = store_workflow_get(s, arena, id, &w, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0)
        return -1;
    found = store_version_get(s, arena, id, w.revision, &out->version, e);
    if (found == 0)
        return err_set(e, ERR_INTERNAL, "workflow %s has no revision %lld", id,
                       (long long)w.revision);
    if (found < 0)
        return -1;
    struct stage_row *stages = NULL;
    int rc = store_stage_list(s, arena, id, w.revision, &stages, &out->stage_count, e);
    out->stages = stages;
    return rc;
}

int workflow_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct workflow_detail *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_newest(s, arena, id, out, e);
    store_read_end(&s);
    return rc;
}
