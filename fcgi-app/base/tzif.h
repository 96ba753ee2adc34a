/*
 * A compiled time zone file (TZif, RFC 9636), version 2 or later: its block
 * with times of 64 bits and the rule that follows it. For zone.c.
 */
#ifndef BASE_TZIF_H
#define BASE_TZIF_H

#include "arena.h"
#include "err.h"
#include "posix_tz.h"

#include <stddef.h>

#define TZIF_BYTES_MAX ((size_t)64 * 1024)

struct tzif {
    int32_t first; /* the offset before the first change, seconds east of UTC */
    size_t count;
    const int64_t *times;   /* of the changes, seconds since the epoch, ascending */
    const int32_t *offsets; /* from each change on */
    bool has_rule;          /* else the last offset stays for ever */
    struct posix_tz rule;   /* after the last change */
};

/* ERR_INVALID, saying what is wrong, for what is no such file from the first byte to the last, and
 * for files that count leap seconds. *out lives in the arena; data need not outlive the call. */
int tzif_parse(struct arena *arena, const unsigned char *data, size_t size, struct tzif *out,
               struct err *e);

/* The stretch around t, which must be within a million years of the epoch. */
struct tz_span tzif_span(const struct tzif *f, int64_t t);

#endif
