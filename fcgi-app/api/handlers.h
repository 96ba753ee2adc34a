/*
 * The API's handlers, one file per resource. app is the struct service.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "http/router.h"

route_handler api_health, api_livez, api_readyz;
route_handler api_schema_workflow;
route_handler api_workflow_list, api_workflow_publish, api_workflow_detail;
route_handler api_workflow_validate, api_workflow_simulate, api_workflow_versions;
route_handler api_workflow_version, api_workflow_change, api_workflow_migrate;
route_handler api_approval_list, api_approval_submit, api_approval_detail, api_approval_act,
    api_approval_consume, api_approval_outlook;
route_handler api_user_list, api_user_create, api_user_detail, api_user_change, api_user_remove;
route_handler api_group_list, api_group_create, api_group_detail, api_group_change,
    api_group_remove;
route_handler api_calendar_list, api_calendar_detail, api_calendar_put;
route_handler api_manual_only_detail, api_manual_only_put;
route_handler api_rules_evaluate;
route_handler api_audit_list, api_audit_head, api_audit_verify;
route_handler api_auth_token, api_auth_refresh, api_auth_logout, api_auth_password, api_jwks;
route_handler api_key_list, api_key_detail, api_key_new, api_key_end;
route_handler api_me, api_me_absence, api_user_setup_link, api_user_sign_out, api_role_list;

#endif
