#include "carry.h"

#include "slate.h"

static bool is_of_visit(const struct task *t, const struct visit *v)
{
    return t->visit == v->visit && !strcmp(t->stage_id, v->stage_id);
}

static bool approved_in(const struct approval *a, const struct visit *v, const char *user)
{
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        if (t->vote == VOTE_APPROVE && t->state == TASK_ANSWERED && !t->consult &&
            is_of_visit(t, v) && !strcmp(t->user, user))
            return true;
    }
    return false;
}

/* The stage in which the user approved before the open one; NULL: none that counts. */
static const char *approved_before(const struct approval *a, const struct stage *s,
                                   const char *user)
{
    for (size_t i = a->visit_count; i-- > 0;) {
        const struct visit *v = &a->visits[i];
        if (v->outcome == VISIT_OPEN || !v->visit)
            continue;
        if (v->round != a->round)
            return NULL;
        bool other = strcmp(v->stage_id, s->id) != 0;
        if (other && v->outcome == VISIT_APPROVED && approved_in(a, v, user))
            return v->stage_id;
        if (s->skip_repeat == SKIP_REPEAT_CONSECUTIVE)
            return NULL;
    }
    return NULL;
}

void carry_repeats(struct run *r, const struct stage *s)
{
    const struct approval *a = r->approval;
    for (size_t i = 0; s->skip_repeat != SKIP_REPEAT_OFF && i < a->task_count; i++) {
        struct task *t = &r->approval->tasks[i];
        if (!task_is_present(a, t) || !task_is_live(t) || t->consult)
            continue;
        const char *stage = approved_before(a, s, t->user);
        if (!stage)
            continue;
        struct event *e = run_event(r, "repeated", t->user);
        e->reason = arena_printf(r->arena, "approved stage %s already", stage);
        e->payload_sha256 = a->payload_sha256;
        slate_answer(r, t, VOTE_APPROVE);
    }
}

/* Approved by people in the round that has ended, or carried into it. */
static bool was_approved(const struct approval *a, const struct stage *s, const char *carried)
{
    for (size_t i = a->visit_count; i-- > 0;) {
        const struct visit *v = &a->visits[i];
        if (v->round == a->round - 1 && !strcmp(v->stage_id, s->id))
            return v->outcome == VISIT_APPROVED || v->outcome == VISIT_CARRIED;
    }
    return carried && selector_in(s->id, carried);
}

static bool same_at(const char *pointer, const struct json *a, const struct json *b)
{
    struct str x = STR_INIT, y = STR_INIT;
    json_canonical(&x, json_pointer(a, pointer));
    json_canonical(&y, json_pointer(b, pointer));
    bool same = x.len == y.len && !memcmp(x.buf, y.buf, x.len);
    str_release(&x);
    str_release(&y);
    return same;
}

static bool covers_only_same(const struct run *r, const struct stage *s, const struct json *old)
{
    for (size_t i = 0; i < s->cover_count; i++)
        if (!same_at(s->covers[i], old, r->outside->payload))
            return false;
    return s->cover_count > 0;
}

static void add_line(struct str *lines, const char *text)
{
    str_addf(lines, "%s%s", lines->len ? "\n" : "", text);
}

static const char *text_of(struct run *r, struct str *lines)
{
    const char *text = lines->len ? arena_strndup(r->arena, lines->buf, lines->len) : NULL;
    str_release(lines);
    return text;
}

void carry_covered(struct run *r, const struct json *old)
{
    struct approval *a = r->approval;
    const struct definition *d = r->definition;
    struct str carried = STR_INIT;
    for (size_t i = 0; i < d->stage_count; i++) {
        const struct stage *s = &d->stages[i];
        if (covers_only_same(r, s, old) && was_approved(a, s, a->carried))
            add_line(&carried, s->id);
    }
    a->carried = text_of(r, &carried);
}

/* Of the stages that are carried, keeps those that are among ids, or those that are not. */
static void keep_carried(struct run *r, const char *ids, bool among)
{
    struct approval *a = r->approval;
    struct str kept = STR_INIT;
    for (const char *line = a->carried; line && *line;) {
        size_t n = strcspn(line, "\n");
        const char *id = arena_strndup(r->arena, line, n);
        if (selector_in(id, ids) == among)
            add_line(&kept, id);
        line += n + (line[n] == '\n');
    }
    a->carried = text_of(r, &kept);
}

bool carry_take(struct run *r, const struct stage *s)
{
    const struct approval *a = r->approval;
    if (!a->carried || !selector_in(s->id, a->carried))
        return false;
    keep_carried(r, s->id, false);
    return true;
}

/* Approvals of earlier rounds count no more: they are in carried, or not at all. */
void carry_migrate(struct run *r, const char *same)
{
    struct approval *a = r->approval;
    for (size_t i = 0; i < a->visit_count; i++) {
        struct visit *v = &a->visits[i];
        bool counts = v->outcome == VISIT_APPROVED || v->outcome == VISIT_CARRIED;
        if (!counts || v->round != a->round || selector_in(v->stage_id, same))
            continue;
        v->outcome = VISIT_OUTDATED;
        v->changed = true;
    }
    keep_carried(r, same, true);
}
