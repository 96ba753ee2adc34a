#include "property.h"

/* One of those who approve stands for a selector. */
static bool stands_for(const char *via, const char *selector)
{
    size_t n = strlen(selector);
    for (const char *line = via; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
        if (strcspn(line, "\n") == n && !strncmp(line, selector, n))
            return true;
    return false;
}

/* For one of those that v names: a selector, or a list of them. */
static bool stands_for_any(const char *via, const struct json *v)
{
    if (json_type(v) != JSON_ARRAY)
        return stands_for(via, json_string(v, NULL));
    for (size_t i = 0; i < json_array_size(v); i++)
        if (stands_for(via, json_string(json_at(v, i), NULL)))
            return true;
    return false;
}

/* Whom a part of a tree asks for, and how many. */
struct part {
    const struct json *of;
    int64_t count;
};

static struct part part_of(const struct json *v)
{
    const struct json *any = json_get(v, "any"), *of = json_get(v, "of");
    return (struct part){any ? any : of ? of : v, of ? json_int(json_get(v, "at_least")) : 1};
}

static int64_t people_for(const struct ballot *b, const struct json *of)
{
    int64_t n = 0;
    for (size_t i = 0; i < b->approvals; i++)
        n += stands_for_any(b->vias[i], of);
    return n;
}

/* No deeper than the tree. */
static bool holds(const struct ballot *b, const struct json *v)
{
    const struct json *all = json_get(v, "all"), *any = json_get(v, "any");
    const struct json *list = all ? all : any;
    if (!list)
        return people_for(b, part_of(v).of) >= part_of(v).count;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (holds(b, json_at(list, i)) != (all != NULL))
            return any != NULL;
    return all != NULL;
}

/* Every way to give the parts from part on different people, none of whom is used yet. The parts
 * ask for no more than all people together, or there is no way. */
static bool fill(const struct ballot *b, const struct json *parts, size_t part, int64_t given,
                 unsigned used)
{
    if (part == json_array_size(parts))
        return true;
    struct part wanted = part_of(json_at(parts, part));
    if (given == wanted.count)
        return fill(b, parts, part + 1, 0, used);
    for (size_t i = 0; i < b->approvals; i++)
        if (!(used & 1u << i) && stands_for_any(b->vias[i], wanted.of) &&
            fill(b, parts, part, given + 1, used | 1u << i))
            return true;
    return false;
}

static bool tree_holds(const struct ballot *b, const struct json *tree)
{
    const struct json *all = json_get(tree, "all");
    if (json_bool(json_get(b->stage, "distinct")) && all)
        return fill(b, all, 0, 0, 0);
    return holds(b, tree);
}

/* Of the slate; a slate that was changed asks for one at least. */
static size_t share(const struct ballot *b, const char *quorum)
{
    size_t n = b->slate ? b->slate : 1;
    if (!strcmp(quorum, "any") || b->slate_changed)
        return 1;
    if (!strcmp(quorum, "all"))
        return n;
    if (!strcmp(quorum, "majority"))
        return n / 2 + 1;
    size_t percent = strtoul(quorum, NULL, 10);
    size_t part = n * percent / 100;
    return part * 100 == n * percent ? part : part + 1;
}

/* All who do not abstain, one after another; one where nobody is named. */
static bool all_in_order(const struct ballot *b)
{
    bool named = json_array_size(json_get(b->stage, "approvers")) > 0;
    return b->approvals > 0 && (!named || !b->unanswered);
}

bool ballot_suffices(const struct ballot *b)
{
    const struct json *quorum = json_get(b->stage, "quorum");
    const struct json *tree = json_get(b->stage, "requires");
    const char *type = json_string(json_get(b->stage, "type"), NULL);
    bool is_number = json_type(quorum) == JSON_INT;
    if (is_number)
        return (int64_t)b->approvals >= json_int(quorum);
    if (b->fallback)
        return b->approvals >= 1;
    if (tree)
        return tree_holds(b, tree);
    if (quorum)
        return b->approvals >= share(b, json_string(quorum, NULL));
    return !strcmp(type, "sequential") ? all_in_order(b) : b->approvals >= 1;
}
