/*
 * What mustache_compile.c and mustache_render.c share: a template as a tree.
 * Nobody else includes this; mustache.h is the contract.
 */
#ifndef BASE_MUSTACHE_TREE_H
#define BASE_MUSTACHE_TREE_H

#include "mustache.h"

#include <stdbool.h>
#include <stddef.h>

enum mustache_kind {
    MUSTACHE_TEXT,
    MUSTACHE_VALUE,    /* {{name}} */
    MUSTACHE_RAW,      /* {{{name}}} {{&name}} */
    MUSTACHE_SECTION,  /* {{#name}} */
    MUSTACHE_INVERTED, /* {{^name}} */
    MUSTACHE_PARTIAL   /* {{>name}} */
};

struct mustache_node {
    enum mustache_kind kind;
    bool starts_line; /* where a partial is indented, so is this */
    struct mustache_node *next;
    const char *text; /* of TEXT; of a PARTIAL that is alone on its line, the space before it */
    size_t len;
    const char *name;         /* of PARTIAL */
    const char *const *parts; /* of a dotted name; none for "." */
    size_t part_count;
    struct mustache_node *body; /* of SECTION and INVERTED */
};

struct mustache {
    struct mustache_node *first;
};

#endif
