#include "engine/quorum.h"

#include "../check.h"
#include "quoted.h"

static struct arena *arena;

static void test_needed(void)
{
    static const struct {
        enum stage_type type;
        struct quorum quorum;
        size_t slate, needed;
    } rows[] = {
        {STAGE_SEQUENTIAL, {QUORUM_NONE, 0}, 3, 3},
        {STAGE_SEQUENTIAL, {QUORUM_NONE, 0}, 1, 1},
        {STAGE_SEQUENTIAL, {QUORUM_NONE, 0}, 0, 1},
        {STAGE_SEQUENTIAL, {QUORUM_COUNT, 2}, 3, 2},
        {STAGE_SEQUENTIAL, {QUORUM_COUNT, 2}, 0, 2},
        {STAGE_PARALLEL, {QUORUM_NONE, 0}, 3, 1},
        {STAGE_PARALLEL, {QUORUM_NONE, 0}, 0, 1},
        {STAGE_PARALLEL, {QUORUM_COUNT, 2}, 3, 2},
        {STAGE_PARALLEL, {QUORUM_COUNT, 3}, 2, 3},
        {STAGE_PARALLEL, {QUORUM_COUNT, 3}, 0, 3},
        {STAGE_PARALLEL, {QUORUM_ALL, 0}, 4, 4},
        {STAGE_PARALLEL, {QUORUM_ALL, 0}, 0, 1},
        {STAGE_PARALLEL, {QUORUM_MAJORITY, 0}, 1, 1},
        {STAGE_PARALLEL, {QUORUM_MAJORITY, 0}, 4, 3},
        {STAGE_PARALLEL, {QUORUM_MAJORITY, 0}, 5, 3},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 70}, 5, 4},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 60}, 5, 3},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 1}, 100, 1},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 1}, 101, 2},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 1}, 1, 1},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 50}, 0, 1},
        {STAGE_PARALLEL, {QUORUM_PERCENT, 100}, 1000, 1000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s = {.type = rows[i].type, .quorum = rows[i].quorum};
        CHECK_INT(quorum_needed(&s, rows[i].slate), rows[i].needed);
    }
}

static const struct requires *requires_of(const char *text)
{
    struct problems problems;
    problems_init(&problems, arena);
    const struct requires *r = requires_parse(arena, json_of(arena, text), false, "", &problems);
    CHECK_FATAL(r != NULL);
    return r;
}

#define TASK(person, named, task_state, said)                                                 \
    {                                                                                         \
        .stage_id = "s", .visit = 2, .user = (person), .via = (named), .state = (task_state), \
        .vote = (said)                                                                        \
    }
#define ANSWER(person, said) TASK(person, "", TASK_ANSWERED, said)
#define APPROVED(person) ANSWER(person, VOTE_APPROVE)
#define REJECTED(person) ANSWER(person, VOTE_REJECT)
#define ABSTAINED(person) ANSWER(person, VOTE_ABSTAIN)
#define ASKED(person) TASK(person, "", TASK_OPEN, VOTE_NONE)

static enum stage_outcome outcome_of(const struct stage *s, struct approval a, struct task *tasks,
                                     size_t n)
{
    a.stage_id = "s";
    a.visit = 2;
    a.tasks = tasks;
    a.task_count = n;
    for (size_t i = 0; i < n; i++)
        tasks[i].place = (int64_t)i + 1;
    return quorum_outcome(arena, s, &a);
}

static enum stage_outcome outcome(struct task *tasks, size_t n, int64_t needed)
{
    struct stage s = {.type = STAGE_PARALLEL, .reject = {REJECT_ANY, 1}};
    return outcome_of(&s, (struct approval){.needed = needed}, tasks, n);
}

/* Never less than the author asked for. */
static void test_needed_of_fallback(void)
{
    struct stage s = {.type = STAGE_PARALLEL};
    struct approval a = {.needed = 3};
    CHECK_INT(quorum_needed_of_fallback(arena, &s, &a), 3);
    a.needed = 0;
    CHECK_INT(quorum_needed_of_fallback(arena, &s, &a), 1);
    s.requires = requires_of("{'all':[{'at_least':2,'of':'group:a'},'role:b']}");
    CHECK_INT(quorum_needed_of_fallback(arena, &s, &a), 3);
    CHECK_INT(quorum_needed(&s, 5), 0);
}

/* Of those who abstained in a sequence nothing is asked any more. */
static void test_fallback_of_a_sequence(void)
{
    struct selector approvers[3] = {{0}};
    struct stage s = {.approvers = approvers, .approver_count = 3};
    struct task tasks[] = {ABSTAINED("alice"), ASKED("bob"), ASKED("carol")};
    struct approval a = {.stage_id = "s", .visit = 2, .needed = 3, .tasks = tasks, .task_count = 3};
    for (size_t i = 0; i < 3; i++)
        tasks[i].place = (int64_t)i + 1;
    CHECK_INT(quorum_needed_of_fallback(arena, &s, &a), 2);
}

