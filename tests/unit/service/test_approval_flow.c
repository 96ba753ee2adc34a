/*
 * Submitting, acting, editing, consuming: what is stored of each, and what a
 * refusal leaves.
 */
#include "service/approval_act.h"

#include "check.h"
#include "crypto/hash.h"
#include "flow.h"
#include "service/workflow_status.h"

#define HOUR (INT64_C(3600) * US_PER_SECOND)
#define TWO_STAGES                                                        \
    "{'id':'wf','payload_schema':{'required':['n'],"                      \
    "'properties':{'n':{'type':'number'}}},"                              \
    "'stages':[{'id':'lead','approvers':['ann']},"                        \
    "{'id':'pay','type':'parallel','approvers':['bob','cid'],'quorum':2}" \
    "]}"

static const char *sha256_of(const char *text)
{
    char *hex = arena_alloc(arena, SHA256_HEX_SIZE);
    const char *json = quoted(text);
    hash_sha256_hex(json, strlen(json), hex);
    return hex;
}

static const char *edit(const char *id, const char *payload)
{
    return act(id, &(struct action){
                       .kind = ACTION_EDIT,
                       .actor = "req",
                       .payload_text = payload,
                   });
}

/* "approval.submitted task.assigned": what the outbox has. */
static const char *notices(void)
{
    struct session *s = NULL;
    struct outbox_row *rows = NULL;
    struct err e = ERR_INIT;
    size_t n = 0;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(store_outbox_list(s, arena, 0, 1000, &rows, &n, &e), 0);
    store_read_end(&s);
    const char **events = arena_array(arena, n, sizeof *events);
    for (size_t i = 0; i < n; i++)
        events[i] = rows[i].event;
    return joined(events, n);
}

/* ---- submitting ---- */

static void test_submit(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    const struct approval *a = stored(id);
    CHECK_STR(standing(id), "pending in lead");
    CHECK_STR(slate(id), "ann open");
    CHECK_STR(path(id), "lead open");
    CHECK_STR(a->target_entity, "the thing");
    CHECK_STR(a->payload, "{\"n\":1}");
    CHECK_STR(a->payload_sha256, sha256_of("{'n':1}"));
    CHECK_INT(a->round, 1);
    CHECK_INT(a->created_at, NOW);
    CHECK(a->title == NULL);
    CHECK_STR(history(id), "submitted");
    CHECK_STR(audited(id), "approval.submitted");
    CHECK_STR(notices(), "approval.submitted task.assigned");
    tear_down();
}

static void test_what_cannot_be_submitted(void)
{
    static const struct {
        const char *workflow, *requester, *payload;
        enum err_kind kind;
    } rows[] = {
        {"unheard-of", "req", "{'n':1}", ERR_NOT_FOUND}, {"wf", "req", "{}", ERR_INVALID},
        {"wf", "req", "{'n':'1'}", ERR_INVALID},         {"asleep", "req", "{}", ERR_CONFLICT},
        {"closed", "req", "{}", ERR_FORBIDDEN},
    };
    set_up();
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    publish(TWO_STAGES);
    publish("{'id':'asleep','stages':[{}]}");
    publish("{'id':'closed','submit_by':['ann','group:fin'],'stages':[{'approvers':['bob']}]}");
    add_group("fin", "cid");
    int inactive = workflow_status_parse(WORKFLOW_INACTIVE);
    CHECK_INT(workflow_status_set(&sv, &c, "asleep", inactive, &out, &e), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(!submit_titled(rows[i].workflow, rows[i].requester, rows[i].payload, NULL, 0));
        CHECK_INT(refusal.kind, rows[i].kind);
    }
    CHECK_STR(notices(), "");
    CHECK(submit("closed", "ann", "{}") != NULL);
    CHECK(submit("closed", "cid", "{}") != NULL);
    tear_down();
}

