#include "scenario.h"

#include "base/clock.h"

/* ---- what there is, as text ---- */

static void add_item(struct str *s, const char *text)
{
    str_addf(s, "%s%s", s->len ? ", " : "", text);
}

static const char *done(struct arena *arena, struct str *s)
{
    const char *text = arena_strndup(arena, s->buf, s->len);
    str_release(s);
    return text;
}

static const char *number_text(struct arena *arena, int64_t n)
{
    return arena_printf(arena, "%lld", (long long)n);
}

static const char *instant_text(struct arena *arena, int64_t us)
{
    char buf[TIME_TEXT_SIZE];
    return us ? arena_strdup(arena, time_text(us, buf)) : "";
}

/* "dan for ann" where dan holds the place of ann. */
static const char *holder_text(struct arena *arena, const struct approval *a, const struct task *t)
{
    const struct task *root = t;
    while (root->parent)
        root = &a->tasks[root->parent - 1];
    const char *consult = t->consult ? " as a consultant" : "";
    return root == t ? arena_printf(arena, "%s%s", t->user, consult)
                     : arena_printf(arena, "%s for %s%s", t->user, root->user, consult);
}

static bool is_present(const struct approval *a, const struct task *t)
{
    return a->stage_id && t->visit == a->visit && !strcmp(t->stage_id, a->stage_id);
}

/* In the order of the places. */
static const char *tasks_in(struct play *p, enum task_state state)
{
    const struct approval *a = &p->approval;
    struct str s = STR_INIT;
    int64_t last = 0;
    for (size_t i = 0; i < a->task_count; i++)
        last = a->tasks[i].place > last ? a->tasks[i].place : last;
    for (int64_t place = 1; place <= last; place++)
        for (size_t i = 0; i < a->task_count; i++) {
            const struct task *t = &a->tasks[i];
            if (t->place == place && t->state == state && is_present(a, t))
                add_item(&s, holder_text(p->arena, a, t));
        }
    return done(p->arena, &s);
}

static const char *get_open(struct play *p)
{
    return tasks_in(p, TASK_OPEN);
}

static const char *get_waiting(struct play *p)
{
    return tasks_in(p, TASK_WAITING);
}

/* The entering of a stage that is, or was the last to be, open. */
static const struct visit *last_visit(const struct approval *a)
{
    for (size_t i = a->visit_count; i-- > 0;)
        if (a->visits[i].visit)
            return &a->visits[i];
    return NULL;
}

static const char *get_votes(struct play *p)
{
    const struct approval *a = &p->approval;
    const struct visit *v = last_visit(a);
    struct str s = STR_INIT;
    for (size_t i = 0; v && i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (t->state == TASK_ANSWERED && t->visit == v->visit && !strcmp(t->stage_id, v->stage_id))
            add_item(&s, arena_printf(p->arena, "%s %s", holder_text(p->arena, a, t),
                                      vote_name(t->vote)));
    }
    return done(p->arena, &s);
}

static const char *get_claimed(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->approval.task_count; i++)
        if (p->approval.tasks[i].claimed_at && is_present(&p->approval, &p->approval.tasks[i]))
            add_item(&s, p->approval.tasks[i].user);
    return done(p->arena, &s);
}

static const char *get_path(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->approval.visit_count; i++) {
        const struct visit *v = &p->approval.visits[i];
        add_item(&s, arena_printf(p->arena, "%s %s", v->stage_id, visit_outcome_name(v->outcome)));
    }
    return done(p->arena, &s);
}

static const char *get_status(struct play *p)
{
    return approval_status_name(p->approval.status);
}

static const char *get_stage(struct play *p)
{
    return p->approval.stage_id ? p->approval.stage_id : "";
}

static const char *get_visit(struct play *p)
{
    return number_text(p->arena, p->approval.visit);
}

static const char *get_round(struct play *p)
{
    return number_text(p->arena, p->approval.round);
}

static const char *get_seq(struct play *p)
{
    return number_text(p->arena, p->approval.seq);
}

static const char *get_needed(struct play *p)
{
    return number_text(p->arena, p->approval.needed);
}

static const char *get_anybody(struct play *p)
{
    return p->approval.slate_role ? p->approval.slate_role : "";
}

