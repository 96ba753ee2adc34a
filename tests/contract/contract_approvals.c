#include "contract_internal.h"

struct update {
    struct approval a;
    int64_t expected_seq;
};

HALF(insert, struct approval, store_approval_insert(s, in, e))
HALF(update, struct update, store_approval_update(s, &in->a, in->expected_seq, e))

static void check_task(const struct task *got, const struct task *want)
{
    CHECK_INT(got->no, want->no);
    CHECK_STR(got->stage_id, want->stage_id);
    CHECK_INT(got->visit, want->visit);
    CHECK_INT(got->place, want->place);
    CHECK_INT(got->parent, want->parent);
    CHECK_STR(got->user, want->user);
    CHECK_STR(got->via, want->via ? want->via : "");
    CHECK_INT(got->consult, want->consult);
    CHECK_INT(got->state, want->state);
    CHECK_INT(got->vote, want->vote);
    CHECK_INT(got->opened_at, want->opened_at);
    CHECK_INT(got->ended_at, want->ended_at);
    CHECK_INT(got->claimed_at, want->claimed_at);
    CHECK(!got->changed);
}

static void check_visit(const struct visit *got, const struct visit *want)
{
    CHECK_INT(got->no, want->no);
    CHECK_STR(got->stage_id, want->stage_id);
    CHECK_INT(got->visit, want->visit);
    CHECK_INT(got->round, want->round);
    CHECK_INT(got->outcome, want->outcome);
    CHECK_INT(got->entered_at, want->entered_at);
    CHECK_INT(got->ended_at, want->ended_at);
    CHECK(!got->changed);
}

static void check_has_timer(const struct approval *got, const struct timer *want)
{
    int found = 0;
    for (size_t i = 0; i < got->timer_count; i++)
        found += got->timers[i].kind == want->kind && got->timers[i].level == want->level &&
                 got->timers[i].due_at == want->due_at;
    CHECK_INT(found, 1);
}

static void check_facts(const struct approval *got, const struct approval *want)
{
    CHECK_STR(got->id, want->id);
    CHECK_STR(got->workflow_id, want->workflow_id);
    CHECK_INT(got->revision, want->revision);
    CHECK_STR(got->workflow_version, want->workflow_version);
    CHECK_STR(got->target_entity, want->target_entity);
    CHECK_STR(got->requester_id, want->requester_id);
    CHECK_STR(got->submitted_by, want->submitted_by);
    CHECK_STR(got->owner_id, want->owner_id);
    CHECK_STR(got->title, want->title);
    CHECK_STR(got->links, want->links);
    CHECK_INT(got->believed, want->believed);
    CHECK_INT(got->status, want->status);
    CHECK_STR(got->fault, want->fault);
    CHECK_STR(got->carried, want->carried);
    CHECK_STR(got->stage_id, want->stage_id);
    CHECK_INT(got->visit, want->visit);
    CHECK_STR(got->slate_role, want->slate_role);
    CHECK_INT(got->fallback, want->fallback);
    CHECK_INT(got->needed, want->needed);
    CHECK_INT(got->round, want->round);
    CHECK_INT(got->created_at, want->created_at);
    CHECK_INT(got->updated_at, want->updated_at);
    CHECK_INT(got->sla_due_at, want->sla_due_at);
    CHECK_INT(got->seq, want->seq);
    CHECK_INT(got->valid_for_us, want->valid_for_us);
    CHECK_INT(got->valid_until, want->valid_until);
    CHECK_INT(got->consumed_at, want->consumed_at);
    CHECK_STR(got->payload, want->payload);
    CHECK_STR(got->payload_sha256, want->payload_sha256);
    CHECK(!got->payload_changed && !got->timers_changed);
}

void check_approval(const char *id, const struct approval *want)
{
    struct err e = ERR_INIT;
    struct approval got;
    int64_t seq;
    struct session *s = contract_read();
    CHECK_FATAL(store_approval_get(s, contract.arena, id, &got, &e) == 1);
    check_facts(&got, want);
    CHECK_FATAL(got.visit_count == want->visit_count);
    for (size_t i = 0; i < got.visit_count; i++)
        check_visit(&got.visits[i], &want->visits[i]);
    CHECK_INT(got.timer_count, want->timer_count);
    for (size_t i = 0; i < want->timer_count; i++)
        check_has_timer(&got, &want->timers[i]);
    CHECK_FATAL(got.task_count == want->task_count);
    for (size_t i = 0; i < got.task_count; i++)
        check_task(&got.tasks[i], &want->tasks[i]);
    CHECK_INT(store_approval_seq(s, id, &seq, &e), 1);
    CHECK_INT(seq, want->seq);
}

