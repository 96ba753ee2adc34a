#include "contract_internal.h"

struct save {
    struct workflow_row w;
    struct version_row v;
    struct stage_row stages[3];
    size_t n;
};

struct event_of {
    const char *approval_id;
    struct event_row row;
};

HALF(save, struct save, store_workflow_save(s, &in->w, &in->v, in->stages, in->n, e))
HALF(insert, struct approval, store_approval_insert(s, in, e))
HALF(add_event, struct event_of, store_event_add(s, in->approval_id, &in->row, e))
HALF(add_outbox, struct outbox_row, store_outbox_add(s, in, e))
HALF(put_answer, struct idempotency_row, store_idempotency_put(s, in, e))

/* ---- workflows ---- */

static struct save refund(int64_t revision)
{
    return (struct save){
        .w = {.id = "refund",
              .name = "Refund",
              .version = "2.1",
              .status = "active",
              .revision = revision,
              .created_at = NOON + revision,
              .updated_at = NOON + revision},
        .v = {.workflow_id = "refund",
              .revision = revision,
              .version = "2.1",
              .definition = "{\"a\":\"\xC3\xA9\"}",
              .sha256 = "ab",
              .created_by = "ops",
              .created_at = NOON + revision},
        .stages =
            {{.id = "z",
              .name = "Z",
              .stage_type = "parallel",
              .position = 2,
              .config = "{\"q\":1}"},
             {.id = "a", .name = "A", .stage_type = "sequential", .position = 1, .config = "{}"}},
        .n = 2,
    };
}

static void test_workflow_saved(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row w;
    struct version_row v;
    struct stage_row *stages;
    size_t n;
    CHECK_INT(save(refund(1)), ERR_NONE);
    struct session *s = contract_read();
    CHECK_FATAL(store_workflow_get(s, contract.arena, "refund", &w, &e) == 1);
    CHECK_STR(w.id, "refund");
    CHECK_STR(w.name, "Refund");
    CHECK_STR(w.version, "2.1");
    CHECK_STR(w.status, "active");
    CHECK_INT(w.revision, 1);
    CHECK_INT(w.created_at, NOON + 1);
    CHECK_INT(w.updated_at, NOON + 1);
    CHECK_FATAL(store_version_get(s, contract.arena, "refund", 1, &v, &e) == 1);
    CHECK_STR(v.workflow_id, "refund");
    CHECK_INT(v.revision, 1);
    CHECK_STR(v.version, "2.1");
    CHECK_STR(v.definition, "{\"a\":\"\xC3\xA9\"}");
    CHECK_STR(v.sha256, "ab");
    CHECK_STR(v.created_by, "ops");
    CHECK_INT(v.created_at, NOON + 1);
    CHECK_FATAL(store_stage_list(s, contract.arena, "refund", 1, &stages, &n, &e) == 0 && n == 2);
    CHECK_STR(stages[0].id, "a");
    CHECK_STR(stages[0].name, "A");
    CHECK_STR(stages[0].stage_type, "sequential");
    CHECK_INT(stages[0].position, 1);
    CHECK_STR(stages[1].id, "z");
    CHECK_STR(stages[1].config, "{\"q\":1}");
    contract_end();
}

static void test_workflow_not_there(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row w;
    struct version_row v;
    struct stage_row *stages;
    size_t n = 7;
    struct session *s = contract_read();
    CHECK_INT(store_workflow_get(s, contract.arena, "none", &w, &e), 0);
    CHECK_INT(store_version_get(s, contract.arena, "none", 1, &v, &e), 0);
    CHECK_INT(store_version_get(s, contract.arena, "wf", 2, &v, &e), 0);
    CHECK_INT(store_stage_list(s, contract.arena, "wf", 2, &stages, &n, &e), 0);
    CHECK_INT(n, 0);
    CHECK_INT(e.kind, ERR_NONE);
    contract_end();
}

static void test_workflow_revisions(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row w;
    struct version_row v;
    CHECK_INT(save(refund(2)), ERR_CONFLICT);
    CHECK_INT(save(refund(0)), ERR_CONFLICT);
    CHECK_INT(save(refund(1)), ERR_NONE);
    CHECK_INT(save(refund(1)), ERR_CONFLICT);
    CHECK_INT(save(refund(3)), ERR_CONFLICT);
    struct save unequal = refund(2);
    unequal.v.revision = 3;
    CHECK_INT(save(unequal), ERR_CONFLICT);
    struct save second = refund(2);
    second.w.name = "Refunds";
    second.w.version = "3";
    second.v.created_by = NULL;
    CHECK_INT(save(second), ERR_NONE);
    struct session *s = contract_read();
    CHECK_FATAL(store_workflow_get(s, contract.arena, "refund", &w, &e) == 1);
    CHECK_STR(w.name, "Refunds");
    CHECK_STR(w.version, "3");
    CHECK_INT(w.revision, 2);
    CHECK_INT(w.created_at, NOON + 1);
    CHECK_INT(w.updated_at, NOON + 2);
    CHECK_FATAL(store_version_get(s, contract.arena, "refund", 1, &v, &e) == 1);
    CHECK_STR(v.created_by, "ops");
    CHECK_FATAL(store_version_get(s, contract.arena, "refund", 2, &v, &e) == 1);
    CHECK(v.created_by == NULL);
    CHECK_INT(store_version_get(s, contract.arena, "refund", 3, &v, &e), 0);
    contract_end();
}

