#include "payload_schema_parts.h"

#include "base/civil.h"

/* A text that is read from the front. Nothing is changed by a reader that gives false, except p. */
struct text {
    const char *p, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* strchr finds the NUL at the end of set, too. */
static bool is_in(char c, const char *set)
{
    return c && strchr(set, c);
}

static bool skip(struct text *t, const char *set)
{
    bool there = t->p < t->end && is_in(*t->p, set);
    t->p += there;
    return there;
}

static bool digits(struct text *t, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++, t->p++) {
        if (t->p == t->end || !is_digit(*t->p))
            return false;
        *value = *value * 10 + (*t->p - '0');
    }
    return true;
}

/*
 * RFC 3339.
 */
static bool full_date(struct text *t)
{
    struct civil c = {0};
    return digits(t, 4, &c.year) && skip(t, "-") && digits(t, 2, &c.month) && skip(t, "-") &&
           digits(t, 2, &c.day) && civil_exists(&c);
}

static bool fraction(struct text *t)
{
    int digit;
    if (!skip(t, "."))
        return true;
    if (!digits(t, 1, &digit))
        return false;
    while (t->p < t->end && is_digit(*t->p))
        t->p++;
    return true;
}

static bool offset(struct text *t, int *minutes)
{
    int hour, minute, sign = t->p < t->end && *t->p == '-' ? -1 : 1;
    *minutes = 0;
    if (skip(t, "Zz"))
        return true;
    if (!skip(t, "+-") || !digits(t, 2, &hour) || !skip(t, ":") || !digits(t, 2, &minute))
        return false;
    *minutes = sign * (hour * 60 + minute);
    return hour <= 23 && minute <= 59;
}

static bool full_time(struct text *t)
{
    int hour, minute, second, east;
    if (!digits(t, 2, &hour) || !skip(t, ":") || !digits(t, 2, &minute) || !skip(t, ":") ||
        !digits(t, 2, &second) || !fraction(t) || !offset(t, &east))
        return false;
    /* A leap second is the last of a day in UTC. */
    int of_day = (hour * 60 + minute - east + 2 * 1440) % 1440;
    return hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && of_day == 1439));
}

static bool fits_date(const char *text, size_t n)
{
    struct text t = {text, text + n};
    return full_date(&t) && t.p == t.end;
}

static bool fits_time(const char *text, size_t n)
{
    struct text t = {text, text + n};
    return full_time(&t) && t.p == t.end;
}

static bool fits_date_time(const char *text, size_t n)
{
    struct text t = {text, text + n};
    return full_date(&t) && skip(&t, "Tt") && full_time(&t) && t.p == t.end;
}

/*
 * RFC 4122: 8-4-4-4-12 hexadecimal digits.
 */
static bool fits_uuid(const char *text, size_t n)
{
    static const char form[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    bool right = n == sizeof form - 1;
    for (size_t i = 0; right && i < n; i++)
        right = form[i] == 'h' ? is_hex(text[i]) : text[i] == form[i];
    return right;
}

/*
 * Addresses of hosts, RFC 3986 section 3.2.2.
 */
static bool is_ipv4(const char *text, size_t n)
{
    struct text t = {text, text + n};
    for (int part = 0; part < 4; part++) {
        int value = 0;
        const char *from = t.p;
        if (part && !skip(&t, "."))
            return false;
        from += part > 0;
        for (; t.p < t.end && is_digit(*t.p) && t.p - from < 3; t.p++)
            value = value * 10 + (*t.p - '0');
        if (t.p == from || value > 255 || (t.p - from > 1 && *from == '0'))
            return false;
    }
    return t.p == t.end;
}

/* Groups between colons: 8, or fewer and one "::"; an IPv4 address stands for the last two. */
static bool is_ipv6(const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    int groups = 0;
    bool gap = false;
    while (p < end) {
        const char *from = p;
        if (*p == ':') {
            bool twice = p + 1 < end && p[1] == ':';
            if (twice ? gap : p == text || p + 1 == end || p[-1] == ':')
                return false;
            gap = gap || twice;
            p += twice ? 2 : 1;
            continue;
        }
        while (p < end && is_hex(*p) && p - from < 4)
            p++;
        if (p < end && *p == '.')
            return is_ipv4(from, (size_t)(end - from)) && (gap ? groups <= 5 : groups == 6);
        if (p == from || (p < end && *p != ':'))
            return false;
        groups++;
    }
    return gap ? groups <= 7 : groups == 8;
}

/*
 * RFC 5321, section 4.1.2: local part (words between dots, or one in quotes), "@", domain or
 * address.
 */
static bool is_word_char(char c)
{
    return is_letter(c) || is_digit(c) || is_in(c, "!#$%&'*+-/=?^_`{|}~");
}

static bool words(const char *text, size_t n)
{
    bool in_word = false;
    for (size_t i = 0; i < n; i++) {
        if (!(is_word_char(text[i]) || (text[i] == '.' && in_word)))
            return false;
        in_word = text[i] != '.';
    }
    return in_word;
}

static bool quoted(const char *text, size_t n)
{
    if (n < 2 || text[0] != '"' || text[n - 1] != '"')
        return false;
    for (size_t i = 1; i < n - 1; i++) {
        if (text[i] == '\\')
            i++;
        else if (text[i] == '"')
            return false;
        if (i == n - 1 || text[i] < ' ' || text[i] > '~')
            return false;
    }
    return true;
}

static bool is_host_name(const char *text, size_t n)
{
    size_t label = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n || text[i] == '.') {
            if (!label || label > 63 || text[i - 1] == '-')
                return false;
            label = 0;
        } else if (is_letter(text[i]) || is_digit(text[i]) || (text[i] == '-' && label)) {
            label++;
        } else {
            return false;
        }
    }
    return n <= 253;
}

