#include "scenario.h"

#include "base/clock.h"
#include "base/fields.h"

#define START_DEFAULT "2026-01-05T09:00:00Z" /* a Monday */
#define REQUESTER_DEFAULT "rita"
#define ADMIN_ROLE "admin"
#define RULES_HASH "5ha-of-the-rules"
#define WORDS_MAX 8

struct body {
    const char *name, *rule, *at, *requester, *valid_for;
    const struct json *workflow, *stages, *people, *payload, *rules, *calendars;
    const struct json *submitted, *steps, *refused, *warned;
    bool believed, manual_only;
};

#define BODY(member) offsetof(struct body, member)
static const struct field body_fields[] = {
    {"name", FIELD_STRING, FIELD_REQUIRED, 1, 200, BODY(name)},
    {"rule", FIELD_STRING, FIELD_REQUIRED, 1, 1000, BODY(rule)},
    {"workflow", FIELD_OBJECT, 0, 0, 0, BODY(workflow)},
    {"stages", FIELD_ARRAY, 0, 0, 0, BODY(stages)},
    {"people", FIELD_OBJECT, 0, 0, 0, BODY(people)},
    {"at", FIELD_STRING, 0, 1, 40, BODY(at)},
    {"requester", FIELD_ID, 0, 1, 100, BODY(requester)},
    {"payload", FIELD_OBJECT, 0, 0, 0, BODY(payload)},
    {"believed", FIELD_BOOL, 0, 0, 0, BODY(believed)},
    {"valid_for", FIELD_STRING, 0, 1, 40, BODY(valid_for)},
    {"rules", FIELD_OBJECT, 0, 0, 0, BODY(rules)},
    {"manual_only", FIELD_BOOL, 0, 0, 0, BODY(manual_only)},
    {"calendars", FIELD_OBJECT, 0, 0, 0, BODY(calendars)},
    {"submitted", FIELD_OBJECT, 0, 1, 0, BODY(submitted)},
    {"steps", FIELD_ARRAY, 0, 1, SCENARIO_STEPS_MAX, BODY(steps)},
    {"refused", FIELD_OBJECT, 0, 1, 0, BODY(refused)},
    {"warned", FIELD_OBJECT, 0, 1, 0, BODY(warned)},
};

struct step {
    const char *at, *after, *act;
    const struct json *with, *to, *people, *expect, *manual_only;
};

#define STEP(member) offsetof(struct step, member)
static const struct field step_fields[] = {
    {"at", FIELD_STRING, 0, 1, 40, STEP(at)},
    {"after", FIELD_STRING, 0, 1, 40, STEP(after)},
    {"do", FIELD_STRING, 0, 1, 200, STEP(act)},
    {"with", FIELD_OBJECT, 0, 1, 0, STEP(with)},
    {"to", FIELD_OBJECT, 0, 1, 0, STEP(to)},
    {"people", FIELD_OBJECT, 0, 1, 0, STEP(people)},
    {"manual_only", FIELD_ANY, 0, 0, 0, STEP(manual_only)},
    {"expect", FIELD_OBJECT, 0, 1, 0, STEP(expect)},
};

struct with {
    const char *comment, *stage, *title;
    const struct json *metadata, *seen, *payload;
    int64_t visit, seq;
};

