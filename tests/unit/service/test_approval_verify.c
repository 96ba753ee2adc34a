/*
 * Replay: what is stored must be what the recorded history gives.
 */
#include "service/approval_verify.h"

#include "check.h"
#include "flow.h"

#define HOUR (INT64_C(3600) * US_PER_SECOND)

static const char *const results[] = {
    [VERIFY_SAME] = "same",
    [VERIFY_DIFFERENT] = "different",
    [VERIFY_UNKNOWN] = "unknown",
};

/* "same", "different: the status: …", "not-found" */
static const char *verify(const char *id)
{
    struct verified v;
    struct err e = ERR_INIT;
    int rc = approval_verify(&sv, arena, id, &v, &e);
    if (rc < 0)
        return outcome(rc, &e);
    return v.what ? arena_printf(arena, "%s: %s", results[v.result], v.what) : results[v.result];
}

static void do_all(const char *id, const struct action *actions, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fake.fixed += US_PER_SECOND;
        const char *done = act(id, &actions[i]);
        if (strcmp(done, "ok") != 0)
            fprintf(stderr, "action %zu: %s\n", i + 1, refusal.message);
        CHECK_STR(done, "ok");
        CHECK_STR(verify(id), "same");
    }
}

/* ---- the same ---- */

static void test_votes_and_handing_on(void)
{
    static const struct action actions[] = {
        {.kind = ACTION_COMMENT, .actor = "req", .comment = "hurry"},
        {.kind = ACTION_CLAIM, .actor = "ann"},
        {.kind = ACTION_UNCLAIM, .actor = "ann"},
        {.kind = ACTION_DELEGATE, .actor = "ann", .assignee = "dan"},
        {.kind = ACTION_TAKE_BACK, .actor = "ann"},
        {.kind = ACTION_DELEGATE, .actor = "ann", .assignee = "eve"},
        {.kind = ACTION_REASSIGN, .actor = "fay", .assignee = "gus", .from = "bob", .admin = true},
        {.kind = ACTION_ADD_APPROVER, .actor = "cid", .assignee = "hal"},
        {.kind = ACTION_ESCALATE, .actor = "req", .comment = "now"},
        {.kind = ACTION_REJECT, .actor = "cid"},
        {.kind = ACTION_ABSTAIN, .actor = "cid"},
        {.kind = ACTION_APPROVE, .actor = "hal"},
        {.kind = ACTION_APPROVE, .actor = "gus", .comment = "fine", .metadata = "{\"a\":1}"},
        {.kind = ACTION_APPROVE, .actor = "eve"},
        {.kind = ACTION_APPROVE, .actor = "eve"}, /* a repeat */
        {.kind = ACTION_APPROVE, .actor = "cid"},
        {.kind = ACTION_CONSUME, .actor = "req"},
    };
    set_up();
    add_group("fin", "ann bob cid");
    publish("{'id':'wf','expires':'30d','stages':[{'id':'s','type':'parallel','reject':2,"
            "'approvers':['group:fin'],'quorum':'all',"
            "'sla':{'duration':'4h','remind':['50%','3h']},"
            "'escalations':[{'timeout':'2h','target':'user:ivy'}]}]}");
    const char *id = submit_titled("wf", "req", "{'n':1}", "mine", HOUR);
    CHECK_STR(verify(id), "same");
    size_t n = sizeof actions / sizeof *actions;
    do_all(id, actions, n - 1);
    struct action last = actions[n - 1];
    last.payload_sha256 = stored(id)->payload_sha256;
    do_all(id, &last, 1);
    CHECK_STR(standing(id), "approved");
    tear_down();
}

