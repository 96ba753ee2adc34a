#include "view_workflow.h"

#include "base/json.h"
#include "service/workflow_publish.h"

void view_workflow_list(struct str *out, const struct workflow_list *list)
{
    struct jsonw w;
    jsonw_init(&w, out);
    jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++) {
        const struct workflow_row *row = &list->rows[i];
        jsonw_object(&w);
        jsonw_kstring(&w, "id", row->id);
        jsonw_kstring(&w, "name", row->name);
        jsonw_kstring(&w, "version", row->version);
        jsonw_kstring(&w, "status", row->status);
        jsonw_kint(&w, "revision", row->revision);
        jsonw_ktime(&w, "created_at", row->created_at);
        jsonw_ktime(&w, "updated_at", row->updated_at);
        jsonw_end(&w);
    }
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
    jsonw_end(&w);
}
