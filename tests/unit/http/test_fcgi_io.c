/*
 * A pool of real processes on a socket in a folder of the test's own, spoken to in FastCGI records.
 */
#include "http/fcgi_io.h"

#include "base/clock.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BODY_MAX ((size_t)100 * 1000)
#define SLOW_BYTES ((size_t)70 * 1000)
#define PROCESSES 2

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };

/* --- the application --- */

static int started[2]; /* a pipe: a slow handler says that it has begun */

static int answer_echo(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)e;
    r->content_type = TYPE_TEXT;
    str_addn(&r->body, req->body, req->body_len);
    return 0;
}

static int answer_pid(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    r->content_type = TYPE_TEXT;
    str_addf(&r->body, "%d", (int)getpid());
    return 0;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static int answer_slow(void *app, struct request *req, struct response *r, struct err *e)
{
    if (write(started[1], "x", 1) != 1)
        return err_set(e, ERR_INTERNAL, "nobody waits for the slow handler");
    pause_ms(200);
    answer_pid(app, req, r, e);
    while (r->body.len < SLOW_BYTES)
        str_addch(&r->body, '.');
    return 0;
}

static const struct route routes[] = {
    {HTTP_POST, "/echo", answer_echo, 0, BODY_DEFAULT},
    {HTTP_GET, "/pid", answer_pid, 0, 0},
    {HTTP_GET, "/slow", answer_slow, 0, 0},
};
static const struct router router = {
    .routes = routes,
    .route_count = sizeof routes / sizeof *routes,
    .max_body = BODY_MAX,
};

/* --- the pool --- */

static char folder[64];
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int listener;
static pid_t processes[PROCESSES];

static void path_in_folder(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%s/%s", folder, name);
}

static void serve(int fd, int threads)
{
    char log[128];
    path_in_folder(log, sizeof log, "log");
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    close(out);
    struct fcgi_options options = {.listen_fd = fd, .threads = threads, .router = &router};
    struct err e = ERR_INIT;
    int rc = fcgi_serve(&options, &e);
    exit(rc == 0 ? 0 : 10 + (int)e.kind);
}

static pid_t spawn(int fd, int threads)
{
    fflush(NULL);
    pid_t pid = fork();
    CHECK_FATAL(pid >= 0);
    if (pid == 0)
        serve(fd, threads);
    return pid;
}

static void pool_start(int count, int threads)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.30s/fcgi.XXXXXX", tmp && strlen(tmp) <= 30 ? tmp : "/tmp");
    CHECK_FATAL(mkdtemp(folder) != NULL);
    path_in_folder(address.sun_path, sizeof address.sun_path, "socket");
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_FATAL(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK_FATAL(listen(listener, 64) == 0 && pipe(started) == 0);
    for (int i = 0; i < count; i++)
        processes[i] = spawn(listener, threads);
}

/* The exit code; -1 when the process had to be killed, or was, within 5 s. *ms is how long it took.
 */
static int wait_exit(pid_t pid, int64_t *ms)
{
    int64_t begun = clock_monotonic();
    int status = 0;
    pid_t done;
    while ((done = waitpid(pid, &status, WNOHANG)) == 0 &&
           clock_monotonic() - begun < 5 * US_PER_SECOND)
        pause_ms(1);
    *ms = (clock_monotonic() - begun) / US_PER_MS;
    if (done == 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int stop_process(int i, int sig, int64_t *ms)
{
    kill(processes[i], sig);
    int code = wait_exit(processes[i], ms);
    processes[i] = 0;
    return code;
}

static void remove_file(const char *name)
{
    char path[128];
    path_in_folder(path, sizeof path, name);
    unlink(path);
}

/* Stops what still runs; it must do so well. */
static void pool_stop(void)
{
    int64_t ms;
    for (int i = 0; i < PROCESSES; i++)
        if (processes[i])
            CHECK_INT(stop_process(i, SIGTERM, &ms), 0);
    close(listener);
    close(started[0]);
    close(started[1]);
    remove_file("socket");
    remove_file("log");
    rmdir(folder);
}

static int log_count(const char *text)
{
    char path[128], line[4096];
    int n = 0;
    path_in_folder(path, sizeof path, "log");
    FILE *f = fopen(path, "r");
    CHECK_FATAL(f != NULL);
    while (fgets(line, sizeof line, f))
        n += strstr(line, text) != NULL;
    fclose(f);
    return n;
}

/* --- a client --- */

static void add_record(struct str *s, int type, const char *content, size_t n)
{
    do {
        size_t part = n > 65535 ? 65535 : n;
        char header[8] = {1, (char)type, 0, 1, (char)(part >> 8), (char)(part & 255), 0, 0};
        str_addn(s, header, sizeof header);
        str_addn(s, content, part);
        content += part;
        n -= part;
    } while (n);
}

static void add_param(struct str *s, const char *name, const char *value)
{
    str_addch(s, (char)strlen(name)); /* both under 128 */
    str_addch(s, (char)strlen(value));
    str_add(s, name);
    str_add(s, value);
}

struct ask {
    const char *method, *target, *body;
    size_t body_len;
    const char *content_length; /* NULL: that of the body */
    bool keep;                  /* FCGI_KEEP_CONN */
};

static void add_request(struct str *s, const struct ask *a)
{
    struct str params = STR_INIT;
    char length[32];
    snprintf(length, sizeof length, "%zu", a->body_len);
    add_param(&params, "REQUEST_METHOD", a->method);
    add_param(&params, "REQUEST_URI", a->target);
    add_param(&params, "CONTENT_LENGTH", a->content_length ? a->content_length : length);
    add_param(&params, "HTTP_X_REQUEST_ID", "req-test");
    char begin[8] = {0, 1, a->keep};
    add_record(s, BEGIN_REQUEST, begin, sizeof begin);
    add_record(s, PARAMS, params.buf, params.len);
    add_record(s, PARAMS, "", 0);
    if (a->body_len)
        add_record(s, STDIN, a->body, a->body_len);
    add_record(s, STDIN, "", 0);
    str_release(&params);
}

static int client_connect(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static int client_send(const struct ask *a)
{
    struct str s = STR_INIT;
    int fd = client_connect();
    add_request(&s, a);
    for (size_t done = 0; fd >= 0 && done < s.len;) {
        ssize_t n = send(fd, s.buf + done, s.len - done, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    str_release(&s);
    return fd;
}

/* Takes the records apart: what is in STDOUT, and whether END_REQUEST came as the last. */
static bool unpack(const struct str *raw, struct str *out)
{
    bool ended = false;
    const unsigned char *p = (const unsigned char *)raw->buf;
    for (size_t at = 0, n; at + 8 <= raw->len; at += 8 + n) {
        n = (size_t)(p[at + 4] << 8 | p[at + 5]);
        if (at + 8 + n + p[at + 6] > raw->len || ended)
            return false;
        if (p[at + 1] == STDOUT)
            str_addn(out, raw->buf + at + 8, n);
        ended = p[at + 1] == END_REQUEST;
        n += p[at + 6];
    }
    return ended;
}

/* Reads to the end, closes fd. false unless the answer was whole. */
static bool client_receive(int fd, struct str *out)
{
    struct str raw = STR_INIT;
    char buf[8192];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        str_addn(&raw, buf, (size_t)n);
    close(fd);
    str_clear(out);
    bool whole = n == 0 && unpack(&raw, out);
    str_release(&raw);
    return whole;
}

static bool client_ask(const struct ask *a, struct str *out)
{
    int fd = client_send(a);
    return fd >= 0 && client_receive(fd, out);
}

static const char *body_of(const struct str *out)
{
    const char *end = strstr(out->buf, "\r\n\r\n");
    return end ? end + 4 : "no body";
}

static bool begins(const char *text, const char *start)
{
    return !strncmp(text, start, strlen(start));
}

static const struct ask ask_pid = {.method = "GET", .target = "/pid"};
static const struct ask ask_slow = {.method = "GET", .target = "/slow"};

static void wait_started(void)
{
    char c;
    CHECK_INT(read(started[0], &c, 1), 1);
}

/* --- tests --- */

static void test_answer(void)
{
    struct str out = STR_INIT;
    pool_start(1, 2);
    struct ask echo = {.method = "POST", .target = "/echo?q=1", .body = "hello", .body_len = 5};
    CHECK(client_ask(&echo, &out));
    CHECK(begins(out.buf, "Status: 200 OK\r\n"));
    CHECK(strstr(out.buf, "\r\nContent-Length: 5\r\n") != NULL);
    CHECK(strstr(out.buf, "\r\nX-Request-Id: req-test\r\n") != NULL);
    CHECK_STR(body_of(&out), "hello");

    struct ask head = {.method = "HEAD", .target = "/pid"};
    CHECK(client_ask(&head, &out));
    CHECK(begins(out.buf, "Status: 200 OK\r\n"));
    CHECK(strstr(out.buf, "\r\nContent-Length: 0\r\n") == NULL);
    CHECK_STR(body_of(&out), "");

    struct ask nothing = {.method = "HEAD", .target = "/nothing"};
    CHECK(client_ask(&nothing, &out));
    CHECK(begins(out.buf, "Status: 404 Not Found\r\n"));
    CHECK_STR(body_of(&out), "");

    struct ask bad = {.method = "GET", .target = "/%zz"};
    CHECK(client_ask(&bad, &out));
    CHECK(begins(out.buf, "Status: 400 Bad Request\r\n"));
    int64_t ms;
    CHECK_INT(stop_process(0, SIGTERM, &ms), 0);
    CHECK_INT(log_count("\"event\":\"request\""), 4);
    CHECK_INT(log_count("\"route\":\"/echo\",\"path\":\"/echo\",\"status\":200,\"bytes\":5,"), 1);
    CHECK_INT(log_count("\"path\":\"/%zz\",\"status\":400,"), 1);
    pool_stop();
    str_release(&out);
}

static void test_bodies(void)
{
    struct str out = STR_INIT, body = STR_INIT;
    while (body.len < BODY_MAX)
        str_addch(&body, (char)('a' + body.len % 26));
    pool_start(1, 1);
    struct ask a = {"POST", "/echo", body.buf, body.len, NULL, false};
    CHECK(client_ask(&a, &out));
    CHECK_STR(body_of(&out), body.buf);

    str_add(&body, "one more is too many, and all of this even more so");
    a = (struct ask){"POST", "/echo", body.buf, body.len, NULL, false};
    CHECK(client_ask(&a, &out));
    CHECK(begins(out.buf, "Status: 413 "));

    static const char *const lengths[] = {"6", "4", "5x", "-5", "99999999999999999999999", " 5"};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        a = (struct ask){"POST", "/echo", "hello", 5, lengths[i], false};
        CHECK(client_ask(&a, &out));
        CHECK(begins(out.buf, "Status: 400 "));
    }
    a = (struct ask){"POST", "/echo", "hello", 5, "", false};
    CHECK(client_ask(&a, &out));
    CHECK(begins(out.buf, "Status: 411 "));
    pool_stop();
    str_release(&body);
    str_release(&out);
}

/* A connection that the other side wants to keep is closed all the same, and the thread is free. */
static void test_keep(void)
{
    struct str out = STR_INIT;
    pool_start(1, 1);
    struct ask keep = {.method = "GET", .target = "/pid", .keep = true};
    for (int i = 0; i < 3; i++) {
        CHECK(client_ask(&keep, &out));
        CHECK(begins(out.buf, "Status: 200 "));
    }
    pool_stop();
    str_release(&out);
}

static void test_client_gone(void)
{
    struct str out = STR_INIT;
    int64_t ms;
    pool_start(1, 1);
    int fd = client_send(&ask_slow);
    wait_started();
    close(fd);
    CHECK(client_ask(&ask_pid, &out));
    fd = client_connect();
    CHECK_INT(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
    close(fd);
    close(client_connect());
    CHECK(client_ask(&ask_pid, &out));
    CHECK_INT(stop_process(0, SIGTERM, &ms), 0);
    CHECK_INT(log_count("\"event\":\"client.gone\""), 1);
    CHECK_INT(log_count("\"event\":\"request\""), 3);
    pool_stop();
    str_release(&out);
}

static void test_stop_idle(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct str out = STR_INIT;
        int64_t ms;
        pool_start(1, 16);
        CHECK(client_ask(&ask_pid, &out));
        CHECK_INT(stop_process(0, signals[i], &ms), 0);
        CHECK(ms < 1000);
        pool_stop();
        str_release(&out);
    }
}

static void test_stop_busy(void)
{
    struct str out = STR_INIT;
    int64_t ms;
    pool_start(1, 4);
    int fd = client_send(&ask_slow);
    wait_started();
    CHECK_INT(stop_process(0, SIGTERM, &ms), 0);
    CHECK(ms < 2000);
    CHECK(client_receive(fd, &out));
    CHECK(begins(out.buf, "Status: 200 OK\r\n"));
    CHECK_INT(strlen(body_of(&out)), SLOW_BYTES);
    pool_stop();
    str_release(&out);
}

/* Each has one thread, so two requests at once need both processes. */
static void test_two_processes(void)
{
    struct str first = STR_INIT, second = STR_INIT;
    pool_start(2, 1);
    int a = client_send(&ask_slow), b = client_send(&ask_slow);
    wait_started();
    wait_started();
    CHECK(client_receive(a, &first) && client_receive(b, &second));
    int one = (int)strtol(body_of(&first), NULL, 10),
        other = (int)strtol(body_of(&second), NULL, 10);
    CHECK((one == processes[0] && other == processes[1]) ||
          (one == processes[1] && other == processes[0]));
    pool_stop();
    str_release(&first);
    str_release(&second);
}

struct load {
    pthread_t thread;
    int good;
};

#define LOAD_THREADS 4
#define LOAD_EACH 100

static void *load_main(void *arg)
{
    struct load *load = arg;
    struct str out = STR_INIT;
    for (int i = 0; i < LOAD_EACH; i++)
        load->good += client_ask(&ask_pid, &out) && begins(out.buf, "Status: 200 OK\r\n");
    str_release(&out);
    return NULL;
}

/* One of two is told to stop: nobody notices. */
static void test_stop_under_load(void)
{
    struct load loads[LOAD_THREADS] = {0};
    struct str out = STR_INIT;
    int64_t ms;
    pool_start(2, 4);
    for (int i = 0; i < 20; i++)
        CHECK(client_ask(&ask_pid, &out));
    for (int i = 0; i < LOAD_THREADS; i++)
        CHECK_FATAL(pthread_create(&loads[i].thread, NULL, load_main, &loads[i]) == 0);
    pause_ms(5);
    CHECK_INT(stop_process(0, SIGTERM, &ms), 0);
    CHECK(ms < 1000);
    for (int i = 0; i < LOAD_THREADS; i++) {
        pthread_join(loads[i].thread, NULL);
        CHECK_INT(loads[i].good, LOAD_EACH);
    }
    pool_stop();
    str_release(&out);
}

/* Of those that wait the kernel wakes the one that came first; here that one cannot come. */
static void test_frozen_sibling(void)
{
    struct str out = STR_INIT;
    int64_t ms;
    pool_start(1, 1);
    CHECK(client_ask(&ask_pid, &out));
    int fd = client_send(&ask_slow);
    wait_started();
    processes[1] = spawn(listener, 1);
    CHECK(client_ask(&ask_pid, &out));
    CHECK_INT(strtol(body_of(&out), NULL, 10), processes[1]);
    CHECK(client_receive(fd, &out));
    pause_ms(20);

    kill(processes[0], SIGSTOP);
    int64_t begun = clock_monotonic();
    CHECK(client_ask(&ask_pid, &out));
    CHECK(clock_monotonic() - begun < 5 * US_PER_SECOND);
    CHECK_INT(strtol(body_of(&out), NULL, 10), processes[1]);
    CHECK_INT(stop_process(0, SIGKILL, &ms), -1);
    pool_stop();
    str_release(&out);
}

static void test_no_socket(void)
{
    int64_t ms;
    pool_start(0, 0);
    CHECK_INT(wait_exit(spawn(started[0], 1), &ms), 10 + ERR_INVALID);
    int unconnected = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK_INT(wait_exit(spawn(unconnected, 1), &ms), 10 + ERR_INVALID);
    close(unconnected);
    pool_stop();
}

int main(void)
{
    static const struct test tests[] = {
        {"answers", test_answer},
        {"bodies", test_bodies},
        {"connections are not kept", test_keep},
        {"a client that goes away", test_client_gone},
        {"stop when idle", test_stop_idle},
        {"stop with a request in hand", test_stop_busy},
        {"two processes on one socket", test_two_processes},
        {"stop of one of two under load", test_stop_under_load},
        {"a sibling that is frozen, then killed", test_frozen_sibling},
        {"not a listening socket", test_no_socket},
    };
    return check_main("fcgi_io", tests, sizeof tests / sizeof *tests);
}
