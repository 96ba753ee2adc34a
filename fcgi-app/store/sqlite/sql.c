#include "sql.h"

static const char *const texts[] = {
#define X(name, text) [SQL_##name] = text,
    SQL_STATEMENTS(X)
#undef X
};
_Static_assert(sizeof texts / sizeof *texts == SQL_COUNT, "a text for each statement");

const char *sql_text(enum sql n)
{
    return texts[n];
}
