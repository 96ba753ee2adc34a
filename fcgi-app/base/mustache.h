/*
 * Mustache (https://github.com/mustache/spec, the six core files): templates
 * that cannot compute. Used for titles, notifications and pages.
 *
 * A template is compiled once, is read-only then, lives in the arena it was
 * compiled into and needs neither the text nor anything else. It may be
 * rendered by several threads at once.
 *
 * False for sections are null, false, 0, "", an empty list and what is not
 * there. Numbers are written as they were sent, objects and lists as JSON.
 * Lambdas and inheritance are not supported.
 */
#ifndef BASE_MUSTACHE_H
#define BASE_MUSTACHE_H

#include "json.h"
#include "str.h"

#include <stddef.h>

struct mustache;

#define MUSTACHE_DEPTH_MAX 32          /* of sections, and of partials within partials */
#define MUSTACHE_OUTPUT_MAX (4u << 20) /* bytes that one rendering adds */
#define MUSTACHE_STEPS_MAX 1000000     /* tags and lines of one rendering */

/* What {{name}} is escaped with; {{{name}}} and {{&name}} never are. */
typedef void mustache_escape(struct str *out, const char *text, size_t n);

/* Finds the partial of a name; NULL: none, which renders as nothing. */
typedef const struct mustache *mustache_partial(void *arg, const char *name);

struct mustache_options {
    mustache_escape *escape; /* NULL: text as it is (titles) */
    mustache_partial *partial;
    void *arg;
};

/* ERR_INVALID with line and what is wrong: a tag that is not closed, a section that ends another.
 */
int mustache_compile(struct arena *arena, const char *text, size_t n, const struct mustache **out,
                     struct err *e);

/* Appends to out. data is any JSON value; options may be NULL. -1 with ERR_INVALID when a bound is
 * passed; what was rendered so far is then in out. */
int mustache_render(struct str *out, const struct mustache *t, const struct json *data,
                    const struct mustache_options *options, struct err *e);

/* The HTML escaper of the specification: & < > and ". */
mustache_escape mustache_escape_html;

#endif
