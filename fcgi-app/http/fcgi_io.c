#include "fcgi_io.h"

#include "base/clock.h"
#include "problem.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define STACK_SIZE ((size_t)512 * 1024)
#define READ_CHUNK ((size_t)16 * 1024)
#define BUFFER_KEEP ((size_t)256 * 1024)
#define ACCEPT_PAUSE_MS 100

/* A sibling that is killed after the kernel chose to wake it leaves its connection in the queue,
 * and nobody is woken for that one again; so everybody looks from time to time. */
#define RECHECK_MS 1000

/* libfcgi's waits for its peer: for the first byte after a connect, and for the peer to close. */
#define FIRST_BYTE_MS "2000"
#define CLOSE_MS "1000"

enum wake { WAKE_READY = 1, WAKE_STOP = 2 };

struct pool {
    const struct fcgi_options *options;
    size_t max_body;
    int stop; /* an eventfd: readable for everybody from the moment of stopping */
    struct worker *workers;
    int count;
};

struct worker {
    const struct pool *pool;
    pthread_t thread;
    int epoll;
};

/* What a thread keeps from request to request. */
struct desk {
    FCGX_Request fcgi;
    struct arena *arena;
    struct str in, out;
    struct response response;
};

static void trim(struct str *s)
{
    if (s->cap > BUFFER_KEEP)
        str_release(s);
    else
        str_clear(s);
}

static void desk_clear(struct desk *d)
{
    struct str body = d->response.body;
    trim(&body);
    response_init(&d->response);
    d->response.body = body;
    trim(&d->in);
    trim(&d->out);
    arena_reset(d->arena);
}

/* One byte more than is allowed is enough to know that it is too much. */
static void read_body(struct desk *d, size_t max)
{
    size_t want;
    int got;
    do {
        want = max + 1 - d->in.len;
        want = want < READ_CHUNK ? want : READ_CHUNK;
        str_reserve(&d->in, want);
        got = FCGX_GetStr(d->in.buf + d->in.len, (int)want, d->fcgi.in);
        d->in.len += got > 0 ? (size_t)got : 0;
        d->in.buf[d->in.len] = '\0';
    } while (got > 0 && (size_t)got == want && d->in.len <= max);
}

static int check_length(const struct request *req, size_t max, struct err *e)
{
    const char *text = request_header(req, "content-length");
    if (!text || req->body_len > max)
        return 0;
    char *end;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || n != req->body_len)
        return err_set(e, ERR_BAD_REQUEST, "The body ended after %zu bytes; Content-Length was %s",
                       req->body_len, text);
    return 0;
}

/* Gives the bytes of body sent. */
static size_t send_response(struct desk *d, const struct request *req)
{
    const struct response *r = &d->response;
    size_t body = r->content_type && req->method != HTTP_HEAD ? r->body.len : 0;
    response_head(r, req, &d->out);
    str_addn(&d->out, r->body.buf, body);
    FCGX_PutStr(d->out.buf, (int)d->out.len, d->fcgi.out);
    /* In this order both ends and the last of the data leave in one write. */
    FCGX_FClose(d->fcgi.err);
    if (FCGX_FClose(d->fcgi.out) != 0)
        log_warn(&req->log, "client.gone", "the answer could not be delivered");
    return body;
}

static void serve_one(const struct pool *pool, struct desk *d)
{
    const struct router *router = pool->options->router;
    int64_t begun = clock_monotonic();
    read_body(d, pool->max_body);
    struct request req;
    struct request_source source = {d->fcgi.envp, d->in.buf, d->in.len};
    struct err e = ERR_INIT;
    const struct route *route = NULL;
    if (request_parse(&req, d->arena, &source, &e) < 0 ||
        check_length(&req, pool->max_body, &e) < 0)
        problem_respond(&d->response, &req, &e);
    else
        route = router_dispatch(router, &req, &d->response);
    size_t bytes = send_response(d, &req);
    FCGX_Finish_r(&d->fcgi);
    /* A connection that nginx would like to keep must not be waited on. */
    FCGX_Free(&d->fcgi, 1);
    struct log_request line = {
        .method = req.method_name,
        .route = route ? route->path : NULL,
        .path = req.path,
        .status = d->response.status,
        .bytes = bytes,
        .us = clock_monotonic() - begun,
    };
    log_request(&req.log, &line);
    desk_clear(d);
}

static unsigned wait_for_work(const struct worker *w)
{
    struct epoll_event events[2];
    int n = epoll_wait(w->epoll, events, 2, RECHECK_MS);
    unsigned seen = n == 0 ? WAKE_READY : 0;
    for (int i = 0; i < n; i++)
        seen |= events[i].data.u32;
    return seen;
}

/* Out of descriptors, most likely: the connection stays in the queue and epoll would say so at
 * once again. */
