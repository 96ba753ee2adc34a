#include "settings_check.h"

#include "fields.h"

#include <arpa/inet.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define SECRET_MIN ((size_t)32)
#define HEADER_MAX 64
#define ROLE_MAX 200

/* Parts of a URL; they are not NUL-terminated. */
struct url {
    bool https;
    const char *host; /* with the brackets of an IPv6 address */
    size_t host_len;
    const char *rest; /* after host and port: path, query and fragment */
};

static bool port_read(const char **p)
{
    size_t n = strspn(*p, DIGITS);
    long port = n >= 1 && n <= 5 ? strtol(*p, NULL, 10) : 0;
    *p += n;
    return port >= 1 && port <= 65535;
}

static size_t host_length(const char *p)
{
    if (*p != '[')
        return strspn(p, LETTERS DIGITS ".-");
    size_t n = 1 + strspn(p + 1, DIGITS "abcdefABCDEF:.");
    return n > 1 && p[n] == ']' ? n + 1 : 0;
}

/* False for what is no http or https URL that names a host, and for one that names a user. */
static bool url_read(const char *text, struct url *out)
{
    out->https = !strncmp(text, "https://", 8);
    if (!out->https && strncmp(text, "http://", 7) != 0)
        return false;
    out->host = text + (out->https ? 8 : 7);
    out->host_len = host_length(out->host);
    const char *p = out->host + out->host_len;
    if (*p == ':' && out->host_len) {
        p++;
        if (!port_read(&p))
            return false;
    }
    out->rest = p;
    return out->host_len && (!*p || strchr("/?#", *p));
}

static bool is_host(const struct url *u, const char *name)
{
    return strlen(name) == u->host_len && !strncasecmp(u->host, name, u->host_len);
}

static bool is_loopback(const struct url *u)
{
    if (is_host(u, "localhost") || is_host(u, "[::1]"))
        return true;
    return !strncmp(u->host, "127.", 4) && u->host_len == strspn(u->host, DIGITS ".");
}

static int listen_check(const struct settings *s, struct err *e)
{
    const char *address = s->listen_address;
    if (address[strspn(address, LETTERS DIGITS ".-:[]*")])
        return err_set(e, ERR_INVALID,
                       "APPROVAL_LISTEN: must be an address or a host name, not '%s'", address);
    return 0;
}

static int assistants_check(const struct settings *s, struct err *e)
{
    struct url u;
    if (!url_read(s->assistants_base, &u))
        return err_set(e, ERR_INVALID,
                       "ASSISTANTS_BASE: must begin with http:// or https:// and name a host, "
                       "not '%s'",
                       s->assistants_base);
    return 0;
}

static int public_url_check(const struct settings *s, struct err *e)
{
    struct url u;
    if (*s->public_url && (!url_read(s->public_url, &u) || (*u.rest && strcmp(u.rest, "/") != 0)))
        return err_set(e, ERR_INVALID,
                       "APPROVAL_PUBLIC_URL: must be like https://approvals.example, with scheme "
                       "(http or https), host and, where it is not the usual one, port, and "
                       "nothing else; not '%s'",
                       s->public_url);
    return 0;
}

static int issuer_check(const struct settings *s, struct err *e)
{
    struct url u;
    if (!*s->oidc_issuer)
        return 0;
    if (!url_read(s->oidc_issuer, &u) || strpbrk(u.rest, "?# "))
        return err_set(e, ERR_INVALID,
                       "APPROVAL_OIDC_ISSUER: must be the issuer's URL, such as "
                       "https://login.example/realms/main, without query or fragment; not '%s'",
                       s->oidc_issuer);
    if (!u.https && !is_loopback(&u))
        return err_set(e, ERR_INVALID,
                       "APPROVAL_OIDC_ISSUER: must begin with https:// (http:// is for an issuer "
                       "on this machine only, since whoever can change its answers decides who "
                       "signs in); not '%s'",
                       s->oidc_issuer);
    return 0;
}

static int claim_check(const char *setting, const char *claim, struct err *e)
{
    if (claim[strspn(claim, LETTERS DIGITS "-._:/")])
        return err_set(e, ERR_INVALID, "%s: must be the name of a claim, not '%s'", setting, claim);
    return 0;
}

static int claims_check(const struct settings *s, struct err *e)
{
    if (claim_check("APPROVAL_ROLES_CLAIM", s->roles_claim, e) < 0)
        return -1;
    return claim_check("APPROVAL_GROUPS_CLAIM", s->groups_claim, e);
}

/* A word of a list that is separated by blanks; its length is 0 at the end. */
static const char *word_next(const char *p, size_t *n)
{
    p += strspn(p, " ");
    *n = strcspn(p, " ");
    return p;
}

