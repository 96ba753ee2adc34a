#include "engine/carry.h"
#include "world.h"

/* Stages one, two and three; anybody in one and two. */
#define THREE(skip)                                                         \
    "{'id':'one'},{'id':'two'},{'id':'three','type':'parallel','quorum':2," \
    "'approvers':['ann','ben','cyn'],'skip_repeat':'" skip "'}"

static void test_repeats(void)
{
    static const struct {
        const char *stages, *first, *second, *tasks;
    } rows[] = {
        {THREE("off"), "ann", "ben", "ann:open ben:open cyn:open"},
        {THREE("consecutive"), "ann", "ben", "ann:open ben:approve cyn:open"},
        {THREE("consecutive"), "ben", "zoe", "ann:open ben:open cyn:open"},
        {THREE("any"), "zoe", "yan", "ann:open ben:open cyn:open"},
        {THREE("any"), "ben", "zoe", "ann:open ben:approve cyn:open"},
        {THREE("any"), "ben", "ben", "ann:open ben:approve cyn:open"},
        {THREE("any"), "ann", "ben", "ann:approve ben:approve cyn:closed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_with(rows[i].stages);
        CHECK_INT(world_act(&w, (struct action){.kind = ACTION_APPROVE,
                                                .actor = rows[i].first,
                                                .stage_id = "one"}),
                  ERR_NONE);
        CHECK_INT(world_act(&w, (struct action){.kind = ACTION_APPROVE,
                                                .actor = rows[i].second,
                                                .stage_id = "two"}),
                  ERR_NONE);
        const char *tasks = strstr(tasks_text(&w), "ann:");
        while (tasks && strcmp(tasks, rows[i].tasks) != 0)
            tasks = strstr(tasks + 1, "ann:");
        CHECK_STR(tasks, rows[i].tasks);
        world_end(&w);
    }
}

static void test_event_of_a_repeat(void)
{
    struct world w = world_with("{'id':'one'},{'id':'two','approvers':['ann','ben'],"
                                "'skip_repeat':'any'}");
    approve(&w, "ann");
    CHECK_STR(events_text(&w), "approve repeated");
    const struct event *ev = &w.fx.events[1];
    CHECK_STR(ev->actor, "ann");
    CHECK_STR(ev->stage_id, "two");
    CHECK_STR(ev->reason, "approved stage one already");
    CHECK_STR(ev->payload_sha256, "5ha");
    CHECK_STR(tasks_text(&w), "ann:approve ann:approve ben:open");
    world_end(&w);
}

/* What is no approval of his in a stage that people approved does not carry. */
static void test_no_repeats(void)
{
    struct world w = world_with("{'id':'one','type':'parallel','approvers':['ann','ben','cyn'],"
                                "'quorum':1,'reject':'impossible'},{'id':'two','type':'parallel',"
                                "'approvers':['ann','ben','cyn'],'quorum':2,'skip_repeat':'any'}");
    reject(&w, "ann");
    world_act(&w, (struct action){.kind = ACTION_ADD_APPROVER, .actor = "ben", .assignee = "dan"});
    approve(&w, "dan");
    CHECK_STR(w.a.stage_id, "one");
    approve(&w, "ben");
    CHECK_STR(tasks_text(&w), "ann:reject ben:approve cyn:closed dan:approve ann:open "
                              "ben:approve cyn:open");
    world_end(&w);
}

/* A round is a new question. */
static void test_no_repeats_of_another_round(void)
{
    struct world w = world_with("{'id':'one'},{'id':'two','approvers':['ann'],"
                                "'skip_repeat':'any'},{'id':'three','approvers':['ben']}");
    approve(&w, "ann");
    CHECK_STR(w.a.stage_id, "three");
    world_act(&w, (struct action){.kind = ACTION_REQUEST_CHANGES, .actor = "ben"});
    world_act(&w, (struct action){.kind = ACTION_RESUBMIT, .actor = "rita"});
    approve(&w, "zoe");
    CHECK_STR(w.a.stage_id, "two");
    CHECK_INT(w.a.tasks[w.a.task_count - 1].state, TASK_OPEN);
    world_end(&w);
}

static const char old_payload[] = "{'amount':5,'vendor':{'name':'x','city':'y'},'lines':[1,2]}";

/* What is carried into the second round, when the payload that takes the place of the old one is
 * this. */
static void check_carried(const char *covers, const char *payload, bool carried)
{
    struct str stages = STR_INIT;
    str_addf(&stages, "{'id':'one','covers':[%s]},{'id':'two','approvers':['bob']}", covers);
    struct world w = world_with(stages.buf);
    str_release(&stages);
    approve(&w, "ann");
    w.o.payload = json_of(w.arena, payload);
    w.a.round = 2;
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    carry_covered(&r, json_of(w.arena, old_payload));
    CHECK_STR(w.a.carried, carried ? "one" : NULL);
    world_end(&w);
}

static void test_covered(void)
{
    static const struct {
        const char *covers, *payload;
        bool carried;
    } rows[] = {
        {"", "{'amount':5}", false},
        {"'/amount'", "{'amount':5}", true},
        {"'/amount'", "{'amount':6}", false},
        {"'/amount'", "{'amount':'5'}", false},
        {"'/amount'", "{}", false},
        {"'/amount','/vendor'", "{'amount':5,'vendor':{'city':'y','name':'x'}}", true},
        {"'/amount','/vendor'", "{'amount':5,'vendor':{'city':'z','name':'x'}}", false},
        {"'/vendor/name'", "{'vendor':{'name':'x'}}", true},
        {"'/lines'", "{'lines':[2,1]}", false},
        {"'/lines/1'", "{'lines':[7,2]}", true},
        {"'/none'", "{'amount':7}", true},
        {"''", "{'amount':5,'lines':[1,2],'vendor':{'name':'x','city':'y'}}", true},
        {"''", "{'amount':5,'lines':[1,2]}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_carried(rows[i].covers, rows[i].payload, rows[i].carried);
}

/* Only what people approved carries: by its last visit in the round before, or as it was carried
 * into that round, which did not come to it. */
static void test_what_carries(void)
{
    static const struct {
        int64_t round;
        enum visit_outcome first, last;
        const char *before;
        bool carried;
    } rows[] = {
        {2, VISIT_LEFT, VISIT_APPROVED, NULL, true},
        {2, VISIT_APPROVED, VISIT_CARRIED, NULL, true},
        {2, VISIT_APPROVED, VISIT_AUTO, NULL, false},
        {2, VISIT_APPROVED, VISIT_REJECTED, "one", false},
        {2, VISIT_APPROVED, VISIT_SKIPPED, NULL, false},
        {2, VISIT_APPROVED, VISIT_LEFT, NULL, false},
        {2, VISIT_APPROVED, VISIT_OUTDATED, NULL, false},
        {2, VISIT_OUTDATED, VISIT_APPROVED, NULL, true},
        {3, VISIT_APPROVED, VISIT_APPROVED, NULL, false},
        {3, VISIT_APPROVED, VISIT_APPROVED, "other\none", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_of("{'id':'one','covers':['/x']}");
        struct visit visits[] = {
            {.no = 1, .stage_id = "one", .visit = 1, .round = 1, .outcome = rows[i].first},
            {.no = 2, .stage_id = "one", .visit = 2, .round = 1, .outcome = rows[i].last},
            {.no = 3, .stage_id = "two", .visit = 1, .round = 1, .outcome = VISIT_APPROVED},
        };
        w.a.visits = visits;
        w.a.visit_count = 3;
        w.a.round = rows[i].round;
        w.a.carried = rows[i].before;
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
        carry_covered(&r, NULL);
        CHECK_STR(w.a.carried, rows[i].carried ? "one" : NULL);
        world_end(&w);
    }
}

/* Who comes back to a stage goes through it. */
static void test_take(void)
{
    struct world w = world_of("{'id':'one'},{'id':'two'},{'id':'three'}");
    const struct stage *stages = w.d.stages;
    struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &w.fx);
    CHECK(!carry_take(&r, &stages[0]));
    w.a.carried = "one\ntwo\nthree";
    CHECK(carry_take(&r, &stages[1]));
    CHECK_STR(w.a.carried, "one\nthree");
    CHECK(!carry_take(&r, &stages[1]));
    CHECK(carry_take(&r, &stages[2]));
    CHECK(carry_take(&r, &stages[0]));
    CHECK_STR(w.a.carried, NULL);
    world_end(&w);
}

/* Only what this round approved or carried counts on, so only that is marked. */
static void test_migrate(void)
{
    static const struct {
        enum visit_outcome was;
        int64_t round;
        const char *same;
        enum visit_outcome is;
    } rows[] = {
        {VISIT_APPROVED, 2, "", VISIT_OUTDATED},
        {VISIT_APPROVED, 2, "two", VISIT_OUTDATED},
        {VISIT_APPROVED, 2, "two\none", VISIT_APPROVED},
        {VISIT_APPROVED, 1, "", VISIT_APPROVED},
        {VISIT_CARRIED, 2, "on\none-more", VISIT_OUTDATED},
        {VISIT_CARRIED, 2, "one", VISIT_CARRIED},
        {VISIT_AUTO, 2, "", VISIT_AUTO},
        {VISIT_REJECTED, 2, "", VISIT_REJECTED},
        {VISIT_SKIPPED, 2, "", VISIT_SKIPPED},
        {VISIT_LEFT, 2, "", VISIT_LEFT},
        {VISIT_OPEN, 2, "", VISIT_OPEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_with("{'id':'one'},{'id':'two'}");
        struct effects fx = {0};
        w.a.round = 2;
        w.a.visits[0].outcome = rows[i].was;
        w.a.visits[0].round = rows[i].round;
        w.a.visits[0].changed = false;
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &fx);
        carry_migrate(&r, rows[i].same);
        CHECK_INT(w.a.visits[0].outcome, rows[i].is);
        CHECK_INT(w.a.visits[0].changed, rows[i].is != rows[i].was);
        world_end(&w);
    }
}

static void test_migrate_carried(void)
{
    static const struct {
        const char *carried, *same, *left;
    } rows[] = {
        {NULL, "one", NULL},
        {"one\ntwo\nthree", "three\none", "one\nthree"},
        {"one\ntwo", "two\none\nthree", "one\ntwo"},
        {"one", "on", NULL},
        {"one", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = world_with("{'id':'one'},{'id':'two'},{'id':'three'}");
        struct effects fx = {0};
        w.a.carried = rows[i].carried;
        struct run r = run_start(w.arena, &w.d, &w.o, &w.a, &fx);
        carry_migrate(&r, rows[i].same);
        CHECK_STR(w.a.carried, rows[i].left);
        world_end(&w);
    }
}

static const struct test tests[] = {
    {"approvals of earlier stages", test_repeats},
    {"the event of an approval that is repeated", test_event_of_a_repeat},
    {"rejections and opinions are not repeated", test_no_repeats},
    {"nothing is repeated from another round", test_no_repeats_of_another_round},
    {"a stage is carried where all that it covers is the same", test_covered},
    {"only what people approved is carried", test_what_carries},
    {"what a migration leaves of approvals", test_migrate},
    {"what a migration leaves of what is carried", test_migrate_carried},
    {"a stage is passed over once", test_take},
};

int main(void)
{
    return check_main("carry", tests, sizeof tests / sizeof *tests);
}
