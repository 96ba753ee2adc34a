/*
 * Users as bodies: what may be said of a person, read and checked.
 *
 *     {"id", "name", "email", "phone", "roles": [ids], "manager", "owner", "time_zone",
 *      "absence": {"from", "to", "deputy"}}
 */
#ifndef SERVICE_USER_FORM_H
#define SERVICE_USER_FORM_H

#include "base/json.h"
#include "base/problems.h"
#include "base/zone.h"
#include "store/store.h"

/* The service's own name in histories, which nobody may take. */
#define USER_ID_SYSTEM "system"
/* In paths, the caller's own. */
#define USER_ID_ME "me"

/* Problems unless person (NULL is fine) may be named in a place that is for people. */
void user_form_check_person(const char *person, const char *pointer, struct problems *problems);

/*
 * Reads body over *row as a merge patch (RFC 7396): what it does not name stays, null clears. row
 * is what is stored, or all zero for a new user; where row->id is set the body may only repeat it,
 * else it must have one. Checks all that can be told without looking at other users. Strings live
 * as long as the body or the row did; the rest is in the problems' arena.
 */
void user_form_read(struct user_row *row, const struct json *body, struct zones *zones,
                    struct problems *problems);

/* Does the row say the same about the person? */
bool user_form_same(const struct user_row *a, const struct user_row *b);
/* All that is said of the person, as a body says it; nothing where the row is all zero. */
void user_form_write(struct str *out, const struct user_row *row);
/* What an audit entry says of the change, into the object being written: the names of the members
 * that differ and the roles that came and went, no personal values. */
void user_form_write_change(struct jsonw *w, const struct user_row *before,
                            const struct user_row *after);

#endif
