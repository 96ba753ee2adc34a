#include "command.h"

#include <unistd.h>

#include "base/problems.h"

static const struct command commands[] = {
    {"audit", "verify [--from ID] [--head ID:MAC] | head | export [--after ID] | rekey",
     "prove the audit log whole or name the first entry that is not; print what to keep elsewhere; "
     "write the entries as JSON lines; go on where the key before is lost",
     cmd_audit},
    {"config", "[--check | NAME]",
     "print the settings in force and where each comes from; one value; or fail on unknown ones",
     cmd_config},
    {"group",
     "add ID [--name NAME] [MEMBER]... | list | show ID | members ID MEMBER... | remove ID",
     "the groups of people", cmd_group},
    {"issuer", "fetch | watch | show",
     "fetch the keys that tokens of APPROVAL_OIDC_ISSUER are verified with; do so whenever it is "
     "time, until told to stop; show them",
     cmd_issuer},
    {"key",
     "create USER --name NAME [--role ROLE]... [--workflow ID]... [--act-as USER]... [--days N] | "
     "list | revoke ID",
     "API keys, for services and agents: a new one alone on stdout; all there are", cmd_key},
    {"migrate", "[--status | --dry-run]",
     "bring the database to this program's schema; show what is and what would be applied",
     cmd_migrate},
    {"rules", "manual-only [on | off] [REASON]",
     "stop all automatic approval at once, in every process, or allow it again; show which it is",
     cmd_rules},
    {"secrets", "", "make the keys that are not set, each a file beside the database", cmd_secrets},
    {"setup-link", "[--first] [USER]",
     "make a link with which a user sets a password; --first: for the first administrator, where "
     "nobody can sign in yet",
     cmd_setup_link},
    {"token", "issue USER [--minutes N] | revoke USER",
     "an access token for a user, alone on stdout; end all that a user is signed in with",
     cmd_token},
    {"user",
     "add ID [--name NAME] [--email ADDRESS] [--role ROLE]... | list | show ID | roles ID ROLE... "
     "| "
     "remove ID | link ID ISSUER SUBJECT | setup-link ID",
     "the people: who there is, what each may do, who somebody is that signs in elsewhere",
     cmd_user},
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

/* The message names the first of what does not fit. */
static void print_error(const struct err *e)
{
    fprintf(stderr, "approvalctl: %s\n", e->message);
    for (const struct problem *p = e->problems ? e->problems->first->next : NULL; p; p = p->next)
        fprintf(stderr, "approvalctl: %s: %s\n", p->pointer, p->detail);
}

static int run(const struct command *c, struct command_call *call, struct err *e)
{
    if (settings_read(call->arena, call->env, &call->settings, call->origins, e) < 0)
        return -1;
    /* Diagnostics of the layers below must not mix with what the command prints. */
    log_setup(LOG_ERROR, "approvalctl");
    log_to(STDERR_FILENO);
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
        print_error(&e);
        code = exit_code(e.kind);
    }
    arena_free(&arena);
    return code;
}
