/*
 * The audit log as JSON.
 */
#ifndef VIEW_VIEW_AUDIT_H
#define VIEW_VIEW_AUDIT_H

#include "base/str.h"
#include "service/audit.h"

/* [{"id","created_at","actor_id","acting_for","client_address","request_id","entity_type",
 * "entity_id","action","payload","key_id","mac"}]: what is unknown is null, payload an object. */
void view_audit_list(struct str *out, const struct audit_list *list);

/* {"id","mac","unsealed"}: an empty log has id 0 and mac null. */
void view_audit_head(struct str *out, const struct audit_head *head);

/* {"ok","entries","first_bad","next_from","head"}: first_bad is null or {"id","reason"}, next_from
 * null where it was all. */
void view_audit_check(struct str *out, const struct audit_check *check);

/* One entry as a line for those who check the chain themselves: as in a list, but payload is the
 * text that the mac covers, and "created_us" the time in microseconds. */
void view_audit_line(struct str *out, const struct audit_row *row);

#endif
