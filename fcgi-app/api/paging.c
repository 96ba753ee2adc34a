#include "paging.h"

struct query {
    const char *after;
    int64_t limit;
};

static const struct query_field query_fields[] = {
    {"after", QUERY_TEXT, 0, 0, offsetof(struct query, after)},
    {"limit", QUERY_INT, 1, PAGE_MAX, offsetof(struct query, limit)},
};

int paging_read(const struct request *req, struct page *out, struct err *e)
{
    struct query query = {.limit = PAGE_DEFAULT};
    if (request_query_read(req, query_fields, sizeof query_fields / sizeof *query_fields, &query,
                           e) < 0)
        return -1;
    *out = (struct page){.after = query.after, .limit = (size_t)query.limit};
    return 0;
}

void paging_link_next(const struct request *req, struct response *r, const struct page *page,
                      const char *last)
{
    struct str link = STR_INIT;
    str_addf(&link, "<%s?limit=%zu&after=", req->path, page->limit);
    str_add_url(&link, last);
    str_add(&link, ">; rel=\"next\"");
    response_header(r, "Link", arena_strndup(req->arena, link.buf, link.len));
    str_release(&link);
}
