#include "console.h"

#include "base/clock.h"
#include "base/fields.h"
#include "service/manual_only.h"

static void print(const struct switch_row *row)
{
    char at[TIME_TEXT_SIZE];
    printf("manual-only is %s", row->on ? "on: people decide everything" : "off");
    if (row->changed_at)
        printf(", since %s by %s", time_text(row->changed_at, at), row->changed_by);
    if (row->reason)
        printf(": %s", row->reason);
    putchar('\n');
}

static int run(struct command_call *call, struct console *c, struct err *e)
{
    struct switch_row row;
    struct answer answer;
    const char *reason = call->argc > 2 ? call->argv[2] : NULL;
    if (call->argc > 1 &&
        manual_only_set(&c->sv, &c->call, !strcmp(call->argv[1], "on"), reason, &answer, e) < 0)
        return -1;
    if (manual_only_read(&c->sv, call->arena, &row, e) < 0)
        return -1;
    print(&row);
    return 0;
}

static bool makes_sense(const struct command_call *call)
{
    if (call->argc < 1 || call->argc > 3 || strcmp(call->argv[0], "manual-only") != 0)
        return false;
    return call->argc == 1 || !strcmp(call->argv[1], "on") || !strcmp(call->argv[1], "off");
}

static bool is_reason(const char *text)
{
    size_t n = strlen(text);
    return utf8_valid(text, n) && fields_is_id(text, n, MANUAL_ONLY_REASON_MAX);
}

int cmd_rules(struct command_call *call, struct err *e)
{
    if (!makes_sense(call))
        return err_set(e, ERR_BAD_REQUEST, "rules takes manual-only, then on or off and a reason");
    if (call->argc > 2 && !is_reason(call->argv[2]))
        return err_set(e, ERR_BAD_REQUEST, "the reason must be a line of at most %d characters",
                       MANUAL_ONLY_REASON_MAX);
    struct console console;
    if (console_open(call, &console, e) < 0)
        return -1;
    int rc = run(call, &console, e);
    console_close(&console);
    return rc;
}