static void test_payloads(void)
{
    static const struct action actions[] = {
        {.kind = ACTION_APPROVE, .actor = "ann"},
        {.kind = ACTION_EDIT, .actor = "req", .payload_text = "{'owner':'ann','n':2}"},
        {.kind = ACTION_EDIT, .actor = "req", .payload_text = "{'owner':'ann','n':2}"},
        {.kind = ACTION_EDIT, .actor = "req", .payload_text = "{'owner':'dan','n':2}"},
        {.kind = ACTION_REQUEST_CHANGES, .actor = "dan"},
        {.kind = ACTION_RESUBMIT, .actor = "req"},
        {.kind = ACTION_REQUEST_CHANGES, .actor = "dan"},
        {.kind = ACTION_RESUBMIT, .actor = "req", .payload_text = "{'owner':'dan','n':10}"},
        {.kind = ACTION_APPROVE, .actor = "dan"},
        {.kind = ACTION_APPROVE, .actor = "bob"},
        {.kind = ACTION_REJECT, .actor = "cid"},
    };
    set_up();
    publish("{'id':'wf','stages':["
            "{'id':'own','approvers':['payload:/owner'],'covers':['/owner']},"
            "{'id':'pay','approvers':['bob']},"
            "{'id':'big','conditions':{'n_gte':10},'approvers':['cid']}]}");
    const char *id = submit("wf", "req", "{'owner':'ann','n':1}");
    do_all(id, actions, sizeof actions / sizeof *actions);
    CHECK_STR(standing(id), "rejected");
    CHECK_INT(stored(id)->round, 6);
    tear_down();
}

/* What a migration made of approvals that were given before is made of them again. */
static void test_versions(void)
{
    static const struct action rounds[] = {
        {.kind = ACTION_EDIT, .actor = "req", .payload_text = "{'n':1,'m':2}"},
        {.kind = ACTION_APPROVE, .actor = "ann"},
        {.kind = ACTION_APPROVE, .actor = "zoe"},
        {.kind = ACTION_REQUEST_CHANGES, .actor = "cid"},
    };
    set_up();
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann'],'covers':['/n']},"
            "{'id':'t','approvers':['bob'],'covers':['/n']},{'id':'u','approvers':['cid']}]}");
    const char *id = submit("wf", "req", "{'n':1}");
    act_as(id, ACTION_APPROVE, "ann");
    act_as(id, ACTION_APPROVE, "bob");
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann','zoe'],'covers':['/n']},"
            "{'id':'t','approvers':['bob'],'covers':['/n']},{'id':'u','approvers':['cid']}]}");
    CHECK_STR(migrate("wf", 0, NULL, false), "2: stays u");
    CHECK_STR(path(id), "s outdated, t approved, u open");
    CHECK_STR(verify(id), "same");
    do_all(id, rounds, sizeof rounds / sizeof *rounds);
    CHECK_STR(path(id), "s outdated, t approved, u left, s approved, t carried, u left");
    CHECK_STR(migrate("wf", 1, NULL, false), "1: stays -");
    CHECK_STR(path(id), "s outdated, t approved, u left, s outdated, t carried, u left");
    CHECK_STR(verify(id), "same");
    do_all(id, &(struct action){.kind = ACTION_RESUBMIT, .actor = "req"}, 1);
    CHECK_STR(standing(id), "pending in s");
    tear_down();
}

/* What the directory says later does not matter: the answers were recorded. */
static void test_directory_that_has_moved_on(void)
{
    set_up();
    add_user("{'id':'req','manager':'bob','owner':'cid'}");
    add_user("{'id':'bob','absence':{'from':'2026-01-01T00:00:00Z','to':'2026-02-01T00:00:00Z',"
             "'deputy':'dan'}}");
    add_group("fin", "eve fay");
    publish("{'id':'wf','submit_by':'role:none','stages':[{}]}");
    publish("{'id':'wf','submit_by':['user:req'],'stages':["
            "{'id':'a','approvers':['manager:requester']},"
            "{'id':'b','approvers':['least_loaded:group:fin']},"
            "{'id':'c','approvers':['group:fin'],'type':'parallel','skip_repeat':'any',"
            "'quorum':2}]}");
    const char *id = submit("wf", "req", "{}");
    CHECK_STR(slate(id), "bob handed_on, dan open");
    act_as(id, ACTION_APPROVE, "dan");
    const char *eve_or_fay = stored(id)->tasks[2].user;
    act_as(id, ACTION_APPROVE, eve_or_fay);
    CHECK_STR(standing(id), "pending in c");
    CHECK_STR(verify(id), "same");
    change_user("req", "{'manager':null,'owner':null}");
    change_user("bob", "{'absence':null}");
    change_group("fin", "eve fay gus");
    CHECK_STR(verify(id), "same");
    tear_down();
}

