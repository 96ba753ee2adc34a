#include "base/zone.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "check.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define HOUR (3600 * US_PER_SECOND)
#define SYSTEM_FOLDER "/usr/share/zoneinfo"

static const char *const zone_names[] = {
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
    "UTC",           "Pacific/Apia",     "America/Nuuk",        "Europe/Dublin",
    "Asia/Tehran",   "America/St_Johns", "Africa/Casablanca",   "Antarctica/Troll",
    "Asia/Gaza",     "Pacific/Chatham",  "America/Sao_Paulo",   "Pacific/Kwajalein",
};
#define ZONES (sizeof zone_names / sizeof *zone_names)

static const struct zone *zone_of(struct zones *zones, const char *name)
{
    struct err e = ERR_INIT;
    const struct zone *zone = NULL;
    int rc = zones_find(zones, name, &zone, &e);
    if (rc < 0)
        fprintf(stderr, "%s: %s\n", name, e.message);
    CHECK_FATAL(rc == 0);
    return zone;
}

static int64_t us_of(const char *text)
{
    struct err e = ERR_INIT;
    int64_t us = 0;
    CHECK_FATAL(time_parse(text, &us, &e) == 0);
    return us;
}

/* What Python's zoneinfo says of tzdata 2025b. */
static void test_offsets(void)
{
    static const struct {
        const char *zone, *time;
        int seconds;
    } rows[] = {
        {"Europe/Berlin", "1880-01-01T00:00:00Z", 3208},
        {"Europe/Berlin", "1900-01-01T00:00:00Z", 3600},
        {"Europe/Berlin", "1945-07-01T00:00:00Z", 10800},
        {"Europe/Berlin", "2026-01-15T12:00:00Z", 3600},
        {"Europe/Berlin", "2026-03-29T00:59:59.999999Z", 3600},
        {"Europe/Berlin", "2026-03-29T01:00:00Z", 7200},
        {"Europe/Berlin", "2026-10-25T00:59:59.999999Z", 7200},
        {"Europe/Berlin", "2026-10-25T01:00:00Z", 3600},
        {"Europe/Berlin", "2060-07-01T12:00:00Z", 7200},
        {"Europe/Berlin", "2060-12-01T12:00:00Z", 3600},
        {"America/New_York", "1880-01-01T00:00:00Z", -17762},
        {"America/New_York", "2026-03-08T06:59:59Z", -18000},
        {"America/New_York", "2026-03-08T07:00:00Z", -14400},
        {"America/New_York", "2026-11-01T05:59:59Z", -14400},
        {"America/New_York", "2026-11-01T06:00:00Z", -18000},
        {"America/New_York", "2060-07-04T00:00:00Z", -14400},
        {"America/New_York", "2060-11-07T05:59:59Z", -14400},
        {"America/New_York", "2060-11-07T06:00:00Z", -18000},
        {"Australia/Lord_Howe", "2026-04-04T14:59:59Z", 39600},
        {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37800},
        {"Australia/Lord_Howe", "2026-10-03T15:29:59Z", 37800},
        {"Australia/Lord_Howe", "2026-10-03T15:30:00Z", 39600},
        {"Australia/Lord_Howe", "2060-01-01T00:00:00Z", 39600},
        {"Australia/Lord_Howe", "2060-07-01T00:00:00Z", 37800},
        {"Asia/Kolkata", "1943-01-01T00:00:00Z", 23400},
        {"Asia/Kolkata", "2026-01-01T00:00:00Z", 19800},
        {"Asia/Kolkata", "2060-07-01T00:00:00Z", 19800},
        {"UTC", "1900-01-01T00:00:00Z", 0},
        {"UTC", "2300-07-01T00:00:00Z", 0},
        {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000},
        {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400},
        {"Pacific/Apia", "2060-07-01T00:00:00Z", 46800},
        {"America/Nuuk", "2060-01-15T00:00:00Z", -7200},
        {"America/Nuuk", "2060-07-15T00:00:00Z", -3600},
        {"Europe/Dublin", "2026-01-01T00:00:00Z", 0},
        {"Europe/Dublin", "2060-07-01T00:00:00Z", 3600},
    };
    struct zones *zones = zones_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t offset = zone_offset(zone_of(zones, rows[i].zone), us_of(rows[i].time));
        if (offset != rows[i].seconds * US_PER_SECOND)
            fprintf(stderr, "%s at %s\n", rows[i].zone, rows[i].time);
        CHECK_INT(offset, rows[i].seconds * US_PER_SECOND);
    }
    zones_free(&zones);
    CHECK(zones == NULL);
    zones_free(&zones); /* nothing more to free */
}

