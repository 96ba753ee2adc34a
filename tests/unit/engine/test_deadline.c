#include "engine/deadline.h"
#include "world.h"

/* When things fall due. */

#define LEVELS                                                                           \
    "'escalations':[{'timeout':'1h','target':'bob'},{'timeout':'2h','then':'escalate'}," \
    "{'timeout':'3h','then':'reject'},{'timeout':'4h','target':'carol'}]"

static void test_started(void)
{
    static const struct {
        const char *workflow, *timers;
        int64_t sla_minutes;
    } rows[] = {
        {"{'stages':[{}]}", "", 0},
        {"{'stages':[{'sla':{'duration':'1.5h'}}]}", "sla 0 +90", 90},
        {"{'expires':'1d','stages':[{}]}", "expire 0 +1440", 0},
        {"{'expires':'1d','stages':[{'sla':{'duration':'4h','remind':['50%','3h','150%']}}]}",
         "expire 0 +1440, sla 0 +240, remind 0 +120, remind 1 +180, remind 2 +360", 240},
        {"{'stages':[{'sla':{'duration':'3m','remind':['33%']}}]}", "sla 0 +3, remind 0 +0", 3},
        {"{'stages':[{" LEVELS "}]}",
         "escalate 0 +60, escalate 1 +120, escalate 2 +180, escalate 3 +240", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_of_workflow(rows[i].workflow);
        world_submit(&w);
        CHECK_STR(timers_text(&w), rows[i].timers);
        CHECK_INT(w.a.sla_due_at, rows[i].sla_minutes ? START + rows[i].sla_minutes * MINUTE : 0);
        CHECK(w.a.timers_changed == (w.a.timer_count > 0));
        world_end(&w);
    }
}

static void test_percentages_are_exact(void)
{
    struct world w = world_with("{'sla':{'duration':'3m','remind':['33%','1%']}}");
    CHECK_INT(w.a.timers[1].due_at - START, 3 * MINUTE * 33 / 100);
    CHECK_INT(w.a.timers[2].due_at - START, 3 * MINUTE / 100);
    world_end(&w);
}

/* Business time is counted by the outside, in the stage's calendar or else the workflow's. */
static void test_business_time(void)
{
    struct world w = world_of_workflow(
        "{'calendar':'office','expires':'5bd','stages':[{'calendar':'plant','sla':"
        "{'duration':'1.5bh','remind':['50%']},'escalations':{'timeout':'2bd'}}]}");
    world_knows(&w, "due:office\n5bd\n1700000000000000", "1700000600000000");
    world_knows(&w, "due:plant\n5400000000us\n1700000000000000", "1700001200000000");
    world_knows(&w, "due:plant\n2bd\n1700000000000000", "1700001800000000");
    world_submit(&w);
    CHECK_STR(timers_text(&w), "expire 0 +10, sla 0 +20, remind 0 +10, escalate 0 +30");
    CHECK_INT(w.fx.asked_count, 3);
    world_end(&w);
}

/* Where nobody counts it, all time is business time. */
static void test_business_time_that_nobody_counts(void)
{
    struct world w =
        world_of_workflow("{'calendar':'office','stages':[{'sla':{'duration':'2bh'},'escalations':"
                          "{'timeout':'2bd'}}]}");
    world_submit(&w);
    CHECK_STR(timers_text(&w), "sla 0 +120, escalate 0 +2880");
    world_end(&w);
}

static void test_calendar_that_fails(void)
{
    struct world w = world_of_workflow("{'calendar':'office','expires':'5bd','stages':[{}]}");
    w.known->broken = "due:office\n5bd\n1700000000000000";
    CHECK_INT(engine_submit(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), -1);
    CHECK_INT(w.e.kind, ERR_UNAVAILABLE);
    world_end(&w);
}

static void test_stopped(void)
{
    struct world w = world_of_workflow("{'expires':'1d','stages':[{'id':'one','sla':"
                                       "{'duration':'1h'}," LEVELS "},{'id':'two'}]}");
    world_submit(&w);
    CHECK_INT(w.a.timer_count, 6);
    approve(&w, "ann");
    CHECK_STR(timers_text(&w), "expire 0 +1440");
    CHECK_INT(w.a.sla_due_at, 0);
    approve(&w, "ben");
    CHECK_INT(w.a.status, STATUS_APPROVED);
    CHECK_STR(timers_text(&w), "");
    world_end(&w);
}

static void test_deciding(void)
{
    static const struct {
        struct timer timer;
        bool decides;
    } rows[] = {
        {{TIMER_REMIND, 2, 0}, false},    {{TIMER_SLA, 2, 0}, false},
        {{TIMER_EXPIRE, 0, 0}, true},     {{TIMER_ESCALATE, 0, 0}, false},
        {{TIMER_ESCALATE, 1, 0}, false},  {{TIMER_ESCALATE, 2, 0}, true},
        {{TIMER_ESCALATE, 3, 0}, false},  {{TIMER_ESCALATE, 4, 0}, false},
        {{TIMER_ESCALATE, -1, 0}, false},
    };
    struct world w = world_with("{" LEVELS "}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(deadline_decides(&w.d, &w.a, &rows[i].timer), rows[i].decides);
    w.a.stage_id = NULL;
    CHECK(!deadline_decides(&w.d, &w.a, &rows[5].timer));
    CHECK(deadline_decides(&w.d, &w.a, &rows[2].timer));
    world_end(&w);
}

/* The first one; at the same moment, first those that tell and last those that decide. */
static void test_next(void)
{
    struct timer timers[] = {
        {TIMER_EXPIRE, 0, 50}, {TIMER_ESCALATE, 1, 50}, {TIMER_ESCALATE, 0, 50}, {TIMER_SLA, 0, 50},
        {TIMER_REMIND, 1, 50}, {TIMER_REMIND, 0, 50},   {TIMER_REMIND, 2, 60},   {TIMER_SLA, 0, 40},
    };
    static const size_t order[] = {7, 5, 4, 3, 2, 1, 0, 6};
    struct approval a = {.timers = timers, .timer_count = 8};
    CHECK(deadline_next(&a, 39) == NULL);
    for (size_t i = 0; i < 8; i++) {
        CHECK(deadline_next(&a, 60) == &timers[order[i]]);
        timers[order[i]].due_at = 100;
    }
    CHECK(deadline_next(&a, 60) == NULL);
}

/* A chain does not jump to its end after an outage; what decides is absolute. */
static void test_distance(void)
{
    static const struct {
        int64_t minutes;
        size_t taken;
        const char *timers;
    } rows[] = {
        {60, 0, "escalate 1 +120, escalate 2 +180, escalate 3 +240"},
        {50, 0, "escalate 1 +120, escalate 2 +180, escalate 3 +240"},
        {160, 0, "escalate 1 +220, escalate 2 +180, escalate 3 +340"},
        {130, 1, "escalate 0 +60, escalate 2 +180, escalate 3 +250"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_with("{" LEVELS "}");
        w.o.now = START + rows[i].minutes * MINUTE;
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        struct timer taken = deadline_take(&r, &w.a.timers[rows[i].taken]);
        CHECK_INT(taken.kind, TIMER_ESCALATE);
        CHECK_INT(taken.level, rows[i].taken);
        for (size_t k = 1; k < w.a.timer_count; k++)
            for (size_t n = k; n > 0 && w.a.timers[n].level < w.a.timers[n - 1].level; n--) {
                struct timer t = w.a.timers[n];
                w.a.timers[n] = w.a.timers[n - 1];
                w.a.timers[n - 1] = t;
            }
        CHECK_STR(timers_text(&w), rows[i].timers);
        world_end(&w);
    }
}

/* A reminder that is late moves nothing. */
static void test_reminders_have_no_distance(void)
{
    struct world w = world_with("{'sla':{'duration':'1h','remind':['50%','1.5h']}," LEVELS "}");
    w.o.now = START + 45 * MINUTE;
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    CHECK_INT(deadline_take(&r, &w.a.timers[1]).kind, TIMER_REMIND);
    CHECK_STR(timers_text(&w), "sla 0 +60, escalate 3 +240, remind 1 +90, escalate 0 +60, "
                               "escalate 1 +120, escalate 2 +180");
    world_end(&w);
}

static void test_next_level(void)
{
    struct world w = world_with("{" LEVELS "}");
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    static const int64_t levels[] = {0, 1, 3};
    for (size_t i = 0; i < 3; i++) {
        const struct timer *next = deadline_next_level(&w.d, &w.a);
        CHECK_FATAL(next != NULL);
        CHECK_INT(deadline_take(&r, next).level, levels[i]);
    }
    CHECK(deadline_next_level(&w.d, &w.a) == NULL);
    CHECK_STR(timers_text(&w), "escalate 2 +180");
    world_end(&w);
}

static const struct test tests[] = {
    {"what falls due is set when a stage is entered", test_started},
    {"percentages are exact", test_percentages_are_exact},
    {"business time", test_business_time},
    {"business time that nobody counts", test_business_time_that_nobody_counts},
    {"a calendar that fails", test_calendar_that_fails},
    {"what falls due is dropped when a stage ends", test_stopped},
    {"which timers decide", test_deciding},
    {"which one is next", test_next},
    {"levels keep their distance", test_distance},
    {"reminders keep none", test_reminders_have_no_distance},
    {"the next level that asks people", test_next_level},
};

int main(void)
{
    return check_main("deadline", tests, sizeof tests / sizeof *tests);
}
