#include "engine/calendar.h"

#include "office.h"

#include <unistd.h>

/* Each row: from then, so long, is then. */
struct sum {
    const char *from, *duration, *want;
};

static void check_sums(const struct office *o, const struct sum *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct err e = ERR_INIT;
        struct duration d;
        char got[TIME_TEXT_SIZE], want[TIME_TEXT_SIZE];
        CHECK_FATAL(duration_read(rows[i].duration, &d, &e) == 0);
        time_text(calendar_add(o->calendar, us_of(rows[i].from), &d), got);
        if (strcmp(got, time_text(us_of(rows[i].want), want)) != 0)
            fprintf(stderr, "%s and %s:\n", rows[i].from, rows[i].duration);
        CHECK_STR(got, want);
    }
}

#define CHECK_SUMS(o, rows) check_sums((o), (rows), sizeof(rows) / sizeof *(rows))

#define NINE_TO_FIVE "[['09:00','17:00']]"
#define SPLIT "[['09:00','12:00'],['13:00','17:00']]"
#define WEEK_OF(hours) \
    "'week':{'mon':" hours ",'tue':" hours ",'wed':" hours ",'thu':" hours ",'fri':" hours "}"
#define CALENDAR(zone, rest) "{'id':'office','time_zone':'" zone "'," rest "}"
#define EVERY_DAY(hours)                                                                   \
    "'week':{'mon':" hours ",'tue':" hours ",'wed':" hours ",'thu':" hours ",'fri':" hours \
    ",'sat':" hours ",'sun':" hours "}"