static void accept_failed(const struct pool *pool, int rc)
{
    log_error(NULL, "accept.failed", "no connection can be accepted: %s", strerror(-rc));
    struct pollfd stop = {.fd = pool->stop, .events = POLLIN};
    poll(&stop, 1, ACCEPT_PAUSE_MS);
}

/* A thread that is told to stop, but was chosen for a connection too, takes that one still: nobody
 * else was woken for it. */
static void serve_until_stopped(const struct worker *w, struct desk *d)
{
    unsigned seen = 0;
    while (!(seen & WAKE_STOP)) {
        seen = wait_for_work(w);
        if (!(seen & WAKE_READY))
            continue;
        int rc = FCGX_Accept_r(&d->fcgi);
        if (rc == 0)
            serve_one(w->pool, d);
        else if (rc != -EAGAIN && rc != -EINTR)
            accept_failed(w->pool, rc);
    }
}

static void *worker_main(void *arg)
{
    const struct worker *w = arg;
    struct desk d = {.arena = arena_new(), .in = STR_INIT, .out = STR_INIT};
    response_init(&d.response);
    FCGX_InitRequest(&d.fcgi, w->pool->options->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR);
    serve_until_stopped(w, &d);
    FCGX_Free(&d.fcgi, 1);
    response_release(&d.response);
    str_release(&d.in);
    str_release(&d.out);
    arena_free(&d.arena);
    return NULL;
}

static int watch(int epoll, int fd, uint32_t events, enum wake wake)
{
    struct epoll_event event = {.events = events, .data.u32 = wake};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int worker_start(struct worker *w, const pthread_attr_t *attributes, struct err *e)
{
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (w->epoll < 0 || watch(w->epoll, w->pool->stop, EPOLLIN, WAKE_STOP) < 0 ||
        watch(w->epoll, w->pool->options->listen_fd, EPOLLIN | EPOLLEXCLUSIVE, WAKE_READY) < 0) {
        err_set(e, ERR_UNAVAILABLE, "cannot watch the listening socket: %s", strerror(errno));
    } else {
        int rc = pthread_create(&w->thread, attributes, worker_main, w);
        if (rc == 0)
            return 0;
        err_set(e, ERR_UNAVAILABLE, "cannot start a thread: %s", strerror(rc));
    }
    if (w->epoll >= 0)
        close(w->epoll);
    return -1;
}

static int pool_start(struct pool *p, struct err *e)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    int rc = 0;
    while (rc == 0 && p->count < p->options->threads) {
        p->workers[p->count].pool = p;
        rc = worker_start(&p->workers[p->count], &attributes, e);
        p->count += rc == 0;
    }
    pthread_attr_destroy(&attributes);
    return rc;
}

static void pool_stop(struct pool *p)
{
    eventfd_write(p->stop, 1);
    for (int i = 0; i < p->count; i++) {
        pthread_join(p->workers[i].thread, NULL);
        close(p->workers[i].epoll);
    }
}

static void block_signals(sigset_t *stopping)
{
    sigemptyset(stopping);
    sigaddset(stopping, SIGTERM);
    sigaddset(stopping, SIGINT);
    sigaddset(stopping, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, stopping, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Siblings share the socket's flags; each sets the same. */
static int prepare_socket(int fd, struct err *e)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0 || !listens)
        return err_set(e, ERR_INVALID,
                       "descriptor %d is no listening socket: this program is started by "
                       "spawn-fcgi or by what does its work",
                       fd);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return err_set(e, ERR_UNAVAILABLE, "cannot set up the listening socket: %s",
                       strerror(errno));
    return 0;
}

static int prepare_libfcgi(struct err *e)
{
    setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", FIRST_BYTE_MS, 0);
    setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", CLOSE_MS, 0);
    if (FCGX_Init() != 0)
        return err_set(e, ERR_UNAVAILABLE, "libfcgi cannot be set up");
    return 0;
}

static int serve(struct pool *p, const sigset_t *stopping, struct err *e)
{
    int rc = pool_start(p, e);
    if (rc == 0) {
        int sig = 0;
        log_info(NULL, "pool.started", "serving with %d threads", p->count);
        sigwait(stopping, &sig);
        log_info(NULL, "pool.stopping", "%s: finishing the requests in hand", strsignal(sig));
    }
    pool_stop(p);
    return rc;
}

int fcgi_serve(const struct fcgi_options *o, struct err *e)
{
    sigset_t stopping;
    block_signals(&stopping);
    if (prepare_socket(o->listen_fd, e) < 0 || prepare_libfcgi(e) < 0)
        return -1;
    struct pool p = {
        .options = o,
        .max_body = router_max_body(o->router),
        .stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    if (p.stop < 0)
        return err_set(e, ERR_UNAVAILABLE, "cannot make an eventfd: %s", strerror(errno));
    p.workers = mem_alloc((size_t)o->threads * sizeof *p.workers);
    int rc = serve(&p, &stopping, e);
    free(p.workers);
    close(p.stop);
    return rc;
}
