/*
 * Settings: one table (settings.c) of every environment variable the programs
 * read: name, kind, default, help, whether it is a secret. From it come the
 * parser, `approvalctl config` and the check that the documentation names
 * them all. A secret NAME may come from the file named by NAME_FILE instead,
 * or from one beside the database, which only its owner may be able to read.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "arena.h"
#include "err.h"
#include "log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct settings {
    int64_t port;
    const char *listen_address;
    const char *db_path;
    const char *run_dir; /* sockets, pid files, lock; default: folder of db_path + "/run" */
    bool auth;
    const char *rules_path; /* "" for no rules */
    int64_t processes, threads;
    int64_t max_body; /* bytes */
    enum log_level log_level;
    const char *templates; /* "": those that are built in */
    const char *assistants_base;

    const char *jwt_secret; /* "" when not set */
    int64_t token_expire_minutes, refresh_days;
    const char *jwt_issuer, *jwt_audience; /* "": not asked */
    const char *jwt_public_keys;           /* path of a file; "": none */
    const char *oidc_issuer;               /* "": none */
    const char *roles_claim, *groups_claim;
    const char *default_roles; /* of users created at first sight; separated by spaces */
    const char *audit_key, *audit_old_keys; /* "" when not set; old ones a line each */

    const char *public_url; /* "": a loopback address and the following port */
    int64_t public_port;    /* default: port */
    int64_t session_idle_minutes, session_hours;
    int64_t sign_in_rate;                  /* per minute and client address; 0: no limit */
    const char *trusted_user_header;       /* "": none */
    const char *trusted_proxies;           /* addresses and networks, separated by spaces */
    const char *tls_certificate, *tls_key; /* paths; "": nginx serves plain HTTP */
};

enum setting_kind { SETTING_TEXT, SETTING_INT, SETTING_ON_OFF, SETTING_LOG_LEVEL };

struct setting {
    const char *name; /* the environment variable */
    enum setting_kind kind;
    const char *fallback; /* the default, as text */
    bool secret;
    const char *beside; /* of a secret: the file beside the database that holds it where neither
                           NAME nor NAME_FILE is set, if there is such a file; NULL: none */
    int64_t min, max;   /* of SETTING_INT */
    const char *help;   /* one sentence, no line break */
    size_t offset;      /* in struct settings */
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* Where a value came from, by index into the table. */
enum setting_origin { SETTING_DEFAULT, SETTING_ENVIRONMENT, SETTING_FROM_FILE };

/* Reads env (as environ) into *s; strings live in arena. ERR_INVALID naming the variable on the
 * first bad value. origins, when not NULL, has room for settings_count. An empty variable counts as
 * not set. */
int settings_read(struct arena *arena, char *const *env, struct settings *s,
                  enum setting_origin *origins, struct err *e);

/* Names of the APPROVAL_* variables in env that the table does not know (nor NAME_FILE of a
 * secret), as a NULL-terminated array in arena. */
const char *const *settings_unknown(struct arena *arena, char *const *env);

/* The path of what lies beside the database, in its folder: name "secrets/jwt" and "data/x.db" give
 * "data/secrets/jwt". In arena. */
const char *settings_beside(struct arena *arena, const char *db_path, const char *name);

/* The value in force as text; in arena. Secrets are not masked here. */
const char *settings_value_text(struct arena *arena, const struct settings *s,
                                const struct setting *row);

#endif