static void test_version_is_pinned(void)
{
    set_up();
    CHECK_INT(publish("{'id':'wf','version':'a','stages':[{'id':'x','approvers':['ann']}]}"), 1);
    const char *old = submit("wf", "req", "{}");
    CHECK_INT(publish("{'id':'wf','version':'b','stages':[{'id':'y','approvers':['bob']}]}"), 2);
    const char *new = submit("wf", "req", "{}");
    CHECK_INT(stored(old)->revision, 1);
    CHECK_STR(stored(old)->workflow_version, "a");
    CHECK_INT(stored(new)->revision, 2);
    CHECK_STR(stored(new)->workflow_version, "b");
    CHECK_STR(act_as(old, ACTION_APPROVE, "ann"), "ok");
    CHECK_STR(path(old), "x approved");
    CHECK_STR(standing(new), "pending in y");
    tear_down();
}

/* ---- acting ---- */

static void test_votes(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    fake.fixed += 1;
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    CHECK_STR(standing(id), "pending in pay");
    CHECK_INT(stored(id)->updated_at, NOW + 1);
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "ok");
    CHECK_STR(slate(id), "ann answered, bob answered, cid open");

    /* The same again leaves nothing. */
    int64_t seq = stored(id)->seq;
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "ok");
    CHECK_INT(stored(id)->seq, seq);

    CHECK_STR(act_as(id, ACTION_APPROVE, "cid"), "ok");
    CHECK_STR(standing(id), "approved");
    CHECK_STR(path(id), "lead approved, pay approved");
    CHECK_STR(history(id), "submitted approve approve approve");
    CHECK_STR(audited(id), "approval.submitted approval.approve approval.approve approval.approve");
    CHECK_STR(notices(), "approval.submitted task.assigned task.assigned approval.approved");
    tear_down();
}

static void test_refused_votes(void)
{
    static const struct {
        struct action action;
        enum err_kind kind;
    } rows[] = {
        {{.kind = ACTION_APPROVE, .actor = "bob"}, ERR_FORBIDDEN},
        {{.kind = ACTION_APPROVE, .actor = "req"}, ERR_FORBIDDEN},
        {{.kind = ACTION_APPROVE, .actor = "ann", .expected_seq = 7}, ERR_STALE},
        {{.kind = ACTION_APPROVE, .actor = "ann", .stage_id = "pay"}, ERR_STALE},
        {{.kind = ACTION_APPROVE, .actor = "ann", .visit = 2}, ERR_STALE},
        {{.kind = ACTION_APPROVE, .actor = "ann", .payload_sha256 = "beef"}, ERR_STALE},
        {{.kind = ACTION_DELEGATE, .actor = "ann", .assignee = "req"}, ERR_INVALID},
        {{.kind = ACTION_RESUBMIT, .actor = "req"}, ERR_CONFLICT},
        {{.kind = ACTION_EDIT, .actor = "ann", .payload_text = "{'n':2}"}, ERR_FORBIDDEN},
        {{.kind = ACTION_EDIT, .actor = "req"}, ERR_INVALID},
    };
    set_up();
    publish(TWO_STAGES);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = submit("wf", "req", "{'n':1}");
        const char *name = action_name(rows[i].action.kind);
        CHECK_STR(act(id, &rows[i].action), err_kind_name(rows[i].kind));
        CHECK_STR(standing(id), "pending in lead");
        CHECK_STR(history(id), "submitted");
        CHECK_STR(audited(id), arena_printf(arena, "approval.submitted approval.%s.refused", name));
    }
    tear_down();
}

static void test_what_a_refusal_says(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    act_as(id, ACTION_APPROVE, "zoe");
    CHECK_STR(audit_payload(id, "approval.approve.refused"),
              quoted("{'kind':'forbidden','reason':'zoe is not among those asked in stage lead'}"));
    act_as(id, ACTION_REJECT, "ann");
    CHECK_STR(act_as(id, ACTION_APPROVE, "bob"), "conflict");
    CHECK_STR(audit_payload(id, "approval.approve.refused"),
              quoted("{'kind':'conflict','reason':'the approval is already rejected'}"));
    tear_down();
}

static void test_nothing_to_act_on(void)
{
    set_up();
    CHECK_STR(act_as("appr-none", ACTION_APPROVE, "ann"), "not-found");
    CHECK_STR(refusal.message, "Approval not found");
    CHECK_STR(audited("appr-none"), "");
    tear_down();
}