/* The first answer at a place is the place's; an abstention leaves it to the others. */
static void test_several_at_one_place(void)
{
    struct stage s = {.type = STAGE_PARALLEL, .reject = {REJECT_ANY, 1}};
    struct task tasks[] = {APPROVED("alice"), ABSTAINED("lea"), ASKED("bob")};
    struct approval a = {.stage_id = "s", .visit = 2, .needed = 2, .tasks = tasks, .task_count = 3};
    tasks[0].place = tasks[1].place = 1;
    tasks[2].place = 2;
    CHECK_INT(quorum_outcome(arena, &s, &a), STAGE_OPEN);
    tasks[2].state = TASK_ANSWERED;
    tasks[2].vote = VOTE_APPROVE;
    CHECK_INT(quorum_outcome(arena, &s, &a), STAGE_SATISFIED);
}

static void test_people_are_counted(void)
{
    struct task tasks[] = {APPROVED("alice"), APPROVED("bob"), ASKED("carol")};
    CHECK_INT(outcome(tasks, 3, 2), STAGE_SATISFIED);
    CHECK_INT(outcome(tasks, 3, 3), STAGE_OPEN);
    CHECK_INT(outcome(tasks, 3, 4), STAGE_IMPOSSIBLE);
    CHECK_INT(outcome(tasks, 2, 3), STAGE_IMPOSSIBLE);
}

static void test_only_this_visit_counts(void)
{
    struct task tasks[] = {APPROVED("alice"), REJECTED("bob"), REJECTED("carol"), ASKED("dan"),
                           ASKED("eve")};
    tasks[1].visit = 1;
    tasks[2].stage_id = "other";
    tasks[4].visit = 1;
    CHECK_INT(outcome(tasks, 5, 1), STAGE_SATISFIED);
    CHECK_INT(outcome(tasks, 5, 2), STAGE_OPEN);
    CHECK_INT(outcome(tasks, 5, 3), STAGE_IMPOSSIBLE);
}

static void test_rejection_comes_first(void)
{
    struct task tasks[] = {APPROVED("alice"), APPROVED("bob"), REJECTED("carol")};
    CHECK_INT(outcome(tasks, 3, 2), STAGE_IMPOSSIBLE);
    CHECK_INT(outcome(tasks, 2, 2), STAGE_SATISFIED);
}

