#include "command.h"

#include "service/audit.h"
#include "view/view_audit.h"

#include <errno.h>

#define EXPORT_PAGE 500

struct options {
    struct audit_span span;
    int64_t after;
};

static int read_number(const char *name, const char *text, int64_t *out, struct err *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno)
        return err_set(e, ERR_BAD_REQUEST, "%s takes the number of an entry, not '%s'", name, text);
    *out = n;
    return 0;
}

/* ---- verify ---- */

static int verify(struct command_call *call, struct service *sv, const struct options *o,
                  struct err *e)
{
    struct audit_check check;
    if (audit_verify(sv, call->arena, &o->span, &check, e) < 0)
        return -1;
    if (!check.ok)
        return err_set(e, ERR_CONFLICT, "the audit log is not whole: %s", check.reason);
    printf("the audit log is whole: %lld entries were checked", (long long)check.entries);
    if (check.head.id)
        printf("; its head is %lld:%s", (long long)check.head.id, check.head.mac);
    putchar('\n');
    return 0;
}

/* ---- head ---- */

static int head(struct command_call *call, struct service *sv, const struct options *o,
                struct err *e)
{
    (void)o;
    struct audit_head newest;
    if (audit_head_read(sv, call->arena, &newest, e) < 0)
        return -1;
    if (!newest.id)
        return err_set(e, ERR_NOT_FOUND, "the audit log has no entry yet");
    if (newest.unsealed)
        return err_set(e, ERR_CONFLICT,
                       "the newest entry, %lld, has no mac: 'approvalctl migrate' seals what was "
                       "there before there was a key",
                       (long long)newest.id);
    printf("%lld:%s\n", (long long)newest.id, newest.mac);
    return 0;
}

/* ---- export ---- */

static int write_lines(const struct audit_list *list, struct str *out, struct err *e)
{
    str_clear(out);
    for (size_t i = 0; i < list->count; i++)
        view_audit_line(out, &list->rows[i]);
    if (fwrite(out->buf, 1, out->len, stdout) != out->len || fflush(stdout) == EOF)
        return err_set(e, ERR_INTERNAL, "cannot write: %s", strerror(errno));
    return 0;
}

static int export_pages(struct service *sv, struct arena *arena, int64_t after, struct err *e)
{
    struct str lines = STR_INIT;
    struct audit_filter f = {.after_id = after ? after : INT64_MIN, .limit = EXPORT_PAGE};
    struct audit_list list = {.count = 1};
    int rc = 0;
    while (rc == 0 && list.count) {
        rc = audit_read_list(sv, arena, &f, &list, e);
        if (rc == 0)
            rc = write_lines(&list, &lines, e);
        if (rc == 0 && list.count)
            f.after_id = list.rows[list.count - 1].id;
        arena_reset(arena);
    }
    str_release(&lines);
    return rc;
}

static int export(struct command_call *call, struct service *sv, const struct options *o,
                  struct err *e)
{
    (void)call;
    struct arena *arena = arena_new();
    int rc = export_pages(sv, arena, o->after, e);
    arena_free(&arena);
    return rc;
}

/* ---- rekey ---- */

static int rekey(struct command_call *call, struct service *sv, const struct options *o,
                 struct err *e)
{
    (void)o;
    if (audit_rekey(sv, call->arena, e) < 0)
        return -1;
    printf("the audit log goes on under the key %s\n", sv->audit_keys->id);
    return 0;
}

/* ---- all of them ---- */

static const struct part {
    const char *name;
    int (*run)(struct command_call *call, struct service *sv, const struct options *o,
               struct err *e);
    bool checks; /* takes --from and --head */
    bool lists;  /* takes --after */
} parts[] = {
    {.name = "verify", .run = verify, .checks = true},
    {.name = "head", .run = head},
    {.name = "export", .run = export, .lists = true},
    {.name = "rekey", .run = rekey},
};

static const struct part *part_find(const struct command_call *call, struct err *e)
{
    for (size_t i = 0; call->argc && i < sizeof parts / sizeof *parts; i++)
        if (!strcmp(parts[i].name, call->argv[0]))
            return &parts[i];
    err_set(e, ERR_BAD_REQUEST, "audit takes verify, head, export or rekey");
    return NULL;
}

static int read_option(const struct part *part, const char *name, const char *value,
                       struct options *o, struct err *e)
{
    if (part->checks && !strcmp(name, "--from"))
        return read_number(name, value, &o->span.from, e);
    if (part->lists && !strcmp(name, "--after"))
        return read_number(name, value, &o->after, e);
    if (!part->checks || strcmp(name, "--head") != 0)
        return err_set(e, ERR_BAD_REQUEST, "audit %s does not take '%s'", part->name, name);
    o->span.kept = value;
    return 0;
}

static int read_options(const struct command_call *call, const struct part *part, struct options *o,
                        struct err *e)
{
    for (int i = 1; i < call->argc; i += 2) {
        if (i + 1 == call->argc)
            return err_set(e, ERR_BAD_REQUEST, "audit %s: '%s' lacks its value, or is not known",
                           part->name, call->argv[i]);
        if (read_option(part, call->argv[i], call->argv[i + 1], o, e) < 0)
            return -1;
    }
    return 0;
}

int cmd_audit(struct command_call *call, struct err *e)
{
    struct options options = {0};
    struct settings settings = call->settings;
    struct service sv;
    const struct part *part = part_find(call, e);
    settings.auth = false; /* nobody signs in here */
    if (!part || read_options(call, part, &options, e) < 0 ||
        call->world->service_open(&settings, &sv, e) < 0)
        return -1;
    int rc = part->run(call, &sv, &options, e);
    call->world->service_close(&sv);
    return rc;
}
