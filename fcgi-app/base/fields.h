/*
 * Fields: the members of a JSON object declared as a table (type, presence,
 * length), read into a C struct. The same table feeds the errors, so one call
 * names every bad field at once.
 *
 *     struct body { const char *name; int64_t count; };
 *     static const struct field fields[] = {
 *         {"name", FIELD_STRING, FIELD_REQUIRED, 1, 200, offsetof(struct body, name)},
 *         {"count", FIELD_INT, 0, 1, 100, offsetof(struct body, count)},
 *     };
 */
#ifndef BASE_FIELDS_H
#define BASE_FIELDS_H

#include "json.h"
#include "problems.h"

#include <stddef.h>

enum field_type {
    FIELD_STRING, /* const char *; min and max in characters (max 0: no limit); no control
                     characters but \t \n \r */
    FIELD_ID,     /* const char *; as STRING, without any control character, not only blanks */
    FIELD_INT,    /* int64_t; min and max are values */
    FIELD_NUMBER, /* const struct json * of an integer or a double */
    FIELD_BOOL,   /* bool */
    FIELD_OBJECT, /* const struct json *; min and max count members (max 0: no limit) */
    FIELD_ARRAY,  /* const struct json *; min and max count elements (max 0: no limit) */
    FIELD_ANY     /* const struct json * */
};

#define FIELD_REQUIRED                                                         \
    1u /* absent or null is a problem; else the struct's member stays as it is \
        */
#define FIELD_LATER                                                       \
    2u /* part of the language, not of this version: refused unless empty \
          (null, {}, [], "", false) */

struct field {
    const char *name;
    enum field_type type;
    unsigned flags;
    long long min, max;
    size_t offset; /* in the struct that is filled; not used with FIELD_LATER */
};

/* What FIELD_ID asks of a text besides being one: 1 to max characters, not blank, no control
 * characters. text is UTF-8. */
bool fields_is_id(const char *text, size_t n, size_t max);

/* Reads the members of object into *out (strings live as long as the tree). base is the pointer of
 * the object itself, "" for the whole body. Problems are added for every member that does not fit,
 * and one for an object that is none. Members that the table does not name are left alone. */
void fields_read(const struct json *object, const char *base, const struct field *fields, size_t n,
                 void *out, struct problems *problems);

/* Adds a problem for every member that the table does not name; none for what is no object. */
void fields_refuse_unknown(const struct json *object, const char *base, const struct field *fields,
                           size_t n, struct problems *problems);

#endif
