/*
 * Lists of ids of approvals, and how busy people are.
 */
#include "contract_internal.h"

struct update {
    struct approval a;
    int64_t expected_seq;
};

HALF(insert, struct approval, store_approval_insert(s, in, e))
HALF(update, struct update, store_approval_update(s, &in->a, in->expected_seq, e))

/* Ids of one character each, one after the other. */
static void check_ids(const char *const *ids, size_t n, const char *want)
{
    char got[64] = "";
    for (size_t i = 0; i < n && i < sizeof got - 1; i++) {
        got[i] = ids[i][0];
        got[i + 1] = '\0';
    }
    CHECK_STR(got, want);
}

static void add(const char *id, const char *workflow, enum approval_status status)
{
    struct approval a = sample_approval(id, NOON);
    a.workflow_id = workflow;
    a.status = status;
    CHECK_INT(insert(a), ERR_NONE);
}

static void check_running(const char *workflow, const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    const char *const *ids = NULL;
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_approval_running(contract.s, contract.arena, workflow, &page, &ids, &n, &e) ==
                0);
    check_ids(ids, n, want);
}

static void test_running(void)
{
    contract_begin();
    save_workflow(contract.store, "other");
    add("z", "wf", STATUS_PENDING);
    add("o", "other", STATUS_PENDING);
    add("b", "wf", STATUS_RETURNED);
    add("y", "wf", STATUS_ERROR);
    add("a", "wf", STATUS_PENDING);
    contract_read();
    check_running("wf", NULL, 10, "zbya");
    check_running("wf", NULL, 2, "zb");
    check_running("wf", "b", 2, "ya");
    check_running("wf", "a", 2, "");
    check_running("wf", NULL, 0, "");
    check_running("wf", NULL, SIZE_MAX, "zbya");
    check_running("other", NULL, 10, "o");
    check_running("none", NULL, 10, "");
    contract_end();
}

/* The statements name the statuses; the engine says which are the last ones. */
static void test_running_by_status(void)
{
    contract_begin();
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum approval_status status = (enum approval_status)i;
        char id[2] = {(char)('a' + i), '\0'};
        add(id, "wf", STATUS_PENDING);
        contract_read();
        check_running("wf", NULL, 10, id);
        struct approval a = sample_approval(id, NOON);
        a.status = status;
        a.seq = 2;
        CHECK_INT(update((struct update){a, 1}), ERR_NONE);
        contract_read();
        check_running("wf", NULL, 10, approval_status_terminal(status) ? "" : id);
        a.status = STATUS_CANCELLED;
        a.seq = 3;
        CHECK_INT(update((struct update){a, 2}), ERR_NONE);
    }
    contract_end();
}

static void check_all(const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    const char *const *ids = NULL;
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_approval_ids(contract.s, contract.arena, &page, &ids, &n, &e) == 0);
    check_ids(ids, n, want);
}

static void test_all_ids(void)
{
    contract_begin();
    contract_read();
    check_all(NULL, 10, "");
    add("z", "wf", STATUS_PENDING);
    add("b", "wf", STATUS_REJECTED);
    add("m", "wf", STATUS_APPROVED);
    check_all(NULL, 10, ""); /* of the session */
    contract_read();
    check_all(NULL, 10, "bmz");
    check_all(NULL, 2, "bm");
    check_all("m", 2, "z");
    check_all("c", 1, "m"); /* one that is not there */
    check_all("z", 9, "");
    contract_end();
}

/* ---- tasks ---- */

static struct approval with_tasks(const char *id, struct task *tasks, size_t n)
{
    struct approval a = sample_approval(id, NOON);
    for (size_t i = 0; i < n; i++) {
        tasks[i].no = (int64_t)i + 1;
        tasks[i].stage_id = "one";
        tasks[i].visit = 1;
        tasks[i].place = (int64_t)i + 1;
        tasks[i].opened_at = NOON;
    }
    a.tasks = tasks;
    a.task_count = n;
    return a;
}

static void add_tasks(void)
{
    struct task z[] = {{.user = "dora", .state = TASK_OPEN},
                       {.user = "eve", .state = TASK_WAITING}};
    struct task b[] = {
        {.user = "dora", .state = TASK_OPEN},
        {.user = "dora", .state = TASK_OPEN, .consult = true},
        {.user = "eve", .state = TASK_ANSWERED, .vote = VOTE_APPROVE, .ended_at = NOON + 5},
    };
    struct task m[] = {
        {.user = "dora", .state = TASK_ANSWERED, .vote = VOTE_REJECT, .ended_at = NOON + 9},
        {.user = "dora", .state = TASK_ANSWERED, .vote = VOTE_REJECT, .ended_at = NOON + 8},
        {.user = "dora", .state = TASK_CLOSED, .ended_at = NOON + 99},
        {.user = "dora", .state = TASK_HANDED_ON, .ended_at = NOON + 99},
    };
    CHECK_INT(insert(with_tasks("z", z, 2)), ERR_NONE);
    CHECK_INT(insert(with_tasks("b", b, 3)), ERR_NONE);
    CHECK_INT(insert(with_tasks("m", m, 4)), ERR_NONE);
}

