/* The operators that see their arguments evaluated, but for those that read the data. */
#include "logic_node.h"

#include <math.h>

static int give_bool(struct value *out, bool truth)
{
    *out = value_bool(truth);
    return 0;
}

static int give_number(struct value *out, double number)
{
    *out = value_number(number);
    return 0;
}

/* --- comparing --- */

static int equality(struct logic_eval *ev, const struct value *args, bool wanted, struct value *out)
{
    bool equal;
    if (logic_loosely_equal(ev, &args[0], &args[1], &equal) < 0)
        return -1;
    return give_bool(out, equal == wanted);
}

int logic_equal(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)n;
    return equality(ev, args, true, out);
}

int logic_not_equal(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)n;
    return equality(ev, args, false, out);
}

static int sameness(struct logic_eval *ev, const struct value *args, bool wanted, struct value *out)
{
    if (args[0].type == VALUE_STRING && logic_spend_text(ev, args[0].length) < 0)
        return -1;
    return give_bool(out, value_same(&args[0], &args[1]) == wanted);
}

int logic_same(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)n;
    return sameness(ev, args, true, out);
}

int logic_not_same(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)n;
    return sameness(ev, args, false, out);
}

int logic_not(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)ev, (void)n;
    return give_bool(out, !value_truthy(&args[0]));
}

int logic_truth(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)ev, (void)n;
    return give_bool(out, value_truthy(&args[0]));
}

/* Each before the next one. */
static int ascending(struct logic_eval *ev, const struct value *args, size_t n, bool or_equal,
                     struct value *out)
{
    bool holds = true;
    for (size_t i = 1; i < n && holds; i++)
        if (logic_before(ev, &args[i - 1], &args[i], or_equal, &holds) < 0)
            return -1;
    return give_bool(out, holds);
}

int logic_less(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    return ascending(ev, args, n, false, out);
}

int logic_less_or_equal(struct logic_eval *ev, const struct value *args, size_t n,
                        struct value *out)
{
    return ascending(ev, args, n, true, out);
}

int logic_greater(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    const struct value turned[] = {args[1], args[0]};
    return ascending(ev, turned, n, false, out);
}

int logic_greater_or_equal(struct logic_eval *ev, const struct value *args, size_t n,
                           struct value *out)
{
    const struct value turned[] = {args[1], args[0]};
    return ascending(ev, turned, n, true, out);
}

/* --- arithmetic --- */

static int extreme(struct logic_eval *ev, const struct value *args, size_t n, double sign,
                   struct value *out)
{
    double found = -INFINITY * sign, number;
    for (size_t i = 0; i < n; i++) {
        if (logic_number(ev, &args[i], &number) < 0)
            return -1;
        if (isnan(number) || number * sign > found * sign)
            found = number;
        if (isnan(found))
            break;
    }
    return give_number(out, found);
}

int logic_max(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    return extreme(ev, args, n, 1, out);
}

int logic_min(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    return extreme(ev, args, n, -1, out);
}

/* parseFloat(v). */
static int leading_number(struct logic_eval *ev, const struct value *v, double *out)
{
    struct value text;
    *out = v->number;
    if (v->type == VALUE_NUMBER)
        return 0;
    if (logic_text(ev, v, &text) < 0 || logic_spend_text(ev, text.length) < 0)
        return -1;
    *out = number_leading(text.text, text.length);
    return 0;
}

int logic_add(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double sum = 0, number;
    for (size_t i = 0; i < n; i++) {
        if (leading_number(ev, &args[i], &number) < 0)
            return -1;
        sum += number;
    }
    return give_number(out, sum);
}

/* One factor alone comes back as it is, text or not. */
int logic_multiply(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double product = 1, number;
    *out = args[0];
    for (size_t i = 0; n > 1 && i < n; i++) {
        if (leading_number(ev, &args[i], &number) < 0)
            return -1;
        product *= number;
        *out = value_number(product);
    }
    return 0;
}

static int two_numbers(struct logic_eval *ev, const struct value *args, double *a, double *b)
{
    return logic_number(ev, &args[0], a) < 0 || logic_number(ev, &args[1], b) < 0 ? -1 : 0;
}

int logic_subtract(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double a, b;
    if (n == 1)
        return logic_number(ev, &args[0], &a) < 0 ? -1 : give_number(out, -a);
    return two_numbers(ev, args, &a, &b) < 0 ? -1 : give_number(out, a - b);
}

/* IEC 60559, as JavaScript has it; said here because C leaves it open. */
static double quotient(double a, double b)
{
    if (b != 0)
        return a / b;
    if (a == 0 || isnan(a))
        return NAN;
    return signbit(a) == signbit(b) ? INFINITY : -INFINITY;
}

