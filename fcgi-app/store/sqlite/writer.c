#include "writer.h"

#include "checkpoint.h"

#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

/* One that waits; lives on the stack of its thread. */
struct ticket {
    struct half half;
    struct ticket *prev, *next;
    bool queued; /* under the writer's mutex; false: taken, or left */

    /* Each has its own, so that those woken after a commit do not queue for one mutex. */
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool finished;
};

struct writer {
    pthread_mutex_t mutex;
    pthread_cond_t work;  /* the thread waits here for tickets or for closing */
    pthread_cond_t quiet; /* writer_stop waits here */
    struct ticket *first, *last;
    bool closing;
    bool locking;   /* the thread asks for the writer lock and has nothing in hand */
    bool stopped;   /* the thread needs nothing any more but to be joined */
    bool abandoned; /* the thread is to free the writer */

    int64_t patience_us;
    pthread_t thread;
    struct writer_lock lock;
    struct conn *conn;
    struct sqlite_session session;
    struct transaction transaction;
    struct checkpoint checkpoint;
};

/* ---- the queue; all under the writer's mutex ---- */

static void queue_add(struct writer *w, struct ticket *t)
{
    t->queued = true;
    t->prev = w->last;
    t->next = NULL;
    if (w->last)
        w->last->next = t;
    else
        w->first = t;
    w->last = t;
}

static void queue_remove(struct writer *w, struct ticket *t)
{
    *(t->prev ? &t->prev->next : &w->first) = t->next;
    *(t->next ? &t->next->prev : &w->last) = t->prev;
    t->queued = false;
}

static size_t queue_take(struct writer *w, struct half **halves)
{
    size_t n = 0;
    pthread_mutex_lock(&w->mutex);
    while (w->first && n < WRITER_BATCH) {
        halves[n++] = &w->first->half;
        queue_remove(w, w->first);
    }
    pthread_mutex_unlock(&w->mutex);
    return n;
}

/* ---- those who wait ---- */

