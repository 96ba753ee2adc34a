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
    bool away; /* nobody of those asked there can answer now */
};

static enum place_answer answer_of(const struct task *t)
{
    if (task_is_live(t))
        return ANSWER_NONE;
    return t->vote == VOTE_APPROVE ? ANSWER_APPROVED : ANSWER_OTHER;
}

/* What is known of a place gets better: gone, then waiting for one who is away or who is not, then
 * approved. */
static int worth(const struct turn *turn)
{
    if (turn->answer.answer == ANSWER_NONE)
        return turn->away ? 1 : 2;
    return turn->answer.answer == ANSWER_APPROVED ? 3 : 0;
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
        struct turn turn = {
            .place = t->place,
            .answer = {t->user, t->via, answer_of(t)},
            .away = is_away(t->user, away, n),
        };
        size_t at = count;
        while (at > 0 && turns[at - 1].place >= t->place)
            at--;
        if (at < count && turns[at].place == t->place) {
            if (worth(&turn) > worth(&turns[at]))
                turns[at] = turn;
            continue;
        }
        memmove(&turns[at + 1], &turns[at], (count - at) * sizeof *turns);
        turns[at] = turn;
        count++;
    }
    return count;
}

/* Who is away cannot answer, nor can in a sequence those who come after him. */
static void set_aside_away(const struct stage *s, const struct turn *turns, struct place *places,
                           size_t n)
{
    bool blocked = false;
    for (size_t i = 0; i < n; i++) {
        bool waits = places[i].answer == ANSWER_NONE;
        if (waits && (turns[i].away || blocked))
            places[i].answer = ANSWER_OTHER;
        blocked = blocked || (waits && turns[i].away && s->type == STAGE_SEQUENTIAL);
    }
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
    set_aside_away(s, turns, places, n);
    if (!need.requires && need.needed > approved)
        out->still_needed = (int64_t)(need.needed - approved);
    outlook_find(arena, &need, places, n, &out->outlook);
}
