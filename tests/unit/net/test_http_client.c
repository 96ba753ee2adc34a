#include "net/http_client.h"

#include "base/clock.h"
#include "base/str.h"
#include "check.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND US_PER_SECOND
#define LITTLE ((size_t)1000)

/* ---- a server of one connection at a time ---- */

struct page {
    const char *path, *answer;
    size_t more; /* bytes sent after it */
    bool stays;  /* the connection is left open without a word until the client goes */
};

#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define TO(url) "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " url "\r\n\r\nnot this"

static const struct page pages[] = {
    {"/ok", OK "Content-Length: 5\r\n\r\nhello", 0, false},
    {"/chunked", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 0, false},
    {"/to-the-end", OK "\r\nhello", 0, false},
    {"/exact", OK "\r\n", LITTLE, false},
    {"/large", OK "\r\n", LITTLE + 1, false},
    {"/announced", OK "Content-Length: 99999999\r\n\r\n", LITTLE * 100, false},
    {"/packed", OK "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", 0, false},
    {"/silent", "", 0, true},
    {"/slow", OK "Content-Length: 5\r\n\r\nhel", 0, true},
    {"/cut", OK "Content-Length: 5\r\n\r\nhel", 0, false},
    {"/cut-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", 0, false},
    {"/empty", "", 0, false},
    {"/garbage", "this is no HTTP\r\n\r\n", 0, false},
    {"/204", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 0, false},
    {"/404", "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nhello", 0, false},
    {"/503", "HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\nhello", 0, false},
    {"/304", "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n", 0, false},
    {"/file", TO("file:///etc/passwd"), 0, false},
    {"/gopher", TO("gopher://127.0.0.1/"), 0, false},
    {"/away", TO("http://198.51.100.1/"), 0, false},
    {"/user", TO("https://user:word@127.0.0.1/"), 0, false},
    {"/one", TO("/ok"), 0, false},
    {"/two", TO("one"), 0, false},
    {"/three", TO("/two"), 0, false},
    {"/four", TO("/three"), 0, false},
    {"/circle", TO("/circle"), 0, false},
};
#define PAGE_COUNT (sizeof pages / sizeof *pages)

struct server {
    int fd, port, asked; /* requests */
    char request[4096];  /* the last */
    pthread_t thread;
};

static void send_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        n -= (size_t)sent;
    }
}

static void answer(int fd, const struct page *page)
{
    char x[1] = "x", byte;
    send_all(fd, page->answer, strlen(page->answer));
    for (size_t i = 0; i < page->more; i++)
        send_all(fd, x, 1);
    while (page->stays && recv(fd, &byte, 1, 0) > 0)
        continue;
}

static void serve_one(struct server *s, int fd)
{
    size_t len = 0;
    ssize_t n = 1;
    s->request[0] = '\0';
    while (len < sizeof s->request - 1 && !strstr(s->request, "\r\n\r\n") &&
           (n = recv(fd, s->request + len, sizeof s->request - 1 - len, 0)) > 0) {
        len += (size_t)n;
        s->request[len] = '\0';
        if (s->request[0] != 'G') /* the beginning of TLS */
            return;
    }
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        size_t path = strlen(pages[i].path);
        if (!strncmp(s->request, "GET ", 4) && !strncmp(s->request + 4, pages[i].path, path) &&
            s->request[4 + path] == ' ') {
            s->asked++;
            answer(fd, &pages[i]);
        }
    }
}

static void *serve(void *arg)
{
    struct server *s = arg;
    int fd;
    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        serve_one(s, fd);
        close(fd);
    }
    return NULL;
}

static struct arena *arena;
static struct server server;

static void set_up(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    arena = arena_new();
    server = (struct server){.fd = socket(AF_INET, SOCK_STREAM, 0)};
    CHECK_FATAL(bind(server.fd, (struct sockaddr *)&address, size) == 0);
    CHECK_FATAL(listen(server.fd, 8) == 0);
    CHECK_FATAL(getsockname(server.fd, (struct sockaddr *)&address, &size) == 0);
    server.port = ntohs(address.sin_port);
    CHECK_FATAL(pthread_create(&server.thread, NULL, serve, &server) == 0);
}

static void tear_down(void)
{
    shutdown(server.fd, SHUT_RDWR); /* ends the wait in accept */
    pthread_join(server.thread, NULL);
    close(server.fd);
    arena_free(&arena);
}

