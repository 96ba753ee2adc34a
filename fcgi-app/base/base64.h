/*
 * base64url without padding (RFC 4648, section 5), as JOSE uses it; and plain
 * base64 for reading what HTTP Basic carries.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "arena.h"
#include "str.h"

/* Characters that n bytes become. */
#define BASE64URL_LENGTH(n) (((n)*4 + 2) / 3)

void base64url_add(struct str *out, const void *data, size_t n);

/* The bytes, NUL-terminated, in the arena; NULL unless text is the one canonical encoding of them:
 * no padding, no other characters, unused bits zero. */
unsigned char *base64url_decode(struct arena *arena, const char *text, size_t n, size_t *len);

/* The same for the plain alphabet with its padding (section 4). */
unsigned char *base64_decode(struct arena *arena, const char *text, size_t n, size_t *len);

#endif
