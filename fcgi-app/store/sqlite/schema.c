#include "schema.h"

#include "base/embed.h"

/* Written by tools/embed.sh from schema/sqlite; the shell names them in order. */
EMBEDDED(sqlite_migrations);

static int64_t number_of(const struct embedded *file)
{
    return strtoll(file->name, NULL, 10);
}

static int64_t oldest_of(const struct embedded *file)
{
    static const char mark[] = "-- oldest: ";
    if (strncmp(file->text, mark, sizeof mark - 1) != 0)
        return number_of(file);
    return strtoll(file->text + sizeof mark - 1, NULL, 10);
}

struct migration *schema_migrations(struct arena *arena, size_t *n)
{
    struct migration *known = arena_array(arena, sqlite_migrations_count, sizeof *known);
    for (size_t i = 0; i < sqlite_migrations_count; i++) {
        const struct embedded *file = &sqlite_migrations[i];
        known[i].number = number_of(file);
        known[i].name = arena_strndup(arena, file->name, strcspn(file->name, "."));
        known[i].text = file->text;
        known[i].sha256 = file->sha256;
        known[i].oldest = oldest_of(file);
    }
    *n = sqlite_migrations_count;
    return known;
}

static int read_number(struct conn *c, enum sql statement, int64_t *number, struct err *e)
{
    struct query q;
    query_open(&q, c, statement, e);
    int rc = query_row(&q);
    *number = rc > 0 ? query_get_int(&q, 0) : 0;
    query_close(&q);
    return rc < 0 ? -1 : 0;
}

int schema_has_migrations(struct conn *c, struct err *e)
{
    int64_t tables;
    return read_number(c, SQL_MIGRATIONS_EXIST, &tables, e) < 0 ? -1 : tables > 0;
}

int schema_check(struct conn *c, struct err *e)
{
    int64_t has = 0, oldest = 0, knows = number_of(&sqlite_migrations[sqlite_migrations_count - 1]);
    int migrated = schema_has_migrations(c, e);
    if (migrated < 0 || (migrated && (read_number(c, SQL_MIGRATION_LATEST, &has, e) < 0 ||
                                      read_number(c, SQL_MIGRATION_OLDEST, &oldest, e) < 0)))
        return -1;
    if (has < knows)
        return err_set(e, ERR_UNAVAILABLE, "The database has to be migrated first.");
    if (oldest > knows)
        return err_set(e, ERR_UNAVAILABLE, "The database is newer than this program.");
    return 0;
}
