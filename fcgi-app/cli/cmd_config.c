#include "command.h"

static const char *const origin_names[] = {
    [SETTING_DEFAULT] = "default",
    [SETTING_ENVIRONMENT] = "environment",
    [SETTING_FROM_FILE] = "file",
};

static int print_one(struct command_call *call, const char *name, struct err *e)
{
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        if (strcmp(row->name, name) != 0)
            continue;
        if (row->secret)
            return err_set(e, ERR_FORBIDDEN, "%s is a secret and is not printed", name);
        printf("%s\n", settings_value_text(call->arena, &call->settings, row));
        return 0;
    }
    return err_set(e, ERR_BAD_REQUEST, "there is no setting '%s'", name);
}

static int print_all(struct command_call *call)
{
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        const char *value = settings_value_text(call->arena, &call->settings, row);
        const char *shown = row->secret && *value ? "********" : value;
        printf("%s=%s  # %s\n", row->name, shown, origin_names[call->origins[i]]);
    }
    return 0;
}

static int check(struct command_call *call, struct err *e)
{
    const char *const *unknown = settings_unknown(call->arena, call->env);
    for (const char *const *name = unknown; *name; name++)
        fprintf(stderr, "approvalctl: %s is not a setting of this program\n", *name);
    if (*unknown)
        return err_set(e, ERR_INVALID, "there are unknown settings");
    printf("all settings are good\n");
    return 0;
}

int cmd_config(struct command_call *call, struct err *e)
{
    if (call->argc > 1)
        return err_set(e, ERR_BAD_REQUEST, "config takes at most one argument");
    if (call->argc == 0)
        return print_all(call);
    if (!strcmp(call->argv[0], "--check"))
        return check(call, e);
    return print_one(call, call->argv[0], e);
}
