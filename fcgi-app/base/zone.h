/*
 * Time zones by their IANA names, read from the system's compiled files
 * (TZif, RFC 9636; Debian's package tzdata). What lies after the last change a
 * file lists follows the rule at its end, for ever.
 *
 * A set of zones is a value that is handed around, like a clock: it reads a
 * zone's file when the zone is first asked for and keeps it. Thread-safe. A
 * zone is read-only and lives as long as its set.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "civil.h"
#include "err.h"

#include <stdint.h>

struct zones;
struct zone;

/* folder NULL: /usr/share/zoneinfo. Nothing is read yet. */
struct zones *zones_new(const char *folder);
void zones_free(struct zones **z);

/* ERR_INVALID with a sentence when there is no such zone (names are checked: a capital letter
 * first, as all of them have, then letters, digits and "/_+-" only, at most 64; so nothing but the
 * IANA's own tree can be named) or its file is damaged; ERR_UNAVAILABLE when it cannot be read now.
 */
int zones_find(struct zones *z, const char *name, const struct zone **out, struct err *e);

const char *zone_name(const struct zone *z);

/* Microseconds east of UTC at that instant. */
int64_t zone_offset(const struct zone *z, int64_t us);
struct civil zone_civil(const struct zone *z, int64_t us);

/* The instant at which the wall clock shows that (year, month, day, us_of_day; weekday is not
 * read). A wall time that is skipped (clocks go forward) gives the instant of the change; one that
 * is shown twice gives the first. Years -9999 to 9999. */
int64_t zone_instant(const struct zone *z, const struct civil *c);

#endif
