#include "../check.h"
#include "base/settings.h"

#include <unistd.h>

#define SECRET "0123456789abcdef0123456789abcdef"
#define SHORT "0123456789abcdef0123456789abcde"

static struct arena *arena;
static struct err err;
static struct settings settings;

static int read_two(const char *one, const char *other)
{
    char *env[] = {arena_strdup(arena, one), arena_strdup(arena, other), NULL};
    err = (struct err)ERR_INIT;
    return settings_read(arena, env, &settings, NULL, &err);
}

/* Of NAME=value: refused by a sentence that begins with NAME. */
static bool refused(const char *variable, const char *other)
{
    size_t n = strcspn(variable, "=");
    int rc = read_two(variable, other);
    bool named = rc < 0 && err.kind == ERR_INVALID && !strncmp(err.message, variable, n) &&
                 strchr(": ", err.message[n]);
    if (!named)
        fprintf(stderr, "%s: %s\n", variable, rc < 0 ? err.message : "taken");
    return named;
}

static bool taken(const char *variable, const char *other)
{
    int rc = read_two(variable, other);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", variable, err.message);
    return rc == 0;
}

static void check_all(const char *name, const char *const *good, const char *const *bad,
                      const char *other)
{
    for (; *good; good++)
        CHECK(taken(arena_printf(arena, "%s=%s", name, *good), other));
    for (; *bad; bad++)
        CHECK(refused(arena_printf(arena, "%s=%s", name, *bad), other));
}

static void test_keys(void)
{
    CHECK(refused("APPROVAL_AUDIT_KEY=" SHORT, "A=b"));
    CHECK_STR(err.message, "APPROVAL_AUDIT_KEY: must have at least 32 bytes");
    CHECK(refused("APPROVAL_AUDIT_KEY=" SECRET "\n" SECRET, "A=b"));
    CHECK(taken("APPROVAL_AUDIT_KEY=" SECRET, "A=b"));
    CHECK(refused("APPROVAL_JWT_SECRET=" SHORT, "A=b"));
    CHECK(refused("APPROVAL_AUDIT_OLD_KEYS=" SHORT, "A=b"));
    CHECK(refused("APPROVAL_AUDIT_OLD_KEYS=" SECRET "\n" SHORT, "A=b"));
    CHECK(strstr(err.message, SHORT) == NULL);
    CHECK(refused("APPROVAL_AUDIT_OLD_KEYS=" SHORT "\n" SECRET, "A=b"));
    CHECK(taken("APPROVAL_AUDIT_OLD_KEYS=\n" SECRET "\r\n\n" SECRET "\n", "A=b"));
}

static void test_public_url(void)
{
    static const char *const good[] = {"https://approvals.example", "https://approvals.example/",
                                       "http://127.0.0.1:8003",     "https://a-b.example:65535",
                                       "http://[::1]:8003/",        NULL};
    static const char *const bad[] = {"approvals.example",
                                      "ftp://approvals.example",
                                      "https://",
                                      "https:///x",
                                      "https://a.example/approvals",
                                      "https://a.example?x",
                                      "https://a.example/#x",
                                      "https://user@a.example",
                                      "https://user:secret@a.example",
                                      "https://a.example:0",
                                      "https://a.example:65536",
                                      "https://a.example:",
                                      "https://a.example:80x",
                                      "https://a example",
                                      "https://[::1",
                                      "https://[]",
                                      "HTTPS://a.example",
                                      NULL};
    check_all("APPROVAL_PUBLIC_URL", good, bad, "A=b");
}

static void test_issuer(void)
{
    static const char *const good[] = {"https://login.example",
                                       "https://login.example:8443/realms/main",
                                       "http://127.0.0.1:8080/",
                                       "http://127.1.2.3/x",
                                       "http://localhost:8080/realms/main",
                                       "http://[::1]:8080",
                                       "http://LOCALHOST",
                                       NULL};
    static const char *const bad[] = {"http://login.example",
                                      "http://127.0.0.1.evil.example/",
                                      "http://localhost.example",
                                      "http://[::2]",
                                      "https://login.example/?tenant=1",
                                      "https://login.example/#x",
                                      "https://login.example/a b",
                                      "login.example",
                                      "https://user@login.example",
                                      NULL};
    check_all("APPROVAL_OIDC_ISSUER", good, bad, "A=b");
}

