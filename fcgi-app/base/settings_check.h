/*
 * What the kind of a setting alone does not say: keys that are long enough,
 * URLs, networks, settings that need each other.
 */
#ifndef BASE_SETTINGS_CHECK_H
#define BASE_SETTINGS_CHECK_H

#include "settings.h"

/* s as it was read, with every member set. ERR_INVALID naming the first setting that does not fit;
 * no secret is part of the message. */
int settings_check(const struct settings *s, struct err *e);

#endif
