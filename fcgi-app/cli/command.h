/*
 * approvalctl's commands: one table, one file per command.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/settings.h"
#include "service/service.h"

/* What commands need and only main can put together. */
struct command_world {
    /* The service on the settings' database. The store's errors. */
    int (*service_open)(const struct settings *s, struct service *out, struct err *e);
    void (*service_close)(struct service *sv);
};

struct command_call {
    struct arena *arena;
    char *const *env;
    const struct command_world *world;
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
int command_main(int argc, char **argv, char *const *env, const struct command_world *world);

int cmd_audit(struct command_call *call, struct err *e);
int cmd_config(struct command_call *call, struct err *e);
int cmd_group(struct command_call *call, struct err *e);
int cmd_issuer(struct command_call *call, struct err *e);
int cmd_key(struct command_call *call, struct err *e);
int cmd_migrate(struct command_call *call, struct err *e);
int cmd_rules(struct command_call *call, struct err *e);
int cmd_secrets(struct command_call *call, struct err *e);
int cmd_setup_link(struct command_call *call, struct err *e);
int cmd_token(struct command_call *call, struct err *e);
int cmd_user(struct command_call *call, struct err *e);
int cmd_verify(struct command_call *call, struct err *e);

#endif
