#include "eligibility.h"
#include "run.h"
#include "step.h"

/* To look is not to touch: what is found out about a place is not kept. */
static struct approval copy_of(struct arena *arena, const struct approval *a)
{
    struct approval copy = *a;
    struct task *tasks = arena_array(arena, a->task_count, sizeof *tasks);
    if (a->task_count)
        memcpy(tasks, a->tasks, a->task_count * sizeof *tasks);
    copy.tasks = tasks;
    return copy;
}

int engine_permissions(struct arena *arena, const struct definition *d, const struct outside *o,
                       const struct approval *a, const char *actor, bool admin,
                       const char *reasons[ACTION_COUNT], struct err *e)
{
    struct effects fx;
    struct approval copy = copy_of(arena, a);
    struct run r = run_start(arena, d, o, &copy, &fx);
    bool overdue = engine_overdue(d, a, o->now);
    for (int kind = 0; kind < ACTION_COUNT; kind++) {
        struct action action = {.kind = (enum action_kind)kind, .actor = actor, .admin = admin};
        struct err why = ERR_INIT;
        reasons[kind] = NULL;
        if (overdue)
            reasons[kind] = "the deadline of this approval has passed";
        else if (eligibility_check(&r, run_stage(&r), &action, &why) < 0)
            reasons[kind] = arena_strdup(arena, why.message);
    }
    return run_end(&r, e);
}