static void check_held(const char *user, const char *after, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    const char *const *ids = NULL;
    size_t n = 99;
    struct page page = {after, limit};
    CHECK_FATAL(store_approval_held_by(contract.s, contract.arena, user, &page, &ids, &n, &e) == 0);
    check_ids(ids, n, want);
}

static void add_one_task(const char *id, const char *user, enum task_state state,
                         enum approval_status status)
{
    struct task task[] = {{.user = user, .state = state}};
    struct approval a = with_tasks(id, task, 1);
    a.status = status;
    CHECK_INT(insert(a), ERR_NONE);
}

static void test_held_by(void)
{
    contract_begin();
    add_tasks();
    contract_read();
    check_held("dora", NULL, 10, "bmz");
    check_held("dora", NULL, 2, "bm");
    check_held("dora", "b", 1, "m");
    check_held("dora", "c", 10, "mz"); /* one that is not there */
    check_held("dora", "z", 10, "");
    check_held("dora", NULL, 0, "");
    check_held("dora", NULL, SIZE_MAX, "bmz");
    check_held("eve", NULL, 10, "z");
    check_held("nobody", NULL, 10, "");
    contract_end();
}

/* The statement names the states. */
static void test_held_by_state(void)
{
    contract_begin();
    for (int i = 0; i < TASK_STATE_COUNT; i++) {
        enum task_state state = (enum task_state)i;
        char id[2] = {(char)('a' + i), '\0'};
        const char *user = task_state_name(state);
        add_one_task(id, user, state, STATUS_PENDING);
        contract_read();
        check_held(user, NULL, 10, state == TASK_ANSWERED || state == TASK_CLOSED ? "" : id);
    }
    contract_end();
}

/* Whatever the tasks of one that has ended say; and a page is full although some have. */
static void test_held_by_status(void)
{
    static const enum task_state states[] = {TASK_OPEN, TASK_WAITING, TASK_HANDED_ON};
    for (size_t k = 0; k < sizeof states / sizeof *states; k++) {
        char running[STATUS_COUNT + 1] = "";
        size_t n = 0;
        contract_begin();
        for (int i = 0; i < STATUS_COUNT; i++) {
            enum approval_status status = (enum approval_status)i;
            char id[2] = {(char)('a' + i), '\0'};
            add_one_task(id, "dora", states[k], status);
            if (!approval_status_terminal(status))
                running[n++] = id[0];
        }
        contract_read();
        check_held("dora", NULL, n, running);
        check_held("dora", "a", n, running + (running[0] == 'a'));
        contract_end();
    }
}

static void check_load(const char *user, int64_t open, int64_t last)
{
    struct err e = ERR_INIT;
    struct load_row load = {99, 99};
    CHECK_INT(store_user_load(contract.s, user, &load, &e), 0);
    CHECK_INT(load.open_tasks, open);
    CHECK_INT(load.last_answered_at, last);
}

static void test_load(void)
{
    contract_begin();
    add_tasks();
    contract_read();
    check_load("dora", 3, NOON + 9);
    check_load("eve", 0, NOON + 5);
    check_load("nobody", 0, 0);

    struct task b[] = {
        {.user = "dora",
         .state = TASK_ANSWERED,
         .vote = VOTE_ABSTAIN,
         .ended_at = NOON + 20,
         .changed = true},
    };
    struct approval a = with_tasks("b", b, 1);
    a.seq = 2;
    CHECK_INT(update((struct update){a, 1}), ERR_NONE);
    check_load("dora", 3, NOON + 9); /* of the session */
    contract_read();
    check_load("dora", 2, NOON + 20);
    contract_end();
}

const struct test contract_ids[] = {
    {"approvals that are running", test_running},
    {"what is running is what the engine says", test_running_by_status},
    {"ids of all approvals", test_all_ids},
    {"approvals that somebody holds a task of", test_held_by},
    {"what is held by the state of the task", test_held_by_state},
    {"what is held by the status of the approval", test_held_by_status},
    {"how busy somebody is", test_load},
};
const size_t contract_ids_count = sizeof contract_ids / sizeof *contract_ids;
