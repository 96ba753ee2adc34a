#include "zone.h"

#include "arena.h"
#include "clock.h"
#include "str.h"
#include "tzif.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_FOLDER "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64

struct zone {
    struct arena *arena; /* holds this, too */
    const char *name;
    struct tzif file;
    struct zone *next;
};

struct zones {
    char *folder;
    pthread_mutex_t mutex;
    struct zone *first; /* as many as the folder has files at most */
};

struct zones *zones_new(const char *folder)
{
    struct zones *z = mem_alloc(sizeof *z);
    z->folder = mem_strdup(folder ? folder : DEFAULT_FOLDER);
    pthread_mutex_init(&z->mutex, NULL);
    return z;
}

void zones_free(struct zones **z)
{
    if (!*z)
        return;
    for (struct zone *zone = (*z)->first, *next; zone; zone = next) {
        next = zone->next;
        struct arena *arena = zone->arena;
        arena_free(&arena);
    }
    pthread_mutex_destroy(&(*z)->mutex);
    free((*z)->folder);
    free(*z);
    *z = NULL;
}

/* One file has one name here ("Europe//Berlin" would be another), so that the set cannot grow
 * without end. */
static bool is_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char others[] = "0123456789/_+-";
    size_t n = 0;
    for (const char *p = name; *p && n <= ZONE_NAME_MAX; p++, n++)
        if (!strchr(letters, *p) && !strchr(others, *p))
            return false;
    return n && n <= ZONE_NAME_MAX && name[0] >= 'A' && name[0] <= 'Z' && name[n - 1] != '/' &&
           !strstr(name, "//");
}

static int no_such_zone(const char *name, struct err *e)
{
    return err_set(e, ERR_INVALID,
                   "there is no time zone \"%.*s\"; they are named as in \"Europe/Berlin\"",
                   ZONE_NAME_MAX, name);
}

static int read_open_file(int fd, const char *name, struct str *out, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return no_such_zone(name, e);
    char buf[4096];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0 && out->len <= TZIF_BYTES_MAX)
        str_addn(out, buf, (size_t)n);
    if (n < 0)
        return err_set(e, ERR_UNAVAILABLE, "the file of the time zone \"%s\" cannot be read: %s",
                       name, strerror(errno));
    return 0;
}

static int read_file(const char *folder, const char *name, struct str *out, struct err *e)
{
    struct str path = STR_INIT;
    str_addf(&path, "%s/%s", folder, name);
    /* What is no file might never answer. */
    int fd = open(path.buf, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int error = errno;
    str_release(&path);
    if (fd < 0 && (error == ENOENT || error == ENOTDIR))
        return no_such_zone(name, e);
    if (fd < 0)
        return err_set(e, ERR_UNAVAILABLE, "the file of the time zone \"%s\" cannot be opened: %s",
                       name, strerror(error));
    int rc = read_open_file(fd, name, out, e);
    close(fd);
    return rc;
}

static struct zone *zone_load(const char *folder, const char *name, struct err *e)
{
    struct str data = STR_INIT;
    struct zone *zone = NULL;
    if (read_file(folder, name, &data, e) == 0) {
        struct arena *arena = arena_new();
        zone = arena_make(arena, struct zone);
        zone->arena = arena;
        zone->name = arena_strdup(arena, name);
        if (tzif_parse(arena, (const unsigned char *)data.buf, data.len, &zone->file, e) < 0) {
            err_prefix(e, "the time zone \"%s\" cannot be used", name);
            zone = NULL;
            arena_free(&arena);
        }
    }
    str_release(&data);
    return zone;
}

static struct zone *find_or_load(struct zones *z, const char *name, struct err *e)
{
    for (struct zone *zone = z->first; zone; zone = zone->next)
        if (!strcmp(zone->name, name))
            return zone;
    struct zone *zone = zone_load(z->folder, name, e);
    if (zone) {
        zone->next = z->first;
        z->first = zone;
    }
    return zone;
}

int zones_find(struct zones *z, const char *name, const struct zone **out, struct err *e)
{
    if (!is_name(name))
        return no_such_zone(name, e);
    pthread_mutex_lock(&z->mutex);
    struct zone *zone = find_or_load(z, name, e);
    pthread_mutex_unlock(&z->mutex);
    if (!zone)
        return -1;
    *out = zone;
    return 0;
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t zone_offset(const struct zone *z, int64_t us)
{
    return tzif_span(&z->file, floor_div(us, US_PER_SECOND)).offset * US_PER_SECOND;
}

struct civil zone_civil(const struct zone *z, int64_t us)
{
    int64_t seconds = floor_div(us, US_PER_SECOND);
    int64_t local = seconds + tzif_span(&z->file, seconds).offset;
    int64_t day = floor_div(local, SECONDS_PER_DAY);
    struct civil c = civil_of_day(day);
    c.us_of_day = (local - day * SECONDS_PER_DAY) * US_PER_SECOND + (us - seconds * US_PER_SECOND);
    return c;
}

/* More than any offset, east or west. */
#define OFFSETS_WITHIN (26 * 3600)

int64_t zone_instant(const struct zone *z, const struct civil *c)
{
    int64_t rest = c->us_of_day % US_PER_SECOND;
    int64_t local = civil_day_number(c) * SECONDS_PER_DAY + c->us_of_day / US_PER_SECOND;
    struct tz_span span = tzif_span(&z->file, local - OFFSETS_WITHIN);
    /* The first stretch whose clock gets as far. */
    while (span.until != INT64_MAX && local >= span.until + span.offset)
        span = tzif_span(&z->file, span.until);
    if (span.from != INT64_MIN && local < span.from + span.offset)
        return span.from * US_PER_SECOND;
    return (local - span.offset) * US_PER_SECOND + rest;
}
