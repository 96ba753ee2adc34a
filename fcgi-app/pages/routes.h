/*
 * The pages' route table.
 */
#ifndef PAGES_ROUTES_H
#define PAGES_ROUTES_H

#include "http/router.h"

extern const struct route page_routes[];
extern const size_t page_route_count;

route_handler page_home;

#endif
