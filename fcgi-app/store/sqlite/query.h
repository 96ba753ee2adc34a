/*
 * One run of a numbered statement: open, bind in order, step, read columns.
 * A failure to prepare or bind is kept and reported by the first step; all
 * errors go where query_open was told.
 *
 *     struct query q;
 *     query_open(&q, conn, SQL_APPROVAL_SEQ, e);
 *     query_text(&q, id);
 *     int rc = query_row(&q);
 *     if (rc == 1)
 *         *seq = query_get_int(&q, 0);
 *     query_close(&q);
 */
#ifndef STORE_SQLITE_QUERY_H
#define STORE_SQLITE_QUERY_H

#include "conn.h"

#include "base/arena.h"

#include <stdint.h>

struct query {
    struct conn *conn;
    sqlite3_stmt *statement; /* NULL: could not be prepared, e says why */
    int bound;               /* how many values */
    int rc;                  /* the first failure to bind */
    struct err *e;
};

void query_open(struct query *q, struct conn *c, enum sql n, struct err *e);

/* The next value. Texts must live until query_close; NULL is NULL. */
void query_text(struct query *q, const char *s);
void query_int(struct query *q, int64_t n);
void query_int_or_null(struct query *q, int64_t n); /* 0 is NULL */
/* The texts as a JSON array, which is made in a. */
void query_texts_array(struct query *q, struct arena *a, const char *const *texts, size_t n);
void query_limit(struct query *q, size_t n);
/* The two values of a page in order of id, see struct page of store.h. */
void query_page(struct query *q, const char *after, size_t limit);

/* 1 a row, 0 no more, -1 error. */
int query_row(struct query *q);
/* Opened, bound, and no rows wanted: steps to the end and closes. 0 or -1. */
int query_run(struct query *q);
void query_close(struct query *q); /* may be called again */

/* Of the present row. Text is copied into a; NULL gives NULL or 0. */
const char *query_get_text(struct query *q, struct arena *a, int column);
/* With "\x1a" for each NUL, which nothing of ours writes: a hand that did would hide behind it. */
const char *query_get_visible(struct query *q, struct arena *a, int column);
int64_t query_get_int(struct query *q, int column);
/* Not copied: only until the next row. */
const char *query_peek_text(struct query *q, int column);
/* A word of a fixed list, by its parser. -1 with an error that names what it is when it is none of
 * them: a newer program wrote it, or a hand. */
int query_get_word(struct query *q, int column, int (*parse)(const char *), const char *what);

/* Makes of the present row what lies at out. 0, or -1 with the query's error set. */
typedef int query_reader(struct query *q, struct arena *a, void *out);

/* The one row there may be, then closes. 1, 0 or -1. */
int query_one(struct query *q, struct arena *a, query_reader *read, void *out);
/* All rows into an array in a, of elements of size (NULL without any), then closes. *rows is where
 * to put it, n how many. 0 or -1. */
int query_all(struct query *q, struct arena *a, size_t size, query_reader *read, void *rows,
              size_t *n);
/* The same of the first column, which is text. */
int query_texts(struct query *q, struct arena *a, const char *const **texts, size_t *n);

/* A statement without values. */
int query_exec(struct conn *c, enum sql n, struct err *e);

/* Room for one more row of the given size in an array in a that holds n and grows by doubling. */
void *query_more(struct arena *a, void *rows, size_t n, size_t size);

#endif
