#include "approval_outlook.h"

#include "definitions.h"
#include "engine/forecast.h"
#include "engine/slate.h"
#include "visibility.h"

static bool is_away(const struct user_row *user, int64_t now)
{
    return user->absent_from <= now && now < user->absent_to;
}

/* Who is away, or gone, cannot finish it today. */
static int find_absent(struct session *s, struct arena *arena, const struct approval *a,
                       int64_t now, struct approval_outlook *out, struct err *e)
{
    const char **absent = arena_array(arena, a->task_count, sizeof *absent);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        struct user_row user;
        bool waits = task_is_present(a, t) && task_is_live(t);
        int found = waits ? store_user_get(s, arena, t->user, &user, e) : 0;
        if (found < 0)
            return -1;
        if (found && (user.removed_at || is_away(&user, now)))
            absent[out->absent_count++] = t->user;
    }
    out->absent = absent;
    return 0;
}

static int look_ahead(struct service *sv, struct session *s, struct arena *arena,
                      const struct approval *a, struct approval_outlook *out, struct err *e)
{
    const struct definition *d;
    struct forecast forecast;
    if (definitions_get(sv->definitions, s, arena, a->workflow_id, a->revision, &d, e) < 0)
        return -1;
    int stage = definition_stage(d, a->stage_id);
    if (stage < 0)
        return err_set(e, ERR_INTERNAL, "approval %s is in no stage of its workflow", a->id);
    if (find_absent(s, arena, a, clock_now(sv->clock), out, e) < 0)
        return -1;
    forecast_stage(arena, &d->stages[stage], a, out->absent, out->absent_count, &forecast);
    out->outlook = forecast.outlook;
    out->still_needed = forecast.still_needed;
    if (out->role)
        out->outlook.reason = NULL; /* there is always somebody else */
    else if (out->outlook.reason && out->absent_count)
        out->outlook.reason = "it waits for people who are away";
    return 0;
}

static int read_outlook(struct service *sv, struct session *s, struct arena *arena,
                        const struct principal *who, const char *id, struct approval_outlook *out,
                        struct err *e)
{
    struct approval a;
    int found = store_approval_get(s, arena, id, &a, e);
    if (found == 0)
        return err_set(e, ERR_NOT_FOUND, "Approval not found");
    if (found < 0 || visibility_approval(sv, s, arena, who, NULL, &a, e) < 0)
        return -1;
    *out = (struct approval_outlook){
        .approval_id = a.id,
        .status = approval_status_name(a.status),
        .stage_id = a.stage_id,
        .visit = a.visit,
        .seq = a.seq,
        .role = a.slate_role,
    };
    if (a.stage_id)
        return look_ahead(sv, s, arena, &a, out, e);
    out->outlook.complete = true;
    out->outlook.reason = "no stage is open";
    return 0;
}

int approval_outlook(struct service *sv, struct arena *arena, const struct principal *who,
                     const char *id, struct approval_outlook *out, struct err *e)
{
    struct session *s = NULL;
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = read_outlook(sv, s, arena, who, id, out, e);
    store_read_end(&s);
    return rc;
}