static void test_workflow_list(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row *rows;
    size_t n;
    save_workflow(contract.store, "b");
    save_workflow(contract.store, "a");
    CHECK_INT(save(refund(1)), ERR_NONE);
    CHECK_INT(save(refund(2)), ERR_NONE);
    save_workflow(contract.store, "c");
    CHECK_FATAL(store_workflow_list(contract_read(), contract.arena, &rows, &n, &e) == 0);
    CHECK_FATAL(n == 5);
    static const char *const ids[] = {"wf", "b", "a", "refund", "c"};
    for (size_t i = 0; i < n; i++)
        CHECK_STR(rows[i].id, ids[i]);
    CHECK_INT(rows[3].revision, 2);
    contract_end();
}

static void test_version_list(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct version_row *rows;
    size_t n = 7;
    CHECK_FATAL(store_version_list(contract_read(), contract.arena, "none", &rows, &n, &e) == 0);
    CHECK_INT(n, 0);
    for (int64_t i = 1; i <= 11; i++) {
        struct save r = refund(i);
        r.v.created_by = i == 2 ? NULL : "ops";
        CHECK_INT(save(r), ERR_NONE);
    }
    CHECK_FATAL(store_version_list(contract_read(), contract.arena, "refund", &rows, &n, &e) == 0);
    CHECK_FATAL(n == 11);
    for (size_t i = 0; i < n; i++) {
        CHECK_INT(rows[i].revision, 11 - i);
        CHECK_STR(rows[i].workflow_id, "refund");
        CHECK_STR(rows[i].version, "2.1");
        CHECK_STR(rows[i].sha256, "ab");
        CHECK_STR(rows[i].created_by, rows[i].revision == 2 ? NULL : "ops");
        CHECK_INT(rows[i].created_at, NOON + rows[i].revision);
        CHECK(rows[i].definition == NULL);
    }
    contract_end();
}

struct status_of {
    const char *id, *status;
    int *changed;
};

static int set_status_half(struct session *s, int64_t now, void *arg, struct err *e)
{
    const struct status_of *in = arg;
    *in->changed = store_workflow_set_status(s, in->id, in->status, now, e);
    return *in->changed < 0 ? -1 : 0;
}

/* As the operation says, and the session that sees it. */
static int set_status(const char *id, const char *status)
{
    struct err e = ERR_INIT;
    int changed = -1;
    struct status_of in = {id, status, &changed};
    CHECK_INT(run_half(contract.store, set_status_half, &in, &e), OUTCOME_DONE);
    contract_read();
    return changed;
}

static void check_listed(const char *id, bool want)
{
    struct err e = ERR_INIT;
    struct workflow_row *rows;
    size_t n;
    bool found = false;
    CHECK_FATAL(store_workflow_list(contract.s, contract.arena, &rows, &n, &e) == 0);
    for (size_t i = 0; i < n; i++)
        found = found || !strcmp(rows[i].id, id);
    CHECK_INT(found, want);
}

static void test_workflow_status(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row w;
    CHECK_INT(save(refund(1)), ERR_NONE);
    contract.clock.fixed = NOON + 50;
    CHECK_INT(set_status("none", WORKFLOW_ARCHIVED), 0);
    CHECK_INT(set_status("refund", WORKFLOW_INACTIVE), 1);
    check_listed("refund", true);
    CHECK_INT(set_status("refund", WORKFLOW_ARCHIVED), 1);
    check_listed("refund", false);
    check_listed("wf", true);
    CHECK_FATAL(store_workflow_get(contract.s, contract.arena, "refund", &w, &e) == 1);
    CHECK_STR(w.status, "archived");
    CHECK_STR(w.name, "Refund");
    CHECK_INT(w.created_at, NOON + 1);
    CHECK_INT(w.updated_at, NOON + 50);
    CHECK_INT(w.revision, 1);
    CHECK_INT(set_status("refund", WORKFLOW_ACTIVE), 1);
    check_listed("refund", true);
    contract_end();
}

