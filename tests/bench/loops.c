#include "loops.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 16
#define START_DELAY_US (300 * US_PER_MS) /* time for all to open the database */

struct job {
    const struct loop_kind *kind;
    const char *path, *sample;
    int64_t start, end; /* of the monotonic clock */
};

static void sleep_until(int64_t at)
{
    int64_t left = at - clock_monotonic();
    if (left > 0) {
        struct timespec t = {.tv_sec = left / US_PER_SECOND,
                             .tv_nsec = left % US_PER_SECOND * 1000};
        nanosleep(&t, NULL);
    }
}

static int loop(const struct job *job, void *state, struct submission *what, struct tally *tally,
                struct err *e)
{
    sleep_until(job->start);
    for (int64_t t = clock_monotonic(); t < job->end;) {
        int rc = job->kind->commit(state, what, e);
        if (rc < 0 && e->kind != ERR_UNAVAILABLE)
            return -1;
        int64_t took = clock_monotonic() - t;
        t += took;
        if (took > tally->longest_us)
            tally->longest_us = took;
        *(rc < 0 ? &tally->failed : &tally->commits) += 1;
    }
    return 0;
}

static int child(const struct job *job, struct tally *tally, struct err *e)
{
    void *state;
    struct submission what = {0};
    if (job->kind->open(job->path, &state, e) < 0)
        return -1;
    struct arena *arena = arena_new();
    int rc = submission_load(job->kind->store(state), arena, job->sample, &what, e);
    if (rc == 0)
        rc = loop(job, state, &what, tally, e);
    job->kind->close(state);
    arena_free(&arena);
    return rc;
}

/* The end to read the tally from, or -1. */
static int fork_child(const struct job *job)
{
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        struct tally tally = {0};
        struct err e = ERR_INIT;
        if (child(job, &tally, &e) < 0)
            fprintf(stderr, "%s\n", e.message);
        else if (write(ends[1], &tally, sizeof tally) == (ssize_t)sizeof tally)
            _exit(0);
        _exit(1);
    }
    close(ends[1]);
    return pid < 0 ? -1 : ends[0];
}

static bool run_all(const struct job *job, struct tally *tallies)
{
    int ends[PROCESSES_MAX];
    bool good = true;
    for (int i = 0; i < job->kind->processes; i++)
        ends[i] = fork_child(job);
    for (int i = 0; i < job->kind->processes; i++) {
        good = good && read(ends[i], &tallies[i], sizeof *tallies) == (ssize_t)sizeof *tallies;
        close(ends[i]);
    }
    while (wait(NULL) > 0)
        continue;
    return good;
}

static void print_list(const char *name, const struct tally *tallies, int n, size_t offset)
{
    printf("\"%s\": [", name);
    for (int i = 0; i < n; i++) {
        int64_t value;
        memcpy(&value, (const char *)&tallies[i] + offset, sizeof value);
        printf("%s%" PRId64, i ? ", " : "", value);
    }
    printf("], ");
}

int loops_main(int argc, char **argv, const struct loop_kind *kind)
{
    double seconds = argc == 4 ? strtod(argv[3], NULL) : 0;
    struct tally tallies[PROCESSES_MAX] = {0};
    if (!(seconds > 0)) {
        fprintf(stderr, "usage: %s DATABASE APPROVAL SECONDS\n", argv[0]);
        return 2;
    }
    log_setup(LOG_ERROR, "bench");
    int64_t start = clock_monotonic() + START_DELAY_US;
    struct job job = {.kind = kind,
                      .path = argv[1],
                      .sample = argv[2],
                      .start = start,
                      .end = start + (int64_t)(seconds * (double)US_PER_SECOND)};
    if (!run_all(&job, tallies))
        return 1;
    printf("{");
    print_list("commits", tallies, kind->processes, offsetof(struct tally, commits));
    print_list("failed", tallies, kind->processes, offsetof(struct tally, failed));
    print_list("longest_us", tallies, kind->processes, offsetof(struct tally, longest_us));
    printf("\"seconds\": %.3f}\n", seconds);
    return 0;
}
