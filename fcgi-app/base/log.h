/*
 * Logging: JSON lines on stdout (log_to), one write(2) each, so that lines of several
 * processes do not mix. A context carries what belongs to the request, so no
 * call has to remember it; NULL is the context of the process itself. What is
 * personal or secret is masked (mask.h).
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "err.h"

#include <stdint.h>

#define LOG_LEVELS(X) X(DEBUG, "debug") X(INFO, "info") X(WARN, "warn") X(ERROR, "error")

enum log_level {
#define X(name, text) LOG_##name,
    LOG_LEVELS(X)
#undef X
        LOG_LEVEL_COUNT
};

struct logctx {
    const char *request_id;
    const char *approval_id;
    const char *actor;
};

/* The least level that is written (default info), and the program's name in each line. */
void log_setup(enum log_level least, const char *program);
/* Where lines go: standard output, or standard error for programs that print results. */
void log_to(int fd);
int log_level_parse(const char *text, enum log_level *level, struct err *e);

/* event is a short name such as "request" or "rules.reloaded"; fmt the human sentence. */
void log_write(enum log_level level, const struct logctx *ctx, const char *event, const char *fmt,
               ...) __attribute__((format(printf, 4, 5)));

#define log_debug(ctx, ...) log_write(LOG_DEBUG, (ctx), __VA_ARGS__)
#define log_info(ctx, ...) log_write(LOG_INFO, (ctx), __VA_ARGS__)
#define log_warn(ctx, ...) log_write(LOG_WARN, (ctx), __VA_ARGS__)
#define log_error(ctx, ...) log_write(LOG_ERROR, (ctx), __VA_ARGS__)

/* The one line a request leaves. */
struct log_request {
    const char *method, *route, *path; /* route: the pattern that matched, NULL for none */
    int status;
    uint64_t bytes;
    int64_t us;
};
void log_request(const struct logctx *ctx, const struct log_request *r);

#endif
