/*
 * What belongs to an approval: the stages it went through, what falls due, the
 * payloads it had before, and the version it is pinned to.
 */
#include "contract_internal.h"

struct update {
    struct approval a;
    int64_t expected_seq;
};

struct save {
    struct workflow_row w;
    struct version_row v;
};

HALF(insert, struct approval, store_approval_insert(s, in, e))
HALF(update, struct update, store_approval_update(s, &in->a, in->expected_seq, e))
HALF(save, struct save, store_workflow_save(s, &in->w, &in->v, NULL, 0, e))

static void test_visits(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    CHECK_INT(insert(a), ERR_NONE);
    struct visit path[] = {
        {.no = 1,
         .stage_id = "one",
         .visit = 1,
         .round = 1,
         .outcome = VISIT_APPROVED,
         .entered_at = NOON,
         .ended_at = NOON + 3,
         .changed = true},
        {.no = 2,
         .stage_id = "two",
         .visit = 0,
         .round = 1,
         .outcome = VISIT_SKIPPED,
         .entered_at = NOON + 3,
         .ended_at = NOON + 3,
         .changed = true},
        {.no = 3,
         .stage_id = "one",
         .visit = 2,
         .round = 2,
         .outcome = VISIT_OPEN,
         .entered_at = NOON + 4,
         .changed = true},
    };
    a.visits = path;
    a.visit_count = 3;
    a.seq = 2;
    CHECK_INT(update((struct update){a, 1}), ERR_NONE);
    path[0].changed = path[1].changed = path[2].changed = false;
    check_approval("appr-1", &a);

    path[0].outcome = VISIT_LEFT; /* not marked: stays as it was */
    path[2].outcome = VISIT_CARRIED;
    path[2].changed = true;
    a.seq = 3;
    CHECK_INT(update((struct update){a, 2}), ERR_NONE);
    path[0].outcome = VISIT_APPROVED;
    path[2].changed = false;
    check_approval("appr-1", &a);
    contract_end();
}

static void test_every_word(void)
{
    contract_begin();
    struct visit visits[VISIT_OUTCOME_COUNT];
    struct timer timers[TIMER_KIND_COUNT];
    struct approval a = sample_approval("appr-1", NOON);
    for (int i = 0; i < VISIT_OUTCOME_COUNT; i++)
        visits[i] = (struct visit){.no = i + 1,
                                   .stage_id = "one",
                                   .visit = i + 1,
                                   .round = 1,
                                   .outcome = (enum visit_outcome)i,
                                   .entered_at = NOON};
    for (int i = 0; i < TIMER_KIND_COUNT; i++)
        timers[i] = (struct timer){.kind = (enum timer_kind)i, .due_at = NOON + i};
    a.visits = visits;
    a.visit_count = VISIT_OUTCOME_COUNT;
    a.timers = timers;
    a.timer_count = TIMER_KIND_COUNT;
    CHECK_INT(insert(a), ERR_NONE);
    check_approval("appr-1", &a);
    contract_end();
}

static void test_timers_replaced(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    struct approval other = sample_approval("appr-2", NOON);
    CHECK_INT(insert(a), ERR_NONE);
    CHECK_INT(insert(other), ERR_NONE);
    struct timer timers[] = {
        {.kind = TIMER_SLA, .due_at = NOON + 9},
        {.kind = TIMER_ESCALATE, .level = 0, .due_at = NOON + 7},
        {.kind = TIMER_ESCALATE, .level = 1, .due_at = NOON + 8},
    };
    a.timers = timers;
    a.timer_count = 3;
    a.timers_changed = true;
    a.seq = 2;
    CHECK_INT(update((struct update){a, 1}), ERR_NONE);
    check_approval("appr-1", &a);
    check_approval("appr-2", &other);

    a.timer_count = 0;
    a.seq = 3;
    CHECK_INT(update((struct update){a, 2}), ERR_NONE);
    check_approval("appr-1", &a);
    check_approval("appr-2", &other);
    contract_end();
}

static void test_timers_left_alone(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON), next = a;
    CHECK_INT(insert(a), ERR_NONE);
    next.timer_count = 0;
    next.seq = a.seq = 2;
    CHECK_INT(update((struct update){next, 1}), ERR_NONE);
    check_approval("appr-1", &a);
    contract_end();
}

static void test_timers_twice(void)
{
    contract_begin();
    struct timer timers[] = {
        {.kind = TIMER_REMIND, .level = 2, .due_at = NOON},
        {.kind = TIMER_REMIND, .level = 2, .due_at = NOON + 1},
    };
    struct approval a = sample_approval("appr-1", NOON), next = a;
    next.timers = timers;
    next.timer_count = 2;
    next.timers_changed = true;
    next.seq = 2;
    CHECK_INT(insert(next), ERR_INTERNAL);
    CHECK_INT(insert(a), ERR_NONE);
    CHECK_INT(update((struct update){next, 1}), ERR_INTERNAL);
    check_approval("appr-1", &a);
    contract_end();
}

