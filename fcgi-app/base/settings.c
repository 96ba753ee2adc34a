#include "settings.h"

#include "str.h"

#include <errno.h>
#include <inttypes.h>

#define IN(member) .offset = offsetof(struct settings, member)

const struct setting settings_table[] = {
    {.name = "PORT",
     .kind = SETTING_INT,
     .fallback = "8003",
     .min = 1,
     .max = 65535,
     .help = "Where HTTP is served.",
     IN(port)},
    {.name = "APPROVAL_LISTEN",
     .kind = SETTING_TEXT,
     .fallback = "127.0.0.1",
     .help = "Address that HTTP is served on; 0.0.0.0 is every IPv4 address of the machine.",
     IN(listen_address)},
    {.name = "APPROVAL_DB_PATH",
     .kind = SETTING_TEXT,
     .fallback = "data/approval_workflows.db",
     .help = "The SQLite database file; its folder must be writable and on a local disk.",
     IN(db_path)},
    {.name = "APPROVAL_RUN_DIR",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help =
         "Folder of sockets, pid files and locks; when not set, `run` beside the database file.",
     IN(run_dir)},
    {.name = "APPROVAL_AUTH",
     .kind = SETTING_ON_OFF,
     .fallback = "on",
     .help = "`on` lets in only who can prove who they are; `off` lets in and believes everybody.",
     IN(auth)},
    {.name = "APPROVAL_RULES_PATH",
     .kind = SETTING_TEXT,
     .fallback = "examples/rules.json",
     .help = "The auto-approval rules file, read again when it changes; `none` for no rules.",
     IN(rules_path)},
    {.name = "APPROVAL_PROCESSES",
     .kind = SETTING_INT,
     .fallback = "2",
     .min = 1,
     .max = 64,
     .help = "Processes in the pool.",
     IN(processes)},
    {.name = "APPROVAL_THREADS",
     .kind = SETTING_INT,
     .fallback = "16",
     .min = 1,
     .max = 256,
     .help = "Threads in each process, which is how many requests it answers at a time.",
     IN(threads)},
    {.name = "APPROVAL_MAX_BODY",
     .kind = SETTING_INT,
     .fallback = "1048576",
     .min = 1024,
     .max = 67108864,
     .help = "Largest request body, in bytes.",
     IN(max_body)},
    {.name = "LOG_LEVEL",
     .kind = SETTING_LOG_LEVEL,
     .fallback = "info",
     .help = "Least level that is logged: debug, info, warn or error.",
     IN(log_level)},
    {.name = "APPROVAL_APP_TEMPLATES",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help =
         "Folder of HTML templates to use instead of the built-in ones; kept for the pages with "
         "templates, which this version does not have yet.",
     IN(templates)},
    {.name = "ASSISTANTS_BASE",
     .kind = SETTING_TEXT,
     .fallback = "http://assistants:8002",
     .help = "Base URL of the assistants service; checked and kept for drafts, which this version "
             "does not have yet.",
     IN(assistants_base)},
    {.name = "APPROVAL_JWT_SECRET",
     .kind = SETTING_TEXT,
     .fallback = "",
     .secret = true,
     .help = "Key of at least 32 bytes that tokens are signed with (HS256); checked and kept for "
             "sign-in, which this version does not have yet.",
     IN(jwt_secret)},
    {.name = "APPROVAL_TOKEN_EXPIRE_MINUTES",
     .kind = SETTING_INT,
     .fallback = "60",
     .min = 1,
     .max = 525600,
     .help = "Life of a token we issue, in minutes; checked and kept for sign-in, which this "
             "version does not have yet.",
     IN(token_expire_minutes)},
};
const size_t settings_count = sizeof settings_table / sizeof *settings_table;

#define SECRET_FILE_MAX ((size_t)64 * 1024)
#define SECRET_MIN ((size_t)32)

