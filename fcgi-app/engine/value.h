/*
 * Reading values, and numbers as JavaScript reads and writes them: what the
 * evaluator of JSONLogic needs below its operators. logic.h has struct value.
 */
#ifndef ENGINE_VALUE_H
#define ENGINE_VALUE_H

#include "logic.h"

/* Of an ARRAY; 0 for anything else. */
size_t value_count(const struct value *v);
/* Element i of an ARRAY; i is below value_count. */
struct value value_at(const struct value *v, size_t i);
/* false: v is no OBJECT or has no such member; a member may be null. */
bool value_member(const struct value *v, const char *key, struct value *out);
/* Text of n bytes, with a NUL behind them. */
struct value value_text(const char *text, size_t n);
/* An ARRAY of values made by a rule. Its height is what its items make it, 255 at most. */
struct value value_list(const struct value *items, size_t count);

/* === of JavaScript (ECMA-262, IsStrictlyEqual): lists and objects equal only themselves. */
bool value_same(const struct value *a, const struct value *b);
/* Texts by bytes, which is by code points: <0, 0, >0. */
int value_text_compare(const struct value *a, const struct value *b);

/* StringToNumber of ECMA-262: white space around it is passed over, "" is 0, "0x1f" is 31, what is
 * no number is NaN. A NUL stands behind the len bytes of text. */
double number_of_text(const char *text, size_t len);
/* parseFloat: the number that text begins with, NaN when there is none. */
double number_leading(const char *text, size_t len);
/* Number::toString of ECMA-262: the fewest digits that read back as d, "1e+21", "NaN". */
void number_add(struct str *out, double d);

#endif
