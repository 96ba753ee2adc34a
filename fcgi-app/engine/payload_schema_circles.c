#include "payload_schema_parts.h"

static bool goes_round(struct payload_schema *node, unsigned depth);

static bool list_goes_round(const struct schema_rule *rule, unsigned depth)
{
    for (size_t i = 0; i < rule->schema_count; i++)
        if (goes_round(rule->schemas[i], depth))
            return true;
    return false;
}

/* Recurses to PAYLOAD_SCHEMA_DEPTH_MAX. */
static bool goes_round(struct payload_schema *node, unsigned depth)
{
    if (!node || node->mark == SCHEMA_SEEN)
        return false;
    if (node->mark == SCHEMA_OPEN || depth > PAYLOAD_SCHEMA_DEPTH_MAX)
        return true;
    node->mark = SCHEMA_OPEN;
    bool round = false;
    for (const struct schema_rule *rule = node->rules; rule && !round; rule = rule->next) {
        if (rule->kind == RULE_ALL_OF || rule->kind == RULE_ANY_OF || rule->kind == RULE_ONE_OF)
            round = list_goes_round(rule, depth + 1);
        else if (rule->kind == RULE_NOT || rule->kind == RULE_REF || rule->kind == RULE_IF)
            round = goes_round(rule->schema, depth + 1) || goes_round(rule->then, depth + 1) ||
                    goes_round(rule->otherwise, depth + 1);
    }
    node->mark = SCHEMA_SEEN;
    return round;
}

bool schema_goes_round(struct payload_schema *node)
{
    return goes_round(node, 1);
}
