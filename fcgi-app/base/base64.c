#include "base64.h"

/* The last two characters of each alphabet; the other 62 are common to both. */
static const char plain_tail[2] = "+/", url_tail[2] = "-_";

void base64url_add(struct str *out, const void *data, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *p = data;
    str_reserve(out, BASE64URL_LENGTH(n));
    for (; n >= 3; n -= 3, p += 3) {
        char group[4] = {digits[p[0] >> 2], digits[(p[0] & 3) << 4 | p[1] >> 4],
                         digits[(p[1] & 15) << 2 | p[2] >> 6], digits[p[2] & 63]};
        str_addn(out, group, sizeof group);
    }
    if (n == 0)
        return;
    unsigned second = n == 2 ? p[1] : 0;
    char group[3] = {digits[p[0] >> 2], digits[(p[0] & 3u) << 4 | second >> 4],
                     digits[(second & 15) << 2]};
    str_addn(out, group, n + 1);
}

static int digit_value(char c, const char tail[2])
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == tail[0] ? 62 : c == tail[1] ? 63 : -1;
}

/* n digits, without padding. */
static unsigned char *decode(struct arena *arena, const char *text, size_t n, const char tail[2],
                             size_t *len)
{
    if (n % 4 == 1)
        return NULL;
    unsigned char *out = arena_alloc(arena, n / 4 * 3 + 3), *p = out;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < n; i++) {
        int value = digit_value(text[i], tail);
        if (value < 0)
            return NULL;
        bits = bits << 6 | (unsigned)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *p++ = (unsigned char)(bits >> held);
            bits &= (1u << held) - 1;
        }
    }
    if (bits)
        return NULL;
    *len = (size_t)(p - out);
    return out;
}

unsigned char *base64url_decode(struct arena *arena, const char *text, size_t n, size_t *len)
{
    return decode(arena, text, n, url_tail, len);
}

unsigned char *base64_decode(struct arena *arena, const char *text, size_t n, size_t *len)
{
    if (n % 4)
        return NULL;
    for (int padding = 0; padding < 2 && n && text[n - 1] == '='; padding++)
        n--;
    return decode(arena, text, n, plain_tail, len);
}
