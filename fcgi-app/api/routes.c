#include "routes.h"

#include "auth/principal.h"
#include "handlers.h"

/* clang-format off */
const struct route api_routes[] = {
    /* method      path                              handler                 role            body */
    {HTTP_GET,    "/health",                         api_health,             ROLE_NONE,      0},
    {HTTP_GET,    "/livez",                          api_livez,              ROLE_NONE,      0},
    {HTTP_GET,    "/readyz",                         api_readyz,             ROLE_NONE,      0},
    {HTTP_GET,    "/schemas/workflow.json",          api_schema_workflow,    ROLE_NONE,      0},
    {HTTP_GET,    "/api/v1/workflows",               api_workflow_list,      ROLE_VIEWER,    0},
    {HTTP_POST,   "/api/v1/workflows",               api_workflow_publish,   ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_POST,   "/api/v1/workflows/validate",      api_workflow_validate,  ROLE_VIEWER,    BODY_DEFAULT},
    {HTTP_POST,   "/api/v1/workflows/simulate",      api_workflow_simulate,  ROLE_VIEWER,    BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/workflows/{id}",          api_workflow_detail,    ROLE_VIEWER,    0},
    {HTTP_PATCH,  "/api/v1/workflows/{id}",          api_workflow_change,    ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/workflows/{id}/versions", api_workflow_versions,  ROLE_VIEWER,    0},
    {HTTP_GET,    "/api/v1/workflows/{id}/versions/{revision}", api_workflow_version, ROLE_VIEWER, 0},
    {HTTP_POST,   "/api/v1/workflows/{id}/migrate",  api_workflow_migrate,   ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/approvals",               api_approval_list,      ROLE_VIEWER,    0},
    {HTTP_POST,   "/api/v1/approvals",               api_approval_submit,    ROLE_REQUESTER, BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/approvals/{id}",          api_approval_detail,    ROLE_VIEWER,    0},
    {HTTP_GET,    "/api/v1/approvals/{id}/outlook",  api_approval_outlook,   ROLE_VIEWER,    0},
    {HTTP_POST,   "/api/v1/approvals/{id}/actions",  api_approval_act,       ROLE_APPROVER,  BODY_DEFAULT},
    {HTTP_POST,   "/api/v1/approvals/{id}/consume",  api_approval_consume,   ROLE_REQUESTER, BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/users",                   api_user_list,          ROLE_VIEWER,    0},
    {HTTP_POST,   "/api/v1/users",                   api_user_create,        ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/users/{id}",              api_user_detail,        ROLE_VIEWER,    0},
    {HTTP_PATCH,  "/api/v1/users/{id}",              api_user_change,        ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_DELETE, "/api/v1/users/{id}",              api_user_remove,        ROLE_ADMIN,     0},
    {HTTP_GET,    "/api/v1/groups",                  api_group_list,         ROLE_VIEWER,    0},
    {HTTP_POST,   "/api/v1/groups",                  api_group_create,       ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/groups/{id}",             api_group_detail,       ROLE_VIEWER,    0},
    {HTTP_PATCH,  "/api/v1/groups/{id}",             api_group_change,       ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_DELETE, "/api/v1/groups/{id}",             api_group_remove,       ROLE_ADMIN,     0},
    {HTTP_GET,    "/api/v1/calendars",               api_calendar_list,      ROLE_VIEWER,    0},
    {HTTP_GET,    "/api/v1/calendars/{id}",          api_calendar_detail,    ROLE_VIEWER,    0},
    {HTTP_PUT,    "/api/v1/calendars/{id}",          api_calendar_put,       ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_POST,   "/api/v1/auto-rules/evaluate",     api_rules_evaluate,     ROLE_VIEWER,    BODY_DEFAULT},
    {HTTP_GET,    "/api/v1/auto-rules/manual-only",  api_manual_only_detail, ROLE_VIEWER,    0},
    {HTTP_PUT,    "/api/v1/auto-rules/manual-only",  api_manual_only_put,    ROLE_ADMIN,     BODY_DEFAULT},
};
/* clang-format on */
const size_t api_route_count = sizeof api_routes / sizeof *api_routes;
