#include "str.h"

#include "arena.h"

#include <stdint.h>

char str_empty[1] = "";

void str_init(struct str *s)
{
    *s = (struct str)STR_INIT;
}

void str_release(struct str *s)
{
    if (s->cap)
        free(s->buf);
    str_init(s);
}

void str_clear(struct str *s)
{
    s->len = 0;
    if (s->cap)
        s->buf[0] = '\0';
}

void str_reserve(struct str *s, size_t more)
{
    if (s->cap && s->cap - s->len > more)
        return;
    size_t cap = s->cap ? s->cap : 64;
    while (cap <= s->len || cap - s->len <= more)
        cap *= 2;
    s->buf = mem_realloc(s->cap ? s->buf : NULL, cap);
    s->buf[s->len] = '\0';
    s->cap = cap;
}

void str_addn(struct str *s, const char *data, size_t n)
{
    if (!n)
        return;
    str_reserve(s, n);
    memcpy(s->buf + s->len, data, n);
    s->len += n;
    s->buf[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_addn(s, text, strlen(text));
}

void str_addch(struct str *s, char c)
{
    str_reserve(s, 1);
    s->buf[s->len++] = c;
    s->buf[s->len] = '\0';
}

void str_vaddf(struct str *s, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n <= 0)
        return;
    str_reserve(s, (size_t)n);
    vsnprintf(s->buf + s->len, (size_t)n + 1, fmt, ap);
    s->len += (size_t)n;
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(s, fmt, ap);
    va_end(ap);
}

void str_add_int(struct str *s, long long n)
{
    char digits[24];
    size_t i = sizeof digits;
    unsigned long long u = n < 0 ? 0ULL - (unsigned long long)n : (unsigned long long)n;
    do {
        digits[--i] = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (n < 0)
        digits[--i] = '-';
    str_addn(s, digits + i, sizeof digits - i);
}

void str_add_hex(struct str *s, const unsigned char *data, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    str_reserve(s, 2 * n);
    for (size_t i = 0; i < n; i++) {
        s->buf[s->len++] = hex[data[i] >> 4];
        s->buf[s->len++] = hex[data[i] & 15];
    }
    s->buf[s->len] = '\0';
}

static bool continuation(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

size_t utf8_sequence(const char *p, size_t n)
{
    if (!n)
        return 0;
    unsigned char c = (unsigned char)p[0];
    if (c < 0x80)
        return 1;
    size_t len = c >= 0xC2 && c <= 0xDF   ? 2
                 : (c & 0xF0) == 0xE0     ? 3
                 : c >= 0xF0 && c <= 0xF4 ? 4
                                          : 0;
    if (!len || len > n || !continuation(p + 1, len - 1))
        return 0;
    unsigned char d = (unsigned char)p[1];
    if ((c == 0xE0 && d < 0xA0) || (c == 0xED && d > 0x9F)) /* overlong; surrogates */
        return 0;
    if ((c == 0xF0 && d < 0x90) || (c == 0xF4 && d > 0x8F)) /* overlong; above U+10FFFF */
        return 0;
    return len;
}

bool utf8_valid(const char *p, size_t n)
{
    while (n) {
        size_t len = utf8_sequence(p, n);
        if (!len)
            return false;
        p += len;
        n -= len;
    }
    return true;
}

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

/* Most bytes of most texts: ASCII that stands for itself. */
static bool json_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Of an ASCII character that is not plain. */
static const char *json_escape(unsigned char c, char buf[8])
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    default:
        snprintf(buf, 8, "\\u%04x", c);
        return buf;
    }
}

void str_add_json(struct str *s, const char *text, size_t n)
{
    const char *end = text + n, *plain = text;
    while (text < end) {
        if (json_plain((unsigned char)*text)) {
            text++;
            continue;
        }
        char buf[8];
        const char *escape = NULL;
        size_t len = 1;
        if ((unsigned char)*text < 0x80) {
            escape = json_escape((unsigned char)*text, buf);
        } else {
            len = utf8_sequence(text, (size_t)(end - text));
            if (!len) {
                escape = REPLACEMENT;
                len = 1;
            }
        }
        if (escape) {
            str_addn(s, plain, (size_t)(text - plain));
            str_add(s, escape);
            plain = text + len;
        }
        text += len;
    }
    str_addn(s, plain, (size_t)(end - plain));
}

static const char *html_escape(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void str_add_html(struct str *s, const char *text)
{
    for (size_t n = strlen(text); n;) {
        size_t len = utf8_sequence(text, n);
        const char *escape = len ? html_escape(*text) : REPLACEMENT;
        len = len ? len : 1;
        if (escape)
            str_add(s, escape);
        else
            str_addn(s, text, len);
        text += len;
        n -= len;
    }
}

void str_add_url(struct str *s, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || (c && strchr("-._~", c));
        if (unreserved)
            str_addch(s, (char)c);
        else
            str_addf(s, "%%%02X", c);
    }
}
