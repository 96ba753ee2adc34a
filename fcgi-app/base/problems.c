#include "problems.h"

#include "str.h"

void problems_init(struct problems *p, struct arena *arena)
{
    *p = (struct problems){.arena = arena};
}

struct problems *problems_new(struct arena *arena)
{
    struct problems *p = arena_make(arena, struct problems);
    problems_init(p, arena);
    return p;
}

void problems_add(struct problems *p, const char *pointer, const char *fmt, ...)
{
    p->count++;
    if (p->count > PROBLEMS_MAX)
        return;
    struct problem *one = arena_make(p->arena, struct problem);
    one->pointer = arena_strdup(p->arena, pointer);
    va_list ap;
    va_start(ap, fmt);
    one->detail = arena_vprintf(p->arena, fmt, ap);
    va_end(ap);
    if (p->last)
        p->last->next = one;
    else
        p->first = one;
    p->last = one;
}

int problems_err(const struct problems *p, struct err *e)
{
    if (!p->count)
        return 0;
    const char *where = p->first->pointer;
    const char *colon = *where ? ": " : "";
    if (p->count == 1)
        err_set(e, ERR_INVALID, "%s%s%s", where, colon, p->first->detail);
    else
        err_set(e, ERR_INVALID, "%s%s%s (and %zu more)", where, colon, p->first->detail,
                p->count - 1);
    e->problems = p;
    return -1;
}

struct problems *problems_copy(const struct problems *p, struct arena *arena)
{
    struct problems *copy = problems_new(arena);
    for (const struct problem *one = p->first; one; one = one->next)
        problems_add(copy, one->pointer, "%s", one->detail);
    copy->count = p->count;
    return copy;
}

const char *pointer_key(struct arena *arena, const char *base, const char *key)
{
    struct str s = STR_INIT;
    str_add(&s, base);
    str_addch(&s, '/');
    for (; *key; key++) {
        if (*key == '~')
            str_add(&s, "~0");
        else if (*key == '/')
            str_add(&s, "~1");
        else
            str_addch(&s, *key);
    }
    const char *result = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return result;
}

const char *pointer_index(struct arena *arena, const char *base, size_t i)
{
    return arena_printf(arena, "%s/%zu", base, i);
}
