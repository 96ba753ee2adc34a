#include "tzif.h"

#define HEADER_SIZE 44
#define TYPE_SIZE 6
#define TYPES_MAX 256

/* The bounds RFC 9636 gives, seconds east of UTC and seconds since the epoch. */
#define OFFSET_MIN (-89999)
#define OFFSET_MAX 93599
#define TIME_MIN (-(INT64_C(1) << 59))
#define TIME_MAX ((INT64_C(1) << 59) - 1)

/* What is left to be read. */
struct bytes {
    const unsigned char *p;
    size_t left;
};

static int damaged(struct err *e, const char *what)
{
    return err_set(e, ERR_INVALID, "its file is damaged: %s", what);
}

/* n bytes, which the reader moves past; NULL when there are not as many. */
static const unsigned char *take(struct bytes *b, uint64_t n)
{
    if (n > b->left)
        return NULL;
    const unsigned char *p = b->p;
    b->p += n;
    b->left -= n;
    return p;
}

static uint64_t big_endian(const unsigned char *p, int n)
{
    uint64_t value = 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | p[i];
    return value;
}

/* In the order of the file. */
struct header {
    uint32_t isut, isstd, leap, time, type, chars;
};

static int take_header(struct bytes *b, struct header *h, struct err *e)
{
    const unsigned char *p = take(b, HEADER_SIZE);
    if (!p || memcmp(p, "TZif", 4) != 0)
        return damaged(e, "it does not begin as one");
    if (p[4] < '2')
        return damaged(e, "it is older than version 2");
    uint32_t *const counts[] = {&h->isut, &h->isstd, &h->leap, &h->time, &h->type, &h->chars};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        *counts[i] = (uint32_t)big_endian(p + 20 + 4 * i, 4);
    return 0;
}

/* The first block has times of 32 bits, for readers of version 1. Counts are of 32 bits, so the sum
 * cannot overflow. */
static uint64_t first_block_size(const struct header *h)
{
    return (uint64_t)h->time * 5 + (uint64_t)h->type * TYPE_SIZE + h->chars +
           (uint64_t)h->leap * 8 + h->isstd + h->isut;
}

static int check_counts(const struct header *h, struct err *e)
{
    if (h->leap)
        return err_set(e, ERR_INVALID, "it counts leap seconds");
    if (!h->type || h->type > TYPES_MAX || !h->chars || (h->isut && h->isut != h->type) ||
        (h->isstd && h->isstd != h->type))
        return damaged(e, "its counts do not fit together");
    return 0;
}

/* What the second block is made of. */
struct block {
    const unsigned char *times, *indexes, *types, *chars, *isstd, *isut;
};

static int take_block(struct bytes *b, const struct header *h, struct block *k, struct err *e)
{
    k->times = take(b, (uint64_t)h->time * 8);
    k->indexes = take(b, h->time);
    k->types = take(b, (uint64_t)h->type * TYPE_SIZE);
    k->chars = take(b, h->chars);
    k->isstd = take(b, h->isstd);
    k->isut = take(b, h->isut);
    if (!k->times || !k->indexes || !k->types || !k->chars || !k->isstd || !k->isut)
        return damaged(e, "it ends too early");
    return 0;
}

static int32_t type_offset(const struct block *k, size_t type)
{
    return (int32_t)(uint32_t)big_endian(k->types + type * TYPE_SIZE, 4);
}

static int check_types(const struct header *h, const struct block *k, struct err *e)
{
    if (k->chars[h->chars - 1] != '\0')
        return damaged(e, "its names do not end");
    for (size_t i = 0; i < h->type; i++) {
        const unsigned char *type = k->types + i * TYPE_SIZE;
        int32_t offset = type_offset(k, i);
        if (offset < OFFSET_MIN || offset > OFFSET_MAX || type[4] > 1 || type[5] >= h->chars)
            return damaged(e, "it has an impossible kind of local time");
    }
    for (size_t i = 0; i < h->isstd; i++)
        if (k->isstd[i] > 1)
            return damaged(e, "its marks of standard time are wrong");
    for (size_t i = 0; i < h->isut; i++)
        if (k->isut[i] > 1 || (k->isut[i] && !(h->isstd && k->isstd[i])))
            return damaged(e, "its marks of universal time are wrong");
    return 0;
}

static int read_changes(struct arena *arena, const struct header *h, const struct block *k,
                        struct tzif *out, struct err *e)
{
    int64_t *times = arena_array(arena, h->time, sizeof *times);
    int32_t *offsets = arena_array(arena, h->time, sizeof *offsets);
    for (size_t i = 0; i < h->time; i++) {
        times[i] = (int64_t)big_endian(k->times + 8 * i, 8);
        if (times[i] < TIME_MIN || times[i] > TIME_MAX || (i && times[i] <= times[i - 1]))
            return damaged(e, "its times are not in order");
        if (k->indexes[i] >= h->type)
            return damaged(e, "a change leads to a kind of local time it does not have");
        offsets[i] = type_offset(k, k->indexes[i]);
    }
    *out = (struct tzif){
        .first = type_offset(k, 0),
        .count = h->time,
        .times = times,
        .offsets = offsets,
    };
    return 0;
}

/* A line of its own, which may be empty, and nothing after it. */
static int read_rule(struct arena *arena, struct bytes *b, struct tzif *out, struct err *e)
{
    size_t n = b->left;
    if (n < 2 || b->p[0] != '\n' || b->p[n - 1] != '\n' || memchr(b->p, '\0', n))
        return damaged(e, "its last line is not whole");
    const char *text = arena_strndup(arena, (const char *)b->p + 1, n - 2);
    out->has_rule = *text != '\0';
    if (out->has_rule && !posix_tz_parse(text, &out->rule))
        return damaged(e, "its last line is no rule");
    return 0;
}

int tzif_parse(struct arena *arena, const unsigned char *data, size_t size, struct tzif *out,
               struct err *e)
{
    struct bytes b = {data, size};
    struct header h = {0};
    struct block k;
    if (size > TZIF_BYTES_MAX)
        return damaged(e, "it is too large");
    if (take_header(&b, &h, e) < 0)
        return -1;
    if (!take(&b, first_block_size(&h)))
        return damaged(e, "it ends too early");
    if (take_header(&b, &h, e) < 0 || check_counts(&h, e) < 0 || take_block(&b, &h, &k, e) < 0 ||
        check_types(&h, &k, e) < 0 || read_changes(arena, &h, &k, out, e) < 0)
        return -1;
    return read_rule(arena, &b, out, e);
}

/* How many changes there were until t. */
static size_t changes_until(const struct tzif *f, int64_t t)
{
    size_t low = 0, high = f->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->times[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct tz_span tzif_span(const struct tzif *f, int64_t t)
{
    size_t n = changes_until(f, t);
    struct tz_span span = {
        .from = n ? f->times[n - 1] : INT64_MIN,
        .until = n < f->count ? f->times[n] : INT64_MAX,
        .offset = n ? f->offsets[n - 1] : f->first,
    };
    if (n < f->count || !f->has_rule)
        return span;
    struct tz_span ruled = posix_tz_span(&f->rule, t);
    ruled.from = ruled.from > span.from ? ruled.from : span.from;
    return ruled;
}