static void test_approval_inserted(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    a.slate_role = "approver";
    CHECK_INT(insert(a), ERR_NONE);
    check_approval("appr-1", &a);

    struct approval ended = sample_approval("appr-2", NOON);
    ended.status = STATUS_APPROVED;
    ended.stage_id = NULL;
    ended.sla_due_at = 0;
    ended.target_entity = "";
    ended.task_count = ended.visit_count = ended.timer_count = 0;
    ended.owner_id = "olga";
    ended.title = "Refund 12";
    ended.links = "[{\"name\":\"n\",\"url\":\"https://x\"}]";
    ended.believed = false;
    ended.fault = "no such variable";
    ended.carried = "legal\nfinance";
    ended.fallback = true;
    ended.round = 3;
    ended.valid_for_us = 5;
    ended.valid_until = NOON + 5;
    ended.consumed_at = NOON + 4;
    CHECK_INT(insert(ended), ERR_NONE);
    check_approval("appr-2", &ended);
    contract_end();
}

static void test_approval_large_payload(void)
{
    contract_begin();
    struct job j = {.id = "appr-1", .payload = 300000};
    CHECK_INT(job_run(contract.store, &j), OUTCOME_DONE);
    struct err e = ERR_INIT;
    struct approval a;
    CHECK_FATAL(store_approval_get(contract_read(), contract.arena, "appr-1", &a, &e) == 1);
    CHECK_INT(strlen(a.payload), 300032 + 2);
    CHECK_INT(strspn(a.payload + 1, "0123456789abcdef"), 300032);
    contract_end();
}

static void test_approval_not_there(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval a;
    int64_t seq;
    CHECK_INT(store_approval_get(contract_read(), contract.arena, "none", &a, &e), 0);
    CHECK_INT(store_approval_seq(contract.s, "none", &seq, &e), 0);
    CHECK_INT(e.kind, ERR_NONE);
    contract_end();
}

static void test_approval_bad_keys(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    CHECK_INT(insert(a), ERR_NONE);
    struct approval twin = a;
    twin.target_entity = "other";
    CHECK_INT(insert(twin), ERR_INTERNAL);
    struct approval lost = sample_approval("appr-2", NOON);
    lost.workflow_id = "none";
    CHECK_INT(insert(lost), ERR_INTERNAL);
    lost = sample_approval("appr-2", NOON);
    lost.revision = 2;
    CHECK_INT(insert(lost), ERR_INTERNAL);
    check_approval("appr-1", &a);
    CHECK_INT(kept(contract.store, "appr-2"), KEPT_NOTHING);
    contract_end();
}

static void test_approval_updated(void)
{
    contract_begin();
    CHECK_INT(insert(sample_approval("appr-1", NOON)), ERR_NONE);
    struct task tasks[] = {
        {.no = 1,
         .stage_id = "one",
         .visit = 1,
         .place = 1,
         .user = "alice",
         .via = "user:alice",
         .claimed_at = NOON + 8,
         .state = TASK_HANDED_ON,
         .opened_at = NOON,
         .ended_at = NOON + 9,
         .changed = true},
        {.no = 2,
         .stage_id = "one",
         .visit = 1,
         .place = 2,
         .user = "bob",
         .via = "user:bob",
         .state = TASK_CLOSED},
        {.no = 3,
         .stage_id = "one",
         .visit = 1,
         .place = 1,
         .parent = 1,
         .user = "dora",
         .consult = true,
         .state = TASK_ANSWERED,
         .vote = VOTE_APPROVE,
         .opened_at = NOON + 9,
         .ended_at = NOON + 10,
         .changed = true},
    };
    struct approval a = sample_approval("appr-1", NOON);
    a.status = STATUS_ERROR;
    a.fault = "stage two: no such variable";
    a.carried = "one";
    a.title = "Refund 12";
    a.links = "[]";
    a.believed = false;
    a.fallback = true;
    a.round = 2;
    a.valid_for_us = 60;
    a.valid_until = NOON + 70;
    a.consumed_at = NOON + 71;
    a.stage_id = NULL;
    a.visit = 2;
    a.slate_role = "approver";
    a.needed = 1;
    a.updated_at = NOON + 10;
    a.sla_due_at = 0;
    a.seq = 4;
    a.tasks = tasks;
    a.task_count = 3;
    struct approval given = a;
    given.requester_id = "mallory";
    given.target_entity = given.payload = given.payload_sha256 = "changed";
    given.workflow_id = given.owner_id = given.submitted_by = "changed";
    given.created_at = 1;
    CHECK_INT(update((struct update){given, 1}), ERR_NONE);
    tasks[1].state = TASK_WAITING; /* not marked: as it was */
    tasks[0].changed = tasks[2].changed = false;
    check_approval("appr-1", &a);
    contract_end();
}

static void clear_optional(struct approval *a)
{
    a->slate_role = a->title = a->links = a->fault = a->carried = NULL;
    a->sla_due_at = a->valid_until = a->consumed_at = a->valid_for_us = 0;
    a->fallback = false;
}

