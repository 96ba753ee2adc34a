/*
 * The pages' route table.
 */
#ifndef PAGES_ROUTES_H
#define PAGES_ROUTES_H

#include "http/router.h"
#include "service/service.h"

extern const struct route page_routes[];
extern const size_t page_route_count;

route_handler page_home, page_sign_in, page_sign_in_post, page_sign_out, page_setup,
    page_setup_post, page_style;

/* What a person sees in place of a problem; who must sign in first is led there. */
void page_problem(void *app, const struct request *req, struct response *r, const struct err *e);

/* Answers with the session's cookie ("": it is taken away) and goes on to location. */
void page_keep_session(const struct service *sv, struct request *req, struct response *r,
                       const char *cookie, const char *location);

/* For forms of those who are not signed in: ERR_FORBIDDEN unless it was sent from a page of ours.
 */
int page_check_origin(const struct service *sv, const struct request *req, struct err *e);

#endif