static void test_rules_and_due_steps(void)
{
    static const char *const steps[] = {
        "{'timeout':'1h','then':'reject'}",
        "{'timeout':'1h','then':'approve'}",
        "[{'timeout':'30m','target':'user:bob'},{'timeout':'1h','then':'reject'}]",
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        set_up();
        add_calendar("office", "{'time_zone':'UTC','week':{'fri':[['09:00','17:00']]}}");
        publish(arena_printf(arena,
                             "{'id':'wf','calendar':'office','stages':[{'id':'s','auto_rules':{},"
                             "'approvers':['ann'],'escalations':%s},"
                             "{'id':'t','approvers':['cid'],'sla':{'duration':'2bh'}}]}",
                             steps[i]));
        const char *id = submit("wf", "req", "{}");
        CHECK_STR(verify(id), "same");
        fake.fixed += HOUR;
        CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "conflict");
        CHECK_STR(verify(id), "same");
        tear_down();
    }
}

static void test_slates_that_were_checked(void)
{
    set_up();
    add_group("fin", "ann bob");
    publish("{'id':'wf','stages':[{'id':'s','type':'parallel','approvers':['group:fin'],"
            "'quorum':2,'escalations':{'timeout':'9h','target':'user:cid'}},"
            "{'id':'t','approvers':['dan']}]}");
    const char *id = submit("wf", "req", "{}");
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(change_group("fin", "ann"), "ok");
    CHECK_STR(history(id), "submitted approve slate_checked escalated");
    CHECK_STR(verify(id), "same");
    act_as(id, ACTION_APPROVE, "cid");
    CHECK_STR(standing(id), "pending in t");
    CHECK_STR(verify(id), "same");
    CHECK_STR(remove_user("dan"), "not-found");
    add_user("{'id':'dan'}");
    CHECK_STR(remove_user("dan"), "ok");
    CHECK_STR(verify(id), "same");
    CHECK_STR(stored(id)->slate_role, "admin");
    tear_down();
}

static void test_migrations(void)
{
    set_up();
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann']},{'id':'t','approvers':['bob']}]}");
    const char *id = submit("wf", "req", "{}");
    const char *returned = submit("wf", "req", "{}");
    act_as(returned, ACTION_REQUEST_CHANGES, "ann");
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann']},{'id':'t','approvers':['cid']}]}");
    CHECK_STR(migrate("wf", 0, NULL, false), "2: stays s, stays -");
    CHECK_STR(verify(id), "same");
    CHECK_STR(verify(returned), "same");
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(slate(id), "ann answered, cid open");
    publish("{'id':'wf','stages':[{'id':'s','approvers':['ann']},{'id':'t','approvers':['dan']}]}");
    CHECK_STR(migrate("wf", 0, NULL, false), "3: enters_again t, stays -");
    CHECK_STR(verify(id), "same");
    act_as(id, ACTION_APPROVE, "dan");
    CHECK_STR(act_as(returned, ACTION_RESUBMIT, "req"), "ok");
    CHECK_STR(standing(id), "approved");
    CHECK_STR(verify(id), "same");
    CHECK_STR(verify(returned), "same");
    tear_down();
}

/* ---- tampered with ---- */

/* A copy of an approval and its history, in which something is not as it was. */
struct forgery {
    const char *from, *to;
    void (*facts)(struct approval *a);
    const char *on;          /* the action of the events that are changed: */
    struct event_row set;    /* what is not 0 of it takes the place of what they say */
    const char *what, *with; /* replaced in their data */
    size_t drop;             /* the last events that are left out */
};

static const char *replaced(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);
    CHECK_FATAL(at != NULL);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, with, at + strlen(what));
}

static void forge_event(const struct forgery *f, struct event_row *row)
{
    const struct event_row *set = &f->set;
    if (!f->on || strcmp(f->on, row->action) != 0)
        return;
    row->action = set->action ? set->action : row->action;
    row->stage_id = set->stage_id ? set->stage_id : row->stage_id;
    row->actor_id = set->actor_id ? set->actor_id : row->actor_id;
    row->visit = set->visit ? set->visit : row->visit;
    row->data = set->data ? set->data : row->data;
    row->created_at = set->created_at ? set->created_at : row->created_at;
    if (f->what)
        row->data = replaced(row->data, quoted(f->what), quoted(f->with));
}