/* ---- asking it ---- */

static struct err e;
static struct http_body body;

static const char *url_of(const char *path)
{
    return arena_printf(arena, "http://127.0.0.1:%d%s", server.port, path);
}

static int get(const char *path)
{
    struct http_get asked = {.url = url_of(path), .within_us = 5 * SECOND, .max_bytes = LITTLE};
    e = (struct err)ERR_INIT;
    body = (struct http_body){0};
    return http_get(arena, &asked, &body, &e);
}

/* "hello", or the error's message. */
static const char *got(const char *path)
{
    int rc = get(path);
    if (rc < 0)
        CHECK_INT(e.kind, ERR_UNAVAILABLE);
    return rc < 0 ? arena_strdup(arena, e.message) : body.bytes;
}

static void test_bodies(void)
{
    set_up();
    CHECK_STR(got("/ok"), "hello");
    CHECK_INT(body.len, 5);
    CHECK(strstr(server.request, "\r\nUser-Agent: approval-workflows\r\n") != NULL);
    CHECK(strstr(server.request, "Accept-Encoding") == NULL);
    CHECK(strstr(server.request, "Authorization") == NULL);
    CHECK_STR(got("/chunked"), "hello");
    CHECK_STR(got("/to-the-end"), "hello");
    CHECK_STR(got("/packed"), "hello");
    CHECK_INT(server.asked, 4);
    tear_down();
}

static void test_other_statuses(void)
{
    set_up();
    CHECK_STR(got("/404"), "it was answered with status 404");
    CHECK_STR(got("/503"), "it was answered with status 503");
    CHECK_STR(got("/204"), "it was answered with status 204");
    CHECK_STR(got("/304"), "it was answered with status 304");
    CHECK(body.bytes == NULL);
    tear_down();
}

static void test_too_large(void)
{
    set_up();
    CHECK_INT(strlen(got("/exact")), LITTLE);
    CHECK_STR(got("/large"), "the answer is larger than 1000 bytes");
    CHECK_STR(got("/announced"), "the answer is larger than 1000 bytes");
    tear_down();
}

static void test_broken_answers(void)
{
    static const char *const paths[] = {"/cut", "/cut-chunk", "/empty", "/garbage"};
    set_up();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        CHECK_INT(get(paths[i]), -1);
        CHECK_INT(e.kind, ERR_UNAVAILABLE);
        CHECK(e.message[0] != '\0');
        CHECK_INT(server.asked, (int)i + 1);
    }
    tear_down();
}

static void test_too_slow(void)
{
    static const char *const paths[] = {"/silent", "/slow"};
    set_up();
    for (size_t i = 0; i < 2; i++) {
        struct http_get asked = {.url = url_of(paths[i]), .within_us = SECOND / 5};
        int64_t before = clock_monotonic();
        CHECK_INT(http_get(arena, &asked, &body, &e), -1);
        CHECK_INT(e.kind, ERR_UNAVAILABLE);
        CHECK_STR(e.message, "there was no complete answer in time");
        CHECK(clock_monotonic() - before < 4 * SECOND);
    }
    tear_down();
}

static bool stop(void *arg)
{
    (*(int *)arg)++;
    return true;
}

static void test_given_up(void)
{
    int asked_to_stop = 0;
    set_up();
    struct http_get asked = {.url = url_of("/silent"), .stop = stop, .arg = &asked_to_stop};
    int64_t before = clock_monotonic();
    CHECK_INT(http_get(arena, &asked, &body, &e), -1);
    CHECK_STR(e.message, "it was given up");
    CHECK(asked_to_stop > 0);
    CHECK(clock_monotonic() - before < 5 * SECOND);
    tear_down();
}

static void test_redirects(void)
{
    set_up();
    CHECK_STR(got("/one"), "hello");
    CHECK_INT(server.asked, 2);
    CHECK_STR(got("/three"), "hello");
    CHECK_INT(server.asked, 6);
    CHECK_STR(got("/four"), "it redirects more than 3 times");
    CHECK_STR(got("/circle"), "it redirects more than 3 times");
    CHECK_INT(server.asked, 14);
    tear_down();
}

