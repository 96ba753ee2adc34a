/*
 * Business calendars: working hours, week days, holidays, a time zone; and
 * the arithmetic of "bh" and "bd" durations on them, right on the days clocks
 * change. docs/calendars.md describes the form and the arithmetic.
 *
 *     {"id": "office", "name": "Office", "time_zone": "Europe/Berlin",
 *      "week": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "12:00"], ["13:00", "17:00"]], …},
 *      "holidays": ["2026-12-25"]}
 *
 * Read-only once parsed; lives in the arena it was parsed into, needs neither
 * the JSON nor its arena; the zones must outlive it.
 */
#ifndef ENGINE_CALENDAR_H
#define ENGINE_CALENDAR_H

#include "duration.h"

#include "base/json.h"
#include "base/problems.h"
#include "base/zone.h"

struct calendar;

/* ERR_INVALID with every problem. A week without any hours is one. ERR_UNAVAILABLE when the time
 * zone's file cannot be read now. */
int calendar_parse(struct arena *arena, const struct json *body, struct zones *zones,
                   const struct calendar **out, struct err *e);

const char *calendar_id(const struct calendar *c);
const char *calendar_name(const struct calendar *c); /* default: the id */

/* The instant at which the duration has passed since from. Elapsed durations need no calendar (c
 * may be NULL then). Business hours: time counts only while the calendar is open. Business days
 * (whole): the same wall-clock time that many working days later; from a moment outside working
 * hours, counted from the next opening. A working day is one with working time in it. Business time
 * ends ten years (3660 days) after from at the latest, whatever the calendar. */
int64_t calendar_add(const struct calendar *c, int64_t from, const struct duration *d);

/* Working hours begin at their first instant and end just before that of their end. */
bool calendar_is_open(const struct calendar *c, int64_t us);

#endif
