/*
 * Who sees which approvals in a list.
 */
#include "contract_internal.h"

HALF(insert, struct approval, store_approval_insert(s, in, e))

/* An approval of nobody of whom the tests ask. */
static struct approval plain(const char *id)
{
    static struct task task = {.no = 1, .stage_id = "one", .visit = 1, .place = 1, .user = "tom"};
    static int64_t at = NOON;
    struct approval a = sample_approval(id, ++at);
    task.state = TASK_OPEN;
    a.requester_id = "rita";
    a.tasks = &task;
    a.task_count = 1;
    return a;
}

static void add(struct approval a)
{
    CHECK_INT(insert(a), ERR_NONE);
}

static void check_seen(const struct viewer *v, int status, size_t limit, const char *want)
{
    struct err e = ERR_INIT;
    struct approval_filter f = {.status = status, .limit = limit, .viewer = v};
    struct approval_item *rows = NULL;
    const char *ids[20];
    size_t n = 99;
    CHECK_FATAL(store_approval_list(contract.s, contract.arena, &f, &rows, &n, &e) == 0);
    CHECK_FATAL(n <= 20);
    for (size_t i = 0; i < n; i++)
        ids[i] = rows[i].id;
    check_names(ids, n, want);
}

static void check_sees(const char *user, const char *want)
{
    struct viewer v = {.user = user};
    check_seen(&v, -1, 20, want);
}

/* ---- who does not see all ---- */

static void test_requested_or_sent(void)
{
    contract_begin();
    struct approval requested = plain("a"), sent = plain("b"), owned = plain("c");
    requested.requester_id = "vic";
    sent.submitted_by = "vic";
    owned.owner_id = "vic";
    add(requested);
    add(sent);
    add(owned);
    add(plain("d"));
    contract_read();
    check_sees("vic", "c b a");
    check_sees("rita", "d c b");
    check_sees("tom", "d c b a");
    check_sees("nobody", "");
    check_sees("vi", "");
    contract_end();
}

static void test_both(void)
{
    contract_begin();
    struct approval a = plain("a");
    a.requester_id = a.submitted_by = a.owner_id = "tom";
    add(a);
    contract_read();
    check_sees("tom", "a"); /* once */
    contract_end();
}

/* Whatever became of the task. */
static void test_tasks(void)
{
    contract_begin();
    for (int i = 0; i < TASK_STATE_COUNT; i++) {
        char id[2] = {(char)('a' + i), '\0'};
        struct approval a = plain(id);
        a.tasks[0].state = (enum task_state)i;
        a.status = i % 2 ? STATUS_APPROVED : STATUS_PENDING;
        add(a);
    }
    contract_read();
    check_sees("tom", "f e d c b a");
    struct viewer tom = {.user = "tom"};
    check_seen(&tom, STATUS_APPROVED, 20, "f d b");
    check_seen(&tom, STATUS_PENDING, 20, "e c a");
    check_seen(&tom, STATUS_REJECTED, 20, "");
    check_seen(&tom, -1, 4, "f e d c");
    check_seen(&tom, STATUS_PENDING, 1, "e");
    check_seen(&tom, -1, 0, "");
    contract_end();
}

static void add_slate(const char *id, const char *role, enum approval_status status)
{
    struct approval a = plain(id);
    a.slate_role = role;
    a.status = status;
    add(a);
}

static void test_open_slates(void)
{
    contract_begin();
    add_slate("a", "approver", STATUS_PENDING);
    add_slate("b", "admin", STATUS_PENDING);
    add_slate("c", "approver", STATUS_RETURNED);
    add_slate("d", "admin", STATUS_ERROR);
    add_slate("e", "approver", STATUS_APPROVED);
    add_slate("f", NULL, STATUS_PENDING);
    contract_read();
    check_sees("vic", "");
    check_seen(&(struct viewer){.user = "vic", .approver = true}, -1, 20, "a");
    check_seen(&(struct viewer){.user = "vic", .admin = true}, -1, 20, "b");
    check_seen(&(struct viewer){.user = "vic", .approver = true, .admin = true}, -1, 20, "b a");
    check_seen(&(struct viewer){.user = "tom", .approver = true}, -1, 20, "f e d c b a");
    check_seen(&(struct viewer){.user = "vic", .approver = true}, STATUS_RETURNED, 20, "");
    contract_end();
}

static void test_newest_first(void)
{
    contract_begin();
    static const int64_t at[] = {NOON + 5, NOON + 9, NOON + 5, NOON + 1};
    static const char *const ids[] = {"a", "b", "c", "d"};
    for (size_t i = 0; i < 4; i++) {
        struct approval a = plain(ids[i]);
        a.created_at = at[i];
        a.status = i == 2 ? STATUS_RETURNED : STATUS_PENDING;
        add(a);
    }
    contract_read();
    check_sees("rita", "b c a d");
    struct viewer rita = {.user = "rita"};
    check_seen(&rita, -1, 3, "b c a");
    static const char *const hidden[] = {"none"};
    struct viewer all = {.user = "vic", .sees_all = true, .hidden = hidden, .hidden_count = 1};
    check_seen(&all, -1, 20, "b c a d");
    check_seen(&all, STATUS_PENDING, 20, "b a d");
    contract_end();
}

