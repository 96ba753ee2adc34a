#include "world.h"

#define PARALLEL_2_OF_3 \
    "{'id':'s','type':'parallel','approvers':['alice','bob','carol'],'quorum':2}"
#define IN_ORDER "{'id':'s','approvers':['alice','bob','carol']}"
#define TWO_STAGES                                                                                 \
    "{'id':'one','approvers':['alice']},{'id':'two','type':'parallel','approvers':['bob','carol']" \
    "}"

static void test_submit(void)
{
    struct world w = world_with(PARALLEL_2_OF_3);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_STR(w.a.stage_id, "s");
    CHECK_INT(w.a.visit, 1);
    CHECK_INT(w.a.needed, 2);
    CHECK_STR(w.a.slate_role, NULL);
    CHECK_INT(w.a.created_at, START);
    CHECK_INT(w.a.updated_at, START);
    CHECK_INT(w.a.sla_due_at, 0);
    CHECK_INT(w.a.seq, 1);
    CHECK_STR(tasks_text(&w), "alice:open bob:open carol:open");
    CHECK_STR(events_text(&w), "submitted");
    CHECK_STR(w.fx.events[0].actor, "rita");
    CHECK_STR(w.fx.events[0].stage_id, NULL);
    CHECK_STR(notices_text(&w), "approval.submitted task.assigned(alice,bob,carol)");
    CHECK(!w.fx.moved && !w.fx.repeat);
    world_end(&w);
}

static void test_no_stages(void)
{
    struct world w = world_of(IN_ORDER);
    w.d.stage_count = 0;
    CHECK_INT(engine_submit(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), -1);
    CHECK_INT(w.e.kind, ERR_BAD_REQUEST);
    CHECK_STR(w.e.message, "Workflow has no stages");
    world_end(&w);
}