static void test_how_many_rejections(void)
{
    static const struct {
        struct reject reject;
        bool fallback;
        enum stage_outcome one, two;
    } rows[] = {
        {{REJECT_ANY, 1}, false, STAGE_IMPOSSIBLE, STAGE_IMPOSSIBLE},
        {{REJECT_COUNT, 2}, false, STAGE_OPEN, STAGE_IMPOSSIBLE},
        {{REJECT_COUNT, 3}, false, STAGE_OPEN, STAGE_OPEN},
        {{REJECT_IMPOSSIBLE, 0}, false, STAGE_OPEN, STAGE_OPEN},
        {{REJECT_IMPOSSIBLE, 0}, true, STAGE_IMPOSSIBLE, STAGE_IMPOSSIBLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s = {.type = STAGE_PARALLEL, .reject = rows[i].reject};
        struct approval a = {
            .needed = 1,
            .fallback = rows[i].fallback,
            .slate_role = rows[i].fallback ? "admin" : NULL,
        };
        struct task tasks[] = {REJECTED("alice"), ASKED("bob"), ASKED("carol")};
        CHECK_INT(outcome_of(&s, a, tasks, 3), rows[i].one);
        tasks[1] = (struct task)REJECTED("bob");
        CHECK_INT(outcome_of(&s, a, tasks, 3), rows[i].two);
    }
}

/* With "impossible" it ends when approval can no longer be reached. */
static void test_impossible(void)
{
    struct stage s = {.type = STAGE_PARALLEL, .reject = {REJECT_IMPOSSIBLE, 0}};
    struct task tasks[] = {REJECTED("alice"), ASKED("bob"), ABSTAINED("carol")};
    CHECK_INT(outcome_of(&s, (struct approval){.needed = 1}, tasks, 3), STAGE_OPEN);
    CHECK_INT(outcome_of(&s, (struct approval){.needed = 2}, tasks, 3), STAGE_IMPOSSIBLE);
    struct approval anybody = {.needed = 2, .slate_role = "approver"};
    CHECK_INT(outcome_of(&s, anybody, tasks, 3), STAGE_OPEN);
}

static void test_open_tasks_do_not_count(void)
{
    struct task tasks[] = {APPROVED("alice"), ASKED("bob"), APPROVED("carol")};
    tasks[0].state = TASK_CLOSED;
    tasks[2].consult = true;
    CHECK_INT(outcome(tasks, 3, 1), STAGE_OPEN);
    CHECK_INT(outcome(tasks, 1, 1), STAGE_IMPOSSIBLE);
    tasks[0].state = TASK_HANDED_ON;
    CHECK_INT(outcome(tasks, 3, 2), STAGE_IMPOSSIBLE);
}

static void test_in_order(void)
{
    static const struct {
        struct task tasks[2];
        enum stage_outcome all, quorum_of_one;
    } rows[] = {
        {{APPROVED("alice"), ASKED("bob")}, STAGE_OPEN, STAGE_SATISFIED},
        {{APPROVED("alice"), APPROVED("bob")}, STAGE_SATISFIED, STAGE_SATISFIED},
        {{ABSTAINED("alice"), ASKED("bob")}, STAGE_OPEN, STAGE_OPEN},
        {{ABSTAINED("alice"), APPROVED("bob")}, STAGE_SATISFIED, STAGE_SATISFIED},
        {{ABSTAINED("alice"), ABSTAINED("bob")}, STAGE_IMPOSSIBLE, STAGE_IMPOSSIBLE},
        {{REJECTED("alice"), ASKED("bob")}, STAGE_IMPOSSIBLE, STAGE_IMPOSSIBLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct selector approvers[2] = {{0}};
        struct stage s = {
            .type = STAGE_SEQUENTIAL,
            .reject = {REJECT_ANY, 1},
            .approvers = approvers,
            .approver_count = 2,
        };
        struct task tasks[] = {rows[i].tasks[0], rows[i].tasks[1]};
        CHECK_INT(outcome_of(&s, (struct approval){.needed = 2}, tasks, 2), rows[i].all);
        s.quorum = (struct quorum){QUORUM_COUNT, 1};
        CHECK_INT(outcome_of(&s, (struct approval){.needed = 1}, tasks, 2), rows[i].quorum_of_one);
    }
}

static void test_requires(void)
{
    struct stage s = {.type = STAGE_PARALLEL, .reject = {REJECT_ANY, 1}};
    s.requires = requires_of("{'all':['group:a','group:b']}");
    struct task tasks[] = {TASK("alice", "group:a", TASK_ANSWERED, VOTE_APPROVE),
                           TASK("bob", "user:bob\ngroup:b", TASK_OPEN, VOTE_NONE),
                           TASK("carol", "group:a", TASK_OPEN, VOTE_NONE)};
    CHECK_INT(outcome_of(&s, (struct approval){0}, tasks, 3), STAGE_OPEN);
    tasks[1].state = TASK_ANSWERED;
    tasks[1].vote = VOTE_ABSTAIN;
    CHECK_INT(outcome_of(&s, (struct approval){0}, tasks, 3), STAGE_IMPOSSIBLE);
    tasks[1].vote = VOTE_APPROVE;
    CHECK_INT(outcome_of(&s, (struct approval){0}, tasks, 3), STAGE_SATISFIED);
    CHECK_INT(outcome_of(&s, (struct approval){.fallback = true, .needed = 3}, tasks, 3),
              STAGE_OPEN);
}

static bool reachable(const struct stage *s, struct approval a, struct task *tasks, size_t n)
{
    a.stage_id = "s";
    a.visit = 2;
    a.tasks = tasks;
    a.task_count = n;
    for (size_t i = 0; i < n; i++)
        tasks[i].place = (int64_t)i + 1;
    return quorum_reachable(arena, s, &a);
}

static void test_reachable(void)
{
    struct stage s = {.type = STAGE_PARALLEL};
    struct task tasks[] = {ASKED("alice"), APPROVED("bob"), ABSTAINED("carol"), ASKED("dan")};
    tasks[3].consult = true;
    CHECK(reachable(&s, (struct approval){.needed = 2}, tasks, 4));
    CHECK(!reachable(&s, (struct approval){.needed = 3}, tasks, 4));
    CHECK(!reachable(&s, (struct approval){.needed = 1}, tasks, 0));
    CHECK(!reachable(&s, (struct approval){.needed = 0}, tasks, 0));
    CHECK(reachable(&s, (struct approval){.needed = 3, .slate_role = "admin"}, tasks, 0));
    s.requires = requires_of("{'at_least':2,'of':'group:a'}");
    tasks[0].via = tasks[1].via = "group:a";
    CHECK(reachable(&s, (struct approval){0}, tasks, 4));
    tasks[0].via = "user:alice";
    CHECK(!reachable(&s, (struct approval){0}, tasks, 4));
}

static const struct test tests[] = {
    {"how many must approve", test_needed},
    {"how many where others decide", test_needed_of_fallback},
    {"how many after an abstention in a sequence", test_fallback_of_a_sequence},
    {"several who are asked at one place", test_several_at_one_place},
    {"people are counted", test_people_are_counted},
    {"votes of other visits and stages do not count", test_only_this_visit_counts},
    {"a rejection is looked at first", test_rejection_comes_first},
    {"how many rejections end it", test_how_many_rejections},
    {"when approval can no longer be reached", test_impossible},
    {"what is no vote", test_open_tasks_do_not_count},
    {"one after another", test_in_order},
    {"the tree decides where there is one", test_requires},
    {"whether a slate could decide", test_reachable},
};

int main(void)
{
    arena = arena_new();
    int rc = check_main("quorum", tests, sizeof tests / sizeof *tests);
    arena_free(&arena);
    return rc;
}
