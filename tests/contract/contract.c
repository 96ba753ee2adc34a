#include "contract_internal.h"

#include <pthread.h>

struct contract contract;
static const struct contract_backend *backend;

void contract_begin(void)
{
    contract = (struct contract){.clock = clock_fake(NOON), .arena = arena_new()};
    contract.store = backend->open(&contract.clock);
    save_workflow(contract.store, "wf");
}

void contract_end(void)
{
    store_read_end(&contract.s);
    store_close(&contract.store);
    arena_free(&contract.arena);
    backend->clean();
}

struct session *contract_read(void)
{
    struct err e = ERR_INIT;
    store_read_end(&contract.s);
    if (store_read_begin(contract.store, &contract.s, &e) < 0) {
        fprintf(stderr, "no session: %s\n", e.message);
        abort();
    }
    return contract.s;
}

/* ---- how halves end ---- */

static void test_done(void)
{
    contract_begin();
    struct job j = {.id = "a"};
    CHECK_INT(job_run(contract.store, &j), OUTCOME_DONE);
    CHECK_INT(j.e.kind, ERR_NONE);
    CHECK_INT(j.runs, 1);
    CHECK_INT(kept(contract.store, "a"), KEPT_ALL);
    contract_end();
}

static void test_refused(void)
{
    contract_begin();
    struct job j = {.id = "a", .end = OUTCOME_REFUSED};
    CHECK_INT(job_run(contract.store, &j), OUTCOME_REFUSED);
    CHECK_INT(j.e.kind, ERR_CONFLICT);
    CHECK_STR(j.e.message, "job a ends so");
    CHECK_INT(kept(contract.store, "a"), KEPT_REFUSAL);
    contract_end();
}

static void test_broken(void)
{
    contract_begin();
    struct job j = {.id = "a", .end = OUTCOME_BROKEN};
    CHECK_INT(job_run(contract.store, &j), OUTCOME_BROKEN);
    CHECK_INT(j.e.kind, ERR_CONFLICT);
    CHECK_INT(kept(contract.store, "a"), KEPT_NOTHING);
    contract_end();
}

static void test_refusal_broken(void)
{
    contract_begin();
    struct job j = {.id = "a", .end = OUTCOME_REFUSED, .refusal_fails = true};
    CHECK_INT(job_run(contract.store, &j), OUTCOME_BROKEN);
    CHECK_INT(j.e.kind, ERR_INTERNAL);
    CHECK_STR(j.e.message, "refusal not written");
    CHECK_INT(kept(contract.store, "a"), KEPT_NOTHING);
    contract_end();
}

static enum outcome add_and_refuse(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)arg;
    struct approval a = sample_approval("a", now);
    CHECK_INT(store_approval_insert(s, &a, e), 0);
    err_set(e, ERR_FORBIDDEN, "no");
    return OUTCOME_REFUSED;
}

static void test_refusal_leaves_nothing(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct write w = {.apply = add_and_refuse};
    CHECK_INT(store_write(contract.store, &w, &e), OUTCOME_REFUSED);
    CHECK_INT(e.kind, ERR_FORBIDDEN);
    CHECK_INT(kept(contract.store, "a"), KEPT_NOTHING);
    contract_end();
}

static int sees_nothing(struct session *s, int64_t now, void *arg, const struct err *e,
                        struct err *why)
{
    struct approval a;
    struct arena *arena = arena_new();
    (void)now;
    (void)e;
    *(int *)arg = store_approval_get(s, arena, "a", &a, why);
    arena_free(&arena);
    return 0;
}

static void test_refusal_sees_rolled_back(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    int found = -1;
    struct write w = {.apply = add_and_refuse, .refused = sees_nothing, .arg = &found};
    CHECK_INT(store_write(contract.store, &w, &e), OUTCOME_REFUSED);
    CHECK_INT(found, 0);
    contract_end();
}