static int forge(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)now;
    const struct forgery *f = arg;
    struct approval a;
    struct event_row *rows = NULL;
    size_t n = 0;
    if (store_approval_get(s, arena, f->from, &a, e) <= 0 ||
        store_event_list(s, arena, f->from, &rows, &n, e) < 0)
        return -1;
    a.id = f->to;
    if (f->facts)
        f->facts(&a);
    if (store_approval_insert(s, &a, e) < 0)
        return -1;
    for (size_t i = 0; i + f->drop < n; i++) {
        forge_event(f, &rows[i]);
        if (store_event_add(s, f->to, &rows[i], e) < 0)
            return -1;
    }
    return 0;
}

/* What verify says of the copy begins with this. */
static void check_forgery(const char *name, const char *id, struct forgery f, const char *result)
{
    static int number;
    f.from = id;
    f.to = arena_printf(arena, "appr-%d", number++);
    write_with(forge, &f);
    const char *said = verify(f.to);
    bool fits = !strncmp(said, result, strlen(result));
    if (!fits)
        fprintf(stderr, "%s: %s\n", name, said);
    CHECK(fits);
}

/* Two of three must approve; the first has. */
static const char *set_up_half_decided(void)
{
    set_up();
    add_group("fin", "ann bob cid");
    publish("{'id':'wf','expires':'30d','stages':[{'id':'s','type':'parallel',"
            "'approvers':['group:fin'],'quorum':2,'sla':{'duration':'4h'}}]}");
    const char *id = submit_titled("wf", "req", "{'n':1}", NULL, HOUR);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    return id;
}

#define FACT(name, statement)            \
    static void name(struct approval *a) \
    {                                    \
        statement;                       \
    }

FACT(keep, (void)a)
FACT(status, a->status = STATUS_APPROVED)
FACT(fault, a->fault = "it broke")
FACT(carried, a->carried = "s")
FACT(stage, a->stage_id = "elsewhere")
FACT(visit, a->visit = 2)
FACT(role, a->slate_role = "approver")
FACT(fallback, a->fallback = true)
FACT(needed, a->needed = 1)
FACT(round_no, a->round = 2)
FACT(seq, a->seq++)
FACT(created, a->created_at--)
FACT(updated, a->updated_at++)
FACT(sla_due, a->sla_due_at += HOUR)
FACT(valid_until, a->valid_until = NOW + HOUR)
FACT(consumed, a->consumed_at = NOW)
FACT(owner, a->owner_id = "ann")
FACT(requester, a->requester_id = "zoe")
FACT(workflow_version, a->workflow_version = "9.9")
FACT(payload, a->payload = "{\"n\":1000000}")
FACT(payload_sha256, a->payload_sha256 = a->workflow_id)
FACT(task_user, a->tasks[1].user = "zoe")
FACT(task_vote, a->tasks[0].vote = VOTE_REJECT)
FACT(task_state, a->tasks[1].state = TASK_ANSWERED)
FACT(task_via, a->tasks[1].via = "role:cfo")
FACT(task_opened, a->tasks[1].opened_at++)
FACT(task_ended, a->tasks[0].ended_at++)
FACT(task_claimed, a->tasks[1].claimed_at = NOW)
FACT(task_consult, a->tasks[1].consult = true)
FACT(task_parent, a->tasks[1].parent = 1)
FACT(task_place, a->tasks[1].place = 3)
FACT(task_gone, a->task_count--)
FACT(visit_outcome, a->visits[0].outcome = VISIT_APPROVED)
FACT(visit_entered, a->visits[0].entered_at--)
FACT(visit_round, a->visits[0].round = 2)
FACT(visit_gone, a->visit_count--)
FACT(timer_due, a->timers[0].due_at += HOUR)
FACT(timer_kind, a->timers[0].kind = TIMER_REMIND)
FACT(timer_gone, a->timer_count--)

#define GIVES ": the history gives something else"

