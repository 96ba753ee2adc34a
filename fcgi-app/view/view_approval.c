#include "view_approval.h"

#include "base/json.h"
#include "service/approval_act.h"

/* The members a list shows, which the detail shows too. */
static void item_members(struct jsonw *w, const struct approval_item *item)
{
    jsonw_kstring(w, "id", item->id);
    jsonw_kstring(w, "workflow_id", item->workflow_id);
    jsonw_kstring(w, "status", approval_status_name(item->status));
    jsonw_kstring(w, "current_stage_id", item->stage_id);
    jsonw_ktime(w, "created_at", item->created_at);
    jsonw_ktime(w, "updated_at", item->updated_at);
    jsonw_ktime(w, "sla_due_at", item->sla_due_at);
}

void view_approval_list(struct str *out, const struct approval_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++) {
        jsonw_object(&w);
        item_members(&w, &list->rows[i]);
        jsonw_end(&w);
    }
    jsonw_end(&w);
}

static void string_list(struct jsonw *w, const char *const *list, size_t n)
{
    jsonw_array(w);
    for (size_t i = 0; i < n; i++)
        jsonw_string(w, list[i]);
    jsonw_end(w);
}

/* The selectors through which somebody was asked. */
static void via_value(struct jsonw *w, const char *via)
{
    struct str line = STR_INIT;
    jsonw_key(w, "via");
    jsonw_array(w);
    while (*via) {
        size_t n = strcspn(via, "\n");
        str_clear(&line);
        str_addn(&line, via, n);
        jsonw_string(w, line.buf);
        via += n + (via[n] == '\n');
    }
    jsonw_end(w);
    str_release(&line);
}

static void task_value(struct jsonw *w, const struct approval *a, const struct task *t)
{
    jsonw_object(w);
    jsonw_kint(w, "no", t->no);
    jsonw_kstring(w, "stage_id", t->stage_id);
    jsonw_kint(w, "visit", t->visit);
    jsonw_kint(w, "place", t->place);
    jsonw_kstring(w, "user", t->user);
    via_value(w, t->via);
    jsonw_kbool(w, "consult", t->consult);
    jsonw_kstring(w, "state", task_state_name(t->state));
    jsonw_kstring(w, "vote", t->vote == VOTE_NONE ? NULL : vote_name(t->vote));
    /* Tasks are numbered from 1 without gaps, in the order of the array. */
    jsonw_kstring(w, "for", t->parent ? a->tasks[t->parent - 1].user : NULL);
    jsonw_ktime(w, "opened_at", t->opened_at);
    jsonw_ktime(w, "ended_at", t->ended_at);
    jsonw_ktime(w, "claimed_at", t->claimed_at);
    jsonw_end(w);
}

static void visit_value(struct jsonw *w, const struct visit *v)
{
    jsonw_object(w);
    jsonw_kstring(w, "stage_id", v->stage_id);
    jsonw_kint(w, "visit", v->visit);
    jsonw_kint(w, "round", v->round);
    jsonw_kstring(w, "outcome", visit_outcome_name(v->outcome));
    jsonw_ktime(w, "entered_at", v->entered_at);
    jsonw_ktime(w, "ended_at", v->ended_at);
    jsonw_end(w);
}

static void timer_value(struct jsonw *w, const struct timer *t)
{
    jsonw_object(w);
    jsonw_kstring(w, "kind", timer_kind_name(t->kind));
    jsonw_kint(w, "level", t->level);
    jsonw_ktime(w, "due_at", t->due_at);
    jsonw_end(w);
}

static void event_value(struct jsonw *w, const struct event_row *ev)
{
    jsonw_object(w);
    jsonw_kint(w, "seq", ev->seq);
    jsonw_kstring(w, "action", ev->action);
    jsonw_kstring(w, "stage_id", ev->stage_id);
    jsonw_kint(w, "visit", ev->visit);
    jsonw_kstring(w, "actor_id", ev->actor_id);
    jsonw_kraw(w, "data", ev->data);
    jsonw_ktime(w, "created_at", ev->created_at);
    jsonw_end(w);
}

/* null: a tree says what is needed, or nothing is. */
static void needed_member(struct jsonw *w, const char *key, int64_t needed)
{
    if (needed)
        jsonw_kint(w, key, needed);
    else
        jsonw_kraw(w, key, NULL);
}

static void slate_value(struct jsonw *w, const struct approval *a)
{
    jsonw_object(w);
    jsonw_kstring(w, "role", a->slate_role);
    needed_member(w, "needed", a->needed);
    jsonw_kbool(w, "fallback", a->fallback);
    jsonw_key(w, "users");
    jsonw_array(w);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        bool of_open_stage = t->visit == a->visit && !strcmp(t->stage_id, a->stage_id);
        if (of_open_stage &&
            (t->state == TASK_OPEN || t->state == TASK_WAITING || t->state == TASK_ANSWERED))
            jsonw_string(w, t->user);
    }
    jsonw_end(w);
    jsonw_end(w);
}

