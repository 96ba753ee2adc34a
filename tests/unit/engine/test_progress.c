#include "world.h"

#define RULES                                                              \
    "{'auto_approval_rules':{'by_action_type':{'query':{'enabled':true}}," \
    "'by_risk_score':{'auto_approve_below':0.3}},"                         \
    "'escalation_rules':{'always_manual_approval':['refund']}}"

static void use_rules(struct world *w, const char *payload)
{
    w->o.rules = autorules_parse(w->arena, json_of(w->arena, RULES), &w->e);
    w->o.rules_sha256 = "f11e";
    w->o.payload = json_of(w->arena, payload);
    CHECK_FATAL(w->o.rules != NULL);
}

static struct world submitted(const char *stages, const char *payload)
{
    struct world w = world_of(stages);
    use_rules(&w, payload);
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
    CHECK_STR(notices_text(&w), "approval.submitted approval.escalated task.assigned(alice,bob)");
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
    const char **users = arena_array(w.arena, STAGE_APPROVERS_MAX, sizeof *users);
    for (size_t i = 0; i < STAGE_APPROVERS_MAX; i++)
        users[i] = arena_printf(w.arena, "user-%zu", i);
    *s = (struct stage){.id = "s", .approvers = users, .approver_count = STAGE_APPROVERS_MAX};
    w.d.stages = s;
    world_submit(&w);
    CHECK_INT(w.a.needed, STAGE_APPROVERS_MAX);
    for (size_t i = 0; i < STAGE_APPROVERS_MAX; i++)
        CHECK_INT(approve(&w, users[i]), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_INT(w.a.seq, STAGE_APPROVERS_MAX + 1);
    world_end(&w);
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
};

int main(void)
{
    return check_main("progress", tests, sizeof tests / sizeof *tests);
}
