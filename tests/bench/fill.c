/*
 * Fills a database: DATABASE APPROVAL COUNT writes so many copies of that
 * approval, a thousand to a transaction. For what must be there before a
 * measurement begins.
 */
#include "bare.h"

#include "base/log.h"

#include <stdio.h>

#define BATCH ((size_t)1000)

static int fill(struct bare *b, struct arena *arena, const char *sample, size_t count,
                struct err *e)
{
    struct submission what = {0};
    if (submission_load(b->store, arena, sample, &what, e) < 0)
        return -1;
    for (size_t n; count; count -= n) {
        n = count < BATCH ? count : BATCH;
        if (bare_commit(b, &what, n, e) < 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct bare b;
    struct err e = ERR_INIT;
    if (argc != 4) {
        fprintf(stderr, "usage: %s DATABASE APPROVAL COUNT\n", argv[0]);
        return 2;
    }
    log_setup(LOG_ERROR, "bench");
    int rc = bare_open(&b, argv[1], &e);
    if (rc == 0) {
        struct arena *arena = arena_new();
        rc = fill(&b, arena, argv[2], strtoul(argv[3], NULL, 10), &e);
        arena_free(&arena);
        bare_close(&b);
    }
    if (rc < 0)
        fprintf(stderr, "%s\n", e.message);
    return rc < 0 ? 1 : 0;
}