static bool is_mail_domain(const char *text, size_t n)
{
    static const char six[] = "IPv6:";
    if (n < 2 || text[0] != '[')
        return is_host_name(text, n);
    if (text[n - 1] != ']')
        return false;
    if (n > sizeof six && !memcmp(text + 1, six, sizeof six - 1))
        return is_ipv6(text + sizeof six, n - sizeof six - 1);
    return is_ipv4(text + 1, n - 2);
}

static bool fits_email(const char *text, size_t n)
{
    const char *at = n ? memrchr(text, '@', n) : NULL;
    if (!at)
        return false;
    size_t local = (size_t)(at - text);
    return local <= 64 && (words(text, local) || quoted(text, local)) &&
           is_mail_domain(at + 1, n - local - 1);
}

/*
 * RFC 3986: with a scheme, and a fragment if need be.
 */
#define SUB_DELIMS "!$&'()*+,;="

static bool is_unreserved(char c)
{
    return is_letter(c) || is_digit(c) || is_in(c, "-._~");
}

static bool uri_chars(const char *text, size_t n, const char *more)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '%' && i + 2 < n && is_hex(text[i + 1]) && is_hex(text[i + 2]))
            i += 2;
        else if (!is_unreserved(text[i]) && !is_in(text[i], more))
            return false;
    }
    return true;
}

static bool is_future_ip(const char *text, size_t n)
{
    size_t i = 1;
    if (!n || !is_in(text[0], "vV"))
        return false;
    while (i < n && is_hex(text[i]))
        i++;
    return i > 1 && i + 1 < n && text[i] == '.' && !memchr(text, '%', n) &&
           uri_chars(text + i + 1, n - i - 1, SUB_DELIMS ":");
}

static bool uri_authority(const char *text, size_t n)
{
    const char *at = n ? memrchr(text, '@', n) : NULL;
    if (at) {
        size_t user = (size_t)(at - text);
        if (!uri_chars(text, user, SUB_DELIMS ":"))
            return false;
        text = at + 1;
        n -= user + 1;
    }
    size_t host = n;
    while (host && is_digit(text[host - 1]))
        host--;
    /* Digits at the end are the port only after a colon, and one within brackets is not that. */
    host = host && text[host - 1] == ':' ? host - 1 : n;
    if (!host || text[0] != '[')
        return uri_chars(text, host, SUB_DELIMS);
    return host > 2 && text[host - 1] == ']' &&
           (is_ipv6(text + 1, host - 2) || is_future_ip(text + 1, host - 2));
}

static size_t until(const char *text, size_t n, const char *set)
{
    size_t i = 0;
    while (i < n && !is_in(text[i], set))
        i++;
    return i;
}

static bool fits_uri(const char *text, size_t n)
{
    size_t scheme = until(text, n, ":");
    if (scheme == n || !is_letter(text[0]))
        return false;
    for (size_t i = 1; i < scheme; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]) && !is_in(text[i], "+-."))
            return false;
    text += scheme + 1;
    n -= scheme + 1;
    size_t rest = until(text, n, "?#");
    size_t path = 0;
    if (rest >= 2 && text[0] == '/' && text[1] == '/') {
        path = 2 + until(text + 2, rest - 2, "/");
        if (!uri_authority(text + 2, path - 2))
            return false;
    }
    if (!uri_chars(text + path, rest - path, SUB_DELIMS ":@/"))
        return false;
    size_t query = rest + until(text + rest, n - rest, "#");
    return uri_chars(text + rest, query - rest, SUB_DELIMS ":@/?") &&
           (query == n || uri_chars(text + query + 1, n - query - 1, SUB_DELIMS ":@/?"));
}

static const struct payload_format formats[] = {
    {"date", "a date such as 2026-01-31", fits_date},
    {"date-time", "a date and time such as 2026-01-31T09:30:00Z", fits_date_time},
    {"time", "a time such as 09:30:00Z", fits_time},
    {"email", "an e-mail address", fits_email},
    {"uri", "a URI such as https://example.com/", fits_uri},
    {"uuid", "a UUID of 36 characters", fits_uuid},
};

const struct payload_format *payload_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!strcmp(formats[i].name, name))
            return &formats[i];
    return NULL;
}

void payload_format_names(struct str *out)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        str_addf(out, "%s%s", i ? ", " : "", formats[i].name);
}