/* The value of name, with suffix, in env; NULL when not set or empty. */
static const char *env_get(char *const *env, const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    for (; *env; env++)
        if (!strncmp(*env, name, n) && !strncmp(*env + n, suffix, m) && (*env)[n + m] == '=')
            return (*env)[n + m + 1] ? *env + n + m + 1 : NULL;
    return NULL;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return true;
    return false;
}

static int read_text(const struct setting *row, const char *text, void *target, struct err *e)
{
    if (!row->secret && has_control(text))
        return err_set(e, ERR_INVALID, "must not contain line breaks or other control characters");
    *(const char **)target = text;
    return 0;
}

static int read_int(const struct setting *row, const char *text, void *target, struct err *e)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    bool digits = text[strspn(text, "0123456789")] == '\0' && end > text;
    if (!digits || errno || n < row->min || n > row->max)
        return err_set(e, ERR_INVALID,
                       "must be a whole number from %" PRId64 " to %" PRId64 ", not '%s'", row->min,
                       row->max, text);
    *(int64_t *)target = n;
    return 0;
}

static int read_on_off(const struct setting *row, const char *text, void *target, struct err *e)
{
    (void)row;
    bool on = !strcmp(text, "on");
    if (!on && strcmp(text, "off") != 0)
        return err_set(e, ERR_INVALID, "must be on or off, not '%s'", text);
    *(bool *)target = on;
    return 0;
}

static int read_log_level(const struct setting *row, const char *text, void *target, struct err *e)
{
    (void)row;
    return log_level_parse(text, target, e);
}

static int (*const readers[])(const struct setting *, const char *, void *, struct err *) = {
    [SETTING_TEXT] = read_text,
    [SETTING_INT] = read_int,
    [SETTING_ON_OFF] = read_on_off,
    [SETTING_LOG_LEVEL] = read_log_level,
};

/* Reads at most one byte more than a secret may have. */
static int file_read(const char *path, struct str *out, struct err *e)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    str_reserve(out, SECRET_FILE_MAX + 1);
    out->len = fread(out->buf, 1, SECRET_FILE_MAX + 1, f);
    out->buf[out->len] = '\0';
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    if (failed)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(failed));
    return 0;
}

static void line_break_strip(struct str *s)
{
    if (s->len && s->buf[s->len - 1] == '\n')
        s->buf[--s->len] = '\0';
    if (s->len && s->buf[s->len - 1] == '\r')
        s->buf[--s->len] = '\0';
}

static int secret_check(const char *path, const struct str *content, struct err *e)
{
    if (content->len > SECRET_FILE_MAX)
        return err_set(e, ERR_INVALID, "%s is larger than %zu bytes", path, SECRET_FILE_MAX);
    if (!content->len)
        return err_set(e, ERR_INVALID, "%s is empty", path);
    if (memchr(content->buf, '\0', content->len))
        return err_set(e, ERR_INVALID, "%s must not contain NUL bytes", path);
    return 0;
}

static int secret_read(struct arena *arena, const char *path, const char **value, struct err *e)
{
    struct str content = STR_INIT;
    int result = file_read(path, &content, e);
    if (!result) {
        line_break_strip(&content);
        result = secret_check(path, &content, e);
    }
    if (!result)
        *value = arena_strndup(arena, content.buf, content.len);
    explicit_bzero(content.buf, content.len);
    str_release(&content);
    return result;
}

/* The text of one setting, and where it came from. */
static int find(struct arena *arena, char *const *env, const struct setting *row, const char **text,
                enum setting_origin *origin, struct err *e)
{
    const char *value = env_get(env, row->name, "");
    const char *path = row->secret ? env_get(env, row->name, "_FILE") : NULL;
    if (value && path)
        return err_set(e, ERR_INVALID, "%s and %s_FILE are both set; only one may be", row->name,
                       row->name);
    if (path) {
        *origin = SETTING_FROM_FILE;
        return secret_read(arena, path, text, e) ? err_prefix(e, "%s_FILE", row->name) : 0;
    }
    *origin = value ? SETTING_ENVIRONMENT : SETTING_DEFAULT;
    *text = value ? arena_strdup(arena, value) : row->fallback;
    return 0;
}