/* ---- changed payloads ---- */

/* "1:{…} 2:{…}": those of earlier rounds. */
static const char *earlier_payloads(const char *id)
{
    struct session *s = NULL;
    struct payload_row *rows = NULL;
    struct err e = ERR_INIT;
    size_t n = 0;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(store_payload_list(s, arena, id, &rows, &n, &e), 0);
    store_read_end(&s);
    const char **texts = arena_array(arena, n, sizeof *texts);
    for (size_t i = 0; i < n; i++) {
        texts[i] = arena_printf(arena, "%lld:%s", (long long)rows[i].round, rows[i].payload);
        CHECK_STR(rows[i].sha256, sha256_of(rows[i].payload));
    }
    return joined(texts, n);
}

static void test_edit(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(earlier_payloads(id), "");
    CHECK_STR(edit(id, "{'n':2}"), "ok");
    CHECK_STR(standing(id), "pending in lead");
    CHECK_STR(path(id), "lead approved, pay left, lead open");
    CHECK_STR(earlier_payloads(id), quoted("1:{'n':1}"));
    CHECK_STR(stored(id)->payload, quoted("{'n':2}"));
    CHECK_STR(stored(id)->payload_sha256, sha256_of("{'n':2}"));
    CHECK_INT(stored(id)->round, 2);

    CHECK_STR(edit(id, "{'n':3,'m':0}"), "ok");
    CHECK_STR(earlier_payloads(id), quoted("1:{'n':1} 2:{'n':2}"));
    CHECK_STR(stored(id)->payload, quoted("{'n':3,'m':0}"));

    /* The same payload is a round, but nothing that was before. */
    CHECK_STR(edit(id, "{'n':3,'m':0}"), "ok");
    CHECK_INT(stored(id)->round, 4);
    CHECK_STR(earlier_payloads(id), quoted("1:{'n':1} 2:{'n':2}"));
    CHECK_STR(history(id), "submitted approve edit edit edit");
    tear_down();
}

static void test_payload_that_was_seen(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    struct action seen = {
        .kind = ACTION_APPROVE, .actor = "ann", .payload_sha256 = sha256_of("{'n':1}")};
    edit(id, "{'n':2}");
    CHECK_STR(act(id, &seen), "stale");
    seen.payload_sha256 = sha256_of("{'n':2}");
    CHECK_STR(act(id, &seen), "ok");
    tear_down();
}

static void test_edit_must_fit(void)
{
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    CHECK_STR(edit(id, "{'n':'2'}"), "/payload/n");
    CHECK_STR(stored(id)->payload, quoted("{'n':1}"));
    CHECK_STR(earlier_payloads(id), "");
    CHECK_STR(audited(id), "approval.submitted approval.edit.refused");
    tear_down();
}

static void test_resubmit(void)
{
    struct action again = {.kind = ACTION_RESUBMIT, .actor = "req", .payload_text = "{'n':2}"};
    set_up();
    publish(TWO_STAGES);
    const char *id = submit("wf", "req", "{'n':1}");
    CHECK_STR(act_as(id, ACTION_REQUEST_CHANGES, "ann"), "ok");
    CHECK_STR(standing(id), "returned");
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "conflict");
    CHECK_STR(edit(id, "{'n':2}"), "conflict");
    CHECK_STR(act(id, &again), "ok");
    CHECK_STR(standing(id), "pending in lead");
    CHECK_STR(earlier_payloads(id), quoted("1:{'n':1}"));

    /* Without a payload it is the same once more. */
    act_as(id, ACTION_REQUEST_CHANGES, "ann");
    CHECK_STR(act_as(id, ACTION_RESUBMIT, "req"), "ok");
    CHECK_INT(stored(id)->round, 3);
    CHECK_STR(stored(id)->payload, quoted("{'n':2}"));
    CHECK_STR(earlier_payloads(id), quoted("1:{'n':1}"));
    tear_down();
}

