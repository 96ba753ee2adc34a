#include "engine/forecast.h"
#include "engine/quorum.h"
#include "engine/slate.h"
#include "world.h"

/* What test_properties has found, each in its shortest form. */

static enum err_kind ask_opinion(struct world *w, const char *actor, const char *whom)
{
    return world_act(
        w, (struct action){.kind = ACTION_ADD_APPROVER, .actor = actor, .assignee = whom});
}

/* The users of the first set, as "dan ben". */
static const char *first_set(struct world *w)
{
    struct forecast forecast;
    forecast_stage(w->arena, &w->d.stages[0], &w->a, NULL, 0, &forecast);
    const struct outlook *outlook = &forecast.outlook;
    struct str s = STR_INIT;
    CHECK_FATAL(outlook->count > 0);
    for (size_t i = 0; i < outlook->sizes[0]; i++)
        str_addf(&s, "%s%s", i ? " " : "", outlook->sets[0][i]);
    const char *text = arena_strndup(w->arena, s.buf, s.len);
    str_release(&s);
    return text;
}

/* PROPERTY_SEED=1700: a place that was handed on comes no later for it. */
static void test_turns_of_an_outlook(void)
{
    struct world w = world_with("{'id':'s','approvers':['ann','ben'],'quorum':1}");
    delegate(&w, "ann", "dan");
    CHECK_STR(first_set(&w), "dan");
    CHECK_INT(approve(&w, "dan"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

/* PROPERTY_SEED=501300: where several are asked at one place, one of them is enough. */
static void test_one_of_a_place_in_an_outlook(void)
{
    struct world w = world_with("{'id':'s','approvers':['ann','ben'],"
                                "'escalations':{'timeout':'1h','target':'lea'}}");
    delegate(&w, "ben", "dan");
    world_tick(&w, 60);
    const char *set = first_set(&w);
    CHECK(!strcmp(set, "ann dan") || !strcmp(set, "lea dan"));
    world_end(&w);
}

/* PROPERTY_SEED=3007670, 7000648: who holds a place and is handed another stands for both, which
 * may leave too few. */
static void test_too_few_after_handing_on(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','quorum':2,'escalations':"
                                "{'timeout':'1h','target':['ann','ben'],'mode':'replace'}}");
    world_tick(&w, 60);
    CHECK_STR(tasks_text(&w), "ann:open ben:open");
    delegate(&w, "ben", "ann");
    CHECK_INT(quorum_outcome(w.arena, &w.d.stages[0], &w.a), STAGE_OPEN);
    world_end(&w);
}

/* PROPERTY_SEED=5005110: a place that was handed on may come back, so its holder is not asked for
 * an opinion meanwhile. */
static void test_no_opinion_beside_a_place(void)
{
    struct world w = world_with("{'id':'s','type':'parallel','approvers':['ann','ben']}");
    delegate(&w, "ann", "dan");
    CHECK_INT(ask_opinion(&w, "ben", "ann"), ERR_INVALID);
    world_knows(&w, "member:user:dan\ndan", "");
    CHECK_INT(engine_recheck(w.arena, &w.d, &w.o, &w.a, &w.fx, &w.e), 0);
    CHECK_INT(w.a.tasks[0].state, TASK_OPEN);
    CHECK_INT(approve(&w, "ann"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_APPROVED);
    world_end(&w);
}

static const struct test tests[] = {
    {"an outlook keeps to the turns", test_turns_of_an_outlook},
    {"an outlook names one for each place", test_one_of_a_place_in_an_outlook},
    {"handing on leaves no stage open that is impossible", test_too_few_after_handing_on},
    {"nobody is asked for an opinion beside his place", test_no_opinion_beside_a_place},
};

int main(void)
{
    return check_main("found", tests, sizeof tests / sizeof *tests);
}
