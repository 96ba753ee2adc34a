/*
 * The auto-approval rules file: loaded, watched, and replaced when it changes.
 * A bad new file is refused: the last good one stays in force, the log and
 * /readyz say so. A missing file means no rules: people decide.
 */
#ifndef SERVICE_RULES_FILE_H
#define SERVICE_RULES_FILE_H

#include "base/arena.h"
#include "engine/autorules.h"

struct rules_file;

/* The rules as they were when asked. */
struct rules_now {
    const struct autorules *rules; /* NULL: none */
    const char *sha256;            /* of the file, hex; NULL: none */
};

/* path "" means none, for ever. zones, where the file's time zones are found, is borrowed. */
struct rules_file *rules_file_open(const char *path, struct zones *zones);
void rules_file_close(struct rules_file **f);

/* Looks whether the file has changed, at most once a second. Reads it when it has, so not for the
 * write transaction. */
void rules_file_look(struct rules_file *f);

/* What is in force since the last look of anybody in the process; does no I/O. Valid until arena is
 * freed or reset. */
struct rules_now rules_file_now(struct rules_file *f, struct arena *arena);

/* Looks, and says why the file on disk is not in force, or NULL when it is; in arena. */
const char *rules_file_complaint(struct rules_file *f, struct arena *arena);

#endif
