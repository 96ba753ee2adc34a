/*
 * Selectors: how a definition names people.
 *
 *     "alice", "user:alice"        a person
 *     "group:finance"              the members of a group
 *     "role:cfo"                   who holds a role
 *     "manager:requester[:n]"      n steps up from the requester (default 1)
 *     "payload:/owner"             the person a JSON pointer into the payload names
 *     "least_loaded:group:finance" the member with the fewest open tasks
 *
 * and the object forms {"user": …}, {"group": …}, {"role": …}, {"manager":
 * "requester", "steps": n}, {"payload": "/owner"}, {"least_loaded":
 * "group:finance" or {"group": "finance"}}.
 *
 * A selector's text is its canonical string form ("user:alice",
 * "manager:requester:2"); two selectors mean the same when their texts are
 * equal. Ids hold no control characters, so texts can be joined by '\n'.
 */
#ifndef ENGINE_SELECTOR_H
#define ENGINE_SELECTOR_H

#include "base/json.h"
#include "base/problems.h"

#include <stdbool.h>
#include <stddef.h>

#define SELECTOR_KINDS(X) \
    X(USER, "user")       \
    X(GROUP, "group")     \
    X(ROLE, "role")       \
    X(MANAGER, "manager") \
    X(PAYLOAD, "payload") \
    X(LEAST_LOADED, "least_loaded")

enum selector_kind {
#define X(name, text) SELECTOR_##name,
    SELECTOR_KINDS(X)
#undef X
        SELECTOR_KIND_COUNT
};

#define SELECTOR_STEPS_MAX 10 /* of managers */

struct selector {
    enum selector_kind kind;
    const char *text; /* canonical */
    const char *name; /* the id, the pointer, of LEAST_LOADED the inner text ("group:finance") */
    int steps;        /* of MANAGER */
};

/* What a selector is made of lives in arena and does not point into v. -1 with a problem added. */
int selector_parse(struct arena *arena, const struct json *v, const char *at, struct selector *out,
                   struct problems *problems);

/* A list of selectors or a single one; one that is named twice is kept once. *out gets an array in
 * arena. At most max. */
void selector_list_parse(struct arena *arena, const struct json *v, const char *at, size_t max,
                         const struct selector **out, size_t *count, struct problems *problems);

/* Whether text is one of the lines of via. */
bool selector_in(const char *text, const char *via);

#endif
