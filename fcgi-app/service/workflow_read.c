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

/* revision 0: the newest. */
static int read_revision(struct session *s, struct arena *arena, const char *id, int64_t revision,
                         struct workflow_detail *out, struct err *e)
{
    struct workflow_row w;
    int found = store_workflow_get(s, arena, id, &w, e);
    if (found > 0)
        found = store_version_get(s, arena, id, revision ? revision : w.revision, &out->version, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0)
        return -1;
    struct stage_row *stages = NULL;
    int rc = store_stage_list(s, arena, id, out->version.revision, &stages, &out->stage_count, e);
    out->stages = stages;
    return rc;
}

int workflow_read_version(struct service *sv, struct arena *arena, const char *id, int64_t revision,
                          struct workflow_detail *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_revision(s, arena, id, revision, out, e);
    store_read_end(&s);
    return rc;
}

int workflow_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct workflow_detail *out, struct err *e)
{
    return workflow_read_version(sv, arena, id, 0, out, e);
}

int workflow_read_versions(struct service *sv, struct arena *arena, const char *id,
                           struct workflow_versions *out, struct err *e)
{
    struct session *s = NULL;
    struct version_row *rows = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = store_version_list(s, arena, id, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    if (rc == 0 && !out->count)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    return rc;
}
