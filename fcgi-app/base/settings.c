#include "settings.h"

#include "settings_check.h"
#include "str.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

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
     .beside = "secrets/jwt",
     .help = "Key of at least 32 bytes that tokens are signed with (HS256).",
     IN(jwt_secret)},
    {.name = "APPROVAL_TOKEN_EXPIRE_MINUTES",
     .kind = SETTING_INT,
     .fallback = "60",
     .min = 1,
     .max = 525600,
     .help = "Life of an access token we issue, in minutes.",
     IN(token_expire_minutes)},
    {.name = "APPROVAL_REFRESH_DAYS",
     .kind = SETTING_INT,
     .fallback = "30",
     .min = 1,
     .max = 3650,
     .help = "How long refresh tokens keep somebody signed in, in days from when he signed in.",
     IN(refresh_days)},
    {.name = "APPROVAL_JWT_ISSUER",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "`iss` of tokens signed with APPROVAL_JWT_SECRET: put into ours, asked of all; when "
             "not set, tokens without one are taken, too.",
     IN(jwt_issuer)},
    {.name = "APPROVAL_JWT_AUDIENCE",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "`aud` that every token must name; when not set, it is not asked.",
     IN(jwt_audience)},
    {.name = "APPROVAL_JWT_PUBLIC_KEYS",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "File of public keys (PEM or JWKS) whose RS256 and ES256 tokens are taken.",
     IN(jwt_public_keys)},
    {.name = "APPROVAL_OIDC_ISSUER",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "URL of an OpenID Connect issuer whose tokens are taken.",
     IN(oidc_issuer)},
    {.name = "APPROVAL_ROLES_CLAIM",
     .kind = SETTING_TEXT,
     .fallback = "roles",
     .help = "Claim of a token that names the user's roles.",
     IN(roles_claim)},
    {.name = "APPROVAL_GROUPS_CLAIM",
     .kind = SETTING_TEXT,
     .fallback = "groups",
     .help = "Claim of a token that names the user's groups.",
     IN(groups_claim)},
    {.name = "APPROVAL_DEFAULT_ROLES",
     .kind = SETTING_TEXT,
     .fallback = "requester",
     .help = "Roles of a user who is created when his token is first seen, separated by spaces; "
             "`none` for none.",
     IN(default_roles)},
    {.name = "APPROVAL_AUDIT_KEY",
     .kind = SETTING_TEXT,
     .fallback = "",
     .secret = true,
     .beside = "secrets/audit",
     .help = "Key of at least 32 bytes that chains the audit log.",
     IN(audit_key)},
    {.name = "APPROVAL_AUDIT_OLD_KEYS",
     .kind = SETTING_TEXT,
     .fallback = "",
     .secret = true,
     .help = "Audit keys from before the present one, a line each, for checking old entries.",
     IN(audit_old_keys)},
    {.name = "APPROVAL_PUBLIC_URL",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "Where users reach the service, such as https://approvals.example; governs links, "
             "cookies and which pages may send forms. When not set: this machine only.",
     IN(public_url)},
    {.name = "APPROVAL_PUBLIC_PORT",
     .kind = SETTING_INT,
     .fallback = "0",
     .min = 0,
     .max = 65535,
     .help = "Port that PORT is published as on this machine, for links where APPROVAL_PUBLIC_URL "
             "is not set; 0 for PORT itself.",
     IN(public_port)},
    {.name = "APPROVAL_SESSION_IDLE_MINUTES",
     .kind = SETTING_INT,
     .fallback = "60",
     .min = 1,
     .max = 10080,
     .help = "A session of the pages ends when it was not used for so many minutes.",
     IN(session_idle_minutes)},
    {.name = "APPROVAL_SESSION_HOURS",
     .kind = SETTING_INT,
     .fallback = "12",
     .min = 1,
     .max = 720,
     .help = "A session of the pages ends after so many hours, used or not.",
     IN(session_hours)},
    {.name = "APPROVAL_SIGN_IN_RATE",
     .kind = SETTING_INT,
     .fallback = "60",
     .min = 0,
     .max = 100000,
     .help = "Sign-in requests a minute that nginx lets through from one address; 0 for no limit.",
     IN(sign_in_rate)},
    {.name = "APPROVAL_TRUSTED_USER_HEADER",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "Header in which a proxy that signs users in names them; believed from "
             "APPROVAL_TRUSTED_PROXIES only.",
     IN(trusted_user_header)},
    {.name = "APPROVAL_TRUSTED_PROXIES",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "Addresses and networks of your own proxies, separated by spaces; what they say of "
             "the client's address is believed.",
     IN(trusted_proxies)},
    {.name = "APPROVAL_TLS_CERTIFICATE",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "PEM file of the certificate and those that sign it; with APPROVAL_TLS_KEY, PORT "
             "serves HTTPS.",
     IN(tls_certificate)},
    {.name = "APPROVAL_TLS_KEY",
     .kind = SETTING_TEXT,
     .fallback = "",
     .help = "PEM file of the certificate's key.",
     IN(tls_key)},
};
const size_t settings_count = sizeof settings_table / sizeof *settings_table;

