#include "workflow_read.h"

#include "visibility.h"

int workflow_read_all(struct service *sv, struct arena *arena, const struct principal *who,
                      struct workflow_list *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    struct workflow_row *rows = NULL;
    size_t n = 0;
    int rc = store_workflow_list(s, arena, &rows, &n, e);
    *out = (struct workflow_list){.rows = rows};
    for (size_t i = 0; rc == 0 && i < n; i++) {
        int may = visibility_workflow(s, arena, who, &rows[i], e);
        if (may > 0)
            rows[out->count++] = rows[i];
        rc = may < 0 ? -1 : 0;
    }
    store_read_end(&s);
    return rc;
}

/* ERR_NOT_FOUND where there is none, or none that he may know of. */
static int find(struct session *s, struct arena *arena, const struct principal *who, const char *id,
                struct workflow_row *w, struct err *e)
{
    int found = store_workflow_get(s, arena, id, w, e);
    if (found > 0)
        found = visibility_workflow(s, arena, who, w, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    return found < 0 ? -1 : 0;
}

/* revision 0: the newest. */
static int read_revision(struct session *s, struct arena *arena, const struct principal *who,
                         const char *id, int64_t revision, struct workflow_detail *out,
                         struct err *e)
{
    struct workflow_row w;
    if (find(s, arena, who, id, &w, e) < 0)
        return -1;
    int found = store_version_get(s, arena, id, revision ? revision : w.revision, &out->version, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found < 0)
        return -1;
    struct stage_row *stages = NULL;
    int rc = store_stage_list(s, arena, id, out->version.revision, &stages, &out->stage_count, e);
    out->stages = stages;
    return rc;
}

int workflow_read_version(struct service *sv, struct arena *arena, const struct principal *who,
                          const char *id, int64_t revision, struct workflow_detail *out,
                          struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_revision(s, arena, who, id, revision, out, e);
    store_read_end(&s);
    return rc;
}

int workflow_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                      const char *id, struct workflow_detail *out, struct err *e)
{
    return workflow_read_version(sv, arena, who, id, 0, out, e);
}

int workflow_read_versions(struct service *sv, struct arena *arena, const struct principal *who,
                           const char *id, struct workflow_versions *out, struct err *e)
{
    struct session *s = NULL;
    struct version_row *rows = NULL;
    struct workflow_row w;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = find(s, arena, who, id, &w, e);
    if (rc == 0)
        rc = store_version_list(s, arena, id, &rows, &out->count, e);
    out->rows = rows;
    store_read_end(&s);
    return rc;
}
