/*
 * Sets of ids, as the directory keeps roles and members: sorted by bytes,
 * each once.
 */
#ifndef SERVICE_ID_SET_H
#define SERVICE_ID_SET_H

#include "base/json.h"
#include "base/problems.h"

#include <stdbool.h>

struct id_set {
    const char *const *ids;
    size_t count;
};

/* Reads an array of ids (what FIELD_ID asks, at most ID_MAX characters), which may name one more
 * than once. base is the array's pointer; each element that is no id is a problem under it. The set
 * is made in the problems' arena; its ids live as long as the array. */
struct id_set id_set_read(const struct json *array, const char *base, struct problems *problems);

/* Of ids in any order, some more than once: sorts the array and keeps each once. */
struct id_set id_set_of(const char **ids, size_t n);

bool id_set_has(const struct id_set *set, const char *id);
bool id_set_same(const struct id_set *a, const struct id_set *b);

/* Into the object being written, where the sets differ: "key": {"added": […], "removed": […]} */
void id_set_write_change(struct jsonw *w, const char *key, const struct id_set *before,
                         const struct id_set *after);

#endif
