/*
 * What the engine asks of the outside (engine/step.h), as the store answers it.
 */
#include "service/outside.h"

#include "check.h"
#include "flow.h"
#include "service/manual_only.h"

#define NOW_TEXT "2026-01-02T03:04:05.678901Z" /* a Friday */

static struct outside look(struct session *s, const struct definition *d)
{
    struct outside o;
    struct err e = ERR_INIT;
    CHECK_INT(outside_now(&sv, s, arena, d, NULL, fake.fixed, &o, &e), 0);
    return o;
}

/* "ann bob", or what the error says. */
static const char *ask(const char *question)
{
    static const struct definition nothing;
    struct session *s = NULL;
    struct reply reply = {NULL, 0};
    struct err e = ERR_INIT;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    struct outside o = look(s, &nothing);
    int rc = o.ask(o.ask_arg, arena, question, &reply, &e);
    store_read_end(&s);
    return rc < 0 ? arena_strdup(arena, e.message) : joined(reply.texts, reply.count);
}

struct question {
    const char *question, *answer;
};

static void ask_all(const struct question *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *answer = ask(rows[i].question);
        if (strcmp(answer, rows[i].answer) != 0)
            fprintf(stderr, "asked %s\n", rows[i].question);
        CHECK_STR(answer, rows[i].answer);
    }
}

static void set_up_people(void)
{
    set_up();
    add_user("{'id':'ann','manager':'bob','roles':['cfo','approver']}");
    add_user("{'id':'bob','roles':['approver']}");
    add_user("{'id':'bot','owner':'ann'}");
    add_user("{'id':'gone','manager':'bob','owner':'bob','roles':['approver']}");
    CHECK_STR(add_group("fin", "gone stranger bob ann"), "ok");
    CHECK_STR(add_group("left", "gone"), "ok");
    CHECK_STR(add_group("none", ""), "ok");
    CHECK_STR(remove_user("gone"), "ok");
}

