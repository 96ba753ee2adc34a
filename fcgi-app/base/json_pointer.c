#include "json.h"

/* The token up to the next "/", unescaped: "~1" is "/", "~0" is "~". NULL: a "~" of another kind.
 */
static const char *read_token(const char *at, struct str *token)
{
    str_clear(token);
    for (; *at && *at != '/'; at++) {
        if (*at != '~')
            str_addch(token, *at);
        else if (*++at == '0' || *at == '1')
            str_addch(token, *at == '0' ? '~' : '/');
        else
            return NULL;
    }
    return at;
}

/* An index without leading zeros; -1 for anything else. */
static long read_index(const char *token)
{
    size_t n = strlen(token);
    if (!n || n > 9 || strspn(token, "0123456789") != n || (n > 1 && *token == '0'))
        return -1;
    return strtol(token, NULL, 10);
}

static const struct json *child(const struct json *v, const char *token)
{
    if (json_type(v) != JSON_ARRAY)
        return json_get(v, token);
    long i = read_index(token);
    return i < 0 ? NULL : json_at(v, (size_t)i);
}

const struct json *json_pointer(const struct json *v, const char *pointer)
{
    struct str token = STR_INIT;
    const char *at = pointer;
    while (v && at && *at) {
        at = *at == '/' ? read_token(at + 1, &token) : NULL;
        v = at ? child(v, token.buf) : NULL;
    }
    str_release(&token);
    return v;
}
