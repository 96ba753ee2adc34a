#include "world.h"

#define RULES                                                              \
    "{'auto_approval_rules':{'by_action_type':{'query':{'enabled':true}}," \
    "'by_risk_score':{'auto_approve_below':0.3}},"                         \
    "'escalation_rules':{'always_manual_approval':['refund'],'high_risk_actions':['wipe']}}"

static void release_zones(void *p)
{
    struct zones *zones = p;
    zones_free(&zones);
}

static void use_rules(struct world *w, const char *payload)
{
    struct zones *zones = zones_new(NULL);
    arena_defer(w->arena, release_zones, zones);
    w->o.rules = autorules_parse(w->arena, zones, json_of(w->arena, RULES), &w->e);
    w->o.rules_sha256 = "f11e";
    w->o.payload = json_of(w->arena, payload);
    CHECK_FATAL(w->o.rules != NULL);
}

/* By one who is believed. */
static struct world submitted(const char *stages, const char *payload)
{
    struct world w = world_of(stages);
    use_rules(&w, payload);
    w.a.believed = true;
    world_submit(&w);
    return w;
}

static void test_automatic(void)
{
    struct world w = submitted("{'id':'s','approvers':['alice'],'auto_rules':{}}", "{}");
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_INT(w.a.task_count, 0);
    CHECK_STR(events_text(&w), "submitted approve");
    const struct event *ev = &w.fx.events[1];
    CHECK_STR(ev->actor, "system");
    CHECK_STR(ev->stage_id, "s");
    CHECK_INT(ev->visit, 1);
    CHECK_STR(ev->rule, "by_action_type.query");
    CHECK_STR(ev->rule_value, "query");
    CHECK_STR(ev->rules_sha256, "f11e");
    CHECK_STR(notices_text(&w), "approval.submitted approval.approved approval.auto_approved");
    CHECK_INT(w.a.seq, 2);
    world_end(&w);
}

static void test_cascade(void)
{
    struct world w = submitted("{'id':'one','auto_rules':{}},"
                               "{'id':'two','auto_rules':{'action_type':'query'}},"
                               "{'id':'three','auto_rules':{'action_type':'refund'}}",
                               "{'action_type':'mail','risk_score':0.25}");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.a.stage_id, "three");
    CHECK_STR(events_text(&w), "submitted approve approve");
    CHECK_STR(w.fx.events[1].rule, "by_risk_score.auto_approve_below");
    CHECK_STR(w.fx.events[1].rule_value, "0.25");
    CHECK_STR(w.fx.events[2].rule, "by_action_type.query");
    CHECK_STR(notices_text(&w), "approval.submitted");
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(notices_text(&w), "approval.approved");
    world_end(&w);
}

static void test_why_not(void)
{
    struct world w = submitted("{'id':'s','auto_rules':{}}", "{'action_type':'refund'}");
    CHECK_STR(events_text(&w), "submitted");
    CHECK_STR(w.fx.events[0].rule, "always_manual_approval");
    CHECK_STR(w.fx.events[0].rule_value, "refund");
    CHECK_STR(w.fx.events[0].rules_sha256, "f11e");
    world_end(&w);
}

static void test_rules_after_a_person(void)
{
    struct world w = submitted("{'id':'one'},{'id':'two','auto_rules':{}},{'id':'three'}", "{}");
    CHECK_STR(w.fx.events[0].rule, NULL);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_STR(events_text(&w), "approve approve");
    CHECK_STR(w.fx.events[0].actor, "alice");
    CHECK_STR(w.fx.events[1].actor, "system");
    CHECK_STR(w.a.stage_id, "three");
    CHECK(w.fx.moved);
    world_end(&w);
}

static void test_rules_end_it_after_a_person(void)
{
    struct world w = submitted("{'id':'one'},{'id':'two','auto_rules':{}}", "{}");
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK(!w.fx.moved);
    CHECK_STR(notices_text(&w), "approval.approved");
    world_end(&w);
}

static void test_no_rules(void)
{
    struct world w = world_with("{'id':'s','auto_rules':{},'approvers':['alice']}");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.fx.events[0].rule, "no_rules");
    CHECK_STR(w.fx.events[0].rules_sha256, NULL);
    world_end(&w);
}

