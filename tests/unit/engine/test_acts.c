#include "world.h"

/* What people do besides voting and handing places on, and what is done to an approval. */

#define IN_ORDER "{'id':'s','approvers':['alice','bob','carol']}"
#define TWO_STAGES                                                                                 \
    "{'id':'one','approvers':['alice']},{'id':'two','type':'parallel','approvers':['bob','carol']" \
    "}"

static enum err_kind act(struct world *w, enum action_kind kind, const char *actor)
{
    return world_act(w, (struct action){.kind = kind, .actor = actor});
}

static void test_abstain(void)
{
    struct world w = world_with(IN_ORDER);
    CHECK_INT(act(&w, ACTION_ABSTAIN, "alice"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:abstain bob:open carol:waiting");
    CHECK_INT(act(&w, ACTION_ABSTAIN, "alice"), ERR_NONE);
    CHECK(w.fx.repeat);
    CHECK_INT(approve(&w, "bob"), ERR_NONE);
    CHECK_INT(act(&w, ACTION_ABSTAIN, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
    w = world_with(IN_ORDER);
    act(&w, ACTION_ABSTAIN, "alice");
    act(&w, ACTION_ABSTAIN, "bob");
    act(&w, ACTION_ABSTAIN, "carol");
    CHECK_INT(w.a.status, STATUS_REJECTED);
    world_end(&w);
}

static void test_system_acts_not(void)
{
    struct world w = world_with("{'id':'s'}");
    CHECK_INT(approve(&w, ACTOR_SYSTEM), ERR_FORBIDDEN);
    CHECK_INT(w.a.seq, 1);
    world_end(&w);
}

static void test_claim(void)
{
    struct world w = world_with("{'id':'s','quorum':2}");
    CHECK_INT(act(&w, ACTION_UNCLAIM, "zoe"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "zoe has claimed nothing in stage s");
    CHECK_INT(act(&w, ACTION_CLAIM, "zoe"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "zoe:open");
    CHECK_INT(w.a.tasks[0].claimed_at, w.o.now);
    CHECK_INT(approve(&w, "yan"), ERR_NONE);
    CHECK_INT(act(&w, ACTION_UNCLAIM, "zoe"), ERR_NONE);
    CHECK_INT(w.a.tasks[0].claimed_at, 0);
    CHECK_INT(approve(&w, "zoe"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_comment(void)
{
    struct world w = world_with(IN_ORDER);
    struct action say = {.kind = ACTION_COMMENT, .actor = "rita"};
    CHECK_INT(world_act(&w, say), ERR_INVALID);
    CHECK_STR(w.e.message, "comment must say something");
    say.comment = "please";
    say.metadata = "{\"x\":1}";
    CHECK_INT(world_act(&w, say), ERR_NONE);
    CHECK_STR(events_text(&w), "comment");
    CHECK_STR(w.fx.events[0].comment, "please");
    CHECK_STR(w.fx.events[0].metadata, "{\"x\":1}");
    CHECK_STR(notices_text(&w), "approval.commented");
    CHECK_INT(w.a.seq, 2);
    world_end(&w);
}

static void test_request_changes(void)
{
    struct world w = world_with(TWO_STAGES);
    CHECK_INT(act(&w, ACTION_REQUEST_CHANGES, "bob"), ERR_FORBIDDEN);
    CHECK_INT(act(&w, ACTION_REQUEST_CHANGES, "alice"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_RETURNED);
    CHECK_STR(w.a.stage_id, NULL);
    CHECK_STR(tasks_text(&w), "alice:closed");
    CHECK_STR(visits_text(&w), "one/1 left");
    CHECK_STR(w.fx.events[0].payload_sha256, "5ha");
    CHECK_STR(notices_text(&w), "approval.returned");
    CHECK(!w.fx.moved);
    CHECK_INT(withdraw(&w, "rita"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_WITHDRAWN);
    world_end(&w);
}

static void test_cancel(void)
{
    struct world w = world_with(IN_ORDER);
    struct action cancel = {.kind = ACTION_CANCEL, .actor = "ada", .admin = true};
    CHECK_INT(world_act(&w, cancel), ERR_INVALID);
    CHECK_STR(w.e.message, "cancel needs a comment that says why");
    cancel.comment = "a mistake";
    CHECK_INT(world_act(&w, cancel), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_CANCELLED);
    CHECK_STR(notices_text(&w), "approval.cancelled");
    CHECK_STR(visits_text(&w), "s/1 left");
    world_end(&w);
}

static void test_consume(void)
{
    struct world w = world_of("{'id':'s','approvers':['alice']}");
    w.a.valid_for_us = 10 * MINUTE;
    world_submit(&w);
    approve(&w, "alice");
    CHECK_INT(w.a.valid_until, START + 11 * MINUTE);
    struct action use = {.kind = ACTION_CONSUME, .actor = "rita"};
    CHECK_INT(world_act(&w, use), ERR_INVALID);
    use.payload_sha256 = "other";
    CHECK_INT(world_act(&w, use), ERR_STALE);
    use.payload_sha256 = "5ha";
    use.expected_seq = 1;
    CHECK_INT(world_act(&w, use), ERR_STALE);
    use.expected_seq = 2;
    CHECK_INT(world_act(&w, use), ERR_NONE);
    CHECK_INT(w.a.consumed_at, w.o.now);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_INT(w.a.seq, 3);
    use.expected_seq = 0;
    CHECK_INT(world_act(&w, use), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval has been consumed already");
    world_end(&w);
}

static void test_lapse(void)
{
    struct action use = {.kind = ACTION_CONSUME, .actor = "rita", .payload_sha256 = "5ha"};
    struct world w = world_of("{'id':'s','approvers':['alice']}");
    w.a.valid_for_us = MINUTE;
    world_submit(&w);
    approve(&w, "alice");
    CHECK_INT(world_act(&w, use), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval has lapsed");
    world_end(&w);
    w = world_with("{'id':'s','approvers':['alice']}");
    approve(&w, "alice");
    CHECK_INT(w.a.valid_until, 0);
    CHECK_INT(world_act(&w, use), ERR_CONFLICT);
    CHECK_STR(w.e.message,
              "the approval was submitted without valid_for, so it cannot be consumed");
    world_end(&w);
}

/* The levels that ask people, one after another; what decides is left to the clock, and nobody is
 * rid of those who were asked. */
static void test_escalate(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice'],'escalations':["
                                "{'timeout':'1h','target':'bob'},"
                                "{'timeout':'2h','then':'reject'},"
                                "{'timeout':'3h','target':'carol','mode':'replace'}]}");
    CHECK_INT(act(&w, ACTION_ESCALATE, "rita"), ERR_NONE);
    CHECK_STR(events_text(&w), "escalate escalated");
    CHECK_STR(tasks_text(&w), "alice:open bob:open");
    CHECK_STR(notices_text(&w), "task.assigned(bob) approval.escalated(bob)");
    CHECK_INT(act(&w, ACTION_ESCALATE, "rita"), ERR_NONE);
    CHECK_STR(tasks_text(&w), "alice:open bob:open carol:open");
    CHECK_STR(timers_text(&w), "escalate 1 +120");
    CHECK_INT(act(&w, ACTION_ESCALATE, "rita"), ERR_NONE);
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_INT(approve(&w, "carol"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_re_resolve(void)
{
    struct action again = {.kind = ACTION_RE_RESOLVE, .actor = "ada", .admin = true};
    struct world w =
        world_of("{'id':'s','type':'parallel','approvers':['group:a'],'quorum':'all'}");
    world_knows(&w, "group:a", "alice bob carol");
    world_submit(&w);
    approve(&w, "alice");
    world_knows(&w, "group:a", "alice carol dan");
    CHECK_INT(w.a.needed, 3);
    CHECK_INT(world_act(&w, again), ERR_NONE);
    CHECK_STR(events_text(&w), "re_resolve");
    CHECK_STR(tasks_text(&w), "alice:approve bob:closed carol:open dan:open");
    CHECK_INT(w.a.needed, 3);
    world_knows(&w, "group:a", "alice");
    CHECK_INT(world_act(&w, again), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_recheck(void)
{
    struct world w = world_of("{'id':'s','type':'parallel','approvers':['group:a'],'quorum':2}");
    world_knows(&w, "group:a", "alice bob carol");
    world_submit(&w);
    world_knows(&w, "member:group:a\nbob", "");
    w.o.now += MINUTE;
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_STR(events_text(&w), "slate_checked");
    CHECK_STR(tasks_text(&w), "alice:open bob:closed carol:open");
    CHECK_STR(w.a.slate_role, NULL);
    CHECK_INT(w.a.updated_at, START + MINUTE);
    world_knows(&w, "member:group:a\nalice", "");
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_STR(events_text(&w), "slate_checked escalated");
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_INT(w.a.needed, 2);
    CHECK_INT(w.a.status, STATUS_PENDING);
    world_end(&w);
}

static void test_recheck_nothing(void)
{
    struct world w = world_of("{'id':'s','approvers':['group:a','zoe']}");
    world_knows(&w, "group:a", "alice");
    world_submit(&w);
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_INT(w.fx.event_count, 0);
    CHECK_INT(w.a.seq, 1);
    approve(&w, "alice");
    world_knows(&w, "member:group:a\nalice", "");
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_INT(w.fx.event_count, 0);
    CHECK_STR(tasks_text(&w), "alice:approve zoe:open");
    reject(&w, "zoe");
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_INT(w.fx.event_count, 0);
    world_end(&w);
}

static void test_migrate(void)
{
    for (int same = 0; same < 2; same++) {
        struct world w = world_with("{'id':'s','approvers':['alice','bob']}");
        struct world next = world_of("{'id':'first'},{'id':'s','approvers':['carol']}");
        approve(&w, "alice");
        w.o.now += MINUTE;
        CHECK_INT(engine_migrate(w.arena, &next.d, same ? "t\ns" : "t", &w.o, &w.a, 2, "ada", &w.fx,
                                 &w.e),
                  0);
        CHECK_INT(w.a.revision, 2);
        CHECK_STR(w.a.workflow_version, "1.0");
        CHECK_STR(events_text(&w), "migrated");
        CHECK_STR(w.fx.events[0].actor, "ada");
        CHECK_STR(w.fx.events[0].reason, "revision 1 to 2");
        CHECK_STR(tasks_text(&w),
                  same ? "alice:approve bob:open" : "alice:approve bob:closed carol:open");
        CHECK_INT(w.a.visit, same ? 1 : 2);
        CHECK_STR(visits_text(&w), same ? "s/1 open" : "s/1 left, s/2 open");
        world_end(&next);
        world_end(&w);
    }
}

static void test_migrate_not(void)
{
    struct world w = world_with("{'id':'s','approvers':['alice']}");
    struct world next = world_of("{'id':'other'}");
    CHECK_INT(engine_migrate(w.arena, &next.d, NULL, &w.o, &w.a, 2, "ada", &w.fx, &w.e), -1);
    CHECK_INT(w.e.kind, ERR_CONFLICT);
    CHECK_STR(w.e.message, "revision 2 has no stage s");
    approve(&w, "alice");
    CHECK_INT(engine_migrate(w.arena, &w.d, "s", &w.o, &w.a, 2, "ada", &w.fx, &w.e), -1);
    CHECK_INT(w.e.kind, ERR_CONFLICT);
    CHECK_STR(w.e.message, "the approval is already approved");
    world_end(&next);
    world_end(&w);
}

static const struct test tests[] = {
    {"abstaining passes the turn", test_abstain},
    {"the system does nothing as a person", test_system_acts_not},
    {"a claim is a mark", test_claim},
    {"comments", test_comment},
    {"changes are requested", test_request_changes},
    {"an administrator cancels, and says why", test_cancel},
    {"an approval is used once", test_consume},
    {"an approval lapses", test_lapse},
    {"escalating by hand", test_escalate},
    {"the slate is resolved again", test_re_resolve},
    {"people have left", test_recheck},
    {"nobody has left", test_recheck_nothing},
    {"a running approval moves to another version", test_migrate},
    {"what cannot move", test_migrate_not},
};

int main(void)
{
    return check_main("acts", tests, sizeof tests / sizeof *tests);
}