static void test_redirects_that_are_not_followed(void)
{
#define NOT_TAKEN "it redirects to a URL that is not taken: "
    set_up();
    CHECK_STR(got("/file"), NOT_TAKEN "its scheme must be https, not file");
    CHECK_STR(got("/gopher"), NOT_TAKEN "its scheme must be https, not gopher");
    CHECK_STR(got("/away"),
              NOT_TAKEN "it must be https: plain http is taken from this machine only");
    CHECK_STR(got("/user"), NOT_TAKEN "it must not hold a user or a password");
    CHECK_INT(server.asked, 4);
    tear_down();
}

static void test_nobody_there(void)
{
    set_up();
    const char *url = url_of("/ok"), *tls = arena_printf(arena, "https%s", url + strlen("http"));
    struct http_get asked = {.url = tls, .within_us = 5 * SECOND};
    /* It is there, but does not speak TLS. */
    CHECK_INT(http_get(arena, &asked, &body, &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    CHECK_INT(server.asked, 0);
    struct arena *kept = arena;
    arena = NULL;
    tear_down();
    asked.url = url;
    CHECK_INT(http_get(kept, &asked, &body, &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    CHECK(strstr(e.message, "connect") != NULL);
    arena_free(&kept);
}

static void test_proxies_are_passed_by(void)
{
    set_up();
    const char *nobody = "http://127.0.0.1:1/";
    setenv("http_proxy", nobody, 1);
    setenv("all_proxy", nobody, 1);
    CHECK_STR(got("/ok"), "hello");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    tear_down();
}

static void test_urls(void)
{
    static const struct {
        const char *url;
        const char *secure; /* NULL: refused */
    } rows[] = {
        {"https://login.example/realms/main", "yes"},
        {"HTTPS://login.example:8443", "yes"},
        {"http://127.0.0.1:8080/x", "no"},
        {"http://127.3.2.1/", "no"},
        {"http://localhost/", "no"},
        {"http://LOCALHOST/", "no"},
        {"http://[::1]:80/", "no"},
        {"http://login.example/", NULL},
        {"http://127.0.0.1.example/", NULL},
        {"http://localhost.example/", NULL},
        {"http://10.0.0.1/", NULL},
        {"http://0.0.0.0/", NULL},
        {"http://[::ffff:127.0.0.1]/", NULL},
        {"http://[fe80::1]/", NULL},
        {"http://user@127.0.0.1/", NULL},
        {"https://user:word@login.example/", NULL},
        {"file:///etc/passwd", NULL},
        {"ftp://127.0.0.1/", NULL},
        {"javascript:1", NULL},
        {"https:", NULL},
        {"https://", NULL},
        {"https://login.example:99999/", NULL},
        {"https://a b/", NULL},
        {"https://a\r\nHost: b/", NULL},
        {"/ok", NULL},
        {"login.example", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool secure = false;
        struct err why = ERR_INIT;
        int rc = http_url_check(rows[i].url, &secure, &why);
        const char *outcome = rc < 0 ? NULL : secure ? "yes" : "no";
        CHECK_STR(outcome, rows[i].secure);
        CHECK_INT(why.kind, rows[i].secure ? ERR_NONE : ERR_INVALID);
    }
}

static void test_url_that_is_not_taken(void)
{
    set_up();
    struct http_get asked = {.url = "file:///etc/passwd"};
    CHECK_INT(http_get(arena, &asked, &body, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    asked.url = arena_printf(arena, "http://user:word@127.0.0.1:%d/ok", server.port);
    CHECK_INT(http_get(arena, &asked, &body, &e), -1);
    CHECK_INT(e.kind, ERR_INVALID);
    CHECK(strstr(e.message, "word@") == NULL);
    CHECK_INT(server.asked, 0);
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"bodies however they come", test_bodies},
        {"other statuses", test_other_statuses},
        {"too large", test_too_large},
        {"broken answers", test_broken_answers},
        {"too slow", test_too_slow},
        {"given up", test_given_up},
        {"redirects", test_redirects},
        {"redirects that are not followed", test_redirects_that_are_not_followed},
        {"nobody there", test_nobody_there},
        {"proxies are passed by", test_proxies_are_passed_by},
        {"which URLs are taken", test_urls},
        {"a URL that is not taken", test_url_that_is_not_taken},
    };
    return check_main("net/http_client", tests, sizeof tests / sizeof *tests);
}