#define WITH(member) offsetof(struct with, member)
static const struct field with_fields[] = {
    {"comment", FIELD_STRING, 0, 1, 1000, WITH(comment)},
    {"metadata", FIELD_OBJECT, 0, 0, 0, WITH(metadata)},
    {"stage", FIELD_ID, 0, 1, 200, WITH(stage)},
    {"visit", FIELD_INT, 0, 1, 1000, WITH(visit)},
    {"seq", FIELD_INT, 0, 1, 1000, WITH(seq)},
    {"seen", FIELD_OBJECT, 0, 0, 0, WITH(seen)},
    {"payload", FIELD_OBJECT, 0, 0, 0, WITH(payload)},
    {"title", FIELD_STRING, 0, 1, 200, WITH(title)},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* ---- helpers ---- */

bool play_fail(struct play *p, const char *fmt, ...)
{
    struct str s = STR_INIT;
    va_list ap;
    va_start(ap, fmt);
    str_vaddf(&s, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\n%s: \"%s\": %s: %s\n", p->scenario->file, p->scenario->name, p->where,
            s.buf);
    str_release(&s);
    p->failed = true;
    return false;
}

static bool said(struct play *p, const char *what, const struct problems *problems)
{
    for (const struct problem *x = problems->first; x; x = x->next)
        play_fail(p, "%s%s %s", what, x->pointer, x->detail);
    return !problems->count;
}

bool play_read(struct play *p, const struct json *object, const char *what,
               const struct field *fields, size_t n, void *out)
{
    struct problems problems;
    problems_init(&problems, p->arena);
    fields_read(object, "", fields, n, out, &problems);
    fields_refuse_unknown(object, "", fields, n, &problems);
    return said(p, what, &problems);
}

bool play_time(struct play *p, const char *text, int64_t *us)
{
    struct err e = ERR_INIT;
    bool instant = strchr(text, 'T') != NULL;
    if ((instant ? time_parse(text, us, &e) : duration_parse(text, us, &e)) < 0)
        return play_fail(p, "\"%s\": %s", text, e.message);
    if (!instant)
        *us += p->start;
    return true;
}

static const char *canonical(struct arena *arena, const struct json *v)
{
    struct str s = STR_INIT;
    json_canonical(&s, v);
    const char *text = arena_strndup(arena, s.buf, s.len);
    str_release(&s);
    return text;
}

static const struct json *parse(struct play *p, const char *text)
{
    static const struct json_limits limits = JSON_LIMITS_DEFAULT;
    struct err e = ERR_INIT;
    const struct json *v = NULL;
    if (json_parse(p->arena, text, strlen(text), &limits, &v, &e) < 0)
        play_fail(p, "%s: %s", e.message, text);
    return v;
}

/* ---- the definition ---- */

static bool among(const struct problems *problems, const char *pointer, const char *part)
{
    for (const struct problem *x = problems->first; x; x = x->next)
        if (!strcmp(x->pointer, pointer) && strstr(x->detail, part))
            return true;
    return false;
}

struct list {
    struct play *play;
    const struct problems *problems;
};

static bool check_problem(const char *pointer, const struct json *v, void *arg)
{
    struct list *list = arg;
    const char *part = json_string(v, NULL);
    list->play->checks++;
    if (!part)
        play_fail(list->play, "%s must be a part of a sentence", pointer);
    else if (!among(list->problems, pointer, part))
        play_fail(list->play, "expected \"%s\" at \"%s\"", part, pointer);
    return true;
}

/* Exactly those. */
static bool check_problems(struct play *p, const struct json *wanted,
                           const struct problems *problems)
{
    struct list list = {p, problems};
    json_each(wanted, check_problem, &list);
    if (json_object_size(wanted) != problems->count)
        play_fail(p, "expected %zu problems, got %zu", json_object_size(wanted), problems->count);
    if (p->failed)
        said(p, "got ", problems);
    return !p->failed;
}

static bool check_refused(struct play *p, const struct json *refused, int rc, const struct err *e)
{
    struct problems one;
    problems_init(&one, p->arena);
    if (rc == 0)
        return play_fail(p, "the definition was accepted");
    if (e->problems)
        return check_problems(p, refused, e->problems);
    problems_add(&one, "", "%s", e->message);
    return check_problems(p, refused, &one);
}

static const struct json *whole_definition(struct play *p, const struct json *body)
{
    const struct json *workflow = json_get(body, "workflow"), *stages = json_get(body, "stages");
    if (!workflow == !stages)
        play_fail(p, "one of workflow and stages must be there");
    if (workflow || !stages)
        return workflow;
    return parse(p, arena_printf(p->arena, "{\"stages\":%s}", canonical(p->arena, stages)));
}

/* body has stages or a workflow; *whole gets the definition as it was parsed. NULL: it is refused,
 * or is not as the scenario expects. */
static const struct definition *define(struct play *p, const struct json *body,
                                       const struct json **whole)
{
    struct definition *out = arena_make(p->arena, struct definition);
    const struct json *refused = json_get(body, "refused"), *warned = json_get(body, "warned");
    struct problems warnings;
    struct err e = ERR_INIT;
    *whole = whole_definition(p, body);
    if (p->failed)
        return NULL;
    problems_init(&warnings, p->arena);
    int rc = definition_parse(p->arena, *whole, "wf", out, &warnings, &e);
    if (refused)
        check_refused(p, refused, rc, &e);
    else if (rc < 0)
        play_fail(p, "the definition was refused: %s", e.message);
    else
        check_problems(p, warned, &warnings);
    return refused || p->failed ? NULL : out;
}

/* ---- steps ---- */

/* The engine works on a copy: after a refusal the facts must be as they were. */
static struct approval approval_copy(struct arena *arena, const struct approval *a)
{
    struct approval copy = *a;
    copy.tasks = arena_array(arena, a->task_count, sizeof *copy.tasks);
    copy.visits = arena_array(arena, a->visit_count, sizeof *copy.visits);
    copy.timers = arena_array(arena, a->timer_count, sizeof *copy.timers);
    copy.payload_changed = copy.timers_changed = false;
    for (size_t i = 0; i < a->task_count; i++) {
        copy.tasks[i] = a->tasks[i];
        copy.tasks[i].changed = false;
    }
    for (size_t i = 0; i < a->visit_count; i++) {
        copy.visits[i] = a->visits[i];
        copy.visits[i].changed = false;
    }
    for (size_t i = 0; i < a->timer_count; i++)
        copy.timers[i] = a->timers[i];
    return copy;
}

static int call_engine(struct play *p, struct approval *a, struct effects *fx)
{
    const struct scene *s = &p->scene;
    const struct outside *o = &p->outside;
    switch (s->kind) {
    case SCENE_SUBMIT:
        return engine_submit(p->arena, s->definition, o, a, fx, &p->err);
    case SCENE_ACT:
        return engine_act(p->arena, s->definition, o, a, &s->action, fx, &p->err);
    case SCENE_TIMERS:
        return engine_tick(p->arena, s->definition, o, a, fx, &p->err);
    case SCENE_RECHECK:
        return engine_recheck(p->arena, s->definition, o, a, fx, &p->err);
    case SCENE_MIGRATE:
        break;
    }
    return engine_migrate(p->arena, s->definition, s->same, o, a, s->revision, s->action.actor, fx,
                          &p->err);
}

static bool check_unchanged(struct play *p, const struct approval *before)
{
    const char *was = approval_text(p->arena, before), *is = approval_text(p->arena, &p->approval);
    if (p->scene.effects.event_count + p->scene.effects.notice_count)
        return play_fail(p, "a repeat was recorded");
    return !strcmp(was, is) || play_fail(p, "a repeat changed something:\n%s---\n%s", was, is);
}

static bool perform(struct play *p, const struct json *expect)
{
    struct approval before = p->approval, a = approval_copy(p->arena, &p->approval);
    struct effects fx = {0};
    p->err = (struct err)ERR_INIT;
    p->scene.now = p->outside.now = p->now;
    p->outside.payload = p->scene.payload = parse(p, a.payload);
    int rc = call_engine(p, &a, &fx);
    if ((rc == 0) != (p->err.kind == ERR_NONE))
        return play_fail(p, "the answer %d with the error %s", rc, err_kind_name(p->err.kind));
    p->scene.effects = rc == 0 ? fx : (struct effects){0};
    if (rc == 0) {
        p->approval = a;
        p->accepted[p->accepted_count++] = p->scene;
    }
    if (p->scene.effects.repeat && !check_unchanged(p, &before))
        return false;
    return play_expect(p, expect, &before);
}

static bool read_with(struct play *p, const struct json *with, struct action *action)
{
    struct with w = {0};
    if (!with)
        return true;
    if (!play_read(p, with, "with", with_fields, COUNT(with_fields), &w))
        return false;
    const char *payload = w.payload ? canonical(p->arena, w.payload) : NULL;
    action->comment = w.comment;
    action->metadata = w.metadata ? canonical(p->arena, w.metadata) : NULL;
    action->stage_id = w.stage;
    action->visit = w.visit;
    action->expected_seq = w.seq;
    action->payload_sha256 = w.seen ? canonical(p->arena, w.seen) : NULL;
    action->payload = w.payload;
    action->payload_text = action->payload_new_sha256 = payload;
    action->title = w.title;
    return true;
}

/* "ada reassign ben to cy": words of a text. */
static size_t split(struct play *p, const char *text, const char *words[WORDS_MAX])
{
    size_t n = 0;
    while (*text && n < WORDS_MAX) {
        size_t length = strcspn(text, " ");
        words[n++] = arena_strndup(p->arena, text, length);
        text += length;
        text += strspn(text, " ");
    }
    return *text ? 0 : n;
}

/* <actor> <action> [<holder>] [to <assignee>] */
static bool read_act(struct play *p, const char *text, struct action *action)
{
    const char *words[WORDS_MAX];
    size_t n = split(p, text, words), i = 2;
    int kind = n >= 2 ? action_parse(words[1]) : -1;
    if (kind < 0)
        return play_fail(p, "\"%s\" is no \"<actor> <action>\"", text);
    *action = (struct action){.kind = (enum action_kind)kind, .actor = words[0]};
    action->admin = cast_has_role(&p->cast, ADMIN_ROLE, words[0]);
    action->believed = p->approval.believed;
    if (i < n && strcmp(words[i], "to") != 0)
        action->from = words[i++];
    if (i + 1 < n && !strcmp(words[i], "to")) {
        action->assignee = words[i + 1];
        i += 2;
    }
    return i == n || play_fail(p, "\"%s\": too many words", text);
}

static bool has_stage(struct play *p, const struct json *whole, const char *body)
{
    const struct json *stages = json_get(whole, "stages");
    for (size_t i = 0; i < json_array_size(stages); i++)
        if (!strcmp(canonical(p->arena, json_at(stages, i)), body))
            return true;
    return false;
}

/* Ids of the stages of one that are written the same in the other, a line each. */
static const char *same_stages(struct play *p, const struct json *one, const struct json *other)
{
    const struct json *stages = json_get(one, "stages");
    const char *ids = "";
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const char *id = json_string(json_get(json_at(stages, i), "id"), NULL);
        if (id && has_stage(p, other, canonical(p->arena, json_at(stages, i))))
            ids = arena_printf(p->arena, "%s%s\n", ids, id);
    }
    return ids;
}

