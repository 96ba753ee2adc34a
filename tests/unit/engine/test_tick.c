#include "world.h"

/* What happens when something has fallen due. */

#define WATCHED                                                                                \
    "{'id':'s','type':'parallel','approvers':['ann','ben'],'quorum':2,'sla':{'duration':'1h'," \
    "'remind':['50%']},'escalations':[{'timeout':'2h','target':['boss','ann']},"               \
    "{'timeout':'4h','then':'reject'}]}"

static void test_nothing_due(void)
{
    struct world w = world_with(WATCHED);
    w.a.timers_changed = false;
    world_tick(&w, 29);
    CHECK_INT(w.fx.event_count, 0);
    CHECK_INT(w.a.seq, 1);
    CHECK_INT(w.a.updated_at, START);
    CHECK(!w.a.timers_changed);
    CHECK_INT(w.a.timer_count, 4);
    world_end(&w);
}

static void test_each_fires_once(void)
{
    static const struct {
        int64_t minutes;
        const char *events, *notices;
    } rows[] = {
        {30, "reminded", "task.reminder(ann,ben)"},
        {30, "", ""},
        {60, "sla_breached", "sla.breached(ann,ben)"},
        {119, "", ""},
        {120, "escalated", "task.assigned(boss) approval.escalated(boss,ann)"},
        {120, "", ""},
        {240, "timed_out", "approval.rejected"},
        {9999, "", ""},
    };
    struct world w = world_with(WATCHED);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        world_tick(&w, rows[i].minutes);
        CHECK_STR(events_text(&w), rows[i].events);
        CHECK_STR(notices_text(&w), rows[i].notices);
        for (size_t k = 0; k < w.fx.event_count; k++)
            CHECK_STR(w.fx.events[k].actor, ACTOR_SYSTEM);
    }
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK_INT(w.a.seq, 5);
    CHECK_STR(tasks_text(&w), "ann:closed ben:closed boss:closed");
    CHECK_STR(visits_text(&w), "s/1 rejected");
    world_end(&w);
}

/* Only those who have something to do. */
static void test_who_is_reminded(void)
{
    struct world w = world_with(WATCHED);
    approve(&w, "ann");
    world_tick(&w, 30);
    CHECK_STR(notices_text(&w), "task.reminder(ben)");
    world_end(&w);
}

static void test_all_that_is_due(void)
{
    struct world w = world_with(WATCHED);
    world_tick(&w, 200);
    CHECK_STR(events_text(&w), "reminded sla_breached escalated");
    CHECK_STR(timers_text(&w), "escalate 1 +240");
    CHECK_INT(w.a.updated_at, START + 200 * MINUTE);
    world_end(&w);
}

/* After an outage, what asks people comes one after another, and what decides comes when it would
 * have come. */
static void test_after_an_outage(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','approvers':['ann'],'escalations':["
                                "{'timeout':'1h','target':'ben'},{'timeout':'2h','target':'cyn'},"
                                "{'timeout':'7h','then':'approve'}]}");
    world_tick(&w, 300);
    CHECK_STR(tasks_text(&w), "ann:open ben:open");
    CHECK_STR(timers_text(&w), "escalate 2 +420, escalate 1 +360");
    world_tick(&w, 360);
    CHECK_STR(tasks_text(&w), "ann:open ben:open cyn:open");
    world_tick(&w, 500);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_overdue(void)
{
    struct world w = world_with(WATCHED);
    CHECK(!engine_overdue(&w.d, &w.a, START + 239 * MINUTE));
    CHECK(engine_overdue(&w.d, &w.a, START + 240 * MINUTE));
    w.o.now = START + 239 * MINUTE;
    CHECK_INT(approve(&w, "ann"), ERR_CONFLICT);
    CHECK_STR(w.e.message, "the deadline of this approval has passed");
    world_tick(&w, 240);
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK(!engine_overdue(&w.d, &w.a, START + 9999 * MINUTE));
    world_end(&w);
}

