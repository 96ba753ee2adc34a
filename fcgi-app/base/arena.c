#include "arena.h"

#include <stdint.h>
#include <unistd.h>

#define BLOCK_SIZE ((size_t)16 * 1024)
#define ALIGNMENT sizeof(max_align_t)

struct block {
    struct block *next; /* older */
    size_t used, size;
    _Alignas(max_align_t) unsigned char data[];
};

struct deferred {
    void (*fn)(void *);
    void *p;
    struct deferred *next; /* older */
};

struct arena {
    struct block *blocks; /* the first is the one being filled */
    struct deferred *deferred;
};

static void no_memory(void)
{
    static const char text[] = "out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p)
        no_memory();
    return p;
}

void *mem_realloc(void *p, size_t size)
{
    void *q = realloc(p, size ? size : 1);
    if (!q)
        no_memory();
    return q;
}

char *mem_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(mem_alloc(n), s, n);
}

static struct block *block_new(size_t size, struct block *next)
{
    if (size > SIZE_MAX - sizeof(struct block))
        no_memory();
    /* Not zeroed here: arena_alloc zeroes what it hands out, also after a reset. */
    struct block *b = mem_realloc(NULL, sizeof(struct block) + size);
    b->next = next;
    b->used = 0;
    b->size = size;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = mem_alloc(sizeof *a);
    a->blocks = block_new(BLOCK_SIZE, NULL);
    return a;
}

static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        struct deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->p);
    }
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    struct block *keep = NULL;
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        if (!keep && b->size == BLOCK_SIZE)
            keep = b;
        else
            free(b);
    }
    if (!keep)
        keep = block_new(BLOCK_SIZE, NULL);
    keep->next = NULL;
    keep->used = 0;
    a->blocks = keep;
}

void arena_free(struct arena **a)
{
    if (!*a)
        return;
    run_deferred(*a);
    for (struct block *b = (*a)->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(*a);
    *a = NULL;
}

/* A block of its own for what is large goes behind the one being filled, whose rest stays usable.
 */
static void *alloc_large(struct arena *a, size_t size)
{
    struct block *b = block_new(size, a->blocks->next);
    a->blocks->next = b;
    b->used = size;
    return memset(b->data, 0, size);
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX - ALIGNMENT)
        no_memory();
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > BLOCK_SIZE / 4)
        return alloc_large(a, size);
    if (a->blocks->size - a->blocks->used < size)
        a->blocks = block_new(BLOCK_SIZE, a->blocks);
    void *p = a->blocks->data + a->blocks->used;
    a->blocks->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total))
        no_memory();
    return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n)
        memcpy(p, s, n);
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        n = 0;
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
    struct deferred *d = arena_make(a, struct deferred);
    *d = (struct deferred){.fn = fn, .p = p, .next = a->deferred};
    a->deferred = d;
}