/* {"approve": {"allowed": true}, "cancel": {"allowed": false, "reason": …}, …} */
static void can_act_value(struct jsonw *w, const struct approval_detail *detail)
{
    jsonw_key(w, "can_act");
    jsonw_object(w);
    for (int kind = 0; kind < ACTION_COUNT; kind++) {
        jsonw_key(w, action_name((enum action_kind)kind));
        jsonw_object(w);
        jsonw_kbool(w, "allowed", !detail->reasons[kind]);
        if (detail->reasons[kind])
            jsonw_kstring(w, "reason", detail->reasons[kind]);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_approval_detail(struct str *out, const struct approval_detail *detail)
{
    const struct approval *a = &detail->approval;
    struct approval_item item = {
        .id = a->id,
        .workflow_id = a->workflow_id,
        .stage_id = a->stage_id,
        .status = a->status,
        .created_at = a->created_at,
        .updated_at = a->updated_at,
        .sla_due_at = a->sla_due_at,
    };
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    item_members(&w, &item);
    jsonw_kstring(&w, "workflow_version", a->workflow_version);
    jsonw_kint(&w, "revision", a->revision);
    jsonw_kstring(&w, "target_entity", a->target_entity);
    jsonw_kstring(&w, "requester_id", a->requester_id);
    jsonw_kint(&w, "seq", a->seq);
    jsonw_kint(&w, "visit", a->visit);
    jsonw_kint(&w, "round", a->round);
    jsonw_kstring(&w, "title", a->title);
    jsonw_kraw(&w, "links", a->links);
    jsonw_kstring(&w, "error", a->fault);
    jsonw_ktime(&w, "valid_until", a->valid_until);
    jsonw_ktime(&w, "consumed_at", a->consumed_at);
    jsonw_kraw(&w, "payload", a->payload);
    jsonw_kstring(&w, "payload_sha256", a->payload_sha256);
    jsonw_key(&w, "slate");
    if (a->stage_id)
        slate_value(&w, a);
    else
        jsonw_null(&w);
    jsonw_key(&w, "tasks");
    jsonw_array(&w);
    for (size_t i = 0; i < a->task_count; i++)
        task_value(&w, a, &a->tasks[i]);
    jsonw_end(&w);
    if (detail->asked)
        can_act_value(&w, detail);
    jsonw_key(&w, "path");
    jsonw_array(&w);
    for (size_t i = 0; i < a->visit_count; i++)
        visit_value(&w, &a->visits[i]);
    jsonw_end(&w);
    jsonw_key(&w, "timers");
    jsonw_array(&w);
    for (size_t i = 0; i < a->timer_count; i++)
        timer_value(&w, &a->timers[i]);
    jsonw_end(&w);
    jsonw_key(&w, "events");
    jsonw_array(&w);
    for (size_t i = 0; i < detail->event_count; i++)
        event_value(&w, &detail->events[i]);
    jsonw_end(&w);
    jsonw_end(&w);
}

static void acted_members(struct jsonw *w, const struct approval *a)
{
    jsonw_kstring(w, "approval_id", a->id);
    jsonw_kstring(w, "status", approval_status_name(a->status));
}

void view_approval_submitted(struct str *out, const void *result)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    acted_members(&w, result);
    jsonw_end(&w);
}

void view_approval_acted(struct str *out, const void *result)
{
    const struct approval_acted *acted = result;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    acted_members(&w, &acted->approval);
    if (acted->effects.moved)
        jsonw_kstring(&w, "current_stage_id", acted->approval.stage_id);
    if (acted->effects.handed_to)
        jsonw_kstring(&w, "delegated_to", acted->effects.handed_to);
    jsonw_end(&w);
}

void view_approval_consumed(struct str *out, const void *result)
{
    const struct approval_acted *acted = result;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    acted_members(&w, &acted->approval);
    jsonw_kstring(&w, "payload_sha256", acted->approval.payload_sha256);
    jsonw_ktime(&w, "consumed_at", acted->approval.consumed_at);
    jsonw_end(&w);
}

void view_approval_outlook(struct str *out, const struct approval_outlook *outlook)
{
    const struct outlook *o = &outlook->outlook;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "approval_id", outlook->approval_id);
    jsonw_kstring(&w, "status", outlook->status);
    jsonw_kstring(&w, "stage_id", outlook->stage_id);
    jsonw_kint(&w, "visit", outlook->visit);
    jsonw_kint(&w, "seq", outlook->seq);
    jsonw_kstring(&w, "role", outlook->role);
    needed_member(&w, "still_needed", outlook->stage_id ? outlook->still_needed : 0);
    jsonw_key(&w, "sets");
    jsonw_array(&w);
    for (size_t i = 0; i < o->count; i++)
        string_list(&w, o->sets[i], o->sizes[i]);
    jsonw_end(&w);
    jsonw_kbool(&w, "complete", o->complete);
    jsonw_kstring(&w, "reason", o->reason);
    jsonw_key(&w, "absent");
    string_list(&w, outlook->absent, outlook->absent_count);
    jsonw_end(&w);
}
