#include "cookie.h"

#include "base/base64.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"

#include <ctype.h>
#include <inttypes.h>

#define PORT_HTTP 80
#define PORT_HTTPS 443
#define HOST_MAX 253
#define LABEL_MAX 63
#define VALUE_MAX 4096 /* RFC 6265, 6.1 */

/* --- hosts --- */

/* Up to the port or the end; 0: a bracket is not closed, or there is nothing. */
static size_t host_length(const char *text)
{
    if (*text != '[')
        return strcspn(text, ":");
    const char *end = strchr(text, ']');
    return end ? (size_t)(end + 1 - text) : 0;
}

/* Four decimal numbers, as browsers write addresses that may have been typed in otherwise. */
static bool host_is_ipv4(const char *host, size_t n)
{
    size_t i = 0;
    for (int part = 0; part < 4; part++) {
        size_t start = i;
        int value = 0;
        while (i < n && i - start < 3 && isdigit((unsigned char)host[i]))
            value = value * 10 + (host[i++] - '0');
        if (i == start || value > 255 || (host[start] == '0' && i - start > 1))
            return false;
        if (part < 3 && (i == n || host[i++] != '.'))
            return false;
    }
    return i == n;
}

static bool host_is_ipv6(const char *host, size_t n)
{
    static const char digits[] = "0123456789abcdef:.";
    return n >= strlen("[::]") && n <= strlen("[]") + 45 && host[0] == '[' &&
           strspn(host + 1, digits) == n - 2 && memchr(host, ':', n);
}

/* Browsers take a name for an address when its last label is a number, be it hexadecimal. */
static bool label_is_number(const char *label, size_t n)
{
    return strspn(label, "0123456789") >= n || (n >= 2 && memcmp(label, "0x", 2) == 0 &&
                                                strspn(label + 2, "0123456789abcdef") >= n - 2);
}

static bool host_is_name(const char *host, size_t n)
{
    if (n == 0 || n > HOST_MAX)
        return false;
    size_t label = 0;
    for (size_t i = 0; i < n; i++) {
        if (host[i] == '.' ? label == 0
                           : !strchr("abcdefghijklmnopqrstuvwxyz0123456789-_", host[i]))
            return false;
        label = host[i] == '.' ? 0 : label + 1;
        if (label > LABEL_MAX)
            return false;
    }
    return label > 0 && !label_is_number(host + n - label, label);
}

static bool host_is_loopback(const char *host, size_t n)
{
    return (n == strlen("localhost") && memcmp(host, "localhost", n) == 0) ||
           (n == strlen("[::1]") && memcmp(host, "[::1]", n) == 0) ||
           (host_is_ipv4(host, n) && memcmp(host, "127.", 4) == 0);
}

/* What follows a host: nothing (0), or ":" and a port. */
static bool port_read(const char *text, int64_t *port)
{
    *port = 0;
    if (*text == '\0')
        return true;
    size_t n = strspn(text + 1, "0123456789");
    if (*text != ':' || n == 0 || n > 5 || text[1 + n] != '\0' || text[1] == '0')
        return false;
    for (size_t i = 1; i <= n; i++)
        *port = *port * 10 + (text[i] - '0');
    return *port <= UINT16_MAX;
}

/* --- the site --- */

static void site_assume(struct arena *arena, int64_t port, struct site *out)
{
    static const char base[] = "http://127.0.0.1";
    const char *origin = port == PORT_HTTP ? base : arena_printf(arena, "%s:%" PRId64, base, port);
    *out = (struct site){.origin = origin, .loopback = true, .assumed = true};
}

