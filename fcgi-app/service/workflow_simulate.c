#include "workflow_simulate.h"

#include "definitions.h"
#include "outside.h"
#include "visibility.h"
#include "rules_file.h"
#include "workflow_check.h"

#define STEPS_MAX 2000 /* votes that one simulation gives */
#define TASKS_MAX 1000 /* and people whom it asks: each vote costs for all of them */

struct simulation {
    const struct simulate *in;
    const struct definition *definition;
    struct arena *arena;
    struct outside outside, real;
    struct approval approval;
    struct simulated *out;
    size_t path_room;
};

#define ADMITS "admits:"
#define NAMELESS "somebody-" /* who takes part where only a role is asked */

/* As the outside says, except that somebody can always be found who has a role. */
static int ask(void *arg, struct arena *arena, const char *question, struct reply *out,
               struct err *e)
{
    struct simulation *sim = arg;
    if (strncmp(question, ADMITS, strlen(ADMITS)) != 0 && !strstr(question, NAMELESS))
        return sim->real.ask(sim->real.ask_arg, arena, question, out, e);
    return 0; /* the default */
}

static const char *why_entered(const struct simulation *sim, const struct visit *v,
                               const struct visit *before, const struct effects *fx)
{
    for (size_t i = 0; i < fx->event_count && !v->visit; i++)
        if (fx->events[i].reason && fx->events[i].stage_id &&
            !strcmp(fx->events[i].stage_id, v->stage_id))
            return fx->events[i].reason;
    if (!before)
        return "it is the first stage";
    return arena_printf(sim->arena, "stage %s was %s", before->stage_id,
                        visit_outcome_name(before->outcome));
}

static void list_asked(struct simulation *sim, const struct visit *v, struct simulated_stage *out)
{
    const struct approval *a = &sim->approval;
    const char **asked = arena_array(sim->arena, a->task_count, sizeof *asked);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (t->visit == v->visit && !strcmp(t->stage_id, v->stage_id) && *t->via)
            asked[out->asked_count++] = t->user;
    }
    out->asked = asked;
}

static struct simulated_stage *path_grow(struct simulation *sim)
{
    struct simulated *out = sim->out;
    if (out->path_count < sim->path_room)
        return out->path;
    sim->path_room = sim->path_room ? 2 * sim->path_room : 16;
    struct simulated_stage *path = arena_array(sim->arena, sim->path_room, sizeof *path);
    if (out->path_count)
        memcpy(path, out->path, out->path_count * sizeof *path);
    return path;
}

/* Those stages that have been entered since the last look. */
static void note_path(struct simulation *sim, const struct effects *fx)
{
    const struct approval *a = &sim->approval;
    struct simulated *out = sim->out;
    for (size_t i = out->path_count; i < a->visit_count; i++) {
        const struct visit *v = &a->visits[i];
        bool open = v->outcome == VISIT_OPEN;
        out->path = path_grow(sim);
        out->path[i] = (struct simulated_stage){
            .stage_id = v->stage_id,
            .visit = v->visit,
            .entered_at = v->entered_at,
            .because = why_entered(sim, v, i ? &a->visits[i - 1] : NULL, fx),
            .due_at = open ? a->sla_due_at : 0,
            .role = open ? a->slate_role : NULL,
            .needed = open ? a->needed : 0,
        };
        list_asked(sim, v, &out->path[i]);
        out->path_count++;
    }
}

static void *copy_list(struct arena *arena, const void *list, size_t n, size_t size)
{
    void *copy = arena_array(arena, n, size);
    if (n)
        memcpy(copy, list, n * size);
    return copy;
}

/* What is refused may have left its marks: the facts as they were are gone back to. */
static struct approval copy_of(struct arena *arena, const struct approval *a)
{
    struct approval copy = *a;
    copy.tasks = copy_list(arena, a->tasks, a->task_count, sizeof *a->tasks);
    copy.visits = copy_list(arena, a->visits, a->visit_count, sizeof *a->visits);
    copy.timers = copy_list(arena, a->timers, a->timer_count, sizeof *a->timers);
    return copy;
}

static int act(struct simulation *sim, const struct action *action, struct err *e)
{
    struct effects fx;
    if (engine_act(sim->arena, sim->definition, &sim->outside, &sim->approval, action, &fx, e) < 0)
        return -1;
    note_path(sim, &fx);
    return 0;
}

static void refuse(struct simulation *sim, const struct simulated_vote *v, const char *why,
                   const char **refused)
{
    refused[sim->out->refused_count++] = arena_printf(
        sim->arena, "%s by %s in stage %s: %s", action_name(v->kind), v->actor, v->stage, why);
    sim->out->refused = refused;
}

/* Of the stage when it is open: a vote is for that, and no repeat of one on an earlier visit. */
static int64_t visit_of(const struct approval *a, const char *stage)
{
    return a->stage_id && !strcmp(a->stage_id, stage) ? a->visit : 0;
}