static void test_proxies(void)
{
    static const char *const good[] = {"10.0.0.1",
                                       "10.0.0.0/8",
                                       "10.0.0.1 192.168.0.0/16  fd00::/8",
                                       "::1",
                                       "2001:db8::/128",
                                       "1.2.3.4/32",
                                       " 127.0.0.1 ",
                                       NULL};
    static const char *const bad[] = {"10.0.0",
                                      "10.0.0.1,10.0.0.2",
                                      "10.0.0.1/33",
                                      "10.0.0.1/",
                                      "10.0.0.1/x",
                                      "10.0.0.1/8x",
                                      "10.0.0.1/-1",
                                      "10.0.0.1/8/8",
                                      "0.0.0.0/0",
                                      "::/0",
                                      "fd00::/129",
                                      "[::1]",
                                      "proxy.example",
                                      "10.0.0.256",
                                      "unix:",
                                      "10.0.0.1; evil",
                                      "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa",
                                      NULL};
    check_all("APPROVAL_TRUSTED_PROXIES", good, bad, "A=b");
}

static void test_user_header(void)
{
    static const char *const good[] = {"X-Remote-User", "remote-user", "U2", NULL};
    static const char *const bad[] = {
        "X_Remote_User",
        "X Remote",
        "X:",
        "X-Ä",
        "$user",
        "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg",
        NULL};
    check_all("APPROVAL_TRUSTED_USER_HEADER", good, bad, "APPROVAL_TRUSTED_PROXIES=10.0.0.1");
    CHECK(refused("APPROVAL_TRUSTED_USER_HEADER=X-Remote-User", "A=b"));
    CHECK(strstr(err.message, "needs APPROVAL_TRUSTED_PROXIES") != NULL);
}

static void test_default_roles(void)
{
    static const char *const good[] = {"requester", "requester approver", "group-7", NULL};
    static const char *const bad[] = {"requester,approver", "\xff", NULL};
    check_all("APPROVAL_DEFAULT_ROLES", good, bad, "A=b");
    CHECK(taken("APPROVAL_DEFAULT_ROLES=none", "A=b"));
    CHECK_STR(settings.default_roles, "");
}

static void test_claims(void)
{
    static const char *const good[] = {"roles", "https://approvals.example/roles", "a.b_c-d", NULL};
    static const char *const bad[] = {"two words", "\"roles\"", "r\xc3\xb6les", NULL};
    check_all("APPROVAL_ROLES_CLAIM", good, bad, "A=b");
    check_all("APPROVAL_GROUPS_CLAIM", good, bad, "A=b");
}

static void test_tls(void)
{
    CHECK(refused("APPROVAL_TLS_CERTIFICATE=/etc/a.pem", "A=b"));
    CHECK(strstr(err.message, "APPROVAL_TLS_KEY is missing") != NULL);
    CHECK_INT(read_two("APPROVAL_TLS_KEY=/etc/a.key", "A=b"), -1);
    CHECK(strstr(err.message, "APPROVAL_TLS_CERTIFICATE is missing") != NULL);
    char *env[] = {"APPROVAL_TLS_CERTIFICATE=/etc/a.pem", "APPROVAL_TLS_KEY=/etc/a.key",
                   "APPROVAL_PUBLIC_URL=http://a.example", NULL};
    CHECK_INT(settings_read(arena, env, &settings, NULL, &err), -1);
    CHECK(!strncmp(err.message, "APPROVAL_PUBLIC_URL: ", 21));
    CHECK_INT(read_two(env[0], env[1]), -1);
    CHECK(!strncmp(err.message, "APPROVAL_PUBLIC_URL: ", 21));
    env[2] = "APPROVAL_PUBLIC_URL=https://a.example";
    CHECK_INT(settings_read(arena, env, &settings, NULL, &err), 0);
    CHECK_STR(settings.tls_key, "/etc/a.key");
}

static void test_listen_and_assistants(void)
{
    static const char *const addresses[] = {"127.0.0.1", "[::]", "*", "host.example", NULL};
    static const char *const none[] = {"1;2", "a b", "${x}", NULL};
    static const char *const bases[] = {"http://assistants:8002", "https://a/path?x", NULL};
    static const char *const no_bases[] = {"ftp://x", "http://", "https:///x", "http://a:x", NULL};
    check_all("APPROVAL_LISTEN", addresses, none, "A=b");
    check_all("ASSISTANTS_BASE", bases, no_bases, "A=b");
}

static const struct test tests[] = {
    {"keys", test_keys},
    {"public URL", test_public_url},
    {"issuer", test_issuer},
    {"trusted proxies", test_proxies},
    {"trusted header", test_user_header},
    {"default roles", test_default_roles},
    {"claims", test_claims},
    {"TLS", test_tls},
    {"listening address, assistants", test_listen_and_assistants},
};

int main(void)
{
    arena = arena_new();
    /* Somewhere with no data of a service that was tried here. */
    const char *where = getenv("TMPDIR");
    char *empty = mkdtemp(arena_printf(arena, "%s/test_settings.XXXXXX", where ? where : "/tmp"));
    if (!empty || chdir(empty) < 0)
        return 2;
    int result = check_main("settings_check", tests, sizeof tests / sizeof *tests);
    rmdir(empty);
    arena_free(&arena);
    return result;
}
