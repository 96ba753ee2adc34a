/* Numbers and their text, by the rules of ECMA-262. */
#include "value.h"

#include <float.h>
#include <math.h>

/* WhiteSpace and LineTerminator beyond ASCII, in UTF-8. */
static const char *const wide_spaces[] = {
    "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87",
    "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9",
    "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF",
};

static size_t space_length(const char *p, const char *end)
{
    if (p == end)
        return 0;
    if (*p == ' ' || (*p >= '\t' && *p <= '\r'))
        return 1;
    if ((unsigned char)*p < 0x80)
        return 0;
    for (size_t i = 0; i < sizeof wide_spaces / sizeof *wide_spaces; i++) {
        size_t n = strlen(wide_spaces[i]);
        if ((size_t)(end - p) >= n && !memcmp(p, wide_spaces[i], n))
            return n;
    }
    return 0;
}

static const char *skip_spaces(const char *p, const char *end)
{
    for (size_t n; (n = space_length(p, end)) > 0;)
        p += n;
    return p;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static const char *skip_sign(const char *p, const char *end)
{
    return p < end && (*p == '+' || *p == '-') ? p + 1 : p;
}

static const char *skip_exponent(const char *p, const char *end)
{
    if (p == end || (*p != 'e' && *p != 'E'))
        return p;
    const char *digits = skip_sign(p + 1, end);
    const char *after = skip_digits(digits, end);
    return after > digits ? after : p;
}

#define INFINITE "Infinity"
#define INFINITE_LENGTH (sizeof INFINITE - 1)

/* What follows the longest StrDecimalLiteral at p; NULL when there is none. */
static const char *decimal_end(const char *p, const char *end)
{
    p = skip_sign(p, end);
    if ((size_t)(end - p) >= INFINITE_LENGTH && !memcmp(p, INFINITE, INFINITE_LENGTH))
        return p + INFINITE_LENGTH;
    const char *point = skip_digits(p, end), *after = point;
    size_t digits = (size_t)(point - p);
    if (point < end && *point == '.') {
        after = skip_digits(point + 1, end);
        digits += (size_t)(after - point) - 1;
    }
    return digits ? skip_exponent(after, end) : NULL;
}

/* strtod reads the same prefix, but also hexadecimal, which here ends behind the zero. */
static double decimal_number(const char *p, const char *after)
{
    bool lone_digit = after - skip_sign(p, after) == 1;
    if (lone_digit && after[-1] == '0' && (*after == 'x' || *after == 'X'))
        return 0;
    return strtod(p, NULL);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

static int radix_of(const char *p, const char *end)
{
    if (end - p < 3 || *p != '0')
        return 0;
    switch (p[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 0;
    }
}

static double radix_number(const char *p, const char *end, int radix)
{
    double number = 0;
    const char *first = p;
    for (; p < end && digit_of(*p) < radix; p++)
        number = number * radix + digit_of(*p);
    return p > first && skip_spaces(p, end) == end ? number : NAN;
}

double number_of_text(const char *text, size_t len)
{
    const char *end = text + len, *p = skip_spaces(text, end);
    if (p == end)
        return 0;
    int radix = radix_of(p, end);
    if (radix)
        return radix_number(p + 2, end, radix);
    const char *after = decimal_end(p, end);
    return after && skip_spaces(after, end) == end ? decimal_number(p, after) : NAN;
}

double number_leading(const char *text, size_t len)
{
    const char *end = text + len, *p = skip_spaces(text, end);
    const char *after = decimal_end(p, end);
    return after ? decimal_number(p, after) : NAN;
}

#define DIGITS_MAX 17 /* enough for any double to read back */

/* The significant digits of d > 0 without trailing zeros, and where the decimal point stands:
 * d is 0.DIGITS times ten to the power of what is given back. */
static int shortest_digits(double d, char digits[DIGITS_MAX + 1])
{
    char text[DIGITS_MAX + 16];
    /* 15 digits survive any normal number, so fewer are found by cutting zeros off. */
    int precision = d < DBL_MIN ? 1 : DBL_DIG;
    for (; precision <= DIGITS_MAX; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, d);
        if (strtod(text, NULL) == d)
            break;
    }
    size_t n = 0;
    const char *p = text;
    for (; *p != 'e'; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return (int)strtol(p + 1, NULL, 10) + 1;
}

static void add_zeros(struct str *out, int n)
{
    for (int i = 0; i < n; i++)
        str_addch(out, '0');
}

static void add_scientific(struct str *out, const char *digits, int exponent)
{
    str_addch(out, digits[0]);
    if (digits[1]) {
        str_addch(out, '.');
        str_add(out, digits + 1);
    }
    str_add(out, exponent < 0 ? "e-" : "e+");
    str_add_int(out, exponent < 0 ? -exponent : exponent);
}

static void add_digits(struct str *out, const char *digits, int point)
{
    int n = (int)strlen(digits);
    if (point > 21 || point <= -6) {
        add_scientific(out, digits, point - 1);
    } else if (point <= 0) {
        str_add(out, "0.");
        add_zeros(out, -point);
        str_add(out, digits);
    } else if (n <= point) {
        str_add(out, digits);
        add_zeros(out, point - n);
    } else {
        str_addn(out, digits, (size_t)point);
        str_addch(out, '.');
        str_add(out, digits + point);
    }
}

void number_add(struct str *out, double d)
{
    char digits[DIGITS_MAX + 1] = "";
    if (isnan(d)) {
        str_add(out, "NaN");
        return;
    }
    if (d < 0) {
        str_addch(out, '-');
        d = -d;
    }
    if (isinf(d)) {
        str_add(out, INFINITE);
    } else if (d < 1e15 && d == (double)(long long)d) {
        str_add_int(out, (long long)d);
    } else {
        int point = shortest_digits(d, digits);
        add_digits(out, digits, point);
    }
}
