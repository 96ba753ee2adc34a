/*
 * What the rules say, as JSON.
 */
#ifndef VIEW_VIEW_RULES_H
#define VIEW_VIEW_RULES_H

#include "base/str.h"
#include "service/rules_evaluate.h"

/* {"decision","rule","value","alarm","rules_sha256","explanation":[{"rule","value","matched",
 * "effect"}]} */
void view_rules_evaluation(struct str *out, const struct rules_evaluation *evaluation);

#endif
