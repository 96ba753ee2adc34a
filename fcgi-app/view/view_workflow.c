#include "view_workflow.h"

#include "base/json.h"
#include "service/workflow_migrate.h"
#include "service/workflow_publish.h"

static void row_value(struct jsonw *w, const struct workflow_row *row)
{
    jsonw_object(w);
    jsonw_kstring(w, "id", row->id);
    jsonw_kstring(w, "name", row->name);
    jsonw_kstring(w, "version", row->version);
    jsonw_kstring(w, "status", row->status);
    jsonw_kint(w, "revision", row->revision);
    jsonw_ktime(w, "created_at", row->created_at);
    jsonw_ktime(w, "updated_at", row->updated_at);
    jsonw_end(w);
}

static void problem_list(struct jsonw *w, const char *key, const struct problems *problems)
{
    jsonw_key(w, key);
    jsonw_array(w);
    for (const struct problem *p = problems->first; p; p = p->next) {
        jsonw_object(w);
        jsonw_kstring(w, "pointer", p->pointer);
        jsonw_kstring(w, "detail", p->detail);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_workflow_list(struct str *out, const struct workflow_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        row_value(&w, &list->rows[i]);
    jsonw_end(&w);
}

void view_workflow_detail(struct str *out, const struct workflow_detail *detail)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kraw(&w, "workflow", detail->version.definition);
    jsonw_key(&w, "stages");
    jsonw_array(&w);
    for (size_t i = 0; i < detail->stage_count; i++)
        jsonw_raw(&w, detail->stages[i].config);
    jsonw_end(&w);
    jsonw_kint(&w, "revision", detail->version.revision);
    jsonw_kstring(&w, "sha256", detail->version.sha256);
    jsonw_end(&w);
}

void view_workflow_published(struct str *out, const void *result)
{
    const struct workflow_published *p = result;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "workflow_id", p->workflow_id);
    if (p->warnings->count)
        problem_list(&w, "warnings", p->warnings);
    jsonw_end(&w);
}

void view_workflow_report(struct str *out, const struct workflow_report *report)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kbool(&w, "valid", report->valid);
    problem_list(&w, "errors", report->errors);
    problem_list(&w, "warnings", report->warnings);
    jsonw_end(&w);
}

void view_workflow_row(struct str *out, const void *result)
{
    struct jsonw w;
    jsonw_init(&w, out);
    row_value(&w, result);
}

void view_workflow_versions(struct str *out, const struct workflow_versions *versions)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < versions->count; i++) {
        const struct version_row *v = &versions->rows[i];
        jsonw_object(&w);
        jsonw_kint(&w, "revision", v->revision);
        jsonw_kstring(&w, "version", v->version);
        jsonw_kstring(&w, "sha256", v->sha256);
        jsonw_kstring(&w, "created_by", v->created_by);
        jsonw_ktime(&w, "created_at", v->created_at);
        jsonw_end(&w);
    }
    jsonw_end(&w);
}

void view_workflow_migrated(struct str *out, const void *result)
{
    const struct workflow_migrated *m = result;
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_kstring(&w, "workflow_id", m->workflow_id);
    jsonw_kint(&w, "revision", m->revision);
    jsonw_kbool(&w, "dry_run", m->dry_run);
    jsonw_key(&w, "approvals");
    jsonw_array(&w);
    for (size_t i = 0; i < m->count; i++) {
        const struct migration *one = &m->approvals[i];
        jsonw_object(&w);
        jsonw_kstring(&w, "approval_id", one->approval_id);
        jsonw_kint(&w, "from_revision", one->from);
        jsonw_kstring(&w, "stage_id", one->stage_id);
        jsonw_kstring(&w, "result", one->what);
        jsonw_kstring(&w, "reason", one->reason);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_kstring(&w, "next", m->next);
    jsonw_end(&w);
}

static void simulated_stage(struct jsonw *w, const struct simulated_stage *s)
{
    jsonw_object(w);
    jsonw_kstring(w, "stage", s->stage_id);
    jsonw_kint(w, "visit", s->visit);
    jsonw_ktime(w, "entered", s->entered_at);
    jsonw_kstring(w, "because", s->because);
    jsonw_kstring(w, "outcome", visit_outcome_name(s->outcome));
    jsonw_key(w, "asked");
    jsonw_array(w);
    for (size_t i = 0; i < s->asked_count; i++)
        jsonw_string(w, s->asked[i]);
    jsonw_end(w);
    jsonw_kstring(w, "role", s->role);
    if (s->needed)
        jsonw_kint(w, "needed", s->needed);
    else
        jsonw_kraw(w, "needed", NULL);
    jsonw_ktime(w, "due_at", s->due_at);
    jsonw_end(w);
}

void view_simulated(struct str *out, const struct simulated *result)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "path");
    jsonw_array(&w);
    for (size_t i = 0; i < result->path_count; i++)
        simulated_stage(&w, &result->path[i]);
    jsonw_end(&w);
    jsonw_kstring(&w, "outcome", approval_status_name(result->outcome));
    jsonw_kstring(&w, "error", result->fault);
    jsonw_key(&w, "refused");
    jsonw_array(&w);
    for (size_t i = 0; i < result->refused_count; i++)
        jsonw_string(&w, result->refused[i]);
    jsonw_end(&w);
    jsonw_end(&w);
}
