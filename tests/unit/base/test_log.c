#include "base/log.h"

#include "base/json.h"
#include "check.h"

#include <fcntl.h>
#include <unistd.h>

/* Runs fn with stdout going to a file and gives what it wrote. */
static char *captured(void (*fn)(void), char *buf, size_t size)
{
    char path[] = "/tmp/test_log.XXXXXX";
    int fd = mkstemp(path);
    CHECK_FATAL(fd >= 0);
    unlink(path);
    fflush(stdout);
    int saved = dup(STDOUT_FILENO);
    dup2(fd, STDOUT_FILENO);
    fn();
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ssize_t n = pread(fd, buf, size - 1, 0);
    close(fd);
    buf[n > 0 ? n : 0] = '\0';
    return buf;
}

static const struct json *parse_line(struct arena *a, const char *line)
{
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    size_t n = strcspn(line, "\n");
    CHECK_INT(line[n], '\n');
    CHECK_INT(json_parse(a, line, n, &limits, &v, &e), 0);
    return v;
}

static void write_message(void)
{
    struct logctx ctx = {.request_id = "req-1", .approval_id = "appr-1", .actor = "al\"ice"};
    log_warn(&ctx, "test.event", "a \"quoted\"\nline %d", 7);
}

static void test_message(void)
{
    char buf[1024];
    struct arena *a = arena_new();
    const struct json *v = parse_line(a, captured(write_message, buf, sizeof buf));
    CHECK_STR(json_string(json_get(v, "level"), NULL), "warn");
    CHECK_STR(json_string(json_get(v, "event"), NULL), "test.event");
    CHECK_STR(json_string(json_get(v, "message"), NULL), "a \"quoted\"\nline 7");
    CHECK_STR(json_string(json_get(v, "request_id"), NULL), "req-1");
    CHECK_STR(json_string(json_get(v, "approval_id"), NULL), "appr-1");
    CHECK_STR(json_string(json_get(v, "actor"), NULL), "al\"ice");
    CHECK_INT(json_int(json_get(v, "pid")), getpid());
    arena_free(&a);
}

static void write_request(void)
{
    struct log_request r = {.method = "GET",
                            .route = "/a/{id}",
                            .path = "/a/1",
                            .status = 200,
                            .bytes = 12,
                            .us = 1234};
    log_request(NULL, &r);
}

static void test_request_line(void)
{
    char buf[1024];
    struct arena *a = arena_new();
    const struct json *v = parse_line(a, captured(write_request, buf, sizeof buf));
    CHECK_STR(json_string(json_get(v, "route"), NULL), "/a/{id}");
    CHECK_INT(json_int(json_get(v, "status")), 200);
    CHECK_INT((int)(json_double(json_get(v, "ms")) * 1000 + 0.5), 1234);
    CHECK(json_get(v, "request_id") == NULL);
    arena_free(&a);
}

static void write_below_level(void)
{
    log_setup(LOG_ERROR, "test");
    log_warn(NULL, "test", "not this");
    write_request();
    log_error(NULL, "test", "only this");
    log_setup(LOG_INFO, "test");
}

static void test_level(void)
{
    char buf[1024];
    captured(write_below_level, buf, sizeof buf);
    CHECK(strstr(buf, "not this") == NULL);
    CHECK(strstr(buf, "only this") != NULL);
    CHECK_INT(strchr(buf, '\n') - buf, (long long)strlen(buf) - 1);
    enum log_level level = LOG_DEBUG;
    struct err e = ERR_INIT;
    CHECK_INT(log_level_parse("warn", &level, &e), 0);
    CHECK_INT(level, LOG_WARN);
    CHECK_INT(log_level_parse("loud", &level, &e), -1);
}

int main(void)
{
    static const struct test tests[] = {
        {"a message is one JSON line", test_message},
        {"a request is one JSON line", test_request_line},
        {"levels", test_level},
    };
    return check_main("base/log", tests, sizeof tests / sizeof *tests);
}
