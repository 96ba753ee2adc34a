/*
 * Use case: a workflow is activated, deactivated or archived.
 */
#ifndef SERVICE_WORKFLOW_STATUS_H
#define SERVICE_WORKFLOW_STATUS_H

#include "usecase.h"

#define WORKFLOW_STATUS_COUNT 3 /* active, inactive, archived */

/* The index of the status, or -1; and the other way round. */
int workflow_status_parse(const char *text);
const char *workflow_status_name(int status);

/* The result that is rendered: a struct workflow_row. ERR_NOT_FOUND "Workflow not found". Setting
 * what is set leaves no entry. */
int workflow_status_set(struct service *sv, struct call *c, const char *id, int status,
                        struct answer *out, struct err *e);

#endif
