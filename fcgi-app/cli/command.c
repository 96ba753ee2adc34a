#include "command.h"

static const struct command commands[] = {
    {"config", "[--check | NAME]",
     "print the settings in force and where each comes from; one value; or fail on unknown ones",
     cmd_config},
    {"migrate", "[--status | --dry-run]",
     "bring the database to this program's schema; show what is and what would be applied",
     cmd_migrate},
    {"rules", "manual-only [on | off] [REASON]",
     "stop all automatic approval at once, in every process, or allow it again; show which it is",
     cmd_rules},
    {"verify", "[APPROVAL]",
     "run the recorded history of approvals again and compare it with what is stored", cmd_verify},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static int usage(FILE *to, int code)
{
    fprintf(to, "usage: approvalctl COMMAND\n\nSettings come from the environment.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %s %s\n        %s\n", commands[i].name, commands[i].arguments,
                commands[i].help);
    return code;
}

static int exit_code(enum err_kind kind)
{
    return kind == ERR_BAD_REQUEST ? 2 : 1;
}

static int run(const struct command *c, struct command_call *call, struct err *e)
{
    if (settings_read(call->arena, call->env, &call->settings, call->origins, e) < 0)
        return -1;
    /* Diagnostics of the layers below must not mix with what the command prints. */
    log_setup(LOG_ERROR, "approvalctl");
    return c->run(call, e);
}

int command_main(int argc, char **argv, char *const *env, const struct command_world *world)
{
    if (argc < 2)
        return usage(stderr, 2);
    if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))
        return usage(stdout, 0);
    const struct command *c = NULL;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, argv[1]))
            c = &commands[i];
    if (!c) {
        fprintf(stderr, "approvalctl: there is no command '%s'\n", argv[1]);
        return usage(stderr, 2);
    }
    struct arena *arena = arena_new();
    struct command_call call = {
        .arena = arena,
        .env = env,
        .world = world,
        .origins = arena_array(arena, settings_count, sizeof *call.origins),
        .argc = argc - 2,
        .argv = argv + 2,
    };
    struct err e = ERR_INIT;
    int code = 0;
    if (run(c, &call, &e) < 0) {
        fprintf(stderr, "approvalctl: %s\n", e.message);
        code = exit_code(e.kind);
    }
    arena_free(&arena);
    return code;
}
