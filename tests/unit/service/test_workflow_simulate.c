/*
 * What would happen to a request: paths, people, due times, votes.
 */
#include "service/workflow_simulate.h"

#include "check.h"
#include "flow.h"

#define HOUR (INT64_C(3600) * US_PER_SECOND)

static struct simulated result;

static const char *run(const struct simulate *in)
{
    struct err e = ERR_INIT;
    int rc = workflow_simulate(&sv, arena, in, &result, &e);
    if (rc < 0)
        refusal = e;
    return outcome(rc, &e);
}

static const char *run_definition(const char *definition, const char *payload)
{
    const char *text = quoted(payload);
    return run(&(struct simulate){
        .who = &principal_anonymous,
        .definition = json_of(definition),
        .payload = parse(text),
        .payload_text = text,
        .requester_id = "req",
        .target_entity = "the thing",
    });
}

static const char *run_votes(const char *definition, const struct simulated_vote *votes, size_t n)
{
    return run(&(struct simulate){
        .who = &principal_anonymous,
        .definition = json_of(definition),
        .payload = parse("{}"),
        .payload_text = "{}",
        .requester_id = "req",
        .votes = votes,
        .vote_count = n,
    });
}

/* "lead/1 asks ann bob: approved; pay/0 asks: skipped => approved" */
static const char *path_text(void)
{
    const char **texts = arena_array(arena, result.path_count, sizeof *texts);
    for (size_t i = 0; i < result.path_count; i++) {
        const struct simulated_stage *s = &result.path[i];
        texts[i] = arena_printf(
            arena, "%s/%lld asks %s%s%s: %s%s", s->stage_id, (long long)s->visit,
            joined(s->asked, s->asked_count), s->role ? "role:" : "", s->role ? s->role : "",
            visit_outcome_name(s->outcome), i + 1 < result.path_count ? ";" : "");
    }
    return arena_printf(arena, "%s => %s", joined(texts, result.path_count),
                        approval_status_name(result.outcome));
}

struct expectation {
    const char *definition, *payload, *path;
};

static void check_paths(const struct expectation *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK_STR(run_definition(rows[i].definition, rows[i].payload), "ok");
        CHECK_STR(path_text(), rows[i].path);
    }
}

