/*
 * Workflows as JSON: what the API answers and pages render.
 */
#ifndef VIEW_VIEW_WORKFLOW_H
#define VIEW_VIEW_WORKFLOW_H

#include "base/str.h"
#include "service/workflow_read.h"

void view_workflow_list(struct str *out, const struct workflow_list *list);
/* {"workflow": as posted, "stages": [...]} */
void view_workflow_detail(struct str *out, const struct workflow_detail *detail);
/* result is a struct workflow_published: {"workflow_id"} */
void view_workflow_published(struct str *out, const void *result);

#endif
