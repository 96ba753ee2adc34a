#include "handlers.h"

#include "base/embed.h"

#include <assert.h>

#define TYPE_SCHEMA "application/schema+json"

/* schema/workflow.schema.json alone. */
EMBEDDED(api_schemas);

int api_schema_workflow(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    assert(api_schemas_count == 1);
    r->status = 200;
    r->content_type = TYPE_SCHEMA;
    str_addn(&r->body, api_schemas[0].text, api_schemas[0].size);
    return 0;
}
