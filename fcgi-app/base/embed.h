/*
 * Files compiled into the program. tools/embed.sh writes a C file that defines
 * an array of them in the order they were named, and its count.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embedded {
    const char *name;   /* the file's name without its folder */
    const char *text;   /* its bytes, and a NUL after them */
    size_t size;        /* without that NUL */
    const char *sha256; /* of the bytes, 64 hex digits */
};

/* Declares the array `name` and `name`_count that tools/embed.sh was asked for. */
#define EMBEDDED(name)                   \
    extern const struct embedded name[]; \
    extern const size_t name##_count

#endif
