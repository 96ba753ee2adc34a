#include "log.h"

#include "clock.h"
#include "json.h"
#include "mask.h"

#include <stdarg.h>
#include <unistd.h>

static enum log_level least_level = LOG_INFO;
static const char *program_name = "approval";
static int log_fd = STDOUT_FILENO;

static const char *const level_names[] = {
#define X(name, text) [LOG_##name] = text,
    LOG_LEVELS(X)
#undef X
};
_Static_assert(sizeof level_names / sizeof *level_names == LOG_LEVEL_COUNT, "a name each");

void log_setup(enum log_level least, const char *program)
{
    least_level = least;
    program_name = program;
}

void log_to(int fd)
{
    log_fd = fd;
}

int log_level_parse(const char *text, enum log_level *level, struct err *e)
{
    for (int i = 0; i < LOG_LEVEL_COUNT; i++)
        if (!strcmp(text, level_names[i])) {
            *level = (enum log_level)i;
            return 0;
        }
    return err_set(e, ERR_INVALID, "must be debug, info, warn or error, not '%s'", text);
}

static void masked(struct jsonw *w, const char *key, const char *value)
{
    struct str text = STR_INIT;
    mask_add(&text, value);
    jsonw_kstring(w, key, text.len ? text.buf : "");
    str_release(&text);
}

static void optional(struct jsonw *w, const char *key, const char *value)
{
    if (value)
        masked(w, key, value);
}

static void line_start(struct jsonw *w, struct str *line, enum log_level level,
                       const struct logctx *ctx, const char *event)
{
    jsonw_init(w, line);
    jsonw_object(w);
    jsonw_ktime(w, "time", clock_now(&clock_real));
    jsonw_kstring(w, "level", level_names[level]);
    jsonw_kstring(w, "program", program_name);
    jsonw_kint(w, "pid", getpid());
    jsonw_kstring(w, "event", event);
    if (!ctx)
        return;
    optional(w, "request_id", ctx->request_id);
    optional(w, "approval_id", ctx->approval_id);
    optional(w, "actor", ctx->actor);
}

static void line_end(struct jsonw *w, struct str *line)
{
    jsonw_end(w);
    str_addch(line, '\n');
    for (size_t done = 0; done < line->len;) {
        ssize_t n = write(log_fd, line->buf + done, line->len - done);
        if (n <= 0)
            break; /* nobody reads: there is nowhere left to say so */
        done += (size_t)n;
    }
    str_release(line);
}

void log_write(enum log_level level, const struct logctx *ctx, const char *event, const char *fmt,
               ...)
{
    if (level < least_level)
        return;
    struct str message = STR_INIT, line = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&message, fmt, ap);
    va_end(ap);

    struct jsonw w;
    line_start(&w, &line, level, ctx, event);
    masked(&w, "message", message.len ? message.buf : "");
    line_end(&w, &line);
    str_release(&message);
}

void log_request(const struct logctx *ctx, const struct log_request *r)
{
    if (LOG_INFO < least_level)
        return;
    struct str line = STR_INIT;
    struct jsonw w;
    line_start(&w, &line, LOG_INFO, ctx, "request");
    jsonw_kstring(&w, "method", r->method);
    optional(&w, "route", r->route);
    masked(&w, "path", r->path);
    jsonw_kint(&w, "status", r->status);
    jsonw_kint(&w, "bytes", (int64_t)r->bytes);
    jsonw_key(&w, "ms");
    char ms[32];
    snprintf(ms, sizeof ms, "%lld.%03d", (long long)(r->us / 1000), (int)(r->us % 1000));
    jsonw_raw(&w, ms);
    line_end(&w, &line);
}
