#include "handlers.h"

#include "base/json.h"
#include "view/view_health.h"

int api_health(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    r->status = 200;
    r->content_type = TYPE_JSON;
    str_add(&r->body, "{\"status\":\"healthy\",\"version\":\"" APPROVAL_VERSION "\"}");
    return 0;
}

int api_livez(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    r->status = 200;
    r->content_type = TYPE_HEALTH;
    str_add(&r->body, "{\"status\":\"pass\",\"version\":\"" APPROVAL_VERSION "\"}");
    return 0;
}

int api_readyz(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)e;
    struct health h;
    health_check(app, req->arena, &h);
    r->status = h.database ? 200 : 503;
    r->content_type = TYPE_HEALTH;
    view_health(&r->body, &h);
    return 0;
}