static void test_stage_that_does_not_ask(void)
{
    struct world w = submitted("{'id':'s','approvers':['alice']}", "{}");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.fx.events[0].rule, NULL);
    world_end(&w);
}

static void test_due(void)
{
    struct world w = world_with("{'id':'one','sla':{'duration':'1.5h'}},{'id':'two'},"
                                "{'id':'three','sla':{'duration':'2d'}}");
    CHECK_INT(w.a.sla_due_at, START + 90 * MINUTE);
    approve(&w, "alice");
    CHECK_INT(w.a.sla_due_at, 0);
    approve(&w, "alice");
    CHECK_INT(w.a.sla_due_at, START + 2 * MINUTE + 2 * 24 * 60 * MINUTE);
    approve(&w, "alice");
    CHECK_INT(w.a.sla_due_at, 0);
    world_end(&w);
}

static void test_requester_leaves_the_slate(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice','rita','bob']}");
    CHECK_STR(tasks_text(&w), "alice:open bob:waiting");
    CHECK_INT(w.a.needed, 2);
    CHECK_STR(w.a.slate_role, NULL);
    CHECK_INT(w.a.tasks[1].place, 2);
    CHECK_INT(approve(&w, "rita"), ERR_FORBIDDEN);
    world_end(&w);
}

