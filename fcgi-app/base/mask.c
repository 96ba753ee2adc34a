#include "mask.h"

#include <stdbool.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* What may stand before the "@" of an address. */
#define ADDRESS LOWER UPPER DIGITS "._%+-"
#define HOST LOWER UPPER DIGITS ".-"
#define SECRET LOWER UPPER DIGITS "_.-"
#define SECRET_MIN 20 /* characters that follow the beginning of one */

static const char *const secrets[] = {"eyJ", "apk_", "apr_", "aps_", "apl_"};

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* The length of the secret that begins here, and how much of it may be seen; 0: none does. */
static size_t secret_at(const char *p, size_t *shown)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        *shown = strlen(secrets[i]);
        size_t n = strncmp(p, secrets[i], *shown) ? 0 : strspn(p, SECRET);
        if (n >= *shown + SECRET_MIN)
            return n;
    }
    return 0;
}

/* The length of the "@" that is here, as it is or as in a path; 0: there is none. */
static size_t at_sign(const char *p)
{
    return *p == '@' ? 1 : !strncmp(p, "%40", 3) ? 3 : 0;
}

/* The length of an address up to its "@", where one begins here; 0: none does. */
static size_t address_at(const char *p)
{
    size_t n = 0;
    while (is_one_of(p[n], ADDRESS) && !at_sign(p + n))
        n++;
    size_t sign = n ? at_sign(p + n) : 0;
    const char *host = p + n + sign;
    size_t m = sign ? strspn(host, HOST) : 0;
    return m && memchr(host, '.', m) ? n : 0;
}

/* The length of a telephone number that begins here with "+"; 0: none does. */
static size_t telephone_at(const char *p)
{
    size_t n = 1, end = 0, digits = 0;
    if (*p != '+')
        return 0;
    for (; is_one_of(p[n], DIGITS " -/()"); n++)
        if (is_one_of(p[n], DIGITS)) {
            digits++;
            end = n + 1;
        }
    return digits >= 7 ? end : 0;
}

/* Masks what begins here, if something does, and gives how much of the text that was. */
static size_t mask_at(struct str *out, const char *p)
{
    size_t shown, n = secret_at(p, &shown);
    if (n) {
        str_addn(out, p, shown);
    } else if ((n = telephone_at(p))) {
        str_add(out, "+");
    } else if ((n = address_at(p))) {
        str_addn(out, p, 1);
    }
    if (n)
        str_add(out, "***");
    return n;
}

void mask_add(struct str *out, const char *text)
{
    bool begins = true; /* nothing that is masked begins within a word */
    for (const char *p = text; *p;) {
        size_t n = begins ? mask_at(out, p) : 0;
        if (!n)
            str_addch(out, *p);
        begins = !n && !is_one_of(*p, ADDRESS);
        p += n ? n : 1;
    }
}