static void test_approval_update_clears(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    a.slate_role = "approver";
    a.title = "t";
    a.links = "[]";
    a.fault = "f";
    a.carried = "c";
    a.owner_id = "olga";
    a.submitted_by = "sam";
    a.fallback = true;
    a.valid_for_us = a.valid_until = a.consumed_at = 7;
    CHECK_INT(insert(a), ERR_NONE);
    clear_optional(&a);
    a.seq = 2;
    CHECK_INT(update((struct update){a, 1}), ERR_NONE);
    check_approval("appr-1", &a);
    contract_end();
}

static void test_approval_update_conflicts(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    CHECK_INT(insert(a), ERR_NONE);
    struct approval next = a;
    next.seq = 2;
    next.status = STATUS_WITHDRAWN;
    CHECK_INT(update((struct update){next, 2}), ERR_CONFLICT);
    CHECK_INT(update((struct update){next, 0}), ERR_CONFLICT);
    check_approval("appr-1", &a);
    CHECK_INT(update((struct update){next, 1}), ERR_NONE);
    CHECK_INT(update((struct update){next, 1}), ERR_CONFLICT);
    next.id = "none";
    CHECK_INT(update((struct update){next, 1}), ERR_CONFLICT);
    contract_end();
}

static void check_list(int status, size_t limit, const char *ids)
{
    struct err e = ERR_INIT;
    struct approval_filter f = {.status = status, .limit = limit};
    struct approval_item *rows;
    size_t n;
    CHECK_FATAL(store_approval_list(contract.s, contract.arena, &f, &rows, &n, &e) == 0);
    char got[64] = "";
    for (size_t i = 0; i < n && i < sizeof got - 1; i++) {
        got[i] = rows[i].id[0];
        got[i + 1] = '\0';
    }
    CHECK_STR(got, ids);
}

static void test_approval_list(void)
{
    contract_begin();
    contract_read();
    check_list(-1, 10, "");
    static const struct {
        const char *id;
        int64_t at;
        enum approval_status status;
    } rows[] = {
        {"a", 5, STATUS_PENDING},  {"z", 5, STATUS_APPROVED},  {"c", 9, STATUS_PENDING},
        {"d", 1, STATUS_REJECTED}, {"b", 5, STATUS_WITHDRAWN}, {"e", 5, STATUS_PENDING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct approval a = sample_approval(rows[i].id, NOON + rows[i].at);
        a.status = rows[i].status;
        CHECK_INT(insert(a), ERR_NONE);
    }
    contract_read();
    check_list(-1, 50, "cebzad");
    check_list(-1, 3, "ceb");
    check_list(-1, 0, "");
    check_list(-1, SIZE_MAX, "cebzad");
    check_list(STATUS_PENDING, 50, "cea");
    check_list(STATUS_PENDING, 2, "ce");
    check_list(STATUS_REJECTED, 50, "d");

    struct approval e = sample_approval("e", NOON + 5);
    e.status = STATUS_APPROVED;
    e.seq = 2;
    CHECK_INT(update((struct update){e, 1}), ERR_NONE);
    contract_read();
    check_list(-1, 50, "cebzad");
    check_list(STATUS_PENDING, 50, "ca");
    check_list(STATUS_APPROVED, 50, "ez");
    contract_end();
}

static void test_approval_items(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval_filter f = {.status = -1, .limit = 9};
    struct approval_item *rows;
    size_t n;
    CHECK_INT(insert(sample_approval("appr-1", NOON)), ERR_NONE);
    struct approval ended = sample_approval("appr-2", NOON + 1);
    ended.stage_id = NULL;
    ended.sla_due_at = 0;
    ended.updated_at = NOON + 2;
    CHECK_INT(insert(ended), ERR_NONE);
    CHECK_FATAL(store_approval_list(contract_read(), contract.arena, &f, &rows, &n, &e) == 0);
    CHECK_FATAL(n == 2);
    CHECK_STR(rows[0].id, "appr-2");
    CHECK(rows[0].stage_id == NULL);
    CHECK_INT(rows[0].sla_due_at, 0);
    CHECK_INT(rows[0].created_at, NOON + 1);
    CHECK_INT(rows[0].updated_at, NOON + 2);
    CHECK_STR(rows[1].workflow_id, "wf");
    CHECK_STR(rows[1].stage_id, "one");
    CHECK_INT(rows[1].status, STATUS_PENDING);
    CHECK_INT(rows[1].sla_due_at, NOON + US_PER_SECOND);
    contract_end();
}

const struct test contract_approvals[] = {
    {"an approval comes back as it was inserted", test_approval_inserted},
    {"a large payload", test_approval_large_payload},
    {"approvals that are not there", test_approval_not_there},
    {"keys that cannot be", test_approval_bad_keys},
    {"an update changes what may change", test_approval_updated},
    {"an update takes away what is optional", test_approval_update_clears},
    {"an update of another seq", test_approval_update_conflicts},
    {"lists: newest first, by status, limited", test_approval_list},
    {"what list items show", test_approval_items},
};
const size_t contract_approvals_count = sizeof contract_approvals / sizeof *contract_approvals;