static void test_everybody_approves(void)
{
    static const struct expectation rows[] = {
        {"{'stages':[{'id':'lead','approvers':['ann']},"
         "{'id':'pay','type':'parallel','approvers':['bob','cid'],'quorum':2}]}",
         "{}", "lead/1 asks ann: approved; pay/1 asks bob cid: approved => approved"},
        {"{'stages':[{'id':'s','approvers':['ann','bob','cid']}]}", "{}",
         "s/1 asks ann bob cid: approved => approved"},
        {"{'stages':[{'id':'s'}]}", "{}", "s/1 asks role:approver: approved => approved"},
        {"{'stages':[{'id':'s','quorum':3}]}", "{}",
         "s/1 asks role:approver: approved => approved"},
        {"{'stages':[{'id':'small','conditions':{'n_lt':10},'approvers':['ann']},"
         "{'id':'big','conditions':{'n_gte':10},'approvers':['bob']}]}",
         "{'n':10}", "small/0 asks : skipped; big/1 asks bob: approved => approved"},
        {"{'stages':[{'id':'s','approvers':['payload:/owner','group:fin','req']}]}",
         "{'owner':'zoe'}", "s/1 asks zoe ann bob: approved => approved"},
        {"{'stages':[{'id':'s','type':'parallel','requires':{'all':['group:fin','user:cid']}}]}",
         "{}", "s/1 asks ann bob cid: approved => approved"},
        /* Nobody is left: it fails closed. */
        {"{'stages':[{'id':'s','approvers':['req'],'on_empty':'reject'}]}", "{}",
         "s/1 asks : rejected => rejected"},
        {"{'stages':[{'id':'s','approvers':['req'],'on_empty':'approve'}]}", "{}",
         "s/1 asks : auto => approved"},
        {"{'stages':[{'id':'s','approvers':['req']}]}", "{}",
         "s/1 asks role:admin: approved => approved"},
        {"{'stages':[{'id':'s','approvers':['req'],"
         "'escalations':{'timeout':'1h','target':'user:dan'}}]}",
         "{}", "s/1 asks dan: approved => approved"},
    };
    set_up();
    add_group("fin", "bob ann");
    check_paths(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_transitions(void)
{
    static const struct expectation rows[] = {
        {"{'stages':[{'id':'a','approvers':['ann']},{'id':'b','approvers':['bob']}],"
         "'transitions':[{'from':'a','on':'approve','condition':{'var':'payload.quick'},"
         "'to':'$approved'}]}",
         "{'quick':true}", "a/1 asks ann: approved => approved"},
        {"{'stages':[{'id':'a','approvers':['ann']}],"
         "'transitions':[{'from':'a','on':'approve','to':'$returned'}]}",
         "{}", "a/1 asks ann: approved => returned"},
        {"{'max_visits':2,'stages':[{'id':'a','approvers':['ann']}],"
         "'transitions':[{'from':'a','on':'approve','to':'a'}]}",
         "{}", "a/1 asks ann: approved; a/2 asks ann: approved => rejected"},
    };
    set_up();
    check_paths(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* needed, because and the times of each stage. */
static void test_details(void)
{
    set_up();
    add_calendar("office", "{'time_zone':'UTC','week':{'fri':[['09:00','17:00']]}}");
    CHECK_STR(run_definition("{'stages':[{'id':'a','approvers':['ann','bob']},"
                             "{'id':'no','conditions':{'n_gt':1}},"
                             "{'id':'b','type':'parallel','approvers':['cid','dan','eve'],"
                             "'quorum':'60%','sla':{'duration':'4h'}},"
                             "{'id':'c','quorum':2,'calendar':'office','sla':{'duration':'2bh'}},"
                             "{'id':'d','type':'parallel','requires':{'any':['ann','bob']}}]}",
                             "{}"),
              "ok");
    const struct simulated_stage *s = result.path;
    CHECK_FATAL(result.path_count == 5);
    CHECK_STR(s[0].because, "it is the first stage");
    CHECK_INT(s[0].entered_at, NOW);
    CHECK_INT(s[0].due_at, 0);
    CHECK_STR(s[1].because, "its conditions do not hold");
    CHECK_STR(s[2].because, "stage no was skipped");
    CHECK_INT(s[2].needed, 2);
    CHECK_INT(s[2].due_at, NOW + 4 * HOUR);
    CHECK(s[2].role == NULL);
    CHECK_STR(s[3].because, "stage b was approved");
    CHECK_INT(s[3].needed, 2);
    CHECK_STR(s[3].role, "approver");
    int64_t eleven = 0;
    struct err e = ERR_INIT;
    CHECK_INT(time_parse("2026-01-02T11:00:00Z", &eleven, &e), 0);
    CHECK_INT(s[3].due_at, eleven);
    CHECK_INT(s[4].needed, 0);
    tear_down();
}

/* ---- votes ---- */

#define A_THEN_B "{'stages':[{'id':'a','approvers':['ann']},{'id':'b','approvers':['bob']}]}"
#define PAIR                                                                           \
    "{'stages':[{'id':'p','type':'parallel','quorum':2,'reject':2,'approvers':['ann'," \
    "'bob','cid']}]}"
#define ROUND                                                                    \
    "{'stages':[{'id':'a','approvers':['ann']},{'id':'b','approvers':['bob']}]," \
    "'transitions':[{'from':'b','on':'reject','to':'a'}]}"

static void test_votes(void)
{
    static const struct {
        const char *definition, *path, *refused;
        struct simulated_vote votes[4];
        size_t n;
    } rows[] = {
        {A_THEN_B, "a/1 asks ann: open => pending", "", {{NULL, NULL, ACTION_APPROVE}}, 0},
        {A_THEN_B,
         "a/1 asks ann: approved; b/1 asks bob: open => pending",
         "",
         {{"ann", "a", ACTION_APPROVE}},
         1},
        {A_THEN_B,
         "a/1 asks ann: approved; b/1 asks bob: rejected => rejected",
         "",
         {{"ann", "a", ACTION_APPROVE}, {"bob", "b", ACTION_REJECT}},
         2},
        {A_THEN_B,
         "a/1 asks ann: open => pending",
         "approve by bob in stage b: stage a is open now, not b",
         {{"bob", "b", ACTION_APPROVE}},
         1},
        {A_THEN_B,
         "a/1 asks ann: approved; b/1 asks bob: open => pending",
         "reject by zoe in stage a: zoe is not among those asked in stage a",
         {{"zoe", "a", ACTION_REJECT}, {"ann", "a", ACTION_APPROVE}},
         2},
        {A_THEN_B,
         "a/1 asks ann: rejected => rejected",
         "approve by bob in stage b: the approval is already rejected",
         {{"ann", "a", ACTION_REJECT}, {"bob", "b", ACTION_APPROVE}},
         2},
        {PAIR,
         "p/1 asks ann bob cid: approved => approved",
         "",
         {{"bob", "p", ACTION_REJECT}, {"bob", "p", ACTION_APPROVE}, {"cid", "p", ACTION_APPROVE}},
         3},
        /* Who abstains does not approve: two of three cannot any more. */
        {PAIR,
         "p/1 asks ann bob cid: rejected => rejected",
         "",
         {{"ann", "p", ACTION_ABSTAIN}, {"bob", "p", ACTION_REJECT}},
         2},
        {PAIR,
         "p/1 asks ann bob cid: rejected => rejected",
         "",
         {{"ann", "p", ACTION_REJECT}, {"cid", "p", ACTION_REJECT}},
         2},
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_STR(run_votes(rows[i].definition, rows[i].votes, rows[i].n), "ok");
        CHECK_STR(path_text(), rows[i].path);
        CHECK_STR(joined(result.refused, result.refused_count), rows[i].refused);
    }
    tear_down();
}

/* Votes name no visit: each is for the stage as it is then, so that a loop can be gone through. */
static void test_votes_in_a_loop(void)
{
    static const struct simulated_vote votes[] = {
        {"ann", "a", ACTION_APPROVE},
        {"bob", "b", ACTION_REJECT},
        {"ann", "a", ACTION_APPROVE},
        {"bob", "b", ACTION_APPROVE},
    };
    set_up();
    CHECK_STR(run_votes(ROUND, votes, sizeof votes / sizeof *votes), "ok");
    CHECK_STR(path_text(), "a/1 asks ann: approved; b/1 asks bob: rejected; "
                           "a/2 asks ann: approved; b/2 asks bob: approved => approved");
    CHECK_INT(result.refused_count, 0);
    tear_down();
}

/* A vote of somebody whom only the role admits, and who would be found to have it. */
static void test_votes_of_a_role(void)
{
    static const struct simulated_vote votes[] = {
        {"req", "s", ACTION_APPROVE},
        {"ann", "s", ACTION_APPROVE},
        {"bob", "s", ACTION_APPROVE},
    };
    set_up();
    CHECK_STR(run_votes("{'stages':[{'id':'s','quorum':2}]}", votes, 3), "ok");
    CHECK_STR(path_text(), "s/1 asks role:approver: approved => approved");
    CHECK_INT(result.refused_count, 1);
    CHECK(strstr(result.refused[0], "req made this request") != NULL);
    tear_down();
}

/* ---- what is looked up ---- */

static void test_people_of_now(void)
{
    set_up();
    add_user("{'id':'req','manager':'bob'}");
    add_user("{'id':'bob','absence':{'from':'2026-01-01T00:00:00Z','to':'2026-02-01T00:00:00Z',"
             "'deputy':'dan'}}");
    CHECK_STR(run_definition("{'stages':[{'id':'s','approvers':['manager:requester']}]}", "{}"),
              "ok");
    CHECK(strstr(path_text(), "dan") != NULL);
    CHECK_INT(result.outcome, STATUS_APPROVED);
    tear_down();
}

static void test_stored_workflow(void)
{
    struct simulate in = {
        .who = &principal_anonymous,
        .workflow_id = "wf",
        .payload = NULL,
        .payload_text = "{}",
        .requester_id = "req",
    };
    set_up();
    in.payload = parse("{}");
    CHECK_STR(run(&in), "not-found");
    CHECK_STR(refusal.message, "Workflow not found");
    publish("{'id':'wf','stages':[{'id':'old','approvers':['ann']}]}");
    publish("{'id':'wf','stages':[{'id':'new','approvers':['bob']}]}");
    CHECK_STR(run(&in), "ok");
    CHECK_STR(path_text(), "new/1 asks bob: approved => approved");
    tear_down();
}

static void test_what_cannot_be_simulated(void)
{
    static const struct {
        const char *definition, *payload, *outcome;
    } rows[] = {
        {"{'stages':[{'quorum':-1,'type':'odd'}]}", "{}", "/stages/0/type /stages/0/quorum"},
        {"{'calendar':'none','stages':[{}]}", "{}", "/calendar"},
        {"{'payload_schema':{'properties':{'n':{'type':'number'}}},'stages':[{}]}", "{'n':'1'}",
         "/payload/n"},
        {"{'submit_by':'user:ann','stages':[{}]}", "{}", "forbidden"},
        {"{'stages':[]}", "{}", "bad-request"},
    };
    set_up();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(run_definition(rows[i].definition, rows[i].payload), rows[i].outcome);
    tear_down();
}

static const char *members(const char *prefix, int n)
{
    struct str s = STR_INIT;
    for (int i = 0; i < n; i++)
        str_addf(&s, "%s%s%d", i ? " " : "", prefix, i);
    const char *text = arena_strdup(arena, s.buf);
    str_release(&s);
    return text;
}

static void test_error(void)
{
    set_up();
    add_group("g", members("a", 600));
    add_group("h", members("b", 600));
    CHECK_STR(
        run_definition(
            "{'stages':[{'id':'s','type':'parallel','approvers':['group:g','group:h']}]}", "{}"),
        "ok");
    CHECK_INT(result.outcome, STATUS_ERROR);
    CHECK_STR(result.fault, "stage s names more than 1000 people");
    tear_down();
}

/* A thousand people who must all approve are not too many. */
static void test_as_many_as_can_be_asked(void)
{
    set_up();
    add_group("g", members("a", 1000));
    CHECK_STR(run_definition("{'stages':[{'id':'s','type':'parallel','quorum':'all',"
                             "'approvers':['group:g']}]}",
                             "{}"),
              "ok");
    CHECK_INT(result.path[0].asked_count, 1000);
    CHECK_INT(result.path[0].needed, 1000);
    CHECK_INT(result.outcome, STATUS_APPROVED);
    tear_down();
}

static void test_nothing_is_stored(void)
{
    struct session *s = NULL;
    struct approval_item *items = NULL;
    struct outbox_row *rows = NULL;
    struct workflow_row *workflows = NULL;
    struct approval_filter all = {.status = -1, .limit = 10};
    struct err e = ERR_INIT;
    size_t n = 1;
    set_up();
    CHECK_STR(run_definition(A_THEN_B, "{}"), "ok");
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(store_approval_list(s, arena, &all, &items, &n, &e), 0);
    CHECK_INT(n, 0);
    CHECK_INT(store_outbox_list(s, arena, 0, 10, &rows, &n, &e), 0);
    CHECK_INT(n, 0);
    CHECK_INT(store_workflow_list(s, arena, &workflows, &n, &e), 0);
    CHECK_INT(n, 0);
    store_read_end(&s);
    CHECK_STR(audited("simulation"), "");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"everybody who is asked approves", test_everybody_approves},
        {"transitions", test_transitions},
        {"needed, because, due", test_details},
        {"votes", test_votes},
        {"votes in a loop", test_votes_in_a_loop},
        {"votes of a role", test_votes_of_a_role},
        {"the people of now", test_people_of_now},
        {"a stored workflow", test_stored_workflow},
        {"what cannot be simulated", test_what_cannot_be_simulated},
        {"an error", test_error},
        {"as many as can be asked", test_as_many_as_can_be_asked},
        {"nothing is stored", test_nothing_is_stored},
    };
    return check_main("service/workflow_simulate", tests, sizeof tests / sizeof *tests);
}
