/*
 * Problems: every bad field of one input, each by its JSON pointer (RFC 6901)
 * and a sentence that says what would be right.
 */
#ifndef BASE_PROBLEMS_H
#define BASE_PROBLEMS_H

#include "arena.h"
#include "err.h"

#include <stddef.h>

#define PROBLEMS_MAX 100 /* more are counted but not kept */

struct problem {
    const char *pointer; /* "/stages/0/sla/duration"; "" is the whole */
    const char *detail;
    struct problem *next;
};

struct problems {
    struct arena *arena;
    struct problem *first, *last;
    size_t count;
};

void problems_init(struct problems *p, struct arena *arena);
struct problems *problems_new(struct arena *arena); /* in arena, initialised */
void problems_add(struct problems *p, const char *pointer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* 0 when there are none; else -1, ERR_INVALID, a message made of the first one, e->problems set. */
int problems_err(const struct problems *p, struct err *e);

/* The same problems with all they are made of in arena. */
struct problems *problems_copy(const struct problems *p, struct arena *arena);

/* base plus one reference token, escaped ("~" and "/"); and one with an array index. */
const char *pointer_key(struct arena *arena, const char *base, const char *key);
const char *pointer_index(struct arena *arena, const char *base, size_t i);

#endif
