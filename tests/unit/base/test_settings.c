#include "base/settings.h"
#include "../check.h"

#include <sys/stat.h>
#include <unistd.h>

#define SECRET "0123456789abcdef0123456789abcdef"

static struct arena *arena;
static struct err err;
static struct settings settings;
static enum setting_origin origins[64];

static int read_env(char *const *env)
{
    err = (struct err)ERR_INIT;
    return settings_read(arena, env, &settings, origins, &err);
}

static int read_one(const char *variable)
{
    char *env[] = {arena_strdup(arena, variable), NULL};
    return read_env(env);
}

/* The message that an environment of this one variable is refused with. */
static const char *refusal(const char *variable)
{
    CHECK_INT(read_one(variable), -1);
    CHECK_INT(err.kind, ERR_INVALID);
    return err.message;
}

static const struct setting *row_of(const char *name)
{
    for (size_t i = 0; i < settings_count; i++)
        if (!strcmp(settings_table[i].name, name))
            return &settings_table[i];
    return NULL;
}

static enum setting_origin origin_of(const char *name)
{
    return origins[row_of(name) - settings_table];
}

static const char *value_of(const char *name)
{
    return settings_value_text(arena, &settings, row_of(name));
}

static void test_defaults(void)
{
    char *env[] = {NULL};
    CHECK_INT(read_env(env), 0);
    CHECK_INT(settings.port, 8003);
    CHECK_STR(settings.listen_address, "127.0.0.1");
    CHECK_STR(settings.db_path, "data/approval_workflows.db");
    CHECK_STR(settings.run_dir, "data/run");
    CHECK(settings.auth);
    CHECK_STR(settings.rules_path, "examples/rules.json");
    CHECK_INT(settings.processes, 2);
    CHECK_INT(settings.threads, 16);
    CHECK_INT(settings.max_body, 1048576);
    CHECK_INT(settings.log_level, LOG_INFO);
    CHECK_STR(settings.assistants_base, "http://assistants:8002");
    CHECK_STR(settings.jwt_secret, "");
    CHECK_INT(settings.token_expire_minutes, 60);
    CHECK_INT(settings.refresh_days, 30);
    CHECK_STR(settings.default_roles, "requester");
    CHECK_STR(settings.audit_key, "");
    CHECK_STR(settings.public_url, "");
    CHECK_INT(settings.public_port, 8003);
    CHECK_INT(settings.sign_in_rate, 60);
    for (size_t i = 0; i < settings_count; i++)
        CHECK_INT(origins[i], SETTING_DEFAULT);
}

static void test_values_from_the_environment(void)
{
    char *env[] = {"HOME=/root",
                   "PORT=1",
                   "APPROVAL_PUBLIC_PORT=5173",
                   "APPROVAL_AUTH=off",
                   "APPROVAL_DB_PATH=/data/a.db",
                   "LOG_LEVEL=warn",
                   "APPROVAL_RULES_PATH=none",
                   "APPROVAL_THREADS=256",
                   "ASSISTANTS_BASE=https://a",
                   "APPROVAL_LISTEN=[::1]",
                   "APPROVAL_JWT_SECRET=" SECRET,
                   "APPROVAL_PROCESSES=",
                   NULL};
    CHECK_INT(read_env(env), 0);
    CHECK_INT(settings.port, 1);
    CHECK_INT(settings.public_port, 5173);
    CHECK(!settings.auth);
    CHECK_STR(settings.run_dir, "/data/run");
    CHECK_INT(settings.log_level, LOG_WARN);
    CHECK_STR(settings.rules_path, "");
    CHECK_INT(settings.threads, 256);
    CHECK_STR(settings.jwt_secret, SECRET);
    CHECK_INT(settings.processes, 2);
    CHECK_INT(origin_of("PORT"), SETTING_ENVIRONMENT);
    CHECK_INT(origin_of("APPROVAL_PROCESSES"), SETTING_DEFAULT);
    CHECK_INT(origin_of("APPROVAL_RUN_DIR"), SETTING_DEFAULT);
    CHECK_INT(settings_read(arena, env, &settings, NULL, &err), 0);
}

