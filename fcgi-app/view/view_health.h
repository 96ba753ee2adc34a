/*
 * Health as application/health+json.
 */
#ifndef VIEW_VIEW_HEALTH_H
#define VIEW_VIEW_HEALTH_H

#include "base/str.h"
#include "service/health.h"

void view_health(struct str *out, const struct health *h);

#endif
