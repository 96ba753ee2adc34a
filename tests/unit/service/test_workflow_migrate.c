/*
 * Running approvals moved to another version of their workflow.
 */
#include "service/workflow_migrate.h"

#include "check.h"
#include "flow.h"

#define HOUR (INT64_C(3600) * US_PER_SECOND)
#define S "{'id':'s','approvers':['ann']}"
#define S_ANEW "{'id':'s','approvers':['ann','zoe']}"
#define T "{'id':'t','approvers':['bob']}"
#define U "{'id':'u','approvers':['cid']}"
#define STAGES(list) "{'id':'wf','stages':[" list "]}"

/* Approvals in s, t and u, one that was returned and one that has ended; all on revision 1. */
static const char *in_s, *in_t, *in_u, *returned, *ended;

static void set_up_five(void)
{
    set_up();
    CHECK_INT(publish(STAGES(S "," T "," U)), 1);
    in_s = submit("wf", "req", "{}");
    in_t = submit("wf", "req", "{}");
    in_u = submit("wf", "req", "{}");
    returned = submit("wf", "req", "{}");
    ended = submit("wf", "req", "{}");
    act_as(in_t, ACTION_APPROVE, "ann");
    act_as(in_u, ACTION_APPROVE, "ann");
    act_as(in_u, ACTION_APPROVE, "bob");
    act_as(returned, ACTION_REQUEST_CHANGES, "ann");
    act_as(ended, ACTION_REJECT, "ann");
}

static int64_t revision_of(const char *id)
{
    return stored(id)->revision;
}

