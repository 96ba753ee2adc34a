/*
 * Lists in order of id, a page at a time: ?limit= and ?after=, and the Link
 * header (RFC 8288) that leads to the next page.
 */
#ifndef API_PAGING_H
#define API_PAGING_H

#include "http/request.h"
#include "http/response.h"
#include "service/service.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200

/* ERR_INVALID naming every bad parameter. A larger limit is taken as PAGE_MAX. */
int paging_read(const struct request *req, struct page *out, struct err *e);
/* last: the id that this page ends with; there is more behind it. */
void paging_link_next(const struct request *req, struct response *r, const struct page *page,
                      const char *last);

#endif
