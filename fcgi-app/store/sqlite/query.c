#include "query.h"

#include "base/json.h"

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

void query_texts_array(struct query *q, struct arena *a, const char *const *texts, size_t n)
{
    struct str out = STR_INIT;
    struct jsonw w;
    jsonw_init(&w, &out);
    jsonw_array(&w);
    for (size_t i = 0; i < n; i++)
        jsonw_string(&w, texts[i]);
    jsonw_end(&w);
    query_text(q, arena_strndup(a, out.buf, out.len));
    str_release(&out);
}

void query_limit(struct query *q, size_t n)
{
    query_int(q, n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

void query_page(struct query *q, const char *after, size_t limit)
{
    query_text(q, after ? after : ""); /* no id is empty */
    query_limit(q, limit);
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

const char *query_peek_text(struct query *q, int column)
{
    return (const char *)sqlite3_column_text(q->statement, column);
}

const char *query_get_visible(struct query *q, struct arena *a, int column)
{
    const unsigned char *text = sqlite3_column_text(q->statement, column);
    size_t n = text ? (size_t)sqlite3_column_bytes(q->statement, column) : 0;
    char *copy = text ? arena_strndup(a, (const char *)text, n) : NULL;
    for (size_t i = 0; i < n; i++)
        if (!copy[i])
            copy[i] = '\x1a';
    return copy;
}

int64_t query_get_int(struct query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

/* The words are few and looked at once: no copy. */
int query_get_word(struct query *q, int column, int (*parse)(const char *), const char *what)
{
    const char *text = query_peek_text(q, column);
    int value = text ? parse(text) : -1;
    if (value < 0)
        err_set(q->e, ERR_INTERNAL, "The database holds %s this program does not know.", what);
    return value;
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

int query_one(struct query *q, struct arena *a, query_reader *read, void *out)
{
    int rc = query_row(q);
    if (rc > 0 && read(q, a, out) < 0)
        rc = -1;
    query_close(q);
    return rc;
}

int query_all(struct query *q, struct arena *a, size_t size, query_reader *read, void *rows,
              size_t *n)
{
    void *all = NULL;
    size_t count = 0;
    int rc;
    while ((rc = query_row(q)) > 0) {
        all = query_more(a, all, count, size);
        rc = read(q, a, (char *)all + count * size);
        if (rc < 0)
            break;
        count++;
    }
    query_close(q);
    if (rc < 0)
        return -1;
    memcpy(rows, &all, sizeof all);
    *n = count;
    return 0;
}

static int first_text(struct query *q, struct arena *a, void *out)
{
    *(const char **)out = query_get_text(q, a, 0);
    return 0;
}

int query_texts(struct query *q, struct arena *a, const char *const **texts, size_t *n)
{
    return query_all(q, a, sizeof **texts, first_text, texts, n);
}
