#include "world.h"

/* A payload that is changed by the requester. */

#define TWO "{'id':'one','covers':['/a']},{'id':'two','approvers':['bob'],'covers':['/b']}"

static struct world submitted(const char *stages)
{
    struct world w = world_of(stages);
    w.o.payload = json_of(w.arena, "{'a':1,'b':1}");
    world_submit(&w);
    return w;
}

/* With a payload, whose text is also its hash; NULL: as it is. */
static enum err_kind revise_with(struct world *w, enum action_kind kind, const char *payload)
{
    const struct json *v = payload ? json_of(w->arena, payload) : NULL;
    enum err_kind kind_of_error = world_act(w, (struct action){.kind = kind,
                                                               .actor = "rita",
                                                               .comment = "why",
                                                               .payload = v,
                                                               .payload_text = payload,
                                                               .payload_new_sha256 = payload,
                                                               .title = payload ? "new" : NULL});
    if (v && kind_of_error == ERR_NONE)
        w->o.payload = v;
    return kind_of_error;
}

static enum err_kind request_changes(struct world *w, const char *actor)
{
    return world_act(w, (struct action){.kind = ACTION_REQUEST_CHANGES, .actor = actor});
}

static void test_edit(void)
{
    struct world w = submitted("{'id':'one','approvers':['ann','ben']},{'id':'two'}");
    approve(&w, "ann");
    CHECK_INT(revise_with(&w, ACTION_EDIT, NULL), ERR_INVALID);
    CHECK_STR(w.e.message, "edit needs the payload as it is to be");
    CHECK_INT(w.a.round, 1);
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':2}"), ERR_NONE);
    CHECK_STR(events_text(&w), "edit");
    CHECK_STR(w.fx.events[0].actor, "rita");
    CHECK_STR(w.fx.events[0].comment, "why");
    CHECK_STR(w.fx.events[0].payload_sha256, "{'a':2}");
    CHECK_STR(notices_text(&w), "approval.submitted task.assigned(ann)");
    CHECK_INT(w.a.round, 2);
    CHECK_STR(w.a.payload, "{'a':2}");
    CHECK_STR(w.a.payload_sha256, "{'a':2}");
    CHECK_STR(w.a.title, "new");
    CHECK(w.a.payload_changed);
    CHECK_STR(tasks_text(&w), "ann:approve ben:closed ann:open ben:waiting");
    CHECK_STR(visits_text(&w), "one/1 left, one/2 open");
    world_end(&w);
}

