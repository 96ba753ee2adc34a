#include "fixture.h"

#include "store/migrate.h"
#include "store/sqlite/sqlite.h"

#include "base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    abort();
}

/* ---- scratch databases ---- */

void scratch_new(struct scratch *s)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(s->dir, sizeof s->dir, "%s/store-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(s->dir))
        die(s->dir, "cannot be made");
    snprintf(s->path, sizeof s->path, "%s/test.db", s->dir);
}

void scratch_migrated(struct scratch *s)
{
    struct err e = ERR_INIT;
    size_t applied;
    scratch_new(s);
    if (migrate_up(s->path, &applied, &e) < 0)
        die(s->path, e.message);
}

static void remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        struct str name = STR_INIT;
        str_addf(&name, "%s/%s", path, d->d_name);
        if (unlink(name.buf) < 0)
            remove_folder(name.buf);
        str_release(&name);
    }
    if (dir)
        closedir(dir);
    rmdir(path);
}

void scratch_remove(struct scratch *s)
{
    remove_folder(s->dir);
}

struct store *scratch_open(const struct scratch *s, const struct clock *clock, int64_t patience_us,
                           const char *vfs)
{
    struct store_sqlite_options o = {
        .path = s->path, .clock = clock, .patience_us = patience_us, .vfs = vfs};
    struct store *st;
    struct err e = ERR_INIT;
    if (store_sqlite_open(&o, &st, &e) < 0)
        die(s->path, e.message);
    return st;
}

long long scratch_size(const struct scratch *s, const char *suffix)
{
    struct str name = STR_INIT;
    struct stat st;
    str_addf(&name, "%s%s", s->path, suffix);
    long long size = stat(name.buf, &st) < 0 ? -1 : (long long)st.st_size;
    str_release(&name);
    return size;
}

/* ---- halves ---- */

struct half {
    int (*fn)(struct session *s, int64_t now, void *arg, struct err *e);
    void *arg;
};

static enum outcome half_apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct half *h = arg;
    return h->fn(s, now, h->arg, e) == 0 ? OUTCOME_DONE : OUTCOME_BROKEN;
}

enum outcome run_half(struct store *st,
                      int (*fn)(struct session *s, int64_t now, void *arg, struct err *e),
                      void *arg, struct err *e)
{
    struct half h = {.fn = fn, .arg = arg};
    struct write w = {.apply = half_apply, .arg = &h};
    return store_write(st, &w, e);
}

static int workflow_half(struct session *s, int64_t now, void *arg, struct err *e)
{
    const char *id = arg;
    struct workflow_row w = {.id = id,
                             .name = "Refund",
                             .version = "1.0",
                             .status = "active",
                             .revision = 1,
                             .created_at = now,
                             .updated_at = now};
    struct version_row v = {.workflow_id = id,
                            .revision = 1,
                            .version = "1.0",
                            .definition = "{\"stages\":[]}",
                            .sha256 = "00",
                            .created_at = now};
    struct stage_row stages[] = {
        {.id = "one", .name = "One", .stage_type = "sequential", .position = 1, .config = "{}"},
        {.id = "two", .name = "Two", .stage_type = "parallel", .position = 2, .config = "{}"},
    };
    return store_workflow_save(s, &w, &v, stages, 2, e);
}

void save_workflow(struct store *st, const char *id)
{
    struct err e = ERR_INIT;
    union {
        const char *in;
        void *out;
    } arg = {.in = id};
    if (run_half(st, workflow_half, arg.out, &e) != OUTCOME_DONE)
        die("workflow", e.message);
}

