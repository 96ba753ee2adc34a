#include "forecast.h"

#include "slate.h"

static bool is_away(const char *user, const char *const *away, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(away[i], user))
            return true;
    return false;
}

struct turn {
    int64_t place;
    struct place answer;
};

static enum place_answer answer_of(const struct task *t, const char *const *away, size_t n)
{
    if (task_is_live(t))
        return is_away(t->user, away, n) ? ANSWER_OTHER : ANSWER_NONE;
    return t->vote == VOTE_APPROVE ? ANSWER_APPROVED : ANSWER_OTHER;
}

/* What is known of a place gets better: gone, then waiting, then approved. */
static bool is_better(enum place_answer a, enum place_answer b)
{
    static const int worth[] = {
        [ANSWER_OTHER] = 0,
        [ANSWER_NONE] = 1,
        [ANSWER_APPROVED] = 2,
    };
    return worth[a] > worth[b];
}

/* A place each, in order. */
static size_t turns_of(const struct approval *a, const char *const *away, size_t n,
                       struct turn *turns)
{
    size_t count = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (!task_is_present(a, t) || t->consult || !(task_is_live(t) || t->state == TASK_ANSWERED))
            continue;
        struct place place = {t->user, t->via, answer_of(t, away, n)};
        size_t at = count;
        while (at > 0 && turns[at - 1].place >= t->place)
            at--;
        if (at < count && turns[at].place == t->place) {
            if (is_better(place.answer, turns[at].answer.answer))
                turns[at].answer = place;
            continue;
        }
        memmove(&turns[at + 1], &turns[at], (count - at) * sizeof *turns);
        turns[at] = (struct turn){t->place, place};
        count++;
    }
    return count;
}

static size_t count_answers(const struct place *places, size_t n, enum place_answer answer)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += places[i].answer == answer;
    return count;
}

static struct need need_of(const struct stage *s, const struct approval *a,
                           const struct place *places, size_t n)
{
    struct need need = {
        .requires = a->fallback ? NULL : s->requires,
        .needed = (size_t)a->needed,
        .in_order = s->type == STAGE_SEQUENTIAL,
    };
    bool all = need.in_order && s->quorum.kind == QUORUM_NONE && s->approver_count && !a->fallback;
    if (all)
        need.needed =
            count_answers(places, n, ANSWER_APPROVED) + count_answers(places, n, ANSWER_NONE);
    return need;
}

void forecast_stage(struct arena *arena, const struct stage *s, const struct approval *a,
                    const char *const *away, size_t away_count, struct forecast *out)
{
    struct turn *turns = arena_array(arena, a->task_count + 1, sizeof *turns);
    size_t n = turns_of(a, away, away_count, turns);
    struct place *places = arena_array(arena, n, sizeof *places);
    for (size_t i = 0; i < n; i++)
        places[i] = turns[i].answer;
    struct need need = need_of(s, a, places, n);
    size_t approved = count_answers(places, n, ANSWER_APPROVED);
    *out = (struct forecast){0};
    if (!need.requires && need.needed > approved)
        out->still_needed = (int64_t)(need.needed - approved);
    outlook_find(arena, &need, places, n, &out->outlook);
}