static void cond_init_monotonic(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

/* Until it is finished or, with until, that time has come. */
static bool ticket_wait(struct ticket *t, const struct timespec *until)
{
    int rc = 0;
    pthread_mutex_lock(&t->mutex);
    while (!t->finished && rc == 0)
        rc = until ? pthread_cond_timedwait(&t->cond, &t->mutex, until)
                   : pthread_cond_wait(&t->cond, &t->mutex);
    bool finished = t->finished;
    pthread_mutex_unlock(&t->mutex);
    return finished;
}

static void ticket_finish(struct ticket *t)
{
    pthread_mutex_lock(&t->mutex);
    t->finished = true;
    /* Within the mutex: once it is let go the ticket may be gone. */
    pthread_cond_signal(&t->cond);
    pthread_mutex_unlock(&t->mutex);
}

static void writer_enter(struct writer *w, struct ticket *t)
{
    pthread_mutex_lock(&w->mutex);
    if (!w->first)
        pthread_cond_signal(&w->work);
    queue_add(w, t);
    pthread_mutex_unlock(&w->mutex);
}

/* false: too late, it is being run. */
static bool writer_leave(struct writer *w, struct ticket *t)
{
    pthread_mutex_lock(&w->mutex);
    bool queued = t->queued;
    if (queued) {
        queue_remove(w, t);
        pthread_cond_broadcast(&w->quiet);
    }
    pthread_mutex_unlock(&w->mutex);
    return queued;
}

enum outcome writer_run(struct writer *w, const struct write *what, struct err *e)
{
    struct ticket t = {.half = {.what = what, .outcome = OUTCOME_BROKEN, .e = e},
                       .mutex = PTHREAD_MUTEX_INITIALIZER};
    cond_init_monotonic(&t.cond);
    int64_t deadline = clock_monotonic() + w->patience_us;
    struct timespec until = {.tv_sec = deadline / US_PER_SECOND,
                             .tv_nsec = deadline % US_PER_SECOND * 1000};
    writer_enter(w, &t);
    if (!ticket_wait(&t, &until)) {
        if (writer_leave(w, &t))
            err_set(e, ERR_UNAVAILABLE, "Too many are writing; nothing was changed. Try again.");
        else
            ticket_wait(&t, NULL);
    }
    pthread_cond_destroy(&t.cond);
    pthread_mutex_destroy(&t.mutex);
    return t.half.outcome;
}

/* ---- the thread ---- */

/* Waits for tickets. false: there are none and there will be none. */
static bool writer_await(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    while (!w->first && !w->closing)
        pthread_cond_wait(&w->work, &w->mutex);
    bool more = w->first != NULL;
    w->locking = more;
    if (more && w->closing)
        pthread_cond_broadcast(&w->quiet);
    pthread_mutex_unlock(&w->mutex);
    return more;
}

/* false: nobody waits for this thread any more. */
static bool writer_locked(struct writer *w)
{
    pthread_mutex_lock(&w->mutex);
    w->locking = false;
    bool wanted = !w->abandoned;
    pthread_mutex_unlock(&w->mutex);
    return wanted;
}

static void finish(struct half *const *halves, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ticket_finish((struct ticket *)(void *)halves[i]); /* its first member */
}
_Static_assert(offsetof(struct ticket, half) == 0, "a half is the beginning of its ticket");

/* The batch is taken at the last moment: what arrived while the lock was waited for is in it. */
static void writer_turn(struct writer *w, int locked)
{
    struct half *halves[WRITER_BATCH];
    struct err e = ERR_INIT;
    bool begun = locked == 0 && transaction_begin(&w->transaction, &e) == 0;
    if (!begun)
        log_error(NULL, "store.unavailable", "no transaction could be begun: %s", e.message);
    size_t n = queue_take(w, halves);
    if (begun)
        transaction_run(&w->transaction, halves, n);
    else
        halves_break(halves, n);

    /* Waking many takes a while: the next process need not wait for it, nor they for a checkpoint.
     */
    bool checkpoint = begun && checkpoint_due(&w->checkpoint);
    if (!checkpoint)
        writer_lock_drop(&w->lock);
    finish(halves, n);
    if (checkpoint) {
        checkpoint_run(&w->checkpoint, w->conn, &w->lock);
        writer_lock_drop(&w->lock);
    }
}

/* What the planner should know is written down when the process goes, if that disturbs nobody. */
static void writer_optimize(struct writer *w)
{
    struct err ignored = ERR_INIT;
    if (!writer_lock_try(&w->lock))
        return;
    query_exec(w->conn, SQL_OPTIMIZE, &ignored);
    writer_lock_drop(&w->lock);
}

static void writer_free(struct writer *w)
{
    writer_lock_close(&w->lock);
    conn_close(&w->conn);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->quiet);
    pthread_mutex_destroy(&w->mutex);
    free(w);
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    struct err e = ERR_INIT;
    while (writer_await(w)) {
        int locked = writer_lock_take(&w->lock, &e);
        if (!writer_locked(w)) {
            writer_free(w);
            return NULL;
        }
        writer_turn(w, locked);
    }
    writer_optimize(w);
    pthread_mutex_lock(&w->mutex);
    w->stopped = true;
    pthread_cond_broadcast(&w->quiet);
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

/* ---- start and stop ---- */

static int writer_open(struct writer *w, const struct writer_options *o, struct err *e)
{
    if (conn_open(o->path, o->vfs, CONN_WRITE, &w->conn, e) < 0 ||
        writer_lock_open(&w->lock, o->path, e) < 0)
        return -1;
    w->session =
        (struct sqlite_session){.base = {.store = o->store, .writing = true}, .conn = w->conn};
    w->transaction = (struct transaction){.session = &w->session, .clock = o->clock};
    checkpoint_watch(&w->checkpoint, w->conn);
    return 0;
}

/* Signals are for the threads that were made for them. */
static int thread_start(struct writer *w, struct err *e)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&w->thread, NULL, writer_main, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0 ? 0 : err_set(e, ERR_UNAVAILABLE, "writer thread: %s", strerror(rc));
}

int writer_start(const struct writer_options *o, struct writer **out, struct err *e)
{
    struct writer *w = mem_alloc(sizeof *w);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->work, NULL);
    pthread_cond_init(&w->quiet, NULL);
    w->lock = (struct writer_lock)WRITER_LOCK_INIT;
    w->patience_us = o->patience_us;
    if (writer_open(w, o, e) < 0 || thread_start(w, e) < 0) {
        writer_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

/*
 * The thread may be waiting for the writer lock, for ever if its holder has been stopped, and only
 * a signal handler could interrupt that. When nobody waits for the thread's work any more it is
 * left behind instead: it owns the writer then, and frees it when it gets the lock.
 */
void writer_stop(struct writer **w)
{
    struct writer *stopping = *w;
    *w = NULL;
    pthread_mutex_lock(&stopping->mutex);
    stopping->closing = true;
    pthread_cond_signal(&stopping->work);
    while (!stopping->stopped && (stopping->first || !stopping->locking))
        pthread_cond_wait(&stopping->quiet, &stopping->mutex);
    bool stopped = stopping->stopped;
    if (!stopped) {
        stopping->abandoned = true;
        conn_close(&stopping->conn);
        pthread_detach(stopping->thread);
    }
    pthread_mutex_unlock(&stopping->mutex);
    if (stopped) {
        pthread_join(stopping->thread, NULL);
        writer_free(stopping);
    }
}
