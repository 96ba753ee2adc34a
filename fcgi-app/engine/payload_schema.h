/*
 * The subset of JSON Schema 2020-12 that a definition's payload_schema is
 * written in. docs/workflows.md names it; a schema outside it is refused,
 * never half checked.
 *
 * Assertions: type (one or a list), enum, const, minimum, maximum,
 * exclusiveMinimum, exclusiveMaximum, multipleOf (of integers), minLength,
 * maxLength (in characters), minItems, maxItems, uniqueItems, items,
 * prefixItems, minProperties, maxProperties, required, properties,
 * additionalProperties (true, false or a schema), dependentRequired, allOf,
 * anyOf, oneOf, not, if/then/else, $ref to "#/$defs/<name>" with $defs at the
 * top, format of "date", "date-time", "time", "email", "uri", "uuid" (asserted).
 * Annotations that are read over: $schema, $id (at the top), $comment, title,
 * description, default, examples, deprecated, readOnly, writeOnly, and any that
 * starts with "x-". true and false are schemas. A $ref may lead back to its own
 * schema for a value within, not for the same value. Whole numbers are exact
 * within 64 bits; larger ones fit only a schema that asserts nothing.
 *
 * A compiled schema is read-only, lives in the arena it was compiled into and
 * needs neither the JSON nor its arena.
 */
#ifndef ENGINE_PAYLOAD_SCHEMA_H
#define ENGINE_PAYLOAD_SCHEMA_H

#include "base/json.h"
#include "base/problems.h"

struct payload_schema;

#define PAYLOAD_SCHEMA_NODES_MAX 2000   /* schemas within a schema */
#define PAYLOAD_SCHEMA_DEPTH_MAX 64     /* schemas that one check is within, those of $ref too */
#define PAYLOAD_SCHEMA_STEPS_MAX 100000 /* of one check */

/* NULL with problems added at their JSON pointers. */
const struct payload_schema *payload_schema_compile(struct arena *arena, const struct json *body,
                                                    const char *at, struct problems *problems);

/* Adds a problem for every value in v that does not fit, at is the pointer of v itself. Bounded: a
 * check that goes too deep or takes too many steps ends with a problem saying so. */
void payload_schema_check(const struct payload_schema *s, const struct json *v, const char *at,
                          struct problems *problems);

/* The same for a whole payload, whose pointer is "/payload": 0, or -1 with ERR_INVALID and every
 * problem, in arena. s NULL: anything fits. */
int payload_schema_require(struct arena *arena, const struct payload_schema *s,
                           const struct json *payload, struct err *e);

#endif
