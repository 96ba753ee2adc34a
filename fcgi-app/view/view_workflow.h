/*
 * Workflows as JSON: what the API answers and pages render.
 */
#ifndef VIEW_VIEW_WORKFLOW_H
#define VIEW_VIEW_WORKFLOW_H

#include "base/str.h"
#include "service/workflow_read.h"
#include "service/workflow_simulate.h"
#include "service/workflow_validate.h"

void view_workflow_list(struct str *out, const struct workflow_list *list);
/* {"workflow": as posted, "stages": [...]} */
void view_workflow_detail(struct str *out, const struct workflow_detail *detail);
/* result is a struct workflow_published: {"workflow_id"} */
void view_workflow_published(struct str *out, const void *result);

void view_workflow_versions(struct str *out, const struct workflow_versions *versions);
void view_workflow_report(struct str *out, const struct workflow_report *report);
void view_simulated(struct str *out, const struct simulated *result);
/* Renders: a struct workflow_row, a struct workflow_migrated. */
void view_workflow_row(struct str *out, const void *result);
void view_workflow_migrated(struct str *out, const void *result);

#endif