static void test_covered_stage_is_carried(void)
{
    set_up();
    publish("{'id':'wf','stages':[{'id':'legal','approvers':['ann'],'covers':['/terms']},"
            "{'id':'pay','approvers':['bob']}]}");
    const char *id = submit("wf", "req", "{'terms':'net','n':1}");
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(edit(id, "{'n':2,'terms':'net'}"), "ok");
    CHECK_STR(path(id), "legal approved, pay left, legal carried, pay open");
    CHECK_STR(edit(id, "{'n':2,'terms':'gross'}"), "ok");
    CHECK_STR(standing(id), "pending in legal");
    tear_down();
}

/* ---- consuming ---- */

static const char *consume(const char *id, const char *actor, const char *payload)
{
    return act(id, &(struct action){
                       .kind = ACTION_CONSUME,
                       .actor = actor,
                       .payload_sha256 = payload ? sha256_of(payload) : NULL,
                   });
}

static const char *approved_for(int64_t valid_for)
{
    const char *id = submit_titled("one", "req", "{'n':1}", NULL, valid_for);
    fake.fixed += US_PER_SECOND;
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
    return id;
}

static void test_consume(void)
{
    set_up();
    publish("{'id':'one','stages':[{'id':'s','approvers':['ann']}]}");
    const char *waiting = submit_titled("one", "req", "{'n':1}", NULL, HOUR);
    CHECK_STR(consume(waiting, "req", "{'n':1}"), "conflict");

    const char *id = approved_for(HOUR);
    CHECK_INT(stored(id)->valid_until, NOW + US_PER_SECOND + HOUR);
    CHECK_STR(consume(id, "ann", "{'n':1}"), "forbidden");
    CHECK_STR(consume(id, "req", NULL), "invalid");
    CHECK_STR(consume(id, "req", "{'n':2}"), "stale");
    CHECK_INT(stored(id)->consumed_at, 0);
    fake.fixed += HOUR - 1;
    CHECK_STR(consume(id, "req", "{'n':1}"), "ok");
    CHECK_INT(stored(id)->consumed_at, fake.fixed);
    CHECK_STR(consume(id, "req", "{'n':1}"), "conflict");
    CHECK_STR(history(id), "submitted approve consume");
    CHECK_STR(standing(id), "approved");
    tear_down();
}

static void test_what_cannot_be_consumed(void)
{
    set_up();
    publish("{'id':'one','stages':[{'id':'s','approvers':['ann']}]}");
    const char *lapsed = approved_for(HOUR), *for_ever = approved_for(0);
    fake.fixed = stored(lapsed)->valid_until;
    CHECK_STR(consume(lapsed, "req", "{'n':1}"), "conflict");
    CHECK_STR(refusal.message, "the approval has lapsed");
    CHECK_STR(consume(for_ever, "req", "{'n':1}"), "conflict");
    const char *rejected = submit_titled("one", "req", "{'n':1}", NULL, HOUR);
    act_as(rejected, ACTION_REJECT, "ann");
    CHECK_STR(consume(rejected, "req", "{'n':1}"), "conflict");
    tear_down();
}

/* ---- titles ---- */

#define TITLED                                                              \
    "{'id':'wf','name':'Refunds','title':'{{workflow.name}}: {{payload.n}}" \
    " for {{target_entity}} by {{requester}}','stages':[{'approvers':['ann']}]}"

static void test_title_of_the_template(void)
{
    set_up();
    publish(TITLED);
    const char *id = submit("wf", "req", "{'n':1.50}");
    CHECK_STR(stored(id)->title, "Refunds: 1.50 for the thing by req");
    edit(id, "{'n':'<a>&\\n'}");
    CHECK_STR(stored(id)->title, "Refunds: <a>&  for the thing by req");
    edit(id, "{}");
    CHECK_STR(stored(id)->title, "Refunds:  for the thing by req");
    tear_down();
}