static char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text);
    for (char *p = copy; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

/* host is what follows the scheme. */
static int site_make(struct arena *arena, const char *host, bool secure, struct site *out,
                     struct err *e)
{
    size_t n = host_length(host);
    if (!host_is_name(host, n) && !host_is_ipv4(host, n) && !host_is_ipv6(host, n))
        return err_set(e, ERR_INVALID,
                       "APPROVAL_PUBLIC_URL must have a host name, an IPv4 address, or an IPv6 "
                       "address in brackets after \"://\"");
    int64_t port;
    if (!port_read(host + n, &port))
        return err_set(e, ERR_INVALID,
                       "the port in APPROVAL_PUBLIC_URL must be a number from 1 to 65535");
    const char *scheme = secure ? "https" : "http";
    const char *origin = arena_printf(arena, "%s://%.*s", scheme, (int)n, host);
    if (port && port != (secure ? PORT_HTTPS : PORT_HTTP))
        origin = arena_printf(arena, "%s:%" PRId64, origin, port);
    *out = (struct site){.origin = origin, .secure = secure, .loopback = host_is_loopback(host, n)};
    return 0;
}

int site_read(struct arena *arena, const char *url, int64_t port, struct site *out, struct err *e)
{
    if (*url == '\0') {
        site_assume(arena, port, out);
        return 0;
    }
    char *text = lower(arena, url);
    size_t secure = strlen("https://"), plain = strlen("http://");
    bool is_secure = strncmp(text, "https://", secure) == 0;
    if (!is_secure && strncmp(text, "http://", plain) != 0)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_PUBLIC_URL must begin with \"https://\" or \"http://\"");
    char *host = text + (is_secure ? secure : plain);
    size_t n = strcspn(host, "/?#@\\");
    if (host[n] == '/' && host[n + 1] == '\0')
        host[n] = '\0';
    if (host[n] != '\0')
        return err_set(e, ERR_INVALID,
                       "APPROVAL_PUBLIC_URL must be scheme, host and port only, without a user, a "
                       "path or a query");
    return site_make(arena, host, is_secure, out, e);
}

const char *site_refusal(const struct site *s)
{
    return s->secure || s->loopback
               ? NULL
               : "Nobody can sign in to the pages over plain http from other machines: serve them "
                 "over https and set APPROVAL_PUBLIC_URL to where they are.";
}

/* Whether the request came to a loopback name, which no page from elsewhere can be served under. */
static bool reached_on_loopback(const char *host)
{
    int64_t port;
    size_t n = host ? host_length(host) : 0;
    return n > 0 && host_is_loopback(host, n) && port_read(host + n, &port);
}

bool site_is_origin(const struct site *s, const char *origin, const char *sec_fetch_site,
                    const char *host)
{
    if (s->assumed && !reached_on_loopback(host))
        return false;
    if (!origin)
        return sec_fetch_site && strcmp(sec_fetch_site, "same-origin") == 0;
    if (!s->assumed)
        return strcmp(origin, s->origin) == 0;
    size_t scheme = strlen("http://");
    return strncmp(origin, "http://", scheme) == 0 && strcmp(origin + scheme, host) == 0;
}

/* --- the cookie --- */

const char *cookie_name(const struct site *s)
{
    return s->secure ? "__Host-approvals" : "approvals";
}

/* The value within pair, which is n bytes long, when its name is that; NULL: it is not. */
static const char *value_within(const char *pair, size_t n, const char *name, size_t *len)
{
    const char *end = pair + n;
    while (pair < end && (*pair == ' ' || *pair == '\t'))
        pair++;
    while (end > pair && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    size_t name_len = strlen(name);
    if ((size_t)(end - pair) <= name_len || memcmp(pair, name, name_len) != 0 ||
        pair[name_len] != '=')
        return NULL;
    pair += name_len + 1;
    *len = (size_t)(end - pair);
    return pair;
}

const char *cookie_find(struct arena *arena, const char *header, const char *name)
{
    const char *found = NULL;
    size_t found_len = 0;
    while (header) {
        size_t n = strcspn(header, ";"), len;
        const char *value = value_within(header, n, name, &len);
        if (value && found)
            return NULL;
        if (value) {
            found = value;
            found_len = len;
        }
        header = header[n] ? header + n + 1 : NULL;
    }
    return found && found_len <= VALUE_MAX ? arena_strndup(arena, found, found_len) : NULL;
}

void cookie_set(struct str *out, const struct site *s, const char *value, int64_t max_age)
{
    str_addf(out, "%s=%s; Path=/; Max-Age=%" PRId64 "; HttpOnly; SameSite=Lax%s", cookie_name(s),
             value, max_age, s->secure ? "; Secure" : "");
}

/* --- forms --- */

_Static_assert(CSRF_SIZE == BASE64URL_LENGTH(HMAC_SIZE) + 1, "what a token takes");

void csrf_token(const char *session, char out[CSRF_SIZE])
{
    static const char purpose[] = "approvals csrf token";
    unsigned char mac[HMAC_SIZE];
    hmac_sha256(session, strlen(session), purpose, strlen(purpose), mac);
    struct str text = STR_INIT;
    base64url_add(&text, mac, sizeof mac);
    memcpy(out, text.buf, CSRF_SIZE);
    secret_wipe(text.buf, text.len);
    str_release(&text);
}

bool csrf_valid(const char *session, const char *token)
{
    char expected[CSRF_SIZE];
    csrf_token(session, expected);
    return token && secret_equal(token, expected);
}