#define SECRET_FILE_MAX ((size_t)64 * 1024)

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

/* A file that is ours to guard; of one that the operator names, such as a mounted one, he decides
 * himself who may read it. */
static int guard_check(int fd, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return err_set(e, ERR_INVALID, "others than its owner can get at %s: chmod 600 %s", path,
                       path);
    return 0;
}

/* Reads at most one byte more than a secret may have. */
static int file_read(FILE *f, const char *path, struct str *out, struct err *e)
{
    str_reserve(out, SECRET_FILE_MAX + 1);
    out->len = fread(out->buf, 1, SECRET_FILE_MAX + 1, f);
    out->buf[out->len] = '\0';
    if (ferror(f))
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
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

static int content_read(struct arena *arena, FILE *f, const char *path, const char **value,
                        struct err *e)
{
    struct str content = STR_INIT;
    setvbuf(f, NULL, _IONBF, 0); /* no second copy in memory */
    int result = file_read(f, path, &content, e);
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

static int secret_read(struct arena *arena, const char *path, const char **value, struct err *e)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    int result = content_read(arena, f, path, value, e);
    fclose(f);
    return result;
}

/* 1 read, 0 there is no such file, -1. */
static int guarded_read(struct arena *arena, const char *path, const char **value, struct err *e)
{
    FILE *f = fopen(path, "re");
    if (!f && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (!f)
        return err_set(e, ERR_INVALID, "cannot read %s: %s", path, strerror(errno));
    int result = guard_check(fileno(f), path, e);
    if (!result)
        result = content_read(arena, f, path, value, e);
    fclose(f);
    return result < 0 ? -1 : 1;
}

const char *settings_beside(struct arena *arena, const char *db_path, const char *name)
{
    const char *slash = strrchr(db_path, '/');
    int folder = slash ? (int)(slash - db_path) + 1 : 0;
    return arena_printf(arena, "%.*s%s", folder, db_path, name);
}

/* The text of a setting that the environment does not give. */
static int find_elsewhere(struct arena *arena, const struct setting *row, const char *db_path,
                          const char **text, enum setting_origin *origin, struct err *e)
{
    int found = 0;
    if (row->beside)
        found = guarded_read(arena, settings_beside(arena, db_path, row->beside), text, e);
    if (found < 0)
        return err_prefix(e, "%s", row->name);
    *origin = found ? SETTING_FROM_FILE : SETTING_DEFAULT;
    if (!found)
        *text = row->fallback;
    return 0;
}

/* The text of one setting, and where it came from. */
static int find(struct arena *arena, char *const *env, const struct setting *row,
                const char *db_path, const char **text, enum setting_origin *origin, struct err *e)
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
    if (!value)
        return find_elsewhere(arena, row, db_path, text, origin, e);
    *origin = SETTING_ENVIRONMENT;
    *text = arena_strdup(arena, value);
    return 0;
}

static void none_is_empty(const char **text)
{
    if (!strcmp(*text, "none"))
        *text = "";
}

/* The database's row stands above those of the files beside it. */
int settings_read(struct arena *arena, char *const *env, struct settings *s,
                  enum setting_origin *origins, struct err *e)
{
    *s = (struct settings){.db_path = NULL};
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        enum setting_origin origin = SETTING_DEFAULT;
        const char *text = row->fallback;
        if (find(arena, env, row, s->db_path, &text, &origin, e))
            return -1;
        if (readers[row->kind](row, text, (char *)s + row->offset, e))
            return err_prefix(e, "%s", row->name);
        if (origins)
            origins[i] = origin;
    }
    if (!*s->run_dir)
        s->run_dir = settings_beside(arena, s->db_path, "run");
    if (!s->public_port)
        s->public_port = s->port;
    none_is_empty(&s->rules_path);
    none_is_empty(&s->default_roles);
    return settings_check(s, e);
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
