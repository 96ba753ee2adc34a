#include "console.h"

#include "base/clock.h"
#include "service/setup_link.h"

#define PAGE 200

static const struct principal operator_principal = {.subject = "approvalctl", .trusted = true};

/* Results are printed, not sent. */
static void render_nothing(struct str *out, const void *result)
{
    (void)out, (void)result;
}

int console_open(struct command_call *call, struct console *out, struct err *e)
{
    static const struct render render = {.result = render_nothing};
    *out = (struct console){
        .arena = call->arena,
        .world = call->world,
        .log = {.actor = operator_principal.subject},
    };
    out->call = (struct call){
        .arena = call->arena,
        .who = &operator_principal,
        .log = &out->log,
        .render = &render,
    };
    return call->world->service_open(&call->settings, &out->sv, e);
}

void console_close(struct console *c)
{
    c->world->service_close(&c->sv);
}

/* ---- verbs ---- */

static int wrong_use(const char *command, const struct verb *v, struct err *e)
{
    return err_set(e, ERR_BAD_REQUEST, "usage: approvalctl %s%s%s%s%s", command, v->name ? " " : "",
                   v->name ? v->name : "", *v->arguments ? " " : "", v->arguments);
}

static int verb_run(struct command_call *call, const char *command, const struct verb *v, int argc,
                    char **argv, struct err *e)
{
    struct options options;
    struct console console;
    if (options_read(call->arena, argc, argv, v->options, &options, e) < 0)
        return err_prefix(e, "%s%s%s", command, v->name ? " " : "", v->name ? v->name : "");
    if (options.operands.count < v->least || options.operands.count > v->most)
        return wrong_use(command, v, e);
    if (console_open(call, &console, e) < 0)
        return -1;
    int rc = v->run(&console, &options, e);
    console_close(&console);
    return rc;
}

int console_run(struct command_call *call, const char *command, const struct verb *verbs, size_t n,
                struct err *e)
{
    struct str names = STR_INIT;
    for (size_t i = 0; i < n; i++) {
        if (call->argc && !strcmp(verbs[i].name, call->argv[0])) {
            str_release(&names);
            return verb_run(call, command, &verbs[i], call->argc - 1, call->argv + 1, e);
        }
        str_addf(&names, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", verbs[i].name);
    }
    err_set(e, ERR_BAD_REQUEST, "%s takes %s", command, names.buf);
    str_release(&names);
    return -1;
}

int console_run_one(struct command_call *call, const char *command, const struct verb *verb,
                    struct err *e)
{
    return verb_run(call, command, verb, call->argc, call->argv, e);
}

/* ---- bodies ---- */

void body_begin(struct body *b)
{
    str_init(&b->text);
    jsonw_init(&b->w, &b->text);
    jsonw_object(&b->w);
}

void body_texts(struct body *b, const char *key, const struct texts *texts)
{
    jsonw_key(&b->w, key);
    jsonw_array(&b->w);
    for (size_t i = 0; i < texts->count; i++)
        jsonw_string(&b->w, texts->list[i]);
    jsonw_end(&b->w);
}

int body_end(struct console *c, struct body *b, const struct json **out, struct err *e)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    jsonw_end(&b->w);
    int rc = json_parse(c->arena, b->text.buf, b->text.len, &limits, out, e);
    str_release(&b->text);
    return rc;
}

/* ---- printing ---- */

void print_text(const char *text, char after)
{
    printf("%s%c", text ? text : "-", after);
}

void print_texts(const char *const *texts, size_t n, char after)
{
    for (size_t i = 0; i < n; i++)
        printf("%s%s", i ? "," : "", texts[i]);
    print_text(n ? "" : NULL, after);
}

void print_time(int64_t us, char after)
{
    char text[TIME_TEXT_SIZE];
    print_text(us ? time_text(us, text) : NULL, after);
}

int print_pages(struct console *c,
                int (*one)(struct console *c, struct arena *arena, struct page *page, bool *more,
                           struct err *e),
                struct err *e)
{
    struct arena *last = arena_new(); /* of the id to go on after */
    struct page page = {.limit = PAGE};
    bool more = true;
    int rc = 0;
    while (rc == 0 && more) {
        struct arena *next = arena_new();
        rc = one(c, next, &page, &more, e);
        arena_free(&last);
        last = next;
    }
    arena_free(&last);
    return rc;
}

void print_setup_link(const struct console *c, const char *user_id, const char *token)
{
    const char *refusal = site_refusal(&c->sv.site);
    fprintf(stderr, "With this link %s can set a password, within %d hours and once:\n", user_id,
            SETUP_HOURS);
    printf("%s/setup?token=%s\n", c->sv.site.origin, token);
    fflush(stdout); /* in this order on a terminal, too */
    if (refusal)
        fprintf(stderr, "But: %s\n", refusal);
}