static void test_run_dir(void)
{
    CHECK_INT(read_one("APPROVAL_DB_PATH=x.db"), 0);
    CHECK_STR(settings.run_dir, "run");
    CHECK_INT(read_one("APPROVAL_DB_PATH=/x.db"), 0);
    CHECK_STR(settings.run_dir, "/run");
    CHECK_INT(read_one("APPROVAL_RUN_DIR=/run/approval"), 0);
    CHECK_STR(settings.run_dir, "/run/approval");
}

static void test_bad_values_are_named(void)
{
    CHECK_STR(refusal("PORT=abc"), "PORT: must be a whole number from 1 to 65535, not 'abc'");
    static const char *const ports[] = {"PORT=0",  "PORT=65536", "PORT=-1",
                                        "PORT=+1", "PORT= 1",    "PORT=1 ",
                                        "PORT=1x", "PORT=0x10",  "PORT=99999999999999999999"};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        CHECK(!strncmp(refusal(ports[i]), "PORT: must be a whole number", 28));
    CHECK_STR(refusal("APPROVAL_AUTH=yes"), "APPROVAL_AUTH: must be on or off, not 'yes'");
    CHECK_STR(refusal("LOG_LEVEL=loud"),
              "LOG_LEVEL: must be debug, info, warn or error, not 'loud'");
    CHECK_STR(refusal("ASSISTANTS_BASE=ftp://x"),
              "ASSISTANTS_BASE: must begin with http:// or https:// and name a host, not "
              "'ftp://x'");
    CHECK_INT(read_one("ASSISTANTS_BASE=http://"), -1);
    CHECK_INT(read_one("ASSISTANTS_BASE=https:///x"), -1);
    CHECK_STR(refusal("APPROVAL_MAX_BODY=1023"),
              "APPROVAL_MAX_BODY: must be a whole number from 1024 to 67108864, not '1023'");
    CHECK_STR(refusal("APPROVAL_DB_PATH=a\nb"),
              "APPROVAL_DB_PATH: must not contain line breaks or other control characters");
    CHECK_STR(refusal("APPROVAL_LISTEN=1;2"),
              "APPROVAL_LISTEN: must be an address or a host name, not '1;2'");
}

static void test_short_secret_is_refused_and_not_shown(void)
{
    CHECK_STR(refusal("APPROVAL_JWT_SECRET=hunter2"),
              "APPROVAL_JWT_SECRET: must have at least 32 bytes");
}

/* A file of this content, to be removed by its maker; its path is in arena. */
static const char *file_make(const char *content, size_t n)
{
    const char *folder = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/test_settings.XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    CHECK_FATAL(fd >= 0);
    CHECK_INT(write(fd, content, n), n);
    close(fd);
    return path;
}

static int read_secret_file(const char *content, size_t n)
{
    const char *path = file_make(content, n);
    int result = read_one(arena_printf(arena, "APPROVAL_JWT_SECRET_FILE=%s", path));
    unlink(path);
    return result;
}

