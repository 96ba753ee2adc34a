/*
 * A text that must be one of a list.
 */
#ifndef API_CHOICE_H
#define API_CHOICE_H

#include "base/problems.h"

/* Gives its index, or -1 with a problem that names all of them. name(i) may be NULL for one that is
 * not offered, which is refused too. */
int one_of(struct problems *problems, const char *pointer, const char *text,
           int (*parse)(const char *), const char *(*name)(int), int count);

#endif