static int roles_check(const struct settings *s, struct err *e)
{
    size_t n;
    for (const char *p = word_next(s->default_roles, &n); n; p = word_next(p + n, &n))
        if (!utf8_valid(p, n) || !fields_is_id(p, n, ROLE_MAX) || memchr(p, ',', n))
            return err_set(e, ERR_INVALID,
                           "APPROVAL_DEFAULT_ROLES: must be roles separated by spaces, not '%s'",
                           s->default_roles);
    return 0;
}

/* An address, or one and "/" and how many of its bits count: 10.0.0.0/8. Not all addresses there
 * are: that would be no trust in anybody. */
static bool is_network(const char *text, size_t n)
{
    char address[INET6_ADDRSTRLEN] = "";
    unsigned char bytes[sizeof(struct in6_addr)];
    const char *slash = memchr(text, '/', n);
    size_t len = slash ? (size_t)(slash - text) : n;
    if (len >= sizeof address)
        return false;
    memcpy(address, text, len);
    long max = inet_pton(AF_INET, address, bytes) == 1    ? 32
               : inet_pton(AF_INET6, address, bytes) == 1 ? 128
                                                          : 0;
    if (!max || !slash)
        return max != 0;
    size_t digits = strspn(slash + 1, DIGITS);
    if (digits < 1 || digits > 3 || len + 1 + digits != n)
        return false;
    long bits = strtol(slash + 1, NULL, 10);
    return bits >= 1 && bits <= max;
}

static int proxies_check(const struct settings *s, struct err *e)
{
    size_t n;
    for (const char *p = word_next(s->trusted_proxies, &n); n; p = word_next(p + n, &n))
        if (!is_network(p, n))
            return err_set(e, ERR_INVALID,
                           "APPROVAL_TRUSTED_PROXIES: must be addresses and networks separated by "
                           "spaces, such as 10.1.2.3 or fd00::/8; '%.*s' is none (and a network "
                           "of all addresses is not one to trust)",
                           (int)n, p);
    return 0;
}

/* nginx drops names with "_" and can look at no others than these. */
static int user_header_check(const struct settings *s, struct err *e)
{
    const char *name = s->trusted_user_header;
    if (!*name)
        return 0;
    if (name[strspn(name, LETTERS DIGITS "-")] || strlen(name) > HEADER_MAX)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_TRUSTED_USER_HEADER: must be a header's name of letters, digits "
                       "and \"-\", such as X-Remote-User, not '%s'",
                       name);
    if (!*s->trusted_proxies)
        return err_set(
            e, ERR_INVALID,
            "APPROVAL_TRUSTED_USER_HEADER: needs APPROVAL_TRUSTED_PROXIES, the addresses "
            "of those from whom the header is believed");
    return 0;
}

static int tls_check(const struct settings *s, struct err *e)
{
    bool certificate = *s->tls_certificate, key = *s->tls_key;
    if (certificate != key)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_TLS_CERTIFICATE and APPROVAL_TLS_KEY: both must be set, or "
                       "neither; %s is missing",
                       certificate ? "APPROVAL_TLS_KEY" : "APPROVAL_TLS_CERTIFICATE");
    if (certificate && strncmp(s->public_url, "https://", 8) != 0)
        return err_set(e, ERR_INVALID,
                       "APPROVAL_PUBLIC_URL: must be set and begin with https:// where "
                       "APPROVAL_TLS_CERTIFICATE is set");
    return 0;
}

static int key_check(const char *setting, const char *key, struct err *e)
{
    if (*key && strlen(key) < SECRET_MIN)
        return err_set(e, ERR_INVALID, "%s: must have at least %zu bytes", setting, SECRET_MIN);
    return 0;
}

/* One line, so that it can become one of the old ones. */
static int audit_key_check(const struct settings *s, struct err *e)
{
    if (strpbrk(s->audit_key, "\r\n"))
        return err_set(e, ERR_INVALID, "APPROVAL_AUDIT_KEY: must be one line");
    return key_check("APPROVAL_AUDIT_KEY", s->audit_key, e);
}

static int old_keys_check(const struct settings *s, struct err *e)
{
    for (const char *p = s->audit_old_keys; *p; p += strspn(p, "\r\n")) {
        size_t n = strcspn(p, "\r\n");
        if (n && n < SECRET_MIN)
            return err_set(e, ERR_INVALID,
                           "APPROVAL_AUDIT_OLD_KEYS: each line must have at least %zu bytes",
                           SECRET_MIN);
        p += n;
    }
    return 0;
}

static int secrets_check(const struct settings *s, struct err *e)
{
    if (key_check("APPROVAL_JWT_SECRET", s->jwt_secret, e) < 0 || audit_key_check(s, e) < 0)
        return -1;
    return old_keys_check(s, e);
}

static int (*const checks[])(const struct settings *, struct err *) = {
    listen_check, assistants_check, secrets_check, public_url_check,  issuer_check,
    claims_check, roles_check,      proxies_check, user_header_check, tls_check,
};

int settings_check(const struct settings *s, struct err *e)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i](s, e) < 0)
            return -1;
    return 0;
}