/* What only asks people makes nobody late. */
static void test_late_but_not_overdue(void)
{
    struct world w = world_with(WATCHED);
    w.o.now = START + 130 * MINUTE;
    CHECK_INT(approve(&w, "ann"), ERR_NONE);
    CHECK_INT(approve(&w, "ben"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_then(void)
{
    static const struct {
        const char *then, *reason;
        enum approval_status status;
        const char *visits;
    } rows[] = {
        {"approve", "approved when the time was up", STATUS_APPROVED, "s/1 auto"},
        {"reject", "rejected when the time was up", STATUS_REJECTED, "s/1 rejected"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct str stage = STR_INIT;
        str_addf(&stage, "{'id':'s','escalations':{'timeout':'1h','then':'%s'}}", rows[i].then);
        struct world w = world_with(stage.buf);
        str_release(&stage);
        world_tick(&w, 61);
        CHECK_STR(events_text(&w), "timed_out");
        CHECK_STR(w.fx.events[0].reason, rows[i].reason);
        CHECK_STR(w.fx.events[0].stage_id, "s");
        CHECK_INT(w.a.status, rows[i].status);
        CHECK_STR(visits_text(&w), rows[i].visits);
        world_end(&w);
    }
}

/* Without a target administrators are asked. */
static void test_escalating_to_administrators(void)
{
    struct world w = world_with("{'id':'s','approvers':['ann'],'escalations':{'timeout':'1h',"
                                "'then':'escalate'}}");
    world_tick(&w, 60);
    CHECK_STR(events_text(&w), "escalated");
    CHECK_STR(w.fx.events[0].reason, "nobody decided in time");
    CHECK_STR(w.a.slate_role, "admin");
    CHECK_INT(w.a.status, STATUS_PENDING);
    world_end(&w);
}

static void test_replacing(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','approvers':['ann','ben','cyn'],"
                                "'quorum':'all','escalations':{'timeout':'1h','mode':'replace',"
                                "'target':['dan','eve']}}");
    approve(&w, "ann");
    world_tick(&w, 60);
    CHECK_STR(tasks_text(&w), "ann:closed ben:closed cyn:closed dan:open eve:open");
    CHECK_INT(w.a.needed, 2);
    CHECK_INT(approve(&w, "ben"), ERR_FORBIDDEN);
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(approve(&w, "eve"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static void test_transition_on_timeout(void)
{
    struct world w = world_of_workflow(
        "{'stages':[{'id':'one','approvers':['ann'],'escalations':{'timeout':'1h',"
        "'then':'reject'}},{'id':'two'},{'id':'three'}],'transitions':["
        "{'from':'one','on':'timeout','to':'three'},{'from':'one','on':'reject','to':'two'}]}");
    world_submit(&w);
    world_tick(&w, 60);
    CHECK_STR(visits_text(&w), "one/1 left, three/1 open");
    CHECK_STR(tasks_text(&w), "ann:closed");
    world_end(&w);
}

/* Without one it ends as the level says, and that way's transitions are looked at. */
static void test_no_transition_on_timeout(void)
{
    struct world w = world_of_workflow(
        "{'stages':[{'id':'one','escalations':{'timeout':'1h','then':'reject'}},{'id':'two'}],"
        "'transitions':[{'from':'one','on':'reject','to':'two'}]}");
    world_submit(&w);
    world_tick(&w, 60);
    CHECK_STR(visits_text(&w), "one/1 rejected, two/1 open");
    world_end(&w);
}

static void test_expiry(void)
{
    struct world w = world_of_workflow("{'expires':'2h','stages':[" WATCHED "]}");
    world_submit(&w);
    world_tick(&w, 120);
    CHECK_STR(events_text(&w), "reminded sla_breached escalated expired");
    CHECK_INT(w.a.status, STATUS_EXPIRED);
    CHECK_STR(timers_text(&w), "");
    CHECK_STR(visits_text(&w), "s/1 left");
    CHECK_STR(w.fx.notices[w.fx.notice_count - 1].event, "approval.expired");
    world_end(&w);
}

static void test_expiry_of_what_was_returned(void)
{
    struct world w = world_of_workflow("{'expires':'2h','stages':[" WATCHED "]}");
    world_submit(&w);
    world_act(&w, (struct action){.kind = ACTION_REQUEST_CHANGES, .actor = "ann"});
    world_tick(&w, 119);
    CHECK_INT(w.fx.event_count, 0);
    CHECK(engine_overdue(&w.d, &w.a, START + 120 * MINUTE));
    world_tick(&w, 120);
    CHECK_INT(w.a.status, STATUS_EXPIRED);
    world_end(&w);
}

/* A stage that is entered while the clock is worked through starts then, not earlier. */
static void test_next_stage_starts_now(void)
{
    struct world w = world_with("{'id':'one','escalations':{'timeout':'1h','then':'approve'}},"
                                "{'id':'two','escalations':{'timeout':'1h','then':'approve'}}");
    world_tick(&w, 300);
    CHECK_STR(visits_text(&w), "one/1 auto, two/1 open");
    CHECK_STR(timers_text(&w), "escalate 0 +360");
    world_end(&w);
}

static const struct test tests[] = {
    {"nothing is due", test_nothing_due},
    {"each step fires once", test_each_fires_once},
    {"those are reminded who have something to do", test_who_is_reminded},
    {"all that is due, in its order", test_all_that_is_due},
    {"after an outage", test_after_an_outage},
    {"a vote past a deadline that decides", test_overdue},
    {"a vote past one that only asks people", test_late_but_not_overdue},
    {"what a level decides", test_then},
    {"a level without target asks administrators", test_escalating_to_administrators},
    {"a level may replace the slate", test_replacing},
    {"a transition on timeout", test_transition_on_timeout},
    {"no transition on timeout", test_no_transition_on_timeout},
    {"an approval expires", test_expiry},
    {"what was returned expires, too", test_expiry_of_what_was_returned},
    {"the next stage starts when it is entered", test_next_stage_starts_now},
};

int main(void)
{
    return check_main("tick", tests, sizeof tests / sizeof *tests);
}
