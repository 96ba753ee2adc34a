#include "err.h"

#include "str.h"

static const char *const kind_names[] = {
#define X(name, text) [ERR_##name] = text,
    ERR_KINDS(X)
#undef X
};
_Static_assert(sizeof kind_names / sizeof *kind_names == ERR_KIND_COUNT, "a name for each kind");

/* A message that was too long must not end in half a character. */
static void cut_at_character(char *text, size_t size)
{
    size_t n = strnlen(text, size);
    if (n + 1 < size)
        return;
    size_t start = n;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && ((unsigned char)text[start - 1] & 0x80))
        start--;
    if (start < n && utf8_sequence(text + start, n - start) == 0)
        text[start] = '\0';
}

int err_vset(struct err *e, enum err_kind kind, const char *fmt, va_list ap)
{
    e->kind = kind;
    e->problems = NULL;
    e->retry_after = 0;
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    cut_at_character(e->message, sizeof e->message);
    return -1;
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    err_vset(e, kind, fmt, ap);
    va_end(ap);
    return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    char old[sizeof e->message];
    memcpy(old, e->message, sizeof old);
    char prefix[sizeof e->message];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);

    const struct problems *kept = e->problems;
    struct str s = STR_INIT;
    str_add(&s, prefix);
    str_add(&s, ": ");
    str_add(&s, old);
    err_set(e, e->kind, "%s", s.buf);
    str_release(&s);
    e->problems = kept;
    return -1;
}

const char *err_kind_name(enum err_kind kind)
{
    return kind < ERR_KIND_COUNT ? kind_names[kind] : "unknown";
}