static void test_no_gaps(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct audit_row *rows;
    size_t n;
    struct job jobs[] = {{.id = "a"},
                         {.id = "b", .end = OUTCOME_BROKEN},
                         {.id = "c", .end = OUTCOME_REFUSED},
                         {.id = "d", .end = OUTCOME_REFUSED, .refusal_fails = true},
                         {.id = "e"}};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        job_run(contract.store, &jobs[i]);
    struct session *s = contract_read();
    static const char *const ids[] = {"a", "c", "e"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_FATAL(audit_of(s, contract.arena, ids[i], &rows, &n, &e) == 0 && n == 1);
        CHECK_INT(rows[0].id, i + 1);
    }
    contract_end();
}

/* ---- time ---- */

static void test_now_never_decreases(void)
{
    contract_begin();
    static const int64_t clock[] = {NOON + 50, NOON + 10, 0, NOON + 49, NOON + 51};
    static const int64_t want[] = {NOON + 50, NOON + 50, NOON + 50, NOON + 50, NOON + 51};
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++) {
        struct job j = {.id = ids[i]};
        contract.clock.fixed = clock[i];
        CHECK_INT(job_run(contract.store, &j), OUTCOME_DONE);
        CHECK_INT(j.now, want[i]);
    }
    contract_end();
}

/* ---- sessions ---- */

static void test_snapshot(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval_filter f = {.status = -1, .limit = 10};
    struct approval_item *rows;
    size_t n;
    struct job a = {.id = "a"}, b = {.id = "b"};
    job_run(contract.store, &a);
    struct session *before = contract_read();
    CHECK_INT(job_run(contract.store, &b), OUTCOME_DONE);
    int64_t seq;
    CHECK_INT(store_approval_seq(before, "b", &seq, &e), 0);
    CHECK_FATAL(store_approval_list(before, contract.arena, &f, &rows, &n, &e) == 0);
    CHECK_INT(n, 1);
    CHECK_FATAL(store_approval_list(contract_read(), contract.arena, &f, &rows, &n, &e) == 0);
    CHECK_INT(n, 2);
    contract_end();
}

static int change_a(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)arg;
    struct approval a = sample_approval("a", now);
    a.status = STATUS_APPROVED;
    a.seq = 2;
    if (store_approval_update(s, &a, 1, e) < 0)
        return -1;
    int64_t seq = 0;
    CHECK_INT(store_approval_seq(s, "a", &seq, e), 1);
    CHECK_INT(seq, 2);
    return 0;
}

static void test_snapshot_of_an_update(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval got;
    struct job a = {.id = "a"};
    job_run(contract.store, &a);
    struct session *before = contract_read();
    CHECK_INT(run_half(contract.store, change_a, NULL, &e), OUTCOME_DONE);
    CHECK_FATAL(store_approval_get(before, contract.arena, "a", &got, &e) == 1);
    CHECK_INT(got.status, STATUS_PENDING);
    CHECK_FATAL(store_approval_get(contract_read(), contract.arena, "a", &got, &e) == 1);
    CHECK_INT(got.status, STATUS_APPROVED);
    contract_end();
}

/* What a half has written so far is its own business. */
static void look_from_outside(void *arg)
{
    *(int *)arg = kept(contract.store, "a");
}

static void test_unfinished_is_unseen(void)
{
    contract_begin();
    int seen = -1;
    struct job a = {.id = "a", .meanwhile = look_from_outside, .arg = &seen};
    CHECK_INT(job_run(contract.store, &a), OUTCOME_DONE);
    CHECK_INT(seen, KEPT_NOTHING);
    contract_end();
}

static void test_reading_sessions_cannot_write(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval a = sample_approval("a", NOON);
    struct audit_row audit = {
        .id = 1, .entry = {.entity_type = "t", .entity_id = "a", .action = "x", .payload = "{}"}};
    struct session *s = contract_read();
    CHECK_INT(store_approval_insert(s, &a, &e), -1);
    CHECK_INT(e.kind, ERR_INTERNAL);
    CHECK_INT(store_audit_add(s, &audit, &e), -1);
    CHECK_INT(store_approval_update(s, &a, 1, &e), -1);
    CHECK_INT(store_workflow_set_status(s, "wf", WORKFLOW_ARCHIVED, NOON, &e), -1);
    CHECK_INT(store_user_put(s, &(struct user_row){.id = "alice"}, &e), -1);
    CHECK_INT(store_group_put(s, &(struct group_row){.id = "leads"}, &e), -1);
    CHECK_INT(store_group_remove(s, "leads", &e), -1);
    CHECK_INT(store_calendar_put(s, &(struct calendar_row){.id = "hq", .definition = "{}"}, &e),
              -1);
    CHECK_INT(store_switch_put(s, &(struct switch_row){.name = "on", .changed_by = "x"}, &e), -1);
    CHECK_INT(kept(contract.store, "a"), KEPT_NOTHING);
    contract_end();
}

