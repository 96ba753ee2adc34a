/*
 * The API's route table.
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "http/router.h"

extern const struct route api_routes[];
extern const size_t api_route_count;

#endif
