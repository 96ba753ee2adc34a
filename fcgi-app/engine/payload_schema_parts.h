/*
 * What the files of payload_schema share: the compiled form, and work on
 * values. Nobody else includes this; payload_schema.h is the contract.
 */
#ifndef ENGINE_PAYLOAD_SCHEMA_PARTS_H
#define ENGINE_PAYLOAD_SCHEMA_PARTS_H

#include "payload_schema.h"

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers. A double without a fraction is an integer, as in JSON Schema (1.0 is 1).
 */
struct schema_number {
    bool integer; /* n is exact; else only d counts */
    int64_t n;
    double d;
};
bool schema_is_number(const struct json *v);
struct schema_number schema_number_of(const struct json *v);
/* Below, at or above 0; exact, integers with doubles too. */
int schema_number_compare(struct schema_number a, struct schema_number b);
bool schema_number_is_whole(struct schema_number a);
bool schema_number_divides(int64_t divisor, struct schema_number a); /* divisor above 0 */
/* An integer out of int64 (and its lowest value), which json-c may have cut to what it can hold. */
bool schema_integer_beyond(const struct json *v);

/*
 * Values by JSON equality (1 equals 1.0, the order of members does not matter). Each call adds to
 * *steps what it cost; searches give up, finding nothing, when that passes the maximum. They
 * recurse as deep as the values, JSON_DEPTH_MAX at most.
 */
uint64_t schema_hash(const struct json *v, size_t *steps); /* equal values have equal hashes */
bool schema_equal(const struct json *a, const struct json *b, size_t *steps);

/* The elements of an array sorted by hash, equal ones in their order. */
struct schema_element {
    uint64_t hash;
    size_t index;
    const struct json *v;
};
void schema_elements_sort(struct schema_element *elements, const struct json *array, size_t *steps);
/* Two equal elements of the array; false: there are none. */
bool schema_repeated(const struct json *array, size_t *first, size_t *second, size_t *steps);
/* One of n sorted elements equals v. */
bool schema_elements_have(const struct schema_element *elements, size_t n, const struct json *v,
                          size_t *steps);

/*
 * Values in sentences: as JSON, cut when long; a text in quotes; scalars as JSON and the others by
 * their kind ("an array").
 */
void schema_show(struct str *out, const struct json *v);
void schema_quote(struct str *out, const char *text, size_t n);
void schema_describe(struct str *out, const struct json *v);

/*
 * Where something is: a chain on the stack, made into a pointer only when there is a problem. A
 * pointer that would be longer than SCHEMA_POINTER_MAX ends at the last value before that.
 */
#define SCHEMA_POINTER_MAX 2000
struct schema_place {
    const struct schema_place *up; /* NULL: the value itself */
    const char *key;               /* NULL: an element */
    size_t index;
};
void schema_problem(struct problems *problems, const char *at, const struct schema_place *place,
                    const char *sentence);

/*
 * Formats.
 */
struct payload_format {
    const char *name;
    const char *what; /* "a date such as 2026-01-31" */
    bool (*fits)(const char *text, size_t n);
};
const struct payload_format *payload_format_find(const char *name); /* NULL: not one of ours */
void payload_format_names(struct str *out);                         /* "date, …" */

/*
 * The compiled form: a node for each schema, with a rule for each keyword, or for keywords that
 * work together.
 */
#define SCHEMA_TYPES(X)                 \
    X(NULL, "null", "null")             \
    X(BOOL, "boolean", "true or false") \
    X(OBJECT, "object", "an object")    \
    X(ARRAY, "array", "an array")       \
    X(NUMBER, "number", "a number")     \
    X(STRING, "string", "a string")     \
    X(INTEGER, "integer", "a whole number")

enum schema_type {
#define X(name, text, sentence) SCHEMA_##name,
    SCHEMA_TYPES(X)
#undef X
        SCHEMA_TYPE_COUNT
};

enum schema_rule_kind {
    RULE_TYPE,               /* count: a bit for each schema_type */
    RULE_ENUM,               /* choice */
    RULE_CONST,              /* choice */
    RULE_MINIMUM,            /* number */
    RULE_MAXIMUM,            /* number */
    RULE_EXCLUSIVE_MINIMUM,  /* number */
    RULE_EXCLUSIVE_MAXIMUM,  /* number */
    RULE_MULTIPLE_OF,        /* number, an integer above 0 */
    RULE_MIN_LENGTH,         /* count */
    RULE_MAX_LENGTH,         /* count */
    RULE_MIN_ITEMS,          /* count */
    RULE_MAX_ITEMS,          /* count */
    RULE_MIN_PROPERTIES,     /* count */
    RULE_MAX_PROPERTIES,     /* count */
    RULE_UNIQUE_ITEMS,       /* count: 1 when it holds */
    RULE_ITEMS,              /* schemas: of prefixItems; rest: of items, NULL: anything */
    RULE_PROPERTIES,         /* members: of properties; rest: of additionalProperties or NULL */
    RULE_REQUIRED,           /* names */
    RULE_DEPENDENT_REQUIRED, /* members */
    RULE_ALL_OF,             /* schemas */
    RULE_ANY_OF,             /* schemas */
    RULE_ONE_OF,             /* schemas */
    RULE_NOT,                /* schema */
    RULE_REF,                /* schema */
    RULE_IF,                 /* schema: NULL when only then or else was written; then, otherwise */
    RULE_FORMAT,             /* format */
    SCHEMA_RULE_KIND_COUNT
};

struct schema_names {
    const char **names;
    size_t count;
};

struct schema_member {
    const char *name;
    struct payload_schema *schema; /* of properties */
    struct schema_names needs;     /* of dependentRequired */
};

struct schema_rule {
    enum schema_rule_kind kind;
    struct schema_rule *next;
    const char *text; /* of the keyword's value, for sentences; NULL where none is needed */
    union {
        size_t count;
        struct schema_number number;
        struct schema_names names;
        const struct payload_format *format;
        struct {
            const struct schema_element *elements; /* sorted */
            size_t element_count;
        };
        struct {
            struct payload_schema **schemas;
            size_t schema_count;
            struct schema_member *members; /* sorted by name */
            size_t member_count;
            struct payload_schema *rest;
        };
        struct {
            struct payload_schema *schema, *then, *otherwise;
        };
    };
};

struct payload_schema {
    bool refuses; /* the schema false */
    struct schema_rule *rules;
    enum { SCHEMA_UNSEEN, SCHEMA_OPEN, SCHEMA_SEEN } mark; /* of schema_goes_round */
};

/* Would checking a value come to check the same value against the same schema again, or go deeper
 * than a check may? Marks what it has seen, which is not looked at twice. */
bool schema_goes_round(struct payload_schema *node);

#endif