static void save_limited(const char *id, int64_t revision, const char *visible_to)
{
    struct save r = refund(revision);
    r.w.id = r.v.workflow_id = id;
    r.w.visible_to = visible_to;
    CHECK_INT(save(r), ERR_NONE);
}

static void check_limited(const char *want)
{
    struct err e = ERR_INIT;
    struct workflow_row *rows = NULL;
    const char *texts[10];
    size_t n = 99;
    CHECK_FATAL(store_workflow_limited(contract_read(), contract.arena, &rows, &n, &e) == 0);
    CHECK_FATAL(n <= 10);
    for (size_t i = 0; i < n; i++)
        texts[i] = arena_printf(contract.arena, "%s=%s", rows[i].id, rows[i].visible_to);
    check_names(texts, n, want);
}

static void test_workflow_limited(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct workflow_row w, *rows;
    size_t n;
    check_limited("");
    save_limited("z", 1, "group:leads\nuser:bob");
    save_limited("a", 1, "role:cfo");
    save_limited("m", 1, NULL);
    check_limited("a=role:cfo z=group:leads\nuser:bob");
    CHECK_FATAL(store_workflow_get(contract.s, contract.arena, "z", &w, &e) == 1);
    CHECK_STR(w.visible_to, "group:leads\nuser:bob");
    CHECK_FATAL(store_workflow_get(contract.s, contract.arena, "m", &w, &e) == 1);
    CHECK_STR(w.visible_to, NULL);
    CHECK_FATAL(store_workflow_list(contract.s, contract.arena, &rows, &n, &e) == 0 && n == 4);
    CHECK_STR(rows[2].visible_to, "role:cfo");
    save_limited("a", 2, NULL); /* the newest revision says so */
    save_limited("m", 2, "user:amy");
    check_limited("m=user:amy z=group:leads\nuser:bob");
    CHECK_INT(set_status("m", WORKFLOW_ARCHIVED), 1);
    check_limited("m=user:amy z=group:leads\nuser:bob");
    contract_end();
}

/* ---- events and outbox ---- */

static void test_events(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct event_row *rows;
    size_t n;
    CHECK_INT(insert(sample_approval("appr-1", NOON)), ERR_NONE);
    struct event_row later = {
        .seq = 10, .action = "approve", .data = "{\"x\":1}", .created_at = NOON + 1};
    struct event_row first = {.seq = 2,
                              .action = "submitted",
                              .stage_id = "one",
                              .actor_id = "carol",
                              .visit = 3,
                              .data = "{}",
                              .created_at = NOON};
    CHECK_INT(add_event((struct event_of){"appr-1", later}), ERR_NONE);
    CHECK_INT(add_event((struct event_of){"appr-1", first}), ERR_NONE);
    CHECK_INT(add_event((struct event_of){"appr-1", first}), ERR_INTERNAL);
    CHECK_INT(add_event((struct event_of){"none", first}), ERR_INTERNAL);
    struct session *s = contract_read();
    CHECK_FATAL(store_event_list(s, contract.arena, "appr-1", &rows, &n, &e) == 0 && n == 2);
    CHECK_INT(rows[0].seq, 2);
    CHECK_STR(rows[0].action, "submitted");
    CHECK_STR(rows[0].stage_id, "one");
    CHECK_STR(rows[0].actor_id, "carol");
    CHECK_INT(rows[0].visit, 3);
    CHECK_STR(rows[0].data, "{}");
    CHECK_INT(rows[0].created_at, NOON);
    CHECK_INT(rows[1].seq, 10);
    CHECK(rows[1].stage_id == NULL && rows[1].actor_id == NULL);
    CHECK_STR(rows[1].data, "{\"x\":1}");
    CHECK_INT(store_event_list(s, contract.arena, "none", &rows, &n, &e), 0);
    CHECK_INT(n, 0);
    contract_end();
}