static void test_what_becomes_of_them(void)
{
    static const struct {
        const char *definition, *what;
    } rows[] = {
        {STAGES(S "," T), "2: stays s, stays t, blocked u, stays -"},
        {STAGES(S_ANEW "," T "," U), "2: enters_again s, stays t, stays u, stays -"},
        {STAGES("{'id':'x'}"), "2: blocked s, blocked t, blocked u, stays -"},
        /* What is around a stage does not matter. */
        {"{'id':'wf','name':'New','max_visits':3,'stages':[" S "," T "," U ",{'id':'v'}]}",
         "2: stays s, stays t, stays u, stays -"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up_five();
        CHECK_INT(publish(rows[i].definition), 2);
        CHECK_STR(migrate("wf", 0, NULL, true), rows[i].what);
        CHECK(migrated.dry_run);
        CHECK_STR(migrate("wf", 0, NULL, false), rows[i].what);
        CHECK(!migrated.dry_run);
        CHECK_STR(migrated.workflow_id, "wf");
        CHECK(migrated.next == NULL);
        CHECK_INT(revision_of(ended), 1);
        tear_down();
    }
}

/* A stage that stands elsewhere in the list is still written the same. */
static void test_stage_that_has_moved(void)
{
    static const struct {
        const char *definition, *what;
    } rows[] = {
        {STAGES("{'id':'x'}," S "," T "," U), "2: stays s, stays t, stays u, stays -"},
        {STAGES(T), "2: blocked s, stays t, blocked u, stays -"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up_five();
        CHECK_INT(publish(rows[i].definition), 2);
        CHECK_STR(migrate("wf", 0, NULL, true), rows[i].what);
        tear_down();
    }
}

static void test_details(void)
{
    set_up_five();
    publish(STAGES(S_ANEW "," T));
    migrate("wf", 0, NULL, true);
    CHECK_FATAL(migrated.count == 4);
    CHECK_STR(migrated.approvals[0].approval_id, in_s);
    CHECK_STR(migrated.approvals[1].approval_id, in_t);
    CHECK_STR(migrated.approvals[2].approval_id, in_u);
    CHECK_STR(migrated.approvals[3].approval_id, returned);
    for (size_t i = 0; i < migrated.count; i++) {
        CHECK_INT(migrated.approvals[i].from, 1);
        CHECK_STR(migrated.approvals[i].reason, i == 2 ? "revision 2 has no stage u" : NULL);
    }
    tear_down();
}

static void test_preview_changes_nothing(void)
{
    set_up_five();
    publish(STAGES(S_ANEW "," T "," U));
    int64_t seq = stored(in_s)->seq;
    CHECK_STR(migrate("wf", 0, NULL, true), "2: enters_again s, stays t, stays u, stays -");
    CHECK_INT(revision_of(in_s), 1);
    CHECK_INT(stored(in_s)->seq, seq);
    CHECK_STR(slate(in_s), "ann open");
    CHECK_STR(history(in_s), "submitted");
    CHECK_STR(audited(in_s), "approval.submitted");
    tear_down();
}

static void test_staying(void)
{
    set_up();
    add_group("fin", "ann bob");
    publish("{'id':'wf','version':'a','stages':[{'id':'s','type':'parallel','quorum':2,"
            "'approvers':['group:fin'],'sla':{'duration':'4h'}}]}");
    const char *id = submit("wf", "req", "{}");
    act_as(id, ACTION_APPROVE, "ann");
    publish("{'id':'wf','version':'b','stages':[{'id':'s','type':'parallel','quorum':2,"
            "'approvers':['group:fin'],'sla':{'duration':'4h'}}," T "]}");
    change_group("fin", "ann bob zoe");
    fake.fixed += HOUR;
    CHECK_STR(migrate("wf", 0, NULL, false), "2: stays s");
    const struct approval *a = stored(id);
    CHECK_INT(a->revision, 2);
    CHECK_STR(a->workflow_version, "b");
    CHECK_INT(a->updated_at, fake.fixed);
    CHECK_INT(a->sla_due_at, NOW + 4 * HOUR);
    CHECK_STR(slate(id), "ann answered, bob open");
    CHECK_STR(history(id), "submitted approve migrated");
    CHECK(strstr(event_data(id, "migrated"), quoted("'from_revision':1,'revision':2")) != NULL);
    CHECK_STR(audited(id), "approval.submitted approval.approve approval.migrated");
    CHECK(last_audit(id) != NULL);
    act_as(id, ACTION_APPROVE, "bob");
    CHECK_STR(standing(id), "pending in t");
    tear_down();
}

static void test_entering_again(void)
{
    set_up();
    add_group("fin", "ann bob");
    publish("{'id':'wf','stages':[{'id':'s','type':'parallel','quorum':2,"
            "'approvers':['group:fin'],'sla':{'duration':'4h'}}]}");
    const char *id = submit("wf", "req", "{}");
    act_as(id, ACTION_APPROVE, "ann");
    publish("{'id':'wf','stages':[{'id':'s','type':'parallel','quorum':3,"
            "'approvers':['group:fin'],'sla':{'duration':'2h'}}]}");
    change_group("fin", "ann bob zoe");
    fake.fixed += HOUR;
    CHECK_STR(migrate("wf", 2, NULL, false), "2: enters_again s");
    const struct approval *a = stored(id);
    CHECK_STR(path(id), "s left, s open");
    CHECK_INT(a->visit, 2);
    CHECK_INT(a->needed, 3);
    CHECK_INT(a->sla_due_at, fake.fixed + 2 * HOUR);
    CHECK_STR(slate(id), "ann answered, bob closed, ann open, bob open, zoe open");
    act_as(id, ACTION_APPROVE, "bob");
    act_as(id, ACTION_APPROVE, "zoe");
    CHECK_STR(standing(id), "pending in s"); /* ann has to say so again */
    act_as(id, ACTION_APPROVE, "ann");
    CHECK_STR(standing(id), "approved");
    tear_down();
}

static void test_blocked_goes_on_as_it_was(void)
{
    set_up_five();
    publish(STAGES(S "," T));
    migrate("wf", 0, NULL, false);
    CHECK_INT(revision_of(in_t), 2);
    CHECK_INT(revision_of(in_u), 1);
    CHECK_STR(history(in_u), "submitted approve approve");
    CHECK_STR(act_as(in_u, ACTION_APPROVE, "cid"), "ok");
    CHECK_STR(standing(in_u), "approved");
    tear_down();
}

static void test_returned_starts_on_the_new_version(void)
{
    set_up_five();
    publish(STAGES("{'id':'x','approvers':['zoe']}"));
    migrate("wf", 0, NULL, false);
    CHECK_STR(standing(returned), "returned");
    CHECK_INT(revision_of(returned), 2);
    CHECK_STR(act_as(returned, ACTION_RESUBMIT, "req"), "ok");
    CHECK_STR(standing(returned), "pending in x");
    tear_down();
}

static void test_there_and_back(void)
{
    set_up_five();
    publish(STAGES(S_ANEW "," T "," U));
    const char *newer = submit("wf", "req", "{}");
    CHECK_STR(migrate("wf", 0, NULL, false), "2: enters_again s, stays t, stays u, stays -");
    CHECK_STR(migrate("wf", 2, NULL, false), "2: "); /* all of them are there */
    CHECK_STR(migrate("wf", 1, NULL, false),
              "1: enters_again s, stays t, stays u, stays -, enters_again s");
    CHECK_STR(migrated.approvals[4].approval_id, newer);
    CHECK_INT(revision_of(newer), 1);
    CHECK_STR(path(in_s), "s left, s left, s open");
    tear_down();
}

/* Which stages are the same is found for each revision that there are approvals of. */
static void test_what_was_approved_before(void)
{
    static const char *const old = "{'id':'s','approvers':['ann'],'covers':['/n']},"
                                   "{'id':'t','approvers':['bob'],'covers':['/n']},"
                                   "{'id':'u','approvers':['cid']}";
    set_up();
    publish(arena_printf(arena, "{'id':'wf','stages':[%s]}", old));
    const char *first = submit("wf", "req", "{'n':1}");
    act_as(first, ACTION_APPROVE, "ann");
    act_as(first, ACTION_APPROVE, "bob");
    publish(
        STAGES("{'id':'s','approvers':['zoe'],'covers':['/n']},"
               "{'id':'t','approvers':['bob'],'covers':['/n']},{'id':'u','approvers':['cid']}"));
    const char *second = submit("wf", "req", "{'n':1}");
    act_as(second, ACTION_APPROVE, "zoe");
    act_as(second, ACTION_APPROVE, "bob");
    publish(
        STAGES("{'id':'t','approvers':['bob','dan'],'covers':['/n']},"
               "{'id':'s','covers':['/n'],'approvers':['zoe']},{'id':'u','approvers':['cid']}"));
    CHECK_STR(migrate("wf", 0, NULL, true), "3: stays u, stays u");
    CHECK_STR(path(first), "s approved, t approved, u open");
    CHECK_STR(migrate("wf", 0, NULL, false), "3: stays u, stays u");
    CHECK_STR(path(first), "s outdated, t outdated, u open");
    CHECK_STR(path(second), "s approved, t outdated, u open");
    CHECK_STR(
        act(second,
            &(struct action){.kind = ACTION_EDIT, .actor = "req", .payload_text = "{'n':1,'m':2}"}),
        "ok");
    act_as(second, ACTION_APPROVE, "bob");
    act_as(second, ACTION_APPROVE, "dan");
    CHECK_STR(path(second), "s approved, t outdated, u left, t approved, s carried, u open");
    tear_down();
}

static void test_error_is_left_behind(void)
{
    struct str a = STR_INIT, b = STR_INIT;
    set_up();
    for (int i = 0; i < 600; i++) {
        str_addf(&a, "%sa%d", i ? " " : "", i);
        str_addf(&b, "%sb%d", i ? " " : "", i);
    }
    add_group("g", a.buf);
    add_group("h", b.buf);
    publish(STAGES("{'id':'s','type':'parallel','approvers':['group:g','group:h']}"));
    const char *id = submit("wf", "req", "{}");
    CHECK_STR(standing(id), "error in s");
    publish(STAGES(S));
    CHECK_STR(migrate("wf", 0, NULL, false), "2: enters_again s");
    CHECK_STR(standing(id), "pending in s");
    CHECK(stored(id)->fault == NULL);
    CHECK_STR(slate(id), "ann open");
    str_release(&a);
    str_release(&b);
    tear_down();
}

static void test_other_workflows_stay(void)
{
    set_up_five();
    publish("{'id':'other','stages':[{'approvers':['ann']}]}");
    const char *other = submit("other", "req", "{}");
    publish("{'id':'other','stages':[{'approvers':['bob']}]}");
    publish(STAGES(S_ANEW "," T "," U));
    migrate("wf", 0, NULL, false);
    CHECK_INT(migrated.count, 4);
    CHECK_INT(revision_of(other), 1);
    tear_down();
}

static void test_no_such_version(void)
{
    static const struct {
        const char *workflow;
        int64_t revision;
    } rows[] = {{"unheard-of", 0}, {"unheard-of", 1}, {"wf", 2}};
    set_up_five();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(migrate(rows[i].workflow, rows[i].revision, NULL, false), "not-found");
    CHECK_STR(history(in_s), "submitted");
    tear_down();
}

static int break_calendar(struct session *s, int64_t now, void *arg, struct err *e)
{
    struct calendar_row row = {.id = arg, .definition = "{", .updated_at = now};
    return store_calendar_put(s, &row, e);
}

/* All that one call looks at, or nothing. */
static void test_all_or_nothing(void)
{
    char office[] = "office";
    set_up_five();
    add_calendar(office, "{'time_zone':'UTC','week':{'mon':[['09:00','17:00']]}}");
    CHECK_INT(publish(STAGES(S ",{'id':'t','approvers':['bob'],'calendar':'office',"
                               "'sla':{'duration':'1bh'}}," U)),
              2);
    write_with(break_calendar, office);
    const char *what = migrate("wf", 0, NULL, false);
    CHECK(strchr(what, ':') == NULL);
    CHECK_INT(revision_of(in_s), 1);
    CHECK_INT(revision_of(in_t), 1);
    CHECK_STR(history(in_s), "submitted");
    tear_down();
}

/* ---- many ---- */

static void set_up_many(int n)
{
    set_up();
    publish(STAGES(S));
    for (int i = 0; i < n; i++)
        submit("wf", "req", "{}");
    publish(STAGES(S_ANEW));
}

static void test_pages(void)
{
    static const struct {
        int approvals;
        size_t first, second;
    } rows[] = {
        {0, 0, 0},
        {MIGRATE_MAX - 1, MIGRATE_MAX - 1, 0},
        {MIGRATE_MAX, MIGRATE_MAX, 0},
        {MIGRATE_MAX + 50, MIGRATE_MAX, 50},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up_many(rows[i].approvals);
        migrate("wf", 0, NULL, false);
        CHECK_INT(migrated.count, rows[i].first);
        CHECK(rows[i].approvals >= MIGRATE_MAX || !migrated.next);
        CHECK(rows[i].approvals <= MIGRATE_MAX || migrated.next);
        if (migrated.next) {
            CHECK_STR(migrated.next, migrated.approvals[MIGRATE_MAX - 1].approval_id);
            migrate("wf", 0, migrated.next, false);
            CHECK_INT(migrated.count, rows[i].second);
            CHECK(!migrated.next);
        }
        /* None is left. */
        CHECK_STR(migrate("wf", 0, NULL, true), "2: ");
        tear_down();
    }
}

int main(void)
{
    static const struct test tests[] = {
        {"what becomes of them", test_what_becomes_of_them},
        {"a stage that has moved", test_stage_that_has_moved},
        {"ids and reasons", test_details},
        {"a preview changes nothing", test_preview_changes_nothing},
        {"staying", test_staying},
        {"entering again", test_entering_again},
        {"what is blocked goes on as it was", test_blocked_goes_on_as_it_was},
        {"what was returned starts on the new version", test_returned_starts_on_the_new_version},
        {"there and back", test_there_and_back},
        {"what was approved before", test_what_was_approved_before},
        {"an error is left behind", test_error_is_left_behind},
        {"other workflows stay", test_other_workflows_stay},
        {"no such version", test_no_such_version},
        {"all or nothing", test_all_or_nothing},
        {"pages", test_pages},
    };
    return check_main("service/workflow_migrate", tests, sizeof tests / sizeof *tests);
}
