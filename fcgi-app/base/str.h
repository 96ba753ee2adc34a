/*
 * A growing string: the only way strings are built here. Always NUL-terminated
 * (buf is never NULL, even before the first byte), so buf may be given to
 * anything that takes a C string. Growth aborts when there is no memory.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
    char *buf;  /* never NULL */
    size_t len; /* bytes without the NUL */
    size_t cap; /* 0: nothing allocated, buf is a shared empty string */
};

extern char str_empty[1];
#define STR_INIT                             \
    {                                        \
        .buf = str_empty, .len = 0, .cap = 0 \
    }

void str_init(struct str *s);    /* no allocation */
void str_release(struct str *s); /* contents only; s is as after str_init */
void str_clear(struct str *s);   /* len 0, keeps the memory */
void str_reserve(struct str *s, size_t more);

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const char *data, size_t n);
void str_addch(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *s, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void str_add_int(struct str *s, long long n);                         /* decimal */
void str_add_hex(struct str *s, const unsigned char *data, size_t n); /* lower case */

/* Escapers, each named by the context it is for. Input is UTF-8; bytes that are
 * not become U+FFFD, so that the output always is. */
void str_add_json(struct str *s, const char *text, size_t n); /* without the quotes */
void str_add_html(struct str *s, const char *text); /* element text and quoted attributes */
void str_add_url(struct str *s, const char *text);  /* one path segment or query value */

/* Length of the valid UTF-8 sequence at p (1 to 4), 0 when there is none. No
 * surrogates, no overlong forms, nothing above U+10FFFF. */
size_t utf8_sequence(const char *p, size_t n);
bool utf8_valid(const char *p, size_t n);

#endif