static void test_secret_from_a_file(void)
{
    CHECK_INT(read_secret_file(SECRET "\n", 33), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
    CHECK_INT(origin_of("APPROVAL_JWT_SECRET"), SETTING_FROM_FILE);
    CHECK_INT(read_secret_file(SECRET "\r\n", 34), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
    CHECK_INT(read_secret_file(" " SECRET "\n\n", 35), 0);
    CHECK_STR(settings.jwt_secret, " " SECRET "\n");
}

static void test_bad_secret_files(void)
{
    CHECK_STR(refusal("APPROVAL_JWT_SECRET_FILE=/nonexistent/secret"),
              "APPROVAL_JWT_SECRET_FILE: cannot read /nonexistent/secret: No such file or "
              "directory");
    CHECK_STR(refusal("APPROVAL_JWT_SECRET_FILE=/"),
              "APPROVAL_JWT_SECRET_FILE: cannot read /: Is a directory");
    CHECK_INT(read_secret_file("\n", 1), -1);
    CHECK(strstr(err.message, " is empty") != NULL);
    CHECK_INT(read_secret_file(SECRET "\0x", 34), -1);
    CHECK(strstr(err.message, "must not contain NUL bytes") != NULL);
    CHECK(strstr(err.message, SECRET) == NULL);
    char *large = arena_alloc(arena, 70000);
    memset(large, 'x', 70000);
    CHECK_INT(read_secret_file(large, 70000), -1);
    CHECK(strstr(err.message, "is larger than 65536 bytes") != NULL);
}

static void test_secret_and_file_exclude_each_other(void)
{
    char *both[] = {"APPROVAL_JWT_SECRET=" SECRET, "APPROVAL_JWT_SECRET_FILE=/x", NULL};
    CHECK_INT(read_env(both), -1);
    CHECK_STR(err.message,
              "APPROVAL_JWT_SECRET and APPROVAL_JWT_SECRET_FILE are both set; only one may be");
    char *empty[] = {"APPROVAL_JWT_SECRET=" SECRET, "APPROVAL_JWT_SECRET_FILE=", NULL};
    CHECK_INT(read_env(empty), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
}

/* A folder with a database's name and, in secrets/, files; folder_remove takes it away. */
static const char *folder;

static void folder_make(void)
{
    const char *where = getenv("TMPDIR");
    folder = mkdtemp(arena_printf(arena, "%s/test_settings.XXXXXX", where ? where : "/tmp"));
    CHECK_FATAL(folder != NULL);
    CHECK_INT(mkdir(arena_printf(arena, "%s/secrets", folder), 0700), 0);
}

static char *in_folder(const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name);
}

static void folder_remove(void)
{
    unlink(in_folder("secrets/jwt"));
    unlink(in_folder("secrets/audit"));
    rmdir(in_folder("secrets"));
    CHECK_INT(rmdir(folder), 0);
}

static void secret_put(const char *name, const char *content, mode_t mode)
{
    FILE *f = fopen(in_folder(name), "w");
    CHECK_FATAL(f != NULL);
    fputs(content, f);
    fclose(f);
    CHECK_INT(chmod(in_folder(name), mode), 0);
}

/* With a database in the folder and one more variable. */
static int read_beside(const char *variable)
{
    char *env[] = {arena_printf(arena, "APPROVAL_DB_PATH=%s/x.db", folder),
                   arena_strdup(arena, variable), NULL};
    return read_env(env);
}

static void test_secrets_beside_the_database(void)
{
    folder_make();
    CHECK_INT(read_beside("A=b"), 0);
    CHECK_STR(settings.jwt_secret, "");
    CHECK_INT(origin_of("APPROVAL_JWT_SECRET"), SETTING_DEFAULT);
    secret_put("secrets/jwt", SECRET "\n", 0600);
    secret_put("secrets/audit", "audit " SECRET "\n", 0400);
    CHECK_INT(read_beside("A=b"), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
    CHECK_STR(settings.audit_key, "audit " SECRET);
    CHECK_STR(settings.audit_old_keys, "");
    CHECK_INT(origin_of("APPROVAL_JWT_SECRET"), SETTING_FROM_FILE);
    CHECK_INT(origin_of("APPROVAL_AUDIT_OLD_KEYS"), SETTING_DEFAULT);
    folder_remove();
}

static void test_what_is_set_counts_before_the_file(void)
{
    folder_make();
    secret_put("secrets/jwt", "not this one, which is long enough, too", 0644);
    CHECK_INT(read_beside("APPROVAL_JWT_SECRET=" SECRET), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
    const char *path = file_make(SECRET, 32);
    CHECK_INT(read_beside(arena_printf(arena, "APPROVAL_JWT_SECRET_FILE=%s", path)), 0);
    CHECK_STR(settings.jwt_secret, SECRET);
    unlink(path);
    folder_remove();
}

static void test_a_file_that_others_can_read_is_refused(void)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0666};
    folder_make();
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        secret_put("secrets/audit", SECRET, modes[i]);
        CHECK_INT(read_beside("A=b"), -1);
        CHECK_INT(err.kind, ERR_INVALID);
        CHECK_STR(err.message, arena_printf(arena,
                                            "APPROVAL_AUDIT_KEY: others than its owner can get at "
                                            "%s/secrets/audit: chmod 600 %s/secrets/audit",
                                            folder, folder));
    }
    secret_put("secrets/audit", SECRET, 0600);
    CHECK_INT(read_beside("A=b"), 0);
    secret_put("secrets/audit", "", 0600);
    CHECK_INT(read_beside("A=b"), -1);
    CHECK(strstr(err.message, "/secrets/audit is empty") != NULL);
    secret_put("secrets/audit", "short", 0600);
    CHECK_INT(read_beside("A=b"), -1);
    CHECK_STR(err.message, "APPROVAL_AUDIT_KEY: must have at least 32 bytes");
    folder_remove();
}

static void test_beside(void)
{
    CHECK_STR(settings_beside(arena, "data/x.db", "secrets/jwt"), "data/secrets/jwt");
    CHECK_STR(settings_beside(arena, "x.db", "run"), "run");
    CHECK_STR(settings_beside(arena, "/x.db", "run"), "/run");
}

static void test_unknown(void)
{
    char *env[] = {"APPROVAL_DB=x",
                   "APPROVAL_DB_PATH=x",
                   "APPROVAL_JWT_SECRET_FILE=x",
                   "APPROVAL_DB_PATH_FILE=x",
                   "APPROVAL_JWT_SECRET_FILES=x",
                   "HOME=x",
                   "APPROVAL_",
                   NULL};
    const char *const *unknown = settings_unknown(arena, env);
    static const char *const want[] = {"APPROVAL_DB", "APPROVAL_DB_PATH_FILE",
                                       "APPROVAL_JWT_SECRET_FILES", "APPROVAL_", NULL};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        CHECK_STR(unknown[i], want[i]);
        if (!unknown[i])
            break;
    }
}