struct approval sample_approval(const char *id, int64_t now)
{
    static struct visit visits[] = {
        {.no = 1,
         .stage_id = "one",
         .visit = 1,
         .round = 1,
         .outcome = VISIT_OPEN,
         .entered_at = NOON},
    };
    static struct timer timers[] = {
        {.kind = TIMER_SLA, .due_at = NOON + US_PER_SECOND},
        {.kind = TIMER_REMIND, .level = 1, .due_at = NOON + US_PER_SECOND / 2},
    };
    static struct task tasks[] = {
        {.no = 1,
         .stage_id = "one",
         .visit = 1,
         .place = 1,
         .user = "alice",
         .via = "group:leads\nuser:alice",
         .state = TASK_OPEN,
         .opened_at = NOON},
        {.no = 2,
         .stage_id = "one",
         .visit = 1,
         .place = 2,
         .user = "bob",
         .via = "user:bob",
         .state = TASK_WAITING},
    };
    return (struct approval){
        .id = id,
        .workflow_id = "wf",
        .revision = 1,
        .workflow_version = "1.0",
        .target_entity = "order-7",
        .requester_id = "carol",
        .believed = true,
        .status = STATUS_PENDING,
        .stage_id = "one",
        .visit = 1,
        .needed = 2,
        .round = 1,
        .created_at = now,
        .updated_at = now,
        .sla_due_at = now + US_PER_SECOND,
        .seq = 1,
        .payload = "{\"amount\":12}",
        .payload_sha256 = "11",
        .tasks = tasks,
        .task_count = 2,
        .visits = visits,
        .visit_count = 1,
        .timers = timers,
        .timer_count = 2,
    };
}

/* ---- the audit log ---- */

int audit_add_next(struct session *s, const struct audit_entry *entry, int64_t now, struct err *e)
{
    struct arena *a = arena_new();
    struct audit_row head = {0};
    int found = store_audit_head(s, a, &head, e);
    struct audit_row next = {.id = head.id + 1, .entry = *entry, .created_at = now};
    int rc = found < 0 ? -1 : store_audit_add(s, &next, e);
    arena_free(&a);
    return rc;
}

int audit_of(struct session *s, struct arena *a, const char *entity_id, struct audit_row **rows,
             size_t *n, struct err *e)
{
    struct audit_filter f = {.entity_id = entity_id, .limit = SIZE_MAX};
    int64_t next;
    return store_audit_list(s, a, &f, rows, n, &next, e);
}

/* ---- jobs ---- */

static struct audit_entry job_audit(const struct job *j, const char *action)
{
    return (struct audit_entry){.entity_type = "approval",
                                .entity_id = j->id,
                                .action = action,
                                .actor_id = "carol",
                                .payload = "{}",
                                .request_id = "r1"};
}