/* "data/x.db" gives "data/run". */
static const char *run_dir_beside(struct arena *arena, const char *db_path)
{
    const char *slash = strrchr(db_path, '/');
    int folder = slash ? (int)(slash - db_path) + 1 : 0;
    return arena_printf(arena, "%.*srun", folder, db_path);
}

static bool is_http_url(const char *text)
{
    size_t scheme = !strncmp(text, "http://", 7) ? 7 : !strncmp(text, "https://", 8) ? 8 : 0;
    return scheme && text[scheme] && text[scheme] != '/';
}

static int listen_check(const char *address, struct err *e)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  ".-:[]*";
    if (address[strspn(address, allowed)])
        return err_set(e, ERR_INVALID,
                       "APPROVAL_LISTEN: must be an address or a host name, not '%s'", address);
    return 0;
}

/* What a kind alone does not say. */
static int settings_complete(struct arena *arena, struct settings *s, struct err *e)
{
    if (!*s->run_dir)
        s->run_dir = run_dir_beside(arena, s->db_path);
    if (!strcmp(s->rules_path, "none"))
        s->rules_path = "";
    if (listen_check(s->listen_address, e))
        return -1;
    if (!is_http_url(s->assistants_base))
        return err_set(e, ERR_INVALID,
                       "ASSISTANTS_BASE: must begin with http:// or https:// and name a host, "
                       "not '%s'",
                       s->assistants_base);
    if (*s->jwt_secret && strlen(s->jwt_secret) < SECRET_MIN)
        return err_set(e, ERR_INVALID, "APPROVAL_JWT_SECRET: must have at least %zu bytes",
                       SECRET_MIN);
    return 0;
}

int settings_read(struct arena *arena, char *const *env, struct settings *s,
                  enum setting_origin *origins, struct err *e)
{
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        enum setting_origin origin = SETTING_DEFAULT;
        const char *text = row->fallback;
        if (find(arena, env, row, &text, &origin, e))
            return -1;
        if (readers[row->kind](row, text, (char *)s + row->offset, e))
            return err_prefix(e, "%s", row->name);
        if (origins)
            origins[i] = origin;
    }
    return settings_complete(arena, s, e);
}

/* name is the n bytes before "=". */
static bool is_known(const char *name, size_t n)
{
    for (size_t i = 0; i < settings_count; i++) {
        size_t m = strlen(settings_table[i].name);
        if (n < m || strncmp(name, settings_table[i].name, m) != 0)
            continue;
        if (n == m || (settings_table[i].secret && n == m + 5 && !strncmp(name + m, "_FILE", 5)))
            return true;
    }
    return false;
}

const char *const *settings_unknown(struct arena *arena, char *const *env)
{
    size_t n = 0, all = 0;
    while (env[all])
        all++;
    const char **unknown = arena_array(arena, all + 1, sizeof *unknown);
    for (size_t i = 0; i < all; i++) {
        size_t len = strcspn(env[i], "=");
        if (!strncmp(env[i], "APPROVAL_", 9) && !is_known(env[i], len))
            unknown[n++] = arena_strndup(arena, env[i], len);
    }
    return unknown;
}

const char *settings_value_text(struct arena *arena, const struct settings *s,
                                const struct setting *row)
{
    static const char *const levels[] = {
#define X(name, text) [LOG_##name] = text,
        LOG_LEVELS(X)
#undef X
    };
    const void *value = (const char *)s + row->offset;
    switch (row->kind) {
    case SETTING_TEXT:
        return *(const char *const *)value;
    case SETTING_INT:
        return arena_printf(arena, "%" PRId64, *(const int64_t *)value);
    case SETTING_ON_OFF:
        return *(const bool *)value ? "on" : "off";
    case SETTING_LOG_LEVEL:
        return levels[*(const enum log_level *)value];
    }
    return "";
}
