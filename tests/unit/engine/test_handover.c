#include "world.h"

#define PAIR "{'id':'s','type':'parallel','approvers':['alice','bob'],'quorum':2}"
#define IN_ORDER "{'id':'s','approvers':['alice','bob']}"
#define ANYBODY "{'id':'s','quorum':2}"

static void test_delegate(void)
{
    struct world w = world_with(PAIR);
    struct action a = {
        .kind = ACTION_DELEGATE, .actor = "alice", .assignee = "dan", .comment = "on leave"};
    CHECK_INT(world_act(&w, a), ERR_NONE);
    CHECK_STR(w.fx.handed_to, "dan");
    CHECK_STR(tasks_text(&w), "alice:handed_on bob:open dan:open");
    CHECK_INT(w.a.tasks[2].parent, 1);
    CHECK_INT(w.a.tasks[2].place, 1);
    CHECK_STR(events_text(&w), "delegate");
    CHECK_STR(w.fx.events[0].assignee, "dan");
    CHECK_STR(w.fx.events[0].from, "alice");
    CHECK_STR(w.fx.events[0].comment, "on leave");
    CHECK_STR(notices_text(&w), "task.assigned(dan) approval.delegated(dan)");
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_assignee_is_required(void)
{
    struct world w = world_with(PAIR);
    CHECK_INT(delegate(&w, "alice", NULL), ERR_BAD_REQUEST);
    CHECK_STR(w.e.message, "Assignee required for delegation");
    CHECK_INT(reassign(&w, "alice", NULL), ERR_BAD_REQUEST);
    CHECK_STR(tasks_text(&w), "alice:open bob:open");
    world_end(&w);
}

static void test_bad_assignees(void)
{
    struct world w = world_with(PAIR);
    CHECK_INT(delegate(&w, "alice", "alice"), ERR_INVALID);
    CHECK_STR(w.e.message, "the assignee must be somebody other than alice");
    CHECK_INT(delegate(&w, "alice", "bob"), ERR_INVALID);
    CHECK_STR(w.e.message, "bob holds a place in stage s already");
    CHECK_INT(delegate(&w, "alice", "rita"), ERR_INVALID);
    CHECK_STR(w.e.message, "rita made this request and cannot decide on it");
    CHECK_INT(delegate(&w, "alice", "system"), ERR_INVALID);
    approve(&w, "bob");
    CHECK_INT(delegate(&w, "alice", "bob"), ERR_INVALID);
    CHECK_INT(w.a.seq, 2);
    CHECK_STR(tasks_text(&w), "alice:open bob:approve");
    world_end(&w);
}

static void test_cycle(void)
{
    struct world w = world_with(PAIR);
    delegate(&w, "alice", "dan");
    delegate(&w, "dan", "eve");
    CHECK_INT(delegate(&w, "eve", "alice"), ERR_INVALID);
    CHECK_STR(w.e.message, "alice has handed this place on and cannot get it back");
    CHECK_INT(delegate(&w, "eve", "dan"), ERR_INVALID);
    CHECK_INT(reassign(&w, "eve", "alice"), ERR_INVALID);
    world_end(&w);
}

static void test_other_chain(void)
{
    struct world w = world_with(PAIR);
    delegate(&w, "alice", "dan");
    CHECK_INT(delegate(&w, "bob", "alice"), ERR_NONE);
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_chain_limit(void)
{
    static const char *const people[] = {"alice", "p1", "p2", "p3", "p4",
                                         "p5",    "p6", "p7", "p8", "p9"};
    struct world w = world_with(PAIR);
    for (size_t i = 0; i < DELEGATION_CHAIN_MAX; i++)
        CHECK_INT(delegate(&w, people[i], people[i + 1]), ERR_NONE);
    CHECK_INT(delegate(&w, "p8", "p9"), ERR_INVALID);
    CHECK_STR(w.e.message, "this place has been handed on 8 times, which is the limit");
    CHECK_INT(approve(&w, "p8"), ERR_NONE);
    world_end(&w);
}

static void test_waiting_place(void)
{
    struct world w = world_with(IN_ORDER);
    CHECK_INT(delegate(&w, "bob", "dan"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:handed_on dan:waiting");
    CHECK_STR(notices_text(&w), "approval.delegated(dan)");
    CHECK_INT(approve(&w, "dan"), ERR_FORBIDDEN);
    CHECK_INT(delegate(&w, "alice", "eve"), ERR_NONE);
    CHECK_INT(approve(&w, "eve"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:handed_on bob:handed_on dan:open eve:approve");
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_delegate_in_open_slate(void)
{
    struct world w = world_with(ANYBODY);
    CHECK_INT(delegate(&w, "yan", "zoe"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "yan:handed_on zoe:open");
    CHECK_INT(approve(&w, "yan"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "yan:handed_on zoe:approve");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(delegate(&w, "xia", "yan"), ERR_NONE);
    CHECK_INT(approve(&w, "yan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_reassign(void)
{
    struct world w = world_with(PAIR);
    struct action a = {.kind = ACTION_REASSIGN, .actor = "alice", .from = "bob", .assignee = "dan"};
    CHECK_INT(world_act(&w, a), ERR_FORBIDDEN);
    CHECK_INT(reassign(&w, "bob", "dan"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:relieved dan:open");
    CHECK_STR(w.fx.events[0].actor, "ada");
    CHECK_STR(w.fx.events[0].from, "bob");
    CHECK_STR(w.fx.handed_to, "dan");
    CHECK_STR(notices_text(&w), "task.assigned(dan) approval.reassigned(dan,bob)");
    world_end(&w);
}

static void test_reassign_which(void)
{
    struct world w = world_with(PAIR);
    CHECK_INT(reassign(&w, NULL, "dan"), ERR_INVALID);
    CHECK_STR(w.e.message,
              "2 tasks are open in stage s: metadata.from must say whose is reassigned");
    CHECK_INT(reassign(&w, "zoe", "dan"), ERR_INVALID);
    CHECK_STR(w.e.message, "zoe has no open task in stage s");
    struct action own = {.kind = ACTION_REASSIGN, .actor = "bob", .assignee = "dan", .admin = true};
    CHECK_INT(world_act(&w, own), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:relieved dan:open");
    approve(&w, "alice");
    CHECK_INT(reassign(&w, "alice", "eve"), ERR_INVALID);
    CHECK_INT(reassign(&w, NULL, "eve"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:approve bob:relieved dan:relieved eve:open");
    world_end(&w);
}

static void test_reassign_in_order(void)
{
    struct world w = world_with(IN_ORDER);
    CHECK_INT(reassign(&w, NULL, "dan"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:relieved bob:waiting dan:open");
    CHECK_INT(reassign(&w, "bob", "eve"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:relieved bob:relieved dan:open eve:waiting");
    CHECK_INT(reassign(&w, NULL, "rita"), ERR_INVALID);
    CHECK_INT(reassign(&w, NULL, "eve"), ERR_INVALID);
    world_end(&w);
}

static void test_reassign_in_open_slate(void)
{
    struct world w = world_with(ANYBODY);
    CHECK_INT(reassign(&w, NULL, "dan"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "dan:open");
    CHECK_INT(w.a.tasks[0].parent, 0);
    CHECK_STR(w.fx.events[0].from, NULL);
    CHECK_STR(notices_text(&w), "task.assigned(dan) approval.reassigned(dan)");
    CHECK_INT(reassign(&w, NULL, "eve"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "dan:relieved eve:open");
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK_INT(approve(&w, "eve"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

/* Where nobody is named, who holds a place already takes another's too: he counts once. */
static void test_two_places_in_one_hand(void)
{
    struct world w = world_with(ANYBODY);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(delegate(&w, "ann", "bob"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "bob:approve ann:handed_on");
    CHECK_STR(w.fx.events[0].assignee, "bob");
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(approve(&w, "ann"), ERR_FORBIDDEN);
    CHECK_INT(reassign(&w, NULL, "dan"), ERR_NONE);
    CHECK_INT(reassign(&w, "dan", "dan"), ERR_INVALID);
    CHECK_INT(reassign(&w, "dan", "bob"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "bob:approve ann:handed_on dan:relieved");
    CHECK_INT(reassign(&w, NULL, "bob"), ERR_INVALID);
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_assignee_who_is_nobody(void)
{
    struct world w = world_with(PAIR);
    world_knows(&w, "user:dan", "");
    CHECK_INT(delegate(&w, "alice", "dan"), ERR_INVALID);
    CHECK_STR(w.e.message, "dan is nobody who may act");
    CHECK_INT(reassign(&w, "alice", "dan"), ERR_INVALID);
    world_end(&w);
}

/* He need not be in the group himself. */
static void test_standing_goes_along(void)
{
    struct world w = world_of("{'id':'s','type':'parallel',"
                              "'requires':{'all':['group:a','group:b']}}");
    world_knows(&w, "group:a", "alice");
    world_knows(&w, "group:b", "bob");
    world_submit(&w);
    CHECK_INT(delegate(&w, "alice", "dan"), ERR_NONE);
    CHECK_STR(w.a.tasks[2].via, "group:a");
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static enum err_kind take_back(struct world *w, const char *actor)
{
    return world_act(w, (struct action){.kind = ACTION_TAKE_BACK, .actor = actor});
}

static void test_take_back(void)
{
    struct world w = world_with(PAIR);
    delegate(&w, "alice", "dan");
    CHECK_INT(take_back(&w, "alice"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:open dan:closed");
    CHECK_INT(w.a.tasks[0].ended_at, 0);
    CHECK_STR(events_text(&w), "take_back");
    CHECK_STR(w.fx.events[0].actor, "alice");
    CHECK_STR(w.fx.events[0].from, "dan");
    CHECK_STR(notices_text(&w), "approval.reassigned(dan)");
    CHECK_INT(approve(&w, "dan"), ERR_FORBIDDEN);
    CHECK_INT(delegate(&w, "alice", "dan"), ERR_NONE);
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

/* The turn that came meanwhile is his again. */
static void test_take_back_before_its_turn(void)
{
    struct world w = world_with(IN_ORDER);
    delegate(&w, "bob", "dan");
    approve(&w, "alice");
    CHECK_STR(tasks_text(&w), "alice:approve bob:handed_on dan:open");
    CHECK_INT(take_back(&w, "bob"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:approve bob:open dan:closed");
    CHECK_INT(w.a.tasks[1].opened_at, w.o.now);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_take_back_too_late(void)
{
    struct world w = world_with(PAIR);
    delegate(&w, "alice", "dan");
    delegate(&w, "dan", "eve");
    CHECK_INT(take_back(&w, "alice"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "dan has handed the place on already");
    CHECK_INT(take_back(&w, "dan"), ERR_NONE);
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(take_back(&w, "alice"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "dan has answered already");
    CHECK_STR(tasks_text(&w), "alice:handed_on bob:open dan:approve eve:closed");
    world_end(&w);
}

static void test_take_back_what_is_one(void)
{
    struct world w = world_with(ANYBODY);
    approve(&w, "bob");
    delegate(&w, "ann", "bob");
    CHECK_INT(take_back(&w, "ann"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the place of ann in stage s cannot be told from another");
    world_end(&w);
}

static enum err_kind add_approver(struct world *w, const char *actor, const char *whom)
{
    return world_act(
        w, (struct action){.kind = ACTION_ADD_APPROVER, .actor = actor, .assignee = whom});
}

static void test_add_approver(void)
{
    struct world w = world_with(PAIR);
    CHECK_INT(add_approver(&w, "alice", "carol"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:open carol:open");
    CHECK(w.a.tasks[2].consult);
    CHECK_INT(w.a.needed, 2);
    CHECK_STR(w.fx.handed_to, NULL);
    CHECK_STR(notices_text(&w), "task.assigned(carol)");
    CHECK_INT(approve(&w, "alice"), ERR_NONE);
    CHECK_INT(approve(&w, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(reject(&w, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_add_approver_to_whom(void)
{
    struct world w = world_with(PAIR);
    CHECK_INT(add_approver(&w, "alice", NULL), ERR_BAD_REQUEST);
    CHECK_STR(w.e.message, "Assignee required for add_approver");
    CHECK_INT(add_approver(&w, "alice", "bob"), ERR_INVALID);
    CHECK_STR(w.e.message, "bob holds a place in stage s already");
    CHECK_INT(add_approver(&w, "alice", "rita"), ERR_INVALID);
    CHECK_INT(add_approver(&w, "zoe", "carol"), ERR_FORBIDDEN);
    CHECK_INT(add_approver(&w, "rita", "carol"), ERR_NONE);
    CHECK_INT(add_approver(&w, "rita", "carol"), ERR_INVALID);
    world_end(&w);
}

static const struct test tests[] = {
    {"a delegate acts in one's place", test_delegate},
    {"somebody must be named", test_assignee_is_required},
    {"who cannot take a place", test_bad_assignees},
    {"a place does not come back", test_cycle},
    {"who has handed on his place may take another", test_other_chain},
    {"a place is handed on eight times at most", test_chain_limit},
    {"a place is handed on before its turn", test_waiting_place},
    {"delegating where anybody may decide", test_delegate_in_open_slate},
    {"an administrator reassigns", test_reassign},
    {"which task is reassigned", test_reassign_which},
    {"the current task of a sequential stage is reassigned", test_reassign_in_order},
    {"reassigning where anybody may decide", test_reassign_in_open_slate},
    {"two places in one hand count once", test_two_places_in_one_hand},
    {"who is nobody takes no place", test_assignee_who_is_nobody},
    {"a delegate has the standing of the one he stands in for", test_standing_goes_along},
    {"taking back what was delegated", test_take_back},
    {"taking back before its turn", test_take_back_before_its_turn},
    {"not after he has voted or handed it on", test_take_back_too_late},
    {"not what stands for another place too", test_take_back_what_is_one},
    {"an opinion counts neither way", test_add_approver},
    {"who can be asked for an opinion", test_add_approver_to_whom},
};

int main(void)
{
    return check_main("handover", tests, sizeof tests / sizeof *tests);
}
