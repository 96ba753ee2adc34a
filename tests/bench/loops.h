/*
 * Processes that commit in a loop for some seconds, and what they got done:
 * the frame that bare_loop, naive_pool and fair_pool share.
 */
#ifndef BENCH_LOOPS_H
#define BENCH_LOOPS_H

#include "submission.h"

struct tally {
    int64_t commits;
    int64_t failed;     /* gave up waiting for the lock */
    int64_t longest_us; /* the slowest commit, with its wait */
};

/* Opened after the fork, by the process that uses it. */
struct loop_kind {
    int processes;
    int (*open)(const char *path, void **state, struct err *e);
    struct store *(*store)(void *state); /* where the sample is read from */
    int (*commit)(void *state, struct submission *what, struct err *e);
    void (*close)(void *state);
};

/*
 * main() of such a program: DATABASE APPROVAL SECONDS. Every process writes copies of that
 * approval's rows. Prints one line of JSON; returns the exit status.
 */
int loops_main(int argc, char **argv, const struct loop_kind *kind);

#endif
