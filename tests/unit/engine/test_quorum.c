#include "engine/quorum.h"
#include "../check.h"

static void test_needed(void)
{
    static const struct {
        enum stage_type type;
        size_t quorum, slate, needed;
    } rows[] = {
        {STAGE_SEQUENTIAL, 0, 3, 3}, {STAGE_SEQUENTIAL, 0, 1, 1}, {STAGE_SEQUENTIAL, 2, 3, 2},
        {STAGE_SEQUENTIAL, 0, 0, 1}, {STAGE_SEQUENTIAL, 2, 0, 2}, {STAGE_PARALLEL, 0, 3, 1},
        {STAGE_PARALLEL, 2, 3, 2},   {STAGE_PARALLEL, 0, 0, 1},   {STAGE_PARALLEL, 3, 0, 3},
        {STAGE_PARALLEL, 3, 2, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stage s = {.type = rows[i].type, .quorum = rows[i].quorum};
        CHECK_INT(quorum_needed(&s, rows[i].slate), rows[i].needed);
    }
}

#define ANSWER(person, said)                                                                  \
    {                                                                                         \
        .stage_id = "s", .visit = 2, .user = (person), .state = TASK_ANSWERED, .vote = (said) \
    }

static enum stage_outcome outcome(struct task *tasks, size_t n, int64_t needed)
{
    struct stage s = {.id = "s"};
    struct approval a = {
        .stage_id = "s", .visit = 2, .needed = needed, .tasks = tasks, .task_count = n};
    return quorum_outcome(&s, &a);
}

static void test_people_are_counted_once(void)
{
    struct task tasks[] = {ANSWER("alice", VOTE_APPROVE), ANSWER("alice", VOTE_APPROVE),
                           ANSWER("bob", VOTE_APPROVE)};
    CHECK_INT(outcome(tasks, 2, 2), STAGE_OPEN);
    CHECK_INT(outcome(tasks, 3, 2), STAGE_SATISFIED);
    CHECK_INT(outcome(tasks, 3, 3), STAGE_OPEN);
}

static void test_only_this_visit_counts(void)
{
    struct task tasks[] = {ANSWER("alice", VOTE_APPROVE), ANSWER("bob", VOTE_REJECT),
                           ANSWER("carol", VOTE_REJECT)};
    tasks[1].visit = 1;
    tasks[2].stage_id = "other";
    CHECK_INT(outcome(tasks, 3, 1), STAGE_SATISFIED);
    CHECK_INT(outcome(tasks, 3, 2), STAGE_OPEN);
}

static void test_rejection_comes_first(void)
{
    struct task tasks[] = {ANSWER("alice", VOTE_APPROVE), ANSWER("bob", VOTE_APPROVE),
                           ANSWER("carol", VOTE_REJECT)};
    CHECK_INT(outcome(tasks, 3, 2), STAGE_IMPOSSIBLE);
    CHECK_INT(outcome(tasks, 2, 2), STAGE_SATISFIED);
}

static void test_open_tasks_do_not_count(void)
{
    struct task tasks[] = {ANSWER("alice", VOTE_APPROVE)};
    tasks[0].state = TASK_OPEN;
    CHECK_INT(outcome(tasks, 1, 1), STAGE_OPEN);
    CHECK_INT(outcome(tasks, 0, 1), STAGE_OPEN);
}

static const struct test tests[] = {
    {"how many must approve", test_needed},
    {"a person counts once", test_people_are_counted_once},
    {"votes of other visits and stages do not count", test_only_this_visit_counts},
    {"a rejection is looked at first", test_rejection_comes_first},
    {"an open task is no vote", test_open_tasks_do_not_count},
};

int main(void)
{
    return check_main("quorum", tests, sizeof tests / sizeof *tests);
}
