/*
 * People, groups, calendars and the kill switch as JSON.
 */
#ifndef VIEW_VIEW_DIRECTORY_H
#define VIEW_VIEW_DIRECTORY_H

#include "base/json.h"
#include "base/str.h"
#include "service/calendars.h"
#include "service/groups.h"
#include "service/users.h"

/* result is a struct user_row. {"id","name","email","phone","roles","manager","owner","time_zone",
 * "absence"}: what is unknown is null, so it can be sent back as it is. */
void view_user(struct str *out, const void *result);
/* The members of view_user, into the object being written. */
void view_user_members(struct jsonw *w, const struct user_row *u);
void view_user_list(struct str *out, const struct user_list *list);

/* result is a struct group_row. {"id","name","members"} */
void view_group(struct str *out, const void *result);
void view_group_list(struct str *out, const struct group_list *list);

/* result is a struct calendar_row. Its definition. */
void view_calendar(struct str *out, const void *result);
void view_calendar_list(struct str *out, const struct calendar_list *list);

/* result is a struct switch_row. {"manual_only","reason","changed_by","changed_at"} */
void view_manual_only(struct str *out, const void *result);

#endif
