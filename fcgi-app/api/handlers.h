/*
 * The API's handlers, one file per resource. app is the struct service.
 */
#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "http/router.h"

route_handler api_health, api_livez, api_readyz;
route_handler api_workflow_list, api_workflow_publish, api_workflow_detail;
route_handler api_approval_list, api_approval_submit, api_approval_detail, api_approval_act;

#endif
