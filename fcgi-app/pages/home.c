#include "page.h"
#include "routes.h"

#include "base/clock.h"
#include "service/approval_read.h"
#include "service/workflow_read.h"

static void add_cell(struct str *out, const char *text)
{
    str_add(out, "<td>");
    str_add_html(out, text ? text : "–");
    str_add(out, "</td>");
}

static void add_time_cell(struct str *out, int64_t us)
{
    char text[TIME_TEXT_SIZE];
    add_cell(out, us ? time_text(us, text) : NULL);
}

/* A cell with a link to what the API knows of it. */
static void add_link_cell(struct str *out, const char *collection, const char *id)
{
    str_addf(out, "<td><a href=\"/api/v1/%s/", collection);
    str_add_url(out, id);
    str_add(out, "\">");
    str_add_html(out, id);
    str_add(out, "</a></td>");
}

static void add_table_head(struct str *out, const char *caption, const char *const *columns,
                           size_t n)
{
    str_addf(out, "<table><caption>%s</caption>\n<thead><tr>", caption);
    for (size_t i = 0; i < n; i++)
        str_addf(out, "<th scope=\"col\">%s</th>", columns[i]);
    str_add(out, "</tr></thead>\n<tbody>\n");
}

static void add_workflows(struct str *out, const struct workflow_list *list)
{
    static const char *const columns[] = {"Workflow", "Name", "Version", "Status", "Updated"};
    if (!list->count) {
        str_add(out, "<p>No workflow yet. Post one to <code>/api/v1/workflows</code>.</p>\n");
        return;
    }
    add_table_head(out, "Workflows", columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list->count; i++) {
        const struct workflow_row *w = &list->rows[i];
        str_add(out, "<tr>");
        add_link_cell(out, "workflows", w->id);
        add_cell(out, w->name);
        add_cell(out, w->version);
        add_cell(out, w->status);
        add_time_cell(out, w->updated_at);
        str_add(out, "</tr>\n");
    }
    str_add(out, "</tbody></table>\n");
}

static void add_approvals(struct str *out, const struct approval_list *list)
{
    static const char *const columns[] = {"Approval", "Workflow", "Stage", "Submitted", "Due"};
    if (!list->count) {
        str_add(out, "<p>Nothing is waiting for a decision.</p>\n");
        return;
    }
    add_table_head(out, "Pending approvals, newest first", columns,
                   sizeof columns / sizeof *columns);
    for (size_t i = 0; i < list->count; i++) {
        const struct approval_item *a = &list->rows[i];
        str_add(out, "<tr>");
        add_link_cell(out, "approvals", a->id);
        add_cell(out, a->workflow_id);
        add_cell(out, a->stage_id);
        add_time_cell(out, a->created_at);
        add_time_cell(out, a->sla_due_at);
        str_add(out, "</tr>\n");
    }
    str_add(out, "</tbody></table>\n");
}

int page_home(void *app, struct request *req, struct response *r, struct err *e)
{
    struct workflow_list workflows;
    struct approval_list approvals;
    struct approval_filter pending = {.status = STATUS_PENDING, .limit = APPROVAL_LIST_DEFAULT};
    if (workflow_read_all(app, req->arena, req->principal, &workflows, e) < 0 ||
        approval_read_list(app, req->arena, req->principal, &pending, &approvals, e) < 0)
        return -1;
    page_begin(r, 200, "Pending", req->principal);
    add_approvals(&r->body, &approvals);
    add_workflows(&r->body, &workflows);
    page_end(r);
    return 0;
}
