/*
 * Ids: a prefix, then 26 characters: 48 bits of milliseconds and 80 random
 * bits in Crockford's base 32 (the ULID layout), lower case. Ids made later
 * sort later (to the millisecond), so inserts append to an index.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stddef.h>
#include <stdint.h>

#define ID_SIZE 40 /* room for any id of ours with its NUL */

/* prefix is at most 12 characters and carries its own "-". now is in microseconds. */
const char *id_new(char out[ID_SIZE], const char *prefix, int64_t now);

/* n lower-case hex digits from the system's random numbers; out has room for n + 1. */
void id_random_hex(char *out, size_t n);

#endif
