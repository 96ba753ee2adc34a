/*
 * What a definition says about calendars and people, held against those of
 * today.
 */
#include "service/workflow_check.h"

#include "check.h"
#include "flow.h"

#define NO_CALENDAR(at) at "/calendar: there is no calendar \"none\""
#define NO_GROUP(at) at ": there is no group \"none\""
#define TOO_FEW(at, n) at ": the " n " people whom it names today could not complete it"

static struct problems problems, warnings;

/* "/stages/0: …; /stages/1: …" */
static const char *text_of(const struct problems *list)
{
    const char **texts = arena_array(arena, list->count, sizeof *texts);
    size_t n = 0;
    for (const struct problem *p = list->first; p; p = p->next)
        texts[n++] = arena_printf(arena, "%s: %s%s", p->pointer, p->detail, p->next ? ";" : "");
    return joined(texts, n);
}

static void check(const char *text)
{
    struct definition d;
    struct session *s = NULL;
    struct err e = ERR_INIT;
    problems_init(&problems, arena);
    problems_init(&warnings, arena);
    if (definition_parse(arena, json_of(text), "wf", &d, NULL, &e) < 0)
        fprintf(stderr, "%s: %s\n", text, e.message);
    CHECK_FATAL(e.kind == ERR_NONE);
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(workflow_check(&sv, s, arena, &d, &problems, &warnings, &e), 0);
    store_read_end(&s);
}

/* fin has ann and bob, ops has ann, left had gone, nobody is in empty; ann is the cfo. */
static void set_up_office(void)
{
    set_up();
    add_user("{'id':'ann','roles':['cfo']}");
    add_user("{'id':'gone','roles':['cfo','staff']}");
    add_group("fin", "ann bob");
    add_group("ops", "ann");
    add_group("left", "gone");
    add_group("empty", "");
    add_calendar("office", "{'time_zone':'UTC','week':{'mon':[['09:00','17:00']]}}");
    remove_user("gone");
}

static void test_calendars(void)
{
    static const struct {
        const char *definition, *problems;
    } rows[] = {
        {"{'stages':[{}]}", ""},
        {"{'calendar':'office','stages':[{'sla':{'duration':'1bh'}}]}", ""},
        {"{'stages':[{'calendar':'office','sla':{'duration':'1bh'}}]}", ""},
        {"{'calendar':'none','stages':[{}]}", NO_CALENDAR("")},
        {"{'calendar':'none','stages':[{'sla':{'duration':'1bh'}},{}]}", NO_CALENDAR("")},
        {"{'stages':[{},{'calendar':'none','sla':{'duration':'1bh'}}]}", NO_CALENDAR("/stages/1")},
        {"{'stages':[{'calendar':'none'},{'calendar':'office'},{'calendar':'none'}]}",
         NO_CALENDAR("/stages/0") "; " NO_CALENDAR("/stages/2")},
        {"{'calendar':'office','stages':[{'calendar':'none'}]}", NO_CALENDAR("/stages/0")},
        {"{'calendar':'none','stages':[{'calendar':'office'}]}", NO_CALENDAR("")},
        /* The stages' places are those of the author's list. */
        {"{'stages':[{'position':2,'calendar':'none'},{'position':1}]}", NO_CALENDAR("/stages/0")},
    };
    set_up_office();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check(rows[i].definition);
        CHECK_STR(text_of(&problems), rows[i].problems);
        CHECK_STR(text_of(&warnings), "");
    }
    tear_down();
}

struct warning {
    const char *stage, *warnings;
};

static void check_stages(const struct warning *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        check(arena_printf(arena, "{'stages':[{},%s]}", rows[i].stage));
        const char *warned = text_of(&warnings);
        if (strcmp(warned, rows[i].warnings) != 0)
            fprintf(stderr, "%s\n", rows[i].stage);
        CHECK_STR(warned, rows[i].warnings);
        CHECK_STR(text_of(&problems), "");
    }
}

