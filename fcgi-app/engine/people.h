/*
 * Selectors turned into people. Nobody outside the engine includes it.
 */
#ifndef ENGINE_PEOPLE_H
#define ENGINE_PEOPLE_H

#include "run.h"

struct person {
    const char *user;
    const char *via; /* texts of the selectors that name him, joined by '\n' */
};

struct people {
    struct person *list; /* in the order of the selectors, each person once */
    size_t count, room;
};

/* Adds those whom the selectors name now, without those who are barred from deciding in s. At most
 * SLATE_MAX in all; false when there would be more. */
bool people_resolve(struct run *r, const struct stage *s, const struct selector *selectors,
                    size_t n, struct people *out);

/* Adds one; a person who is there already gets via too. */
bool people_add(struct run *r, struct people *out, const char *user, const char *via);

/* Whether any of the selectors names the user now. */
bool people_include(struct run *r, const struct selector *selectors, size_t n, const char *user);

/* Those lines of via through which the user may still act; NULL: none. "" asks nothing. */
const char *people_standing(struct run *r, const char *via, const char *user);

#endif