static int job_approval(struct session *s, const struct job *j, int64_t now, struct err *e)
{
    struct approval a = sample_approval(j->id, now);
    struct str payload = STR_INIT;
    if (j->payload) {
        str_addch(&payload, '"');
        for (size_t n = 0; n < j->payload; n += 64)
            str_add(&payload, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        str_addch(&payload, '"');
        a.payload = payload.buf;
    }
    int rc = store_approval_insert(s, &a, e);
    str_release(&payload);
    return rc;
}

static int job_rows(struct session *s, const struct job *j, int64_t now, struct err *e)
{
    struct event_row event = {.seq = 1,
                              .action = "submitted",
                              .stage_id = "one",
                              .actor_id = "carol",
                              .visit = 1,
                              .data = "{}",
                              .created_at = now};
    struct audit_entry audit = job_audit(j, "approval.submitted");
    struct outbox_row outbox = {.event = "approval.submitted",
                                .approval_id = j->id,
                                .seq = 1,
                                .data = "{}",
                                .created_at = now};
    struct idempotency_row answer = {.caller = "carol",
                                     .key = j->id,
                                     .request_sha256 = "22",
                                     .status = 201,
                                     .content_type = "application/json",
                                     .body = "{}",
                                     .created_at = now};
    if (job_approval(s, j, now, e) < 0 || store_event_add(s, j->id, &event, e) < 0 ||
        audit_add_next(s, &audit, now, e) < 0 || store_outbox_add(s, &outbox, e) < 0)
        return -1;
    return store_idempotency_put(s, &answer, e);
}

static enum outcome job_apply(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct job *j = arg;
    j->runs++;
    j->now = now;
    if (job_rows(s, j, now, e) < 0)
        return OUTCOME_BROKEN;
    if (j->meanwhile)
        j->meanwhile(j->arg);
    if (j->end != OUTCOME_DONE)
        err_set(e, ERR_CONFLICT, "job %s ends so", j->id);
    return j->end;
}

static int job_refused(struct session *s, int64_t now, void *arg, const struct err *e,
                       struct err *why)
{
    struct job *j = arg;
    (void)e;
    struct audit_entry audit = job_audit(j, "approval.refused");
    if (audit_add_next(s, &audit, now, why) < 0)
        return -1;
    return j->refusal_fails ? err_set(why, ERR_INTERNAL, "refusal not written") : 0;
}

enum outcome job_run(struct store *st, struct job *j)
{
    struct write w = {.apply = job_apply, .refused = job_refused, .arg = j};
    j->e = (struct err)ERR_INIT;
    j->outcome = store_write(st, &w, &j->e);
    return j->outcome;
}

static int kept_of_audit(struct session *s, struct arena *a, const char *id, struct err *e)
{
    struct audit_row *rows;
    size_t n;
    int found = 0;
    if (audit_of(s, a, id, &rows, &n, e) < 0)
        return KEPT_UNREADABLE;
    for (size_t i = 0; i < n; i++)
        found |= strcmp(rows[i].entry.action, "approval.refused") ? 1 : KEPT_REFUSAL;
    return found;
}

static int kept_of_outbox(struct session *s, struct arena *a, const char *id, struct err *e)
{
    struct outbox_row *rows;
    size_t n;
    int found = 0;
    if (store_outbox_list(s, a, 0, SIZE_MAX, &rows, &n, e) < 0)
        return KEPT_UNREADABLE;
    for (size_t i = 0; i < n; i++)
        found |= strcmp(rows[i].approval_id, id) ? 0 : 2;
    return found;
}

static int kept_in_session(struct session *s, struct arena *a, const char *id, struct err *e)
{
    struct approval approval;
    struct event_row *events;
    struct idempotency_row answer;
    size_t n;
    int found = kept_of_audit(s, a, id, e) | kept_of_outbox(s, a, id, e);
    int has_approval = store_approval_get(s, a, id, &approval, e);
    int has_events = store_event_list(s, a, id, &events, &n, e);
    int has_answer = store_idempotency_get(s, a, "carol", id, 0, &answer, e);
    if (has_approval < 0 || has_events < 0 || has_answer < 0)
        return KEPT_UNREADABLE;
    return found | (has_approval ? 4 : 0) | (n == 1 ? 8 : 0) | (has_answer ? 16 : 0);
}

int kept(struct store *st, const char *id)
{
    struct err e = ERR_INIT;
    struct session *s;
    if (store_read_begin(st, &s, &e) < 0)
        return KEPT_UNREADABLE;
    struct arena *a = arena_new();
    int found = kept_in_session(s, a, id, &e);
    arena_free(&a);
    store_read_end(&s);
    return found;
}

/* ---- one batch ---- */

int lock_hold(const struct scratch *s)
{
    struct str name = STR_INIT;
    str_addf(&name, "%s.lock", s->path);
    int fd = open(name.buf, O_RDWR | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX) < 0)
        die(name.buf, "cannot be locked");
    str_release(&name);
    return fd;
}

void lock_release(int handle)
{
    close(handle);
}

struct runner {
    struct store *st;
    struct job *job;
    atomic_bool started;
};

static void *runner_thread(void *arg)
{
    struct runner *r = arg;
    r->started = true;
    job_run(r->st, r->job);
    return NULL;
}

void jobs_run_together(struct store *st, const struct scratch *s, struct job *jobs, size_t n)
{
    enum { MAX = 64 };
    static struct runner runners[MAX];
    pthread_t threads[MAX];
    int lock = lock_hold(s);
    if (n > MAX)
        die("jobs", "too many");
    for (size_t i = 0; i < n; i++) {
        runners[i].st = st;
        runners[i].job = &jobs[i];
        runners[i].started = false;
        if (pthread_create(&threads[i], NULL, runner_thread, &runners[i]))
            die("thread", "cannot be started");
        while (!runners[i].started)
            sleep_ms(1);
        sleep_ms(20); /* it goes straight into the queue */
    }
    lock_release(lock);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

int threads_alive(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/task");
    for (struct dirent *d; dir && (d = readdir(dir));)
        n += d->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

void sleep_ms(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}