static void test_people(void)
{
    static const struct question rows[] = {
        {"user:ann", "ann"},
        {"user:stranger", "stranger"}, /* nobody signs in: who is not registered counts */
        {"user:gone", ""},
        {"group:fin", "ann bob stranger"},
        {"group:left", ""},
        {"group:none", ""},
        {"group:unheard-of", ""},
        {"role:approver", "ann bob"},
        {"role:cfo", "ann"},
        {"role:unheard-of", ""},
        {"manager:ann", "bob"},
        {"manager:bob", ""},
        {"manager:stranger", ""},
        {"manager:gone", ""},
        {"owner:bot", "ann"},
        {"owner:ann", ""},
        {"owner:stranger", ""},
        {"owner:gone", ""},
    };
    set_up_people();
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_members(void)
{
    static const struct question rows[] = {
        {"member:group:fin\nann", "ann"},
        {"member:group:fin\nstranger", "stranger"},
        {"member:group:fin\ngone", ""},
        {"member:group:fin\nbot", ""},
        {"member:group:unheard-of\nann", ""},
        {"member:role:cfo\nann", "ann"},
        {"member:role:cfo\nbob", ""},
        {"member:role:approver\ngone", ""},
        {"member:least_loaded:group:fin\nbob", "bob"},
        {"member:least_loaded:group:fin\nbot", ""},
        {"member:least_loaded:role:cfo\nann", "ann"},
        {"member:user:ann\nann", "ann"},
        {"member:user:gone\ngone", ""},
        {"member:manager:requester\nbob", "bob"},
        {"member:manager:requester\ngone", ""},
        {"member:payload:/owner\nstranger", "stranger"},
    };
    set_up_people();
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* While nobody signs in everybody has the roles of the API. */
static void test_admitted(void)
{
    static const struct question rows[] = {
        {"admits:approver\nann", "ann"},
        {"admits:approver\nstranger", "stranger"},
        {"admits:admin\nbob", "bob"},
        {"admits:approver\ngone", ""},
    };
    set_up_people();
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_nobody_answers(void)
{
    set_up();
    CHECK_STR(ask("weather:today"), "nobody answers the question weather:today");
    tear_down();
}

/* ---- deputies ---- */

static void test_absence_is_half_open(void)
{
    static const struct {
        const char *from, *to, *deputy;
    } rows[] = {
        {"2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "dan"},
        {NOW_TEXT, "2026-01-03T00:00:00Z", "dan"},
        {"2026-01-02T03:04:05.678902Z", "2026-01-03T00:00:00Z", ""},
        {"2026-01-01T00:00:00Z", "2026-01-02T03:04:05.678902Z", "dan"},
        {"2026-01-01T00:00:00Z", NOW_TEXT, ""},
    };
    set_up();
    CHECK_STR(add_user("{'id':'ann'}"), "ok");
    CHECK_STR(ask("deputy:ann"), "");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = arena_printf(arena, "{'absence':{'from':'%s','to':'%s','deputy':'dan'}}",
                                        rows[i].from, rows[i].to);
        CHECK_STR(change_user("ann", body), "ok");
        CHECK_STR(ask("deputy:ann"), rows[i].deputy);
    }
    tear_down();
}

static void add_absent(const char *id, const char *deputy)
{
    const char *body = arena_printf(arena,
                                    "{'id':'%s','absence':{'from':'2026-01-01T00:00:00Z',"
                                    "'to':'2026-02-01T00:00:00Z','deputy':'%s'}}",
                                    id, deputy);
    CHECK_STR(add_user(body), "ok");
}

/* The form asks for a deputy, the store does not. */
static int put_alone(struct session *s, int64_t now, void *arg, struct err *e)
{
    (void)arg;
    struct user_row row = {.id = "alone", .absent_from = now - 1, .absent_to = now + 1};
    return store_user_put(s, &row, e);
}

static void test_chains_of_deputies(void)
{
    static const struct question rows[] = {
        {"deputy:stranger", ""}, /* who is not registered is never away */
        {"deputy:here", ""},
        {"deputy:one", "here"},
        {"deputy:two", "here"},
        {"deputy:three", "here"},
        {"deputy:alone", ""},
        {"deputy:by-alone", ""},
        {"deputy:by-stranger", "stranger"},
        {"deputy:by-gone", ""},
        {"deputy:by-by-gone", ""},
        {"deputy:round", ""},
        {"deputy:and-round", ""},
        {"deputy:into-the-round", ""},
    };
    set_up();
    CHECK_STR(add_user("{'id':'here'}"), "ok");
    CHECK_STR(add_user("{'id':'gone'}"), "ok");
    add_absent("one", "here");
    add_absent("two", "one");
    add_absent("three", "two");
    write_with(put_alone, NULL);
    add_absent("by-alone", "alone");
    add_absent("by-stranger", "stranger");
    add_absent("by-gone", "gone");
    add_absent("by-by-gone", "by-gone");
    add_absent("round", "and-round");
    add_absent("and-round", "round");
    add_absent("into-the-round", "round");
    CHECK_STR(remove_user("gone"), "ok");
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

static void test_long_chains_of_deputies(void)
{
    set_up();
    for (int i = 0; i < 30; i++)
        add_absent(arena_printf(arena, "d%d", i), arena_printf(arena, "d%d", i + 1));
    CHECK_STR(ask("deputy:d29"), "d30");
    CHECK_STR(ask("deputy:d15"), "d30");
    CHECK_STR(ask("deputy:d0"), ""); /* too long to be followed */
    tear_down();
}

/* ---- who has least to do ---- */

static const char *ask_for(const char *who)
{
    return submit("one", "req", arena_printf(arena, "{'who':'%s'}", who));
}

static void answer_at(int64_t at, const char *who)
{
    const char *id = ask_for(who);
    fake.fixed = at;
    CHECK_STR(act_as(id, ACTION_APPROVE, who), "ok");
}

static void test_least_loaded(void)
{
    static const struct question rows[] = {
        /* Open tasks first, then who has answered nothing for longest, then the id. */
        {"least_loaded:group:ops", "fay gus eve dan cid bob"},
        {"least_loaded:group:few", "bob"},
        {"least_loaded:role:oncall", "dan cid"},
        {"least_loaded:group:none", ""},
        {"least_loaded:group:unheard-of", ""},
    };
    set_up();
    CHECK_INT(publish("{'id':'one','stages':[{'id':'s','approvers':['payload:/who']}]}"), 1);
    add_user("{'id':'cid','roles':['oncall']}");
    add_user("{'id':'dan','roles':['oncall']}");
    add_user("{'id':'gone','roles':['oncall']}");
    add_group("ops", "bob cid dan eve fay gone gus");
    add_group("few", "bob gone");
    add_group("none", "");
    answer_at(NOW + 1, "eve");
    answer_at(NOW + 2, "dan");
    answer_at(NOW + 3, "cid");
    answer_at(NOW + 4, "eve"); /* the last answer counts */
    answer_at(NOW + 5, "dan");
    ask_for("cid");
    ask_for("bob");
    ask_for("bob");
    remove_user("gone");
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* ---- calendars ---- */

static int64_t time_of(const char *text)
{
    int64_t us = 0;
    struct err e = ERR_INIT;
    CHECK_INT(time_parse(text, &us, &e), 0);
    return us;
}

static void set_up_calendars(void)
{
    set_up();
    CHECK_STR(add_calendar("office", "{'time_zone':'UTC','holidays':['2026-01-05'],'week':{"
                                     "'mon':[['09:00','17:00']],'tue':[['09:00','17:00']],"
                                     "'wed':[['09:00','17:00']],'thu':[['09:00','17:00']],"
                                     "'fri':[['09:00','12:00'],['13:00','17:00']]}}"),
              "ok");
    CHECK_STR(add_calendar("berlin", "{'time_zone':'Europe/Berlin','week':{"
                                     "'mon':[['09:00','17:00']],'fri':[['09:00','17:00']]}}"),
              "ok");
}

static void test_due(void)
{
    static const struct {
        const char *calendar, *duration, *from, *due;
    } rows[] = {
        {"office", "7200000000us", "2026-01-02T09:30:00Z", "2026-01-02T11:30:00.000000Z"},
        {"office", "7200000000us", "2026-01-02T03:04:05Z", "2026-01-02T11:00:00.000000Z"},
        {"office", "7200000000us", "2026-01-02T11:00:00Z", "2026-01-02T14:00:00.000000Z"},
        /* Over the week-end and the holiday. */
        {"office", "7200000000us", "2026-01-02T16:00:00Z", "2026-01-06T10:00:00.000000Z"},
        {"office", "1us", "2026-01-02T09:30:00Z", "2026-01-02T09:30:00.000001Z"},
        {"office", "1bd", "2026-01-02T09:30:00Z", "2026-01-06T09:30:00.000000Z"},
        {"office", "2bd", "2026-01-02T09:30:00Z", "2026-01-07T09:30:00.000000Z"},
        {"office", "1bd", "2026-01-02T03:04:05Z", "2026-01-06T09:00:00.000000Z"},
        {"office", "1bd", "2026-01-03T12:00:00Z", "2026-01-07T09:00:00.000000Z"},
        /* The clocks go forward on the 29th of March. */
        {"berlin", "1bd", "2026-03-27T09:00:00Z", "2026-03-30T08:00:00.000000Z"},
        {"berlin", "32400000000us", "2026-03-27T09:00:00Z", "2026-03-30T09:00:00.000000Z"},
    };
    set_up_calendars();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TIME_TEXT_SIZE];
        const char *question = arena_printf(arena, "due:%s\n%s\n%lld", rows[i].calendar,
                                            rows[i].duration, (long long)time_of(rows[i].from));
        const char *answer = ask(question);
        CHECK_STR(time_text(strtoll(answer, NULL, 10), text), rows[i].due);
    }
    tear_down();
}

static void test_due_that_cannot_be_told(void)
{
    static const struct question rows[] = {
        {"due:unheard-of\n1bd\n1767323045678901",
         "there is no calendar \"unheard-of\", which this workflow counts in"},
        {"due:office\n4h\n1767323045678901", "\"4h\" is no business duration"},
    };
    set_up_calendars();
    ask_all(rows, sizeof rows / sizeof *rows);
    tear_down();
}

/* ---- the rest of the outside ---- */

static const struct definition *definition_of(const char *text)
{
    struct definition *d = arena_make(arena, struct definition);
    struct err e = ERR_INIT;
    if (definition_parse(arena, json_of(text), "wf", d, NULL, &e) < 0)
        CHECK_STR(e.message, "");
    return d;
}

/* The switch is looked at only where rules are asked. */
static void test_switch(void)
{
    set_up();
    const struct definition *asks = definition_of("{'stages':[{'auto_rules':{}}]}");
    const struct definition *asks_not = definition_of("{'stages':[{}]}");
    struct call c = call();
    struct answer out;
    struct err e = ERR_INIT;
    struct session *s = NULL;
    CHECK_INT(manual_only_set(&sv, &c, true, NULL, &out, &e), 0);
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK(look(s, asks).manual_only);
    CHECK(!look(s, asks_not).manual_only);
    CHECK(look(s, asks).rules == NULL);
    CHECK(look(s, asks).rules_sha256 == NULL);
    CHECK_INT(look(s, asks).now, NOW);
    CHECK(!look(s, asks).replay);
    store_read_end(&s);
    CHECK_INT(manual_only_set(&sv, &c, false, NULL, &out, &e), 0);
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK(!look(s, asks).manual_only);
    store_read_end(&s);
    tear_down();
}

static void test_payload_is_handed_on(void)
{
    static const struct definition nothing;
    set_up();
    const struct json *payload = json_of("{'a':1}");
    struct session *s = NULL;
    struct outside o;
    struct err e = ERR_INIT;
    CHECK_FATAL(store_read_begin(store, &s, &e) == 0);
    CHECK_INT(outside_now(&sv, s, arena, &nothing, payload, NOW + 7, &o, &e), 0);
    CHECK(o.payload == payload);
    CHECK_INT(o.now, NOW + 7);
    store_read_end(&s);
    tear_down();
}

int main(void)
{
    static const struct test tests[] = {
        {"people, groups, roles, managers, owners", test_people},
        {"whom a selector names", test_members},
        {"whom a role admits", test_admitted},
        {"a question that nobody answers", test_nobody_answers},
        {"an absence is half open", test_absence_is_half_open},
        {"deputies of deputies", test_chains_of_deputies},
        {"long chains of deputies", test_long_chains_of_deputies},
        {"who has least to do", test_least_loaded},
        {"when it is due", test_due},
        {"when it is due cannot be told", test_due_that_cannot_be_told},
        {"the kill switch", test_switch},
        {"the payload and the time", test_payload_is_handed_on},
    };
    return check_main("service/outside", tests, sizeof tests / sizeof *tests);
}
