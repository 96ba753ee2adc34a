/*
 * How people and services sign in, as JSON. Secrets appear where they are
 * made, and nowhere else.
 */
#ifndef VIEW_VIEW_ACCESS_H
#define VIEW_VIEW_ACCESS_H

#include "base/str.h"
#include "service/api_keys.h"
#include "service/me.h"

/* {"id","name","user_id","roles","workflows","act_as","created_by","created_at","expires_at",
 * "last_used_at","revoked_at"}; workflows null: all of them. */
void view_api_key(struct str *out, const struct api_key_row *key);
void view_api_key_list(struct str *out, const struct api_key_list *list);
/* The same with "key", this once. */
void view_api_key_made(struct str *out, const struct api_key_made *made);

/* The user as view_user, with "groups" and "may": the roles that count now. */
void view_me(struct str *out, const struct me *me);
/* [{"name","meaning"}]: those that mean something to the service. */
void view_role_list(struct str *out);
/* {"link","expires_in"}: in seconds. */
void view_setup_link(struct str *out, const char *origin, const char *token);

#endif
