#include "command.h"

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

/* The result is printed, not sent. */
static void render_nothing(struct str *out, const void *result)
{
    (void)out, (void)result;
}

static int set(struct command_call *call, struct service *sv, struct err *e)
{
    static const struct principal tool = {.subject = "approvalctl", .trusted = true};
    static const struct render render = {.result = render_nothing};
    struct logctx log = {.actor = tool.subject};
    struct answer answer;
    struct call c = {.arena = call->arena, .who = &tool, .log = &log, .render = &render};
    const char *reason = call->argc > 2 ? call->argv[2] : NULL;
    return manual_only_set(sv, &c, !strcmp(call->argv[1], "on"), reason, &answer, e);
}

static int run(struct command_call *call, struct service *sv, struct err *e)
{
    struct switch_row row;
    if (call->argc > 1 && set(call, sv, e) < 0)
        return -1;
    if (manual_only_read(sv, call->arena, &row, e) < 0)
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
    struct service sv;
    if (call->world->service_open(&call->settings, &sv, e) < 0)
        return -1;
    int rc = run(call, &sv, e);
    call->world->service_close(&sv);
    return rc;
}
