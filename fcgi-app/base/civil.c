#include "civil.h"

#include "clock.h"

/*
 * Written out because gmtime_r takes a lock of the whole process, and a list of 50 formats 150
 * times. Years begin in March here, so that the leap day is their last; 400 of them have 146097
 * days.
 */
struct civil civil_of_day(int64_t day_number)
{
    int64_t days = day_number + 719468; /* from 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 is March */
    return (struct civil){
        .year = (int)(year + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(of_year - (153 * month + 2) / 5 + 1),
        .weekday = (int)((of_era + 2) % 7), /* an era is whole weeks and begins on a Wednesday */
    };
}

int64_t civil_day_number(const struct civil *c)
{
    int64_t month = c->month > 2 ? c->month - 3 : c->month + 9; /* 0 is March */
    int64_t year = c->month > 2 ? c->year : (int64_t)c->year - 1;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * month + 2) / 5 + c->day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool civil_exists(const struct civil *c)
{
    if (c->month < 1 || c->month > 12)
        return false;
    struct civil same = civil_of_day(civil_day_number(c));
    return same.year == c->year && same.month == c->month && same.day == c->day;
}

struct civil civil_add_days(const struct civil *c, int64_t n)
{
    struct civil later = civil_of_day(civil_day_number(c) + n);
    later.us_of_day = c->us_of_day;
    return later;
}

bool civil_take_digits(const char **text, int digits, char after, int *n)
{
    const char *p = *text;
    *n = 0;
    for (int i = 0; i < digits; i++, p++) {
        if (*p < '0' || *p > '9')
            return false;
        *n = *n * 10 + (*p - '0');
    }
    if (after && *p != after)
        return false;
    *text = p + (after != '\0');
    return true;
}

int civil_parse_date(const char *text, struct civil *out, struct err *e)
{
    struct civil date = {0};
    const char *p = text;
    if (!civil_take_digits(&p, 4, '-', &date.year) || !civil_take_digits(&p, 2, '-', &date.month) ||
        !civil_take_digits(&p, 2, '\0', &date.day) || *p || !civil_exists(&date))
        return err_set(e, ERR_INVALID, "must be a date such as \"2026-12-25\"");
    *out = civil_of_day(civil_day_number(&date));
    return 0;
}

int civil_parse_time(const char *text, int64_t *us_of_day, struct err *e)
{
    int hour, minute;
    const char *p = text;
    if (!civil_take_digits(&p, 2, ':', &hour) || !civil_take_digits(&p, 2, '\0', &minute) || *p ||
        minute > 59 || hour * 60 + minute > 24 * 60)
        return err_set(e, ERR_INVALID, "must be a time of day from \"00:00\" to \"24:00\"");
    *us_of_day = (hour * 60 + minute) * 60 * US_PER_SECOND;
    return 0;
}
