/*
 * Approvals as JSON: what the API answers, pages render and idempotency keeps.
 */
#ifndef VIEW_VIEW_APPROVAL_H
#define VIEW_VIEW_APPROVAL_H

#include "base/str.h"
#include "service/approval_outlook.h"
#include "service/approval_read.h"

void view_approval_list(struct str *out, const struct approval_list *list);
void view_approval_detail(struct str *out, const struct approval_detail *detail);
/* result is a struct approval: {"approval_id","status"} */
void view_approval_submitted(struct str *out, const void *result);
/* result is a struct approval_acted: {"approval_id","status"} and, where it applies,
 * "current_stage_id" and "delegated_to" */
void view_approval_acted(struct str *out, const void *result);
void view_approval_consumed(struct str *out, const void *result);

void view_approval_outlook(struct str *out, const struct approval_outlook *outlook);

#endif
