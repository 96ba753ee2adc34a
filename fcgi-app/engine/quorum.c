#include "quorum.h"

#include "slate.h"

size_t quorum_needed(const struct stage *s, size_t slate_size)
{
    size_t all = slate_size ? slate_size : 1;
    if (s->requires)
        return 0;
    switch (s->quorum.kind) {
    case QUORUM_COUNT:
        return s->quorum.n;
    case QUORUM_PERCENT:
        return (all * s->quorum.n + 99) / 100;
    case QUORUM_MAJORITY:
        return all / 2 + 1;
    case QUORUM_ALL:
        return all;
    case QUORUM_NONE:
        break;
    }
    return s->type == STAGE_SEQUENTIAL ? all : 1;
}

struct tally {
    int64_t approvals, rejections, abstentions;
    int64_t left; /* places that have not answered */
};

static unsigned vote_bit(const struct task *t)
{
    return task_is_live(t) ? 1u << VOTE_NONE : 1u << t->vote;
}

/* By place: several may be asked at one, and what the first of them says is its answer, unless it
 * is an abstention. Nobody holds two, so that counting places is counting people. */
static struct tally count_votes(struct arena *arena, const struct approval *a)
{
    struct tally n = {0};
    unsigned char *said = arena_alloc(arena, a->task_count + 1);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        bool counts = task_is_live(t) || t->state == TASK_ANSWERED;
        if (counts && !t->consult && task_is_present(a, t))
            said[t->place] |= (unsigned char)vote_bit(t);
    }
    for (size_t i = 0; i <= a->task_count; i++) {
        if (said[i] & 1u << VOTE_REJECT)
            n.rejections++;
        else if (said[i] & 1u << VOTE_APPROVE)
            n.approvals++;
        else if (said[i] & 1u << VOTE_NONE)
            n.left++;
        else if (said[i])
            n.abstentions++;
    }
    return n;
}

/* One after another, and all of them: whoever abstains is passed over. */
static bool all_in_order(const struct stage *s, const struct approval *a)
{
    return s->type == STAGE_SEQUENTIAL && s->quorum.kind == QUORUM_NONE && s->approver_count &&
           !a->fallback;
}

int64_t quorum_needed_of_fallback(struct arena *arena, const struct stage *s,
                                  const struct approval *a)
{
    struct tally n = count_votes(arena, a);
    if (s->requires)
        return (int64_t)requires_people(s->requires);
    int64_t needed = all_in_order(s, a) ? a->needed - n.abstentions : a->needed;
    return needed > 1 ? needed : 1;
}

/* Where anybody may stand in for the author's slate, approval never becomes impossible, and after
 * an error the policy is no guide: then a no is a no. */
static bool is_rejected(const struct stage *s, const struct approval *a, const struct tally *n)
{
    bool endless = s->reject.kind == REJECT_IMPOSSIBLE && a->fallback && a->slate_role;
    if (n->rejections && (endless || a->status == STATUS_ERROR))
        return true;
    return s->reject.kind != REJECT_IMPOSSIBLE && n->rejections >= (int64_t)s->reject.n;
}

bool quorum_rejected(struct arena *arena, const struct stage *s, const struct approval *a)
{
    struct tally n = count_votes(arena, a);
    return is_rejected(s, a, &n);
}

bool quorum_any_rejection(struct arena *arena, const struct approval *a)
{
    return count_votes(arena, a).rejections > 0;
}

/* needed is how many there were when they were asked: who has left is missing. */
static bool can_still_all(const struct approval *a, const struct tally *n)
{
    return !n->rejections && n->approvals + n->left > 0 &&
           n->approvals + n->abstentions + n->left >= a->needed;
}

static enum stage_outcome outcome_by_tree(struct arena *arena, const struct stage *s,
                                          const struct approval *a)
{
    size_t count;
    const struct place *places = slate_places(arena, a, &count);
    return requires_outcome(arena, s->requires, places, count);
}

enum stage_outcome quorum_outcome(struct arena *arena, const struct stage *s,
                                  const struct approval *a)
{
    struct tally n = count_votes(arena, a);
    if (is_rejected(s, a, &n))
        return STAGE_IMPOSSIBLE;
    if (s->requires && !a->fallback)
        return outcome_by_tree(arena, s, a);
    if (all_in_order(s, a))
        return !can_still_all(a, &n) ? STAGE_IMPOSSIBLE : n.left ? STAGE_OPEN : STAGE_SATISFIED;
    if (n.approvals >= a->needed)
        return STAGE_SATISFIED;
    /* Somebody with the role could always approve; but where all who were asked have answered and
     * one of them said no, nobody waits for that. */
    bool answered = n.rejections && !n.left && s->reject.kind == REJECT_IMPOSSIBLE;
    bool helped = a->slate_role && !(answered && (s->approver_count || s->requires));
    return helped || n.approvals + n.left >= a->needed ? STAGE_OPEN : STAGE_IMPOSSIBLE;
}

bool quorum_reachable(struct arena *arena, const struct stage *s, const struct approval *a)
{
    struct tally n = count_votes(arena, a);
    if (s->requires && !a->fallback)
        return outcome_by_tree(arena, s, a) != STAGE_IMPOSSIBLE;
    if (all_in_order(s, a))
        return n.approvals + n.left > 0 && n.approvals + n.abstentions + n.left >= a->needed;
    return a->slate_role || (n.approvals + n.left >= a->needed && n.approvals + n.left > 0);
}