static void test_people(void)
{
    static const struct warning rows[] = {
        {"{'quorum':5}", ""}, /* nobody is named */
        {"{'approvers':['ann','stranger']}", ""},
        {"{'approvers':['group:fin']}", ""},
        {"{'approvers':['role:cfo']}", ""},
        {"{'type':'parallel','approvers':['group:fin'],'quorum':2}", ""},
        {"{'type':'parallel','approvers':['group:fin'],'quorum':'all'}", ""},
        {"{'type':'parallel','approvers':['group:fin'],'quorum':3}", TOO_FEW("/stages/1", "2")},
        {"{'approvers':['user:gone']}", TOO_FEW("/stages/1", "0")},
        {"{'type':'parallel','approvers':['gone','ann'],'quorum':2}", TOO_FEW("/stages/1", "1")},
        {"{'approvers':['group:left']}", TOO_FEW("/stages/1", "0")},
        {"{'approvers':['group:empty']}", TOO_FEW("/stages/1", "0")},
        {"{'approvers':['role:staff']}", TOO_FEW("/stages/1", "0")},
        {"{'approvers':['role:unheard-of']}", TOO_FEW("/stages/1", "0")},
        /* Who is named twice is one. */
        {"{'type':'parallel','approvers':['group:fin','group:ops','ann'],'quorum':2}", ""},
        {"{'type':'parallel','approvers':['group:ops','role:cfo','ann'],'quorum':2}",
         TOO_FEW("/stages/1", "1")},
        /* Whom a requester or a payload names is somebody. */
        {"{'approvers':['manager:requester','manager:requester:2','payload:/owner']}", ""},
        {"{'type':'parallel','approvers':['manager:requester','group:ops'],'quorum':2}", ""},
        {"{'type':'parallel','approvers':['payload:/owner','group:ops'],'quorum':3}",
         TOO_FEW("/stages/1", "2")},
        {"{'approvers':['least_loaded:group:fin']}", ""},
    };
    set_up_office();
    check_stages(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_groups_that_are_not_there(void)
{
    static const struct warning rows[] = {
        {"{'approvers':['group:none']}", NO_GROUP("/stages/1") "; " TOO_FEW("/stages/1", "0")},
        {"{'type':'parallel','approvers':['group:none','ann']}", NO_GROUP("/stages/1")},
        {"{'type':'parallel','requires':{'any':['group:none','ann']}}", NO_GROUP("/stages/1")},
        {"{'type':'parallel','requires':{'all':['group:none','ann']}}",
         NO_GROUP("/stages/1") "; " TOO_FEW("/stages/1", "1")},
    };
    set_up_office();
    check_stages(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_trees(void)
{
    static const struct warning rows[] = {
        {"{'type':'parallel','requires':{'at_least':2,'of':'group:fin'}}", ""},
        {"{'type':'parallel','requires':{'at_least':3,'of':'group:fin'}}",
         TOO_FEW("/stages/1", "2")},
        {"{'type':'parallel','requires':{'all':['group:fin','role:cfo']}}", ""},
        {"{'type':'parallel','requires':{'all':['group:fin','role:staff']}}",
         TOO_FEW("/stages/1", "2")},
        {"{'type':'parallel','requires':{'any':['group:fin','role:staff']}}", ""},
        {"{'type':'parallel','requires':{'all':['group:ops','role:cfo']}}", ""},
        /* With distinct one person fills one place. */
        {"{'type':'parallel','distinct':true,'requires':{'all':['group:ops','role:cfo']}}",
         TOO_FEW("/stages/1", "1")},
        {"{'type':'parallel','distinct':true,'requires':{'all':['group:fin','role:cfo']}}", ""},
        /* Those of approvers are asked besides. */
        {"{'type':'parallel','approvers':['cid'],'requires':{'at_least':2,'of':"
         "['group:ops','user:cid']}}",
         ""},
        {"{'type':'parallel','requires':{'all':['manager:requester','group:ops']}}", ""},
    };
    set_up_office();
    check_stages(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* Nobody can be the one with the least to do where nobody is. */
static void test_least_loaded_of_nobody(void)
{
    static const struct warning rows[] = {
        {"{'approvers':['least_loaded:group:none']}",
         NO_GROUP("/stages/1") "; " TOO_FEW("/stages/1", "0")},
        {"{'approvers':['least_loaded:group:empty']}", TOO_FEW("/stages/1", "0")},
    };
    set_up_office();
    check_stages(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void add_crowd(const char *id, const char *prefix, int n)
{
    struct str s = STR_INIT;
    for (int i = 0; i < n; i++)
        str_addf(&s, "%s%s%d", i ? " " : "", prefix, i);
    CHECK_STR(add_group(id, s.buf), "ok");
    str_release(&s);
}

static void test_too_many(void)
{
    static const struct warning rows[] = {
        {"{'type':'parallel','approvers':['group:a']}", ""},
        {"{'type':'parallel','approvers':['group:a','user:a7']}", ""},
        {"{'type':'parallel','approvers':['group:a','user:zoe']}",
         "/stages/1: it names 1001 people today, and at most 1000 can be asked"},
        {"{'type':'parallel','approvers':['group:a','group:b']}",
         "/stages/1: it names 1200 people today, and at most 1000 can be asked"},
        {"{'type':'parallel','requires':{'any':['group:a','group:b']}}",
         "/stages/1: it names 1200 people today, and at most 1000 can be asked"},
    };
    set_up();
    add_crowd("a", "a", 1000);
    add_crowd("b", "b", 200);
    check_stages(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* Each stage for itself, in the order they run in. */
static void test_all_at_once(void)
{
    set_up_office();
    check("{'calendar':'none','stages':[{'approvers':['group:none','ann']},"
          "{'position':9,'calendar':'none'},{'approvers':['group:empty'],'calendar':'nil'}]}");
    CHECK_STR(text_of(&problems),
              NO_CALENDAR("") "; /stages/2/calendar: there is no calendar \"nil\"");
    CHECK_STR(text_of(&warnings), NO_GROUP("/stages/0") "; " TOO_FEW("/stages/2", "0"));
    tear_down();
}

/* A problem stops the publishing, a warning does not. */
static void test_publishing(void)
{
    set_up_office();
    CHECK_INT(publish("{'id':'wf','calendar':'none','stages':[{}]}"), 0);
    CHECK_INT(refusal.kind, ERR_INVALID);
    CHECK_STR(audited("wf"), "workflow.published.refused");
    CHECK_INT(publish("{'id':'wf','stages':[{'approvers':['group:none']}]}"), 1);
    CHECK_STR(standing(submit("wf", "req", "{}")), "pending in wf-stage-1");
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"calendars", test_calendars},
        {"people", test_people},
        {"groups that are not there", test_groups_that_are_not_there},
        {"trees", test_trees},
        {"least loaded of nobody", test_least_loaded_of_nobody},
        {"too many", test_too_many},
        {"all at once", test_all_at_once},
        {"publishing", test_publishing},
    };
    return check_main("service/workflow_check", tests, sizeof tests / sizeof *tests);
}