static void test_title_that_was_given(void)
{
    set_up();
    publish(TITLED);
    const char *id = submit_titled("wf", "req", "{'n':1}", "mine", 0);
    CHECK_STR(stored(id)->title, "mine");
    act(id, &(struct action){.kind = ACTION_COMMENT, .actor = "req", .comment = "hurry"});
    CHECK_STR(stored(id)->title, "mine");
    edit(id, "{'n':2}");
    CHECK_STR(stored(id)->title, "mine"); /* in place of the template's, in every round */
    tear_down();
}

static void test_title_that_is_too_long(void)
{
    struct str n = STR_INIT;
    set_up();
    publish("{'id':'wf','title':'{{payload.n}}','stages':[{'approvers':['ann']}]}");
    for (int i = 0; i < TITLE_MAX + 1; i++)
        str_add(&n, "ä");
    const char *id = submit("wf", "req", arena_printf(arena, "{'n':'%s'}", n.buf));
    CHECK_INT(strlen(stored(id)->title), TITLE_MAX * strlen("ä"));
    str_release(&n);
    tear_down();
}

/* ---- deadlines ---- */

#define STAGE(rest) "{'id':'s','approvers':['ann']" rest "}"
#define REJECTS STAGE(",'escalations':{'timeout':'1h','then':'reject'}")
#define APPROVES STAGE(",'escalations':{'timeout':'1h','then':'approve'}")

