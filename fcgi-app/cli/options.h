/*
 * The options that approvalctl's commands take, in one table; each command
 * says which of them are its own. "--name VALUE" or "--name=VALUE", between
 * operands or after them; "--" ends them.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option {
    OPTION_NAME,
    OPTION_EMAIL,
    OPTION_ROLE,
    OPTION_WORKFLOW,
    OPTION_ACT_AS,
    OPTION_DAYS,
    OPTION_MINUTES,
    OPTION_FIRST,
    OPTION_NONE,
    OPTION_COUNT
};

struct texts {
    const char *const *list;
    size_t count;
};

/* What was not said is NULL, 0, false or empty. */
struct options {
    const char *name, *email;
    struct texts roles, workflows, act_as; /* as often as each was given */
    int64_t days, minutes;
    bool first, none;
    struct texts operands;
};

/* allowed: a bit for each enum option. ERR_BAD_REQUEST for an option that is not allowed, lacks its
 * value or was given twice though it is no list, a number that is none or out of range, and text
 * that is not UTF-8. Lists live in the arena, texts where argv does. */
int options_read(struct arena *arena, int argc, char **argv, unsigned allowed, struct options *out,
                 struct err *e);

#endif
