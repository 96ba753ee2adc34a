/*
 * Use cases: looking at workflows.
 */
#ifndef SERVICE_WORKFLOW_READ_H
#define SERVICE_WORKFLOW_READ_H

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

int workflow_read_all(struct service *sv, struct arena *arena, struct workflow_list *out,
                      struct err *e);
/* The newest version. ERR_NOT_FOUND "Workflow not found". */
int workflow_read_one(struct service *sv, struct arena *arena, const char *id,
                      struct workflow_detail *out, struct err *e);

#endif