static const char *get_fault(struct play *p)
{
    return p->approval.fault ? p->approval.fault : "";
}

static const char *get_due(struct play *p)
{
    return instant_text(p->arena, p->approval.sla_due_at);
}

static const char *get_valid_until(struct play *p)
{
    return instant_text(p->arena, p->approval.valid_until);
}

static const char *get_consumed(struct play *p)
{
    return p->approval.consumed_at ? "true" : "false";
}

static bool sorts_before(const struct timer *x, const struct timer *y)
{
    if (x->due_at != y->due_at)
        return x->due_at < y->due_at;
    return x->kind != y->kind ? x->kind < y->kind : x->level < y->level;
}

static const char *get_timers(struct play *p)
{
    const struct approval *a = &p->approval;
    struct timer *sorted = arena_array(p->arena, a->timer_count, sizeof *sorted);
    struct str s = STR_INIT;
    for (size_t i = 0; i < a->timer_count; i++) {
        size_t k = i;
        for (; k > 0 && sorts_before(&a->timers[i], &sorted[k - 1]); k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = a->timers[i];
    }
    for (size_t i = 0; i < a->timer_count; i++)
        add_item(&s, arena_printf(p->arena, "%s %s", timer_kind_name(sorted[i].kind),
                                  instant_text(p->arena, sorted[i].due_at)));
    return done(p->arena, &s);
}

/* As a step would say it. */
static const char *event_text(struct arena *arena, const struct event *e)
{
    bool handed = e->from && strcmp(e->from, e->actor) != 0;
    return arena_printf(arena, "%s %s%s%s%s%s", e->actor, e->action, handed ? " " : "",
                        handed ? e->from : "", e->assignee ? " to " : "",
                        e->assignee ? e->assignee : "");
}

const char *events_line(struct arena *arena, const struct effects *fx)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < fx->event_count; i++)
        add_item(&s, event_text(arena, &fx->events[i]));
    return done(arena, &s);
}

static const char *get_events(struct play *p)
{
    return events_line(p->arena, &p->scene.effects);
}

static const char *get_because(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->scene.effects.event_count; i++)
        if (p->scene.effects.events[i].reason)
            add_item(&s, p->scene.effects.events[i].reason);
    return done(p->arena, &s);
}

/* "by_action_type.read: read", of each event that a rule had a part in. */
static const char *get_ruled(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->scene.effects.event_count; i++) {
        const struct event *e = &p->scene.effects.events[i];
        const char *value = e->rule_value ? e->rule_value : "";
        if (e->rule)
            add_item(&s, arena_printf(p->arena, "%s%s%s", e->rule, *value ? ": " : "", value));
    }
    return done(p->arena, &s);
}

/* The hash of the rules file of each event that a rule had a part in. */
static const char *get_rules_hash(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->scene.effects.event_count; i++)
        if (p->scene.effects.events[i].rule)
            add_item(&s, p->scene.effects.events[i].rules_sha256
                             ? p->scene.effects.events[i].rules_sha256
                             : "none");
    return done(p->arena, &s);
}

/* The texts that people sent along. */
static const char *get_kept(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->scene.effects.event_count; i++) {
        const struct event *e = &p->scene.effects.events[i];
        if (e->comment)
            add_item(&s, e->comment);
        if (e->metadata)
            add_item(&s, e->metadata);
    }
    return done(p->arena, &s);
}

static const char *notice_text(struct arena *arena, const struct notice *n)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < n->to_count; i++)
        add_item(&s, n->to[i]);
    const char *to = done(arena, &s);
    return arena_printf(arena, "%s%s%s", n->event, *to ? " to " : "", to);
}

static const char *get_notices(struct play *p)
{
    struct str s = STR_INIT;
    for (size_t i = 0; i < p->scene.effects.notice_count; i++)
        str_addf(&s, "[%s]", notice_text(p->arena, &p->scene.effects.notices[i]));
    return done(p->arena, &s);
}

static const char *get_error(struct play *p)
{
    return err_kind_name(p->err.kind);
}

static const char *get_says(struct play *p)
{
    return p->err.message;
}