/* The C library reads the same files with code of its own. */
static int differences(const struct zone *zone, int64_t from, int64_t until, int64_t step)
{
    int wrong = 0;
    for (int64_t t = from; t < until; t += step) {
        struct tm tm;
        time_t seconds = (time_t)t;
        localtime_r(&seconds, &tm);
        struct civil c = zone_civil(zone, t * US_PER_SECOND + 5);
        int64_t of_day = (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * US_PER_SECOND + 5;
        wrong += zone_offset(zone, t * US_PER_SECOND) != tm.tm_gmtoff * US_PER_SECOND ||
                 c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday ||
                 c.weekday != (tm.tm_wday + 6) % 7 || c.us_of_day != of_day;
    }
    return wrong;
}

static void test_as_the_library(void)
{
    struct zones *zones = zones_new(SYSTEM_FOLDER);
    for (size_t i = 0; i < ZONES; i++) {
        const struct zone *zone = zone_of(zones, zone_names[i]);
        CHECK_STR(zone_name(zone), zone_names[i]);
        setenv("TZ", zone_names[i], 1);
        tzset();
        int wrong = differences(zone, INT64_C(-3000000000), INT64_C(10000000000), 86400 * 9 + 3600);
        wrong += differences(zone, us_of("2026-01-01T00:00:00Z") / US_PER_SECOND,
                             us_of("2027-01-01T00:00:00Z") / US_PER_SECOND, 1800);
        wrong += differences(zone, us_of("2088-01-01T00:00:00Z") / US_PER_SECOND,
                             us_of("2089-01-01T00:00:00Z") / US_PER_SECOND, 1800);
        if (wrong)
            fprintf(stderr, "%s:\n", zone_names[i]);
        CHECK_INT(wrong, 0);
    }
    unsetenv("TZ");
    tzset();
    zones_free(&zones);
}

static void test_instants(void)
{
    static const struct {
        const char *zone;
        struct civil wall;
        const char *instant;
    } rows[] = {
        {"Europe/Berlin", {2026, 7, 1, 0, 9 * HOUR}, "2026-07-01T07:00:00.000000Z"},
        {"Europe/Berlin", {2060, 7, 1, 0, 9 * HOUR + 7}, "2060-07-01T07:00:00.000007Z"},
        {"Europe/Berlin", {1880, 1, 1, 0, 0}, "1879-12-31T23:06:32.000000Z"},
        /* 02:00 to 03:00 is skipped, */
        {"Europe/Berlin", {2026, 3, 29, 0, 2 * HOUR - 1}, "2026-03-29T00:59:59.999999Z"},
        {"Europe/Berlin", {2026, 3, 29, 0, 2 * HOUR}, "2026-03-29T01:00:00.000000Z"},
        {"Europe/Berlin", {2026, 3, 29, 0, 2 * HOUR + HOUR / 2 + 3}, "2026-03-29T01:00:00.000000Z"},
        {"Europe/Berlin", {2026, 3, 29, 0, 3 * HOUR}, "2026-03-29T01:00:00.000000Z"},
        {"Europe/Berlin", {2026, 3, 29, 0, 3 * HOUR + 1}, "2026-03-29T01:00:00.000001Z"},
        /* and shown twice. */
        {"Europe/Berlin", {2026, 10, 25, 0, 2 * HOUR}, "2026-10-25T00:00:00.000000Z"},
        {"Europe/Berlin", {2026, 10, 25, 0, 3 * HOUR - 1}, "2026-10-25T00:59:59.999999Z"},
        {"Europe/Berlin", {2026, 10, 25, 0, 3 * HOUR}, "2026-10-25T02:00:00.000000Z"},
        {"Europe/Berlin", {2060, 3, 28, 0, 2 * HOUR + 1}, "2060-03-28T01:00:00.000000Z"},
        {"Europe/Berlin", {2060, 10, 31, 0, 2 * HOUR + 1}, "2060-10-31T00:00:00.000001Z"},
        {"Australia/Lord_Howe", {2026, 10, 4, 0, 2 * HOUR + 1}, "2026-10-03T15:30:00.000000Z"},
        {"Australia/Lord_Howe", {2026, 4, 5, 0, 2 * HOUR - 1}, "2026-04-04T14:59:59.999999Z"},
        {"Australia/Lord_Howe", {2026, 4, 5, 0, 2 * HOUR}, "2026-04-04T15:30:00.000000Z"},
        /* A whole day that never was. */
        {"Pacific/Apia", {2011, 12, 29, 0, 24 * HOUR - 1}, "2011-12-30T09:59:59.999999Z"},
        {"Pacific/Apia", {2011, 12, 30, 0, 12 * HOUR}, "2011-12-30T10:00:00.000000Z"},
        {"Pacific/Apia", {2011, 12, 31, 0, 0}, "2011-12-30T10:00:00.000000Z"},
        {"Pacific/Apia", {2011, 12, 31, 0, 1}, "2011-12-30T10:00:00.000001Z"},
    };
    struct zones *zones = zones_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TIME_TEXT_SIZE];
        int64_t us = zone_instant(zone_of(zones, rows[i].zone), &rows[i].wall);
        CHECK_STR(time_text(us, text), rows[i].instant);
    }
    zones_free(&zones);
}