static void test_self_approval(void)
{
    struct world w = world_with("{'id':'s','approvers':['rita'],'allow_self_approval':true}");
    CHECK_STR(tasks_text(&w), "rita:open");
    CHECK_INT(approve(&w, "rita"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_nobody_left(void)
{
    struct world w = world_with("{'id':'s','approvers':['rita']}");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_INT(w.a.needed, 1);
    CHECK_STR(events_text(&w), "submitted escalated");
    CHECK_STR(w.fx.events[1].actor, "system");
    CHECK_STR(w.fx.events[1].reason, "nobody of those named may decide");
    CHECK_STR(notices_text(&w), "approval.submitted approval.escalated");
    CHECK_INT(approve(&w, "rita"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "ada"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_too_few_left(void)
{
    struct world w =
        world_with("{'id':'s','type':'parallel','approvers':['alice','rita','bob'],'quorum':3}");
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_INT(w.a.needed, 3);
    CHECK_STR(tasks_text(&w), "alice:open bob:open");
    CHECK_STR(w.fx.events[1].reason, "3 people must approve, and of those named only 2 may decide");
    CHECK_STR(notices_text(&w), "approval.submitted task.assigned(alice,bob) approval.escalated");
    approve(&w, "alice");
    approve(&w, "bob");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "ada"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

/* An administrator who fills in does not take anybody's turn. */
static void test_turns_beside_administrators(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice','rita','bob'],'quorum':3}");
    CHECK_STR(tasks_text(&w), "alice:open bob:waiting");
    CHECK_INT(approve(&w, "ada"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:waiting ada:approve");
    CHECK_INT(approve(&w, "bob"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:approve bob:open ada:approve");
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_large_slate(void)
{
    struct world w = world_of("{'id':'s'}");
    struct stage *s = arena_make(w.arena, struct stage);
    struct selector *users = arena_array(w.arena, STAGE_APPROVERS_MAX, sizeof *users);
    for (size_t i = 0; i < STAGE_APPROVERS_MAX; i++) {
        users[i].text = arena_printf(w.arena, "user:user-%zu", i);
        users[i].name = users[i].text + strlen("user:");
    }
    *s = w.d.stages[0];
    s->approvers = users;
    s->approver_count = STAGE_APPROVERS_MAX;
    w.d.stages = s;
    world_submit(&w);
    CHECK_INT(w.a.needed, STAGE_APPROVERS_MAX);
    for (size_t i = 0; i < STAGE_APPROVERS_MAX; i++)
        CHECK_INT(approve(&w, users[i].name), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_INT(w.a.seq, STAGE_APPROVERS_MAX + 1);
    world_end(&w);
}

static void test_too_large_slate(void)
{
    for (size_t over = 0; over < 2; over++) {
        struct world w = world_of("{'id':'s','approvers':['group:all']}");
        struct str names = STR_INIT;
        for (size_t i = 0; i < SLATE_MAX + over; i++)
            str_addf(&names, "%su%zu", i ? " " : "", i);
        world_knows(&w, "group:all", names.buf);
        world_submit(&w);
        str_release(&names);
        CHECK_INT(w.a.task_count, over ? 0 : SLATE_MAX);
        CHECK_STR(w.a.slate_role, over ? "admin" : NULL);
        CHECK_INT(w.a.fallback, over);
        world_end(&w);
    }
}

static void test_on_empty(void)
{
    static const struct {
        const char *stages, *events;
        enum approval_status status;
    } rows[] = {
        {"{'approvers':['group:none'],'on_empty':'reject'}", "submitted reject", STATUS_REJECTED},
        {"{'approvers':['group:none'],'on_empty':'approve'}", "submitted approve", STATUS_APPROVED},
        {"{'approvers':['group:none']}", "submitted escalated", STATUS_PENDING},
        {"{'approvers':['alice','rita'],'quorum':2,'on_empty':'approve'}", "submitted approve",
         STATUS_APPROVED},
        {"{'type':'parallel','requires':{'at_least':2,'of':['alice','group:none']},"
         "'on_empty':'reject'}",
         "submitted reject", STATUS_REJECTED},
        {"{'on_empty':'approve'}", "submitted", STATUS_PENDING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_with(rows[i].stages);
        CHECK_STR(events_text(&w), rows[i].events);
        CHECK_INT(w.a.status, rows[i].status);
        if (w.fx.event_count > 1)
            CHECK_STR(w.fx.events[1].actor, ACTOR_SYSTEM);
        world_end(&w);
    }
}

static void test_visits(void)
{
    struct world w = world_with("{'id':'one'},{'id':'two','approvers':['bob']}");
    CHECK_STR(visits_text(&w), "one/1 open");
    CHECK_INT(w.a.visits[0].entered_at, START);
    CHECK_INT(w.a.visits[0].round, 1);
    approve(&w, "alice");
    CHECK_STR(visits_text(&w), "one/1 approved, two/1 open");
    CHECK_INT(w.a.visits[0].ended_at, START + MINUTE);
    CHECK_INT(w.a.visits[1].ended_at, 0);
    reject(&w, "bob");
    CHECK_STR(visits_text(&w), "one/1 approved, two/1 rejected");
    world_end(&w);
}

static struct world submitted_with(const char *workflow, const char *payload)
{
    struct world w = world_of_workflow(workflow);
    w.o.payload = json_of(w.arena, payload);
    world_submit(&w);
    return w;
}

static void test_skipped(void)
{
    struct world w = submitted_with("{'stages':[{'id':'one','conditions':{'amount_gt':100}},"
                                    "{'id':'two','conditions':{'amount_gt':5}},"
                                    "{'id':'three','conditions':{'>':[1,2]}}]}",
                                    "{'amount':50}");
    CHECK_STR(events_text(&w), "submitted skipped");
    CHECK_STR(w.fx.events[1].stage_id, "one");
    CHECK_INT(w.fx.events[1].visit, 0);
    CHECK_STR(w.fx.events[1].reason, "its conditions do not hold");
    CHECK_STR(visits_text(&w), "one/0 skipped, two/1 open");
    approve(&w, "alice");
    CHECK_STR(visits_text(&w), "one/0 skipped, two/1 approved, three/0 skipped");
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static const char *long_list(struct arena *arena)
{
    struct str s = STR_INIT;
    str_add(&s, "{'l':[1");
    for (int i = 0; i < LOGIC_STEPS_MAX / 8; i++)
        str_add(&s, ",1");
    str_add(&s, "]}");
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* With such a list it passes the bound of operations. */
#define TOO_LONG                                                                                \
    "{'map':[{'var':'payload.l'},{'+':[1,{'+':[1,{'+':[1,{'+':[1,{'+':[1,{'+':[1,{'+':[1,{'+':" \
    "[1,1]}]}]}]}]}]}]}]}]}"

static void test_error(void)
{
    struct world w =
        world_of("{'id':'one','approvers':['alice'],'conditions':" TOO_LONG "},{'id':'two'}");
    w.o.payload = json_of(w.arena, long_list(w.arena));
    world_submit(&w);
    CHECK_INT(w.a.status, STATUS_ERROR);
    CHECK(w.a.fault && !strncmp(w.a.fault, "conditions of stage one: ", 25));
    CHECK_STR(w.a.stage_id, "one");
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_STR(events_text(&w), "submitted error");
    CHECK_STR(w.fx.events[1].reason, w.a.fault);
    CHECK_INT(approve(&w, "rita"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "ada"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.a.fault, NULL);
    CHECK_STR(w.a.stage_id, "two");
    world_end(&w);
}

static void test_error_of_a_transition(void)
{
    struct world w = world_of_workflow(
        "{'stages':[{'id':'one','approvers':['alice']},{'id':'two'}],'transitions':["
        "{'from':'one','on':'approve','to':'$approved','condition':" TOO_LONG "}]}");
    w.o.payload = json_of(w.arena, long_list(w.arena));
    world_submit(&w);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_ERROR);
    CHECK(w.a.fault && !strncmp(w.a.fault, "condition of transition 1: ", 27));
    CHECK_STR(w.a.stage_id, "one");
    CHECK_INT(approve(&w, "ada"), ERR_NONE);
    CHECK_STR(w.a.stage_id, "two");
    CHECK_INT(w.a.status, STATUS_PENDING);
    world_end(&w);
}

static void test_transitions(void)
{
    static const struct {
        const char *payload, *visits;
        enum approval_status status;
    } rows[] = {
        {"{'amount':5}", "one/1 approved", STATUS_APPROVED},
        {"{'amount':50}", "one/1 approved, three/1 open", STATUS_PENDING},
        {"{'amount':500}", "one/1 approved, two/1 open", STATUS_PENDING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = submitted_with(
            "{'stages':[{'id':'one'},{'id':'two'},{'id':'three'}],'transitions':["
            "{'from':'one','on':'approve','condition':{'amount_lt':10},'to':'$approved'},"
            "{'from':'one','on':'approve','condition':{'amount_lt':100},'to':'three'},"
            "{'from':'two','on':'approve','to':'$rejected'}]}",
            rows[i].payload);
        approve(&w, "alice");
        CHECK_STR(visits_text(&w), rows[i].visits);
        CHECK_INT(w.a.status, rows[i].status);
        world_end(&w);
    }
}

static void test_going_back(void)
{
    struct world w = submitted_with("{'max_visits':2,'stages':[{'id':'one'},{'id':'two'}],"
                                    "'transitions':[{'from':'two','on':'reject','to':'one'}]}",
                                    "{}");
    approve(&w, "alice");
    reject(&w, "bob");
    CHECK_STR(w.a.stage_id, "one");
    CHECK_INT(w.a.visit, 2);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK(!w.fx.repeat);
    CHECK_INT(reject(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK_STR(events_text(&w), "reject ended");
    CHECK_STR(w.fx.events[1].reason, "stage one would be entered more than 2 times");
    CHECK_STR(visits_text(&w), "one/1 approved, two/1 rejected, one/2 approved, two/2 rejected");
    world_end(&w);
}

static void test_returned(void)
{
    struct world w =
        submitted_with("{'stages':[{'id':'one','sla':{'duration':'1h'}}],'expires':'9h',"
                       "'transitions':[{'from':'one','on':'reject','to':'$returned'}]}",
                       "{}");
    reject(&w, "bob");
    CHECK_INT(w.a.status, STATUS_RETURNED);
    CHECK_STR(w.a.stage_id, NULL);
    CHECK_STR(timers_text(&w), "expire 0 +540");
    CHECK_STR(notices_text(&w), "approval.returned");
    CHECK_STR(visits_text(&w), "one/1 rejected");
    world_end(&w);
}

static void test_withdrawn_into_a_stage(void)
{
    struct world w = submitted_with("{'stages':[{'id':'one'},{'id':'two'}],"
                                    "'transitions':[{'from':'one','on':'withdraw','to':'two'}]}",
                                    "{}");
    CHECK_INT(withdraw(&w, "rita"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(visits_text(&w), "one/1 left, two/1 open");
    CHECK_INT(withdraw(&w, "rita"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_WITHDRAWN);
    world_end(&w);
}

static void test_rules_are_recorded(void)
{
    struct world w = submitted("{'id':'s','auto_rules':{}}", "{'action_type':'refund'}");
    CHECK_FATAL(w.fx.asked_count == 1);
    CHECK_STR(w.fx.asked[0].question, "rules:s\n1");
    static const char *const said[] = {"manual", "", "always_manual_approval", "refund", "f11e"};
    CHECK_FATAL(w.fx.asked[0].reply.count == 5);
    for (size_t i = 0; i < 5; i++)
        CHECK_STR(w.fx.asked[0].reply.texts[i], said[i]);
    world_end(&w);
    w = world_of("{'id':'s','auto_rules':{}}");
    world_knows(&w, "rules:s\n1", "approve alarm some.rule a-value 5ha");
    w.o.replay = true;
    world_submit(&w);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(w.fx.events[1].rule, "some.rule");
    CHECK_STR(w.fx.events[1].rule_value, "a-value");
    CHECK_STR(w.fx.events[1].rules_sha256, "5ha");
    world_end(&w);
}

static void test_alarm(void)
{
    struct world w = world_of("{'id':'s','approvers':['alice'],'auto_rules':{'action_type':'wipe'},"
                              "'escalations':[{'timeout':'1h'},"
                              "{'timeout':'2h','target':['boss','rita']}]}");
    use_rules(&w, "{}");
    world_submit(&w);
    CHECK_STR(w.fx.events[0].rule, "high_risk_actions");
    CHECK_STR(notices_text(&w), "approval.submitted approval.escalated(boss) task.assigned(alice)");
    CHECK_STR(tasks_text(&w), "alice:open");
    world_end(&w);
}

static void test_manual_only(void)
{
    struct world w = world_of("{'id':'s','approvers':['alice'],'auto_rules':{}}");
    use_rules(&w, "{}");
    w.o.manual_only = true;
    world_submit(&w);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.fx.events[0].rule, "manual_only");
    world_end(&w);
}

/* Nobody rates his own risk. */
static void test_believed(void)
{
    static const struct {
        bool believed, trusting, approved;
    } rows[] = {{false, false, false}, {true, false, true}, {false, true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_of(rows[i].trusting ? "{'id':'s','auto_rules':{'action_type':'x',"
                                                     "'trust_payload':true}}"
                                                   : "{'id':'s','auto_rules':{'action_type':'x'}}");
        use_rules(&w, "{'risk_score':0.1}");
        w.a.believed = rows[i].believed;
        world_submit(&w);
        CHECK_INT(w.a.status == STATUS_APPROVED, rows[i].approved);
        world_end(&w);
    }
}

static const struct test tests[] = {
    {"the rules approve, and the event says which", test_automatic},
    {"an automatic approval asks the next stage's rules", test_cascade},
    {"the event says which rule asks for a person", test_why_not},
    {"the rules are asked after a person's approval too", test_rules_after_a_person},
    {"the rules may end what a person began", test_rules_end_it_after_a_person},
    {"without rules people decide", test_no_rules},
    {"a stage without auto_rules does not ask", test_stage_that_does_not_ask},
    {"the due time is set when a stage is entered", test_due},
    {"the requester leaves the slate", test_requester_leaves_the_slate},
    {"a stage may allow self approval", test_self_approval},
    {"where nobody is left administrators decide", test_nobody_left},
    {"where too few are left administrators help", test_too_few_left},
    {"administrators do not take turns", test_turns_beside_administrators},
    {"the largest slate", test_large_slate},
    {"more than can be asked is as good as nobody", test_too_large_slate},
    {"on_empty says who decides where nobody can", test_on_empty},
    {"the path that it took", test_visits},
    {"a stage whose conditions do not hold is skipped", test_skipped},
    {"a condition that cannot be evaluated is for people", test_error},
    {"a condition of a transition that cannot be evaluated, too", test_error_of_a_transition},
    {"the first transition that matches says where to", test_transitions},
    {"going back, up to a limit", test_going_back},
    {"a rejection may lead to the requester", test_returned},
    {"withdrawing may lead to a stage", test_withdrawn_into_a_stage},
    {"a replay hears from its history what the rules said", test_rules_are_recorded},
    {"an action of high risk is told to the target", test_alarm},
    {"the kill switch", test_manual_only},
    {"whose ratings are believed", test_believed},
};

int main(void)
{
    return check_main("progress", tests, sizeof tests / sizeof *tests);
}