static void test_outbox(void)
{
    contract_begin();
    struct err e = ERR_INIT;
    struct outbox_row *rows;
    size_t n;
    for (int64_t i = 1; i <= 4; i++) {
        struct outbox_row row = {.id = 77,
                                 .event = "task.assigned",
                                 .approval_id = "appr-1",
                                 .seq = i,
                                 .data = "{\"d\":1}",
                                 .created_at = NOON + i};
        CHECK_INT(add_outbox(row), ERR_NONE);
    }
    struct session *s = contract_read();
    CHECK_FATAL(store_outbox_list(s, contract.arena, 0, 100, &rows, &n, &e) == 0 && n == 4);
    CHECK_STR(rows[0].event, "task.assigned");
    CHECK_STR(rows[0].approval_id, "appr-1");
    CHECK_STR(rows[0].data, "{\"d\":1}");
    CHECK_INT(rows[0].created_at, NOON + 1);
    for (size_t i = 0; i < n; i++)
        CHECK_INT(rows[i].seq, i + 1);
    for (size_t i = 1; i < n; i++)
        CHECK(rows[i].id > rows[i - 1].id);
    int64_t second = rows[1].id;
    CHECK_FATAL(store_outbox_list(s, contract.arena, second, 1, &rows, &n, &e) == 0 && n == 1);
    CHECK_INT(rows[0].seq, 3);
    CHECK_FATAL(store_outbox_list(s, contract.arena, second + 99, 9, &rows, &n, &e) == 0);
    CHECK_INT(n, 0);
    contract_end();
}

/* ---- idempotency ---- */

static struct idempotency_row answer(const char *caller, const char *key, int64_t at)
{
    return (struct idempotency_row){.caller = caller,
                                    .key = key,
                                    .request_sha256 = "aa",
                                    .status = 201,
                                    .content_type = "application/json",
                                    .body = "{\"ok\":true}",
                                    .created_at = at};
}

static int look_up(const char *caller, const char *key, int64_t now, struct idempotency_row *out)
{
    struct err e = ERR_INIT;
    return store_idempotency_get(contract_read(), contract.arena, caller, key, now, out, &e);
}

static void test_idempotency_kept(void)
{
    contract_begin();
    struct idempotency_row got;
    CHECK_INT(put_answer(answer("carol", "k", NOON)), ERR_NONE);
    CHECK_FATAL(look_up("carol", "k", NOON, &got) == 1);
    CHECK_STR(got.caller, "carol");
    CHECK_STR(got.key, "k");
    CHECK_STR(got.request_sha256, "aa");
    CHECK_INT(got.status, 201);
    CHECK_STR(got.content_type, "application/json");
    CHECK_STR(got.body, "{\"ok\":true}");
    CHECK_INT(got.created_at, NOON);
    CHECK_INT(look_up("carol", "K", NOON, &got), 0);
    CHECK_INT(look_up("carl", "k", NOON, &got), 0);
    CHECK_INT(look_up("carol k", "", NOON, &got), 0);
    contract_end();
}

static void test_idempotency_expires(void)
{
    contract_begin();
    struct idempotency_row got;
    CHECK_INT(put_answer(answer("carol", "k", NOON)), ERR_NONE);
    CHECK_INT(look_up("carol", "k", NOON + IDEMPOTENCY_KEPT_US, &got), 1);
    CHECK_INT(look_up("carol", "k", NOON + IDEMPOTENCY_KEPT_US + 1, &got), 0);
    /* Another's record, written later, does not bring it back or take what is still in force. */
    CHECK_INT(put_answer(answer("dora", "k", NOON + IDEMPOTENCY_KEPT_US + 1)), ERR_NONE);
    CHECK_INT(put_answer(answer("dora", "l", NOON + IDEMPOTENCY_KEPT_US + 1)), ERR_NONE);
    CHECK_INT(look_up("carol", "k", NOON + IDEMPOTENCY_KEPT_US + 1, &got), 0);
    CHECK_INT(look_up("dora", "k", NOON + IDEMPOTENCY_KEPT_US + 1, &got), 1);
    contract_end();
}

static void test_idempotency_replaced(void)
{
    contract_begin();
    struct idempotency_row got, second = answer("carol", "k", NOON + 9);
    CHECK_INT(put_answer(answer("carol", "k", NOON)), ERR_NONE);
    second.status = 409;
    second.body = "{}";
    CHECK_INT(put_answer(second), ERR_NONE);
    CHECK_FATAL(look_up("carol", "k", NOON, &got) == 1);
    CHECK_INT(got.status, 409);
    CHECK_STR(got.body, "{}");
    CHECK_INT(got.created_at, NOON + 9);
    contract_end();
}

const struct test contract_rows[] = {
    {"workflows that are limited to somebody", test_workflow_limited},
    {"a workflow is saved with version and stages", test_workflow_saved},
    {"workflows that are not there", test_workflow_not_there},
    {"revisions follow each other", test_workflow_revisions},
    {"workflows in order of creation", test_workflow_list},
    {"versions, newest first", test_version_list},
    {"the status of a workflow", test_workflow_status},
    {"events", test_events},
    {"outbox", test_outbox},
    {"an answer is kept", test_idempotency_kept},
    {"an answer expires", test_idempotency_expires},
    {"an answer is replaced", test_idempotency_replaced},
};
const size_t contract_rows_count = sizeof contract_rows / sizeof *contract_rows;
