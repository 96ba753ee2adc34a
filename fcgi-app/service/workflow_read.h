/*
 * Use cases: looking at workflows.
 */
#ifndef SERVICE_WORKFLOW_READ_H
#define SERVICE_WORKFLOW_READ_H

#include "auth/principal.h"
#include "service.h"

struct workflow_list {
    const struct workflow_row *rows;
    size_t count;
};

struct workflow_detail {
    struct version_row version;
    const struct stage_row *stages;
    size_t stage_count;
};

struct workflow_versions {
    const struct version_row *rows; /* newest first, without their definitions */
    size_t count;
};

int workflow_read_all(struct service *sv, struct arena *arena, const struct principal *who,
                      struct workflow_list *out, struct err *e);
/* Those that he may know of. The newest version. ERR_NOT_FOUND "Workflow not found". */
int workflow_read_one(struct service *sv, struct arena *arena, const struct principal *who,
                      const char *id, struct workflow_detail *out, struct err *e);

/* That revision. ERR_NOT_FOUND "Workflow not found". */
int workflow_read_version(struct service *sv, struct arena *arena, const struct principal *who,
                          const char *id, int64_t revision, struct workflow_detail *out,
                          struct err *e);
/* ERR_NOT_FOUND "Workflow not found". */
int workflow_read_versions(struct service *sv, struct arena *arena, const struct principal *who,
                           const char *id, struct workflow_versions *out, struct err *e);

#endif
