/*
 * JSONLogic (https://jsonlogic.com), compiled and evaluated: total, bounded,
 * without side effects. Values behave as JavaScript's do where the official
 * suite asks for it (truthiness, loose equality, number conversion).
 *
 * A compiled rule is read-only, lives in the arena it was compiled into and
 * needs neither the JSON nor its arena. It may be evaluated by several threads
 * at once.
 */
#ifndef ENGINE_LOGIC_H
#define ENGINE_LOGIC_H

#include "base/json.h"
#include "base/problems.h"

#include <stdbool.h>
#include <stddef.h>

struct logic;

#define LOGIC_DEPTH_MAX 32        /* operators within operators */
#define LOGIC_NODES_MAX 2000      /* of one rule */
#define LOGIC_STEPS_MAX 100000    /* operations of one evaluation, elements of lists included */
#define LOGIC_BYTES_MAX (1 << 20) /* of text and lists that one evaluation makes */
#define LOGIC_HEIGHT_MAX 128      /* lists within lists that an evaluation makes */

enum value_type { VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_ARRAY, VALUE_OBJECT };

/* A value that a rule reads or gives. JSON text is not involved; JSON trees are wrapped as they
 * are and read only where the rule looks. */
struct value {
    enum value_type type;
    bool truth;              /* BOOL */
    unsigned char height;    /* of ARRAYs and OBJECTs not wrapped: how deep such nest in it, itself
                                included; never more than LOGIC_HEIGHT_MAX in what a rule gives */
    double number;           /* NUMBER */
    const char *text;        /* STRING; a NUL ends it, and it may contain others */
    size_t length;           /* of text, in bytes */
    const struct json *json; /* ARRAY, OBJECT: wrapped; NULL: the members below */
    const struct value *items; /* ARRAY of values made by a rule; OBJECT: the members' values */
    const char *const *keys;   /* OBJECT: the members' names */
    size_t count;              /* of items */
};

struct value value_null(void);
struct value value_bool(bool truth);
struct value value_number(double number);
struct value value_string(const char *text);   /* borrowed; NULL gives null */
struct value value_json(const struct json *v); /* borrowed */
/* Borrows all three; the members' values are themselves. */
struct value value_object(const char *const *keys, const struct value *items, size_t count);

bool value_truthy(const struct value *v);

/* NULL with problems added at their JSON pointers: an operator that is unknown, too deep, too
 * large, the wrong number of arguments where that makes no sense, an operator that shares its
 * object with other members. An object of none or several members is a value, as it stands. rule
 * NULL is JSON null. */
const struct logic *logic_compile(struct arena *arena, const struct json *rule, const char *at,
                                  struct problems *problems);

/* -1 with ERR_INVALID and a sentence when a bound is passed; never otherwise. What it gives lives
 * in arena or is part of rule or data. A list made by a rule may hold the same list many times:
 * walking through all of it needs a bound of its own. */
int logic_evaluate(struct arena *arena, const struct logic *rule, const struct value *data,
                   struct value *out, struct err *e);

/*
 * A condition: JSONLogic, or the shorthand of 0.4.0's documents, {"risk_score_lt": 0.5} with the
 * suffixes _lt _lte _gt _gte _eq _ne _in, several keys meaning and; the name without its suffix is
 * read from the payload ("payload.risk_score"). An object whose keys all end in such a suffix is
 * shorthand. A shorthand comparison with a field that is absent or null is false.
 *
 * null and {} are no condition and always hold. What can only be a mistake is a problem: a list, a
 * text, a number, an object of several members that is no shorthand.
 */
const struct logic *condition_compile(struct arena *arena, const struct json *condition,
                                      const char *at, struct problems *problems);

/* Whether the condition holds: truthiness of its value. -1 as logic_evaluate. */
int condition_holds(struct arena *arena, const struct logic *condition, const struct value *data,
                    bool *out, struct err *e);

#endif
