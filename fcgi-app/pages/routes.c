#include "routes.h"

#include "auth/principal.h"

#define BODY_FORM ((size_t)16 * 1024)

/* clang-format off */
const struct route page_routes[] = {
    /* method    path                 handler            who may        body */
    {HTTP_GET,  "/",                  page_home,         MAY_SIGNED_IN, 0},
    {HTTP_GET,  "/sign-in",           page_sign_in,      MAY_EVERYBODY, 0},
    {HTTP_POST, "/sign-in",           page_sign_in_post, MAY_EVERYBODY, BODY_FORM},
    {HTTP_POST, "/sign-out",          page_sign_out,     MAY_SIGNED_IN, BODY_FORM},
    {HTTP_GET,  "/setup",             page_setup,        MAY_EVERYBODY, 0},
    {HTTP_POST, "/setup",             page_setup_post,   MAY_EVERYBODY, BODY_FORM},
    {HTTP_GET,  "/static/style.css",  page_style,        MAY_EVERYBODY, 0},
};
/* clang-format on */
const size_t page_route_count = sizeof page_routes / sizeof *page_routes;
