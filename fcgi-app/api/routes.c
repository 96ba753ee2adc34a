#include "routes.h"

#include "auth/principal.h"
#include "handlers.h"

#define BODY_SIGN_IN ((size_t)16 * 1024)

/* clang-format off */
const struct route api_routes[] = {
    /* method      path                              handler                 who may         body */
    {HTTP_GET,   "/health",                        api_health,             MAY_EVERYBODY,  0},
    {HTTP_GET,   "/livez",                         api_livez,              MAY_EVERYBODY,  0},
    {HTTP_GET,   "/readyz",                        api_readyz,             MAY_EVERYBODY,  0},
    {HTTP_GET,   "/schemas/workflow.json",         api_schema_workflow,    MAY_EVERYBODY,  0},
    {HTTP_GET,   "/.well-known/jwks.json",         api_jwks,               MAY_EVERYBODY,  0},
    {HTTP_POST,  "/api/v1/auth/token",             api_auth_token,         MAY_EVERYBODY,  BODY_SIGN_IN},
    {HTTP_POST,  "/api/v1/auth/refresh",           api_auth_refresh,       MAY_EVERYBODY,  BODY_SIGN_IN},
    {HTTP_POST,  "/api/v1/auth/logout",            api_auth_logout,        MAY_EVERYBODY,  BODY_SIGN_IN},
    {HTTP_POST,  "/api/v1/auth/password",          api_auth_password,      MAY_SIGNED_IN,  BODY_SIGN_IN},
    {HTTP_GET,   "/api/v1/workflows",              api_workflow_list,      MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/workflows",              api_workflow_publish,   MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_POST,  "/api/v1/workflows/validate",     api_workflow_validate,  MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_POST,  "/api/v1/workflows/simulate",     api_workflow_simulate,  MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/workflows/{id}",         api_workflow_detail,    MAY_SIGNED_IN,  0},
    {HTTP_PATCH, "/api/v1/workflows/{id}",         api_workflow_change,    MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/workflows/{id}/versions",api_workflow_versions,  MAY_SIGNED_IN,  0},
    {HTTP_GET,   "/api/v1/workflows/{id}/versions/{revision}",api_workflow_version,   MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/workflows/{id}/migrate", api_workflow_migrate,   MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/approvals",              api_approval_list,      MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/approvals",              api_approval_submit,    MAY_SUBMIT,     BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/approvals/{id}",         api_approval_detail,    MAY_SIGNED_IN,  0},
    {HTTP_GET,   "/api/v1/approvals/{id}/outlook", api_approval_outlook,   MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/approvals/{id}/actions", api_approval_act,       MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_POST,  "/api/v1/approvals/{id}/consume", api_approval_consume,   MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/users/me",               api_me,                 MAY_SIGNED_IN,  0},
    {HTTP_PUT,   "/api/v1/users/me/absence",       api_me_absence,         MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/users",                  api_user_list,          MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/users",                  api_user_create,        MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/users/{id}",             api_user_detail,        MAY_SIGNED_IN,  0},
    {HTTP_PATCH, "/api/v1/users/{id}",             api_user_change,        MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_DELETE,"/api/v1/users/{id}",             api_user_remove,        MAY_ADMIN,      0},
    {HTTP_POST,  "/api/v1/users/{id}/setup-link",  api_user_setup_link,    MAY_ADMIN,      0},
    {HTTP_POST,  "/api/v1/users/{id}/sign-out",    api_user_sign_out,      MAY_ADMIN,      0},
    {HTTP_GET,   "/api/v1/roles",                  api_role_list,          MAY_SIGNED_IN,  0},
    {HTTP_GET,   "/api/v1/groups",                 api_group_list,         MAY_SIGNED_IN,  0},
    {HTTP_POST,  "/api/v1/groups",                 api_group_create,       MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/groups/{id}",            api_group_detail,       MAY_SIGNED_IN,  0},
    {HTTP_PATCH, "/api/v1/groups/{id}",            api_group_change,       MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_DELETE,"/api/v1/groups/{id}",            api_group_remove,       MAY_ADMIN,      0},
    {HTTP_GET,   "/api/v1/api-keys",               api_key_list,           MAY_ADMIN,      0},
    {HTTP_POST,  "/api/v1/api-keys",               api_key_new,            MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/api-keys/{id}",          api_key_detail,         MAY_ADMIN,      0},
    {HTTP_DELETE,"/api/v1/api-keys/{id}",          api_key_end,            MAY_ADMIN,      0},
    {HTTP_GET,   "/api/v1/audit",                  api_audit_list,         MAY_AUDIT,      0},
    {HTTP_GET,   "/api/v1/audit/head",             api_audit_head,         MAY_AUDIT,      0},
    {HTTP_GET,   "/api/v1/audit/verify",           api_audit_verify,       MAY_AUDIT,      0},
    {HTTP_GET,   "/api/v1/calendars",              api_calendar_list,      MAY_SIGNED_IN,  0},
    {HTTP_GET,   "/api/v1/calendars/{id}",         api_calendar_detail,    MAY_SIGNED_IN,  0},
    {HTTP_PUT,   "/api/v1/calendars/{id}",         api_calendar_put,       MAY_ADMIN,      BODY_DEFAULT},
    {HTTP_POST,  "/api/v1/auto-rules/evaluate",    api_rules_evaluate,     MAY_SIGNED_IN,  BODY_DEFAULT},
    {HTTP_GET,   "/api/v1/auto-rules/manual-only", api_manual_only_detail, MAY_SIGNED_IN,  0},
    {HTTP_PUT,   "/api/v1/auto-rules/manual-only", api_manual_only_put,    MAY_ADMIN,      BODY_DEFAULT},
};
/* clang-format on */
const size_t api_route_count = sizeof api_routes / sizeof *api_routes;
