#include "query.h"

void query_open(struct query *q, struct conn *c, enum sql n, struct err *e)
{
    *q = (struct query){.conn = c, .statement = conn_statement(c, n, e), .rc = SQLITE_OK, .e = e};
}

static void note(struct query *q, int rc)
{
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void query_text(struct query *q, const char *s)
{
    if (q->statement) /* a NULL pointer binds NULL */
        note(q, sqlite3_bind_text(q->statement, ++q->bound, s, -1, SQLITE_STATIC));
}

void query_int(struct query *q, int64_t n)
{
    if (q->statement)
        note(q, sqlite3_bind_int64(q->statement, ++q->bound, n));
}

void query_int_or_null(struct query *q, int64_t n)
{
    if (n)
        query_int(q, n);
    else if (q->statement)
        note(q, sqlite3_bind_null(q->statement, ++q->bound));
}

int query_row(struct query *q)
{
    if (!q->statement)
        return -1;
    int rc = q->rc == SQLITE_OK ? sqlite3_step(q->statement) : q->rc;
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        conn_error(q->conn, rc, q->e);
    query_close(q);
    return rc == SQLITE_DONE ? 0 : -1;
}

int query_run(struct query *q)
{
    int rc;
    do {
        rc = query_row(q);
    } while (rc > 0);
    return rc;
}

void query_close(struct query *q)
{
    if (q->statement)
        sqlite3_reset(q->statement);
}

const char *query_get_text(struct query *q, struct arena *a, int column)
{
    const unsigned char *text = sqlite3_column_text(q->statement, column);
    if (!text)
        return NULL;
    return arena_strndup(a, (const char *)text, (size_t)sqlite3_column_bytes(q->statement, column));
}

int64_t query_get_int(struct query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

int query_exec(struct conn *c, enum sql n, struct err *e)
{
    struct query q;
    query_open(&q, c, n, e);
    return query_run(&q);
}

#define ROWS_AT_FIRST 8

void *query_more(struct arena *a, void *rows, size_t n, size_t size)
{
    if (n < ROWS_AT_FIRST ? n != 0 : (n & (n - 1)) != 0)
        return rows;
    size_t room = n < ROWS_AT_FIRST ? ROWS_AT_FIRST : 2 * n;
    void *grown = arena_array(a, room, size);
    return n ? memcpy(grown, rows, n * size) : grown;
}
