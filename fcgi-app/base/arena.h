/*
 * Arena: memory that is given back all at once, for what lives as long as one
 * request. Allocation never fails: when the system has no memory the process
 * writes so to stderr and aborts (its supervisor starts another; the database
 * knows only whole transactions).
 *
 * Not thread-safe; an arena may be handed from thread to thread.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
/* Runs what was deferred, newest first, then frees everything; sets *a NULL. NULL is fine. */
void arena_free(struct arena **a);
/* As arena_free, but keeps one block for what comes next. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type. size 0 gives a pointer that may not be read. */
void *arena_alloc(struct arena *a, size_t size);
/* n elements of size bytes; aborts on overflow. */
void *arena_array(struct arena *a, size_t n, size_t size);
#define arena_make(a, type) ((type *)arena_alloc((a), sizeof(type)))

char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* Calls fn(p) when the arena is freed or reset: for foreign objects that live with it. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

/* malloc and friends that abort instead of returning NULL, for what outlives a request. */
void *mem_alloc(size_t size); /* zeroed */
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);

#endif
