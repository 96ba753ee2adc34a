#include "command.h"

#include "base/clock.h"
#include "service/audit.h"
#include "store/migrate.h"

static int print_status(struct command_call *call, bool pending_only, struct err *e)
{
    struct migration_state *rows;
    size_t n;
    if (migrate_status(call->arena, call->settings.db_path, &rows, &n, e) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        char at[TIME_TEXT_SIZE];
        if (!rows[i].applied)
            printf("%s  would be applied\n", rows[i].name);
        else if (!pending_only)
            printf("%s  applied %s\n", rows[i].name, time_text(rows[i].applied_at, at));
    }
    return 0;
}

/* What the audit log held before there was a key is sealed before anything is added. */
static int seal(struct command_call *call, struct err *e)
{
    struct settings settings = call->settings;
    struct service sv;
    if (!*settings.audit_key)
        return 0;
    settings.auth = false; /* nobody signs in here */
    if (call->world->service_open(&settings, &sv, e) < 0)
        return -1;
    int rc = audit_seal(&sv, call->arena, e);
    call->world->service_close(&sv);
    return rc;
}

static int apply(struct command_call *call, struct err *e)
{
    size_t applied;
    if (migrate_up(call->settings.db_path, &applied, e) < 0)
        return -1;
    printf("%s: %zu migration%s applied\n", call->settings.db_path, applied,
           applied == 1 ? "" : "s");
    return seal(call, e);
}

int cmd_migrate(struct command_call *call, struct err *e)
{
    if (call->argc == 0)
        return apply(call, e);
    if (call->argc == 1 && !strcmp(call->argv[0], "--status"))
        return print_status(call, false, e);
    if (call->argc == 1 && !strcmp(call->argv[0], "--dry-run"))
        return print_status(call, true, e);
    return err_set(e, ERR_BAD_REQUEST, "migrate takes --status, --dry-run or nothing");
}