static void test_tampered_facts(void)
{
    static const struct {
        const char *name, *said;
        void (*facts)(struct approval *a);
    } rows[] = {
        {"nothing", "same", keep},
        {"status", "different: the status" GIVES, status},
        {"error", "different: the error" GIVES, fault},
        {"carried", "different: what carries" GIVES, carried},
        {"stage", "different: the stage" GIVES, stage},
        {"visit", "different: the stage" GIVES, visit},
        {"slate_role", "different: the slate" GIVES, role},
        {"fallback", "different: the slate" GIVES, fallback},
        {"needed", "different: what is needed" GIVES, needed},
        {"round", "different: the round" GIVES, round_no},
        {"seq", "different: the seq" GIVES, seq},
        {"created_at", "different: the times" GIVES, created},
        {"updated_at", "different: the times" GIVES, updated},
        {"sla_due_at", "different: the times" GIVES, sla_due},
        {"valid_until", "different: the validity" GIVES, valid_until},
        {"consumed_at", "different: the validity" GIVES, consumed},
        {"owner_id", "different: the owner" GIVES, owner},
        {"requester_id", "different: event 1 is submitted by req, and not submitted by zoe",
         requester},
        {"a task's user", "different: the tasks" GIVES, task_user},
        {"a task's vote", "different: the tasks" GIVES, task_vote},
        {"a task's state", "different: the tasks" GIVES, task_state},
        {"a task's via", "different: the tasks" GIVES, task_via},
        {"a task's opened_at", "different: the tasks" GIVES, task_opened},
        {"a task's ended_at", "different: the tasks" GIVES, task_ended},
        {"a task's claimed_at", "different: the tasks" GIVES, task_claimed},
        {"a task's consult", "different: the tasks" GIVES, task_consult},
        {"a task's parent", "different: the tasks" GIVES, task_parent},
        {"a task's place", "different: the tasks" GIVES, task_place},
        {"a missing task", "different: the tasks" GIVES, task_gone},
        {"a visit's outcome", "different: the path" GIVES, visit_outcome},
        {"a visit's entered_at", "different: the path" GIVES, visit_entered},
        {"a visit's round", "different: the path" GIVES, visit_round},
        {"a missing visit", "different: the path" GIVES, visit_gone},
        {"a timer's due_at", "different: the timers" GIVES, timer_due},
        {"a timer's kind", "different: the timers" GIVES, timer_kind},
        {"a missing timer", "different: the timers" GIVES, timer_gone},
    };
    const char *id = set_up_half_decided();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_forgery(rows[i].name, id, (struct forgery){.facts = rows[i].facts}, rows[i].said);
    tear_down();
}

/* What was decided on is in the history by its hash. */
static void test_tampered_payload(void)
{
    const char *id = set_up_half_decided();
    check_forgery("the text", id, (struct forgery){.facts = payload}, "different");
    check_forgery("the hash", id, (struct forgery){.facts = payload_sha256}, "different");
    check_forgery("the hash that was recorded", id,
                  (struct forgery){
                      .on = "approve",
                      .what = "'payload_sha256':'",
                      .with = "'payload_sha256':'0",
                  },
                  "different");
    tear_down();
}

static void test_tampered_version(void)
{
    const char *id = set_up_half_decided();
    check_forgery("the author's text of the version", id,
                  (struct forgery){.facts = workflow_version}, "different: the version" GIVES);
    tear_down();
}

_Static_assert(ENGINE_REVISION == 2, "as in the histories below");

static void test_tampered_history(void)
{
    static const struct {
        const char *name, *result;
        struct forgery forgery;
    } rows[] = {
        {"another vote", "different", {.on = "approve", .set = {.action = "abstain"}}},
        {"no action", "different", {.on = "approve", .set = {.action = "dance"}}},
        {"another voter", "different", {.on = "approve", .set = {.actor_id = "bob"}}},
        {"who was not asked",
         "different: event 2 (approve) cannot be done again: zoe",
         {.on = "approve", .set = {.actor_id = "zoe"}}},
        {"another time", "different", {.on = "submitted", .set = {.created_at = NOW - 1}}},
        {"another visit", "different", {.on = "approve", .set = {.visit = 2}}},
        {"another stage", "different", {.on = "approve", .set = {.stage_id = "elsewhere"}}},
        {"other members", "different", {.on = "submitted", .what = "'cid'", .with = "'zoe'"}},
        {"the vote is missing", "different", {.drop = 1}},
        {"older", "unknown", {.on = "submitted", .what = "'engine':2", .with = "'engine':1"}},
        {"newer", "unknown", {.on = "approve", .what = "'engine':2", .with = "'engine':3"}},
        {"nothing was recorded", "unknown", {.on = "submitted", .set = {.data = "{}"}}},
    };
    const char *id = set_up_half_decided();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_forgery(rows[i].name, id, rows[i].forgery, rows[i].result);
    tear_down();
}