/* The instant of what the clock shows is then, or earlier where it shows it for the second time. */
static void test_there_and_back(void)
{
    struct zones *zones = zones_new(NULL);
    int64_t from = us_of("1850-01-01T00:00:00Z"), until = us_of("2200-01-01T00:00:00Z");
    for (size_t i = 0; i < ZONES; i++) {
        const struct zone *zone = zone_of(zones, zone_names[i]);
        int wrong = 0;
        for (int64_t t = from; t < until; t += 29 * HOUR + 12345678) {
            struct civil c = zone_civil(zone, t);
            int64_t back = zone_instant(zone, &c);
            struct civil again = zone_civil(zone, back);
            bool same = again.day == c.day && again.us_of_day == c.us_of_day;
            wrong +=
                !same || back > t || (back < t && zone_offset(zone, back) <= zone_offset(zone, t));
        }
        CHECK_INT(wrong, 0);
    }
    zones_free(&zones);
}

static void test_found_once(void)
{
    struct zones *zones = zones_new(NULL);
    const struct zone *berlin = zone_of(zones, "Europe/Berlin");
    CHECK(zone_of(zones, "UTC") != berlin);
    CHECK(zone_of(zones, "Europe/Berlin") == berlin);
    zones_free(&zones);
}

static void *find_all(void *arg)
{
    struct zones *zones = arg;
    const struct zone **found = mem_alloc(ZONES * sizeof *found);
    for (size_t i = 0; i < ZONES; i++) {
        struct err e = ERR_INIT;
        zones_find(zones, zone_names[i], &found[i], &e);
    }
    return found;
}

static void test_found_by_threads(void)
{
    struct zones *zones = zones_new(NULL);
    pthread_t threads[4];
    const struct zone **found[4];
    for (size_t i = 0; i < 4; i++)
        CHECK_FATAL(pthread_create(&threads[i], NULL, find_all, zones) == 0);
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        CHECK_FATAL(pthread_join(threads[i], &result) == 0);
        found[i] = result;
    }
    for (size_t i = 0; i < 4; i++) {
        CHECK(found[i][0] != NULL && !memcmp(found[i], found[0], ZONES * sizeof *found[i]));
        if (i)
            free(found[i]);
    }
    free(found[0]);
    zones_free(&zones);
}

