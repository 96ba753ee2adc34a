#include "facts.h"

#include "base/clock.h"

static struct value time_value(const struct run *r, int64_t us)
{
    char buf[TIME_TEXT_SIZE];
    return value_string(arena_strdup(r->arena, time_text(us, buf)));
}

/* keys must be static. */
static struct value object_of(const struct run *r, const char *const *keys,
                              const struct value *values, size_t n)
{
    struct value *items = arena_array(r->arena, n, sizeof *items);
    memcpy(items, values, n * sizeof *items);
    return value_object(keys, items, n);
}

static struct value workflow_value(const struct run *r)
{
    static const char *const keys[] = {"id", "name", "version", "revision"};
    const struct definition *d = r->definition;
    const struct value values[] = {
        value_string(d->id),
        value_string(d->name),
        value_string(d->version),
        value_number((double)r->approval->revision),
    };
    return object_of(r, keys, values, sizeof keys / sizeof *keys);
}

static struct value stage_value(const struct run *r, const struct stage *s, int64_t visit)
{
    static const char *const keys[] = {"id", "name", "visit"};
    const struct value values[] = {
        value_string(s->id),
        value_string(s->name),
        value_number((double)visit),
    };
    return object_of(r, keys, values, sizeof keys / sizeof *keys);
}

static bool is_of_visit(const struct task *t, const struct visit *v)
{
    return t->visit == v->visit && !strcmp(t->stage_id, v->stage_id);
}

static bool counts(const struct task *t)
{
    return t->state == TASK_ANSWERED && t->vote == VOTE_APPROVE && !t->consult;
}

/* Who has approved in this round, in the order of the tasks; each as often as he did. */
static struct value approved_by(const struct run *r)
{
    const struct approval *a = r->approval;
    struct value *items = arena_array(r->arena, a->task_count, sizeof *items);
    size_t n = 0, v = 0; /* tasks are in the order of the visits */
    for (size_t i = 0; i < a->task_count && v < a->visit_count; i++) {
        const struct task *t = &a->tasks[i];
        while (v < a->visit_count && !is_of_visit(t, &a->visits[v]))
            v++;
        if (v < a->visit_count && a->visits[v].round == a->round && counts(t))
            items[n++] = value_string(t->user);
    }
    return (struct value){.type = VALUE_ARRAY, .items = items, .count = n};
}

static struct value approval_value(const struct run *r)
{
    static const char *const keys[] = {"id", "status", "round", "created_at", "approved_by"};
    const struct approval *a = r->approval;
    const struct value values[] = {
        value_string(a->id),
        value_string(approval_status_name(a->status)),
        value_number((double)a->round),
        time_value(r, a->created_at),
        approved_by(r),
    };
    return object_of(r, keys, values, sizeof keys / sizeof *keys);
}

struct value facts_of(const struct run *r, const struct stage *s, int64_t visit)
{
    static const char *const keys[] = {
        "payload", "requester", "target_entity", "workflow", "stage", "approval", "now"};
    const struct approval *a = r->approval;
    const struct value values[] = {
        value_json(r->outside->payload), value_string(a->requester_id),
        value_string(a->target_entity),  workflow_value(r),
        stage_value(r, s, visit),        approval_value(r),
        time_value(r, r->outside->now),
    };
    return object_of(r, keys, values, sizeof keys / sizeof *keys);
}