/* "req approval.submitted, ann approval.approve.refused": who did what, by the audit log. */
static const char *trail(const char *id)
{
    struct session *s = NULL;
    struct audit_row *rows = NULL;
    struct err e = ERR_INIT;
    size_t n = 0;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    struct audit_filter f = {.entity_id = id, .limit = 1000};
    int64_t next;
    CHECK_INT(store_audit_list(s, arena, &f, &rows, &n, &next, &e), 0);
    store_read_end(&s);
    const char **texts = arena_array(arena, n, sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = arena_printf(arena, "%s %s%s", rows[i].entry.actor_id, rows[i].entry.action,
                                i + 1 < n ? "," : "");
    return joined(texts, n);
}

static void test_vote_past_a_deadline(void)
{
    static const struct {
        const char *definition, *standing, *path, *history;
    } rows[] = {
        {"{'id':'wf','stages':[" REJECTS "]}", "rejected", "s rejected", "submitted timed_out"},
        {"{'id':'wf','stages':[" APPROVES "]}", "approved", "s auto", "submitted timed_out"},
        {"{'id':'wf','stages':[" APPROVES ",{'id':'t','approvers':['bob']}]}", "pending in t",
         "s auto, t open", "submitted timed_out"},
        {"{'id':'wf','expires':'1h','stages':[" STAGE("") "]}", "expired", "s left",
         "submitted expired"},
        {"{'id':'wf','stages':[" REJECTS ",{'id':'t','approvers':['bob']}],"
         "'transitions':[{'from':'s','on':'timeout','to':'t'}]}",
         "pending in t", "s left, t open", "submitted timed_out"},
        {"{'id':'wf','stages':[" STAGE(",'sla':{'duration':'30m'},'escalations':["
                                       "{'timeout':'10m','target':['bob']},"
                                       "{'timeout':'1h','then':'reject'}]") "]}",
         "rejected", "s rejected", "submitted escalated sla_breached timed_out"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        CHECK_INT(publish(rows[i].definition), 1);
        const char *id = submit("wf", "req", "{}");
        fake.fixed += HOUR;
        CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "conflict");
        CHECK_STR(refusal.message, "the deadline of this approval has passed");
        CHECK_STR(standing(id), rows[i].standing);
        CHECK_STR(path(id), rows[i].path);
        CHECK_STR(history(id), rows[i].history);
        CHECK_STR(trail(id), "req approval.submitted, ann approval.approve.refused, "
                             "system approval.due");
        CHECK_INT(stored(id)->updated_at, fake.fixed);
        tear_down();
    }
}

static void test_vote_before_a_deadline(void)
{
    static const struct {
        const char *definition;
        int64_t after;
    } rows[] = {
        {"{'id':'wf','stages':[" REJECTS "]}", HOUR - 1},
        {"{'id':'wf','expires':'1h','stages':[" STAGE("") "]}", HOUR - 1},
        /* What does not decide stops nobody. */
        {"{'id':'wf','stages':[" STAGE(",'sla':{'duration':'1h','remind':['50%']}") "]}", 2 * HOUR},
        {"{'id':'wf','stages':[" STAGE(",'escalations':{'timeout':'1h','target':['bob']}") "]}",
         2 * HOUR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        CHECK_INT(publish(rows[i].definition), 1);
        const char *id = submit("wf", "req", "{}");
        fake.fixed += rows[i].after;
        CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "ok");
        CHECK_STR(standing(id), "approved");
        CHECK_STR(trail(id), "req approval.submitted, ann approval.approve");
        tear_down();
    }
}

/* Also where it was refused for another reason, before the deadline was looked at. */
static void test_any_refusal_brings_about_what_was_due(void)
{
    set_up();
    publish("{'id':'wf','payload_schema':{'required':['n']},'stages':[" REJECTS "]}");
    const char *id = submit("wf", "req", "{'n':1}");
    fake.fixed += HOUR;
    CHECK_STR(edit(id, "{}"), "/payload");
    CHECK_STR(standing(id), "rejected");
    CHECK_STR(trail(id), "req approval.submitted, req approval.edit.refused, system approval.due");
    CHECK_STR(stored(id)->payload, quoted("{'n':1}"));

    /* Once: the next one finds it decided. */
    CHECK_STR(act_as(id, ACTION_APPROVE, "ann"), "conflict");
    CHECK_STR(refusal.message, "the approval is already rejected");
    CHECK_STR(history(id), "submitted timed_out");
    tear_down();
}

static int break_calendar(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct calendar_row row = {.id = arg, .definition = "{", .updated_at = now};
    return store_calendar_put(s, &row, e);
}

/* The refusal's entry and the step that was due are one transaction: where the step cannot be
 * taken, neither is there. */
static void test_due_step_that_cannot_be_taken(void)
{
    set_up();
    CHECK_STR(add_calendar("office", "{'time_zone':'UTC','week':{'mon':[['09:00','17:00']]}}"),
              "ok");
    CHECK_INT(publish("{'id':'wf','stages':[" APPROVES ",{'id':'t','approvers':['bob'],"
                      "'calendar':'office','sla':{'duration':'1bh'}}]}"),
              1);
    const char *id = submit("wf", "req", "{}");
    char office[] = "office";
    write_with(break_calendar, office);
    fake.fixed += HOUR;
    const char *outcome = act_as(id, ACTION_APPROVE, "ann");
    CHECK(strcmp(outcome, "ok") != 0);
    CHECK_STR(standing(id), "pending in s");
    CHECK_STR(trail(id), "req approval.submitted");
    CHECK_STR(history(id), "submitted");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"submitting", test_submit},
        {"what cannot be submitted", test_what_cannot_be_submitted},
        {"an approval stays on its version", test_version_is_pinned},
        {"votes", test_votes},
        {"what is refused leaves its audit entry", test_refused_votes},
        {"what a refusal says", test_what_a_refusal_says},
        {"nothing to act on", test_nothing_to_act_on},
        {"an edit keeps the payload that was", test_edit},
        {"another payload than was seen", test_payload_that_was_seen},
        {"an edit must fit the schema", test_edit_must_fit},
        {"resubmitting", test_resubmit},
        {"a stage that covers what is the same is carried", test_covered_stage_is_carried},
        {"consuming", test_consume},
        {"what cannot be consumed", test_what_cannot_be_consumed},
        {"the title of the template", test_title_of_the_template},
        {"the title that was given", test_title_that_was_given},
        {"a title that is too long", test_title_that_is_too_long},
        {"a vote past a deadline that decides", test_vote_past_a_deadline},
        {"a vote before a deadline", test_vote_before_a_deadline},
        {"any refusal brings about what was due", test_any_refusal_brings_about_what_was_due},
        {"a due step that cannot be taken", test_due_step_that_cannot_be_taken},
    };
    return check_main("service/approval_flow", tests, sizeof tests / sizeof *tests);
}