static int add_vote(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct event_row row = {
        .seq = 3,
        .action = "approve",
        .stage_id = "s",
        .actor_id = "ann",
        .visit = 1,
        .data = "{\"asked\":{},\"engine\":2}",
        .created_at = now,
    };
    return store_event_add(s, arg, &row, e);
}

static void test_event_that_did_nothing(void)
{
    const char *half = set_up_half_decided();
    char *id = arena_strdup(arena, half);
    write_with(add_vote, id);
    CHECK_STR(verify(id), "different: event 3 (approve) does nothing");
    tear_down();
}

static void test_nothing_to_verify(void)
{
    set_up();
    CHECK_STR(verify("appr-none"), "not-found");
    tear_down();
}

/* Nothing was recorded, or all of it was taken away. */
static void test_no_history(void)
{
    const char *id = set_up_half_decided();
    check_forgery("no events", id, (struct forgery){.drop = 2}, "different");
    tear_down();
}

/* ---- all of them ---- */

static void note(void *arg, const char *id, const struct verified *v)
{
    struct str *text = arg;
    str_addf(text, "%s%s %s", text->len ? ", " : "", id, results[v->result]);
}

static void test_all(void)
{
    struct str told = STR_INIT;
    struct verified_all all;
    struct err e = ERR_INIT;
    const char *id = set_up_half_decided();
    struct forgery forgeries[] = {
        {.from = id, .to = "appr-a", .on = "submitted", .set = {.data = "{}"}},
        {.from = id, .to = "appr-z", .on = "submitted", .set = {.data = "{}"}},
        {.from = id, .to = "appr-y", .facts = status},
    };
    CHECK_INT(approval_verify_all(&sv, note, &told, &all, &e), 0);
    CHECK_INT(all.same, 1);
    CHECK_STR(told.buf, "");
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++)
        write_with(forge, &forgeries[i]);
    CHECK_INT(approval_verify_all(&sv, note, &told, &all, &e), 0);
    CHECK_INT(all.same, 1);
    CHECK_INT(all.different, 1);
    CHECK_INT(all.unknown, 2);
    CHECK_STR(told.buf, "appr-a unknown, appr-y different, appr-z unknown");
    str_release(&told);
    tear_down();
}

/* More than one page of them; and none. */
static void test_many(void)
{
    static const int64_t counts[] = {0, 200, 401};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        struct str told = STR_INIT;
        struct verified_all all;
        struct err e = ERR_INIT;
        set_up();
        publish("{'id':'wf','stages':[{'approvers':['ann']}]}");
        for (int64_t i = 0; i < counts[k]; i++)
            submit("wf", "req", "{}");
        CHECK_INT(approval_verify_all(&sv, note, &told, &all, &e), 0);
        CHECK_INT(all.same, counts[k]);
        CHECK_STR(told.buf, "");
        str_release(&told);
        tear_down();
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"votes and places handed on", test_votes_and_handing_on},
        {"payloads of many rounds", test_payloads},
        {"versions, and what they carry", test_versions},
        {"a directory that has moved on", test_directory_that_has_moved_on},
        {"rules and due steps", test_rules_and_due_steps},
        {"slates that were checked", test_slates_that_were_checked},
        {"migrations", test_migrations},
        {"facts that were tampered with", test_tampered_facts},
        {"a payload that was tampered with", test_tampered_payload},
        {"a version that was tampered with", test_tampered_version},
        {"a history that was tampered with", test_tampered_history},
        {"an event that did nothing", test_event_that_did_nothing},
        {"nothing to verify", test_nothing_to_verify},
        {"all of them", test_all},
        {"many of them", test_many},
        {"no history", test_no_history},
    };
    return check_main("service/approval_verify", tests, sizeof tests / sizeof *tests);
}
