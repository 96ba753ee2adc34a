/*
 * How long the engine takes to evaluate a stage: quorum_outcome of trees of
 * 50 nodes (selectors included) over 30 selectors, for 200 tasks. Of the
 * two, one deeply nested and one with distinct, the slower is told:
 *
 *     evaluate: <us> us per evaluation of 50 nodes, 200 approvers
 */
#include "base/clock.h"
#include "engine/quorum.h"

#include <stdio.h>

#define NODES 50
#define SELECTORS 30
#define APPROVERS 200
#define ROUNDS 31
#define EVALUATIONS 200

static void add_selector(struct str *s, unsigned i)
{
    str_addf(s, "\"group:department-%u\"", i % SELECTORS);
}

static void add_at_least(struct str *s, unsigned needed, unsigned first, unsigned count)
{
    str_addf(s, "{\"at_least\":%u,\"of\":[", needed);
    for (unsigned i = 0; i < count; i++) {
        str_add(s, i ? "," : "");
        add_selector(s, first + i);
    }
    str_add(s, "]}");
}

/* 1 + 3 * (1 + 2 * 6) + 10 nodes */
static void add_nested(struct str *s)
{
    str_add(s, "{\"all\":[");
    for (unsigned i = 0; i < 3; i++) {
        str_add(s, "{\"any\":[");
        for (unsigned k = 0; k < 2; k++) {
            unsigned first = i * 8 + k * 4;
            str_add(s, k ? ",{\"all\":[" : "{\"all\":[");
            /* Too many for the first, so that the second is looked at, too. */
            add_at_least(s, k ? 32 : 100, first, 3);
            str_add(s, ",");
            add_selector(s, first + 3);
            str_add(s, "]}");
        }
        str_add(s, "]},");
    }
    for (unsigned i = 0; i < 10; i++) {
        str_add(s, i ? "," : "");
        add_selector(s, 24 + i);
    }
    str_add(s, "]}");
}

/* 1 + 12 * 4 + 1 nodes; 109 different people */
static void add_distinct(struct str *s)
{
    str_add(s, "{\"all\":[");
    for (unsigned i = 0; i < 12; i++) {
        add_at_least(s, 9, i * 3, 3);
        str_add(s, ",");
    }
    add_selector(s, SELECTORS - 1);
    str_add(s, "]}");
}

static struct approval make_approval(struct arena *arena)
{
    static const enum vote votes[] = {VOTE_APPROVE, VOTE_NONE, VOTE_APPROVE, VOTE_ABSTAIN};
    struct task *tasks = arena_array(arena, APPROVERS, sizeof *tasks);
    for (unsigned i = 0; i < APPROVERS; i++)
        tasks[i] = (struct task){
            .no = i + 1,
            .stage_id = "stage",
            .visit = 1,
            .place = i + 1,
            .user = arena_printf(arena, "user-%u", i),
            .via =
                arena_printf(arena, "group:department-%u\ngroup:department-%u\ngroup:department-%u",
                             i % SELECTORS, (i * 7 + 3) % SELECTORS, (i * i + i / 9) % SELECTORS),
            .state = votes[i % 4] == VOTE_NONE ? TASK_OPEN : TASK_ANSWERED,
            .vote = votes[i % 4],
        };
    return (struct approval){
        .stage_id = "stage", .visit = 1, .tasks = tasks, .task_count = APPROVERS};
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Microseconds per evaluation, the median of the rounds; below 0: something is wrong. */
static double measure(const struct stage *s, const struct approval *a)
{
    double rounds[ROUNDS];
    struct arena *arena = arena_new();
    bool open = true;
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t start = clock_monotonic();
        for (size_t k = 0; k < EVALUATIONS; k++) {
            open = quorum_outcome(arena, s, a) == STAGE_OPEN && open;
            arena_reset(arena);
        }
        rounds[i] = (double)(clock_monotonic() - start) / EVALUATIONS;
    }
    arena_free(&arena);
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    return open ? rounds[ROUNDS / 2] : -1;
}

static double measure_tree(void (*add)(struct str *), bool distinct)
{
    struct arena *arena = arena_new();
    struct problems problems;
    struct err e = ERR_INIT;
    struct json_limits limits = JSON_LIMITS_DEFAULT;
    const struct json *json = NULL;
    const struct requires *r = NULL;
    struct str text = STR_INIT;
    size_t selectors = 0;
    problems_init(&problems, arena);
    add(&text);
    if (json_parse(arena, text.buf, text.len, &limits, &json, &e) == 0)
        r = requires_parse(arena, json, distinct, "", &problems);
    if (r)
        requires_selectors(r, &selectors);
    struct stage stage = {
        .id = "stage", .type = STAGE_PARALLEL, .reject = {REJECT_ANY, 1}, .requires = r};
    struct approval approval = make_approval(arena);
    double us = r && selectors == SELECTORS ? measure(&stage, &approval) : -1;
    str_release(&text);
    arena_free(&arena);
    return us;
}

int main(void)
{
    double nested = measure_tree(add_nested, false), distinct = measure_tree(add_distinct, true);
    if (nested < 0 || distinct < 0) {
        fprintf(stderr, "evaluate: a tree is not of %d selectors, or not open for this slate\n",
                SELECTORS);
        return 1;
    }
    printf("evaluate: %.1f us per evaluation of %d nodes, %d approvers\n",
           nested > distinct ? nested : distinct, NODES, APPROVERS);
    return 0;
}