static void test_bad_names(void)
{
    static const char *const rows[] = {
        "",
        ".",
        "..",
        "/",
        "/usr/share/zoneinfo/UTC",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "Europe//Berlin",
        "Europe/Berlin/",
        "europe/berlin",
        "right/Europe/Berlin",
        "posixrules",
        "localtime",
        "zone.tab",
        "Europe/Berlin ",
        "Europe\\Berlin",
        "Europe/M\xC3\xBCnchen",
        "Europe/Nowhere",
        "UTC/Berlin",
        "Europe",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
    };
    struct zones *zones = zones_new(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = ERR_INIT;
        const struct zone *zone = NULL;
        if (zones_find(zones, rows[i], &zone, &e) == 0)
            CHECK_STR(rows[i], "refused");
        CHECK_INT(e.kind, ERR_INVALID);
        CHECK(strstr(e.message, "there is no time zone") != NULL);
        CHECK(zone == NULL);
    }
    zones_free(&zones);
}

/* --- files that are made here --- */

struct folder {
    char path[64];
    struct str file; /* of the zone that is called Test */
};

static struct folder folder_new(void)
{
    struct folder f = {.path = "/tmp/test_zone.XXXXXX", .file = STR_INIT};
    CHECK_FATAL(mkdtemp(f.path) != NULL);
    str_addf(&f.file, "%s/Test", f.path);
    return f;
}

static void folder_remove(struct folder *f)
{
    unlink(f->file.buf);
    rmdir(f->path);
    str_release(&f->file);
}

/* Reads data as a zone; the error's message, or "" when it is one. */
static struct err try_file(const struct folder *f, const char *data, size_t n)
{
    struct err e = ERR_INIT;
    FILE *file = fopen(f->file.buf, "w");
    CHECK_FATAL(file != NULL);
    CHECK_FATAL(fwrite(data, 1, n, file) == n);
    CHECK_FATAL(fclose(file) == 0);
    struct zones *zones = zones_new(f->path);
    const struct zone *zone = NULL;
    if (zones_find(zones, "Test", &zone, &e) == 0) {
        /* It must be usable, whatever it says. */
        int wrong = 0;
        for (int64_t us = -200 * 8766 * HOUR; us < 400 * 8766 * HOUR; us += 5000 * HOUR) {
            struct civil c = zone_civil(zone, us);
            wrong += c.month < 1 || c.month > 12 || zone_instant(zone, &c) > us;
        }
        CHECK_INT(wrong, 0);
    }
    zones_free(&zones);
    return e;
}

static void read_berlin(struct str *out)
{
    char buf[4096];
    FILE *file = fopen(SYSTEM_FOLDER "/Europe/Berlin", "r");
    CHECK_FATAL(file != NULL);
    str_addn(out, buf, fread(buf, 1, sizeof buf, file));
    fclose(file);
    CHECK_FATAL(out->len > 500);
}

static void test_files_cut_short(void)
{
    struct folder f = folder_new();
    struct str berlin = STR_INIT;
    read_berlin(&berlin);
    CHECK_STR(try_file(&f, berlin.buf, berlin.len).message, "");
    int wrong = 0;
    for (size_t n = 0; n < berlin.len; n++)
        wrong += try_file(&f, berlin.buf, n).kind != ERR_INVALID;
    CHECK_INT(wrong, 0);
    str_addch(&berlin, '\n');
    CHECK_INT(try_file(&f, berlin.buf, berlin.len).kind, ERR_INVALID);
    str_release(&berlin);
    folder_remove(&f);
}

/* Every byte once, to several values: refused, or a zone that can be used. */
static void test_files_with_a_wrong_byte(void)
{
    static const char values[] = {'\0', '\x01', '\x7F', '\xFF', '-'};
    struct folder f = folder_new();
    struct str berlin = STR_INIT;
    int refused = 0;
    read_berlin(&berlin);
    for (size_t i = 0; i < berlin.len; i++) {
        char was = berlin.buf[i];
        berlin.buf[i] = values[i % sizeof values];
        refused += try_file(&f, berlin.buf, berlin.len).kind != ERR_NONE;
        berlin.buf[i] = was;
    }
    CHECK(refused > 100);
    str_release(&berlin);
    folder_remove(&f);
}