static bool read_migrate(struct play *p, const struct step *step, const char *actor,
                         const struct json **whole)
{
    const struct definition *d = define(p, step->to, whole);
    if (!d)
        return false;
    p->scene = (struct scene){
        .kind = SCENE_MIGRATE,
        .action.actor = actor,
        .definition = d,
        .revision = p->approval.revision + 1,
        .same = same_stages(p, p->definition_body, *whole),
    };
    return true;
}

static bool read_scene(struct play *p, const struct step *step, const struct json **whole)
{
    const char *words[WORDS_MAX];
    size_t n = split(p, step->act, words);
    bool one = n == 1;
    p->scene = (struct scene){.definition = p->definition};
    if (n == 2 && !strcmp(words[1], "migrate") && step->to)
        return read_migrate(p, step, words[0], whole);
    if (step->to)
        return play_fail(p, "to goes with \"<actor> migrate\"");
    if (one && step->with)
        return play_fail(p, "with goes with what people do");
    if (one && !strcmp(step->act, "timers"))
        p->scene.kind = SCENE_TIMERS;
    else if (one && !strcmp(step->act, "recheck"))
        p->scene.kind = SCENE_RECHECK;
    else {
        p->scene.kind = SCENE_ACT;
        return read_act(p, step->act, &p->scene.action) &&
               read_with(p, step->with, &p->scene.action);
    }
    return true;
}