static void test_rows(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval_filter f = {.status = -1, .limit = 5};
    static const char *const reached[] = {"wf"};
    struct viewer viewers[] = {{.user = "tom"},
                               {.user = "vic", .sees_all = true},
                               {.user = "vic", .sees_all = true, .reached = reached, 1}};
    viewers[2].reached_count = 1;
    struct approval a = plain("a");
    add(a);
    contract_read();
    for (size_t i = 0; i < 3; i++) {
        struct approval_item *rows;
        size_t n;
        f.viewer = &viewers[i];
        CHECK_FATAL(store_approval_list(contract.s, contract.arena, &f, &rows, &n, &e) == 0);
        CHECK_FATAL(n == 1);
        CHECK_STR(rows[0].id, "a");
        CHECK_STR(rows[0].workflow_id, "wf");
        CHECK_STR(rows[0].stage_id, "one");
        CHECK_INT(rows[0].status, STATUS_PENDING);
        CHECK_INT(rows[0].created_at, a.created_at);
        CHECK_INT(rows[0].updated_at, a.updated_at);
        CHECK_INT(rows[0].sla_due_at, a.sla_due_at);
    }
    contract_end();
}

/* ---- workflows ---- */

static void add_of(const char *id, const char *workflow_id, const char *requester_id,
                   enum approval_status status)
{
    struct approval a = plain(id);
    a.workflow_id = workflow_id;
    a.requester_id = requester_id;
    a.status = status;
    add(a);
}

static void add_workflows(void)
{
    save_workflow(contract.store, "pay\"\\roll");
    save_workflow(contract.store, "raise");
    add_of("a", "wf", "rita", STATUS_PENDING);
    add_of("b", "pay\"\\roll", "rita", STATUS_PENDING);
    add_of("c", "pay\"\\roll", "vic", STATUS_APPROVED);
    add_of("d", "raise", "rita", STATUS_APPROVED);
    add_of("e", "raise", "vic", STATUS_REJECTED);
    struct approval slate = plain("f");
    slate.workflow_id = "raise";
    slate.slate_role = "approver";
    add(slate);
    add_of("g", "wf", "vic", STATUS_EXPIRED);
    contract_read();
}

static const char *const some[] = {"pay\"\\roll", "raise", "none"};

static void test_hidden(void)
{
    contract_begin();
    add_workflows();
    struct viewer v = {.user = "vic", .sees_all = true};
    check_seen(&v, -1, 20, "g f e d c b a");
    v.hidden = some;
    v.hidden_count = 1;
    check_seen(&v, -1, 20, "g f e d c a");
    check_seen(&v, STATUS_PENDING, 20, "f a");
    v.hidden_count = 3;
    check_seen(&v, -1, 20, "g e c a"); /* his own are not hidden */
    check_seen(&v, -1, 2, "g e");
    check_seen(&v, STATUS_APPROVED, 20, "c");
    v.approver = true;
    check_seen(&v, -1, 20, "g f e c a");
    v.user = "tom"; /* has a task in each */
    check_seen(&v, -1, 20, "g f e d c b a");
    v.user = "nobody";
    v.approver = false;
    check_seen(&v, -1, 20, "g a");
    v.sees_all = false; /* he would not see those that are not hidden, either */
    check_seen(&v, -1, 20, "");
    contract_end();
}

static void test_reached(void)
{
    contract_begin();
    add_workflows();
    struct viewer v = {.user = "vic", .reached = some, .reached_count = 1};
    check_seen(&v, -1, 20, "c");
    check_seen(&v, STATUS_PENDING, 20, "");
    v.reached_count = 3;
    check_seen(&v, -1, 20, "e c");
    v.approver = true;
    check_seen(&v, -1, 20, "f e c");
    v.approver = false;
    v.sees_all = true;
    check_seen(&v, -1, 20, "f e d c b");
    check_seen(&v, STATUS_PENDING, 20, "f b");
    v.hidden = some + 1; /* a key does not show what is hidden from its user */
    v.hidden_count = 1;
    check_seen(&v, -1, 20, "e c b");
    v.reached = some + 2;
    v.reached_count = 1;
    check_seen(&v, -1, 20, "");
    contract_end();
}

const struct test contract_viewer[] = {
    {"approvals that somebody requested, sent or answers for", test_requested_or_sent},
    {"one that is somebody's in several ways", test_both},
    {"approvals that somebody has or had a task in", test_tasks},
    {"approvals whose open slate admits somebody", test_open_slates},
    {"the order of what somebody sees", test_newest_first},
    {"what a list shows to a viewer", test_rows},
    {"workflows that are hidden from somebody", test_hidden},
    {"workflows that a key reaches", test_reached},
};
const size_t contract_viewer_count = sizeof contract_viewer / sizeof *contract_viewer;
