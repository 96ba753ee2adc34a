#include "id_set.h"

#include "base/fields.h"
#include "engine/definition.h"

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t drop_repeated(const char **ids, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(ids[kept - 1], ids[i]) != 0)
            ids[kept++] = ids[i];
    return kept;
}

struct id_set id_set_of(const char **ids, size_t n)
{
    if (n)
        qsort(ids, n, sizeof *ids, by_bytes);
    return (struct id_set){ids, drop_repeated(ids, n)};
}

struct id_set id_set_read(const struct json *array, const char *base, struct problems *problems)
{
    size_t sent = json_array_size(array), n = 0;
    const char **ids = arena_array(problems->arena, sent, sizeof *ids);
    for (size_t i = 0; i < sent; i++) {
        size_t length;
        const char *id = json_string(json_at(array, i), &length);
        if (id && fields_is_id(id, length, ID_MAX))
            ids[n++] = id;
        else
            problems_add(problems, pointer_index(problems->arena, base, i),
                         "must be a string of 1 to %d characters, not blank, without control "
                         "characters",
                         ID_MAX);
    }
    return id_set_of(ids, n);
}

bool id_set_has(const struct id_set *set, const char *id)
{
    return set->count && bsearch(&id, set->ids, set->count, sizeof *set->ids, by_bytes);
}

bool id_set_same(const struct id_set *a, const struct id_set *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = !strcmp(a->ids[i], b->ids[i]);
    return same;
}

static void write_missing(struct jsonw *w, const char *key, const struct id_set *from,
                          const struct id_set *in)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (size_t i = 0; i < in->count; i++)
        if (!id_set_has(from, in->ids[i]))
            jsonw_string(w, in->ids[i]);
    jsonw_end(w);
}

void id_set_write_change(struct jsonw *w, const char *key, const struct id_set *before,
                         const struct id_set *after)
{
    if (id_set_same(before, after))
        return;
    jsonw_key(w, key);
    jsonw_object(w);
    write_missing(w, "added", before, after);
    write_missing(w, "removed", after, before);
    jsonw_end(w);
}
