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

static void task_value(struct jsonw *w, const struct approval *a, const struct task *t)
{
    jsonw_object(w);
    jsonw_kint(w, "no", t->no);
    jsonw_kstring(w, "stage_id", t->stage_id);
    jsonw_kint(w, "visit", t->visit);
    jsonw_kint(w, "place", t->place);
    jsonw_kstring(w, "user", t->user);
    jsonw_kstring(w, "state", task_state_name(t->state));
    jsonw_kstring(w, "vote", t->vote == VOTE_NONE ? NULL : vote_name(t->vote));
    /* Tasks are numbered from 1 without gaps, in the order of the array. */
    jsonw_kstring(w, "for", t->parent ? a->tasks[t->parent - 1].user : NULL);
    jsonw_ktime(w, "opened_at", t->opened_at);
    jsonw_ktime(w, "ended_at", t->ended_at);
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

static void slate_value(struct jsonw *w, const struct approval *a)
{
    jsonw_object(w);
    jsonw_kstring(w, "role", a->slate_role);
    jsonw_kint(w, "needed", a->needed);
    jsonw_key(w, "users");
    jsonw_array(w);
    for (size_t i = 0; i < a->task_count; i++) {
        const struct task *t = &a->tasks[i];
        bool of_open_stage = t->visit == a->visit && !strcmp(t->stage_id, a->stage_id);
        if (of_open_stage && t->state != TASK_HANDED_ON)
            jsonw_string(w, t->user);
    }
    jsonw_end(w);
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