static const char *get_repeat(struct play *p)
{
    return p->scene.effects.repeat ? "true" : "false";
}

static const char *get_handed_to(struct play *p)
{
    return p->scene.effects.handed_to ? p->scene.effects.handed_to : "";
}

/* ---- what was expected ---- */

/* How a value is compared with what there is. */
enum how {
    SAME,
    PART,    /* a part of it */
    MOMENT,  /* the same instant */
    MOMENTS, /* a list of a word and an instant each */
    AMONG,   /* a list of notices, all of which must be there; an empty list: there are none */
};

static const struct expectation {
    const char *name;
    const char *(*get)(struct play *p);
    enum how how;
} expectations[] = {
    {"status", get_status, SAME},
    {"stage", get_stage, SAME},
    {"visit", get_visit, SAME},
    {"round", get_round, SAME},
    {"seq", get_seq, SAME},
    {"open", get_open, SAME},
    {"waiting", get_waiting, SAME},
    {"votes", get_votes, SAME},
    {"claimed", get_claimed, SAME},
    {"needed", get_needed, SAME},
    {"anybody", get_anybody, SAME},
    {"path", get_path, SAME},
    {"fault", get_fault, PART},
    {"due", get_due, MOMENT},
    {"timers", get_timers, MOMENTS},
    {"valid_until", get_valid_until, MOMENT},
    {"consumed", get_consumed, SAME},
    {"events", get_events, SAME},
    {"because", get_because, PART},
    {"ruled", get_ruled, SAME},
    {"rules_hash", get_rules_hash, SAME},
    {"kept", get_kept, SAME},
    {"notices", get_notices, AMONG},
    {"error", get_error, SAME},
    {"says", get_says, PART},
    {"repeat", get_repeat, SAME},
    {"handed_to", get_handed_to, SAME},
};

static const struct expectation *find(const char *name)
{
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        if (!strcmp(expectations[i].name, name))
            return &expectations[i];
    return NULL;
}

/* NULL: said so. */
static const char *wanted_text(struct play *p, const char *name, const struct json *v)
{
    switch (json_type(v)) {
    case JSON_NULL:
        return "";
    case JSON_BOOL:
        return json_bool(v) ? "true" : "false";
    case JSON_INT:
        return number_text(p->arena, json_int(v));
    case JSON_STRING:
        return json_string(v, NULL);
    default:
        play_fail(p, "%s must be a text, a number, true, false or null", name);
        return NULL;
    }
}

static const char *moment(struct play *p, const char *text)
{
    int64_t us;
    if (!*text)
        return "";
    return play_time(p, text, &us) ? instant_text(p->arena, us) : NULL;
}

/* "sla 4h, expire 30d" with the instants that are meant. */
static const char *moments(struct play *p, const char *list)
{
    struct str s = STR_INIT;
    for (const char *item = list; *item;) {
        size_t n = strcspn(item, ","), word = strcspn(item, " ");
        const char *when = word < n ? arena_strndup(p->arena, item + word + 1, n - word - 1) : "";
        const char *text = moment(p, when);
        add_item(&s, arena_printf(p->arena, "%.*s %s", (int)(word < n ? word : n), item,
                                  text ? text : "?"));
        item += n;
        item += strspn(item, ", ");
    }
    return done(p->arena, &s);
}

static bool check_notices(struct play *p, const struct json *list, const char *got)
{
    if (json_type(list) != JSON_ARRAY)
        return play_fail(p, "notices must be a list");
    if (!json_array_size(list) && *got)
        return play_fail(p, "notices: expected none, got %s", got);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *want = json_string(json_at(list, i), NULL);
        if (!want)
            return play_fail(p, "notices must be texts");
        if (!strstr(got, arena_printf(p->arena, "[%s]", want)))
            return play_fail(p, "notices: expected [%s] among them, got %s", want,
                             *got ? got : "none");
    }
    return true;
}