static void test_value_text(void)
{
    char *env[] = {"APPROVAL_AUTH=off", "LOG_LEVEL=error", "PORT=80", NULL};
    CHECK_INT(read_env(env), 0);
    CHECK_STR(value_of("APPROVAL_AUTH"), "off");
    CHECK_STR(value_of("LOG_LEVEL"), "error");
    CHECK_STR(value_of("PORT"), "80");
    CHECK_STR(value_of("APPROVAL_DB_PATH"), "data/approval_workflows.db");
    CHECK_STR(value_of("APPROVAL_RUN_DIR"), "data/run");
}

static void test_table_is_sound(void)
{
    CHECK(settings_count <= sizeof origins / sizeof *origins);
    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *row = &settings_table[i];
        CHECK(row->help && row->help[0] && !strchr(row->help, '\n'));
        CHECK(row->help[strlen(row->help) - 1] == '.');
        CHECK(row->kind != SETTING_INT || row->min < row->max);
        CHECK(row_of(row->name) == row);
        CHECK(!row->beside || (row->secret && row > row_of("APPROVAL_DB_PATH")));
        for (size_t j = 0; j < i; j++)
            CHECK(settings_table[j].offset != row->offset);
    }
}

static const struct test tests[] = {
    {"defaults", test_defaults},
    {"values from the environment", test_values_from_the_environment},
    {"run directory", test_run_dir},
    {"bad values are named", test_bad_values_are_named},
    {"a short secret is not shown", test_short_secret_is_refused_and_not_shown},
    {"a secret from a file", test_secret_from_a_file},
    {"bad secret files", test_bad_secret_files},
    {"secret or file, not both", test_secret_and_file_exclude_each_other},
    {"secrets beside the database", test_secrets_beside_the_database},
    {"what is set counts before the file", test_what_is_set_counts_before_the_file},
    {"a file that others can read", test_a_file_that_others_can_read_is_refused},
    {"paths beside the database", test_beside},
    {"unknown variables", test_unknown},
    {"values as text", test_value_text},
    {"the table is sound", test_table_is_sound},
};

int main(void)
{
    arena = arena_new();
    /* Somewhere with no data of a service that was tried here. */
    const char *where = getenv("TMPDIR");
    char *empty = mkdtemp(arena_printf(arena, "%s/test_settings.XXXXXX", where ? where : "/tmp"));
    if (!empty || chdir(empty) < 0)
        return 2;
    int result = check_main("settings", tests, sizeof tests / sizeof *tests);
    rmdir(empty);
    arena_free(&arena);
    return result;
}
