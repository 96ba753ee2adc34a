/*
 * approvalctl's commands: one table, one file per command.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/settings.h"

struct command_call {
    struct arena *arena;
    char *const *env;
    struct settings settings;
    enum setting_origin *origins; /* by index into settings_table */
    int argc;                     /* of the command's own arguments */
    char **argv;
};

struct command {
    const char *name;
    const char *arguments; /* for the usage line; "" for none */
    const char *help;
    int (*run)(struct command_call *call, struct err *e);
};

/* Runs what argv (a program's whole) asks for; returns the exit code: 0, 1 for a failure, 2 for a
 * call that does not make sense. Errors go to stderr. */
int command_main(int argc, char **argv, char *const *env);

int cmd_config(struct command_call *call, struct err *e);
int cmd_migrate(struct command_call *call, struct err *e);

#endif
