#include "json_text.h"

struct scan {
    const char *start, *p, *end;
    const struct json_limits *limits;
    unsigned depth;
    size_t values;
    struct json_facts *facts;
    struct err *e;
};

static int scan_value(struct scan *s);

static int refuse(const struct scan *s, const char *expected)
{
    return err_set(s->e, ERR_BAD_REQUEST, "not JSON: expected %s at byte %zu%s", expected,
                   (size_t)(s->p - s->start), s->p == s->end ? ", where the text ends" : "");
}

static size_t left(const struct scan *s)
{
    return (size_t)(s->end - s->p);
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static bool take(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

bool json_hex4(const char *p, size_t n, unsigned *code)
{
    unsigned sum = 0;
    if (n < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        if (c >= '0' && c <= '9')
            sum = sum * 16 + (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            sum = sum * 16 + (unsigned)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            sum = sum * 16 + (unsigned)(c - 'A') + 10;
        else
            return false;
    }
    *code = sum;
    return true;
}

/* At the "u" of an escape. Half a surrogate pair has no UTF-8 form. */
static int scan_unicode_escape(struct scan *s, bool key)
{
    unsigned code, low;
    if (!json_hex4(s->p + 1, left(s) - 1, &code))
        return refuse(s, "u and four hex digits");
    if (code >= 0xDC00 && code <= 0xDFFF)
        return refuse(s, "the first half of a surrogate pair before its second");
    s->p += 5;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (left(s) < 6 || s->p[0] != '\\' || s->p[1] != 'u' || !json_hex4(s->p + 2, 4, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return refuse(s, "the second half of a surrogate pair");
        s->p += 6;
    }
    if (!code && key)
        s->facts->nul_in_key = true;
    return 0;
}

static int scan_escape(struct scan *s, bool key)
{
    s->p++;
    if (s->p == s->end || !*s->p || !strchr("\"\\/bfnrtu", *s->p))
        return refuse(s, "one of \" \\ / b f n r t u after a backslash");
    if (*s->p == 'u')
        return scan_unicode_escape(s, key);
    s->p++;
    return 0;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static int scan_string(struct scan *s, bool key)
{
    s->p++;
    for (;;) {
        while (s->p < s->end && is_plain((unsigned char)*s->p))
            s->p++;
        if (s->p == s->end)
            return refuse(s, "the closing quote of a string");
        if (take(s, '"'))
            return 0;
        if (*s->p == '\\') {
            if (scan_escape(s, key))
                return -1;
            continue;
        }
        if ((unsigned char)*s->p < 0x20)
            return refuse(s, "an escape instead of a control character");
        size_t n = utf8_sequence(s->p, left(s));
        if (!n)
            return refuse(s, "valid UTF-8");
        s->p += n;
    }
}

static bool skip_digits(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return s->p > from;
}

static bool fits_int64(const char *p, const char *end)
{
    bool negative = *p == '-';
    int64_t sum = 0;
    for (p += negative; p < end; p++) {
        int digit = negative ? '0' - *p : *p - '0';
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, digit, &sum))
            return false;
    }
    return true;
}

static int scan_number(struct scan *s)
{
    const char *from = s->p;
    bool integer = true;
    take(s, '-');
    if (!take(s, '0') && !skip_digits(s))
        return refuse(s, "a digit");
    if (take(s, '.')) {
        integer = false;
        if (!skip_digits(s))
            return refuse(s, "a digit after the decimal point");
    }
    if (take(s, 'e') || take(s, 'E')) {
        integer = false;
        if (!take(s, '+'))
            take(s, '-');
        if (!skip_digits(s))
            return refuse(s, "a digit of the exponent");
    }
    if (integer && s->limits->int64_only && !fits_int64(from, s->p))
        return err_set(s->e, ERR_BAD_REQUEST,
                       "the integer at byte %zu does not fit 64 bits; send it as a string",
                       (size_t)(from - s->start));
    return 0;
}

static int scan_literal(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    if (left(s) < n || memcmp(s->p, word, n) != 0)
        return refuse(s, word);
    s->p += n;
    return 0;
}

static int scan_array(struct scan *s)
{
    s->p++;
    skip_space(s);
    if (take(s, ']'))
        return 0;
    do {
        if (scan_value(s))
            return -1;
    } while (take(s, ','));
    return take(s, ']') ? 0 : refuse(s, "',' or ']'");
}

static int scan_object(struct scan *s)
{
    s->p++;
    skip_space(s);
    if (take(s, '}'))
        return 0;
    do {
        skip_space(s);
        if (s->p == s->end || *s->p != '"')
            return refuse(s, "a key in double quotes");
        if (scan_string(s, true))
            return -1;
        skip_space(s);
        if (!take(s, ':'))
            return refuse(s, "':'");
        s->facts->members++;
        if (scan_value(s))
            return -1;
    } while (take(s, ','));
    return take(s, '}') ? 0 : refuse(s, "',' or '}'");
}

static int scan_container(struct scan *s)
{
    if (s->depth >= s->limits->max_depth || s->depth >= JSON_DEPTH_MAX)
        return err_set(s->e, ERR_BAD_REQUEST,
                       "more than %u levels of objects and arrays within each other at byte %zu",
                       s->depth, (size_t)(s->p - s->start));
    s->depth++;
    int result = *s->p == '{' ? scan_object(s) : scan_array(s);
    s->depth--;
    return result;
}

/* One value and the white space round it. */
static int scan_value(struct scan *s)
{
    int result;
    if (s->limits->max_values && ++s->values > s->limits->max_values)
        return err_set(s->e, ERR_BAD_REQUEST, "more than %zu values in one text",
                       s->limits->max_values);
    skip_space(s);
    switch (s->p < s->end ? *s->p : '\0') {
    case '{':
    case '[':
        result = scan_container(s);
        break;
    case '"':
        result = scan_string(s, false);
        break;
    case 't':
        result = scan_literal(s, "true");
        break;
    case 'f':
        result = scan_literal(s, "false");
        break;
    case 'n':
        result = scan_literal(s, "null");
        break;
    default:
        if (s->p == s->end || !strchr("-0123456789", *s->p) || !*s->p)
            return refuse(s, "a value");
        result = scan_number(s);
    }
    skip_space(s);
    return result;
}

int json_scan_facts(const char *text, size_t len, const struct json_limits *limits,
                    struct json_facts *facts, struct err *e)
{
    *facts = (struct json_facts){0};
    if (len > limits->max_bytes)
        return err_set(e, ERR_TOO_LARGE, "%zu bytes of JSON are more than the %zu allowed", len,
                       limits->max_bytes);
    struct scan s = {.start = text, .p = text, .end = text + len, .limits = limits, .facts = facts};
    s.e = e;
    if (scan_value(&s))
        return -1;
    return s.p == s.end ? 0 : refuse(&s, "nothing more");
}

int json_scan(const char *text, size_t len, const struct json_limits *limits, struct err *e)
{
    struct json_facts facts;
    return json_scan_facts(text, len, limits, &facts, e);
}
