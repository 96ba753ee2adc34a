/*
 * What does not belong in a log: e-mail addresses and telephone numbers of
 * people, and everything that signs somebody in.
 */
#ifndef BASE_MASK_H
#define BASE_MASK_H

#include "str.h"

/*
 * Adds text with "alice@example.org" as "a***@example.org" (also where the "@" is written "%40"),
 * "+49 451 123456" as "+***", and access tokens and our own secrets ("apk_…") as "eyJ***" and
 * "apk_***". Telephone numbers are seen by their "+" only: other numbers mean something here.
 */
void mask_add(struct str *out, const char *text);

#endif
