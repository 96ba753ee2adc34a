#include "quorum.h"

size_t quorum_needed(const struct stage *s, size_t slate_size)
{
    if (s->quorum)
        return s->quorum;
    return s->type == STAGE_SEQUENTIAL && slate_size ? slate_size : 1;
}

static bool is_vote(const struct task *t, const struct stage *s, int64_t visit, enum vote vote)
{
    return t->state == TASK_ANSWERED && t->vote == vote && t->visit == visit &&
           !strcmp(t->stage_id, s->id);
}

/* Whether the approval in tasks[at] is by somebody who has not approved before it. */
static bool is_new_person(const struct stage *s, const struct approval *a, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (is_vote(&a->tasks[i], s, a->visit, VOTE_APPROVE) &&
            !strcmp(a->tasks[i].user, a->tasks[at].user))
            return false;
    return true;
}

enum stage_outcome quorum_outcome(const struct stage *s, const struct approval *a)
{
    int64_t approvals = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        if (is_vote(&a->tasks[i], s, a->visit, VOTE_REJECT))
            return STAGE_IMPOSSIBLE;
        if (is_vote(&a->tasks[i], s, a->visit, VOTE_APPROVE) && is_new_person(s, a, i))
            approvals++;
    }
    return approvals >= a->needed ? STAGE_SATISFIED : STAGE_OPEN;
}
