#include "choice.h"

#include "base/str.h"

static void choices(struct str *out, const char *(*name)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (name(i))
            str_addf(out, "%s%s", out->len ? ", " : "", name(i));
}

/* A text that must be one of a list; the problem names them all. Gives its index or -1. */
int one_of(struct problems *problems, const char *pointer, const char *text,
           int (*parse)(const char *), const char *(*name)(int), int count)
{
    int found = parse(text);
    if (found >= 0 && !name(found))
        found = -1;
    if (found < 0) {
        struct str s = STR_INIT;
        choices(&s, name, count);
        problems_add(problems, pointer, "must be one of %s, not \"%s\"", s.buf, text);
        str_release(&s);
    }
    return found;
}