static void test_resubmit(void)
{
    struct world w = submitted(TWO);
    approve(&w, "ann");
    request_changes(&w, "bob");
    CHECK_INT(w.a.status, STATUS_RETURNED);
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':2}"), ERR_CONFLICT);
    CHECK_INT(revise_with(&w, ACTION_RESUBMIT, NULL), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(w.a.round, 2);
    CHECK(!w.a.payload_changed);
    CHECK_STR(w.a.payload_sha256, "5ha");
    CHECK_STR(w.a.title, NULL);
    world_end(&w);
}

/* Stages whose approval is carried are passed over. */
static void test_carried(void)
{
    static const struct {
        const char *payload, *visits;
    } rows[] = {
        {NULL, "one/1 approved, two/1 left, one/0 carried, two/2 open"},
        {"{'a':1,'b':2}", "one/1 approved, two/1 left, one/0 carried, two/2 open"},
        {"{'a':2,'b':1}", "one/1 approved, two/1 left, one/2 open"},
        {"{}", "one/1 approved, two/1 left, one/2 open"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w = submitted(TWO);
        approve(&w, "ann");
        request_changes(&w, "bob");
        CHECK_INT(revise_with(&w, ACTION_RESUBMIT, rows[i].payload), ERR_NONE);
        CHECK_STR(visits_text(&w), rows[i].visits);
        world_end(&w);
    }
}

static void test_event_of_what_is_carried(void)
{
    struct world w = submitted(TWO);
    approve(&w, "ann");
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':1,'b':2}"), ERR_NONE);
    CHECK_STR(events_text(&w), "edit carried");
    CHECK_STR(w.fx.events[1].actor, ACTOR_SYSTEM);
    CHECK_STR(w.fx.events[1].stage_id, "one");
    CHECK_INT(w.fx.events[1].visit, 0);
    CHECK_STR(w.fx.events[1].reason, "what it covers has not changed");
    CHECK_STR(w.a.stage_id, "two");
    CHECK_STR(tasks_text(&w), "ann:approve bob:closed bob:open");
    world_end(&w);
}

/* Conditions of the new round look at the new payload. */
static void test_new_payload_decides(void)
{
    struct world w = submitted("{'id':'one','conditions':{'a_lt':5}},{'id':'two'}");
    CHECK_STR(w.a.stage_id, "one");
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':7}"), ERR_NONE);
    CHECK_STR(visits_text(&w), "one/1 left, one/0 skipped, two/1 open");
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':3}"), ERR_NONE);
    CHECK_STR(w.a.stage_id, "one");
    world_end(&w);
}

static void test_rounds(void)
{
    struct world w = world_of_workflow("{'max_rounds':2,'stages':[{'id':'one'}]}");
    world_submit(&w);
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':1}"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_PENDING);
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':2}"), ERR_NONE);
    CHECK_INT(w.a.status, STATUS_REJECTED);
    CHECK_STR(events_text(&w), "edit ended");
    CHECK_STR(w.fx.events[1].reason, "more than 2 rounds");
    CHECK_STR(notices_text(&w), "approval.rejected");
    world_end(&w);
}

/* Re-entry starts full durations; the approval's own expiry stays. */
static void test_times(void)
{
    struct world w =
        world_of_workflow("{'expires':'9h','stages':[{'id':'one','sla':{'duration':'1h'}}]}");
    world_submit(&w);
    w.o.now = START + 29 * MINUTE;
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':1}"), ERR_NONE);
    CHECK_STR(timers_text(&w), "expire 0 +540, sla 0 +90");
    world_end(&w);
}

/* A payload that was the same is no change of it, but a round. */
static void test_same_payload(void)
{
    struct world w = submitted(TWO);
    revise_with(&w, ACTION_EDIT, "{'a':1,'b':3}");
    w.a.payload_changed = false;
    CHECK_INT(revise_with(&w, ACTION_EDIT, "{'a':1,'b':3}"), ERR_NONE);
    CHECK(!w.a.payload_changed);
    CHECK_INT(w.a.round, 3);
    world_end(&w);
}

/* Seen is seen: who decides on the payload before is told. */
static void test_votes_on_what_was(void)
{
    struct world w = submitted(TWO);
    revise_with(&w, ACTION_EDIT, "{'a':3}");
    struct action late = {.kind = ACTION_APPROVE,
                          .actor = "ann",
                          .stage_id = "one",
                          .visit = 1,
                          .payload_sha256 = "5ha"};
    CHECK_INT(world_act(&w, late), ERR_STALE);
    late.payload_sha256 = "{'a':3}";
    CHECK_INT(world_act(&w, late), ERR_STALE);
    late.visit = 2;
    CHECK_INT(world_act(&w, late), ERR_NONE);
    CHECK_STR(w.a.stage_id, "two");
    world_end(&w);
}

/* A rating is as good as whoever brings it: the requester does not rate what another sent. */
static void test_whose_ratings(void)
{
    struct world w = submitted("{'id':'one','approvers':['ann']}");
    struct action edit = {.kind = ACTION_EDIT,
                          .actor = "rita",
                          .payload = json_of(w.arena, "{'a':2}"),
                          .payload_text = "{'a':2}",
                          .payload_new_sha256 = "{'a':2}"};
    w.a.believed = true;
    CHECK_INT(world_act(&w, edit), ERR_NONE);
    CHECK(!w.a.believed);
    edit.believed = true;
    CHECK_INT(world_act(&w, edit), ERR_NONE); /* the same payload brings nothing */
    CHECK(!w.a.believed);
    edit.payload_text = edit.payload_new_sha256 = "{'a':3}";
    CHECK_INT(world_act(&w, edit), ERR_NONE);
    CHECK(w.a.believed);
    world_end(&w);
}

/* Who acts for the requester and could decide himself would write what he decides on. */
static void test_in_the_requesters_name(void)
{
    static const struct {
        const char *sent_by, *through;
        enum err_kind result;
    } rows[] = {
        {NULL, NULL, ERR_NONE},        {NULL, "kay", ERR_FORBIDDEN}, {"kay", "kay", ERR_NONE},
        {"kay", "kim", ERR_FORBIDDEN}, {"kay", NULL, ERR_NONE},
    };
    static const enum action_kind kinds[] = {ACTION_EDIT, ACTION_RESUBMIT};
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        struct world w = submitted("{'id':'one','approvers':['ann']}");
        if (kinds[i % 2] == ACTION_RESUBMIT)
            CHECK_INT(request_changes(&w, "ann"), ERR_NONE);
        w.a.submitted_by = rows[i / 2].sent_by;
        struct action act = {.kind = kinds[i % 2],
                             .actor = "rita",
                             .through = rows[i / 2].through,
                             .payload = json_of(w.arena, "{'a':2}"),
                             .payload_text = "{'a':2}",
                             .payload_new_sha256 = "{'a':2}"};
        CHECK_INT(world_act(&w, act), rows[i / 2].result);
        world_end(&w);
    }
}

static const struct test tests[] = {
    {"an edit starts a round", test_edit},
    {"resubmitting what was returned", test_resubmit},
    {"what is carried into the round", test_carried},
    {"the event of what is carried", test_event_of_what_is_carried},
    {"the new payload is looked at", test_new_payload_decides},
    {"more than max_rounds rejects", test_rounds},
    {"durations start anew", test_times},
    {"the same payload again", test_same_payload},
    {"nobody decides on a payload that was", test_votes_on_what_was},
    {"whose ratings are believed in it", test_whose_ratings},
    {"in the requester's name", test_in_the_requesters_name},
};

int main(void)
{
    return check_main("revise", tests, sizeof tests / sizeof *tests);
}
