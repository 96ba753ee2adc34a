#include "routes.h"

#include "base/embed.h"

#include <assert.h>

/* static/style.css alone. */
EMBEDDED(page_static);

int page_style(void *app, struct request *req, struct response *r, struct err *e)
{
    (void)app, (void)req, (void)e;
    assert(page_static_count == 1);
    r->status = 200;
    r->content_type = "text/css; charset=utf-8";
    str_addn(&r->body, page_static[0].text, page_static[0].size);
    response_header(r, "Cache-Control", "public, max-age=300");
    return 0;
}
