#include "auth/cookie.h"

#include "check.h"

static struct arena *arena;
static struct err e;

static struct site site_of(const char *url)
{
    struct site s = {0};
    e = (struct err)ERR_INIT;
    int rc = site_read(arena, url, 8003, &s, &e);
    if (rc != 0)
        fprintf(stderr, "%s: %s\n", url, e.message);
    CHECK_FATAL(rc == 0);
    return s;
}

/* --- the site --- */

static void test_origins(void)
{
    static const struct {
        const char *url, *origin;
        bool secure, loopback;
    } good[] = {
        {"https://approvals.example", "https://approvals.example", true, false},
        {"https://approvals.example/", "https://approvals.example", true, false},
        {"HTTPS://Approvals.Example/", "https://approvals.example", true, false},
        {"https://approvals.example:443", "https://approvals.example", true, false},
        {"https://approvals.example:8443/", "https://approvals.example:8443", true, false},
        {"https://approvals.example:80", "https://approvals.example:80", true, false},
        {"http://approvals.example", "http://approvals.example", false, false},
        {"http://approvals.example:80", "http://approvals.example", false, false},
        {"http://approvals.example:443", "http://approvals.example:443", false, false},
        {"http://localhost:8003", "http://localhost:8003", false, true},
        {"https://localhost", "https://localhost", true, true},
        {"http://127.0.0.1:65535/", "http://127.0.0.1:65535", false, true},
        {"http://127.255.0.9", "http://127.255.0.9", false, true},
        {"http://128.0.0.1", "http://128.0.0.1", false, false},
        {"http://[::1]:8003", "http://[::1]:8003", false, true},
        {"https://[2001:DB8::1]", "https://[2001:db8::1]", true, false},
        {"http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]", false, false},
        {"http://localhost.example", "http://localhost.example", false, false},
        {"http://notlocalhost", "http://notlocalhost", false, false},
        {"http://127.0.0.1.example", "http://127.0.0.1.example", false, false},
        {"http://127.example", "http://127.example", false, false},
        {"https://3com", "https://3com", true, false},
        {"https://my_host.4ever.0xy", "https://my_host.4ever.0xy", true, false},
        {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example", true, false},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct site s = site_of(good[i].url);
        CHECK_STR(s.origin, good[i].origin);
        CHECK_INT(s.secure, good[i].secure);
        CHECK_INT(s.loopback, good[i].loopback);
        CHECK(!s.assumed);
    }
}

static void test_assumed(void)
{
    struct site s = site_of("");
    CHECK_STR(s.origin, "http://127.0.0.1:8003");
    CHECK(!s.secure && s.loopback && s.assumed);
    CHECK_INT(site_read(arena, "", 80, &s, &e), 0);
    CHECK_STR(s.origin, "http://127.0.0.1");
}

static void test_bad_urls(void)
{
    static const struct {
        const char *url, *message;
    } bad[] = {
        {"approvals.example", "begin with"},
        {"//approvals.example", "begin with"},
        {"ftp://approvals.example", "begin with"},
        {"https:/approvals.example", "begin with"},
        {" https://approvals.example", "begin with"},
        {"https://approvals.example/app", "without a user, a path"},
        {"https://approvals.example//", "without a user, a path"},
        {"https://approvals.example?a", "without a user, a path"},
        {"https://approvals.example/?a", "without a user, a path"},
        {"https://approvals.example#a", "without a user, a path"},
        {"https://approvals.example\\", "without a user, a path"},
        {"https://me@approvals.example", "without a user, a path"},
        {"https://me:secret@approvals.example/", "without a user, a path"},
        {"https://", "host name"},
        {"https:///", "host name"},
        {"https://:8003", "host name"},
        {"https://approvals example", "host name"},
        {"https://approvals.example ", "host name"},
        {"https://approvals..example", "host name"},
        {"https://.example", "host name"},
        {"https://approvals.example.", "host name"},
        {"https://b\xc3\xbc"
         "cher.example",
         "host name"},
        {"https://%61.example", "host name"},
        {"https://a,b", "host name"},
        {"http://127.1", "host name"},
        {"http://127.0.0.256", "host name"},
        {"http://127.0.0.01", "host name"},
        {"http://127.0.0.1.2", "host name"},
        {"http://127.0.0", "host name"},
        {"http://127.0.0.", "host name"},
        {"http://127.0.0.1000", "host name"},
        {"http://2130706433", "host name"},
        {"http://0x7f000001", "host name"},
        {"http://a.0x", "host name"},
        {"http://[::1", "host name"},
        {"http://[]", "host name"},
        {"http://[127.0.0.1]", "host name"},
        {"http://[fe80::1%eth0]", "host name"},
        {"http://[::1]x", "port"},
        {"http://::1", "host name"},
        {"https://approvals.example:", "port"},
        {"https://approvals.example:0", "port"},
        {"https://approvals.example:080", "port"},
        {"https://approvals.example:65536", "port"},
        {"https://approvals.example:999999999999999999999", "port"},
        {"https://approvals.example:80a", "port"},
        {"https://approvals.example:-1", "port"},
        {"https://approvals.example:80:80", "port"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct site s;
        e = (struct err)ERR_INIT;
        int rc = site_read(arena, bad[i].url, 8003, &s, &e);
        if (rc != -1 || !strstr(e.message, bad[i].message))
            fprintf(stderr, "%s: %d \"%s\"\n", bad[i].url, rc, e.message);
        CHECK_INT(rc, -1);
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK(strstr(e.message, "APPROVAL_PUBLIC_URL") != NULL);
        CHECK(strstr(e.message, bad[i].message) != NULL);
    }
}

/* A label may have 63 characters and a name 253. */
static void test_long_names(void)
{
    char label[65];
    memset(label, 'a', 64);
    label[64] = '\0';
    struct site s;
    CHECK_INT(site_read(arena, arena_printf(arena, "https://%s.example", label), 1, &s, &e), -1);
    label[63] = '\0';
    CHECK_INT(site_read(arena, arena_printf(arena, "https://%s.example", label), 1, &s, &e), 0);
    const char *three = arena_printf(arena, "%s.%s.%s", label, label, label);
    CHECK_INT(site_read(arena, arena_printf(arena, "https://%s.%.61s", three, label), 1, &s, &e),
              0);
    CHECK_INT(site_read(arena, arena_printf(arena, "https://%s.%.62s", three, label), 1, &s, &e),
              -1);
}

static void test_refusal(void)
{
    const char *fine[] = {"", "https://approvals.example", "http://localhost",
                          "http://127.0.0.1:8"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct site s = site_of(fine[i]);
        CHECK_STR(site_refusal(&s), NULL);
    }
    struct site s = site_of("http://approvals.example");
    CHECK_FATAL(site_refusal(&s) != NULL);
    CHECK(strstr(site_refusal(&s), "https") != NULL);
}

/* --- where a request comes from --- */

static void test_configured_origin(void)
{
    struct site s = site_of("https://approvals.example");
    const char *host = "approvals.example";
    CHECK(site_is_origin(&s, "https://approvals.example", NULL, host));
    CHECK(site_is_origin(&s, "https://approvals.example", "same-origin", NULL));
    CHECK(site_is_origin(&s, NULL, "same-origin", host));
    static const char *const bad[] = {
        "",
        "null",
        "http://approvals.example",
        "https://approvals.example/",
        "https://approvals.example:443",
        "https://approvals.example:8443",
        "https://approvals.example.evil.example",
        "https://evil-approvals.example",
        "https://evil.example",
        "https://approvals.exampl",
        "approvals.example",
        "https://approvals.example, https://approvals.example",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!site_is_origin(&s, bad[i], NULL, host));
        CHECK(!site_is_origin(&s, bad[i], "same-origin", host));
    }
    static const char *const elsewhere[] = {"same-site", "cross-site",  "none",
                                            "",          "Same-Origin", "same-origin, same-origin"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        CHECK(!site_is_origin(&s, NULL, elsewhere[i], host));
    CHECK(!site_is_origin(&s, NULL, NULL, host));
    CHECK(!site_is_origin(&s, NULL, NULL, NULL));
}

static void test_assumed_origin(void)
{
    struct site s = site_of("");
    static const char *const hosts[] = {"127.0.0.1:8003", "localhost:8003", "[::1]:8003",
                                        "localhost:9999", "127.0.0.1",      "127.8.8.8:1"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const char *origin = arena_printf(arena, "http://%s", hosts[i]);
        CHECK(site_is_origin(&s, origin, NULL, hosts[i]));
        CHECK(site_is_origin(&s, NULL, "same-origin", hosts[i]));
        CHECK(!site_is_origin(&s, NULL, "cross-site", hosts[i]));
        CHECK(!site_is_origin(&s, NULL, NULL, hosts[i]));
        CHECK(!site_is_origin(&s, "null", NULL, hosts[i]));
        CHECK(!site_is_origin(&s, hosts[i], NULL, hosts[i]));
        CHECK(!site_is_origin(&s, arena_printf(arena, "https://%s", hosts[i]), NULL, hosts[i]));
        CHECK(!site_is_origin(&s, arena_printf(arena, "http://%s.evil.example", hosts[i]), NULL,
                              hosts[i]));
    }
    CHECK(!site_is_origin(&s, "http://localhost:8003", NULL, "127.0.0.1:8003"));
    CHECK(!site_is_origin(&s, "http://127.0.0.1:9000", NULL, "127.0.0.1:8003"));
    CHECK(!site_is_origin(&s, "http://127.0.0.1:8003", NULL, NULL));
}

/* A name that somebody else's DNS points at this machine is not ours. */
static void test_rebinding(void)
{
    struct site s = site_of("");
    static const char *const hosts[] = {
        "evil.example:8003",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.7:8003",
        "0.0.0.0:8003",
        "127.0.0.1:",
        "127.0.0.1:x",
        "[::1",
        "127.0.0.1@evil:8003",
        "",
        "localhost:8003/x",
        "[::2]:8003",
    };
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        CHECK(!site_is_origin(&s, arena_printf(arena, "http://%s", hosts[i]), NULL, hosts[i]));
        CHECK(!site_is_origin(&s, NULL, "same-origin", hosts[i]));
    }
}

/* --- the cookie --- */

static void test_names(void)
{
    struct site s = site_of("https://approvals.example");
    CHECK_STR(cookie_name(&s), "__Host-approvals");
    s = site_of("http://localhost:8003");
    CHECK_STR(cookie_name(&s), "approvals");
    s = site_of("");
    CHECK_STR(cookie_name(&s), "approvals");
}

static void test_find(void)
{
    static const struct {
        const char *header, *value;
    } headers[] = {
        {"approvals=abc", "abc"},
        {"approvals=abc; theme=dark", "abc"},
        {"theme=dark; approvals=abc", "abc"},
        {"a=1;approvals=abc;b=2", "abc"},
        {"a=1;  \tapprovals=abc \t ; b=2", "abc"},
        {"approvals=", ""},
        {"approvals=a=b==", "a=b=="},
        {"approvals= abc", " abc"},
        {"approvals=\"abc\"", "\"abc\""},
        {"; ;approvals=abc;", "abc"},
        {"theme; approvals=abc; =x", "abc"},
        {"__Host-approvals=1; approvals=abc", "abc"},
        {"approvals2=1; approvals=abc; my-approvals=2; Approvals=3", "abc"},
        {"a=\"x; approvals=abc", "abc"},
        {"a=approvals=evil; approvals=abc", "abc"},
        /* Not there. */
        {NULL, NULL},
        {"", NULL},
        {";", NULL},
        {"approvals", NULL},
        {"approvals; a=1", NULL},
        {"approvals =abc", NULL},
        {"=approvals", NULL},
        {"=approvals=abc", NULL},
        {"approval=abc", NULL},
        {"approvalss=abc", NULL},
        {"xapprovals=abc", NULL},
        {"APPROVALS=abc", NULL},
        {"__Host-approvals=abc", NULL},
        {"a=approvals=abc", NULL},
        {"a=b, approvals=abc", NULL},
        /* There twice: one of them may be planted. */
        {"approvals=abc; approvals=abc", NULL},
        {"approvals=abc; a=1; approvals=def", NULL},
        {"approvals=; approvals=def", NULL},
        {"approvals=abc; approvals=def; approvals=ghi", NULL},
        {"a=\"; approvals=evil; b=\"; approvals=abc", NULL},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        CHECK_STR(cookie_find(arena, headers[i].header, "approvals"), headers[i].value);
    CHECK_STR(cookie_find(arena, "approvals=1; __Host-approvals=abc", "__Host-approvals"), "abc");
    CHECK_STR(cookie_find(arena, "__host-approvals=abc", "__Host-approvals"), NULL);
}

static void test_oversized(void)
{
    struct str s = STR_INIT;
    str_add(&s, "approvals=");
    for (int i = 0; i < 4096; i++)
        str_addch(&s, 'x');
    const char *value = cookie_find(arena, s.buf, "approvals");
    CHECK_FATAL(value != NULL);
    CHECK_INT(strlen(value), 4096);
    str_addch(&s, 'x');
    CHECK_STR(cookie_find(arena, s.buf, "approvals"), NULL);
    str_clear(&s);
    for (int i = 0; i < 20000; i++)
        str_addf(&s, "c%d=%d;", i, i);
    str_add(&s, "approvals=abc");
    CHECK_STR(cookie_find(arena, s.buf, "approvals"), "abc");
    str_release(&s);
}

static void test_set(void)
{
    struct str s = STR_INIT;
    struct site site = site_of("https://approvals.example");
    cookie_set(&s, &site, "aps_abc", 3600);
    CHECK_STR(s.buf,
              "__Host-approvals=aps_abc; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure");
    str_clear(&s);
    site = site_of("http://localhost:8003");
    cookie_set(&s, &site, "", 0);
    CHECK_STR(s.buf, "approvals=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    str_release(&s);
}

/* --- forms --- */

static void test_csrf(void)
{
    char token[CSRF_SIZE], again[CSRF_SIZE], other[CSRF_SIZE];
    csrf_token("aps_one", token);
    csrf_token("aps_one", again);
    csrf_token("aps_two", other);
    CHECK_INT(strlen(token), CSRF_SIZE - 1);
    CHECK_INT(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              CSRF_SIZE - 1);
    CHECK_STR(again, token);
    CHECK(strcmp(other, token) != 0);
    CHECK(csrf_valid("aps_one", token));
    CHECK(!csrf_valid("aps_one", other));
    CHECK(!csrf_valid("aps_two", token));
    CHECK(!csrf_valid("aps_one", NULL));
    CHECK(!csrf_valid("aps_one", ""));
    CHECK(!csrf_valid("aps_one", "aps_one"));
    token[CSRF_SIZE - 2] = token[CSRF_SIZE - 2] == 'A' ? 'E' : 'A';
    CHECK(!csrf_valid("aps_one", token));
    token[CSRF_SIZE - 2] = '\0';
    CHECK(!csrf_valid("aps_one", token));
}

int main(void)
{
    static const struct test tests[] = {
        {"origins", test_origins},
        {"the site where none is configured", test_assumed},
        {"URLs that are bad", test_bad_urls},
        {"long names", test_long_names},
        {"where nobody can sign in", test_refusal},
        {"requests to a configured site", test_configured_origin},
        {"requests to an assumed site", test_assumed_origin},
        {"names that are pointed here", test_rebinding},
        {"names of the cookie", test_names},
        {"finding the cookie", test_find},
        {"oversized cookies", test_oversized},
        {"setting the cookie", test_set},
        {"tokens of forms", test_csrf},
    };
    arena = arena_new();
    int rc = check_main("auth/cookie", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