static bool check_one(struct play *p, const struct expectation *x, const struct json *v)
{
    const char *got = x->get(p);
    if (x->how == AMONG)
        return check_notices(p, v, got);
    const char *want = wanted_text(p, x->name, v);
    if (want && x->how == MOMENT)
        want = moment(p, want);
    if (want && x->how == MOMENTS)
        want = moments(p, want);
    if (!want)
        return false;
    bool part = x->how == PART && *want;
    if (part ? strstr(got, want) != NULL : !strcmp(got, want))
        return true;
    return play_fail(p, "%s: expected%s \"%s\", got \"%s\"", x->name, part ? " a part" : "", want,
                     got);
}

static bool check_member(const char *name, const struct json *v, void *arg)
{
    struct play *p = arg;
    const struct expectation *x = find(name);
    p->checks++;
    if (x)
        check_one(p, x, v);
    else
        play_fail(p, "expect: there is nothing named \"%s\"", name);
    return true;
}

/* ---- what always holds ---- */

static bool task_is_same(const struct task *x, const struct task *y)
{
    return x->state == y->state && x->vote == y->vote && !strcmp(x->via, y->via) &&
           !strcmp(x->user, y->user) && x->opened_at == y->opened_at &&
           x->ended_at == y->ended_at && x->claimed_at == y->claimed_at && x->place == y->place;
}

/* The store writes what is marked, and nothing else. */
static void check_marks(struct play *p, const struct approval *before)
{
    const struct approval *a = &p->approval;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (!t->changed && (i >= before->task_count || !task_is_same(t, &before->tasks[i])))
            play_fail(p, "task %zu has changed and is not marked", i + 1);
        if (t->no != (int64_t)i + 1)
            play_fail(p, "task %zu has the number %lld", i + 1, (long long)t->no);
    }
    for (size_t i = 0; i < a->visit_count; i++) {
        const struct visit *v = &a->visits[i];
        if (!v->changed && (i >= before->visit_count || v->outcome != before->visits[i].outcome))
            play_fail(p, "visit %zu has changed and is not marked", i + 1);
    }
}

static void check_seqs(struct play *p, const struct approval *before)
{
    const struct effects *fx = &p->scene.effects;
    for (size_t i = 0; i < fx->event_count; i++)
        if (fx->events[i].seq != before->seq + (int64_t)i + 1)
            play_fail(p, "event %zu has seq %lld", i + 1, (long long)fx->events[i].seq);
    if (p->approval.seq != before->seq + (int64_t)fx->event_count)
        play_fail(p, "seq is %lld after %zu events from %lld", (long long)p->approval.seq,
                  fx->event_count, (long long)before->seq);
}

/* An approval that waits must wait for somebody; one that has ended for nobody. */
static void check_waits(struct play *p)
{
    const struct approval *a = &p->approval;
    bool someone = a->slate_role != NULL;
    size_t live = 0;
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        bool open = t->state == TASK_OPEN;
        live += open || t->state == TASK_WAITING;
        someone = someone || (open && is_present(a, t) && !t->consult);
    }
    bool waits = a->status == STATUS_PENDING || a->status == STATUS_ERROR;
    if (waits != (a->stage_id != NULL))
        play_fail(p, "status %s with %s", get_status(p), waits ? "no stage" : "a stage");
    if (waits && !someone)
        play_fail(p, "nobody can decide");
    if (!waits && live)
        play_fail(p, "there are tasks, but nothing is open");
    if (approval_status_terminal(a->status) && a->timer_count)
        play_fail(p, "there are timers after the end");
}

bool play_expect(struct play *p, const struct json *expect, const struct approval *before)
{
    const struct json *ignored;
    const char *status = json_string(json_get(expect, "status"), NULL);
    if (status)
        p->status = status;
    if (p->err.kind != ERR_NONE && !json_member(expect, "error", &ignored))
        return play_fail(p, "%s: %s", get_error(p), p->err.message);
    if (p->scene.effects.repeat && !json_member(expect, "repeat", &ignored))
        return play_fail(p, "it was taken as a repeat");
    if (!status && strcmp(p->status, get_status(p)) != 0)
        play_fail(p, "status: expected \"%s\", got \"%s\"", p->status, get_status(p));
    json_each(expect, check_member, p);
    if (p->err.kind == ERR_NONE) {
        check_marks(p, before);
        check_seqs(p, before);
    }
    if (p->approval.seq)
        check_waits(p);
    return !p->failed;
}