/* 2026-06-01 is a Monday. */
static void test_hours(void)
{
    static const struct sum rows[] = {
        {"2026-06-01T10:00:00Z", "4bh", "2026-06-01T14:00:00Z"},
        {"2026-06-01T10:00:00Z", "0.5bh", "2026-06-01T10:30:00Z"},
        {"2026-06-01T10:00:00.000001Z", "1.25bh", "2026-06-01T11:15:00.000001Z"},
        {"2026-06-01T15:00:00Z", "4bh", "2026-06-02T11:00:00Z"},
        {"2026-06-01T10:00:00Z", "20bh", "2026-06-03T14:00:00Z"},
        {"2026-06-05T16:00:00Z", "2bh", "2026-06-08T10:00:00Z"}, /* over the week-end */
        /* From the opening: the end is the closing, not the next opening. */
        {"2026-06-01T09:00:00Z", "8bh", "2026-06-01T17:00:00Z"},
        {"2026-06-01T09:00:00Z", "16bh", "2026-06-02T17:00:00Z"},
        {"2026-06-05T09:00:00Z", "8bh", "2026-06-05T17:00:00Z"},
        /* From the closing, and from outside. */
        {"2026-06-01T17:00:00Z", "1bh", "2026-06-02T10:00:00Z"},
        {"2026-06-01T08:59:59Z", "1bh", "2026-06-01T10:00:00Z"},
        {"2026-06-01T16:59:59Z", "1bh", "2026-06-02T09:59:59Z"},
        {"2026-06-01T00:00:00Z", "1bh", "2026-06-01T10:00:00Z"},
        {"2026-06-05T23:00:00Z", "1bh", "2026-06-08T10:00:00Z"},
        {"2026-06-06T12:00:00Z", "1bh", "2026-06-08T10:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

static void test_days(void)
{
    static const struct sum rows[] = {
        {"2026-06-01T10:15:00Z", "1bd", "2026-06-02T10:15:00Z"},
        {"2026-06-01T10:15:00.000001Z", "4bd", "2026-06-05T10:15:00.000001Z"},
        {"2026-06-01T10:15:00Z", "5bd", "2026-06-08T10:15:00Z"},
        {"2026-06-05T10:15:00Z", "1bd", "2026-06-08T10:15:00Z"},
        {"2026-06-05T10:15:00Z", "11bd", "2026-06-22T10:15:00Z"},
        {"2026-06-01T09:00:00Z", "1bd", "2026-06-02T09:00:00Z"},
        /* From outside: from the next opening. */
        {"2026-06-01T17:00:00Z", "1bd", "2026-06-03T09:00:00Z"},
        {"2026-06-01T16:59:59Z", "1bd", "2026-06-02T16:59:59Z"},
        {"2026-06-01T07:00:00Z", "1bd", "2026-06-02T09:00:00Z"},
        {"2026-06-06T12:00:00Z", "1bd", "2026-06-09T09:00:00Z"},
        {"2026-06-05T18:00:00Z", "2bd", "2026-06-10T09:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

static void test_split_hours(void)
{
    static const struct sum rows[] = {
        {"2026-06-01T11:00:00Z", "1bh", "2026-06-01T12:00:00Z"},
        {"2026-06-01T11:00:00Z", "1.5bh", "2026-06-01T13:30:00Z"},
        {"2026-06-01T12:00:00Z", "1bh", "2026-06-01T14:00:00Z"},
        {"2026-06-01T12:30:00Z", "1bh", "2026-06-01T14:00:00Z"},
        {"2026-06-01T09:00:00Z", "7bh", "2026-06-01T17:00:00Z"},
        {"2026-06-01T11:30:00Z", "7bh", "2026-06-02T11:30:00Z"},
        {"2026-06-01T12:30:00Z", "1bd", "2026-06-02T13:00:00Z"},
        {"2026-06-01T12:00:00Z", "1bd", "2026-06-02T13:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", WEEK_OF(SPLIT)));
    CHECK_SUMS(&o, rows);
    /* Hours that touch are one. */
    static const struct sum touching[] = {
        {"2026-06-01T11:00:00Z", "2bh", "2026-06-01T13:00:00Z"},
        {"2026-06-01T12:00:00Z", "1bd", "2026-06-02T12:00:00Z"},
    };
    office_set(&o, CALENDAR("UTC", WEEK_OF("[['09:00','12:00'],['12:00','17:00']]")));
    CHECK_SUMS(&o, touching);
    office_free(&o);
}

/* A night shift is written on two days. A day may differ from the others. */
static void test_past_midnight(void)
{
    static const struct sum rows[] = {
        {"2026-06-01T23:00:00Z", "2bh", "2026-06-02T01:00:00Z"},
        {"2026-06-01T22:00:00Z", "8bh", "2026-06-02T06:00:00Z"},
        {"2026-06-01T22:00:00Z", "9bh", "2026-06-08T23:00:00Z"},
        {"2026-06-01T23:00:00Z", "1bd", "2026-06-02T23:00:00Z"}, /* at that time it is closed */
        {"2026-06-02T00:30:00Z", "1bd", "2026-06-08T00:30:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", "'week':{'mon':[['22:00','24:00']],'tue':[['00:00','06:00']]}"));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

static void test_holidays(void)
{
    static const struct sum rows[] = {
        {"2026-12-24T15:00:00Z", "4bh", "2026-12-28T11:00:00Z"},
        {"2026-12-24T15:00:00Z", "1bd", "2026-12-28T15:00:00Z"},
        {"2026-12-25T12:00:00Z", "1bh", "2026-12-28T10:00:00Z"},
        {"2026-12-25T12:00:00Z", "1bd", "2026-12-29T09:00:00Z"},
        {"2026-12-31T16:00:00Z", "2bh", "2027-01-04T10:00:00Z"},
        {"2025-12-31T16:00:00Z", "2bh", "2026-01-01T10:00:00Z"}, /* that of one year only */
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", WEEK_OF(NINE_TO_FIVE) ",'holidays':['2027-01-01',"
                                                         "'2026-12-25','2026-12-26']"));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

/* Berlin goes forward on Sunday 2026-03-29 at 02:00, back on 2026-10-25 at 03:00. */
static void test_across_a_change(void)
{
    static const struct sum rows[] = {
        {"2026-03-27T15:00:00Z", "2bh", "2026-03-30T08:00:00Z"}, /* Friday 16:00 to Monday 10:00 */
        {"2026-03-27T15:00:00Z", "1bd", "2026-03-30T14:00:00Z"},
        {"2026-10-23T14:00:00Z", "2bh", "2026-10-26T09:00:00Z"},
        {"2026-10-23T14:00:00Z", "1bd", "2026-10-26T15:00:00Z"},
        {"2026-10-23T14:00:00Z", "1d", "2026-10-24T14:00:00Z"},
        {"2060-03-26T15:00:00Z", "2bh", "2060-03-29T08:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("Europe/Berlin", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

static void test_working_through_a_change(void)
{
    static const struct sum open_always[] = {
        {"2026-03-28T23:00:00Z", "23bh", "2026-03-29T22:00:00Z"}, /* the short day */
        {"2026-03-28T23:00:00Z", "24bh", "2026-03-29T23:00:00Z"},
        {"2026-10-24T22:00:00Z", "25bh", "2026-10-25T23:00:00Z"}, /* the long day */
        {"2026-03-28T23:00:00Z", "1bd", "2026-03-29T22:00:00Z"},
        {"2026-10-24T22:00:00Z", "1bd", "2026-10-25T23:00:00Z"},
        {"2026-03-28T01:30:00Z", "1bd", "2026-03-29T01:00:00Z"}, /* 02:30 is skipped */
        {"2026-10-24T00:30:00Z", "1bd", "2026-10-25T00:30:00Z"}, /* 02:30, the first of two */
    };
    static const struct sum nights[] = {
        {"2026-03-29T00:00:00Z", "2bh", "2026-03-29T02:00:00Z"}, /* 01:00 to 04:00 */
        {"2026-03-29T00:00:00Z", "3bh", "2026-03-30T00:00:00Z"}, /* 01:00 to 02:00 next day */
        {"2026-10-24T23:00:00Z", "4bh", "2026-10-25T03:00:00Z"}, /* one hour twice */
        {"2026-10-24T23:00:00Z", "5bh", "2026-10-26T01:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("Europe/Berlin", EVERY_DAY("[['00:00','24:00']]")));
    CHECK_SUMS(&o, open_always);
    office_set(&o, CALENDAR("Europe/Berlin", EVERY_DAY("[['01:00','04:00']]")));
    CHECK_SUMS(&o, nights);
    office_free(&o);
}

/* Hours that begin or end within what is skipped or shown twice. */
static void test_hours_within_a_change(void)
{
    static const struct sum ends_in_it[] = {
        {"2026-03-28T23:00:00Z", "2bh", "2026-03-29T01:00:00Z"}, /* 00:00 to 02:00, then skipped */
        {"2026-03-28T23:00:00Z", "3bh", "2026-03-29T23:00:00Z"},
        {"2026-10-24T22:00:00Z", "2.5bh", "2026-10-25T00:30:00Z"}, /* the first 02:30 */
        {"2026-10-24T22:00:00Z", "3bh", "2026-10-25T23:30:00Z"},   /* not 02:00 again */
        {"2026-10-25T01:15:00Z", "1bh", "2026-10-26T00:00:00Z"},   /* the second 02:15 is closed */
    };
    static const struct sum begins_in_it[] = {
        {"2026-03-28T23:00:00Z", "1bh", "2026-03-29T02:00:00Z"}, /* from 03:00 to 04:00 */
        {"2026-10-24T22:00:00Z", "2.5bh", "2026-10-25T03:00:00Z"},
        {"2026-10-25T01:15:00Z", "0.5bh", "2026-10-25T01:45:00Z"}, /* the second 02:15 is open */
    };
    static const struct sum nothing_left[] = {
        {"2026-03-28T12:00:00Z", "0.5bh", "2026-03-30T00:30:00Z"},
        {"2026-03-28T01:10:00Z", "1bd", "2026-03-30T00:10:00Z"}, /* Sunday has no working time */
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("Europe/Berlin", EVERY_DAY("[['00:00','02:30']]")));
    CHECK_SUMS(&o, ends_in_it);
    office_set(&o, CALENDAR("Europe/Berlin", EVERY_DAY("[['02:30','04:00']]")));
    CHECK_SUMS(&o, begins_in_it);
    office_set(&o, CALENDAR("Europe/Berlin", EVERY_DAY("[['02:00','03:00']]")));
    CHECK_SUMS(&o, nothing_left);
    office_free(&o);
}

/* Samoa left out Friday 2011-12-30; Lord Howe Island moves by half an hour. */
static void test_other_zones(void)
{
    static const struct sum apia[] = {
        {"2011-12-29T20:00:00Z", "1bd", "2012-01-01T20:00:00Z"}, /* Thu 10:00 to Mon 10:00 */
        {"2011-12-29T20:00:00Z", "8bh", "2012-01-01T20:00:00Z"},
    };
    static const struct sum lord_howe[] = {
        {"2026-04-04T14:00:00Z", "2.5bh", "2026-04-04T16:30:00Z"}, /* 01:00 to 03:00 */
        {"2026-10-03T14:30:00Z", "1.5bh", "2026-10-03T16:00:00Z"},
        {"2026-10-03T14:30:00Z", "2bh", "2026-10-04T14:30:00Z"},
    };
    static const struct sum kolkata[] = {
        {"2026-06-01T03:30:00Z", "8bh", "2026-06-01T11:30:00Z"},
    };
    static const struct sum new_york[] = {
        {"2026-10-30T20:00:00Z", "2bh", "2026-11-02T15:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("Pacific/Apia", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, apia);
    office_set(&o, CALENDAR("Australia/Lord_Howe", EVERY_DAY("[['01:00','03:00']]")));
    CHECK_SUMS(&o, lord_howe);
    office_set(&o, CALENDAR("Asia/Kolkata", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, kolkata);
    office_set(&o, CALENDAR("America/New_York", WEEK_OF(NINE_TO_FIVE)));
    CHECK_SUMS(&o, new_york);
    office_free(&o);
}

/* The examples of docs/calendars.md. */
static void test_document(void)
{
    static const struct sum rows[] = {
        {"2026-06-05T12:30:00Z", "4bh", "2026-06-08T10:00:00Z"}, /* Friday 14:30, Monday 12:00 */
        {"2026-06-01T07:00:00Z", "8bh", "2026-06-01T15:00:00Z"},
        {"2026-06-05T08:15:00Z", "1bd", "2026-06-08T08:15:00Z"},
        {"2026-06-05T16:00:00Z", "1bd", "2026-06-09T07:00:00Z"},
        {"2026-06-04T14:30:00Z", "1bd", "2026-06-05T14:30:00Z"}, /* it closes at 15:30 */
        {"2026-12-24T15:00:00Z", "1.5bh", "2026-12-28T08:30:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("Europe/Berlin",
                            "'week':{'mon':" NINE_TO_FIVE ",'tue':" NINE_TO_FIVE
                            ",'wed':" NINE_TO_FIVE ",'thu':" SPLIT ",'fri':[['09:00','15:30']]},"
                            "'holidays':['2026-12-25','2026-12-26','2027-01-01']"));
    CHECK_SUMS(&o, rows);
    office_free(&o);
}

static void test_elapsed(void)
{
    struct duration d = {DURATION_ELAPSED, 90 * MINUTE, 0};
    CHECK_INT(calendar_add(NULL, 5, &d), 90 * MINUTE + 5);
}

static void test_open(void)
{
    struct office o = office_new();
    office_set(&o, CALENDAR("Europe/Berlin", WEEK_OF(SPLIT) ",'holidays':['2026-06-04']"));
    static const struct {
        const char *time;
        bool open;
    } rows[] = {
        {"2026-06-01T06:59:59.999999Z", false}, {"2026-06-01T07:00:00Z", true},
        {"2026-06-01T09:59:59.999999Z", true},  {"2026-06-01T10:00:00Z", false},
        {"2026-06-01T11:00:00Z", true},         {"2026-06-01T15:00:00Z", false},
        {"2026-06-04T08:00:00Z", false},        {"2026-06-06T08:00:00Z", false},
        {"2026-12-01T08:00:00Z", true},         {"2026-12-01T07:59:59Z", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_INT(calendar_is_open(o.calendar, us_of(rows[i].time)), rows[i].open);
    office_free(&o);
}

/* Work that would not be done in ten years ends with them. */
static void test_no_end(void)
{
    static const struct sum rows[] = {
        {"2026-06-01T09:00:00Z", "3660bd", "2036-06-08T09:00:00Z"},
        {"2026-06-01T09:00:00Z", "87840bh", "2036-06-08T09:00:00Z"},
        {"2026-06-06T09:00:00Z", "521bd", "2036-06-02T09:00:00Z"},
    };
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", "'week':{'mon':" NINE_TO_FIVE "}"));
    CHECK_SUMS(&o, rows);

    struct str body = STR_INIT;
    str_add(&body, "{'id':'x','time_zone':'UTC','week':{'mon':[['09:00','17:00']]},'holidays':[");
    struct civil monday = civil_of_day(us_of("2026-06-01T00:00:00Z") / (24 * HOUR));
    for (int i = 0; i < 530; i++, monday = civil_add_days(&monday, 7))
        str_addf(&body, "%s'%04d-%02d-%02d'", i ? "," : "", monday.year, monday.month, monday.day);
    str_add(&body, "]}");
    office_set(&o, body.buf);
    static const struct sum closed[] = {
        {"2026-06-01T09:00:00Z", "1bh", "2036-06-08T09:00:00Z"},
        {"2026-06-01T09:00:00Z", "1bd", "2036-06-08T09:00:00Z"},
    };
    CHECK_SUMS(&o, closed);
    CHECK(!calendar_is_open(o.calendar, us_of("2026-06-01T09:00:00Z")));
    str_release(&body);
    office_free(&o);
}

static void test_form(void)
{
    struct office o = office_new();
    office_set(&o, CALENDAR("UTC", "'name':'Office','week':{'sun':" NINE_TO_FIVE "}"));
    CHECK_STR(calendar_id(o.calendar), "office");
    CHECK_STR(calendar_name(o.calendar), "Office");
    office_set(&o, CALENDAR("UTC", "'holidays':[],'week':{'mon':null,'tue':[],'sun':"
                                   "[['00:00','24:00']]}"));
    CHECK_STR(calendar_name(o.calendar), "office");
    office_free(&o);
}

static void test_bad_forms(void)
{
#define SUNDAY "'week':{'sun':" NINE_TO_FIVE "}"
    static const struct {
        const char *body, *pointer, *detail;
    } rows[] = {
        {"[]", "", "must be an object"},
        {"{'time_zone':'UTC'," SUNDAY "}", "/id", "is required"},
        {"{'id':' ','time_zone':'UTC'," SUNDAY "}", "/id", "blank"},
        {"{'id':'x'," SUNDAY "}", "/time_zone", "is required"},
        {"{'id':'x','time_zone':7," SUNDAY "}", "/time_zone", "must be a string"},
        {CALENDAR("Europe/Nowhere", SUNDAY), "/time_zone", "no time zone \"Europe/Nowhere\""},
        {CALENDAR("../UTC", SUNDAY), "/time_zone", "no time zone"},
        {CALENDAR("UTC", "'name':''," SUNDAY), "/name", "must be a string of 1"},
        {CALENDAR("UTC", "'colour':'red'," SUNDAY), "/colour", "is not known"},
        {"{'id':'x','time_zone':'UTC'}", "/week", "is required"},
        {CALENDAR("UTC", "'week':[]"), "/week", "must be an object"},
        {CALENDAR("UTC", "'week':{}"), "/week", "working hours"},
        {CALENDAR("UTC", "'week':{'mon':[]}"), "/week", "working hours"},
        {CALENDAR("UTC", "'week':{'monday':[]}"), "/week/monday", "is not known"},
        {CALENDAR("UTC", "'week':{'mon':'09:00'}"), "/week/mon", "must be an array"},
        {CALENDAR("UTC", "'week':{'mon':['09:00','17:00']}"), "/week/mon/0", "two times"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00']]}"), "/week/mon/0", "two times"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00','10:00','11:00']]}"), "/week/mon/0", "two times"},
        {CALENDAR("UTC", "'week':{'mon':[['9:00','17:00']]}"), "/week/mon/0/0", "time of day"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00','24:01']]}"), "/week/mon/0/1", "time of day"},
        {CALENDAR("UTC", "'week':{'mon':[[9,'17:00']]}"), "/week/mon/0/0", "time of day"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00\\u0000','17:00']]}"), "/week/mon/0/0",
         "time of day"},
        {CALENDAR("UTC", "'week':{'mon':[['17:00','09:00']]}"), "/week/mon/0", "must end after"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00','09:00']]}"), "/week/mon/0", "must end after"},
        {CALENDAR("UTC", "'week':{'mon':[['09:00','12:00'],['11:59','17:00']]}"), "/week/mon/1",
         "before the end"},
        {CALENDAR("UTC", "'week':{'mon':[['13:00','17:00'],['09:00','12:00']]}"), "/week/mon/1",
         "before the end"},
        {CALENDAR("UTC", SUNDAY ",'holidays':{}"), "/holidays", "must be an array"},
        {CALENDAR("UTC", SUNDAY ",'holidays':['2026-12-25','25.12.2026']"), "/holidays/1",
         "must be a date"},
        {CALENDAR("UTC", SUNDAY ",'holidays':['2026-02-29']"), "/holidays/0", "must be a date"},
        {CALENDAR("UTC", SUNDAY ",'holidays':[null]"), "/holidays/0", "must be a date"},
    };
    struct office o = office_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        CHECK_INT(office_parse(&o, rows[i].body, &e), -1);
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK_FATAL(e.problems != NULL && e.problems->first != NULL);
        CHECK_STR(e.problems->first->pointer, rows[i].pointer);
        if (!strstr(e.problems->first->detail, rows[i].detail))
            CHECK_STR(e.problems->first->detail, rows[i].detail);
    }
    /* All of them at once. */
    struct err e = ERR_INIT;
    CHECK_INT(office_parse(&o, "{'time_zone':'X','week':{'mon':[[]],'x':1},'holidays':['']}", &e),
              -1);
    CHECK_FATAL(e.problems != NULL);
    CHECK_INT(e.problems->count, 5);
    office_free(&o);
}

/* Which is not the calendar's fault. */
static void test_zone_that_cannot_be_read(void)
{
    char folder[] = "/tmp/test_calendar.XXXXXX";
    CHECK_FATAL(mkdtemp(folder) != NULL);
    struct str link = STR_INIT;
    str_addf(&link, "%s/UTC", folder);
    CHECK_INT(symlink("UTC", link.buf), 0); /* to itself */
    struct office o = {.arena = arena_new(), .zones = zones_new(folder)};
    struct err e = ERR_INIT;
    CHECK_INT(office_parse(&o, CALENDAR("UTC", SUNDAY), &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    CHECK(e.problems == NULL);
    office_free(&o);
    unlink(link.buf);
    rmdir(folder);
    str_release(&link);
}

int main(void)
{
    static const struct test tests[] = {
        {"business hours", test_hours},
        {"business days", test_days},
        {"split hours", test_split_hours},
        {"past midnight", test_past_midnight},
        {"holidays", test_holidays},
        {"across a change of clocks", test_across_a_change},
        {"working through a change of clocks", test_working_through_a_change},
        {"hours within a change of clocks", test_hours_within_a_change},
        {"other zones", test_other_zones},
        {"the examples of the document", test_document},
        {"elapsed time", test_elapsed},
        {"open or not", test_open},
        {"no end", test_no_end},
        {"the form", test_form},
        {"bad forms", test_bad_forms},
        {"a zone that cannot be read", test_zone_that_cannot_be_read},
    };
    return check_main("engine/calendar", tests, sizeof tests / sizeof *tests);
}
