#include "duration.h"

#include "base/clock.h"
#include "base/str.h"

#define DAYS_MAX 3660

static int wrong(struct err *e)
{
    return err_set(e, ERR_INVALID,
                   "must be a positive number and m, h, d, bh or bd, such as \"90m\", \"1.5h\", "
                   "\"2d\", \"4bh\" or \"2bd\", at most %d days, business days whole",
                   DAYS_MAX);
}

/* A business hour is as long as any other: the number reads as one of hours. */
static int read_business_hours(const char *number, size_t n, struct duration *out, struct err *e)
{
    struct str hours = STR_INIT;
    int64_t us = 0;
    str_addn(&hours, number, n);
    str_addch(&hours, 'h');
    int rc = duration_parse(hours.buf, &us, e);
    str_release(&hours);
    if (rc < 0)
        return wrong(e);
    *out = (struct duration){.unit = DURATION_BUSINESS_HOURS, .us = us};
    return 0;
}

static int read_business_days(const char *number, size_t n, struct duration *out, struct err *e)
{
    int64_t days = 0;
    for (size_t i = 0; i < n; i++) {
        if (number[i] < '0' || number[i] > '9')
            return wrong(e);
        days = days * 10 + (number[i] - '0');
        if (days > DAYS_MAX)
            return wrong(e);
    }
    if (!days)
        return wrong(e);
    *out = (struct duration){.unit = DURATION_BUSINESS_DAYS, .days = days};
    return 0;
}

int duration_read(const char *text, struct duration *out, struct err *e)
{
    size_t n = strlen(text);
    if (n > 2 && !strcmp(text + n - 2, "bh"))
        return read_business_hours(text, n - 2, out, e);
    if (n > 2 && !strcmp(text + n - 2, "bd"))
        return read_business_days(text, n - 2, out, e);
    int64_t us = 0;
    if (duration_parse(text, &us, e) < 0)
        return wrong(e);
    *out = (struct duration){.unit = DURATION_ELAPSED, .us = us};
    return 0;
}