static void give_votes(struct simulation *sim)
{
    const struct simulate *in = sim->in;
    const char **refused = arena_array(sim->arena, in->vote_count, sizeof *refused);
    for (size_t i = 0; i < in->vote_count; i++) {
        struct action action = {
            .kind = in->votes[i].kind,
            .actor = in->votes[i].actor,
            .stage_id = in->votes[i].stage,
            .visit = visit_of(&sim->approval, in->votes[i].stage),
        };
        struct err why = ERR_INIT;
        struct approval before = copy_of(sim->arena, &sim->approval);
        if (act(sim, &action, &why) == 0)
            continue;
        refuse(sim, &in->votes[i], why.message, refused);
        sim->approval = before;
    }
}

/* Who comes next: the holder of an open task, else somebody whom the role admits. */
static const char *next_actor(const struct simulation *sim, size_t step)
{
    const struct approval *a = &sim->approval;
    for (size_t i = 0; i < a->task_count; i++)
        if (a->tasks[i].state == TASK_OPEN && !a->tasks[i].consult)
            return a->tasks[i].user;
    return a->slate_role ? arena_printf(sim->arena, NAMELESS "%zu", step + 1) : NULL;
}

static int approve_all(struct simulation *sim, struct err *e)
{
    for (size_t step = 0; step < STEPS_MAX && sim->approval.status == STATUS_PENDING; step++) {
        struct action action = {.kind = ACTION_APPROVE, .actor = next_actor(sim, step)};
        if (!action.actor)
            return 0;
        if (sim->approval.task_count > TASKS_MAX)
            return err_set(e, ERR_INVALID,
                           "more than %d people would be asked one after the other, which is too "
                           "many to simulate; give votes for the stages that matter",
                           TASKS_MAX);
        if (act(sim, &action, e) < 0)
            return -1;
    }
    return 0;
}

static int find_definition(struct service *sv, struct session *s, struct simulation *sim,
                           struct err *e)
{
    const struct simulate *in = sim->in;
    struct workflow_row w;
    if (in->definition) {
        struct definition *d = arena_make(sim->arena, struct definition);
        struct problems *problems = problems_new(sim->arena);
        struct problems *warnings = problems_new(sim->arena);
        sim->definition = d;
        if (definition_parse(sim->arena, in->definition, "workflow", d, NULL, e) < 0 ||
            workflow_check(sv, s, sim->arena, d, problems, warnings, e) < 0)
            return -1;
        return problems_err(problems, e);
    }
    int found = store_workflow_get(s, sim->arena, in->workflow_id, &w, e);
    if (found > 0)
        found = visibility_workflow(s, sim->arena, in->who, &w, e);
    if (found == 0)
        err_set(e, ERR_NOT_FOUND, "Workflow not found");
    if (found <= 0)
        return -1;
    return definitions_get(sv->definitions, s, sim->arena, w.id, w.revision, &sim->definition, e);
}

static int run(struct service *sv, struct session *s, struct simulation *sim, struct err *e)
{
    const struct simulate *in = sim->in;
    struct effects fx;
    if (find_definition(sv, s, sim, e) < 0 ||
        payload_schema_require(sim->arena, sim->definition->payload_schema, in->payload, e) < 0 ||
        outside_now(sv, s, sim->arena, sim->definition, in->payload, clock_now(sv->clock),
                    &sim->real, e) < 0)
        return -1;
    sim->outside = sim->real;
    sim->outside.ask = ask;
    sim->outside.ask_arg = sim;
    sim->approval = (struct approval){
        .id = "simulation",
        .workflow_id = sim->definition->id,
        .workflow_version = sim->definition->version,
        .target_entity = in->target_entity,
        .requester_id = in->requester_id,
        .payload = in->payload_text,
        .payload_sha256 = "",
        /* Who oversees asks what a program whose ratings are believed would get. */
        .believed = principal_may(in->who, MAY_OVERSEE) || principal_has(in->who, ROLE_SERVICE),
    };
    if (engine_submit(sim->arena, sim->definition, &sim->outside, &sim->approval, &fx, e) < 0)
        return -1;
    note_path(sim, &fx);
    if (in->votes)
        give_votes(sim);
    else if (approve_all(sim, e) < 0)
        return -1;
    for (size_t i = 0; i < sim->out->path_count; i++)
        sim->out->path[i].outcome = sim->approval.visits[i].outcome;
    sim->out->outcome = sim->approval.status;
    sim->out->fault = sim->approval.fault;
    return 0;
}

int workflow_simulate(struct service *sv, struct arena *arena, const struct simulate *in,
                      struct simulated *out, struct err *e)
{
    struct simulation *sim = arena_make(arena, struct simulation);
    struct session *s = NULL;
    *out = (struct simulated){0};
    *sim = (struct simulation){.in = in, .arena = arena, .out = out};
    rules_file_look(sv->rules);
    if (store_read_begin(sv->store, &s, e) < 0)
        return -1;
    int rc = run(sv, s, sim, e);
    store_read_end(&s);
    return rc;
}