/* A file with one type (or two) and what else a row says. */
struct made {
    const char *says; /* of the error; NULL: it is a zone */
    uint32_t isut, isstd, leap, types, chars;
    int64_t times[2]; /* 0: none */
    unsigned char to[2];
    int32_t offset;
    unsigned char isdst, name;
    const char *marks, *footer;
    char version;
    bool unending_names;
};

static void add_big(struct str *s, uint64_t value, int n)
{
    while (n--)
        str_addch(s, (char)(value >> (8 * n) & 0xFF));
}

static void add_header(struct str *s, const struct made *m, uint32_t times)
{
    str_add(s, "TZif");
    str_addch(s, m->version ? m->version : '2');
    add_big(s, 0, 8);
    add_big(s, 0, 7);
    add_big(s, m->isut, 4);
    add_big(s, m->isstd, 4);
    add_big(s, m->leap, 4);
    add_big(s, times, 4);
    add_big(s, m->types, 4);
    add_big(s, m->chars, 4);
}

static void make_file(struct str *s, const struct made *m)
{
    static const struct made empty = {0};
    uint32_t times = m->times[1] ? 2 : m->times[0] ? 1 : 0;
    add_header(s, &empty, 0);
    add_header(s, m, times);
    for (uint32_t i = 0; i < times; i++)
        add_big(s, (uint64_t)m->times[i], 8);
    for (uint32_t i = 0; i < times; i++)
        str_addch(s, (char)m->to[i]);
    for (uint32_t i = 0; i < m->types; i++) {
        add_big(s, (uint32_t)(i ? m->offset + 3600 : m->offset), 4);
        str_addch(s, (char)m->isdst);
        str_addch(s, (char)m->name);
    }
    for (uint32_t i = 0; i < m->chars; i++)
        str_addch(s, i + 1 == m->chars && !m->unending_names ? '\0' : 'X');
    add_big(s, 0, (int)m->leap * 6); /* 12 bytes each, in two goes: add_big is for 8 at most */
    add_big(s, 0, (int)m->leap * 6);
    str_addn(s, m->marks ? m->marks : "", m->isut + m->isstd);
    str_add(s, m->footer ? m->footer : "\n\n");
}

static void test_made_files(void)
{
#define SANE .types = 1, .chars = 4
    static const struct made rows[] = {
        {NULL, SANE},
        {NULL, SANE, .version = '4', .footer = "\nXXX-1YYY,M3.5.0,M10.5.0/167\n"},
        {NULL, SANE, .offset = 93599},
        {NULL, SANE, .offset = -89999},
        {NULL, .types = 2, .chars = 4, .times = {-5, 5}, .to = {1, 0}},
        {NULL, SANE, .isut = 1, .isstd = 1, .marks = "\1\1"},
        {"older than version 2", SANE, .version = '1'},
        {"counts", .types = 0, .chars = 4},
        {"counts", .types = 257, .chars = 4},
        {"counts", .types = 1, .chars = 0},
        {"counts", SANE, .isstd = 2, .marks = "\0"},
        {"counts", SANE, .isut = 2, .marks = "\0"},
        {"leap seconds", SANE, .leap = 1},
        {"names do not end", SANE, .unending_names = true},
        {"impossible kind", SANE, .offset = 93600},
        {"impossible kind", SANE, .offset = -90000},
        {"impossible kind", SANE, .isdst = 2},
        {"impossible kind", SANE, .name = 4},
        {"standard time", SANE, .isstd = 1, .marks = "\2"},
        {"universal time", SANE, .isut = 1, .marks = "\1"},
        {"universal time", SANE, .isut = 1, .isstd = 1, .marks = "\1\2"},
        {"not in order", .types = 2, .chars = 4, .times = {5, 5}, .to = {1, 0}},
        {"not in order", .types = 2, .chars = 4, .times = {5, 4}, .to = {1, 0}},
        {"not in order", .types = 2, .chars = 4, .times = {INT64_MIN, 4}, .to = {1, 0}},
        {"not in order", .types = 2, .chars = 4, .times = {4, INT64_MAX}, .to = {1, 0}},
        {"does not have", .types = 2, .chars = 4, .times = {4, 5}, .to = {1, 2}},
        {"last line", SANE, .footer = "\nXXX-1"},
        {"last line", SANE, .footer = "XXX-1\n"},
        {"last line", SANE, .footer = "\n"},
        {"last line", SANE, .footer = "\nXXX-1\n\n"},
        {"last line", SANE, .footer = "\nEurope/Berlin\n"},
    };
    struct folder f = folder_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str data = STR_INIT;
        struct made m = rows[i];
        make_file(&data, &m);
        struct err e = try_file(&f, data.buf, data.len);
        if (m.says && !strstr(e.message, m.says))
            fprintf(stderr, "row %zu: \"%s\", not \"%s\"\n", i, e.message, m.says);
        CHECK(m.says ? e.kind == ERR_INVALID && strstr(e.message, m.says) : e.kind == ERR_NONE);
        str_release(&data);
    }
    folder_remove(&f);
}

