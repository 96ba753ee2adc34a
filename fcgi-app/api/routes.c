#include "routes.h"

#include "auth/principal.h"
#include "handlers.h"

/* clang-format off */
const struct route api_routes[] = {
    /* method    path                              handler                 role            body */
    {HTTP_GET,  "/health",                         api_health,             ROLE_NONE,      0},
    {HTTP_GET,  "/livez",                          api_livez,              ROLE_NONE,      0},
    {HTTP_GET,  "/readyz",                         api_readyz,             ROLE_NONE,      0},
    {HTTP_GET,  "/api/v1/workflows",               api_workflow_list,      ROLE_VIEWER,    0},
    {HTTP_POST, "/api/v1/workflows",               api_workflow_publish,   ROLE_ADMIN,     BODY_DEFAULT},
    {HTTP_GET,  "/api/v1/workflows/{id}",          api_workflow_detail,    ROLE_VIEWER,    0},
    {HTTP_GET,  "/api/v1/approvals",               api_approval_list,      ROLE_VIEWER,    0},
    {HTTP_POST, "/api/v1/approvals",               api_approval_submit,    ROLE_REQUESTER, BODY_DEFAULT},
    {HTTP_GET,  "/api/v1/approvals/{id}",          api_approval_detail,    ROLE_VIEWER,    0},
    {HTTP_POST, "/api/v1/approvals/{id}/actions",  api_approval_act,       ROLE_APPROVER,  BODY_DEFAULT},
};
/* clang-format on */
const size_t api_route_count = sizeof api_routes / sizeof *api_routes;