static bool move_clock(struct play *p, const struct step *step)
{
    int64_t us = 0;
    if (step->at && step->after)
        return play_fail(p, "one of at and after");
    if ((step->at || step->after) && !play_time(p, step->at ? step->at : step->after, &us))
        return false;
    if (step->after && strchr(step->after, 'T'))
        return play_fail(p, "after must be a duration");
    int64_t now = step->after ? p->now + us - p->start : step->at ? us : p->now;
    if (now < p->now)
        return play_fail(p, "time does not go back");
    p->now = now;
    return true;
}

static bool play_step(struct play *p, const struct json *body, size_t i)
{
    struct step step = {0};
    p->where = arena_printf(p->arena, "step %zu", i + 1);
    if (!play_read(p, body, "", step_fields, COUNT(step_fields), &step))
        return false;
    if (step.act)
        p->where = arena_printf(p->arena, "step %zu (%s)", i + 1, step.act);
    if (!move_clock(p, &step) || (step.people && !cast_add(p, step.people)))
        return false;
    if (step.manual_only && json_type(step.manual_only) != JSON_BOOL)
        return play_fail(p, "manual_only must be true or false");
    if (step.manual_only)
        p->outside.manual_only = json_bool(step.manual_only);
    if (!step.act)
        return step.expect || step.with || step.to
                   ? play_fail(p, "nothing is done, so nothing can be expected")
                   : true;
    const struct json *whole = p->definition_body;
    if (!read_scene(p, &step, &whole) || !perform(p, step.expect))
        return false;
    if (p->err.kind == ERR_NONE) {
        p->definition = p->scene.definition;
        p->definition_body = whole;
    }
    return true;
}