int logic_divide(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double a, b;
    (void)n;
    return two_numbers(ev, args, &a, &b) < 0 ? -1 : give_number(out, quotient(a, b));
}

int logic_remainder(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    double a, b;
    (void)n;
    return two_numbers(ev, args, &a, &b) < 0 ? -1 : give_number(out, fmod(a, b));
}

/* --- lists and text --- */

static size_t merged_count(const struct value *args, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += args[i].type == VALUE_ARRAY ? value_count(&args[i]) : 1;
    return count;
}

int logic_merge(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    size_t count = merged_count(args, n), k = 0;
    struct value *items = logic_take(ev, count, sizeof *items);
    if (!items || logic_spend(ev, count) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (args[i].type != VALUE_ARRAY)
            items[k++] = args[i];
        for (size_t at = 0; at < value_count(&args[i]); at++)
            items[k++] = value_at(&args[i], at);
    }
    return logic_list(ev, items, count, out);
}

static int in_list(struct logic_eval *ev, const struct value *v, const struct value *list,
                   bool *out)
{
    *out = false;
    for (size_t i = 0; i < value_count(list) && !*out; i++) {
        const struct value item = value_at(list, i);
        size_t read = item.length == v->length ? v->length : 0;
        if (logic_spend(ev, 1) < 0 || logic_spend_text(ev, read) < 0)
            return -1;
        *out = value_same(v, &item);
    }
    return 0;
}

static int in_text(struct logic_eval *ev, const struct value *v, const struct value *text,
                   bool *out)
{
    struct value part;
    if (logic_text(ev, v, &part) < 0 || logic_spend_text(ev, text->length + part.length) < 0)
        return -1;
    *out = !part.length || memmem(text->text, text->length, part.text, part.length);
    return 0;
}

int logic_in(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    bool found = false;
    int result = 0;
    (void)n;
    if (args[1].type == VALUE_ARRAY)
        result = in_list(ev, &args[0], &args[1], &found);
    else if (args[1].type == VALUE_STRING && args[1].length)
        result = in_text(ev, &args[0], &args[1], &found);
    return result < 0 ? -1 : give_bool(out, found);
}

/* Joined by nothing: null adds nothing. */
int logic_cat(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    struct str joined = STR_INIT;
    int result = 0;
    for (size_t i = 0; i < n && result == 0; i++)
        if (args[i].type != VALUE_NULL)
            result = logic_add_text(ev, &joined, &args[i]);
    if (result == 0)
        result = logic_keep_text(ev, &joined, out);
    str_release(&joined);
    return result;
}

/* The number of characters: code points, where JavaScript counts halves of some of them. */
static size_t characters(const struct value *text)
{
    size_t n = 0;
    for (size_t i = 0; i < text->length; i++)
        n += ((unsigned char)text->text[i] & 0xC0) != 0x80;
    return n;
}

/* Byte at which character n begins. */
static size_t character_at(const struct value *text, size_t n)
{
    size_t i = 0;
    for (; i < text->length; i++)
        if (((unsigned char)text->text[i] & 0xC0) != 0x80 && n-- == 0)
            break;
    return i;
}

/* A whole number within -limit and limit; NaN is 0. */
static int whole_number(struct logic_eval *ev, const struct value *v, size_t limit, long long *out)
{
    double number;
    if (logic_number(ev, v, &number) < 0)
        return -1;
    if (isnan(number))
        *out = 0;
    else if (number > (double)limit)
        *out = (long long)limit;
    else if (number < -(double)limit)
        *out = -(long long)limit;
    else
        *out = (long long)number;
    return 0;
}

/* substr(text, start[, length]) of JavaScript; a length below zero leaves so many off at the end.
 */
int logic_substr(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    struct value text;
    if (logic_text(ev, &args[0], &text) < 0 || logic_spend_text(ev, text.length) < 0)
        return -1;
    size_t total = characters(&text);
    long long count = (long long)total, start, length = count;
    if (whole_number(ev, &args[1], total, &start) < 0 ||
        (n > 2 && whole_number(ev, &args[2], total, &length) < 0))
        return -1;
    start = start < 0 ? count + start : start;
    length = length < 0 ? count - start + length : length;
    if (length > count - start)
        length = count - start;
    if (length < 0)
        length = 0;
    size_t from = character_at(&text, (size_t)start);
    size_t to = character_at(&text, (size_t)(start + length));
    char *part = logic_take(ev, to - from + 1, 1);
    if (!part)
        return -1;
    memcpy(part, text.text + from, to - from);
    *out = value_text(part, to - from);
    return 0;
}

int logic_log(struct logic_eval *ev, const struct value *args, size_t n, struct value *out)
{
    (void)ev, (void)n;
    *out = args[0];
    return 0;
}