/* No rule: the last offset stays. A skipped hour before the first change and after the last. */
static void test_without_a_rule(void)
{
    static const struct made m = {
        .types = 2, .chars = 4, .times = {-7200, 7200}, .to = {1, 0}, .offset = 1800};
    struct folder f = folder_new();
    struct str data = STR_INIT;
    make_file(&data, &m);
    CHECK_STR(try_file(&f, data.buf, data.len).message, "");
    struct zones *zones = zones_new(f.path);
    const struct zone *zone = zone_of(zones, "Test");
    CHECK_INT(zone_offset(zone, -2 * HOUR - 1), HOUR / 2);
    CHECK_INT(zone_offset(zone, -2 * HOUR), HOUR * 3 / 2);
    CHECK_INT(zone_offset(zone, 2 * HOUR - 1), HOUR * 3 / 2);
    CHECK_INT(zone_offset(zone, 2 * HOUR), HOUR / 2);
    CHECK_INT(zone_offset(zone, 900000 * HOUR), HOUR / 2);
    zones_free(&zones);
    str_release(&data);
    folder_remove(&f);
}

static void test_too_large(void)
{
    struct folder f = folder_new();
    struct str data = STR_INIT;
    read_berlin(&data);
    str_reserve(&data, 70000);
    while (data.len <= 65536)
        str_addch(&data, 'x');
    CHECK(strstr(try_file(&f, data.buf, data.len).message, "too large") != NULL);
    str_release(&data);
    folder_remove(&f);
}

/* A file that could not be read is asked for again. */
static void test_second_try(void)
{
    struct folder f = folder_new();
    struct zones *zones = zones_new(f.path);
    const struct zone *zone = NULL;
    struct err e = ERR_INIT;
    CHECK_INT(zones_find(zones, "Test", &zone, &e), -1);
    CHECK_INT(symlink("Test", f.file.buf), 0); /* to itself */
    CHECK_INT(zones_find(zones, "Test", &zone, &e), -1);
    CHECK_INT(e.kind, ERR_UNAVAILABLE);
    unlink(f.file.buf);
    struct str data = STR_INIT;
    read_berlin(&data);
    CHECK_STR(try_file(&f, data.buf, data.len).message, "");
    CHECK_INT(zones_find(zones, "Test", &zone, &e), 0);
    CHECK_STR(zone_name(zone), "Test");
    str_release(&data);
    zones_free(&zones);
    folder_remove(&f);
}

int main(void)
{
    static const struct test tests[] = {
        {"offsets", test_offsets},
        {"local times, as the library says", test_as_the_library},
        {"instants of wall times", test_instants},
        {"there and back", test_there_and_back},
        {"found once", test_found_once},
        {"found by several threads", test_found_by_threads},
        {"bad names", test_bad_names},
        {"files cut short", test_files_cut_short},
        {"files with a wrong byte", test_files_with_a_wrong_byte},
        {"files made wrong", test_made_files},
        {"files without a rule", test_without_a_rule},
        {"files too large", test_too_large},
        {"a second try", test_second_try},
    };
    return check_main("base/zone", tests, sizeof tests / sizeof *tests);
}
