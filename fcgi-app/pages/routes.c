#include "routes.h"

#include "auth/principal.h"

const struct route page_routes[] = {
    {HTTP_GET, "/", page_home, ROLE_VIEWER, 0},
};
const size_t page_route_count = sizeof page_routes / sizeof *page_routes;