/* ---- payloads ---- */

static struct update edited(int64_t seq, int64_t round, const char *payload, const char *sha256)
{
    struct approval a = sample_approval("appr-1", NOON);
    a.seq = seq;
    a.round = round;
    a.payload = payload;
    a.payload_sha256 = sha256;
    a.payload_changed = true;
    return (struct update){a, seq - 1};
}

static void check_payloads(const char *id, const struct payload_row *want, size_t count)
{
    struct err e = ERR_INIT;
    struct payload_row *rows;
    size_t n = 7;
    CHECK_FATAL(store_payload_list(contract_read(), contract.arena, id, &rows, &n, &e) == 0);
    CHECK_FATAL(n == count);
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(rows[i].round, want[i].round);
        CHECK_STR(rows[i].sha256, want[i].sha256);
        CHECK_STR(rows[i].payload, want[i].payload);
    }
}

static void test_payload_history(void)
{
    contract_begin();
    static const struct payload_row earlier[] = {
        {1, "11", "{\"amount\":12}"},
        {2, "22", "{\"amount\":13}"},
    };
    struct approval other = sample_approval("appr-2", NOON);
    CHECK_INT(insert(sample_approval("appr-1", NOON)), ERR_NONE);
    CHECK_INT(insert(other), ERR_NONE);
    check_payloads("appr-1", NULL, 0);
    check_payloads("none", NULL, 0);
    CHECK_INT(update(edited(2, 2, "{\"amount\":13}", "22")), ERR_NONE);
    check_payloads("appr-1", earlier, 1);
    struct update last = edited(3, 3, "{}", "33");
    CHECK_INT(update(last), ERR_NONE);
    check_payloads("appr-1", earlier, 2);
    check_approval("appr-1", &last.a);
    check_payloads("appr-2", NULL, 0);
    check_approval("appr-2", &other);
    contract_end();
}

static void test_payload_conflicts(void)
{
    contract_begin();
    struct approval a = sample_approval("appr-1", NOON);
    CHECK_INT(insert(a), ERR_NONE);
    struct update stale = edited(2, 2, "{}", "22");
    stale.expected_seq = 9;
    CHECK_INT(update(stale), ERR_CONFLICT);
    check_payloads("appr-1", NULL, 0);
    check_approval("appr-1", &a);

    /* One payload for a round. */
    CHECK_INT(update(edited(2, 1, "{}", "22")), ERR_NONE);
    CHECK_INT(update(edited(3, 2, "[]", "33")), ERR_INTERNAL);
    check_payloads("appr-1", &(struct payload_row){1, "11", "{\"amount\":12}"}, 1);
    contract_end();
}

static void test_payload_snapshot(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct approval got;
    struct payload_row *rows;
    size_t n = 7;
    CHECK_INT(insert(sample_approval("appr-1", NOON)), ERR_NONE);
    struct session *before = contract_read();
    struct update next = edited(2, 2, "{}", "22");
    next.a.timer_count = 0;
    next.a.timers_changed = true;
    CHECK_INT(update(next), ERR_NONE);
    CHECK_FATAL(store_payload_list(before, contract.arena, "appr-1", &rows, &n, &e) == 0);
    CHECK_INT(n, 0);
    CHECK_FATAL(store_approval_get(before, contract.arena, "appr-1", &got, &e) == 1);
    CHECK_STR(got.payload, "{\"amount\":12}");
    CHECK_INT(got.timer_count, 2);
    contract_end();
}

/* ---- another version ---- */

static void test_moves_to_a_version(void)
{
    contract_begin();
    struct save second = {
        .w = {.id = "wf", .name = "Refund", .version = "2.0", .status = "active", .revision = 2},
        .v = {.workflow_id = "wf",
              .revision = 2,
              .version = "2.0",
              .definition = "{}",
              .sha256 = "01"},
    };
    struct approval a = sample_approval("appr-1", NOON), stored = a;
    CHECK_INT(insert(a), ERR_NONE);
    a.revision = 2;
    a.workflow_version = "2.0";
    a.seq = 2;
    CHECK_INT(update((struct update){a, 1}), ERR_INTERNAL); /* it is not there */
    check_approval("appr-1", &stored);
    CHECK_INT(save(second), ERR_NONE);
    CHECK_INT(update((struct update){a, 1}), ERR_NONE);
    check_approval("appr-1", &a);
    contract_end();
}

const struct test contract_parts[] = {
    {"the path of an approval", test_visits},
    {"every outcome and kind of timer comes back", test_every_word},
    {"timers are replaced", test_timers_replaced},
    {"timers that did not change", test_timers_left_alone},
    {"a timer is there once", test_timers_twice},
    {"earlier payloads", test_payload_history},
    {"a payload and conflicts", test_payload_conflicts},
    {"a snapshot of a payload and timers", test_payload_snapshot},
    {"an approval moves to another version", test_moves_to_a_version},
};
const size_t contract_parts_count = sizeof contract_parts / sizeof *contract_parts;