/* ---- the whole ---- */

static bool set_outside(struct play *p, const struct body *b)
{
    struct err e = ERR_INIT;
    p->cast.calendars = b->calendars;
    p->outside = (struct outside){
        .ask = cast_ask,
        .ask_arg = &p->cast,
        .manual_only = b->manual_only,
    };
    if (!b->rules)
        return true;
    p->outside.rules = autorules_parse(p->arena, p->cast.zones, b->rules, &e);
    p->outside.rules_sha256 = RULES_HASH;
    return p->outside.rules || play_fail(p, "rules: %s", e.message);
}

static bool submit(struct play *p, const struct body *b)
{
    const char *payload = b->payload ? canonical(p->arena, b->payload) : "{}";
    int64_t valid = 0;
    struct err e = ERR_INIT;
    if (b->valid_for && duration_parse(b->valid_for, &valid, &e) < 0)
        return play_fail(p, "valid_for: %s", e.message);
    p->where = "submission";
    p->scene = (struct scene){.kind = SCENE_SUBMIT, .definition = p->definition};
    p->approval = (struct approval){
        .id = "appr-1",
        .workflow_id = p->definition->id,
        .revision = 1,
        .workflow_version = p->definition->version,
        .target_entity = "order/1",
        .requester_id = b->requester ? b->requester : REQUESTER_DEFAULT,
        .believed = b->believed,
        .valid_for_us = valid,
        .payload = payload,
        .payload_sha256 = payload,
    };
    return perform(p, b->submitted);
}

static bool play_all(struct play *p, const struct body *b)
{
    if ((b->people && !cast_add(p, b->people)) || !set_outside(p, b) ||
        !play_time(p, b->at ? b->at : START_DEFAULT, &p->start))
        return false;
    p->now = p->start;
    p->where = "definition";
    p->definition = define(p, p->scenario->body, &p->definition_body);
    if (b->refused && (b->submitted || b->steps))
        return play_fail(p, "it is refused: what can follow?");
    if (!p->definition)
        return !p->failed;
    if (!submit(p, b))
        return false;
    if (!p->accepted_count)
        return !b->steps || play_fail(p, "it was not submitted: what can follow?");
    for (size_t i = 0; i < json_array_size(b->steps); i++)
        if (!play_step(p, json_at(b->steps, i), i))
            return false;
    return play_again(p);
}

bool scenario_play(const struct scenario *s)
{
    struct body b = {0};
    struct play p = {
        .arena = arena_new(),
        .scenario = s,
        .cast.zones = zones_new(NULL),
        .status = "pending",
        .where = "form",
        .err = ERR_INIT,
    };
    bool good = play_read(&p, s->body, "", body_fields, COUNT(body_fields), &b) && play_all(&p, &b);
    if (good && !p.checks)
        good = play_fail(&p, "it expects nothing");
    zones_free(&p.cast.zones);
    arena_free(&p.arena);
    return good && !p.failed;
}