static void test_parallel_quorum(void)
{
    struct world w = world_with(PARALLEL_2_OF_3);
    CHECK_INT(approve(&w, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(w.a.updated_at, START + MINUTE);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(w.a.stage_id, NULL);
    CHECK_STR(tasks_text(&w), "alice:approve bob:closed carol:approve");
    CHECK_INT(w.a.tasks[1].ended_at, START + 2 * MINUTE);
    CHECK_STR(events_text(&w), "approve");
    CHECK_STR(notices_text(&w), "approval.approved");
    CHECK_INT(w.a.seq, 3);
    world_end(&w);
}

static void test_parallel_without_quorum(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','approvers':['alice','bob']}");
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_sequential_order(void)
{
    struct world w = world_with(IN_ORDER);
    CHECK_STR(tasks_text(&w), "alice:open bob:waiting carol:waiting");
    CHECK_STR(notices_text(&w), "approval.submitted task.assigned(alice)");
    CHECK_INT(w.a.tasks[1].opened_at, 0);
    CHECK_INT(approve(&w, "bob"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:approve bob:open carol:waiting");
    CHECK_STR(notices_text(&w), "task.assigned(bob)");
    CHECK_INT(w.a.tasks[1].opened_at, START + 2 * MINUTE);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(approve(&w, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_sequential_quorum(void)
{
    struct world w =
        world_with("{'id':'s','type':'sequential','approvers':['alice','bob','carol'],'quorum':2}");
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(approve(&w, "carol"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(tasks_text(&w), "alice:approve bob:approve carol:closed");
    world_end(&w);
}

static void test_open_slate(void)
{
    struct world w = world_with("{'id':'s','quorum':2}");
    CHECK_STR(w.a.slate_role, "approver");
    CHECK_INT(w.a.task_count, 0);
    CHECK_STR(notices_text(&w), "approval.submitted");
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "zoe:approve");
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "yan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(w.a.slate_role, NULL);
    world_end(&w);
}

static void test_first_rejection(void)
{
    struct world w = world_with(PARALLEL_2_OF_3);
    approve(&w, "alice");
    CHECK_INT(reject(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK_STR(tasks_text(&w), "alice:approve bob:reject carol:closed");
    CHECK_STR(events_text(&w), "reject");
    CHECK_STR(notices_text(&w), "approval.rejected");
    world_end(&w);
}

static void test_next_stage(void)
{
    struct world w = world_with(TWO_STAGES);
    struct action a = {.kind = ACTION_APPROVE, .actor = "alice", .comment = "fine"};
    CHECK_INT(world_act(&w, a), ERR_NONE);
    CHECK(w.fx.moved);
    CHECK_STR(w.a.stage_id, "two");
    CHECK_INT(w.a.visit, 1);
    CHECK_INT(w.a.needed, 1);
    CHECK_STR(tasks_text(&w), "alice:approve bob:open carol:open");
    CHECK_STR(w.fx.events[0].stage_id, "one");
    CHECK_STR(w.fx.events[0].comment, "fine");
    CHECK_STR(notices_text(&w), "task.assigned(bob,carol)");
    CHECK_INT(approve(&w, "carol"), ERR_NONE);
    CHECK(!w.fx.moved);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_changed_vote(void)
{
    struct world w = world_with(IN_ORDER);
    approve(&w, "alice");
    CHECK_INT(reject(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK_STR(tasks_text(&w), "alice:reject bob:closed carol:closed");
    CHECK_INT(w.a.seq, 3);
    world_end(&w);
}

static void test_withdraw(void)
{
    struct world w = world_with(TWO_STAGES);
    CHECK_INT(withdraw(&w, "alice"), ERR_FORBIDDEN);
    approve(&w, "alice");
    CHECK_INT(withdraw(&w, "rita"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_WITHDRAWN);
    CHECK_STR(w.a.stage_id, NULL);
    CHECK_STR(tasks_text(&w), "alice:approve bob:closed carol:closed");
    CHECK_STR(notices_text(&w), "approval.withdrawn");
    CHECK_STR(w.fx.events[0].stage_id, "two");
    CHECK_INT(withdraw(&w, "rita"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval is already withdrawn");
    world_end(&w);
}

static void test_repeat_while_open(void)
{
    struct world w = world_with(PARALLEL_2_OF_3);
    approve(&w, "alice");
    struct action again = {.kind = ACTION_APPROVE,
                           .actor = "alice",
                           .stage_id = "s",
                           .visit = 1,
                           .expected_seq = 1,
                           .payload_sha256 = "5ha"};
    CHECK_INT(world_act(&w, again), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(w.fx.event_count, 0);
    CHECK_INT(w.fx.notice_count, 0);
    CHECK_INT(w.a.seq, 2);
    CHECK_INT(w.a.updated_at, START + MINUTE);
    again.payload_sha256 = "other";
    CHECK_INT(world_act(&w, again), ERR_STALE);
    world_end(&w);
}

static void test_repeat_after_the_stage(void)
{
    struct world w = world_with(TWO_STAGES);
    approve(&w, "alice");
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK(w.fx.repeat);
    struct action named = {.kind = ACTION_APPROVE, .actor = "alice", .stage_id = "one"};
    CHECK_INT(world_act(&w, named), ERR_NONE);
    CHECK(w.fx.repeat);
    named.kind = ACTION_REJECT;
    CHECK_INT(world_act(&w, named), ERR_STALE);
    CHECK_STR(w.e.message, "stage two is open now, not one");
    CHECK_INT(reject(&w, "alice"), ERR_FORBIDDEN);
    world_end(&w);
}

static void test_repeat_after_the_end(void)
{
    struct world w = world_with(TWO_STAGES);
    approve(&w, "alice");
    approve(&w, "bob");
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK(w.fx.repeat);
    struct action other_visit = {
        .kind = ACTION_APPROVE, .actor = "bob", .stage_id = "two", .visit = 2};
    CHECK_INT(world_act(&w, other_visit), ERR_CONFLICT);
    CHECK_INT(reject(&w, "bob"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval is already approved");
    CHECK_INT(approve(&w, "carol"), ERR_CONFLICT);
    CHECK_INT(w.a.seq, 3);
    world_end(&w);
}

/* A lost answer and a second stage: who is asked again there votes there, unless he names the
 * first. */
static void test_same_person_in_both_stages(void)
{
    struct world w = world_with("{'id':'one'},{'id':'two','approvers':['alice']}");
    struct action first = {.kind = ACTION_APPROVE, .actor = "alice", .stage_id = "one", .visit = 1};
    CHECK_INT(world_act(&w, first), ERR_NONE);
    CHECK_INT(world_act(&w, first), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK(!w.fx.repeat);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_anybody_in_both_stages(void)
{
    struct world w = world_with("{'id':'one','allow_self_approval':true},{'id':'two'}");
    CHECK_INT(approve(&w, "rita"), ERR_NONE);
    CHECK_STR(w.a.stage_id, "two");
    CHECK_INT(approve(&w, "rita"), ERR_NONE);
    CHECK(w.fx.repeat); /* she is barred from the second, so she means the first */
    CHECK_INT(reject(&w, "rita"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_stale(void)
{
    struct world w = world_with(PARALLEL_2_OF_3);
    struct action a = {.kind = ACTION_APPROVE, .actor = "alice", .stage_id = "s", .visit = 2};
    CHECK_INT(world_act(&w, a), ERR_STALE);
    CHECK_STR(w.e.message, "this is visit 1 of stage s, not 2");
    a.visit = 1;
    a.expected_seq = 7;
    CHECK_INT(world_act(&w, a), ERR_STALE);
    CHECK_STR(w.e.message, "the approval has moved on: its seq is 1, not 7");
    a.expected_seq = 1;
    a.payload_sha256 = "other";
    CHECK_INT(world_act(&w, a), ERR_STALE);
    CHECK_STR(w.e.message, "the payload is another than the one that was seen");
    a.payload_sha256 = "5ha";
    CHECK_INT(world_act(&w, a), ERR_NONE);
    struct action late = {.kind = ACTION_WITHDRAW, .actor = "rita", .expected_seq = 1};
    CHECK_INT(world_act(&w, late), ERR_STALE);
    world_end(&w);
}

static void test_changed_marks(void)
{
    struct world w = world_with(IN_ORDER);
    for (size_t i = 0; i < w.a.task_count; i++) {
        CHECK(w.a.tasks[i].changed);
        CHECK_INT(w.a.tasks[i].no, i + 1);
        CHECK_INT(w.a.tasks[i].place, i + 1);
        w.a.tasks[i].changed = false;
    }
    approve(&w, "alice");
    CHECK(w.a.tasks[0].changed && w.a.tasks[1].changed && !w.a.tasks[2].changed);
    world_end(&w);
}

static void test_lost_stage(void)
{
    struct world w = world_with(IN_ORDER);
    w.a.stage_id = "gone";
    CHECK_INT(approve(&w, "alice"), ERR_INTERNAL);
    w.a.stage_id = NULL;
    CHECK_INT(approve(&w, "alice"), ERR_INTERNAL);
    world_end(&w);
}

static void test_submit_by(void)
{
    struct world w =
        world_of_workflow("{'submit_by':['group:agents','sam'],'stages':[{'id':'s'}]}");
    world_knows(&w, "member:group:agents\nrita", "");
    CHECK_INT(engine_submit(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), -1);
    CHECK_INT(w.e.kind, ERR_FORBIDDEN);
    CHECK_STR(w.e.message, "rita may not submit to workflow wf");
    world_knows(&w, "member:group:agents\nrita", "rita");
    world_submit(&w);
    CHECK_INT(w.a.status, STATUS_PENDING);
    world_end(&w);
}

static void test_submitted_facts(void)
{
    struct world w = world_of_workflow("{'expires':'2d','stages':[{'id':'s'}]}");
    world_knows(&w, "owner:rita", "olga");
    world_submit(&w);
    CHECK_STR(w.a.owner_id, "olga");
    CHECK_INT(w.a.round, 1);
    CHECK_STR(w.fx.events[0].payload_sha256, "5ha");
    CHECK(w.fx.events[0].first);
    CHECK_STR(timers_text(&w), "expire 0 +2880");
    CHECK_INT(w.fx.asked_count, 1);
    CHECK_STR(w.fx.asked[0].question, "owner:rita");
    world_end(&w);
}

static const struct test tests[] = {
    {"a submission asks the first stage's approvers", test_submit},
    {"a workflow without stages takes no submission", test_no_stages},
    {"a parallel stage ends at its quorum", test_parallel_quorum},
    {"a parallel stage without quorum needs one", test_parallel_without_quorum},
    {"a sequential stage asks one after the other", test_sequential_order},
    {"a sequential stage ends at its quorum, in order", test_sequential_quorum},
    {"a stage without approvers is anybody's", test_open_slate},
    {"the first rejection ends it", test_first_rejection},
    {"a satisfied stage leads to the next", test_next_stage},
    {"a different vote replaces the first", test_changed_vote},
    {"the requester withdraws", test_withdraw},
    {"the same vote again changes nothing", test_repeat_while_open},
    {"the same vote again, after its stage", test_repeat_after_the_stage},
    {"the same vote again, after the end", test_repeat_after_the_end},
    {"who is asked twice votes twice", test_same_person_in_both_stages},
    {"a repeat by one who has no place in the next stage", test_anybody_in_both_stages},
    {"nobody decides on what he has not seen", test_stale},
    {"tasks that changed are marked", test_changed_marks},
    {"facts that fit no stage are an error of ours", test_lost_stage},
    {"only those may submit whom submit_by names", test_submit_by},
    {"a submission keeps its owner, hash and times", test_submitted_facts},
};

int main(void)
{
    return check_main("step", tests, sizeof tests / sizeof *tests);
}
