/*
 * Functions nobody may call: each has a safer way (struct str, strtoll with
 * checks). Included before everything else by the compiler's command line.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef sprintf /* a macro of glibc's, with _FORTIFY_SOURCE on clang */

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gets atoi atol

#endif
