/* What the tests of JSONLogic share: from a rule's text to its value's. */
#ifndef TESTS_LOGIC_RULES_H
#define TESTS_LOGIC_RULES_H

#include "logic_world.h"

static inline const struct logic *rule_compile(const char *rule)
{
    problems_init(&problems, arena);
    return logic_compile(arena, parsed(rule), "/c", &problems);
}

static inline int run(const char *rule, const char *data, struct value *out)
{
    const struct logic *compiled = rule_compile(rule);
    const struct value v = value_json(parsed(data));
    err = (struct err)ERR_INIT;
    if (!compiled) {
        fprintf(stderr, "%.200s: %s\n", rule, problems_shown());
        CHECK_FATAL(compiled != NULL);
    }
    return logic_evaluate(arena, compiled, &v, out, &err);
}

/* What the rule gives, as text; "error" and so on when a bound was passed. */
static inline const char *result(const char *rule, const char *data)
{
    struct value out = value_null();
    if (run(rule, data, &out) == 0)
        return shown(&out);
    CHECK_INT(err.kind, ERR_INVALID);
    return err.message;
}

static inline const char *refused(const char *rule)
{
    CHECK(rule_compile(rule) == NULL);
    CHECK(problems.count > 0);
    return problems_shown();
}

#endif