static void test_ends_and_checks(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct session *none = NULL;
    struct store *closed = NULL;
    CHECK_INT(store_check(contract.store, &e), 0);
    store_read_end(&none);
    store_close(&closed);
    contract_read();
    store_read_end(&contract.s);
    CHECK(contract.s == NULL);
    contract_end();
    CHECK(contract.store == NULL);
}

/* ---- many at once ---- */

enum { THREADS = 6, JOBS_EACH = 30 };

struct crowd {
    int first;
    int wrong;
};

static void *crowd_thread(void *arg)
{
    struct crowd *c = arg;
    for (int i = 0; i < JOBS_EACH; i++) {
        char id[32];
        snprintf(id, sizeof id, "j%d", c->first + i);
        struct job j = {.id = id, .end = (enum outcome)(i % 3)};
        static const int want[] = {KEPT_ALL, KEPT_REFUSAL, KEPT_NOTHING};
        if (job_run(contract.store, &j) != j.end || kept(contract.store, id) != want[j.end])
            c->wrong++;
    }
    return NULL;
}

static void test_many_at_once(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    pthread_t threads[THREADS];
    struct crowd crowds[THREADS];
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){.first = i * JOBS_EACH};
        CHECK_FATAL(pthread_create(&threads[i], NULL, crowd_thread, &crowds[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(crowds[i].wrong, 0);
    }
    struct job last = {.id = "last"};
    struct audit_row *rows;
    size_t n;
    CHECK_INT(job_run(contract.store, &last), OUTCOME_DONE);
    CHECK_FATAL(audit_of(contract_read(), contract.arena, "last", &rows, &n, &e) == 0);
    CHECK_FATAL(n == 1);
    CHECK_INT(rows[0].id, THREADS * JOBS_EACH * 2 / 3 + 1);
    contract_end();
}

static const struct test endings[] = {
    {"done: all is kept", test_done},
    {"refused: only what the refusal writes is kept", test_refused},
    {"broken: nothing is kept", test_broken},
    {"a refusal that cannot be written is broken", test_refusal_broken},
    {"a refusal that writes nothing", test_refusal_leaves_nothing},
    {"a refusal sees what was before", test_refusal_sees_rolled_back},
    {"audit ids have no gaps", test_no_gaps},
    {"now never decreases", test_now_never_decreases},
    {"a snapshot does not change", test_snapshot},
    {"a snapshot of what is updated", test_snapshot_of_an_update},
    {"what is not committed is not seen", test_unfinished_is_unseen},
    {"a reading session cannot write", test_reading_sessions_cannot_write},
    {"check, end and close", test_ends_and_checks},
    {"many at once", test_many_at_once},
};

enum { TESTS_MAX = 200 };

static size_t collect(struct test *all, size_t n, const struct test *tests, size_t count)
{
    for (size_t i = 0; i < count && n < TESTS_MAX; i++)
        all[n++] = tests[i];
    return n;
}

int contract_main(const struct contract_backend *b)
{
    struct test all[TESTS_MAX];
    size_t n = collect(all, 0, contract_rows, contract_rows_count);
    n = collect(all, n, contract_approvals, contract_approvals_count);
    n = collect(all, n, contract_parts, contract_parts_count);
    n = collect(all, n, contract_ids, contract_ids_count);
    n = collect(all, n, contract_directory, contract_directory_count);
    n = collect(all, n, contract_access, contract_access_count);
    n = collect(all, n, contract_audit, contract_audit_count);
    n = collect(all, n, contract_viewer, contract_viewer_count);
    n = collect(all, n, endings, sizeof endings / sizeof *endings);
    backend = b;
    return check_main(b->name, all, n);
}
